"""The letters that come in."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.lifecycle import LetterState
from matchmaker.models.accounts import User
from matchmaker.models.base import Base, Json, Key, Line, Prose, PublicId, Stamped, Word, one_of
from matchmaker.models.matches import Match
from matchmaker.models.needs import Need
from matchmaker.models.organisations import Centre

LETTER_KINDS = ("letter", "need", "answer", "quote", "bounce", "automatic")


class LetterIn(PublicId, Stamped, Base):
    """A letter that came in; as it came it is a stored file under its hash as long as it waits. `files` are the names and sizes of what was
    attached, `why` the key of the reason for which it waits, `need` and `match` those whose thread it answers in, or what was made of it.
    """

    __tablename__ = "letter_in"

    id: Mapped[Key]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    message_id: Mapped[str | None] = mapped_column(String(300), index=True)
    sender: Mapped[str] = mapped_column(String(300), index=True)
    name: Mapped[Line | None]
    subject: Mapped[Line]
    text: Mapped[Prose]
    files: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    kind: Mapped[Word]
    state: Mapped[LetterState] = mapped_column(default=LetterState.WAITING)
    why: Mapped[Word | None]
    need_id: Mapped[int | None] = mapped_column(ForeignKey("need.id"), index=True)
    match_id: Mapped[int | None] = mapped_column(ForeignKey("match.id"), index=True)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    centre: Mapped[Centre] = relationship()
    need: Mapped[Need | None] = relationship()
    match: Mapped[Match | None] = relationship()
    settled_by: Mapped[User | None] = relationship()

    __table_args__ = (
        Index(None, "centre_id", "state"),
        one_of("kind", LETTER_KINDS),
        one_of("state", LetterState),
    )

    @property
    def is_waiting(self) -> bool:
        """Whether an operator is to look at it."""
        return self.state == LetterState.WAITING
