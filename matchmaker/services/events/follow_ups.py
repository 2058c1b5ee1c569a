"""What came of an event: the firms that were there are asked at once and after 6 and 12 months, and what they answer is kept."""

import calendar
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from matchmaker.domain.errors import wrong_field
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import EventState, ParticipantState
from matchmaker.models import Event, EventAnswer, EventParticipant, Organisation
from matchmaker.models.base import now
from matchmaker.models.curating import VALUE_BANDS
from matchmaker.models.events import FOLLOWED_MONTHS
from matchmaker.services.core import journal
from matchmaker.services.core.locks import lock_row
from matchmaker.services.events import event_links
from matchmaker.services.events.event_links import EventDealLink
from matchmaker.services.mail import letters, recipients

KIND = "event_deal"


def due_on(event: Event, months: int) -> date:
    """The day on which the firms of an event are asked: the next one, or that of the same number after so many months."""
    if not months:
        return event.day + timedelta(days=1)
    year, month = divmod(event.day.year * 12 + event.day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(event.day.day, last))


def to_ask(session: Session, since: date, until: date) -> list[tuple[EventParticipant, int]]:
    """Who is to be asked, and after how many months, of the questions that fell due from one day to another: firms that were there
    and have not answered yet.
    """
    held = Event.state == EventState.HELD, Event.day >= since - timedelta(days=370), Event.day < until
    there = EventParticipant.state == ParticipantState.ATTENDED
    query = (
        select(EventParticipant)
        .join(EventParticipant.event)
        .where(*held, there)
        .order_by(EventParticipant.id)
        .options(contains_eager(EventParticipant.event), joinedload(EventParticipant.organisation))
    )
    found = session.scalars(query).all()
    ids = [one.id for one in found]
    rows = select(EventAnswer.participant_id, EventAnswer.months).where(EventAnswer.participant_id.in_(ids))
    answered = {(key, months) for key, months in session.execute(rows)} if ids else set()
    return [
        (one, months)
        for one in found
        for months in FOLLOWED_MONTHS
        if since <= due_on(one.event, months) <= until and (one.id, months) not in answered
    ]


def ask(session: Session, participant: EventParticipant, months: int) -> bool:
    """Post the question to the people of a firm; whether anybody was reached."""
    firm = participant.organisation
    readers = [] if firm.blocked else recipients.of_firms(session, [firm])[firm.id]
    wanting = [reader for reader in readers if reader.wants(KIND)]
    for reader in wanting:
        answers = {
            name: event_links.deal_path(session, participant, months, name, reader)
            for name in ("yes", "talks", "no")
        }
        values = {"title": participant.event.title, "months": months, **answers}
        letters.post(session, KIND, reader.email, reader.language, values)
    return bool(wanting)


def said(session: Session, asked: EventDealLink) -> EventAnswer | None:
    """What the firm of a link has answered to its question so far."""
    return session.get(EventAnswer, (asked.participant.id, asked.months))


def partners(session: Session, participant: EventParticipant) -> Sequence[EventParticipant]:
    """With whom a deal may have come about: the other firms that were there, by name."""
    query = (
        select(EventParticipant)
        .join(EventParticipant.organisation)
        .where(
            EventParticipant.event_id == participant.event_id,
            EventParticipant.id != participant.id,
            EventParticipant.state == ParticipantState.ATTENDED,
        )
        .order_by(Organisation.sort_ru, EventParticipant.id)
        .options(contains_eager(EventParticipant.organisation))
    )
    return session.scalars(query).all()


def answer(session: Session, asked: EventDealLink, partner: str = "", band: str = "") -> bool:
    """Record the answer of a link; with whom (public id of a participant) and of which value a deal came about may be left out. Whether
    that changed something. Raises InvalidRecord.
    """
    firm = asked.participant
    lock_row(session, firm.event)
    with_whom = _partner(session, firm, partner) if asked.answer == "yes" and partner else None
    value = _band(band) if asked.answer == "yes" and band else None
    found = said(session, asked)
    given = (asked.answer, with_whom.id if with_whom else None, value)
    if found is None:
        found = EventAnswer(participant_id=firm.id, months=asked.months, deal=asked.answer)
        session.add(found)
    elif (found.deal, found.partner_id, found.value_band) == given:
        return False
    found.deal, found.partner_id, found.value_band = given
    found.at = now()
    session.flush()
    details = {"firm": firm.organisation.public_id, "months": asked.months, "deal": asked.answer}
    journal.note(session, asked.by, "event.answered", firm.event, details)
    return True


def _partner(session: Session, firm: EventParticipant, key: str) -> EventParticipant:
    found = next((one for one in partners(session, firm) if one.public_id == key), None)
    if found is None:
        raise wrong_field("partner", "event.partner", N_("Choose one of the firms that were there."))
    return found


def _band(word: str) -> str:
    if word not in VALUE_BANDS:
        raise wrong_field("band", "event.band", N_("Choose one of the values."), word)
    return word


def of_event(session: Session, event: Event) -> Sequence[EventAnswer]:
    """What the firms of an event answered, by months and firm."""
    query = (
        select(EventAnswer)
        .join(EventAnswer.participant)
        .join(EventParticipant.organisation)
        .where(EventParticipant.event_id == event.id)
        .order_by(EventAnswer.months, Organisation.sort_ru)
        .options(
            contains_eager(EventAnswer.participant).contains_eager(EventParticipant.organisation),
            joinedload(EventAnswer.partner).joinedload(EventParticipant.organisation),
        )
    )
    return session.scalars(query).all()
