"""The sources that fill in a profile: suggestions from a text or a list that wait for a yes or a no, and form
drafts.
"""

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.lifecycle import FindingState
from matchmaker.models.base import Base, Json, Key, Moment, Prose, PublicId, Word, now, one_of
from matchmaker.models.profiles import Profile


class Finding(PublicId, Base):
    """A suggestion for a profile: `kind` is the section it would go to, or "unread" for a line without a
    suggestion.

    `item` is the entry as it would be added, `words` the line it comes from, `place` where this line stood in its text,
    counted from 0; None where the words are several lines, or stand in none.
    """

    __tablename__ = "finding"

    id: Mapped[Key]
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"))
    kind: Mapped[Word]
    item: Mapped[dict[str, Any] | None] = mapped_column(Json)
    words: Mapped[Prose]
    place: Mapped[int | None]
    state: Mapped[FindingState] = mapped_column(default=FindingState.WAITING)
    at: Mapped[Moment] = mapped_column(default=now)

    profile: Mapped[Profile] = relationship()

    __table_args__ = (
        Index(None, "profile_id", "state"),
        one_of("kind", ("basics", "capabilities", "equipment", "certificates", "unread")),
        one_of("state", FindingState),
    )


class TypedText(Base):
    """The unsent text of a person's form, by the form's address; `given` is the text that the form held
    before.
    """

    __tablename__ = "typed_text"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    page: Mapped[str] = mapped_column(String(200), primary_key=True)
    given: Mapped[Prose]
    typed: Mapped[Prose]
    at: Mapped[Moment] = mapped_column(default=now)
