"""Orders: how a contract becomes one, whose they are, how far each of their lines is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from matchmaker.domain.errors import (
    InvalidRecord,
    MoveNotAllowed,
    NotFound,
    OrderUnderWay,
    OrderWritten,
    Problem,
    StaleRevision,
)
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import COUNTED_ENTRIES, EntryState, OrderState
from matchmaker.models import (
    Centre,
    Match,
    Need,
    OrderClaim,
    OrderEntry,
    Organisation,
    Profile,
    PurchaseOrder,
    Quote,
    StoredFile,
    User,
)
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.core.locks import lock_row as take_turns
from matchmaker.services.needs import need_summary, needs
from matchmaker.services.shortlist.match_decisions import AwardedPosition

MOST = 200  # orders of a list
LONGEST_NUMBER, LONGEST_TERMS = 100, 300
_WITH_DEFECTS = frozenset({"delivery", "defects"})
OTHER_SIDE: Mapping[str, str] = {"supplier": "contractor", "contractor": "supplier"}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something of an order for one of its sides: a person, or None for a firm without an account by the link of its letter;
    `by_centre` where the centre writes down what it was told.
    """

    user: User | None
    side: str
    by_centre: bool = False

    @property
    def user_id(self) -> int | None:
        """The row id of the person."""
        return self.user.id if self.user else None

    @property
    def actor(self) -> str:
        """Who stands in the journal: a public id, or the letter."""
        return self.user.public_id if self.user else "letter"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """What is ordered: a position of the need, or all of it ("" as id); its pieces, and minor units a piece, where they are told."""

    id: str
    title: str
    quantity: int | None = None
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class LineProgress:
    """How far a line is: pieces that one side at least says were delivered, those of them that both confirmed, and the defective
    ones; `cancelled` where both sides gave up what is missing.
    """

    line: OrderLine
    delivered: int
    confirmed: int
    defective: int
    cancelled: bool

    @property
    def missing(self) -> int | None:
        """Good pieces that are still to come; None where the pieces of the line are not told."""
        if self.cancelled:
            return 0
        return (
            None
            if self.line.quantity is None
            else max(self.line.quantity - self.delivered + self.defective, 0)
        )


