"""What is done to an event, by a page or a program: it is found, the right is asked, the use case called."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from matchmaker.domain.errors import InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import EventState, ParticipantState
from matchmaker.models import Event, EventParticipant, Session, User
from matchmaker.services.events import event_letters, event_links, events, meetings, participants
from matchmaker.services.events.meetings import EventTimetable
from matchmaker.services.events.participants import AnswerGiven, WishGiven
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change, unsigned_change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import own_centre, standpoint

# The moves that a page offers in each state; the timetable is told from its own page.
MOVES: Mapping[EventState, tuple[EventState, ...]] = {
    EventState.DRAFT: (EventState.ANNOUNCED, EventState.CALLED_OFF),
    EventState.ANNOUNCED: (EventState.HELD, EventState.CALLED_OFF),
    EventState.TIMETABLED: (EventState.HELD, EventState.ANNOUNCED, EventState.CALLED_OFF),
    EventState.HELD: (),
    EventState.CALLED_OFF: (),
}


def kept(session: Session, key: str) -> Event:
    """An event of the operator's own centre. Raises Forbidden, NotFound."""
    return events.of_centre(session, key, own_centre(session).id)


def move(session: Session, event: Event, target: EventState, user: User) -> int:
    """Move an event on, and tell the firms; how many were told. Raises MoveNotAllowed and InvalidRecord."""
    before = event.state
    if not events.move(session, event, target, user, context.today()):
        return 0
    if target is EventState.ANNOUNCED and before is EventState.DRAFT:
        return event_letters.invite(session, event)
    if target is EventState.TIMETABLED:
        return event_letters.tell_timetables(session, meetings.timetable(session, event), user)
    if target is EventState.CALLED_OFF and before is not EventState.DRAFT:
        return event_letters.call_off(session, event)
    return 0


def state_of(word: str) -> EventState:
    """A state as it is sent. Raises InvalidRecord for a word that is none."""
    if word not in set(EventState):
        message = N_("Choose what becomes of the event.")
        raise InvalidRecord((Problem("state", "event.state", message, word[:40]),))
    return EventState(word)


@dataclass(frozen=True, slots=True)
class ParticipantDoor:
    """A way to a participant: how a session finds it, the transaction of who answers, who that is, and whether it is the centre."""

    find: Callable[[Session], EventParticipant]
    change: Callable[[], AbstractContextManager[tuple[Session, str]]]
    by_centre: bool = False


@contextmanager
def _signed() -> Iterator[tuple[Session, str]]:
    with change() as (session, user):
        yield session, user.public_id


@contextmanager
def _unsigned() -> Iterator[tuple[Session, str]]:
    with unsigned_change() as session:
        yield session, participants.BY_LETTER


def own_door(key: str) -> ParticipantDoor:
    """The way of a firm's own people to its participant (public id)."""
    return ParticipantDoor(lambda session: own_participant(session, key), _signed)


def letter_door(token: str) -> ParticipantDoor:
    """The way by the link of a letter."""
    return ParticipantDoor(lambda session: event_links.opened(session, token), _unsigned)


def centre_door(event: str, key: str) -> ParticipantDoor:
    """The way of the operator to a participant of an event (public ids)."""
    return ParticipantDoor(
        lambda session: participants.at_event(session, kept(session, event), key), _signed, by_centre=True
    )


def own_participant(session: Session, key: str) -> EventParticipant:
    """A participant that is a firm of the reader, of an event that is told. Raises NotFound."""
    found = participants.by_key(session, key)
    if found.organisation.public_id not in own_firms(session) or not found.event.is_told:
        raise NotFound(what="participant", key=key)
    return found


def own_firms(session: Session) -> list[str]:
    """The firms (public ids) for which the reader acts, as a supplier or a contractor."""
    here = standpoint(session)
    return [*here.firms("supplier_editor"), *here.firms("contractor_buyer")]


def answer(door: ParticipantDoor, given: AnswerGiven) -> bool:
    """Record what a firm answers; whether that changed something. Raises NotFound, LinkSpent, MoveNotAllowed, InvalidRecord."""
    with door.change() as (session, by):
        found = door.find(session)
        return participants.answer(session, found, given, by, context.today(), by_centre=door.by_centre)


def read_answer(form: Mapping[str, str], most: int) -> AnswerGiven:
    """The answer in a form, with up to `most` wishes in its fields wish-1 … and need-1 …. Raises InvalidRecord."""
    word = form.get("answer", "")
    if not participants.is_answer(word):
        message = N_("Say whether you come.")
        raise InvalidRecord((Problem("answer", "event.answer", message, word[:40]),))
    wishes = [
        WishGiven(form.get(f"wish-{number}", ""), form.get(f"need-{number}", ""))
        for number in range(1, most + 1)
    ]
    named = [wish for wish in wishes if wish.wanted]
    hours = {name: form.get(name, "") for name in ("people", "comes", "leaves")}
    return AnswerGiven(ParticipantState(word), **hours, wishes=named)


def table_of(event: Event) -> EventTimetable:
    """The timetable of an event, as it stands."""
    return meetings.timetable(database(), event)


def invite(session: Session, event: Event, firms: Sequence[str], user: User) -> tuple[int, int]:
    """Put firms (public ids) on the list of an event, and send what is due: how many are new, and how many were reached."""
    found = participants.firms_of(session, firms, event.centre_id)
    if not firms or len(found) < len(set(firms)):
        message = N_("Choose the firms that are to be invited.")
        raise InvalidRecord((Problem("firm", "event.firms", message),))
    added = participants.invite(session, event, found, user)
    told = event_letters.invite(session, event) if event.is_announced else 0
    return len(added), told
