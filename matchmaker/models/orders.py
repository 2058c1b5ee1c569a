"""Orders under contract: what was ordered, what either side says of its course, claims, and the hours booked for it."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.lifecycle import EntryState, OrderState
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
from matchmaker.models.matches import Match

SIDES = ("supplier", "contractor")
ENTRY_KINDS = ("delivery", "defects", "first_article", "report", "day", "cancellation")


class PurchaseOrder(PublicId, Stamped, Base):
    """The order that a contract becomes, one a match: both sides see it from `opened_at` on.

    `lines` are the awarded positions, `[{"id", "title", "quantity", "price_minor"}]`, at least one; `amount_minor` is the sum of all
    with tooling, in minor units of `currency`, where it is known. `number` is the contractor's own; `due_on` the day of delivery that
    both sides agreed on last.
    """

    __tablename__ = "purchase_order"

    id: Mapped[Key]
    match_id: Mapped[int] = mapped_column(ForeignKey("match.id"), unique=True)
    state: Mapped[OrderState] = mapped_column(default=OrderState.RUNNING)
    number: Mapped[Code | None]
    terms: Mapped[Line | None]
    due_on: Mapped[Day | None]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="RUB")
    opened_at: Mapped[Moment] = mapped_column(default=now)
    revision: Mapped[int] = mapped_column(default=1)

    match: Mapped[Match] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__ = (
        one_of("state", OrderState),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index(None, "state", "due_on"),
    )

    @property
    def is_running(self) -> bool:
        return self.state == OrderState.RUNNING

    @property
    def is_cancelled(self) -> bool:
        return self.state == OrderState.CANCELLED

    def is_late(self, today: date) -> bool:
        """Whether pieces are still missing after the agreed day."""
        return self.is_running and self.due_on is not None and self.due_on < today


class OrderEntry(PublicId, Base):
    """Something that one side says of an order, and whether the other one confirmed it.

    `kind` is one of ENTRY_KINDS: so many `pieces` delivered on a `day`, of which `defective` were not right; defects found later; a first
    article that was sent, and whether it was `accepted`; an inspection report; a new day of delivery; the cancellation of a line,
    or of the whole order. `side` said it last, by the person `by`, or by the link of its letter where it has no account;
    `by_centre` that the centre wrote it down for that side. `due_on` is the day that was
    agreed when it was said.
    """

    __tablename__ = "order_entry"

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    kind: Mapped[Word]
    state: Mapped[EntryState] = mapped_column(default=EntryState.SAID)
    line: Mapped[Code | None]
    day: Mapped[Day | None]
    due_on: Mapped[Day | None]
    pieces: Mapped[int | None]
    defective: Mapped[int | None]
    accepted: Mapped[bool | None]
    text: Mapped[Prose | None]
    side: Mapped[Word]
    by_centre: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    said_at: Mapped[Moment] = mapped_column(default=now)
    answer: Mapped[Prose | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[Moment | None]
    revision: Mapped[int] = mapped_column(default=1)

    order: Mapped[PurchaseOrder] = relationship()
    by: Mapped[User | None] = relationship(foreign_keys=by_id)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__ = (
        one_of("kind", ENTRY_KINDS),
        one_of("state", EntryState),
        one_of("side", SIDES),
        CheckConstraint("pieces >= 0", name="pieces"),
        CheckConstraint("defective >= 0", name="defective"),
        Index(None, "kind", "state", "day"),
    )

    @property
    def is_said(self) -> bool:
        """Whether one side said it and the other one has not answered."""
        return self.state == EntryState.SAID

    @property
    def is_confirmed(self) -> bool:
        return self.state == EntryState.CONFIRMED

    @property
    def is_refused(self) -> bool:
        return self.state == EntryState.REFUSED

    @property
    def is_withdrawn(self) -> bool:
        return self.state == EntryState.WITHDRAWN


class OrderClaim(PublicId, Base):
    """A claim about delivered pieces, an 8D report in short: what is wrong, why, what is done about it and by when.

    It is closed once both sides say so.
    """

    __tablename__ = "order_claim"

    id: Mapped[Key]
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), index=True)
    line: Mapped[Code | None]
    pieces: Mapped[int | None]
    what: Mapped[Prose]
    cause: Mapped[Prose | None]
    remedy: Mapped[Prose | None]
    due_on: Mapped[Day | None]
    side: Mapped[Word]
    by_centre: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    said_at: Mapped[Moment] = mapped_column(default=now)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[Moment | None]
    contractor_closed_at: Mapped[Moment | None]
    supplier_closed_at: Mapped[Moment | None]
    revision: Mapped[int] = mapped_column(default=1)

    order: Mapped[PurchaseOrder] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's way to declare it
    __table_args__ = (one_of("side", SIDES), CheckConstraint("pieces > 0", name="pieces"))

    @property
    def is_closed(self) -> bool:
        return self.contractor_closed_at is not None and self.supplier_closed_at is not None

    def is_closed_by(self, side: str) -> bool:
        """Whether this side says that the claim is settled."""
        return getattr(self, f"{side}_closed_at") is not None


class OrderHours(Base):
    """Machine-hours of a supplier that an order takes in a week (year·100 + ISO number); they are among the agreed hours of its
    spare capacity.
    """

    __tablename__ = "order_hours"

    order_id: Mapped[int] = mapped_column(ForeignKey("purchase_order.id"), primary_key=True)
    group_code: Mapped[Code] = mapped_column(primary_key=True)
    week: Mapped[int] = mapped_column(primary_key=True)
    hours: Mapped[Real]

    order: Mapped[PurchaseOrder] = relationship()

    __table_args__ = (CheckConstraint("hours > 0", name="hours"),)
