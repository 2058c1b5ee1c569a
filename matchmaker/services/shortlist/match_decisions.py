"""The operator's decisions about matches. Each is another row; the match has the state of the last one."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import MoveNotAllowed, NotFound, NotNow, SeatsTaken, UndoTooLate
from matchmaker.domain.lifecycle import DECISIONS, INWARD, MATCH_MOVES, MatchState, check_move
from matchmaker.models import AuditEntry, Decision, DecisionUndone, Match, Need, Profile, User
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.core.locks import lock_row as take_turns
from matchmaker.services.shortlist import invitations
from matchmaker.services.shortlist.shortlists import SupplierProposal, check, of_need, seats_taken


@dataclass(frozen=True, slots=True)
class AwardedPosition:
    """A position of a contract: its id and its name in the need, its pieces where they are told, and where a quote gave it the
    price of a piece in minor units of a currency.
    """

    id: str
    quantity: int | None
    title: str
    price_minor: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class NewDecision:
    """A decision to record: one of the kinds of DECISIONS, with a reason by code or in words; a contract may be for positions."""

    kind: MatchState
    reason_code: str | None = None
    reason: str | None = None
    note: str | None = None
    positions: tuple[AwardedPosition, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in DECISIONS:
            raise ValueError(self.kind)


@dataclass(frozen=True, slots=True)
class ShortlistEdit:
    """An edit of a need's shortlist with its author; `match` is the match's public id, None for the need as a
    whole.
    """

    at: datetime
    who: str
    action: str
    match: str | None


def by_keys(session: Session, need: Need, keys: Collection[str]) -> list[Match]:
    """The matches of a need with these public ids, with their suppliers, in the order of the shortlist. Raises NotFound where one
    is not there.
    """
    there = {match.public_id: match for match in of_need(session, need)}
    for key in keys:
        if key not in there:
            raise NotFound(what="match", key=key)
    return [match for match in there.values() if match.public_id in keys]


def by_key(session: Session, key: str) -> Match:
    """The match with this public id. Raises NotFound."""
    match = session.scalar(select(Match).where(Match.public_id == key))
    if match is None:
        raise NotFound(what="match", key=key)
    return match


def add_by_hand(
    session: Session, need: Need, profile: Profile, user: User, proposal: SupplierProposal | None = None
) -> Match:
    """Add a supplier that the matcher did not propose; an existing match is returned."""
    match, fresh = _placed(session, need, profile, proposal, by_hand=True)
    if fresh:
        journal.note(session, user.public_id, "match.added", match)
    return match


def ask(
    session: Session, need: Need, profile: Profile, user: User, proposal: SupplierProposal | None = None
) -> Match:
    """Record a supplier's request to be invited, once; the centre decides. Raises MoveNotAllowed where the
    need is not open, NotNow.
    """
    check_told(need)
    if not need.is_open:
        raise MoveNotAllowed(state=need.state, target=MatchState.INVITED)
    match, _ = _placed(session, need, profile, proposal, by_hand=False)
    if match.asked_at is None:
        match.asked_at = now()
        session.flush()
        journal.note(session, user.public_id, "match.asked", match)
    return match


def check_told(need: Need, match: Match | None = None) -> None:
    """Raise NotNow where an award that may still be taken back is kept from suppliers: what they do now would stand in its way."""
    if need.told_state != need.state or (match is not None and match.is_silent):
        raise NotNow


def _placed(
    session: Session, need: Need, profile: Profile, proposal: SupplierProposal | None, *, by_hand: bool
) -> tuple[Match, bool]:
    """The supplier's match, created at the end of the list if there is none, and whether it is new.

    A match without an explanation gets that of `proposal`, the supplier's fit.
    """
    take_turns(session, need)
    there = of_need(session, need)
    match = next((match for match in there if match.profile_id == profile.id), None)
    fresh = match is None
    if match is None:
        last = max((match.position or 0 for match in there), default=0)
        match = Match(need_id=need.id, profile_id=profile.id, by_hand=by_hand, position=last + 1)
        session.add(match)
        session.flush()
    if match.explanation is None and proposal is not None:
        match.score, match.explanation = proposal.score, dict(proposal.explanation)
    return match, fresh


def decide(
    session: Session, match: Match, verdict: NewDecision, user: User | None, *, revision: int
) -> Decision:
    """Record a decision about a match; no user where the link in an e-mail decided.

    Raises StaleRevision if the match is no longer at `revision`, MoveNotAllowed where the decision cannot
    follow. The same decision again is another row; the same form sent again is the first one.
    """
    if match.revision != revision and (known := _sent_before(session, match, verdict, user)) is not None:
        return known
    check(match, revision)
    return decide_all(session, (match,), verdict, user)[0]


def decide_all(
    session: Session, matches: Sequence[Match], verdict: NewDecision, user: User | None
) -> list[Decision]:
    """Record one decision about each of several matches as they are, in their order. Raises MoveNotAllowed."""
    made = [_made(match, verdict, user) for match in matches]
    session.add_all(made)
    session.flush()
    with journal.together(session):
        for match in matches:
            by = user.public_id if user else "letter"
            journal.note(session, by, f"decision.{verdict.kind}", match)
    return made


def _made(match: Match, verdict: NewDecision, user: User | None) -> Decision:
    if match.state != verdict.kind:
        check_move(MATCH_MOVES, match.state, verdict.kind)
        match.contacts_at = None  # those of a contract that was before are of that one alone
    match.state = verdict.kind
    match.changed_at = now()
    return Decision(
        need_id=match.need_id,
        profile_id=match.profile_id,
        kind=verdict.kind,
        reason_code=verdict.reason_code,
        reason=verdict.reason,
        note=verdict.note,
        positions=[asdict(one) for one in verdict.positions] or None,
        at=now(),
        by_id=user.id if user else None,
    )


def _sent_before(session: Session, match: Match, verdict: NewDecision, user: User | None) -> Decision | None:
    """The last decision about a match, where it is this one of this person."""
    if user is None or match.state != verdict.kind:
        return None
    made = history(session, match.need, match.profile)
    gone = undone(session, match.need)
    last = made[-1] if made and made[-1].id not in gone else None
    same = last is not None and last.by_id == user.id and _said(last) == verdict
    return last if same else None


def _said(decision: Decision) -> NewDecision:
    words = decision.reason_code, decision.reason, decision.note
    return NewDecision(decision.kind, *words, awarded(decision))


def awarded(decision: Decision) -> tuple[AwardedPosition, ...]:
    """The positions that a decision for a contract is for, none where it is for everything."""
    return tuple(AwardedPosition(**row) for row in decision.positions or ())


def contracts(session: Session, need: Need) -> list[Decision]:
    """The decisions for contracts that stand, one a supplier, the first made first; not that of a supplier that has quoted anew, or lost,
    since the need was opened again.
    """
    of_match = and_(Match.need_id == Decision.need_id, Match.profile_id == Decision.profile_id)
    standing = Decision.id.not_in(select(DecisionUndone.decision_id))
    query = (
        _history(need)
        .join(Match, of_match)
        .where(Decision.kind == MatchState.CONTRACTED, Match.state == MatchState.CONTRACTED, standing)
    )
    return list({made.profile_id: made for made in session.scalars(query)}.values())


def undo(session: Session, match: Match, user: User, *, revision: int) -> Decision:
    """Undo the last decision about a match. Raises StaleRevision, and UndoTooLate where somebody was notified
    of it.
    """
    check(match, revision)
    gone = undone(session, match.need)
    standing = [d for d in history(session, match.need, match.profile) if d.id not in gone]
    if not standing or standing[-1].kind not in INWARD or match.released_at or standing[-1].source:
        raise UndoTooLate
    taken_back = standing.pop()
    session.add(DecisionUndone(decision_id=taken_back.id, by_id=user.id))
    match.state = standing[-1].kind if standing else MatchState.PROPOSED
    match.changed_at = now()
    session.flush()
    journal.note(session, user.public_id, "decision.undone", match, {"kind": taken_back.kind})
    return taken_back


def take_back(session: Session, match: Match, kind: MatchState, user: User) -> None:
    """Undo the decisions of a kind that stand, whoever was told of them, so that the match has the state of before."""
    gone = undone(session, match.need)
    standing = [d for d in history(session, match.need, match.profile) if d.id not in gone]
    for decision in standing:
        if decision.kind == kind:
            session.add(DecisionUndone(decision_id=decision.id, by_id=user.id))
    left = [decision for decision in standing if decision.kind != kind]
    match.state = left[-1].kind if left else MatchState.PROPOSED
    match.changed_at = now()
    session.flush()
    journal.note(session, user.public_id, "decision.undone", match, {"kind": kind})


def undone(session: Session, need: Need) -> set[int]:
    """The ids of the need's undone decisions."""
    query = select(DecisionUndone.decision_id).join(Decision, Decision.id == DecisionUndone.decision_id)
    return set(session.scalars(query.where(Decision.need_id == need.id)))


