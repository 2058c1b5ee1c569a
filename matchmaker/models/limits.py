"""The records of acts that may happen once, or not too often: used links, e-mails of a date, failed sign-ins."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.models.base import Base, Key, Moment, now


class Once(Base):
    """An act that happens once: `kind` and `key` name it, and a second insert of them fails."""

    __tablename__ = "once"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    at: Mapped[Moment] = mapped_column(default=now)


class LoginFailure(Base):
    """A failed sign-in. `subject` is a hash of the account's and the machine's address, so it names nobody."""

    __tablename__ = "login_failure"

    id: Mapped[Key]
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[Moment] = mapped_column(default=now)

    __table_args__ = (Index(None, "subject", "at"), Index(None, "at"))
