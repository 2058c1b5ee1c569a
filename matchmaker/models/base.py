"""The base of all tables: naming convention, column types that behave alike on both databases, common
columns.
"""

import secrets
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    DateTime,
    Enum,
    Float,
    MetaData,
    String,
    Text,
    event,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, QueryableAttribute, mapped_column
from sqlalchemy.types import TypeDecorator

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    return datetime.now(UTC)


def new_public_id() -> str:
    """A random id for addresses: 16 hexadecimal digits that show neither order nor number."""
    return secrets.token_hex(8)


class UtcDateTime(TypeDecorator[datetime]):
    """A time with its zone, stored in UTC. SQLite stores no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time needs its zone.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


# Compared byte by byte on both databases, whatever the collation of a PostgreSQL cluster, so that lists sort alike.
SortText = String(300).with_variant(String(300, collation="C"), "postgresql")
SearchText = Text().with_variant(Text(collation="C"), "postgresql")
Json = JSON(none_as_null=True)

Key = Annotated[int, mapped_column(primary_key=True)]
Terms = Annotated[list[str], mapped_column(Json, default=list)]
Details = Annotated[dict[str, Any], mapped_column(Json, default=dict)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Day = Annotated[date, mapped_column(Date)]
Line = Annotated[str, mapped_column(String(300))]
Code = Annotated[str, mapped_column(String(100))]
Word = Annotated[str, mapped_column(String(20))]
Prose = Annotated[str, mapped_column(Text)]
Real = Annotated[float, mapped_column(Float(53))]


# A state of `domain.lifecycle` is stored as its word; any other word is refused on writing and on reading.
StateWord = Enum(
    StrEnum,
    native_enum=False,
    create_constraint=False,
    length=20,
    validate_strings=True,
    values_callable=lambda states: [state.value for state in states],
)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = {StrEnum: StateWord}  # noqa: RUF012 - SQLAlchemy's way to declare it


@event.listens_for(Base, "attribute_instrument", propagate=True)
def _take_states_only(_model: type[Base], _name: str, attribute: QueryableAttribute[Any]) -> None:
    """Let a row have only members of its states from the moment of setting; any other word raises ValueError."""
    columns = getattr(attribute.property, "columns", ())
    states = getattr(columns[0].type, "enum_class", None) if columns else None
    if states is not None:
        event.listen(
            attribute, "set", lambda _row, word, *_: None if word is None else states(word), retval=True
        )


class PublicId:
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)


class Stamped:
    """The times at which a row was made and last changed, in UTC."""

    created_at: Mapped[Moment] = mapped_column(default=now)
    changed_at: Mapped[Moment] = mapped_column(default=now, onupdate=now)


def one_of(column: str, values: Any) -> CheckConstraint:
    """A check constraint that `column` holds one of `values`, named after the column."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
