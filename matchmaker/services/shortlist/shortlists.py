"""The shortlist of a need: runs of the matcher, the operator's order and notes, seats, notified suppliers,
its release.

A match's revision counts the changes to that match. The numbers of its neighbours change without a new
revision, so that moving one supplier does not make a form about another stale.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from matchmaker.domain.errors import StaleRevision
from matchmaker.domain.lifecycle import MatchState
from matchmaker.models import Match, MatchRun, Need, Profile, User, bulk
from matchmaker.models.base import now
from matchmaker.services.core import journal, urls
from matchmaker.services.core.locks import lock_row as take_turns
from matchmaker.services.core.locks import read_anew
from matchmaker.services.mail import letters, recipients
from matchmaker.services.mail.recipients import Recipient
from matchmaker.services.needs import need_news, need_summary
from matchmaker.services.profiles import delivery_records
from matchmaker.services.shortlist import rotation


@dataclass(frozen=True, slots=True)
class SupplierProposal:
    """A supplier in the matcher's proposal, best first in a list of them; `explanation` is JSON-ready."""

    key: str
    score: float
    explanation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RankMovement:
    """A change of place by a run: the supplier's public id, its place before and now, None where it was not
    found.
    """

    key: str
    was: int | None
    now: int | None


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
    session: Session, need: Need, proposals: Sequence[SupplierProposal], *, ranker: str, by: str
) -> list[Match]:
    """Put the matcher's proposals into the operator's queue, and record the movements.

    A match with a decision stays, with its new score; an undecided proposal that is no longer found goes.
    Near-equal suppliers take turns. Where an operator has set the order, it stays and new matches follow.
    """
    take_turns(session, need)
    before = {match.profile.public_id: match for match in of_need(session, need)}
    was = {key: match.rank for key, match in before.items() if match.rank is not None}
    profiles = _profiles(session, [proposal.key for proposal in proposals if proposal.key not in before])
    known = {one.key: one for one in proposals if one.key in before or one.key in profiles}
    kept = _drop_lost(session, [match for key, match in before.items() if key not in known])
    records = delivery_records.for_centre(session, list(known), need.centre_id)
    turns = rotation.rotate(
        [(one.key, one.score) for one in known.values()],
        rotation.last_invitations(session, need, now()),
        {key: rotation.sooner(record) for key, record in records.items()},
    )
    order = _in_order(before, turns, [match.profile.public_id for match in kept])
    ranks = {key: rank for rank, key in enumerate(known, 1)}
    scored = {
        key: {"score": one.score, "explanation": dict(one.explanation), "ranker": ranker, "rank": ranks[key]}
        for key, one in known.items()
    }
    places = {key: place for place, key in enumerate(order, 1)}
    _renew(session, {match: scored[key] for key, match in before.items() if key in scored}, places)
    fresh = [
        {"need_id": need.id, "profile_id": profiles[key], "position": places[key], **scored[key]}
        for key in order
        if key not in before
    ]
    bulk.add(session, Match, fresh)
    there = before
    if fresh:
        there = {match.profile.public_id: match for match in of_need(session, need)}
    found = {key: there[key] for key in known}
    _number(session, [there[key] for key in order])
    moves = [[key, was.get(key), match.rank] for key, match in found.items()]
    moves += [[key, place, None] for key, place in was.items() if key not in found]
    who = select(User.id).where(User.public_id == by).scalar_subquery()
    session.add(MatchRun(need_id=need.id, ranker=ranker, moves=moves, by_id=who))
    journal.note(session, by, "need.matched", need, {"proposed": len(found)})
    return [found[key] for key in turns]


def _profiles(session: Session, keys: Sequence[str]) -> Mapping[str, int]:
    """The ids of profiles by their public ids; of one that is gone there is none."""
    if not keys:
        return {}
    query = select(Profile.public_id, Profile.id).where(Profile.public_id.in_(keys))
    return {row.public_id: row.id for row in session.execute(query)}


def _drop_lost(session: Session, lost: Sequence[Match]) -> list[Match]:
    """Delete lost matches without any decision or note; the others stay without a rank and are returned."""
    said = {match for match in lost if match.by_hand or match.note is not None or match.asked_at is not None}
    kept = [match for match in lost if match in said or match.state != MatchState.PROPOSED]
    gone = [match for match in lost if match not in kept]
    if gone:
        session.execute(delete(Match).where(Match.id.in_([match.id for match in gone])))
    _renew(session, {match: {"rank": None} for match in kept})
    return kept


def _renew(
    session: Session, given: Mapping[Match, Mapping[str, Any]], places: Mapping[str, int] | None = None
) -> None:
    """Give matches other values of the same columns, each with its next revision and its place, in one statement however many
    there are.
    """
    changed = {
        match: {**values, "position": (places or {}).get(match.profile.public_id, match.position)}
        for match, values in given.items()
        if any(getattr(match, name) != value for name, value in values.items())
    }
    if not changed:
        return
    at = now()
    given_rows = [
        {"id": match.id, "revision": match.revision + 1, "changed_at": at, **values}
        for match, values in changed.items()
    ]
    bulk.change(session, Match, given_rows)
    for match, values in changed.items():
        for name, value in {**values, "revision": match.revision + 1, "changed_at": at}.items():
            set_committed_value(match, name, value)


