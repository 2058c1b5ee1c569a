"""The records of acts that may happen once, or not too often: used links, e-mails of a date, counts of limits."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Moment, now


class Once(Base):
    """An act that happens once: `kind` and `key` name it, and no row is there twice."""

    __tablename__ = "once"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    at: Mapped[Moment] = mapped_column(default=now)


class RateLimit(Base):
    """The count of a limit for one subject: the moment at which everything is free again. `subject` is a hash, so
    that it names nobody.
    """

    __tablename__ = "rate_limit"

    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    free_at: Mapped[Moment]

    __table_args__ = (Index(None, "free_at"),)
