"""Claims about an order, an 8D report in short: what is wrong, the cause, the remedy and its day; closed once both sides say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, NotFound, Problem, StaleRevision
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import EntryState
from matchmaker.models import OrderClaim, PurchaseOrder
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.core.locks import lock_row as take_turns
from matchmaker.services.core.locks import read_anew
from matchmaker.services.orders import order_letters, orders
from matchmaker.services.orders.order_entries import day_of, pieces_of
from matchmaker.services.orders.orders import Speaker

LONGEST = 4_000  # characters of each text
MOST = 100  # claims of an order
FURTHEST_DAYS = 730


@dataclass(frozen=True, slots=True)
class ClaimGiven:
    """A claim as given; `key` marks the form, so that a form that comes twice is one claim."""

    key: str
    what: str
    line: str | None = None
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """The answer to a claim: why it happened, what is done about it, and by which day."""

    cause: str
    remedy: str
    due_on: date | None


def claim_read(key: str, typed: Mapping[str, str]) -> ClaimGiven:
    """The claim in a form. Raises InvalidRecord for pieces that are no number."""
    problems: list[Problem] = []
    pieces = pieces_of(typed, "pieces", problems)
    if problems:
        raise InvalidRecord(tuple(problems))
    return ClaimGiven(key, _lines(typed, "what"), typed.get("line") or None, pieces)


def answer_read(typed: Mapping[str, str]) -> ClaimAnswer:
    """The answer to a claim in a form. Raises InvalidRecord for a day that is none."""
    problems: list[Problem] = []
    due_on = day_of(typed, "due_on", problems)
    if problems:
        raise InvalidRecord(tuple(problems))
    return ClaimAnswer(_lines(typed, "cause"), _lines(typed, "remedy"), due_on)


def _lines(typed: Mapping[str, str], name: str) -> str:
    return typed.get(name, "").replace("\r\n", "\n")


def make(session: Session, order: PurchaseOrder, given: ClaimGiven, speaker: Speaker) -> OrderClaim:
    """Make a claim, and tell the other side; the same form sent again is the first one's claim. Raises InvalidRecord."""
    take_turns(session, order)
    course = orders.course(session, order)
    present = next((one for one in course.claims if one.public_id == given.key), None)
    if present is not None:
        return present
    problems = _text_problems("what", given.what, N_("Say what is wrong."))
    line = next((one for one in course.lines if one.line.id == given.line), None)
    if given.line is not None and line is None:
        problems.append(
            Problem("line", "line.unknown", N_("Choose a position of the order."), given.line[:40])
        )
    if given.pieces is not None and given.pieces < 1:
        problems.append(
            Problem("pieces", "pieces.form", N_("Write the pieces as a whole number, for example 40."))
        )
    if line is not None and given.pieces is not None and given.pieces > line.delivered:
        message = N_("%(pieces)s pieces of this position have come; a claim cannot be about more.")
        told = {"pieces": line.delivered}
        problems.append(Problem("pieces", "pieces.many", message, str(given.pieces), told))
    if len(course.claims) >= MOST:
        message = N_("An order holds at most %(most)s claims.")
        problems.append(Problem("what", "claims.many", message, "", {"most": MOST}))
    if problems:
        raise InvalidRecord(tuple(problems))
    claim = OrderClaim(
        public_id=given.key,
        order_id=order.id,
        order=order,
        line=given.line,
        pieces=given.pieces,
        what=given.what.strip(),
        side=speaker.side,
        by_centre=speaker.by_centre,
        by_id=speaker.user_id,
    )
    session.add(claim)
    session.flush()
    _note(session, order, claim, speaker, "order.claimed")
    order_letters.tell_of_claim(session, order, claim, speaker, "claim")
    return claim


def _text_problems(name: str, text: str, missing: str) -> list[Problem]:
    if not text.strip():
        return [Problem(name, f"{name}.missing", missing)]
    if len(text) > LONGEST:
        message = N_("Write at most %(most)s characters.")
        return [Problem(name, "text.long", message, text[:40], {"most": LONGEST})]
    return []


def by_key(session: Session, order: PurchaseOrder, key: str) -> OrderClaim:
    """The claim of an order with this public id. Raises NotFound."""
    found = session.scalar(
        select(OrderClaim).where(OrderClaim.order_id == order.id, OrderClaim.public_id == key)
    )
    if found is None:
        raise NotFound(what="claim", key=key)
    return found


def answer(
    session: Session,
    order: PurchaseOrder,
    claim: OrderClaim,
    given: ClaimAnswer,
    speaker: Speaker,
    today: date,
    *,
    revision: int,
) -> None:
    """Say the cause, the remedy and its day; a later answer replaces it while the claim is open. Raises StaleRevision,
    MoveNotAllowed for a closed claim, InvalidRecord.
    """
    take_turns(session, order)
    read_anew(session, claim)
    values = given.cause.strip(), given.remedy.strip(), given.due_on
    if values == (claim.cause, claim.remedy, claim.due_on):
        return
    if claim.is_closed:
        raise MoveNotAllowed(state=EntryState.CONFIRMED, target=EntryState.SAID)
    if claim.revision != revision:
        raise StaleRevision
    problems = [
        *_text_problems("cause", given.cause, N_("Say why it happened.")),
        *_text_problems("remedy", given.remedy, N_("Say what is done about it.")),
    ]
    if given.due_on is None or not 0 <= (given.due_on - today).days <= FURTHEST_DAYS:
        message = N_("Choose the day from today on, within two years.")
        problems.append(Problem("due_on", "day.range", message))
    if problems:
        raise InvalidRecord(tuple(problems))
    claim.cause, claim.remedy, claim.due_on = values
    claim.answered_by_id, claim.answered_at = speaker.user_id, now()
    claim.contractor_closed_at = claim.supplier_closed_at = None
    session.flush()
    _note(session, order, claim, speaker, "order.claim_answered")
    order_letters.tell_of_claim(session, order, claim, speaker, "claim_answered")


def close(
    session: Session, order: PurchaseOrder, claim: OrderClaim, speaker: Speaker, *, revision: int
) -> None:
    """Say that the claim is settled for one's own side; said again it stays. Raises StaleRevision where its answer changed since."""
    take_turns(session, order)
    read_anew(session, claim)
    if claim.is_closed_by(speaker.side):
        return
    if claim.revision != revision:
        raise StaleRevision
    if speaker.side == "supplier":
        claim.supplier_closed_at = now()
    else:
        claim.contractor_closed_at = now()
    session.flush()
    _note(session, order, claim, speaker, "order.claim_closed")
    if not claim.is_closed:
        order_letters.tell_of_claim(session, order, claim, speaker, "claim_closed")


def _note(session: Session, order: PurchaseOrder, claim: OrderClaim, speaker: Speaker, action: str) -> None:
    told = {"claim": claim.public_id, "side": speaker.side}
    journal.note(session, speaker.actor, action, order, told)
