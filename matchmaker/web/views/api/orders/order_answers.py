"""The shapes of orders for programs: bodies of requests, answers, and how an order becomes one."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from importers.cells import amount_text
from matchmaker.domain.lifecycle import EntryState, OrderState
from matchmaker.models import OrderClaim, OrderEntry
from matchmaker.services.orders import order_claims, order_entries, orders
from matchmaker.services.orders.orders import LineProgress, ListedOrder, OrderCourse
from matchmaker.services.profiles.delivery_records import DeliveryRecord
from matchmaker.web.kit import context
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiBody

Side = Literal["supplier", "contractor"]
Kind = Literal["delivery", "defects", "first_article", "day", "cancellation"]
Pieces = Annotated[int, Field(ge=0, le=999_999_999)]


class OrderLineAnswer(ApiAnswer):
    """A line of an order: what was ordered, how many pieces one side says came, both confirmed, are defective, are missing."""

    id: str
    title: str
    quantity: int | None = None
    price: str | None = None
    delivered: int
    confirmed: int
    defective: int
    missing: int | None = None
    cancelled: bool


class OrderEntryAnswer(ApiAnswer):
    """What a side says, and whether the other one confirmed it; `report` is the key of the report's file."""

    key: str
    kind: Kind | Literal["report"]
    state: EntryState
    side: Side
    by_centre: bool
    line: str | None = None
    day: date | None = None
    pieces: int | None = None
    defective: int | None = None
    accepted: bool | None = None
    text: str | None = None
    answer: str | None = None
    report: str | None = None
    at: AwareDatetime
    revision: int


class OrderClaimAnswer(ApiAnswer):
    """A claim: what is wrong, the cause, the remedy and its day; `closed_by` are the sides for which it is settled."""

    key: str
    side: Side
    line: str | None = None
    pieces: int | None = None
    what: str
    cause: str | None = None
    remedy: str | None = None
    due_on: date | None = None
    closed_by: list[Side]
    at: AwareDatetime
    revision: int


class OrderAnswer(ApiAnswer):
    """An order: both firms, the contractor's number, terms and day of delivery, lines, entries and claims, the newest first."""

    key: str
    need: str
    match: str
    state: OrderState
    supplier: str
    contractor: str | None = None
    number: str | None = None
    terms: str | None = None
    due_on: date | None = None
    amount: str | None = None
    currency: str
    lines: list[OrderLineAnswer]
    entries: list[OrderEntryAnswer]
    claims: list[OrderClaimAnswer]
    revision: int


class OrderListLine(ApiAnswer):
    """An order in the list: its pieces, those that came, and what waits for the word of each side."""

    key: str
    need: str
    state: OrderState
    supplier: str
    contractor: str | None = None
    number: str | None = None
    due_on: date | None = None
    ordered: int | None = None
    delivered: int
    waits_for_supplier: int
    waits_for_contractor: int
    open_claims: int


class OrderList(ApiAnswer):
    """The person's orders, those under way first."""

    items: list[OrderListLine]


class EntryBody(ApiBody):
    """What is said: `line` by its id (left out for an order with one line), `day` today where it is left out. `accepted` is the
    contractor's word about a first article. `side` is for whom the centre writes it down.
    """

    kind: Kind
    line: Annotated[str, Field(max_length=100)] | None = None
    day: date | None = None
    pieces: Pieces | None = None
    defective: Pieces | None = None
    accepted: bool | None = None
    text: Annotated[str, Field(max_length=order_entries.LONGEST)] = ""
    side: Side | None = None


class EntryAnswerBody(ApiBody):
    """The answer to an entry: `confirm`, `accept` or `reject` a first article, or `refuse`, with the reason in `text`."""

    do: Literal["confirm", "accept", "reject", "refuse"]
    text: Annotated[str, Field(max_length=order_entries.LONGEST)] = ""
    side: Side | None = None


class EntryInsteadBody(ApiBody):
    """What was so instead; the kind and the line stay."""

    day: date | None = None
    pieces: Pieces | None = None
    defective: Pieces | None = None
    accepted: bool | None = None
    text: Annotated[str, Field(max_length=order_entries.LONGEST)] = ""
    side: Side | None = None


class ClaimBody(ApiBody):
    """A claim: what is wrong, and of which line and how many pieces, where that is known."""

    what: Annotated[str, Field(max_length=order_claims.LONGEST)]
    line: Annotated[str, Field(max_length=100)] | None = None
    pieces: Pieces | None = None
    side: Side | None = None


class ClaimAnswerBody(ApiBody):
    """The cause, the remedy and its day."""

    cause: Annotated[str, Field(max_length=order_claims.LONGEST)] = ""
    remedy: Annotated[str, Field(max_length=order_claims.LONGEST)] = ""
    due_on: date | None = None
    side: Side | None = None


class SideBody(ApiBody):
    """The side for which the centre says it; people of a side leave it out."""

    side: Side | None = None


