"""What a centre has with a firm: a timeline of the journal, letters and the centre's own notes; tasks with a day; calls.

All of it is the centre's: neither the firm nor another centre reads it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import OPEN_NEEDS
from matchmaker.models import (
    AuditEntry,
    Centre,
    CertificateRow,
    FirmNote,
    Mail,
    Match,
    Need,
    Organisation,
    Profile,
    Quote,
    User,
)
from matchmaker.models.base import now
from matchmaker.models.curating import FIRM_NOTES
from matchmaker.services.core import journal
from matchmaker.services.core.journal import Act
from matchmaker.services.profiles import delivery_records, suppliers
from matchmaker.services.profiles.delivery_records import DeliveryRecord
from matchmaker.services.reports import audit
from matchmaker.services.reports.audit import JournalLine

LONGEST = 4_000  # characters of a note
FURTHEST = timedelta(days=730)  # the day of a task
_ENTRIES, _LETTERS, _NOTES, _DEALINGS = 40, 20, 40, 30
# Reading is no dealing with a firm and would fill its timeline; a note tells of itself.
_UNTOLD = (
    "scan.opened",
    "paper.opened",
    "drawing.opened",
    "drawing.previewed",
    "firm.note",
    "firm.call",
    "firm.task",
    "firm.task_done",
)


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One thing that happened with a firm: a journal's entry, a letter, or a note of the centre."""

    at: datetime
    entry: JournalLine | None = None
    mail: Mail | None = None
    note: FirmNote | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """A firm as its centre works with it; `tasks` are open, the next first."""

    firm: Organisation
    profile: Profile | None
    tasks: Sequence[FirmNote]
    matches: Sequence[Match]
    needs: Sequence[Need]
    timeline: Sequence[TimelineLine]
    deliveries: DeliveryRecord | None = None


@dataclass(frozen=True, slots=True)
class NoteGiven:
    """A note as typed; `key` marks the form, so that a form that comes twice makes one note."""

    key: str
    kind: str
    text: str
    due_on: date | None = None


def shown(session: Session, firm: Organisation, language: str) -> Company:
    """What the firm's centre has with it, the newest first, in a fixed number of statements."""
    profile = suppliers.one_whole(session, Profile.organisation_id == firm.id)
    notes = _notes(session, firm)
    matches = _matches(session, profile, firm.centre) if profile else []
    needs = _needs(session, firm)
    lines = [
        *(TimelineLine(one.entry.at, entry=one) for one in _entries(session, firm, profile, language)),
        *(TimelineLine(one.sent_at or one.created_at, mail=one) for one in _letters(session, firm, profile)),
        *(TimelineLine(one.done_at or one.at, note=one) for one in notes if not one.is_open_task),
    ]
    tasks = sorted(
        (one for one in notes if one.is_open_task), key=lambda one: (one.due_on or date.max, one.id)
    )
    timeline = sorted(lines, key=lambda line: line.at, reverse=True)
    deliveries = delivery_records.of_profile(session, profile) if profile else None
    return Company(firm, profile, tasks, matches, needs, timeline, deliveries)


def _notes(session: Session, firm: Organisation) -> Sequence[FirmNote]:
    """The newest notes, and every open task however old."""
    of_firm = FirmNote.organisation_id == firm.id
    newest = select(FirmNote.id).where(of_firm).order_by(FirmNote.at.desc(), FirmNote.id.desc()).limit(_NOTES)
    open_task = and_(FirmNote.kind == "task", FirmNote.done_at.is_(None))
    wanted = select(FirmNote).where(of_firm, or_(open_task, FirmNote.id.in_(newest)))
    return session.scalars(wanted.options(joinedload(FirmNote.by))).all()


def _matches(session: Session, profile: Profile, centre: Centre) -> Sequence[Match]:
    """The places of the firm on shortlists of its own centre, open needs first."""
    query = select(Match).join(Match.need).where(Match.profile_id == profile.id, Need.centre_id == centre.id)
    opened = Need.state.in_(OPEN_NEEDS).desc()
    ordered = query.order_by(opened, Match.changed_at.desc(), Match.id).limit(_DEALINGS)
    return session.scalars(ordered.options(joinedload(Match.need))).all()


def _needs(session: Session, firm: Organisation) -> Sequence[Need]:
    own = Need.contractor_id == firm.id, Need.centre_id == firm.centre_id
    return session.scalars(select(Need).where(*own).order_by(Need.id.desc()).limit(_DEALINGS)).all()


