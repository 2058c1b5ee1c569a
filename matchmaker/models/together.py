"""Rows of several tables in one statement, where SQLAlchemy's own loaders take one statement a table."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, cast, inspect, null, select, union_all
from sqlalchemy.orm import QueryableAttribute, Session, aliased
from sqlalchemy.orm.attributes import set_committed_value

Attributes = tuple[QueryableAttribute[Any], ...]
_MOST = 500  # values a statement; a database limits them


def load_together(session: Session, owners: Sequence[Any], collections: Attributes) -> None:
    """Load these collections of the owners, all of one class; an owner that has all of them is left alone."""
    wanted = [one for one in owners if inspect(one).unloaded & {each.key for each in collections}]
    columns = tuple(map(_reference, collections))
    found = rows_together(session, columns, [one.id for one in wanted])
    for collection, column, items in zip(collections, columns, found, strict=True):
        order = [each.key for each in collection.property.order_by or collection.property.target.primary_key]
        by_owner: dict[int, list[Any]] = {one.id: [] for one in wanted}
        for item in sorted(items, key=lambda item: [getattr(item, name) for name in order]):
            by_owner[getattr(item, column.key)].append(item)
        for owner in wanted:
            set_committed_value(owner, collection.key, by_owner[owner.id])


def rows_together(session: Session, columns: Attributes, values: Sequence[Any]) -> list[list[Any]]:
    """For each column, of a class of its own, the rows in which it has one of the values; in no order."""
    found: list[list[Any]] = [[] for _ in columns]
    for start in range(0, len(values), _MOST):
        for row in session.execute(_statement(columns), {"values": values[start : start + _MOST]}):
            for items, item in zip(found, row, strict=True):
                if item is not None:
                    items.append(item)
    return found


@cache
def _statement(columns: Attributes) -> Select[Any]:
    """The rows below each other: every table has columns of its own, empty in the rows of the others, so that every
    value keeps its type.
    """
    tables = [each.class_.__table__ for each in columns]
    values: BindParameter[Any] = bindparam("values", expanding=True)
    parts = [
        select(
            *(
                (one if table is own else cast(null(), one.type)).label(f"{table.name}_{one.name}")
                for table in tables
                for one in table.columns
            )
        ).where(column.in_(values))
        for column, own in zip(columns, tables, strict=True)
    ]
    rows = union_all(*parts).subquery()
    made = select(*(aliased(each.class_, rows) for each in columns))
    # Compiling fills in what a statement works out at its first use. Threads that do so at once leave it broken for good: each
    # reads columns of its own making, and the tables are multiplied with each other.
    made.compile()
    return made


def _reference(collection: QueryableAttribute[Any]) -> QueryableAttribute[Any]:
    """The attribute by which the rows of a collection point at their owner."""
    (column,), mapper = collection.property.remote_side, collection.property.mapper
    found: QueryableAttribute[Any] = getattr(mapper.class_, mapper.get_property_by_column(column).key)
    return found
