"""The meetings of an event: their timetable solved, arranged by hand, and what each came to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import chain, count
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, NotFound, Problem, wrong_field
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import OPEN_NEEDS, EventState
from matchmaker.models import Event, EventMeeting, EventParticipant, EventWish, User
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.models.events import RESULTS
from matchmaker.services.core import journal
from matchmaker.services.core.locks import lock_row
from matchmaker.services.events import events, participants
from matchmaker.services.events.timetabling import Pair, SolvedTimetable, TimetableProblem, solve
from matchmaker.services.mail import jobs

JOB = "timetable"
# What a meeting is worth: for each wish, more where it is about an open need, and more where both wish it.
WISH, OF_NEED, MUTUAL = 3, 2, 2
_TRIES = 3
_LONGEST = timedelta(minutes=5)  # of solving; a job that was given up is asked for anew


class UnmetReason(StrEnum):
    """Why a wish has no meeting."""

    NOT_COMING = "not-coming"
    SET_ASIDE = "set-aside"
    NO_COMMON_TIME = "no-common-time"
    OWN_FULL = "own-full"
    OTHER_FULL = "other-full"
    NO_TABLE = "no-table"
    NO_FREE_SLOT = "no-free-slot"


@dataclass(frozen=True, slots=True)
class EventTimetable:
    """An event with all that its timetable is made of, by row id: participants, wishes, meetings in their order."""

    event: Event
    participants: Mapping[int, EventParticipant]
    wishes: Sequence[EventWish]
    meetings: Sequence[EventMeeting]

    def of(self, participant: EventParticipant) -> list[EventMeeting]:
        """The meetings of a participant in their order."""
        return [one for one in self.meetings if participant.id in (one.first_id, one.second_id)]

    def partner(self, meeting: EventMeeting, participant: EventParticipant) -> EventParticipant:
        """Whom a participant meets."""
        other = meeting.second_id if meeting.first_id == participant.id else meeting.first_id
        return self.participants[other]

    def met(self, wish: EventWish) -> bool:
        """Whether a wish has its meeting."""
        return pair_of(wish) in {(one.first_id, one.second_id) for one in self.meetings}

    def counted(self, participant: EventParticipant) -> tuple[int, int]:
        """How many of its wishes a participant got, and how many it has."""
        own = [wish for wish in self.wishes if wish.participant_id == participant.id]
        return sum(map(self.met, own)), len(own)

    def unmet(self) -> list[tuple[EventWish, UnmetReason]]:
        """The wishes without a meeting, each with why."""
        return [(wish, self._reason(wish)) for wish in self.wishes if not self.met(wish)]

    def _reason(self, wish: EventWish) -> UnmetReason:
        own, other = (self.participants[key] for key in (wish.participant_id, wish.wanted_id))
        if not (own.is_coming and other.is_coming):
            return UnmetReason.NOT_COMING
        if wish.set_aside:
            return UnmetReason.SET_ASIDE
        common = own.slots(self.event) & other.slots(self.event)
        if not common:
            return UnmetReason.NO_COMMON_TIME
        mine, theirs = (one.slots(self.event) - self._busy(one) for one in (own, other))
        if not mine:
            return UnmetReason.OWN_FULL
        if not theirs:
            return UnmetReason.OTHER_FULL
        return UnmetReason.NO_TABLE if mine & theirs else UnmetReason.NO_FREE_SLOT

    def _busy(self, participant: EventParticipant) -> set[int]:
        return {one.slot for one in self.of(participant)}


def pair_of(wish: EventWish) -> Pair:
    """The two participants of a wish, the smaller row id first."""
    return min(wish.participant_id, wish.wanted_id), max(wish.participant_id, wish.wanted_id)


def timetable(session: Session, event: Event) -> EventTimetable:
    """The timetable of an event, in three statements."""
    there = {one.id: one for one in participants.of_event(session, event)}
    query = select(EventMeeting).where(EventMeeting.event_id == event.id)
    found = session.scalars(query.order_by(EventMeeting.slot, EventMeeting.at_table)).all()
    return EventTimetable(event, there, participants.wishes_of(session, event), found)


def problem_of(table: EventTimetable) -> TimetableProblem:
    """What is to be solved: the wishes of the firms that come, around the meetings that are locked."""
    event = table.event
    there = {key: one.slots(event) for key, one in table.participants.items() if one.is_coming}
    worth: defaultdict[Pair, int] = defaultdict(int)
    for wish in table.wishes:
        if not wish.set_aside and wish.participant_id in there and wish.wanted_id in there:
            is_open = wish.need is not None and wish.need.state in OPEN_NEEDS
            # A pair that has something already is wished for by both.
            worth[pair_of(wish)] += WISH + OF_NEED * is_open + MUTUAL * (pair_of(wish) in worth)
    fixed = {(one.first_id, one.second_id): one.slot for one in table.meetings if one.locked}
    return TimetableProblem(event.slots, event.tables, there, dict(worth), fixed)


def ask(session: Session, event: Event, user: User) -> None:
    """Have the timetable solved by a job; asked again while it is being solved nothing more is done, for as long as that may take.

    Raises InvalidRecord where the event has no tables, or meetings of it took place already; MoveNotAllowed where it is not to come.
    """
    _check_changeable(session, event)
    if event.asked_at is None or event.asked_at < now() - _LONGEST:
        event.asked_at = now()
        session.flush()
        jobs.enqueue(session, JOB, {"event": event.public_id, "by": user.public_id})


def _check_changeable(session: Session, event: Event) -> None:
    if not event.is_coming:
        raise MoveNotAllowed(state=event.state, target=EventState.TIMETABLED)
    if not event.slots:
        raise wrong_field("tables", "event.no_tables", N_("This event has no tables for meetings."))
    marked = EventMeeting.event_id == event.id, EventMeeting.held.is_not(None)
    if session.scalar(select(EventMeeting.id).where(*marked).limit(1)):
        raise wrong_field(
            "tables", "event.begun", N_("Meetings have taken place: the timetable stays as it is.")
        )


def work(sessions: Sessions, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Solve the timetable that a job asks for, beside the database. What changed meanwhile is solved anew."""
    for _ in range(_TRIES):
        with sessions() as session:
            problem = problem_of(timetable(session, events.by_key(session, given["event"])))
        solved = solve(problem)
        with sessions.begin() as session:
            event = events.by_key(session, given["event"])
            lock_row(session, event)
            table = timetable(session, event)
            if not event.is_coming:
                event.asked_at = None
                return {}
            if problem_of(table) == problem:
                store(session, table, solved, given["by"])
                return {"meetings": len(solved.placed), "proven": solved.proven}
    raise RuntimeError("The wishes change faster than the timetable is solved")


