"""Matches, the decisions about them, quotes and messages."""

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.records import DECISIONS
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


class Match(PublicId, Stamped, Base):
    """A supplier proposed for a need. `state` is the last decision's kind, or "proposed"; decisions hold the history.

    `rank` is the place the matcher gave, `position` the one in the shortlist, `placed_at` when an operator chose it.
    `notified_at`: the supplier was told of the need; `released_at`: the contractor sees it; `wanted_at`: and marked it. `asked_at`:
    the supplier itself asked to be invited.
    """

    __tablename__ = "match"

    id: Mapped[Key]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"), index=True)
    state: Mapped[Word] = mapped_column(default="proposed")
    score: Mapped[Real | None]
    position: Mapped[int | None]
    rank: Mapped[int | None]
    placed_at: Mapped[Moment | None]
    notified_at: Mapped[Moment | None]
    released_at: Mapped[Moment | None]
    wanted_at: Mapped[Moment | None]
    asked_at: Mapped[Moment | None]
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
        one_of("state", ("proposed", *DECISIONS)),
        CheckConstraint("score BETWEEN 0 AND 1", name="score"),
    )


class Decision(PublicId, Base):
    """What somebody decided about a supplier for a need. Rows are only added; a change of mind is another row.

    `at_given` is the time as a file gave it, since a day is not a moment. `content_hash` marks imported ones.
    """

    __tablename__ = "decision"

    id: Mapped[Key]
    need_id: Mapped[int] = mapped_column(ForeignKey("need.id"))
    profile_id: Mapped[int] = mapped_column(ForeignKey("profile.id"), index=True)
    kind: Mapped[Word]
    reason: Mapped[Line | None]
    reason_code: Mapped[Code | None]
    note: Mapped[Prose | None]
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
    """A supplier's offer, one a match: integer minor units of an ISO 4217 currency; `batch_prices` are [pieces, minor units] pairs."""

    __tablename__ = "quote"

    id: Mapped[Key]
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), index=True, unique=True)
    state: Mapped[Word] = mapped_column(default="draft")
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    batch_prices: Mapped[list[list[int]] | None] = mapped_column(Json)
    lead_time_days: Mapped[int | None]
    valid_until: Mapped[Day | None]
    text: Mapped[Prose | None]
    submitted_at: Mapped[Moment | None]
    revision: Mapped[int] = mapped_column(default=1)

    match: Mapped[Match] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__ = (
        one_of("state", ("draft", "submitted", "withdrawn", "accepted", "refused")),
        CheckConstraint("amount_minor > 0", name="amount"),
    )


class Message(PublicId, Base):
    """A message about a match: `side` is who wrote it, `audience` who reads it beside the centre, which reads all."""

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