@dataclass(frozen=True, slots=True)
class OrderCourse:
    """An order with all that was said of it, the newest first; `papers` are the inspection reports by the id of their entry."""

    order: PurchaseOrder
    lines: tuple[LineProgress, ...]
    entries: Sequence[OrderEntry]
    claims: Sequence[OrderClaim]
    papers: Mapping[int, StoredFile]

    def waiting_for(self, side: str) -> list[OrderEntry]:
        """What the other side said and this one has not answered."""
        return [one for one in self.entries if one.is_said and one.side != side]

    def line_title(self, line: str | None) -> str:
        """The name of a line; "" for the order as a whole."""
        return next((one.line.title for one in self.lines if one.line.id == line), "")


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order in a list: its pieces, those that came, what waits for which side, and claims that are open."""

    order: PurchaseOrder
    ordered: int | None
    delivered: int
    waits: Mapping[str, int]
    claims: int

    @property
    def is_unsettled(self) -> bool:
        """Whether anybody has still something to do or to say: pieces are to come, words wait for the other side, a claim is open."""
        return self.order.is_running or bool(self.claims) or any(self.waits.values())


def begin(
    session: Session,
    match: Match,
    positions: Sequence[AwardedPosition],
    quote: Quote | None,
    user: User,
    today: date,
    opened_at: datetime | None = None,
) -> PurchaseOrder:
    """Make the order of a contract: its lines are the awarded positions, else all that the need asks for. A second contract renews the
    order of the first one.

    The day of delivery is what the quote promises from `today` on, else what the need asks for. Raises MoveNotAllowed without a
    contract, OrderWritten where something was said of the order of the first one.
    """
    take_turns(session, match.need)
    if not match.is_contracted:
        raise MoveNotAllowed(state=match.state, target=OrderState.RUNNING)
    order = session.scalar(select(PurchaseOrder).where(PurchaseOrder.match_id == match.id))
    if order is None:
        order = PurchaseOrder(match_id=match.id, match=match)
        session.add(order)
    elif is_written(session, order):
        raise OrderWritten(supplier=_supplier(order))
    lines, days = _lines(match.need, positions), _days(quote)
    order.state = OrderState.RUNNING
    order.lines = [asdict(line) for line in lines]
    order.due_on = match.need.due if days is None else today + timedelta(days=days)
    order.terms = quote.delivery if quote else None
    order.amount_minor = _amount(lines, positions, quote)
    order.currency = next(
        (one.currency for one in positions if one.currency), quote.currency if quote else "RUB"
    )
    order.opened_at = opened_at or now()
    order.changed_at = now()
    session.flush()
    journal.note(session, user.public_id, "order.opened", order)
    return order


def is_written(session: Session, order: PurchaseOrder) -> bool:
    """Whether a side said something of the order: an entry that was not taken back, or a claim."""
    entry = select(OrderEntry.id).where(
        OrderEntry.order_id == order.id, OrderEntry.state != EntryState.WITHDRAWN
    )
    claim = select(OrderClaim.id).where(OrderClaim.order_id == order.id)
    return any(session.scalar(query.limit(1)) is not None for query in (entry, claim))


def _supplier(order: PurchaseOrder) -> str:
    firm = order.match.profile.organisation
    return firm.name_ru or firm.name_en or firm.public_id


def end(session: Session, need: Need, but: Collection[int] = ()) -> list[PurchaseOrder]:
    """Cancel the running orders of a need whose contracts are given up, `but` those of these matches (row ids); those that it cancelled.
    Raises OrderUnderWay where something was said of one.
    """
    of_need = select(Match.id).where(Match.need_id == need.id, Match.id.not_in(but))
    running = PurchaseOrder.match_id.in_(of_need), PurchaseOrder.state == OrderState.RUNNING
    found = list(session.scalars(select(PurchaseOrder).where(*running).order_by(PurchaseOrder.id)))
    for order in found:
        take_turns(session, order)
        if is_written(session, order):
            raise OrderUnderWay(supplier=_supplier(order))
    for order in found:
        order.state, order.changed_at = OrderState.CANCELLED, now()
    session.flush()
    return found


def _lines(need: Need, positions: Sequence[AwardedPosition]) -> list[OrderLine]:
    if positions:
        return [OrderLine(one.id, one.title or one.id, one.quantity, one.price_minor) for one in positions]
    return [OrderLine("", need_summary.title_of(need), needs.record(need).quantity)]


def _days(quote: Quote | None) -> int | None:
    if quote is None or quote.lead_time_days is not None:
        return quote.lead_time_days if quote else None
    return max((row["days"] for row in quote.positions or () if row.get("days")), default=None)


def _amount(
    lines: Sequence[OrderLine], positions: Sequence[AwardedPosition], quote: Quote | None
) -> int | None:
    """The sum of the contract with its tooling; None where a part of it is not told."""
    tooling = (quote.tooling_minor or 0) if quote else 0
    if positions and all(one.quantity and one.price_minor for one in lines):
        return sum((one.quantity or 0) * (one.price_minor or 0) for one in lines) + tooling
    whole = quote.amount_minor if quote and quote.is_sent else None
    return None if whole is None else whole + tooling


def lines_of(order: PurchaseOrder) -> tuple[OrderLine, ...]:
    """The lines of an order."""
    return tuple(OrderLine(**row) for row in order.lines)


def by_key(session: Session, key: str) -> PurchaseOrder:
    """The order with this public id, with its need and both firms. Raises NotFound; also while the contract can be taken back."""
    query = select(PurchaseOrder).where(PurchaseOrder.public_id == key, PurchaseOrder.opened_at <= now())
    found = session.scalar(query.options(*_with_firms()))
    if found is None:
        raise NotFound(what="order", key=key)
    return found


def _with_firms() -> tuple[ExecutableOption, ...]:
    match = joinedload(PurchaseOrder.match)
    need = match.joinedload(Match.need)
    return (
        need.joinedload(Need.centre),
        need.joinedload(Need.contractor),
        match.joinedload(Match.profile).joinedload(Profile.organisation).joinedload(Organisation.centre),
    )


def of_match(session: Session, match: Match) -> PurchaseOrder | None:
    """The order of a match, once its contract can no longer be taken back."""
    opened = PurchaseOrder.match_id == match.id, PurchaseOrder.opened_at <= now()
    return session.scalar(select(PurchaseOrder).where(*opened))


def of_need(session: Session, need: Need) -> dict[int, PurchaseOrder]:
    """The orders of a need by the row id of their match."""
    query = select(PurchaseOrder).join(Match, Match.id == PurchaseOrder.match_id)
    opened = Match.need_id == need.id, PurchaseOrder.opened_at <= now()
    return {order.match_id: order for order in session.scalars(query.where(*opened))}


def of_firms(keys: Iterable[str], role: str) -> ColumnElement[bool]:
    """Orders of firms (public ids) as their supplier ("supplier_editor") or their contractor ("contractor_buyer")."""
    firms = select(Organisation.id).where(Organisation.public_id.in_(list(keys)))
    if role == "supplier_editor":
        profiles = select(Profile.id).where(Profile.organisation_id.in_(firms))
        return PurchaseOrder.match_id.in_(select(Match.id).where(Match.profile_id.in_(profiles)))
    own = select(Need.id).where(Need.contractor_id.in_(firms))
    return PurchaseOrder.match_id.in_(select(Match.id).where(Match.need_id.in_(own)))


def of_centres(codes: Iterable[str]) -> ColumnElement[bool]:
    """Orders of the needs of centres (codes)."""
    centres = select(Centre.id).where(Centre.code.in_(list(codes)))
    own = select(Need.id).where(Need.centre_id.in_(centres))
    return PurchaseOrder.match_id.in_(select(Match.id).where(Match.need_id.in_(own)))


def listed(session: Session, whose: Sequence[ColumnElement[bool]], limit: int = MOST) -> list[ListedOrder]:
    """Orders that are seen by now, those under way first, the next day first; in three statements."""
    if not whose:
        return []
    running = (PurchaseOrder.state == OrderState.RUNNING).desc()
    dated = PurchaseOrder.due_on.is_(None), PurchaseOrder.due_on
    query = (
        select(PurchaseOrder)
        .where(or_(*whose), PurchaseOrder.opened_at <= now())
        .order_by(running, *dated, PurchaseOrder.id.desc())
        .limit(limit)
        .options(*_with_firms())
    )
    found = session.scalars(query).all()
    ids = [order.id for order in found]
    said = _said(session, ids)
    waits = {(order, side): count for order, side, count, _ in said}
    pieces: dict[int, int] = {}
    for order, _side, _count, delivered in said:
        pieces[order] = pieces.get(order, 0) + int(delivered or 0)
    claims = _open_claims(session, ids)
    return [
        ListedOrder(
            order,
            _ordered(order),
            pieces.get(order.id, 0),
            {side: waits.get((order.id, OTHER_SIDE[side]), 0) for side in OTHER_SIDE},
            claims.get(order.id, 0),
        )
        for order in found
    ]


@dataclass(frozen=True, slots=True)
class LateOrder:
    """An order whose day has passed: its pieces where they are told, and the good ones that one side at least says came."""

    order: PurchaseOrder
    ordered: int | None
    good: int


def late(session: Session, centres: Iterable[str], today: date, limit: int) -> list[LateOrder]:
    """Running orders of the needs of centres (codes) whose day has passed, the oldest first; in one statement."""
    good = func.coalesce(OrderEntry.pieces, 0) - func.coalesce(OrderEntry.defective, 0)
    came = (
        select(func.coalesce(func.sum(good), 0))
        .where(OrderEntry.order_id == PurchaseOrder.id, OrderEntry.kind.in_(_WITH_DEFECTS))
        .where(OrderEntry.state.in_(COUNTED_ENTRIES))
        .scalar_subquery()
    )
    query = (
        select(PurchaseOrder, came)
        .where(of_centres(centres), *_late(today))
        .order_by(PurchaseOrder.due_on, PurchaseOrder.id)
        .limit(limit)
        .options(*_with_firms())
    )
    return [LateOrder(order, _ordered(order), int(pieces)) for order, pieces in session.execute(query)]


def late_since(session: Session, first: date, today: date) -> Sequence[PurchaseOrder]:
    """Running orders of all centres whose day was between the two, the last one left out."""
    query = select(PurchaseOrder).where(*_late(today), PurchaseOrder.due_on >= first)
    return session.scalars(query.order_by(PurchaseOrder.id).options(*_with_firms())).all()


def _late(today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        PurchaseOrder.state == OrderState.RUNNING,
        PurchaseOrder.due_on < today,
        PurchaseOrder.opened_at <= now(),
    )


def _said(session: Session, ids: Sequence[int]) -> Sequence[tuple[int, str, int, int | None]]:
    """By order and side: what that side said without an answer, and the pieces that it says were delivered."""
    waiting = func.count().filter(OrderEntry.state == EntryState.SAID)
    pieces_came = func.sum(OrderEntry.pieces).filter(OrderEntry.kind == "delivery")
    query = (
        select(OrderEntry.order_id, OrderEntry.side, waiting, pieces_came)
        .where(OrderEntry.order_id.in_(ids), OrderEntry.state.in_(COUNTED_ENTRIES))
        .group_by(OrderEntry.order_id, OrderEntry.side)
    )
    return [(order, side, count, pieces) for order, side, count, pieces in session.execute(query)]


def _open_claims(session: Session, ids: Sequence[int]) -> dict[int, int]:
    opened = or_(OrderClaim.contractor_closed_at.is_(None), OrderClaim.supplier_closed_at.is_(None))
    query = select(OrderClaim.order_id, func.count()).where(OrderClaim.order_id.in_(ids), opened)
    return {row[0]: row[1] for row in session.execute(query.group_by(OrderClaim.order_id))}


def _ordered(order: PurchaseOrder) -> int | None:
    pieces = [line.quantity for line in lines_of(order)]
    return None if None in pieces else sum(one or 0 for one in pieces)


def course(session: Session, order: PurchaseOrder) -> OrderCourse:
    """An order with all that was said of it, in three statements."""
    mine = OrderEntry.order_id == order.id
    newest = OrderEntry.said_at.desc(), OrderEntry.id.desc()
    entries = session.scalars(
        select(OrderEntry).where(mine).order_by(*newest).options(joinedload(OrderEntry.by))
    ).all()
    claims = session.scalars(
        select(OrderClaim).where(OrderClaim.order_id == order.id).order_by(OrderClaim.id.desc())
    ).all()
    papers = select(StoredFile).where(StoredFile.order_entry_id.in_([one.id for one in entries]))
    kept = {one.order_entry_id: one for one in session.scalars(papers) if one.order_entry_id is not None}
    return OrderCourse(order, progress(order, entries), entries, claims, kept)


def progress(order: PurchaseOrder, entries: Iterable[OrderEntry]) -> tuple[LineProgress, ...]:
    """How far each line is by what was said."""
    counted = [one for one in entries if one.state in COUNTED_ENTRIES]
    return tuple(_progress(line, counted) for line in lines_of(order))


def _progress(line: OrderLine, counted: Sequence[OrderEntry]) -> LineProgress:
    own = [one for one in counted if one.line == line.id]
    gone = any(
        one.kind == "cancellation" and one.is_confirmed and one.line in {None, line.id} for one in counted
    )
    return LineProgress(
        line,
        delivered=sum(one.pieces or 0 for one in own if one.kind == "delivery"),
        confirmed=sum(one.pieces or 0 for one in own if one.kind == "delivery" and one.is_confirmed),
        defective=sum(one.defective or 0 for one in own if one.kind in _WITH_DEFECTS),
        cancelled=gone,
    )


def settle(session: Session, order: PurchaseOrder) -> None:
    """Give the order the state that follows from what both sides confirmed."""
    confirmed = select(OrderEntry).where(
        OrderEntry.order_id == order.id, OrderEntry.state == EntryState.CONFIRMED
    )
    lines = progress(order, session.scalars(confirmed).all())
    if all(one.cancelled and not one.confirmed for one in lines):
        order.state = OrderState.CANCELLED
    else:
        order.state = OrderState.DELIVERED if all(map(_is_done, lines)) else OrderState.RUNNING
    order.changed_at = now()
    session.flush()


def _is_done(line: LineProgress) -> bool:
    """Whether nothing is to come; of a line whose pieces are not told, whether something came."""
    return line.missing == 0 if line.missing is not None else line.confirmed > 0


def describe(
    session: Session, order: PurchaseOrder, number: str, terms: str, user: User, *, revision: int
) -> None:
    """Set the contractor's own number of an order, and the terms of delivery. Raises StaleRevision, InvalidRecord."""
    take_turns(session, order)
    given = number.strip() or None, terms.strip() or None
    if given == (order.number, order.terms):
        return
    if order.revision != revision:
        raise StaleRevision
    problems = [
        Problem(name, "text.long", N_("Write at most %(most)s characters."), value[:40], {"most": most})
        for name, value, most in (("number", number, LONGEST_NUMBER), ("terms", terms, LONGEST_TERMS))
        if len(value.strip()) > most
    ]
    if problems:
        raise InvalidRecord(tuple(problems))
    order.number, order.terms = given
    order.changed_at = now()
    journal.note(session, user.public_id, "order.described", order)
