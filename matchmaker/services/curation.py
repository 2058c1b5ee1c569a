"""The operator's decisions about matches. Each is another row; the match carries the state that the last one gave it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import NotFound, StaleRevision
from matchmaker.domain.records import DECISIONS
from matchmaker.models import Decision, Match, Need, Profile, User
from matchmaker.models.base import now
from matchmaker.services import journal
from matchmaker.services.journal import Act


@dataclass(frozen=True, slots=True)
class Proposal:
    """A supplier as the matcher proposes it, best first in a list of them; `explanation` is JSON-ready."""

    key: str
    score: float
    explanation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision to be recorded: one of the kinds of DECISIONS, with a reason by code or in words."""

    kind: str
    reason_code: str | None = None
    reason: str | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in DECISIONS:
            raise ValueError(self.kind)


def by_key(session: Session, key: str) -> Match:
    """The match with this public id. Raises NotFound."""
    match = session.scalar(select(Match).where(Match.public_id == key))
    if match is None:
        raise NotFound(what="match", key=key)
    return match


def of_need(session: Session, need: Need) -> Sequence[Match]:
    """The need's matches in the order of the shortlist."""
    query = (
        select(Match)
        .where(Match.need_id == need.id)
        .order_by(Match.position.is_(None), Match.position, Match.score.desc(), Match.id)
        .options(joinedload(Match.profile).joinedload(Profile.organisation))
    )
    return session.scalars(query).all()


def propose(
    session: Session, need: Need, proposals: Sequence[Proposal], *, ranker: str, by: str
) -> list[Match]:
    """Put what the matcher found into the operator's queue.

    What was decided about stays as it is, with its new score; an undecided proposal that is no longer found goes.
    """
    keys = [proposal.key for proposal in proposals]
    profiles = {
        row.public_id: row.id
        for row in session.execute(select(Profile.public_id, Profile.id).where(Profile.public_id.in_(keys)))
    }
    before = {match.profile_id: match for match in of_need(session, need)}
    kept = []
    for position, proposal in enumerate(proposals, 1):
        if proposal.key not in profiles:
            continue
        match = before.pop(profiles[proposal.key], None)
        if match is None:
            match = Match(need_id=need.id, profile_id=profiles[proposal.key])
            session.add(match)
        match.score, match.explanation, match.ranker = proposal.score, dict(proposal.explanation), ranker
        match.position = position
        kept.append(match)
    for match in before.values():
        if match.state == "proposed" and not match.by_hand and match.note is None:
            session.delete(match)
    session.flush()
    acts = (Act("need.matched", "need", need.public_id, need.centre.code, {"proposed": len(kept)}),)
    journal.record(session, by, acts)
    return kept


def add_by_hand(session: Session, need: Need, profile: Profile, user: User) -> Match:
    """Add a supplier that the matcher did not propose; one that is there already is returned."""
    match = session.scalar(select(Match).where(Match.need_id == need.id, Match.profile_id == profile.id))
    if match is None:
        match = Match(need_id=need.id, profile_id=profile.id, by_hand=True)
        session.add(match)
        session.flush()
        act = Act("match.added", "match", match.public_id, need.centre.code)
        journal.record(session, user.public_id, (act,))
    return match


def decide(session: Session, match: Match, verdict: Verdict, user: User, *, revision: int) -> Decision:
    """Record a decision about a match. Raises StaleRevision if the match is no longer at `revision`."""
    if match.revision != revision:
        raise StaleRevision
    decision = Decision(
        need_id=match.need_id,
        profile_id=match.profile_id,
        kind=verdict.kind,
        reason_code=verdict.reason_code,
        reason=verdict.reason,
        note=verdict.note,
        at=now(),
        by_id=user.id,
    )
    session.add(decision)
    match.state = verdict.kind
    match.changed_at = now()
    session.flush()
    act = Act(f"decision.{verdict.kind}", "match", match.public_id, match.need.centre.code)
    journal.record(session, user.public_id, (act,))
    return decision


def invite(session: Session, matches: Iterable[Match], user: User) -> list[Decision]:
    """Invite several suppliers at once; one that was invited before is not invited again."""
    fresh = [match for match in matches if match.state in {"proposed", "approved"}]
    return [decide(session, match, Verdict("invited"), user, revision=match.revision) for match in fresh]


def history(session: Session, need: Need, profile: Profile | None = None) -> Sequence[Decision]:
    """Decisions of a need, or of a supplier for it, in the order in which they were made."""
    query = select(Decision).where(Decision.need_id == need.id).order_by(Decision.at, Decision.id)
    if profile is not None:
        query = query.where(Decision.profile_id == profile.id)
    return session.scalars(query.options(joinedload(Decision.by))).all()
