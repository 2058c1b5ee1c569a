"""The participants of an event: firms are invited, register or decline, and name whom they want to meet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.domain.errors import Faults, InvalidRecord, MoveNotAllowed, NotFound, Problem, wrong_field
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import (
    ATTENDANCE,
    COMING_PARTICIPANTS,
    OPEN_NEEDS,
    PARTICIPANT_ANSWERS,
    PARTICIPANT_MOVES,
    TOLD_EVENTS,
    ParticipantState,
    check_move,
)
from matchmaker.models import (
    Event,
    EventMeeting,
    EventParticipant,
    EventWish,
    Need,
    Organisation,
    User,
)
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.core.locks import lock_row
from matchmaker.services.events import events

MOST = 1_000  # firms of an event
BY_LETTER = "letter"  # who answers in the journal, where it was the link of a letter


@dataclass(frozen=True, slots=True)
class WishGiven:
    """Whom a firm wants to meet (public ids of a participant and, perhaps, of a need of its own)."""

    wanted: str
    need: str = ""


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """What a firm answers: one of PARTICIPANT_ANSWERS, and as typed how many come, from when to when, whom it wants to meet."""

    state: ParticipantState
    people: str = "1"
    comes: str = ""
    leaves: str = ""
    wishes: Sequence[WishGiven] = ()


def of_event(session: Session, event: Event) -> Sequence[EventParticipant]:
    """The participants of an event by the names of their firms."""
    query = (
        select(EventParticipant)
        .join(EventParticipant.organisation)
        .where(EventParticipant.event_id == event.id)
        .order_by(Organisation.sort_ru, EventParticipant.id)
        .options(contains_eager(EventParticipant.organisation))
    )
    return session.scalars(query).all()


def wishes_of(session: Session, event: Event) -> Sequence[EventWish]:
    """The wishes of an event's participants, the dearest of each first."""
    query = (
        select(EventWish)
        .join(EventWish.participant)
        .where(EventParticipant.event_id == event.id)
        .order_by(EventWish.participant_id, EventWish.place)
        .options(joinedload(EventWish.need))
    )
    return session.scalars(query).all()


def by_key(session: Session, key: str) -> EventParticipant:
    """A participant by its public id, with its event and firm. Raises NotFound."""
    parts = (
        joinedload(EventParticipant.event).joinedload(Event.centre),
        joinedload(EventParticipant.organisation),
    )
    found = session.scalar(select(EventParticipant).where(EventParticipant.public_id == key).options(*parts))
    if found is None:
        raise NotFound(what="participant", key=key)
    return found


def at_event(session: Session, event: Event, key: str) -> EventParticipant:
    """A participant of an event. Raises NotFound."""
    found = by_key(session, key)
    if found.event_id != event.id:
        raise NotFound(what="participant", key=key)
    return found


def own(session: Session, firms: Sequence[str]) -> Sequence[EventParticipant]:
    """What firms (public ids) take part in, or were invited to, the latest event first."""
    query = (
        select(EventParticipant)
        .join(EventParticipant.event)
        .join(EventParticipant.organisation)
        .where(Organisation.public_id.in_(firms), Event.state.in_(TOLD_EVENTS))
        .where(or_(EventParticipant.invited_at.is_not(None), EventParticipant.answered_at.is_not(None)))
        .order_by(Event.day.desc(), EventParticipant.id)
        .options(
            contains_eager(EventParticipant.event).joinedload(Event.centre),
            contains_eager(EventParticipant.organisation),
        )
        .limit(events.MOST_LISTED)
    )
    return session.scalars(query).all() if firms else ()


def invite(
    session: Session, event: Event, firms: Iterable[Organisation], user: User
) -> Sequence[EventParticipant]:
    """Put firms of the event's centre on its list, and return those that are new; the letters go out once it is announced.

    Raises InvalidRecord where it is over, and where the list gets too long.
    """
    if not (event.is_draft or event.is_coming):
        raise wrong_field("firm", "event.over", N_("This event is over or called off; it stays as it was."))
    lock_row(session, event)
    query = select(EventParticipant.organisation_id).where(EventParticipant.event_id == event.id)
    there = set(session.scalars(query))
    fresh = {firm.id: firm for firm in firms if firm.centre_id == event.centre_id and not firm.blocked}
    added = [
        EventParticipant(event=event, organisation=firm) for key, firm in fresh.items() if key not in there
    ]
    if len(there) + len(added) > MOST:
        raise wrong_field("firm", "event.many", N_("At most %(most)s firms."), params={"most": MOST})
    session.add_all(added)
    session.flush()
    if added:
        journal.note(session, user.public_id, "event.invited", event, {"firms": len(added)})
    return added


