"""The end of a need: the contractor marks the suppliers it wants, records the outcome, rates the delivery,
copies an old need.

No need ends without an answer: every supplier with a seat gets a decision with the reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import (
    InvalidRecord,
    MoveNotAllowed,
    Problem,
    QuotesSealed,
)
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import MatchState, NeedState
from matchmaker.models import (
    Decision,
    DeliveryRating,
    Mail,
    Match,
    Need,
    OrderHours,
    PurchaseOrder,
    Quote,
    SpareCapacity,
    UndoableAct,
    User,
)
from matchmaker.models.base import now
from matchmaker.models.curating import VALUE_BANDS
from matchmaker.services.core import journal, undoing
from matchmaker.services.core.locks import lock_row as take_turns
from matchmaker.services.mail import recipients
from matchmaker.services.needs import need_posting, needs, quote_rounds
from matchmaker.services.needs.needs import NeedPosting
from matchmaker.services.shortlist import contract_contacts, match_decisions, outcome_letters, shortlists
from matchmaker.services.shortlist.match_decisions import AwardedPosition, NewDecision

AWARD = "need.award"
# A reason's code in the words of a language.
Word = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class AwardShare:
    """What a supplier gets: its match at the revision that the person saw, and the positions, none where it gets all of a need
    without positions.
    """

    match: Match
    revision: int
    positions: tuple[AwardedPosition, ...] = ()


@dataclass(frozen=True, slots=True)
class Rating:
    """The contractor's words about a contract: `quality` from 1 (bad) to 5, and what is known of its outcome. What was on time
    and what was defective is counted from the deliveries of its order.

    `value_band` is one of VALUE_BANDS. Raises InvalidRecord with a problem for every wrong field.
    """

    quality: int
    text: str = ""
    value_band: str | None = None
    repeat_order: bool | None = None

    def __post_init__(self) -> None:
        problems = []
        if not 1 <= self.quality <= 5:
            message = N_("Choose from 1 to 5.")
            problems.append(Problem("quality", "rating.range", message, str(self.quality)))
        if self.value_band is not None and self.value_band not in VALUE_BANDS:
            problems.append(
                Problem("value_band", "band.unknown", N_("Choose one from the list."), self.value_band)
            )
        if problems:
            raise InvalidRecord(tuple(problems))


def want(session: Session, match: Match, wanted: bool, user: User) -> None:
    """Mark a supplier of the shortlist as interesting to the contractor, or remove the mark."""
    if (match.wanted_at is not None) == wanted:
        return
    match.wanted_at = now() if wanted else None
    match.changed_at = now()
    journal.note(session, user.public_id, "match.wanted", match, {"wanted": wanted})


def award(
    session: Session, need: Need, shares: Sequence[AwardShare], user: User, word: Word, *, reason: str
) -> list[Match]:
    """Make the contracts with these suppliers: both sides of each get each other's contacts, the others with a seat the outcome,
    by e-mail, once it can no longer be undone. Returns the others.

    `reason` is the code of the reason that the others are given. Raises QuotesSealed, StaleRevision, and MoveNotAllowed
    where the need is not being negotiated. The same person's second press finds the first one's contracts; another division of
    the positions is no second press.
    """
    chosen = [one.match for one in shares]
    if need.award is not None and need.award["by"] == user.public_id and _are_made(session, need, shares):
        made = need.award["states"]
        there = shortlists.of_need(session, need)
        return [one for one in there if one.public_id in made and not one.is_contracted]
    if quote_rounds.sealed(session, need):
        raise QuotesSealed(until=need.quotes_until)
    for share in shares:
        shortlists.check(share.match, share.revision)
    with undoing.undoable(session, AWARD, need, user, areas(need)) as act:
        before = need.state
        there = shortlists.of_need(session, need)
        states = {one.public_id: one.state for one in there}
        changed = {one.public_id: one.changed_at.isoformat() for one in there}
        former = [one for one in _of_former_award(need, there) if one not in chosen]
        if need.state == NeedState.SHORTLISTING:
            needs.move(session, need, NeedState.NEGOTIATION, by=user.public_id)
        needs.move(session, need, NeedState.CONTRACTED, by=user.public_id)
        for share in shares:
            contract = NewDecision(MatchState.CONTRACTED, positions=share.positions)
            match_decisions.decide(session, share.match, contract, user, revision=share.revision)
            contract_contacts.pass_on(session, share.match, act.until, share.positions)
        others = let_go(session, need, user, NewDecision(MatchState.LOST, reason_code=reason), word, former)
        for one in (*chosen, *others):
            one.silent_until = act.until
        need.award = {
            "until": act.until.isoformat(),
            "by": user.public_id,
            "need": before,
            "states": {one.public_id: states[one.public_id] for one in (*chosen, *others)},
            "changed": {one.public_id: changed[one.public_id] for one in (*chosen, *others)},
            "act": act.key,
        }
        session.flush()
    return others


def _of_former_award(need: Need, there: Sequence[Match]) -> list[Match]:
    """The suppliers whose contract was given up when the need was opened again, and which nobody has let go since."""
    of_award = need.award["states"] if need.award else {}
    return [one for one in there if one.is_contracted and one.public_id in of_award]


def _are_made(session: Session, need: Need, shares: Sequence[AwardShare]) -> bool:
    """Whether the award made these contracts, and no others."""
    contracts = match_decisions.contracts(session, need)
    positions = {row.profile_id: match_decisions.awarded(row) for row in contracts}
    of_award = need.award["states"] if need.award else {}
    made = {
        one.public_id: positions.get(one.profile_id)
        for one in shortlists.of_need(session, need)
        if one.public_id in of_award and one.is_contracted
    }
    return made == {one.match.public_id: one.positions for one in shares}


def areas(need: Need) -> list[undoing.Area]:
    """The rows that the end of a need changes."""
    return areas_of([need.id])


def areas_of(needs: Sequence[int]) -> list[undoing.Area]:
    """The rows that the end of these needs (row ids) changes."""
    matches = select(Match.id).where(Match.need_id.in_(needs))
    orders = select(PurchaseOrder.id).where(PurchaseOrder.match_id.in_(matches))
    suppliers = select(Match.profile_id).where(Match.id.in_(select(PurchaseOrder.match_id)))
    return [
        (Need, Need.id.in_(needs)),
        (Match, Match.need_id.in_(needs)),
        (Decision, Decision.need_id.in_(needs)),
        (Quote, Quote.match_id.in_(matches)),
        (PurchaseOrder, PurchaseOrder.match_id.in_(matches)),
        (OrderHours, OrderHours.order_id.in_(orders)),
        (SpareCapacity, SpareCapacity.profile_id.in_(suppliers.where(Match.need_id.in_(needs)))),
    ]


def undo(session: Session, act: UndoableAct, need: Need, user: User) -> bool:
    """Take a contract back, with the letters that wait and with its rating; see `undoing.undo`."""
    take_turns(session, need)
    matches = select(Match.id).where(Match.need_id == need.id)
    if need.award is not None and need.award.get("act") == act.public_id:
        session.execute(delete(DeliveryRating).where(DeliveryRating.match_id.in_(matches)))
    return undoing.undo(session, act, need, user)


def waiting_letters(session: Session, need: Need) -> Sequence[Mail]:
    """The letters to suppliers that wait till the award of a need can no longer be taken back."""
    act = need.award["act"] if need.award else ""
    keys = session.scalar(select(UndoableAct.letters).where(UndoableAct.public_id == act)) or []
    own = [reader.email for reader in recipients.of_contractor(session, need)]
    query = select(Mail).where(Mail.public_id.in_(keys), Mail.recipient.not_in(own))
    return session.scalars(query.order_by(Mail.id)).all()


def let_go(
    session: Session,
    need: Need,
    user: User,
    verdict: NewDecision,
    word: Word,
    former: Sequence[Match] = (),
) -> list[Match]:
    """Give every supplier that still waits for an answer, and the `former` ones whose contract was given up, this decision, and an
    e-mail with the reason; returns them.
    """

    def reason(language: str) -> str:
        return word(verdict.reason_code, language) if verdict.reason_code else verdict.reason or ""

    there = shortlists.of_need(session, need)
    waiting = [match for match in there if match.awaits_outcome or match in former]
    if waiting:
        match_decisions.decide_all(session, waiting, verdict, user)
        outcome_letters.post(session, waiting, reason)
    return waiting


def rate(session: Session, match: Match, rating: Rating, user: User) -> DeliveryRating:
    """Store the rating of a delivery; a new rating replaces it. Raises MoveNotAllowed where there was no
    contract.
    """
    if not match.is_contracted:
        raise MoveNotAllowed(state=match.state, target="rated")
    row = session.get(DeliveryRating, match.id)
    if row is None:
        row = DeliveryRating(match_id=match.id)
        session.add(row)
    row.quality, row.text = rating.quality, rating.text.strip() or None
    row.value_band, row.repeat_order = rating.value_band, rating.repeat_order
    row.at, row.by_id = now(), user.id
    journal.note(session, user.public_id, "match.rated", match)
    return row


def ratings(session: Session, matches: Sequence[Match]) -> dict[int, DeliveryRating]:
    """The ratings by the match's row id."""
    if not matches:
        return {}
    query = select(DeliveryRating).where(DeliveryRating.match_id.in_([match.id for match in matches]))
    return {row.match_id: row for row in session.scalars(query)}


def copy(session: Session, need: Need, key: str, today: date, *, by: str) -> Need:
    """A draft with the need's requirements, created once by `key`; a past day of delivery is left out."""
    given = needs.record(need).model_copy(update={"id": key, "updated": None})
    if given.deliver_by and given.deliver_by <= today:
        given = given.model_copy(update={"deliver_by": None})
    how = NeedPosting(
        contractor=need.contractor, channel="portal", reach=need.reach, disclosure=need.disclosure
    )
    copied, fresh = need_posting.post_once(session, given, how, need.centre, by)
    if fresh:
        copied.strictness, copied.kind = dict(need.strictness or {}), need.kind
        copied.most_invited = need.most_invited
        session.flush()
    return copied
