"""Matches, the decisions about them, quotes and messages."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain import lifecycle
from matchmaker.domain.lifecycle import DECISIONS, MatchState, NeedState, QuoteState
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
    Stamped,
    Word,
    now,
    one_of,
)
from matchmaker.models.needs import Need
from matchmaker.models.profiles import Profile

# Whether the prices of a quote include VAT, have it added, or bear none.
VATS = ("included", "added", "none")
MATERIAL_BY = ("customer", "supplier")


class Match(PublicId, Stamped, Base):
    """A supplier proposed for a need. `state` is the last decision's kind, or "proposed"; decisions hold the
    history.

    `rank` is the matcher's place, `position` the place in the shortlist, `placed_at` the time at which an
    operator chose it. `notified_at`: the supplier was notified of the need; `released_at`: the contractor
    sees the match; `wanted_at`: the contractor marked it. `asked_at`: the supplier itself asked to be
    invited. `contacts_at`: from then on both sides of the contract read each other's contacts. Till `silent_until` the supplier is
    told the state of before the award.
    """

    __tablename__ = "match"

    id: Mapped[Key]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"), index=True)
    state: Mapped[MatchState] = mapped_column(default=MatchState.PROPOSED)
    score: Mapped[Real | None]
    position: Mapped[int | None]
    rank: Mapped[int | None]
    placed_at: Mapped[Moment | None]
    notified_at: Mapped[Moment | None]
    released_at: Mapped[Moment | None]
    wanted_at: Mapped[Moment | None]
    asked_at: Mapped[Moment | None]
    contacts_at: Mapped[Moment | None]
    silent_until: Mapped[Moment | None]
    by_hand: Mapped[bool] = mapped_column(default=False)
    explanation: Mapped[dict[str, Any] | None] = mapped_column(Json)
    ranker: Mapped[Code | None]
    note: Mapped[Prose | None]
    revision: Mapped[int] = mapped_column(default=1)

    need: Mapped[Need] = relationship()
    profile: Mapped[Profile] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__ = (
        UniqueConstraint("need_id", "profile_id"),
        one_of("state", MatchState),
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
    )

    @property
    def is_seated(self) -> bool:
        """Whether the supplier holds one of the need's seats."""
        return self.state in lifecycle.SEATED

    @property
    def is_within_circle(self) -> bool:
        """Whether the supplier is within the circle of those invited, and may quote, as it is told."""
        return self.told_state in lifecycle.WITHIN_CIRCLE

    @property
    def is_in_conversation(self) -> bool:
        """Whether the supplier has messages with contractor and centre, as it is told."""
        return self.told_state in lifecycle.IN_CONVERSATION

    @property
    def is_untold(self) -> bool:
        """Whether the supplier has received nothing about the need, so that the operator may still decide
        either way.
        """
        return self.state in lifecycle.UNTOLD

    @property
    def is_told(self) -> bool:
        """Whether the supplier knows its state: it was invited, and of an award that may be taken back it is told nothing."""
        return self.told_state in lifecycle.TOLD

    @property
    def is_invitable(self) -> bool:
        """Whether the supplier may be invited, and was not yet."""
        return self.state in lifecycle.INVITABLE

    @property
    def is_answered(self) -> bool:
        """Whether the supplier's invitation was answered, or ended in another way, as the supplier is told."""
        return self.told_state in lifecycle.ANSWERED

    @property
    def awaits_answer(self) -> bool:
        """Whether the supplier is invited to an open need and has not answered, as the supplier is told."""
        return self.told_state == MatchState.INVITED and self.need.told_state in lifecycle.OPEN_NEEDS

    @property
    def is_answerable(self) -> bool:
        """Whether the supplier may answer its invitation, or answer otherwise, as the supplier is told."""
        return self.told_state in lifecycle.ANSWERABLE and self.need.told_state in lifecycle.OPEN_NEEDS

    @property
    def is_silent(self) -> bool:
        """Whether an award that may still be taken back is kept from the supplier."""
        return self.told_state != self.state or self.need.told_state != self.need.state

    @property
    def awaits_quote(self) -> bool:
        """Whether a first quote may still be asked of the supplier."""
        return self.state in lifecycle.AWAITING_QUOTE

    @property
    def is_seated_without_quote(self) -> bool:
        """Whether the supplier holds a seat and has not quoted, so that the centre may type in its quote."""
        return self.state in lifecycle.SEATED_WITHOUT_QUOTE

    @property
    def awaits_outcome(self) -> bool:
        """Whether the supplier holds a seat and waits to hear whether it is chosen."""
        return self.state in lifecycle.AWAITING_OUTCOME

    @property
    def is_in_talks(self) -> bool:
        """Whether the supplier is willing and the contractor has not chosen."""
        return self.state in lifecycle.IN_TALKS

    @property
    def is_willing(self) -> bool:
        """Whether the supplier wants the work, or has it."""
        return self.state in lifecycle.WILLING

    @property
    def is_approved(self) -> bool:
        return self.state == MatchState.APPROVED

    @property
    def is_rejected(self) -> bool:
        return self.state == MatchState.REJECTED

    @property
    def is_declined(self) -> bool:
        return self.state == MatchState.DECLINED

    @property
    def is_contracted(self) -> bool:
        return self.state == MatchState.CONTRACTED

    @property
    def told_state(self) -> MatchState:
        """The state as the supplier itself is told it: an award that may be taken back is not told."""
        return MatchState(self._before_award("states", self.state))

    @property
    def told_changed_at(self) -> datetime:
        """When the state that the supplier is told was changed last."""
        before = self._before_award("changed", "")
        return datetime.fromisoformat(before) if before else self.changed_at

    def _before_award(self, what: str, present: str) -> str:
        """What the need keeps of the match as it was before an award that may be taken back, else `present`."""
        if self.silent_until is None or self.silent_until <= now() or not self.need.award:
            return present
        return str(self.need.award.get(what, {}).get(self.public_id, present))

    @property
    def shows_contacts(self) -> bool:
        """Whether the two sides of the contract read each other's contacts."""
        return self.is_contracted and self.contacts_at is not None and self.contacts_at <= now()

    @property
    def is_releasable(self) -> bool:
        """Whether the supplier is new to the contractor when the shortlist is released."""
        return self.released_at is None and self.state in lifecycle.RELEASABLE

    @property
    def is_shown(self) -> bool:
        """Whether the contractor sees the supplier in its shortlist."""
        return self.released_at is not None and not self.is_rejected