def firms_of(session: Session, keys: Sequence[str], centre_id: int) -> Sequence[Organisation]:
    """The firms of a centre with these public ids."""
    mine = Organisation.public_id.in_(keys), Organisation.centre_id == centre_id
    return session.scalars(select(Organisation).where(*mine)).all() if keys else ()


def buyers(session: Session, centre_id: int) -> Sequence[Organisation]:
    """The contractors of a centre, by name."""
    mine = Organisation.centre_id == centre_id, Organisation.is_contractor, Organisation.blocked.is_(False)
    query = select(Organisation).where(*mine)
    return session.scalars(query.order_by(Organisation.sort_ru, Organisation.id).limit(MOST)).all()


def others(session: Session, participant: EventParticipant) -> Sequence[EventParticipant]:
    """Whom a participant may want to meet: the firms that come to its event, and those that it wants already."""
    wanted = select(EventWish.wanted_id).where(EventWish.participant_id == participant.id)
    query = (
        select(EventParticipant)
        .join(EventParticipant.organisation)
        .where(
            EventParticipant.event_id == participant.event_id,
            EventParticipant.id != participant.id,
            or_(EventParticipant.state.in_(COMING_PARTICIPANTS), EventParticipant.id.in_(wanted)),
        )
        .order_by(Organisation.sort_ru, EventParticipant.id)
        .options(contains_eager(EventParticipant.organisation))
    )
    return session.scalars(query).all()


def own_wishes(session: Session, participant: EventParticipant) -> Sequence[EventWish]:
    """The wishes of a participant, the dearest first."""
    query = select(EventWish).where(EventWish.participant_id == participant.id).order_by(EventWish.place)
    parts = joinedload(EventWish.wanted).joinedload(EventParticipant.organisation), joinedload(EventWish.need)
    return session.scalars(query.options(*parts)).all()


def own_needs(session: Session, participant: EventParticipant) -> Sequence[Need]:
    """The open needs of a participant, which a wish may be about."""
    mine = Need.contractor_id == participant.organisation_id, Need.state.in_(OPEN_NEEDS)
    return session.scalars(select(Need).where(*mine).order_by(Need.id.desc()).limit(100)).all()


def free_places(session: Session, event: Event, but: int = 0) -> int:
    """For how many more persons there is room, `but` one participant (its row id)."""
    mine = EventParticipant.event_id == event.id, EventParticipant.state.in_(COMING_PARTICIPANTS)
    taken = session.scalar(select(func.sum(EventParticipant.people)).where(*mine, EventParticipant.id != but))
    return event.people - (taken or 0)


def answer(
    session: Session,
    participant: EventParticipant,
    given: AnswerGiven,
    by: str,
    today: date,
    *,
    by_centre: bool = False,
) -> bool:
    """Record what a firm answers, or answers otherwise; whether that changed something. `by` is who writes it, for the journal.

    Raises MoveNotAllowed where it is too late, for the centre where the event is over; InvalidRecord for what is wrong.
    """
    event = participant.event
    lock_row(session, event)
    session.refresh(participant)
    if not (event.is_coming if by_centre else event.takes_answers(today)):
        raise MoveNotAllowed(state=participant.state, target=given.state)
    comes = given.state == ParticipantState.REGISTERED
    values = _read(session, participant, given) if comes else {}
    wishes = _wishes(session, participant, given.wishes) if comes else []
    changed = _take(participant, given.state, values)
    changed |= _want(session, participant, wishes) if comes else _leave(session, participant)
    if changed:
        participant.answered_at = now()
        session.flush()
        details = {"firm": participant.organisation.public_id, "wishes": len(wishes)}
        journal.note(session, by, f"event.{given.state}", event, details)
    return changed


def _read(session: Session, participant: EventParticipant, given: AnswerGiven) -> Mapping[str, int | None]:
    """What a registration says, checked. Raises InvalidRecord with all that is wrong."""
    event, faults, values = participant.event, Faults(), dict[str, int | None]()
    with faults:
        values["people"] = _people(session, participant, given.people.strip())
    for name, typed in (("comes", given.comes.strip()), ("leaves", given.leaves.strip())):
        values[name] = None
        with faults:
            values[name] = events.minute_of(name, typed) if typed else None
    with faults:
        _check_hours(event, values["comes"], values["leaves"])
    faults.settle()
    return values