def undoable(match: Match) -> bool:
    """Whether the last decision may still be undone."""
    return match.state in INWARD and match.released_at is None


def invite(session: Session, matches: Sequence[Match], user: User) -> list[Decision]:
    """Invite several suppliers at once; an invited supplier is not invited again.

    Invites nobody and raises SeatsTaken where the need has fewer seats left, MoveNotAllowed where it is not
    open.
    """
    fresh = [match for match in matches if match.is_invitable]
    if fresh:
        if not fresh[0].need.is_open:
            raise MoveNotAllowed(state=fresh[0].need.state, target=MatchState.INVITED)
        check_seats(session, fresh[0].need, len(fresh))
    made = decide_all(session, fresh, NewDecision(MatchState.INVITED), user)
    invitations.invite(session, list(zip(fresh, made, strict=True)))
    return made


def check_seats(session: Session, need: Need, wanted: int) -> None:
    """Raise SeatsTaken where the need has fewer seats left; its row stays locked until the transaction ends."""
    take_turns(session, need)
    taken = seats_taken(of_need(session, need))
    if need.most_invited is not None and taken + wanted > need.most_invited:
        raise SeatsTaken(most=need.most_invited, taken=taken, wanted=wanted)


def history(session: Session, need: Need, profile: Profile | None = None) -> Sequence[Decision]:
    """The decisions of a need, or of a supplier for it, in the order in which they were made."""
    query = _history(need)
    if profile is not None:
        query = query.where(Decision.profile_id == profile.id)
    return session.scalars(query).all()


def _history(need: Need) -> Select[Decision]:
    firm = joinedload(Decision.profile).joinedload(Profile.organisation)
    query = select(Decision).where(Decision.need_id == need.id).order_by(Decision.at, Decision.id)
    return query.options(joinedload(Decision.by), firm)


def edits(session: Session, need: Need, matches: Sequence[Match], limit: int = 12) -> list[ShortlistEdit]:
    """The last edits of the shortlist, newest first."""
    keys = [match.public_id for match in matches]
    about_match = and_(AuditEntry.object_kind == "match", AuditEntry.object_id.in_(keys))
    about_need = and_(AuditEntry.object_kind == "need", AuditEntry.object_id == need.public_id)
    query = (
        select(AuditEntry, User.name)
        .outerjoin(User, User.public_id == AuditEntry.actor)
        .where(or_(about_match, about_need))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return [
        ShortlistEdit(
            entry.at,
            name or entry.actor,
            entry.action,
            entry.object_id if entry.object_kind == "match" else None,
        )
        for entry, name in session.execute(query)
    ]
