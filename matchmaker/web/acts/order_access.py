"""A person's rights to an order, and for which of its sides the person speaks."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from matchmaker.domain import access
from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import Forbidden, InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.models import OrderEntry, PurchaseOrder, Session, User
from matchmaker.models.orders import SIDES
from matchmaker.services.orders import order_links, orders
from matchmaker.services.orders.order_links import has_people
from matchmaker.services.orders.orders import Speaker
from matchmaker.web.kit.changes import change, unsigned_change
from matchmaker.web.kit.standpoint import standpoint, subject

_ACTIONS = ("order.view", "order.record", "order.answer")
_SIDE_OF = {"SO": "supplier", "CO": "contractor", "OO": "centre"}


@dataclass(frozen=True, slots=True)
class OrderAccess:
    """An order with one person's rights to it; `side` is "supplier", "contractor" or "centre", `plans_hours` whether the person reads
    the supplier's free hours and books them: its own people, and those of its own centre.
    """

    order: PurchaseOrder
    side: str
    verdicts: Mapping[str, AccessVerdict]
    plans_hours: bool

    def may(self, action: str) -> bool:
        return self.verdicts[action].allowed


def visible(session: Session, key: str) -> OrderAccess:
    """The order with this public id, for its two sides and the centre of its need. Raises NotFound."""
    _ = standpoint(session).subject  # rights are read first: a hidden order then takes as long as none
    order = orders.by_key(session, key)
    match = order.match
    thing = access.AccessObject(
        centre=match.need.centre.code,
        supplier=match.profile.organisation.public_id,
        contractor=match.need.contractor.public_id if match.need.contractor else None,
    )
    who = subject(session)
    verdicts = access.verdicts(who, thing, _ACTIONS)
    stands = [relation for relation, _ in access.relations(who, thing)]
    side = next((_SIDE_OF[one] for one in _SIDE_OF if one in stands), "")
    if not side or not verdicts["order.view"].allowed:
        raise NotFound(what="order", key=key)
    return OrderAccess(order, side, verdicts, side == "supplier" or _edits_supplier(session, order))


def _edits_supplier(session: Session, order: PurchaseOrder) -> bool:
    firm = order.match.profile.organisation
    thing = access.AccessObject(centre=firm.centre.code, supplier=firm.public_id)
    return access.may(subject(session), "profile.edit", thing).allowed


class OrderDoor(Protocol):
    """How somebody comes to an order: signed in, or by the link of a letter."""

    def look(self, session: Session) -> OrderAccess:
        """The order with the rights of whoever comes. Raises NotFound, LinkSpent."""
        ...

    def change(self) -> AbstractContextManager[tuple[Session, OrderAccess, User | None]]:
        """A change of the order: its session, the order with the rights of this moment, and the person, None by a letter."""
        ...


@dataclass(frozen=True, slots=True)
class PersonsDoor:
    """The order with this public id, for who is signed in."""

    key: str

    def look(self, session: Session) -> OrderAccess:
        return visible(session, self.key)

    @contextmanager
    def change(self) -> Iterator[tuple[Session, OrderAccess, User | None]]:
        with change() as (session, user):
            yield session, visible(session, self.key), user


@dataclass(frozen=True, slots=True)
class LettersDoor:
    """The order that the link of a letter opens, for a side without an account: it says and answers what that side may."""

    token: str

    def look(self, session: Session) -> OrderAccess:
        order, side = order_links.opened(session, self.token)
        return OrderAccess(order, side, dict.fromkeys(_ACTIONS, AccessVerdict.OK), plans_hours=False)

    @contextmanager
    def change(self) -> Iterator[tuple[Session, OrderAccess, User | None]]:
        with unsigned_change() as session:
            yield session, self.look(session), None


def speaking(found: OrderAccess, user: User | None, given_side: str) -> tuple[PurchaseOrder, Speaker]:
    """The order, and who comes as one of its sides; the centre says for which one it writes something down.

    Raises Forbidden for a blocked firm, InvalidRecord where the centre does not say it.
    """
    if not found.may("order.record"):
        raise Forbidden
    if found.side != "centre":
        return found.order, Speaker(user, found.side)
    if given_side not in SIDES:
        message = N_("Say for which side you write it down.")
        raise InvalidRecord((Problem("side", "side.unknown", message, given_side[:20]),))
    return found.order, Speaker(user, given_side, by_centre=True)


def answering(
    session: Session, found: OrderAccess, user: User | None, given_side: str
) -> tuple[PurchaseOrder, Speaker]:
    """As `speaking`, to answer the other side: the centre answers only for a side of which nobody has an account."""
    if found.may("order.answer"):
        return found.order, Speaker(user, found.side)
    if found.side != "centre" or has_people(session, found.order, given_side):
        raise Forbidden
    return speaking(found, user, given_side)


def check_of_centre(session: Session, order: PurchaseOrder, entry: OrderEntry, speaker: Speaker) -> None:
    """Raise Forbidden where the centre would answer what it wrote down itself for a side with people: both sides' word would then be
    the centre's alone.
    """
    if speaker.by_centre and entry.by_centre and has_people(session, order, entry.side):
        raise Forbidden


def check_own_words(session: Session, order: PurchaseOrder, entry: OrderEntry, speaker: Speaker) -> None:
    """Raise Forbidden where the centre would take back or replace what a side with people said itself."""
    own = entry.side == speaker.side and not entry.by_centre
    if speaker.by_centre and own and has_people(session, order, entry.side):
        raise Forbidden


def answered_sides(session: Session, found: OrderAccess) -> tuple[str, ...]:
    """The sides for which the person answers."""
    if found.may("order.answer"):
        return (found.side,)
    if found.side != "centre":
        return ()
    return tuple(side for side in SIDES if not has_people(session, found.order, side))