def store(session: Session, table: EventTimetable, solved: SolvedTimetable, by: str) -> None:
    """Put a solved timetable in place of the meetings that are not locked."""
    event = table.event
    loose = EventMeeting.event_id == event.id, EventMeeting.locked.is_(False)
    session.execute(delete(EventMeeting).where(*loose))
    kept = [one for one in table.meetings if one.locked]
    session.add_all(
        EventMeeting(event_id=event.id, slot=slot, at_table=place, first_id=pair[0], second_id=pair[1])
        for pair, slot, place in _seated(solved.placed, kept)
    )
    event.asked_at, event.solved_at, event.proven = None, now(), solved.proven
    session.flush()
    details = {"meetings": len(solved.placed), "proven": solved.proven}
    journal.note(session, by, "event.solved", event, details)


def _seated(placed: Mapping[Pair, int], kept: Iterable[EventMeeting]) -> list[tuple[Pair, int, int]]:
    """The meetings beside those that are kept, each with its slot and a table: where one of the two sits already, else the first."""
    taken: defaultdict[int, set[int]] = defaultdict(set)
    sits: dict[int, int] = {}
    fixed = set()
    for one in kept:
        taken[one.slot].add(one.at_table)
        fixed.add((one.first_id, one.second_id))
    seated = []
    for pair, slot in sorted(placed.items(), key=lambda item: (item[1], item[0])):
        if pair in fixed:
            continue
        wanted = [sits[one] for one in pair if one in sits]
        place = next(table for table in chain(wanted, count(1)) if table not in taken[slot])
        taken[slot].add(place)
        sits |= dict.fromkeys(pair, place)
        seated.append((pair, slot, place))
    return seated


def clear(session: Session, event: Event, user: User) -> None:
    """Take all meetings of an event away, those that are locked too. Raises as `ask`."""
    _check_changeable(session, event)
    lock_row(session, event)
    removed = session.scalars(
        delete(EventMeeting).where(EventMeeting.event_id == event.id).returning(EventMeeting.id)
    )
    event.solved_at = event.proven = None
    if removed.all():
        session.flush()
        journal.note(session, user.public_id, "event.cleared", event)


def meeting_of(session: Session, event: Event, key: str) -> EventMeeting:
    """A meeting of an event by its public id. Raises NotFound."""
    query = select(EventMeeting).where(EventMeeting.event_id == event.id, EventMeeting.public_id == key)
    found = session.scalar(query)
    if found is None:
        raise NotFound(what="meeting", key=key)
    return found


def lock(session: Session, event: Event, key: str, user: User, *, locked: bool) -> None:
    """Let a meeting stay where it is when the timetable is solved again, or be moved; said again it stays. Raises as `ask`."""
    _check_changeable(session, event)
    lock_row(session, event)
    meeting = meeting_of(session, event, key)
    if meeting.locked != locked:
        meeting.locked = locked
        _note(session, event, "event.meeting_locked" if locked else "event.meeting_unlocked", meeting, user)