def _entries(
    session: Session, firm: Organisation, profile: Profile | None, language: str
) -> Sequence[JournalLine]:
    """What the journal of the firm's own centre tells of the firm, its profile, certificates, places and quotes."""
    about: list[ColumnElement[bool]] = [_about("organisation", [firm.public_id])]
    about.append(_about("need", select(Need.public_id).where(Need.contractor_id == firm.id)))
    if profile is not None:
        matches = Match.profile_id == profile.id
        about += [
            _about("profile", [profile.public_id]),
            _about("match", select(Match.public_id).where(matches)),
            _about("quote", select(Quote.public_id).join(Match, Match.id == Quote.match_id).where(matches)),
            _about(
                "certificate",
                select(CertificateRow.public_id).where(CertificateRow.profile_id == profile.id),
            ),
        ]
    told = AuditEntry.centre == firm.centre.code, AuditEntry.action.not_in(_UNTOLD), or_(*about)
    query = select(AuditEntry).where(*told).order_by(AuditEntry.id.desc()).limit(_ENTRIES)
    return audit.named(session, session.scalars(query).all(), language)


def _about(kind: str, keys: object) -> ColumnElement[bool]:
    return and_(AuditEntry.object_kind == kind, AuditEntry.object_id.in_(keys))  # type: ignore[arg-type]


def _letters(session: Session, firm: Organisation, profile: Profile | None) -> Sequence[Mail]:
    """The last letters about the firm's places on shortlists of its own centre."""
    if profile is None:
        return []
    query = select(Mail).join(Match, Match.public_id == Mail.about).join(Need, Need.id == Match.need_id)
    of_firm = Match.profile_id == profile.id, Need.centre_id == firm.centre_id
    return session.scalars(query.where(*of_firm).order_by(Mail.id.desc()).limit(_LETTERS)).all()


def add_note(session: Session, firm: Organisation, given: NoteGiven, user: User, today: date) -> None:
    """Keep a note; the same form sent again adds nothing. Raises InvalidRecord."""
    problems = tuple(_problems(given, today))
    if problems:
        raise InvalidRecord(problems)
    if session.scalar(select(FirmNote.id).where(FirmNote.public_id == given.key)) is not None:
        return
    note = FirmNote(
        public_id=given.key,
        organisation_id=firm.id,
        kind=given.kind,
        text=given.text,
        due_on=given.due_on if given.kind == "task" else None,
        by_id=user.id,
    )
    session.add(note)
    _record(session, firm, user, f"firm.{given.kind}")


def _problems(given: NoteGiven, today: date) -> list[Problem]:
    found = []
    if given.kind not in FIRM_NOTES:
        found.append(Problem("kind", "note.kind", N_("Choose what it is: a note, a call or a task.")))
    if not given.text.strip() or len(given.text) > LONGEST:
        found.append(Problem("text", "note.text", N_("Write what it is, in at most 4,000 characters.")))
    if given.kind == "task" and (given.due_on is None or not today <= given.due_on <= today + FURTHEST):
        message = N_("Give the task a day from today on, within two years.")
        found.append(Problem("due_on", "note.due", message))
    return found


def settle(session: Session, firm: Organisation, key: str, user: User, *, done: bool) -> None:
    """Say that a task of the firm (public id) is done, or open after all; said again it stays. Raises InvalidRecord."""
    of_firm = FirmNote.organisation_id == firm.id, FirmNote.public_id == key, FirmNote.kind == "task"
    task = session.scalar(select(FirmNote).where(*of_firm).with_for_update())
    if task is None:
        raise InvalidRecord((Problem("task", "task.unknown", N_("This firm has no such task.")),))
    if done == (task.done_at is None):
        task.done_at = now() if done else None
        _record(session, firm, user, "firm.task_done" if done else "firm.task_opened")


def _record(session: Session, firm: Organisation, user: User, action: str) -> None:
    """The journal tells that something was noted and by whom, not what."""
    session.flush()
    act = Act(action, journal.kind_of(firm), firm.public_id, firm.centre.code)
    journal.record(session, user.public_id, (act,))


def due_tasks(centre: Centre, today: date, limit: int) -> Select[int]:
    """The open tasks of a centre whose day has come, by their ids, the oldest first."""
    query = select(FirmNote.id).join(FirmNote.organisation).where(Organisation.centre_id == centre.id)
    due = query.where(FirmNote.kind == "task", FirmNote.done_at.is_(None), FirmNote.due_on <= today)
    return due.order_by(FirmNote.due_on, FirmNote.id).limit(limit)