class RecordBody(ApiBody):
    """Whether the record of deliveries stands on the shop's public profile."""

    shown: bool


class ShareAnswer(ApiAnswer):
    """A share with its number and the bounds within which the true one lies with 95 %."""

    value: float
    low: float
    high: float
    count: int


class RecordAnswer(ApiAnswer):
    """What came of the shop's orders: percent on time, defects of 1000, contractors, and deliveries that one side alone tells of."""

    shown: bool
    customers: int = 0
    said: int = 0
    on_time_percent: ShareAnswer | None = None
    defects_per_thousand: ShareAnswer | None = None


def record_answer(record: DeliveryRecord | None, *, shown: bool) -> RecordAnswer:
    """A record of deliveries as an answer."""
    if record is None:
        return RecordAnswer(shown=shown)
    return RecordAnswer(
        shown=shown,
        customers=record.customers,
        said=record.said,
        on_time_percent=_share(record.on_time_percent, record.dated),
        defects_per_thousand=_share(record.defects_per_thousand, record.pieces),
    )


def _share(told: tuple[float, float, float] | None, count: int) -> ShareAnswer | None:
    if told is None:
        return None
    value, low, high = (round(one, 2) for one in told)
    return ShareAnswer(value=value, low=low, high=high, count=count)


class DetailsBody(ApiBody):
    """The contractor's own number, and the terms of delivery."""

    number: Annotated[str, Field(max_length=orders.LONGEST_NUMBER)] = ""
    terms: Annotated[str, Field(max_length=orders.LONGEST_TERMS)] = ""


class OrderHoursBody(ApiBody):
    """The hours of a group of machines (its code) that the order takes; 0 gives them back."""

    group: Annotated[str, Field(max_length=100)]
    hours: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]


def list_line(one: ListedOrder) -> OrderListLine:
    """An order as a line of the list."""
    order, language = one.order, context.language()
    contractor = order.match.need.contractor
    return OrderListLine(
        key=order.public_id,
        need=order.match.need.public_id,
        state=order.state,
        supplier=order.match.profile.organisation.name(language),
        contractor=contractor.name(language) if contractor else None,
        number=order.number,
        due_on=order.due_on,
        ordered=one.ordered,
        delivered=one.delivered,
        waits_for_supplier=one.waits["supplier"],
        waits_for_contractor=one.waits["contractor"],
        open_claims=one.claims,
    )


def _price(minor: int | None) -> str | None:
    return None if minor is None else amount_text(minor)


def _of_line(one: LineProgress) -> OrderLineAnswer:
    return OrderLineAnswer(
        id=one.line.id,
        title=one.line.title,
        quantity=one.line.quantity,
        price=_price(one.line.price_minor),
        delivered=one.delivered,
        confirmed=one.confirmed,
        defective=one.defective,
        missing=one.missing,
        cancelled=one.cancelled,
    )


def _entry(one: OrderEntry, report: str | None) -> OrderEntryAnswer:
    return OrderEntryAnswer(
        key=one.public_id,
        kind=one.kind,  # type: ignore[arg-type]
        state=one.state,
        side=one.side,  # type: ignore[arg-type]
        by_centre=one.by_centre,
        line=one.line,
        day=one.day,
        pieces=one.pieces,
        defective=one.defective,
        accepted=one.accepted,
        text=one.text,
        answer=one.answer,
        report=None if one.is_withdrawn else report,
        at=one.said_at,
        revision=one.revision,
    )


def _claim(one: OrderClaim) -> OrderClaimAnswer:
    sides: tuple[Side, ...] = ("supplier", "contractor")
    return OrderClaimAnswer(
        key=one.public_id,
        side=one.side,  # type: ignore[arg-type]
        line=one.line,
        pieces=one.pieces,
        what=one.what,
        cause=one.cause,
        remedy=one.remedy,
        due_on=one.due_on,
        closed_by=[side for side in sides if one.is_closed_by(side)],
        at=one.said_at,
        revision=one.revision,
    )


def order_answer(course: OrderCourse) -> OrderAnswer:
    """An order with all that was said of it."""
    order = course.order
    contractor, language = order.match.need.contractor, context.language()
    papers = {entry: stored.public_id for entry, stored in course.papers.items()}
    return OrderAnswer(
        key=order.public_id,
        need=order.match.need.public_id,
        match=order.match.public_id,
        state=order.state,
        supplier=order.match.profile.organisation.name(language),
        contractor=contractor.name(language) if contractor else None,
        number=order.number,
        terms=order.terms,
        due_on=order.due_on,
        amount=_price(order.amount_minor),
        currency=order.currency,
        lines=[_of_line(one) for one in course.lines],
        entries=[_entry(one, papers.get(one.id)) for one in course.entries],
        claims=[_claim(one) for one in course.claims],
        revision=order.revision,
    )