def put(session: Session, event: Event, key: str, slot: str, at_table: str, user: User) -> None:
    """Put a meeting into a slot at a table (both as typed, from 1), and lock it there.

    Raises InvalidRecord, naming what stands in the way, and as `ask`.
    """
    _check_changeable(session, event)
    lock_row(session, event)
    meeting = meeting_of(session, event, key)
    place = _number("slot", slot, event.slots) - 1, _number("at_table", at_table, event.tables)
    if place == (meeting.slot, meeting.at_table):
        return
    _check_free(timetable(session, event), meeting, *place)
    meeting.slot, meeting.at_table = place
    meeting.locked = True
    _note(session, event, "event.meeting_moved", meeting, user)


def _number(name: str, typed: str, most: int) -> int:
    whole = typed.strip()
    if not (whole.isascii() and whole.isdigit() and len(whole) < 5 and 1 <= int(whole) <= most):
        message = N_("Give a whole number from %(least)s to %(most)s.")
        raise wrong_field(name, "event.number", message, typed, {"least": 1, "most": most})
    return int(whole)


def _check_free(table: EventTimetable, meeting: EventMeeting, slot: int, at_table: int) -> None:
    """Raise InvalidRecord where a meeting cannot be in a slot at a table."""
    there = [one for one in table.meetings if one.slot == slot and one.id != meeting.id]
    for key in (meeting.first_id, meeting.second_id):
        firm = table.participants[key]
        name = {"firm": firm.organisation.name_ru or firm.organisation.name_en or ""}
        if slot not in firm.slots(table.event):
            message = N_("%(firm)s is not there at that time.")
            raise InvalidRecord((Problem("slot", "event.away", message, "", name),))
        if any(key in (one.first_id, one.second_id) for one in there):
            message = N_("%(firm)s has another meeting at that time: move that one first.")
            raise InvalidRecord((Problem("slot", "event.busy", message, "", name),))
    if any(one.at_table == at_table for one in there):
        message = N_("Another meeting stands at this table at that time: choose another table.")
        raise InvalidRecord((Problem("at_table", "event.table_taken", message, str(at_table)),))


def remove(session: Session, event: Event, key: str, user: User) -> None:
    """Take a meeting away and set its wishes aside, so that it does not come back. Raises as `ask`."""
    _check_changeable(session, event)
    lock_row(session, event)
    meeting = meeting_of(session, event, key)
    for wish in _wishes(session, event, {meeting.first_id, meeting.second_id}):
        wish.set_aside = True
    session.delete(meeting)
    _note(session, event, "event.meeting_removed", meeting, user)


def put_back(session: Session, event: Event, keys: Sequence[str], user: User) -> None:
    """Let the wishes between two participants (public ids) count again. Raises as `ask`, and NotFound."""
    _check_changeable(session, event)
    lock_row(session, event)
    two = {participants.at_event(session, event, key).id for key in keys}
    aside = [wish for wish in _wishes(session, event, two) if wish.set_aside]
    for wish in aside:
        wish.set_aside = False
    if aside:
        session.flush()
        journal.note(session, user.public_id, "event.wish_put_back", event)


def _wishes(session: Session, event: Event, two: set[int]) -> list[EventWish]:
    return [
        wish
        for wish in participants.wishes_of(session, event)
        if {wish.participant_id, wish.wanted_id} == two
    ]


def _note(session: Session, event: Event, action: str, meeting: EventMeeting, user: User) -> None:
    session.flush()
    journal.note(session, user.public_id, action, event, {"meeting": meeting.public_id})


def note_results(session: Session, event: Event, said: Mapping[str, str], user: User) -> int:
    """Note what meetings (public ids) came to: one of RESULTS, "held" without a result, "missed", or "" for not known yet. Returns
    how many changed. Raises NotFound, and MoveNotAllowed where the timetable was not told.
    """
    if not said:
        return 0
    if not event.is_timed:
        raise MoveNotAllowed(state=event.state, target=EventState.HELD)
    lock_row(session, event)
    query = select(EventMeeting).where(EventMeeting.event_id == event.id)
    there = {one.public_id: one for one in session.scalars(query)}
    changed = 0
    for key, word in said.items():
        if key not in there or word not in {"", "held", "missed", *RESULTS}:
            raise NotFound(what="meeting", key=key)
        held = None if not word else word != "missed"
        result = word if word in RESULTS else None
        changed += (there[key].held, there[key].result) != (held, result)
        there[key].held, there[key].result = held, result
    if changed:
        session.flush()
        journal.note(session, user.public_id, "event.results", event, {"meetings": changed})
    return changed
