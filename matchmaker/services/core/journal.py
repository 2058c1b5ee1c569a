"""The two rows written with every change, in its transaction: the audit entry, and the outbox's request to
index.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from matchmaker.models import (
    AuditEntry,
    Centre,
    CertificateRow,
    ImportBatch,
    Match,
    Need,
    Organisation,
    Outbox,
    Profile,
    Quote,
    StoredFile,
    User,
    bulk,
)
from matchmaker.models.base import now

Noted = Need | Match | Quote | Profile | CertificateRow | Organisation | Centre | ImportBatch | User
# The name of a kind, and the way to the code of its centre.
_PLACES: Mapping[type[Noted], tuple[str, Callable[[Any], str | None]]] = {
    Need: ("need", attrgetter("centre.code")),
    Match: ("match", attrgetter("need.centre.code")),
    Quote: ("quote", attrgetter("match.need.centre.code")),
    Profile: ("profile", attrgetter("organisation.centre.code")),
    CertificateRow: ("certificate", attrgetter("profile.organisation.centre.code")),
    Organisation: ("organisation", attrgetter("centre.code")),
    Centre: ("centre", attrgetter("code")),
    ImportBatch: ("import", attrgetter("centre.code")),
    User: ("user", lambda _: None),
}

FIRST_HASH = "0" * 64
# Any constant: a lock by which the writers of the chain take turns on PostgreSQL, each until its transaction ends.
_CHAIN_LOCK = 7_214_001


@dataclass(frozen=True, slots=True)
class Act:
    """An action on an object, as the audit stores it. `details` hold no secrets and no prices."""

    action: str
    kind: str
    key: str
    centre: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def _digest(entry: Mapping[str, Any]) -> str:
    covered = {name: value for name, value in entry.items() if name not in {"id", "hash"}}
    covered["at"] = covered["at"].isoformat()
    return hashlib.sha256(json.dumps(covered, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def record(session: Session, by: str, acts: Sequence[Act]) -> None:
    """Append audit entries to the chain, as part of the session's transaction."""
    if not acts:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHAIN_LOCK})
    last = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)) or FIRST_HASH
    at = now()
    rows = []
    for act in acts:
        row = {
            "at": at,
            "actor": by,
            "action": act.action,
            "object_kind": act.kind,
            "object_id": act.key,
            "centre": act.centre,
            "details": dict(act.details),
            "previous_hash": last,
        }
        last = row["hash"] = _digest(row)
        rows.append(row)
    bulk.add(session, AuditEntry, rows)


def note(
    session: Session,
    by: str,
    action: str,
    thing: Noted,
    details: Mapping[str, Any] | None = None,
    *,
    centre: str | None = None,
) -> None:
    """Append one act done to a thing of the database, which says its kind, its key and its centre.

    A person belongs to no centre of its own; `centre` says whose journal tells of it.
    """
    session.flush()
    kind, own = _place(thing)
    record(session, by, (Act(action, kind, thing.public_id, centre or own, details or {}),))


def _place(thing: Noted) -> tuple[str, str | None]:
    """The kind of a thing, and the code of its centre."""
    kind, centre = _PLACES[type(thing)]
    return kind, centre(thing)


def of_file(stored: StoredFile) -> dict[str, str]:
    """The details of an act on a file: its key, and the proof of its bytes."""
    return {"file": stored.public_id, "sha256": stored.sha256}


def first_broken(session: Session) -> int | None:
    """The id of the first audit entry that does not follow from the one before; None if the chain holds."""
    previous = FIRST_HASH
    names = [column.key for column in AuditEntry.__table__.columns]
    for entry in session.scalars(
        select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)
    ):
        row = {name: getattr(entry, name) for name in names}
        if entry.previous_hash != previous or _digest(row) != entry.hash:
            return entry.id
        previous = entry.hash
    return None


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def announce(session: Session, keys: Iterable[str]) -> None:
    """Request an update of the search documents of these profiles."""
    bulk.add(session, Outbox, [{"key": key} for key in keys])