def told_open() -> ColumnElement[bool]:
    """Needs that take answers, as suppliers and strangers are told it."""
    silent = select(Match.id).where(Match.need_id == Need.id, Match.silent_until > now())
    kept_back = and_(Need.state == NeedState.CONTRACTED, silent.correlate(Need).exists())
    return or_(Need.state.in_(lifecycle.OPEN_NEEDS), kept_back)


def within_circle() -> ColumnElement[bool]:
    """Matches of suppliers within the circle, as these are told it."""
    return or_(Match.state.in_(lifecycle.WITHIN_CIRCLE), Match.silent_until > now())


class Decision(PublicId, Base):
    """A person's decision about a supplier for a need. Rows are only added; a change of mind is another row.

    `at_given` is the time as a file gave it, since a day is not a moment. `content_hash` marks imported
    decisions. `positions` are those that a contract is for, as `match_decisions` writes them, none where it is for everything.
    """

    __tablename__ = "decision"

    id: Mapped[Key]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"), index=True)
    kind: Mapped[MatchState]
    reason: Mapped[Line | None]
    reason_code: Mapped[Code | None]
    note: Mapped[Prose | None]
    positions: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    at: Mapped[Moment]
    at_given: Mapped[str | None] = mapped_column(String(40))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    source: Mapped[Line | None]
    content_hash: Mapped[str | None] = mapped_column(String(32), unique=True)

    need: Mapped[Need] = relationship()
    profile: Mapped[Profile] = relationship()
    by: Mapped[User | None] = relationship()

    __table_args__ = (Index(None, "need_id", "profile_id", "at"), one_of("kind", DECISIONS))


