"""Events for programs: those to come for everybody, the own part with its wishes and meetings, the timetable for the centre."""

from datetime import date
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import EventState, ParticipantState
from matchmaker.models import Event, EventParticipant
from matchmaker.models.events import EVENT_KINDS
from matchmaker.services.events import events, meetings, participants
from matchmaker.services.events.events import hour_of
from matchmaker.services.events.meetings import EventTimetable, UnmetReason
from matchmaker.services.events.participants import AnswerGiven, WishGiven
from matchmaker.web.acts.events import event_acts, event_words
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import (
    ApiAnswer,
    ApiBody,
    GivenAnswer,
    PageFilters,
    part,
)
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_events", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)

EventKind = Literal[EVENT_KINDS]  # type: ignore[valid-type]
Key = Annotated[str, Field(max_length=40)]
Hour = Annotated[str, Field(max_length=5)]


class EventAnswerBody(ApiAnswer):
    """An event as everybody reads it; `starts` and `ends` are hours of its day in the time zone of the site."""

    id: str
    kind: EventKind
    state: EventState
    title: str
    about: str | None = None
    place: str
    day: date
    starts: str
    ends: str
    register_by: date
    takes_answers: bool
    centre: str


class EventList(ApiAnswer):
    """Events to come, the next one first."""

    items: list[EventAnswerBody]


class MeetingLine(ApiAnswer):
    """A meeting of a firm: from when to when, at which table, with whom."""

    starts: str
    ends: str
    table: int
    firm: str


class WishLine(ApiAnswer):
    """A wish of a firm: whom it wants to meet, and about which need of its own."""

    wanted: str
    firm: str
    need: str | None = None


class FirmToMeet(ApiAnswer):
    """A firm that may be wished for, by the id to name it with."""

    id: str
    firm: str


class ParticipationAnswer(ApiAnswer):
    """The part of a firm in an event: what it answered, how many come and from when to when, its wishes in their order, whom it may
    wish for and, once the timetable is told, its meetings.
    """

    id: str
    event: EventAnswerBody
    firm: str
    state: ParticipantState
    people: int
    comes: str | None = None
    leaves: str | None = None
    wishes: list[WishLine]
    may_meet: list[FirmToMeet]
    meetings: list[MeetingLine]


class ParticipationLine(ApiAnswer):
    """An event to which a firm was invited, with what it answered."""

    id: str
    event: EventAnswerBody
    firm: str
    state: ParticipantState


class ParticipationList(ApiAnswer):
    """The events to which the own firms were invited, the latest first."""

    items: list[ParticipationLine]


class WishBody(ApiBody):
    """Whom to meet (an id of `may_meet`), and about which own open need."""

    wanted: Key
    need: Key = ""


class ParticipationBody(ApiBody):
    """The answer of a firm: registered or declined; its wishes replace those before, the dearest first."""

    state: ParticipantState
    people: Annotated[int, Field(ge=1, le=999)] = 1
    comes: Hour = ""
    leaves: Hour = ""
    wishes: Annotated[tuple[WishBody, ...], Field(max_length=30)] = ()


class TimetableMeeting(ApiAnswer):
    """A meeting of two firms; `result` says what it came to, where that was noted."""

    starts: str
    ends: str
    table: int
    firms: list[str]
    locked: bool
    result: str | None = None


class UnmetWish(ApiAnswer):
    """A wish without a meeting, and why."""

    firm: str
    wanted: str
    reason: UnmetReason


class TimetableAnswer(ApiAnswer):
    """The timetable of an event: its meetings, the wishes that did not fit, and whether it is proven that none is better."""

    event: EventAnswerBody
    proven: bool | None = None
    meetings: list[TimetableMeeting]
    unmet: list[UnmetWish]


@blueprint.get("/events")
@operation(answer=EventList, query=PageFilters, reader="anybody")
def listed(query: PageFilters) -> GivenAnswer:
    """The events to come, of all centres of the site."""
    shown, following = part(events.coming(database(), context.today()), query, lambda one: one.public_id)
    return GivenAnswer(EventList(items=list(map(_event, shown))), following=following)


@blueprint.get("/events/<key>")
@operation(answer=EventAnswerBody, reader="anybody", refusals=(404,))
def one(key: str) -> EventAnswerBody:
    """An event to come. Who takes part is not told."""
    return _event(events.open_to_all(database(), key))


