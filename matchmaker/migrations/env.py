"""Alembic's entry: its commands run on the connection, and comparisons on the metadata, that the runner
passes.
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator


def _frozen(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write a type of the models as the type of the database that stores it."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=True,
    render_item=_frozen,
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
