"""The insertion and change of rows by the hundred through Core: one statement for rows with equal columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from matchmaker.models.base import new_public_id


def add(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of a model, given by the names of its columns."""
    plain: Table = table.__table__
    alike: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        alike.setdefault(tuple(row), []).append(row)
    for names, group in alike.items():
        said = [name for name in names if not _is_empty(plain, name, group)]
        given = group if len(said) == len(names) else [{name: row[name] for name in said} for row in group]
        session.execute(insert(plain), given)


def change(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Update rows of a model that is locked against others, each given by its id and the new values of the same columns."""
    plain: Table = table.__table__
    names = [name for name in rows[0] if name != "id"] if rows else ()
    if names:
        new = {name: bindparam(f"new_{name}", type_=plain.c[name].type) for name in names}
        given = [{"own": row["id"], **{f"new_{name}": row[name] for name in names}} for row in rows]
        session.execute(update(plain).where(plain.c.id == bindparam("own")).values(new), given)


def _is_empty(table: Table, name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether no row says anything in a column that then is empty by itself."""
    column = table.c[name]
    may_be = bool(column.nullable) and column.default is None
    return may_be and all(row[name] is None for row in rows)


def add_with_ids(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows of a model with public ids and return the database's ids, in the order of the rows."""
    if not rows:
        return []
    ids = next_ids(session, table, len(rows))
    add(
        session,
        table,
        [{"public_id": new_public_id(), **row, "id": own} for own, row in zip(ids, rows, strict=True)],
    )
    return ids


def next_ids(session: Session, table: Any, count: int) -> list[int]:
    """The next ids of a table: of PostgreSQL's own sequence, so that who leaves the id to it stays in step; SQLite has one
    writer at a time.
    """
    if session.get_bind().dialect.name != "postgresql":
        last = session.scalar(select(func.max(table.id))) or 0
        return list(range(last + 1, last + 1 + count))
    query = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
    return sorted(session.scalars(query, {"table": table.__tablename__, "count": count}))
