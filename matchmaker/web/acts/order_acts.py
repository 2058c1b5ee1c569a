"""What is done to an order, by a page or a program: it is found, the right is asked, the use case called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

from matchmaker.domain.errors import Forbidden, InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.models import OrderClaim, OrderEntry, Profile, PurchaseOrder, Session, StoredFile
from matchmaker.services.core.locks import lock_row
from matchmaker.services.orders import order_claims, order_entries, order_hours, orders
from matchmaker.services.orders.order_claims import ClaimAnswer, ClaimGiven
from matchmaker.services.orders.order_entries import EntryGiven
from matchmaker.services.profiles import delivery_records, profile_drafts
from matchmaker.services.profiles.delivery_records import DeliveryRecord
from matchmaker.web.acts.order_access import (
    LettersDoor,
    OrderDoor,
    answered_sides,
    answering,
    check_of_centre,
    check_own_words,
    speaking,
    visible,
)
from matchmaker.web.kit import context, downloads
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import product
from matchmaker.web.kit.standpoint import standpoint
from matchmaker.web.pages.profile_access import own_profile_in

ANSWERS = ("confirm", "accept", "reject", "refuse")


# The revision that the person saw, given the present one.
Seen = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to an entry: one of ANSWERS, the revision that the person saw, for which side, and a reason."""

    do: str
    seen: Seen
    side: str = ""
    reason: str = ""


def allowed(session: Session, key: str, action: str = "order.record", of: str = "") -> None:
    """Raise NotFound or Forbidden unless the person may do this with an order; `of` is the only side whose people may, beside the
    centre.
    """
    found = visible(session, key)
    if not found.may(action) or (of and found.side not in {of, "centre"}):
        raise Forbidden


def allowed_to_answer(session: Session, key: str) -> None:
    """Raise NotFound or Forbidden unless the person may answer for a side of the order."""
    found = visible(session, key)
    if not answered_sides(session, found):
        raise Forbidden


def allowed_to_book(session: Session, key: str) -> None:
    """Raise NotFound or Forbidden unless the person may book hours of the order's supplier."""
    found = visible(session, key)
    if not found.may("order.record") or not found.plans_hours:
        raise Forbidden


def own(session: Session, limit: int = orders.MOST) -> list[orders.ListedOrder]:
    """The orders of the person: of its firms on either side, and of its centres."""
    here = standpoint(session)
    whose = [
        orders.of_firms(firms, role)
        for role in ("supplier_editor", "contractor_buyer")
        if (firms := here.firms(role))
    ]
    if here.centres:
        whose.append(orders.of_centres(here.centres))
    return orders.listed(session, whose, limit)


def own_record(session: Session) -> tuple[Profile, DeliveryRecord | None] | None:
    """The profile of the person's shop with its record of deliveries; None for who has no shop."""
    firms = standpoint(session).firms("supplier_editor")
    profile = profile_drafts.of_organisation(session, firms[0]) if firms else None
    return (profile, delivery_records.of_profile(session, profile)) if profile else None


def show_record(*, shown: bool) -> None:
    """Show the record of the person's shop on its public profile, or no longer. Raises Forbidden."""
    with change() as (session, user):
        delivery_records.show(session, own_profile_in(session), user, shown=shown)


def say(door: OrderDoor, form: Mapping[str, str], token: str) -> OrderEntry:
    """Record what a form says of an order. Raises NotFound, Forbidden, InvalidRecord, MoveNotAllowed."""
    with door.change() as (session, found, user):
        order, speaker = speaking(found, user, form.get("side", ""))
        today = context.today()
        lock_row(session, order)
        course = orders.course(session, order)
        given = order_entries.read(form, token, today, course)
        if given.kind == "report":
            message = N_("Choose the file of the report.")
            raise InvalidRecord((Problem("file", "file.missing", message),))
        return order_entries.say(session, order, given, speaker, today, course)


def tell(door: OrderDoor, given: EntryGiven, side: str) -> OrderEntry:
    """Record what a program says of an order. Raises as `say`."""
    with door.change() as (session, found, user):
        order, speaker = speaking(found, user, side)
        entry = order_entries.say(session, order, given, speaker, context.today())
        session.refresh(entry)
        return entry


def add_report(door: OrderDoor, given: EntryGiven, paper: tuple[str, IO[bytes]], side: str) -> OrderEntry:
    """Add an inspection report to an order. Raises as `say`."""
    with door.change() as (session, found, user):
        order, speaker = speaking(found, user, side)
        folder = product().data / "files"
        entry = order_entries.add_report(session, order, given, paper, speaker, folder, context.today())
        session.refresh(entry)
        return entry