def _event(event: Event) -> EventAnswerBody:
    return EventAnswerBody(
        id=event.public_id,
        kind=event.kind,
        state=event.state,
        title=event.title,
        about=event.about,
        place=event.place,
        day=event.day,
        starts=hour_of(event.starts),
        ends=hour_of(event.ends),
        register_by=event.register_by,
        takes_answers=event.takes_answers(context.today()),
        centre=event.centre.code,
    )


@blueprint.get("/events/<key>/timetable")
@operation(answer=TimetableAnswer, refusals=(403, 404))
def timetable(key: str) -> TimetableAnswer:
    """For the operator of its centre the timetable of an event."""
    table = event_acts.table_of(event_acts.kept(database(), key))
    return TimetableAnswer(
        event=_event(table.event),
        proven=table.event.proven,
        meetings=[
            TimetableMeeting(
                **_hours(table, one.slot),
                table=one.at_table,
                firms=[_name(table.participants[place]) for place in (one.first_id, one.second_id)],
                locked=one.locked,
                result=event_words.result_of(one.held, one.result) or None,
            )
            for one in table.meetings
        ],
        unmet=[
            UnmetWish(
                firm=_name(table.participants[wish.participant_id]),
                wanted=_name(table.participants[wish.wanted_id]),
                reason=why,
            )
            for wish, why in table.unmet()
        ],
    )


def _hours(table: EventTimetable, slot: int) -> dict[str, str]:
    start, end = table.event.slot_minutes(slot)
    return {"starts": hour_of(start), "ends": hour_of(end)}


def _name(firm: EventParticipant) -> str:
    return firm.organisation.name(context.language())


def _may(key: str = "") -> None:
    if key:
        event_acts.own_participant(database(), key)


@blueprint.get("/participations")
@operation(answer=ParticipationList, query=PageFilters, allowed=_may)
def own(query: PageFilters) -> GivenAnswer:
    """The events to which the own firms were invited."""
    found = participants.own(database(), event_acts.own_firms(database()))
    shown, following = part(found, query, lambda one: one.public_id)
    lines = [
        ParticipationLine(id=one.public_id, event=_event(one.event), firm=_name(one), state=one.state)
        for one in shown
    ]
    return GivenAnswer(ParticipationList(items=lines), following=following)


@blueprint.get("/participations/<key>")
@operation(answer=ParticipationAnswer, refusals=(404,))
def participation(key: str) -> ParticipationAnswer:
    """The part of an own firm in an event, with whom it may wish to meet."""
    return _participation(key)


def _participation(key: str) -> ParticipationAnswer:
    session = database()
    firm = event_acts.own_participant(session, key)
    event = firm.event
    answers = event.takes_answers(context.today())
    table = meetings.timetable(session, event) if event.is_timed and firm.is_coming else None
    return ParticipationAnswer(
        id=firm.public_id,
        event=_event(event),
        firm=_name(firm),
        state=firm.state,
        people=firm.people,
        comes=hour_of(firm.comes) or None,
        leaves=hour_of(firm.leaves) or None,
        wishes=[
            WishLine(
                wanted=wish.wanted.public_id,
                firm=_name(wish.wanted),
                need=wish.need.public_id if wish.need else None,
            )
            for wish in participants.own_wishes(session, firm)
        ],
        may_meet=[
            FirmToMeet(id=one.public_id, firm=_name(one))
            for one in (participants.others(session, firm) if answers else ())
        ],
        meetings=[
            MeetingLine(**_hours(table, one.slot), table=one.at_table, firm=_name(table.partner(one, firm)))
            for one in (table.of(firm) if table else ())
            if table
        ],
    )


@blueprint.put("/participations/<key>")
@operation(answer=ParticipationAnswer, body=ParticipationBody, refusals=(404, 409), allowed=_may)
def answer(key: str, body: ParticipationBody) -> ParticipationAnswer:
    """Register or decline, and name the wishes; until the registration ends it may be changed."""
    if not participants.is_answer(body.state):
        message = N_("Say whether you come.")
        raise InvalidRecord((Problem("state", "event.answer", message, body.state),))
    given = AnswerGiven(
        body.state,
        str(body.people),
        body.comes,
        body.leaves,
        [WishGiven(wish.wanted, wish.need) for wish in body.wishes],
    )
    event_acts.answer(event_acts.own_door(key), given)
    return _participation(key)
