"""The events that a centre holds: what is typed of one, its course, and where it is listed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Faults, InvalidRecord, NotFound, Problem, StaleRevision, wrong_field
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import (
    COMING_EVENTS,
    COMING_PARTICIPANTS,
    EVENT_MOVES,
    EventState,
    check_move,
)
from matchmaker.domain.typed_text import day_of
from matchmaker.models import Centre, Event, EventMeeting, EventParticipant, User
from matchmaker.models.events import EVENT_KINDS
from matchmaker.services.core import journal

FIELDS = (
    "kind", "title", "about", "place", "day", "starts", "ends", "tables", "minutes", "pause", "people", "register_by",
    "wishes",
)  # fmt: skip
LONGEST_LINE, LONGEST_TEXT = 300, 4_000  # characters
MOST_LISTED = 200
# Of each number its least and its most.
_NUMBERS: Mapping[str, tuple[int, int]] = {
    "tables": (0, 100),
    "minutes": (5, 240),
    "pause": (0, 120),
    "people": (1, 5_000),
    "wishes": (1, 30),
}
USUAL = {"tables": "10", "minutes": "20", "pause": "5", "wishes": "5", "starts": "10:00", "ends": "16:00"}
_HOUR = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_MIDNIGHT = "24:00"


@dataclass(frozen=True, slots=True)
class EventGiven:
    """An event as typed; the fields are those of the table."""

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """An event with the firms that were invited or came in, those that come, the persons, and the meetings."""

    event: Event
    firms: int
    coming: int
    people: int
    meetings: int


def read(typed: Mapping[str, str], today: date) -> EventGiven:
    """The event in a form. Raises InvalidRecord with a problem for every wrong field."""
    given = {name: typed.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    faults, values = Faults(), dict[str, Any]()
    readers: Mapping[str, Callable[[], Any]] = {
        "kind": lambda: _kind(given["kind"]),
        "title": lambda: _line("title", given["title"]),
        "about": lambda: _text(given["about"]),
        "place": lambda: _line("place", given["place"]),
        "day": lambda: _day("day", given["day"]),
        "starts": lambda: minute_of("starts", given["starts"]),
        "ends": lambda: minute_of("ends", given["ends"]),
        **{name: partial(_number, name, given[name]) for name in _NUMBERS},
        "register_by": lambda: _day("register_by", given["register_by"]),
    }
    for name, reader in readers.items():
        with faults:
            values[name] = reader()
    for check in (_check_days, _check_hours):
        with faults:
            check(values, today)
    faults.settle()
    return EventGiven(values)


def _kind(typed: str) -> str:
    if typed not in EVENT_KINDS:
        raise wrong_field("kind", "event.kind", N_("Choose what kind of event it is."), typed)
    return typed


def _line(name: str, typed: str) -> str:
    if not typed or len(typed) > LONGEST_LINE:
        raise wrong_field(name, "event.line", N_("Write it in at most 300 characters."))
    return typed


def _text(typed: str) -> str | None:
    if len(typed) > LONGEST_TEXT:
        message = N_("At most %(most)s characters.")
        raise wrong_field("about", "event.long", message, params={"most": LONGEST_TEXT})
    return typed or None


def _day(name: str, typed: str) -> date:
    day = day_of(typed)
    if day is None:
        raise wrong_field(name, "event.day", N_("Give the day as year, month and day."), typed)
    return day


def minute_of(name: str, typed: str) -> int:
    """The minute of the day that a field holds, as 10:30. Raises InvalidRecord."""
    if typed == _MIDNIGHT:
        return 24 * 60
    found = _HOUR.fullmatch(typed)
    if found is None:
        raise wrong_field(name, "event.hour", N_("Give the time of day as 10:30."), typed)
    return int(found[1]) * 60 + int(found[2])


def hour_of(minute: int | None) -> str:
    """A minute of the day as people write it: 10:30; "" for None."""
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"


def _number(name: str, typed: str) -> int:
    least, most = _NUMBERS[name]
    whole = typed.isascii() and typed.isdigit() and len(typed) < 6
    if not whole or not least <= int(typed) <= most:
        message = N_("Give a whole number from %(least)s to %(most)s.")
        raise wrong_field(name, "event.number", message, typed, {"least": least, "most": most})
    return int(typed)


def _check_days(values: Mapping[str, Any], today: date) -> None:
    day, until = values.get("day"), values.get("register_by")
    if day and day < today:
        raise wrong_field("day", "event.past", N_("The event cannot lie in the past."), str(day))
    if day and until and until > day:
        message = N_("Registration cannot end after the event.")
        raise wrong_field("register_by", "event.register_by", message, str(until))


def _check_hours(values: Mapping[str, Any], _today: date) -> None:
    starts, ends = values.get("starts"), values.get("ends")
    if starts is None or ends is None:
        return
    if ends <= starts:
        raise wrong_field("ends", "event.hours", N_("The event ends before it begins."))
    if values.get("tables") and values.get("minutes") and ends - starts < values["minutes"]:
        message = N_("No meeting of this length fits between the beginning and the end.")
        raise wrong_field("minutes", "event.minutes", message, str(values["minutes"]))


def typed_of(event: Event) -> dict[str, str]:
    """An event in the fields of its form."""
    plain = {name: str(getattr(event, name) or "") for name in ("kind", "title", "about", "place")}
    numbers = {name: str(getattr(event, name)) for name in _NUMBERS}
    hours = {name: hour_of(getattr(event, name)) for name in ("starts", "ends")}
    days = {name: getattr(event, name).isoformat() for name in ("day", "register_by")}
    return {**plain, **numbers, **hours, **days}


def add(session: Session, centre: Centre, given: EventGiven, key: str, user: User) -> Event:
    """Write a draft of an event; the same form sent again adds nothing. `key` becomes its public id."""
    found = session.scalar(select(Event).where(Event.public_id == key))
    if found is not None:
        return found
    event = Event(public_id=key, centre=centre, **given.values)
    session.add(event)
    session.flush()
    journal.note(session, user.public_id, "event.written", event)
    return event


def change(session: Session, event: Event, given: EventGiven, revision: int, user: User) -> None:
    """Change an event as it was at a revision; what says the same changes nothing.

    Raises StaleRevision, and InvalidRecord where it is over, or has a timetable that the change would upset.
    """
    if event.revision != revision:
        raise StaleRevision
    changed = {name: value for name, value in given.values.items() if getattr(event, name) != value}
    if changed and not (event.is_draft or event.is_coming):
        raise wrong_field("title", "event.over", N_("This event is over or called off; it stays as it was."))
    _check_meetings(session, event, changed)
    for name, value in changed.items():
        setattr(event, name, value)
    if changed:
        session.flush()
        journal.note(session, user.public_id, "event.changed", event, {"fields": sorted(changed)})


_OF_SLOTS = ("starts", "ends", "tables", "minutes", "pause")


def _check_meetings(session: Session, event: Event, changed: Mapping[str, Any]) -> None:
    """Raise InvalidRecord where meetings stand in slots that the change would move."""
    moved = [name for name in _OF_SLOTS if name in changed]
    if moved and session.scalar(select(EventMeeting.id).where(EventMeeting.event_id == event.id).limit(1)):
        message = N_(
            "Meetings stand in the timetable: clear it first, then change hours, tables and lengths."
        )
        raise InvalidRecord(tuple(Problem(name, "event.has_meetings", message) for name in moved))


def move(session: Session, event: Event, target: EventState, user: User, today: date) -> bool:
    """Move an event to a state; said again it stays, and False is returned. Raises MoveNotAllowed and InvalidRecord."""
    if event.state == target:
        return False
    check_move(EVENT_MOVES, event.state, target)
    if target is EventState.ANNOUNCED and event.is_draft and event.register_by < today:
        raise wrong_field(
            "register_by", "event.register_past", N_("The last day to register is over: change it first.")
        )
    if target is EventState.HELD and today < event.day:
        raise wrong_field("day", "event.early", N_("It has not taken place yet."), str(event.day))
    if target is EventState.TIMETABLED and not _has_meetings(session, event):
        raise wrong_field("tables", "event.no_meetings", N_("There is no timetable yet: solve it first."))
    event.state = target
    session.flush()
    journal.note(session, user.public_id, f"event.{target}", event)
    return True


def _has_meetings(session: Session, event: Event) -> bool:
    query = select(EventMeeting.id).where(EventMeeting.event_id == event.id).limit(1)
    return session.scalar(query) is not None


def by_key(session: Session, key: str, *where: ColumnElement[bool]) -> Event:
    """An event by its public id, where conditions hold. Raises NotFound."""
    query = select(Event).where(Event.public_id == key, *where).options(joinedload(Event.centre))
    found = session.scalar(query)
    if found is None:
        raise NotFound(what="event", key=key)
    return found


def of_centre(session: Session, key: str, centre_id: int) -> Event:
    """An event of a centre by its public id. Raises NotFound."""
    return by_key(session, key, Event.centre_id == centre_id)


def open_to_all(session: Session, key: str) -> Event:
    """An event that everybody may read: one to come. Raises NotFound."""
    return by_key(session, key, Event.state.in_(COMING_EVENTS))


def coming(session: Session, today: date) -> Sequence[Event]:
    """The events to come, of all centres, the next one first."""
    query = select(Event).where(Event.state.in_(COMING_EVENTS), Event.day >= today)
    return session.scalars(
        query.order_by(Event.day, Event.starts, Event.id).options(joinedload(Event.centre)).limit(MOST_LISTED)
    ).all()


def listed(session: Session, centre_id: int) -> list[ListedEvent]:
    """The events of a centre with their numbers, the latest day first."""
    person = EventParticipant
    counted = (
        select(
            person.event_id,
            func.count(person.id).label("firms"),
            func.count(person.id).filter(person.state.in_(COMING_PARTICIPANTS)).label("coming"),
            func.coalesce(func.sum(person.people).filter(person.state.in_(COMING_PARTICIPANTS)), 0).label(
                "people"
            ),
        )
        .group_by(person.event_id)
        .subquery()
    )
    meetings = (
        select(func.count(EventMeeting.id)).where(EventMeeting.event_id == Event.id).correlate(Event)
    ).scalar_subquery()
    query = (
        select(Event, counted.c.firms, counted.c.coming, counted.c.people, meetings)
        .outerjoin(counted, counted.c.event_id == Event.id)
        .where(Event.centre_id == centre_id)
        .order_by(Event.day.desc(), Event.id.desc())
        .limit(MOST_LISTED)
    )
    return [ListedEvent(row[0], *(int(number or 0) for number in row[1:])) for row in session.execute(query)]