def _people(session: Session, participant: EventParticipant, typed: str) -> int:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 4 and int(typed)):
        raise wrong_field("people", "event.people", N_("Say how many of you come, as a number."), typed)
    free = free_places(session, participant.event, participant.id)
    if int(typed) > free:
        message = N_("There is room for %(free)s more: come with fewer, or ask the centre.")
        raise wrong_field("people", "event.full", message, typed, {"free": max(free, 0)})
    return int(typed)


def _check_hours(event: Event, comes: int | None, leaves: int | None) -> None:
    first = event.starts if comes is None else comes
    last = event.ends if leaves is None else leaves
    if last <= max(first, event.starts) or first >= event.ends:
        message = N_("The event is from %(starts)s to %(ends)s: give hours within it.")
        hours = {"starts": events.hour_of(event.starts), "ends": events.hour_of(event.ends)}
        raise wrong_field("leaves", "event.own_hours", message, params=hours)


def _wishes(
    session: Session, participant: EventParticipant, given: Sequence[WishGiven]
) -> list[tuple[EventParticipant, Need | None]]:
    """The wishes that a registration names, each firm once. Raises InvalidRecord."""
    most = participant.event.wishes
    named = {wish.wanted: wish for wish in reversed(given) if wish.wanted}
    asked = [named[key] for key in dict.fromkeys(wish.wanted for wish in given if wish.wanted)]
    if len(asked) > most:
        message = N_("You can name %(most)s firms at most; you have named %(count)s.")
        raise wrong_field("wish", "event.wishes", message, params={"most": most, "count": len(asked)})
    firms = {one.public_id: one for one in others(session, participant)} if asked else {}
    needs = {one.public_id: one for one in own_needs(session, participant)} if asked else {}
    if any(wish.wanted not in firms or (wish.need and wish.need not in needs) for wish in asked):
        message = N_("One of the firms does not come any more, or its need is closed: choose again.")
        raise InvalidRecord((Problem("wish", "event.wish", message),))
    return [(firms[wish.wanted], needs.get(wish.need)) for wish in asked]


def _take(participant: EventParticipant, state: ParticipantState, values: Mapping[str, int | None]) -> bool:
    """Give a participant a state and what it said; whether something changed."""
    changed = {name: value for name, value in values.items() if getattr(participant, name) != value}
    for name, value in changed.items():
        setattr(participant, name, value)
    if participant.state == state:
        return bool(changed)
    check_move(PARTICIPANT_MOVES, participant.state, state)
    participant.state = state
    return True


def _want(
    session: Session, participant: EventParticipant, wishes: Sequence[tuple[EventParticipant, Need | None]]
) -> bool:
    """Let a participant want these in this order, and no others; whether something changed."""
    kept = {wish.wanted_id: wish for wish in own_wishes(session, participant)}
    before = [(wish.wanted_id, wish.need_id) for wish in kept.values()]
    after = [(wanted.id, need.id if need else None) for wanted, need in wishes]
    if before == after:
        return False
    for place, (wanted, need) in enumerate(wishes):
        wish = kept.pop(wanted.id, None)
        if wish is None:
            wish = EventWish(participant_id=participant.id, wanted_id=wanted.id, place=place)
            session.add(wish)
        wish.place, wish.need_id = place, need.id if need else None
    for wish in kept.values():
        session.delete(wish)
    return True


def _leave(session: Session, participant: EventParticipant) -> bool:
    """Take what a participant wanted and its meetings away; whether there was something."""
    mine = or_(EventMeeting.first_id == participant.id, EventMeeting.second_id == participant.id)
    rows = [*own_wishes(session, participant), *session.scalars(select(EventMeeting).where(mine))]
    for row in rows:
        session.delete(row)
    return bool(rows)


def mark(
    session: Session, event: Event, states: Mapping[str, ParticipantState], user: User, today: date
) -> int:
    """Mark for participants (public ids) whether they came, and return how many marks are new.

    Raises MoveNotAllowed before its day, NotFound for a participant of another event.
    """
    if not states:
        return 0
    if event.day > today or not (event.is_timed or event.is_announced):
        raise MoveNotAllowed(state=event.state, target=ParticipantState.ATTENDED)
    lock_row(session, event)
    there = {one.public_id: one for one in of_event(session, event)}
    marked = 0
    for key, state in states.items():
        if key not in there or state not in ATTENDANCE:
            raise NotFound(what="participant", key=key)
        marked += _take(there[key], state, {})
    if marked:
        session.flush()
        journal.note(session, user.public_id, "event.attendance", event, {"firms": marked})
    return marked


def is_answer(word: str) -> bool:
    """Whether a firm can answer with this word."""
    return word in PARTICIPANT_ANSWERS
