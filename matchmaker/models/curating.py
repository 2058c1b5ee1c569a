"""The records of the operator's work besides matches: runs, undone decisions, merged duplicates, ratings,
saved searches.
"""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.models.accounts import User
from matchmaker.models.base import (
    Base,
    Code,
    Day,
    Json,
    Key,
    Line,
    Moment,
    Prose,
    PublicId,
    Real,
    Terms,
    Word,
    now,
    one_of,
)
from matchmaker.models.organisations import Organisation


class MatchRun(Base):
    """One run of the matcher for a need; `moves` are [supplier's public id, place before, place now], null
    where there is none.
    """

    __tablename__ = "match_run"

    id: Mapped[Key]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    at: Mapped[Moment] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ranker: Mapped[Code]
    moves: Mapped[list[list[Any]]] = mapped_column(Json, default=list)

    by: Mapped[User | None] = relationship()


class Assignment(Base):
    """The operator who works on something that waits: a need, a profile or a certificate, by its public id."""

    __tablename__ = "assignment"

    object_kind: Mapped[Word] = mapped_column(primary_key=True)
    object_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    at: Mapped[Moment] = mapped_column(default=now)

    user: Mapped[User] = relationship()

    __table_args__ = (one_of("object_kind", ("need", "profile", "certificate")),)


class ExchangeRate(Base):
    """The rate of a currency that a centre has set for a day: millionths of a rouble for one unit."""

    __tablename__ = "exchange_rate"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    on: Mapped[Day] = mapped_column(primary_key=True)
    micro_roubles: Mapped[int] = mapped_column(BigInteger)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(default=now)

    __table_args__ = (CheckConstraint("micro_roubles > 0", name="micro_roubles"),)


class DecisionUndone(Base):
    """A decision that was undone before anybody outside the centre received it; the decision's row stays."""

    __tablename__ = "decision_undone"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), primary_key=True)
    at: Mapped[Moment] = mapped_column(default=now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


class UndoableAct(PublicId, Base):
    """An act that its author can take back until `until`. `rows` are the rows that it changed, with their fields before
    and after it; `letters` the e-mails that wait as long, `announced` the profiles to index anew.
    """

    __tablename__ = "undoable_act"

    id: Mapped[Key]
    kind: Mapped[Code]
    object_kind: Mapped[Word]
    object_id: Mapped[Code]
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Moment] = mapped_column(default=now)
    until: Mapped[Moment] = mapped_column(index=True)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    letters: Mapped[Terms]
    announced: Mapped[Terms]
    undone_at: Mapped[Moment | None]

    __table_args__ = (Index(None, "object_kind", "object_id"),)


class DistinctPair(Base):
    """Two organisations that look alike but differ, as an operator decided; `first_id` is the smaller id."""

    __tablename__ = "distinct_pair"

    first_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    at: Mapped[Moment] = mapped_column(default=now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (CheckConstraint("first_id < second_id", name="ordered"),)


class LikelyTwin(Base):
    """Two profiles of a centre that may be of one firm, by their public ids, as last found. Pairs that hang together have one
    `cluster`, the public id of one of theirs; a question between two clusters has one of its own. Pairs of two centres stand twice,
    the firm of `centre_id` first, in a cluster of their own together.
    """

    __tablename__ = "likely_twin"

    first: Mapped[str] = mapped_column(String(16), primary_key=True)
    second: Mapped[str] = mapped_column(String(16), primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    probability: Mapped[Real]
    cluster: Mapped[str | None] = mapped_column(String(16))

    __table_args__ = (Index(None, "centre_id", "probability"),)


class TwinSearch(Base):
    """The last search for likely twins in a centre, and when a firm had last changed before it."""

    __tablename__ = "twin_search"

    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), primary_key=True)
    firms_changed_at: Mapped[Moment | None]
    at: Mapped[Moment] = mapped_column(default=now)


class ProfileRedirect(Base):
    """The public id of a profile that was merged into another, so that old addresses still lead somewhere."""

    __tablename__ = "profile_redirect"

    public_id: Mapped[str] = mapped_column(String(16), primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"), index=True)
    at: Mapped[Moment] = mapped_column(default=now)


# The value of a contract, in thousands of roubles or the equal of another currency; a band is enough.
VALUE_BANDS = ("to-100", "to-500", "to-2000", "to-10000", "to-50000", "more")


class DeliveryRating(Base):
    """The contractor's words about a contract: `quality` from 1 (bad) to 5, the band of its value, whether it is ordered again.

    `timeliness` (1 to 5), `on_time` and `defects_per_thousand` were typed before deliveries were recorded; they are kept and no
    longer asked for.
    """

    __tablename__ = "delivery_rating"

    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), primary_key=True)
    quality: Mapped[int]
    timeliness: Mapped[int | None]
    text: Mapped[Prose | None]
    value_band: Mapped[Word | None]
    repeat_order: Mapped[bool | None]
    on_time: Mapped[bool | None]
    defects_per_thousand: Mapped[Real | None]
    at: Mapped[Moment] = mapped_column(default=now)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        one_of("value_band", VALUE_BANDS),
        CheckConstraint("defects_per_thousand BETWEEN 0 AND 1000", name="defects"),
        CheckConstraint("quality BETWEEN 1 AND 5", name="quality"),
        CheckConstraint("timeliness BETWEEN 1 AND 5", name="timeliness"),
    )


class SavedSearch(PublicId, Base):
    """A search of suppliers that a person has saved."""

    __tablename__ = "saved_search"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    name: Mapped[Line]
    query: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[Moment] = mapped_column(default=now)
    looked_at: Mapped[Moment] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("user_id", "name"), Index(None, "user_id", "created_at"))


FIRM_NOTES = ("note", "call", "task")


class FirmNote(PublicId, Base):
    """What a centre keeps of a firm for itself: a note, a call, or a task with its day, `done_at` once it is done."""

    __tablename__ = "firm_note"

    id: Mapped[Key]
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[Word]
    text: Mapped[Prose]
    due_on: Mapped[Day | None]
    done_at: Mapped[Moment | None]
    at: Mapped[Moment] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    organisation: Mapped[Organisation] = relationship()
    by: Mapped[User | None] = relationship()

    __table_args__ = (
        Index(None, "organisation_id", "at"),
        Index(None, "kind", "done_at", "due_on"),
        one_of("kind", FIRM_NOTES),
        CheckConstraint("kind <> 'task' OR due_on IS NOT NULL", name="due"),
    )

    @property
    def is_open_task(self) -> bool:
        return self.kind == "task" and self.done_at is None


class SavedView(Base):
    """A person's own view of a list: `query` is what its address asks, in a fixed order; the list opens with the view that
    is `first`.
    """

    __tablename__ = "saved_view"

    id: Mapped[Key]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    list: Mapped[Word]
    name: Mapped[Line]
    query: Mapped[str] = mapped_column(String(2000), default="")
    first: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("user_id", "list", "name"),)


class ProfileViewing(Base):
    """A day on which a signed-in person opened a profile; one row a day."""

    __tablename__ = "profile_viewing"

    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True, index=True)
    day: Mapped[Day] = mapped_column(primary_key=True)

    user: Mapped[User] = relationship()
