"""The e-mails of an event: invitations, each firm's own timetable, that it is called off, and what an event is in a calendar."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from matchmaker.domain.language import N_
from matchmaker.models import Event, EventParticipant, User
from matchmaker.models.base import now
from matchmaker.services.core import journal, urls
from matchmaker.services.core.site import SiteIdentity, site_of
from matchmaker.services.events import event_links, participants
from matchmaker.services.events.events import hour_of
from matchmaker.services.events.meetings import EventTimetable
from matchmaker.services.mail import letters, recipients
from matchmaker.services.mail.recipients import Recipient

INVITED, TIMETABLE, CALLED_OFF = "event_invited", "event_timetable", "event_called_off"
KINDS = {
    "contact-exchange": N_("Contact exchange"),
    "seminar": N_("Seminar"),
    "visit": N_("Visit to a works"),
    "fair": N_("Fair"),
    "working-group": N_("Working group"),
}
_LONGEST_LINE = 73  # octets of a line in a calendar's file


def facts(event: Event, language: str) -> list[tuple[str, str]]:
    """What an event is, when and where, in words."""
    _ = letters.words(language)
    return [
        (_(N_("Kind")), _(KINDS[event.kind])),
        (_(N_("Day")), letters.day_in(language, event.day)),
        (_(N_("Hours")), f"{hour_of(event.starts)}–{hour_of(event.ends)}"),
        (_(N_("Place")), event.place),
    ]


def invite(session: Session, event: Event) -> int:
    """Post the invitation to every firm on the list that had none yet, and return how many firms were reached."""
    waiting = [
        one for one in participants.of_event(session, event) if one.is_invited and one.invited_at is None
    ]
    reached = 0
    for one, readers in _readers(session, waiting):
        wanting = [reader for reader in readers if reader.wants(INVITED)]
        for reader in wanting:
            values = {
                "title": event.title,
                "facts": facts(event, reader.language),
                "about": event.about or "",
                "until": event.register_by,
                "path": event_links.path(session, one, reader),
                "calendar": urls.event_calendar(event.public_id),
            }
            letters.post(session, INVITED, reader.email, reader.language, values)
        if wanting:
            one.invited_at = now()
            reached += 1
    return reached


def tell_timetables(session: Session, table: EventTimetable, user: User) -> int:
    """Post to every firm that comes the timetable of its own meetings where that is not what it was sent last; how many firms."""
    told = 0
    mine = {one.id: _mark(table, one) for one in table.participants.values() if one.is_coming}
    changed = [table.participants[key] for key, mark in mine.items() if table.participants[key].told != mark]
    for one, readers in _readers(session, changed):
        for reader in readers:
            values = {
                "title": table.event.title,
                "facts": facts(table.event, reader.language),
                "meetings": rows(table, one, reader.language),
                "path": event_links.path(session, one, reader),
                "calendar": urls.event_calendar(table.event.public_id),
            }
            letters.post(session, TIMETABLE, reader.email, reader.language, values)
        one.told = mine[one.id]
        told += bool(readers)
    if changed:
        session.flush()
        journal.note(session, user.public_id, "event.timetables_sent", table.event, {"firms": told})
    return told


def untold(table: EventTimetable) -> int:
    """How many firms come whose timetable is not what they were sent last."""
    return sum(one.told != _mark(table, one) for one in table.participants.values() if one.is_coming)


def call_off(session: Session, event: Event) -> int:
    """Tell the firms that were invited or come that the event is called off, and return how many."""
    known = [
        one
        for one in participants.of_event(session, event)
        if one.is_coming or (one.is_invited and one.invited_at is not None)
    ]
    told = 0
    for _one, readers in _readers(session, known):
        for reader in readers:
            values = {
                "title": event.title,
                "facts": facts(event, reader.language),
                "path": urls.events(),
            }
            letters.post(session, CALLED_OFF, reader.email, reader.language, values)
        told += bool(readers)
    return told


def rows(table: EventTimetable, participant: EventParticipant, language: str) -> list[tuple[str, str]]:
    """The meetings of a participant: hours and table, and whom it meets."""
    _ = letters.words(language)
    found = []
    for meeting in table.of(participant):
        start, end = map(hour_of, table.event.slot_minutes(meeting.slot))
        at = _(N_("%(start)s–%(end)s, table %(table)s")) % {
            "start": start,
            "end": end,
            "table": meeting.at_table,
        }
        found.append((at, table.partner(meeting, participant).organisation.name(language)))
    return found


def _mark(table: EventTimetable, participant: EventParticipant) -> str:
    """A mark of what a participant reads in its timetable."""
    own = [
        (one.slot, one.at_table, table.partner(one, participant).organisation_id)
        for one in table.of(participant)
    ]
    event = table.event
    said = [own, event.day.isoformat(), event.starts, event.ends, event.minutes, event.pause, event.place]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _readers(
    session: Session, firms: Sequence[EventParticipant]
) -> Iterator[tuple[EventParticipant, list[Recipient]]]:
    """The readers of each firm's letters; nobody of a firm that is blocked."""
    found = recipients.of_firms(session, [one.organisation for one in firms])
    for one in firms:
        yield one, [] if one.organisation.blocked else found[one.organisation_id]


def without_address(session: Session, firms: Sequence[EventParticipant]) -> frozenset[int]:
    """The participants (row ids) to whom no letter can be sent."""
    return frozenset(one.id for one, readers in _readers(session, firms) if not readers)


def calendar(session: Session, event: Event) -> str:
    """An event as a file for calendars (RFC 5545)."""
    site = site_of(session)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Matchmaker//Events//EN",
        "BEGIN:VEVENT",
        f"UID:{event.public_id}@matchmaker",
        f"DTSTAMP:{_utc(event.changed_at)}",
        f"DTSTART:{_utc(_at(site, event, event.starts))}",
        f"DTEND:{_utc(_at(site, event, event.ends))}",
        f"SUMMARY:{_escaped(event.title)}",
        f"LOCATION:{_escaped(event.place)}",
        f"URL:{site.base_url.rstrip('/')}{urls.event(event.public_id)}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _at(site: SiteIdentity, event: Event, minute: int) -> datetime:
    return event.moment(minute).replace(tzinfo=ZoneInfo(site.zone))


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line in pieces of at most 75 octets, none of which ends within a character."""
    pieces, piece = [], ""
    for sign in line:
        if len((piece + sign).encode()) > _LONGEST_LINE:
            pieces.append(piece)
            piece = ""
        piece += sign
    return "\r\n ".join([*pieces, piece])
