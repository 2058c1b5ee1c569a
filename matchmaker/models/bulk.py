"""The insertion of rows by the hundred in one statement, with equal columns or not."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from matchmaker.models.base import new_public_id

# Without it the mapper leaves None out of a row and needs a statement of its own for every set of columns.
_TOGETHER = {"render_nulls": True}


def add(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert(table).execution_options(**_TOGETHER), list(rows))


def add_with_ids(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert rows of a table with public ids and return the database's ids, in the order of the rows."""
    named = [{"public_id": new_public_id(), **row} for row in rows]
    add(session, table, named)
    names = [row["public_id"] for row in named]
    query = select(table.public_id, table.id).where(table.public_id.in_(names))
    ids = {row.public_id: row.id for row in session.execute(query)}
    return [ids[name] for name in names]