def answer(door: OrderDoor, entry_key: str, said: Answered) -> None:
    """Answer what the other side said. Raises NotFound, Forbidden, StaleRevision, MoveNotAllowed, InvalidRecord."""
    with door.change() as (session, found, user):
        order, speaker = answering(session, found, user, said.side)
        entry = order_entries.by_key(session, order, entry_key)
        if said.do not in ANSWERS:
            raise NotFound(what="entry", key=entry_key)
        check_of_centre(session, order, entry, speaker)
        revision, reason = said.seen(entry.revision), said.reason
        if said.do == "confirm":
            order_entries.confirm(session, order, entry, speaker, revision=revision)
        elif said.do == "refuse":
            order_entries.refuse(session, order, entry, speaker, reason, revision=revision)
        else:
            accepted = said.do == "accept"
            order_entries.accept_article(
                session, order, entry, speaker, reason, accepted=accepted, revision=revision
            )


def withdraw(door: OrderDoor, entry_key: str, seen: Seen) -> None:
    """Take back what one's own side said, the centre what it wrote down, or for a side without people. Raises NotFound, Forbidden, StaleRevision,
    MoveNotAllowed.
    """
    with door.change() as (session, found, user):
        entry = order_entries.by_key(session, found.order, entry_key)
        order, speaker = speaking(found, user, entry.side)
        revision = seen(entry.revision)
        check_own_words(session, order, entry, speaker)
        order_entries.withdraw(session, order, entry, speaker, revision=revision)


def correct(
    door: OrderDoor, entry_key: str, said: Mapping[str, str] | EntryGiven, seen: Seen, side: str
) -> None:
    """Say an entry otherwise, by a form or as given. Raises as `answer`."""
    with door.change() as (session, found, user):
        order, speaker = speaking(found, user, side)
        entry = order_entries.by_key(session, order, entry_key)
        revision, today = seen(entry.revision), context.today()
        check_own_words(session, order, entry, speaker)
        given = said if isinstance(said, EntryGiven) else _read(session, order, entry, said)
        order_entries.correct(session, order, entry, given, speaker, today, revision=revision)


def _read(session: Session, order: PurchaseOrder, entry: OrderEntry, form: Mapping[str, str]) -> EntryGiven:
    typed = {**form, "kind": entry.kind, "line": entry.line or ""}
    return order_entries.read(typed, entry.public_id, context.today(), orders.course(session, order))


def claim(door: OrderDoor, given: ClaimGiven, side: str) -> OrderClaim:
    """Make a claim about an order. Raises NotFound, Forbidden, InvalidRecord."""
    with door.change() as (session, found, user):
        order, speaker = speaking(found, user, side)
        made = order_claims.make(session, order, given, speaker)
        session.refresh(made)
        return made


def answer_claim(door: OrderDoor, claim_key: str, given: ClaimAnswer, seen: Seen, side: str) -> None:
    """Say cause, remedy and day of a claim. Raises NotFound, Forbidden, StaleRevision, MoveNotAllowed, InvalidRecord."""
    with door.change() as (session, found, user):
        order, speaker = speaking(found, user, side)
        made = order_claims.by_key(session, order, claim_key)
        today, revision = context.today(), seen(made.revision)
        order_claims.answer(session, order, made, given, speaker, today, revision=revision)


def close_claim(door: OrderDoor, claim_key: str, seen: Seen, side: str) -> None:
    """Say that a claim is settled. Raises NotFound, Forbidden, StaleRevision."""
    with door.change() as (session, found, user):
        order, speaker = answering(session, found, user, side)
        made = order_claims.by_key(session, order, claim_key)
        order_claims.close(session, order, made, speaker, revision=seen(made.revision))


def describe(key: str, number: str, terms: str, seen: Seen) -> None:
    """Set the contractor's number of an order and its terms of delivery. Raises NotFound, Forbidden, StaleRevision, InvalidRecord."""
    with change() as (session, user):
        allowed(session, key, of="contractor")
        order = visible(session, key).order
        orders.describe(session, order, number, terms, user, revision=seen(order.revision))


def book(key: str, group: str, hours: float) -> None:
    """Book machine-hours of the supplier for an order. Raises NotFound, Forbidden, InvalidRecord, MoveNotAllowed."""
    with change() as (session, user):
        allowed_to_book(session, key)
        order, speaker = speaking(visible(session, key), user, "supplier")
        order_hours.book(session, order, group, hours, speaker, context.today())


def paper(key: str) -> tuple[StoredFile, bytes]:
    """An inspection report and its bytes; its opening is recorded. Raises NotFound, FileMissing."""
    with change() as (session, user):
        stored, order = order_entries.paper_by_key(session, key)
        visible(session, order.public_id)
        content = downloads.content_of(stored)
        order_entries.paper_opened(session, order, stored, user.public_id)
    return stored, content


def paper_by_letter(door: LettersDoor, key: str) -> tuple[StoredFile, bytes]:
    """An inspection report of the order that a link opens. Raises as `paper`, LinkSpent."""
    with door.change() as (session, found, _):
        stored, order = order_entries.paper_by_key(session, key)
        if order.id != found.order.id:
            raise NotFound(what="file", key=key)
        content = downloads.content_of(stored)
        order_entries.paper_opened(session, order, stored, "letter")
    return stored, content
