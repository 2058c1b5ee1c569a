"""The base of all tables: naming convention, column types that act alike on both databases, common columns."""

import secrets
from datetime import UTC, date, datetime
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    DateTime,
    Float,
    MetaData,
    String,
    Text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
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
    """A random id for addresses: 16 hexadecimal digits, tells nothing of order or number."""
    return secrets.token_hex(8)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC. SQLite keeps no zone, so it is put back on reading."""

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


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=CONVENTION)


class PublicId:
    public_id: Mapped[str] = mapped_column(String(16), unique=True, default=new_public_id)


class Stamped:
    """When a row was made and last changed, in UTC."""

    created_at: Mapped[Moment] = mapped_column(default=now)
    changed_at: Mapped[Moment] = mapped_column(default=now, onupdate=now)


def one_of(column: str, values: Any) -> CheckConstraint:
    """A check constraint that `column` holds one of `values`, named after the column."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
