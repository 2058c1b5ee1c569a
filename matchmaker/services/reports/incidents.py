"""The report of an incident from the journal: who saw or changed what, when, and of what kind; in all and line by line."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry
from matchmaker.services.people import accounts
from matchmaker.services.reports import audit
from matchmaker.services.reports.audit import JournalLine

# The ends of acts that only look; all others change something.
_LOOKS = ("opened", "exported", "data", "viewed", "given")


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment on, until before another one."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class IncidentReport:
    """The entries of a span, the oldest first, with names."""

    entries: Sequence[JournalLine]

    @property
    def counts(self) -> Mapping[str, int]:
        """The number of acts of each kind."""
        return dict(Counter(one.entry.action for one in self.entries).most_common())

    def data(self) -> dict[str, Any]:
        """The report as plain values."""
        return {"acts": dict(self.counts), "entries": [_plain(one) for one in self.entries]}

    def lines(self, zone: tzinfo) -> Iterator[str]:
        """The report as text: the sums, then the entries."""
        yield f"{len(self.entries)} acts of {len({one.entry.actor for one in self.entries})} people and parts of the site"
        for action, number in self.counts.items():
            yield f"  {number:6} {action} ({_kind(action)})"
        for one in self.entries:
            moment, entry = one.entry.at.astimezone(zone), one.entry
            who, what = one.who or "-", one.thing or "-"
            yield (
                f"{moment:%Y-%m-%d %H:%M:%S} {_kind(entry.action)} {entry.action}: {who} [{entry.actor}] "
                f"{entry.object_kind} {what} [{entry.object_id}] {dict(entry.details)}"
            )


def report(session: Session, span: Span, person: str, language: str) -> IncidentReport:
    """The report of a span; of one person, by e-mail or public id, what it did and what was done to its account. Raises
    NotFound for an unknown e-mail.
    """
    query = select(AuditEntry).where(AuditEntry.at >= span.since, AuditEntry.at < span.until)
    if person:
        key = accounts.by_email(session, person).public_id if "@" in person else person
        query = query.where(or_(AuditEntry.actor == key, AuditEntry.object_id == key))
    return IncidentReport(
        audit.named(session, session.scalars(query.order_by(AuditEntry.id)).all(), language)
    )


def _kind(action: str) -> str:
    return "saw" if action.endswith(_LOOKS) else "changed"


def _plain(line: JournalLine) -> dict[str, Any]:
    entry = line.entry
    return {
        "at": entry.at.astimezone(UTC).isoformat(),
        "kind": _kind(entry.action),
        "action": entry.action,
        "who": {"id": entry.actor, "name": line.who},
        "what": {"kind": entry.object_kind, "id": entry.object_id, "name": line.thing},
        "centre": entry.centre,
        "details": dict(entry.details),
        "entry": entry.id,
    }