class Quote(PublicId, Stamped, Base):
    """A supplier's quote, one a match: integer minor units of an ISO 4217 currency; `batch_prices` are
    [pieces, minor units] pairs. `amount_minor` is the price without tooling; `positions` are the priced positions of the need, as
    `quotes.position_prices` writes them. `vat` says whether the prices include it, and `vat_percent` its rate.
    """

    __tablename__ = "quote"

    id: Mapped[Key]
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), index=True, unique=True)
    state: Mapped[QuoteState] = mapped_column(default=QuoteState.DRAFT)
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    batch_prices: Mapped[list[list[int]] | None] = mapped_column(Json)
    positions: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    tooling_minor: Mapped[int | None] = mapped_column(BigInteger)
    vat: Mapped[Word | None]
    vat_percent: Mapped[Real | None]
    material_by: Mapped[Word | None]
    payment: Mapped[Line | None]
    delivery: Mapped[Line | None]
    lead_time_days: Mapped[int | None]
    valid_until: Mapped[Day | None]
    text: Mapped[Prose | None]
    submitted_at: Mapped[Moment | None]
    revision: Mapped[int] = mapped_column(default=1)

    match: Mapped[Match] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__ = (
        one_of("state", QuoteState),
        one_of("vat", VATS),
        one_of("material_by", MATERIAL_BY),
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("tooling_minor > 0", name="tooling_minor"),
        CheckConstraint("vat_percent BETWEEN 0 AND 100", name="vat_percent"),
    )

    @property
    def is_sent(self) -> bool:
        """Whether the contractor reads the quote, once the quotes of the need are open."""
        return self.state in lifecycle.SENT_QUOTES

    @property
    def told_state(self) -> QuoteState:
        """The state as its author is told it."""
        return QuoteState.SUBMITTED if self._is_kept_back else self.state

    @property
    def told_revision(self) -> int:
        """The revision as its author is told it: an award that may be taken back is one more."""
        return self.revision - 1 if self._is_kept_back else self.revision

    @property
    def _is_kept_back(self) -> bool:
        """Whether what became of the quote may still be taken back."""
        silent = self.match.silent_until is not None and self.match.silent_until > now()
        return silent and self.is_sent and not self.is_submitted

    @property
    def stands(self) -> bool:
        """Whether the quote waits for its outcome, as its author is told it."""
        return self.told_state == QuoteState.SUBMITTED

    @property
    def is_draft(self) -> bool:
        return self.state == QuoteState.DRAFT

    @property
    def is_submitted(self) -> bool:
        return self.state == QuoteState.SUBMITTED

    @property
    def is_accepted(self) -> bool:
        return self.state == QuoteState.ACCEPTED


class Message(PublicId, Base):
    """A message about a match: `side` is its writer, `audience` its reader beside the centre, which reads
    all.
    """

    __tablename__ = "message"

    id: Mapped[Key]
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    side: Mapped[Word]
    audience: Mapped[Word] = mapped_column(default="all")
    text: Mapped[Prose]
    at: Mapped[Moment] = mapped_column(default=now)

    __table_args__ = (
        one_of("side", ("supplier", "contractor", "centre")),
        one_of("audience", ("all", "supplier", "contractor", "centre")),
    )


class UnreadMessage(Base):
    """A message that a person was told of and has not read; reading it deletes the row."""

    __tablename__ = "unread_message"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)


class SupplierTeam(PublicId, Stamped, Base):
    """Suppliers of a need that quote for it together: a lead, and members with the positions that each makes.

    Each member prices its own positions in a quote of its own; from `offered_at` on, when the lead handed them in with its words
    (`note`), they are one joint quote. A team that is over has `ended_at`.
    """

    __tablename__ = "team"

    id: Mapped[Key]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"), index=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("match.id"), index=True)
    note: Mapped[Prose | None]
    offered_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    revision: Mapped[int] = mapped_column(default=1)

    need: Mapped[Need] = relationship()
    lead: Mapped[Match] = relationship(foreign_keys=[lead_id])
    members: Mapped[list["SupplierTeamMember"]] = relationship(
        order_by="SupplierTeamMember.match_id", back_populates="team"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it

    @property
    def is_offered(self) -> bool:
        return self.offered_at is not None and self.ended_at is None


class SupplierTeamMember(Base):
    """A supplier in a team, and the ids of the need's positions that it makes."""

    __tablename__ = "team_member"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), primary_key=True, index=True)
    positions: Mapped[list[str]] = mapped_column(Json)

    team: Mapped[SupplierTeam] = relationship(back_populates="members")
    match: Mapped[Match] = relationship()