def _in_order(before: Mapping[str, Match], found: Sequence[str], kept: Sequence[str]) -> list[str]:
    """The suppliers in an operator's own order if there is one; else as found, followed by those that stay though not
    found.
    """
    staying = {*found, *kept}
    if any(match.placed_at for match in before.values()):
        old = [key for key in before if key in staying]
        return old + [key for key in found if key not in before]
    return [*found, *kept]


def _number(session: Session, ordered: Sequence[Match]) -> None:
    """Number the shortlist from 1, without new revisions."""
    places = {match: place for place, match in enumerate(ordered, 1) if match.position != place}
    if not places:
        return
    numbers = {match.id: place for match, place in places.items()}
    session.execute(
        update(Match)
        .where(Match.id.in_(numbers))
        .values(position=case(numbers, value=Match.id), changed_at=Match.changed_at)
        .execution_options(synchronize_session=False)
    )
    for match, place in places.items():
        set_committed_value(match, "position", place)


def place(session: Session, match: Match, to: int, user: User, *, revision: int) -> None:
    """Move a match to the place `to`, counted from 1, and the others around it. Raises StaleRevision."""
    check(match, revision)
    others = [other for other in of_need(session, match.need) if other.id != match.id]
    others.insert(max(0, min(to - 1, len(others))), match)
    match.placed_at = match.changed_at = now()
    session.flush()
    _number(session, others)
    journal.note(session, user.public_id, "match.placed", match)


def note(session: Session, match: Match, text: str, user: User, *, revision: int) -> None:
    """Store the centre's note about a match; an empty note deletes it, the same again changes nothing. Raises
    StaleRevision.
    """
    words = text.strip() or None
    if match.note == words:
        return
    check(match, revision)
    match.note = words
    match.changed_at = now()
    session.flush()
    journal.note(session, user.public_id, "match.noted", match)


def notify(session: Session, matches: Iterable[Match], user: User) -> list[Match]:
    """Notify suppliers of the need, which takes no seat; each is notified once. Returns those to whom a letter goes:
    nobody else counts as notified.
    """
    fresh = [match for match in matches if match.notified_at is None and match.is_invitable]
    readers = recipients.of_profiles(session, [match.profile for match in fresh])
    told = [match for match in fresh if _announce(session, match, readers[match.profile_id], user)]
    for match in told:
        match.notified_at = match.changed_at = now()
    session.flush()
    with journal.together(session):
        for match in told:
            journal.note(session, user.public_id, "match.notified", match)
    return told


def _announce(session: Session, match: Match, readers: Sequence[Recipient], user: User) -> bool:
    """Post the e-mail about the need to the readers of the supplier's e-mails; whether there is one."""
    need = match.need
    wanting = [reader for reader in readers if reader.wants("notified")]
    for reader in wanting:
        values = {
            "title": need_summary.title_in_letters(need, reader.language),
            "facts": need_summary.card_for(session, need, reader),
            "path": urls.need(need.public_id),
        }
        to = reader.email, reader.language
        letters.post(session, "notified", *to, values, about=match.public_id, by=user)
    return bool(wanting)


def set_seats(session: Session, need: Need, most: int | None, *, seen: int | None, by: str) -> None:
    """Set the number of suppliers that the need may invite; None for any number.

    Raises StaleRevision where the number is no longer the one that the person saw.
    """
    take_turns(session, need)
    read_anew(session, need, ["most_invited"])
    if need.most_invited not in {seen, most}:
        raise StaleRevision
    need.most_invited = most
    need.changed_at = now()
    journal.note(session, by, "need.seats", need, {"most": most})


def release(session: Session, need: Need, *, by: str) -> int:
    """Show the chosen suppliers to the contractor, and return the number of new ones."""
    fresh = [m for m in of_need(session, need) if m.is_releasable]
    for match in fresh:
        match.released_at = match.changed_at = now()
    if fresh:
        journal.note(session, by, "need.released", need, {"suppliers": len(fresh)})
        need_news.tell(session, need, "shortlist", by=by, count=len(fresh))
    session.flush()
    return len(fresh)


def note_export(session: Session, need: Need, kind: str, user: User) -> None:
    """Record that a person downloaded the released shortlist as a file of a kind."""
    journal.note(session, user.public_id, "need.exported", need, {"kind": kind})


def released(session: Session, need: Need) -> list[Match]:
    """The matches of the shortlist that the contractor sees, in its order."""
    return [m for m in of_need(session, need) if m.is_shown]


def seats_taken(matches: Iterable[Match]) -> int:
    return sum(match.is_seated for match in matches)


def movements(session: Session, need: Need) -> tuple[RankMovement, ...]:
    """The movements of the last run; none after the first run, which had no list before it."""
    query = select(MatchRun).where(MatchRun.need_id == need.id).order_by(MatchRun.id.desc()).limit(1)
    run = session.scalar(query)
    moves = tuple(RankMovement(*move) for move in run.moves) if run else ()
    return moves if any(move.was for move in moves) else ()


def check(match: Match, revision: int) -> None:
    """Raise StaleRevision unless the match is at `revision`."""
    if match.revision != revision:
        raise StaleRevision
