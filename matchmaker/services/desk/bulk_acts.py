"""Acts on many needs at once: each need is judged before, those that refuse are named with the reason, the others change together
and are taken back together.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.domain.errors import UndoTooLate
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import NEEDS_IN_PREPARATION, OPEN_NEEDS, TOLD, MatchState, NeedState
from matchmaker.models import Assignment, Centre, Match, Need, Profile, UndoableAct, User
from matchmaker.services.core import journal, undoing
from matchmaker.services.needs.needs import with_parts
from matchmaker.services.orders import contract_ends
from matchmaker.services.shortlist import assignments, awards, invitations
from matchmaker.services.shortlist.awards import Word
from matchmaker.services.shortlist.invitations import Reminding
from matchmaker.services.shortlist.need_moves import MoveReason

MOST = 200  # needs of one act
PUBLISHING, CLOSING, ASSIGNING = "bulk.publishing", "bulk.closing", "bulk.assigning"


class BulkKind(StrEnum):
    """What is done to all of the chosen needs."""

    PUBLISH = "publish"
    CLOSE = "close"
    ASSIGN = "assign"
    REMIND = "remind"  # of all unanswered invitations; letters that are on their way are not taken back


@dataclass(frozen=True, slots=True)
class BulkAsked:
    """An act with what it needs: to close the reason, to assign the person, None for nobody."""

    kind: BulkKind
    reason: MoveReason
    to: User | None = None


@dataclass(frozen=True, slots=True)
class BulkLine:
    """A need with the sentence why the act leaves it out, "" where the act will be done."""

    need: Need
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class BulkPlan:
    """The chosen needs as the act would treat them."""

    lines: Sequence[BulkLine]

    @property
    def done(self) -> list[Need]:
        return [line.need for line in self.lines if not line.refusal]

    @property
    def left_out(self) -> list[BulkLine]:
        return [line for line in self.lines if line.refusal]

    @property
    def mark(self) -> str:
        """A mark of what would be done, so that nothing else is done than what a person was shown."""
        told = " ".join(sorted(f"{need.public_id}:{need.state}" for need in self.done))
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def chosen(session: Session, keys: Sequence[str]) -> Sequence[Need]:
    """The needs with these public ids, by name; unknown ones are left out."""
    query = with_parts().where(Need.public_id.in_(list(keys)[:MOST]))
    return session.scalars(query.order_by(Need.sort_key, Need.id)).all()


_NOT_HANDED_IN = N_("Only needs that were handed in to the centre are published.")
_NOT_OPEN = N_("It has a contract or is closed already.")
_NOTHING_TO_REMIND = N_("No invitation waits for an answer.")
_ASSIGNED = N_("It is assigned so already.")


def judged(session: Session, needs: Sequence[Need], asked: BulkAsked) -> BulkPlan:
    """What the act would do to each need."""
    if asked.kind is BulkKind.PUBLISH:
        lines = [BulkLine(one, "" if one.state == NeedState.SUBMITTED else _NOT_HANDED_IN) for one in needs]
    elif asked.kind is BulkKind.CLOSE:
        closable = OPEN_NEEDS | NEEDS_IN_PREPARATION
        lines = [BulkLine(one, "" if one.state in closable else _NOT_OPEN) for one in needs]
    elif asked.kind is BulkKind.ASSIGN:
        held = assignments.of(session, "need", [one.public_id for one in needs])
        lines = [BulkLine(one, _ASSIGNED if held.get(one.public_id) == asked.to else "") for one in needs]
    else:
        waiting = {match.need_id for match in _unanswered(session, needs)}
        lines = [BulkLine(one, "" if one.id in waiting else _NOTHING_TO_REMIND) for one in needs]
    return BulkPlan(lines)


def _unanswered(session: Session, needs: Sequence[Need]) -> Sequence[Match]:
    ids = [need.id for need in needs if need.is_open]
    query = select(Match).join(Match.need).where(Match.need_id.in_(ids), Match.state == MatchState.INVITED)
    parts = contains_eager(Match.need), joinedload(Match.profile).joinedload(Profile.organisation)
    return session.scalars(query.options(*parts).order_by(Match.id)).all()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts for which centre on which day, and the words of reasons."""

    user: User
    centre: Centre
    today: date
    word: Word


def carry_out(session: Session, needs: Sequence[Need], asked: BulkAsked, actor: Actor) -> int:
    """Do the act to these needs, in one act that its author can take back; the number of needs, of reminders the letters'
    suppliers. Raises InvalidRecord where a reason is missing.
    """
    if asked.kind is BulkKind.REMIND:
        waiting = _unanswered(session, needs)
        return invitations.remind_now(session, waiting, actor.user, actor.today).count(Reminding.POSTED)
    kinds = {BulkKind.PUBLISH: PUBLISHING, BulkKind.CLOSE: CLOSING, BulkKind.ASSIGN: ASSIGNING}
    kind = kinds[asked.kind]
    with undoing.undoable(session, kind, actor.centre, actor.user, _areas(needs, asked.kind)):
        if kind == ASSIGNING:
            places = {need.public_id: need.centre.code for need in needs}
            assignments.assign_all(session, "need", places, asked.to, by=actor.user.public_id)
        else:
            for need in needs:
                _move(session, need, asked, actor)
        keys = [need.public_id for need in needs]
        journal.note(session, actor.user.public_id, kind, actor.centre, {"needs": keys})
    return len(needs)


def undo_publishing(session: Session, act: UndoableAct, centre: Centre, user: User) -> bool:
    """Take the publishing of many needs back; see `undoing.undo`. Raises UndoTooLate once a supplier was invited to one of them, asked
    to be, or a shortlist was released.
    """
    needs = [row["key"] for row in act.rows if row["table"] == Need.__tablename__]
    # Whoever invites holds the need, so that nobody is invited between this look and the undo.
    session.execute(select(Need.id).where(Need.id.in_(needs)).order_by(Need.id).with_for_update())
    reached = or_(Match.asked_at.is_not(None), Match.released_at.is_not(None), Match.state.in_(TOLD))
    if act.undone_at is None and session.scalar(select(exists().where(Match.need_id.in_(needs), reached))):
        raise UndoTooLate
    return undoing.undo(session, act, centre, user)


def _areas(needs: Sequence[Need], kind: BulkKind) -> list[undoing.Area]:
    if kind is BulkKind.ASSIGN:
        keys = [need.public_id for need in needs]
        return [(Assignment, (Assignment.object_kind == "need") & Assignment.object_id.in_(keys))]
    if kind is BulkKind.PUBLISH:
        return [(Need, Need.id.in_([need.id for need in needs]))]
    return awards.areas_of([need.id for need in needs])


def _move(session: Session, need: Need, asked: BulkAsked, actor: Actor) -> None:
    state = NeedState.PUBLISHED if asked.kind is BulkKind.PUBLISH else NeedState.CLOSED
    contract_ends.move(session, need, state, actor.user, word=actor.word, reason=asked.reason, by_centre=True)
