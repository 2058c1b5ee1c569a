"""The two rows written with every change, in its transaction: the audit entry, and the outbox's request to
index.
"""

import hashlib
import hmac
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count as count_from
from operator import attrgetter
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import OutboxRowState
from matchmaker.models import (
    AuditEntry,
    Centre,
    CertificateRow,
    Event,
    ImportBatch,
    Match,
    Need,
    Organisation,
    Outbox,
    Profile,
    PurchaseOrder,
    Quote,
    StoredFile,
    User,
    bulk,
)
from matchmaker.models.base import now
from matchmaker.services.core import acts, journal_seal
from matchmaker.services.core.journal_seal import FIRST_HASH, JournalEnd, JournalSeal, digest

Noted = (
    Need
    | Match
    | Quote
    | PurchaseOrder
    | Profile
    | CertificateRow
    | Organisation
    | Centre
    | Event
    | ImportBatch
    | User
)
# The name of a kind, and the way to the code of its centre.
_PLACES: Mapping[type[Noted], tuple[str, Callable[[Any], str | None]]] = {
    Need: ("need", attrgetter("centre.code")),
    Match: ("match", attrgetter("need.centre.code")),
    Quote: ("quote", attrgetter("match.need.centre.code")),
    PurchaseOrder: ("order", attrgetter("match.need.centre.code")),
    Profile: ("profile", attrgetter("organisation.centre.code")),
    CertificateRow: ("certificate", attrgetter("profile.organisation.centre.code")),
    Organisation: ("organisation", attrgetter("centre.code")),
    Centre: ("centre", attrgetter("code")),
    Event: ("event", attrgetter("centre.code")),
    ImportBatch: ("import", attrgetter("centre.code")),
    User: ("user", lambda _: None),
}

_TOGETHER = "journal together"
_RESEALED = "journal.resealed"
# Any constant: a lock by which the writers of the chain take turns on PostgreSQL, each until its transaction ends.
_CHAIN_LOCK = 7_214_001
# The ids are drawn once the lock is there: the row of the lock stands below them, and is read in full before.
_TURN = text(
    "WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(:key)) "
    "SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM turn, generate_series(1, :count)"
)


@dataclass(frozen=True, slots=True)
class OutboxTaken:
    """Who writes rows of the outbox as taken, to index them itself: its token, and how long they are its own."""

    token: str
    lease: timedelta

    def columns(self) -> Mapping[str, Any]:
        return {"state": OutboxRowState.TAKEN, "taken_by": self.token, "due_at": now() + self.lease}


@dataclass(frozen=True, slots=True)
class Act:
    """An action on an object, as the audit stores it. `details` hold no secrets and no prices."""

    action: str
    kind: str
    key: str
    centre: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def record(session: Session, by: str, acts: Sequence[Act]) -> None:
    """Append audit entries to the chain, as part of the session's transaction; within `together` at the end of its block."""
    told = [(by, act) for act in acts]
    held: list[tuple[str, Act]] | None = session.info.get(_TOGETHER)
    if held is None:
        _append(session, told)
    else:
        held += told


@contextmanager
def together(session: Session) -> Iterator[None]:
    """Append what the block records at its end in one piece: an act on a hundred things asks for the end of the chain once. A
    block that fails records nothing; one within another is a part of it.
    """
    if _TOGETHER in session.info:
        yield
        return
    held: list[tuple[str, Act]] = []
    session.info[_TOGETHER] = held
    try:
        yield
    finally:
        del session.info[_TOGETHER]
    _append(session, held)


def _append(session: Session, told: Sequence[tuple[str, Act]]) -> None:
    """Append entries, each an author with its act."""
    if not told:
        return
    ids = _take_turn(session, len(told))
    head, seal, at = journal_seal.end(session), journal_seal.seal_of(session), now()
    last, last_id = (head.hash, head.id) if head else (FIRST_HASH, 0)
    rows: list[dict[str, Any]] = []
    for number, (by, act) in zip(ids or count_from(last_id + 1), told, strict=bool(ids)):
        row = {
            "id": number,
            "at": at,
            "actor": by,
            "action": act.action,
            "object_kind": act.kind,
            "object_id": act.key,
            "centre": act.centre,
            "details": dict(act.details),
            "previous_hash": last,
        }
        last = row["hash"] = digest(row, seal.key if seal else None)
        rows.append(row)
    bulk.add(session, AuditEntry, rows)
    journal_seal.appended(session, JournalEnd(rows[-1]["id"], last))


def _take_turn(session: Session, entries: int) -> Sequence[int]:
    """Let no other transaction append before this one ends, and return the ids of so many entries, taken in this turn. On
    SQLite a transaction that writes is alone, and numbers them itself: none.
    """
    if session.get_bind().dialect.name != "postgresql":
        return ()
    values = {"key": _CHAIN_LOCK, "table": AuditEntry.__tablename__, "count": entries}
    return sorted(session.scalars(_TURN, values))


def reseal(session: Session, by: str, centre: Centre, seal: JournalSeal) -> int:
    """Seal the journal as it stands, after its key was lost: an entry with the key of `seal` covers all entries before it,
    whose own key nobody has any more. Returns the number of entries that it covers.
    """
    session.info["journal"] = lambda: seal
    _take_turn(session, 0)
    sealed, count = hmac.new(seal.key, digestmod=hashlib.sha256), 0
    for row in _rows(session):
        sealed.update(_line(row))
        count += 1
    note(session, by, _RESEALED, centre, {"entries": count, "sealed": sealed.hexdigest()})
    return count


def _rows(session: Session) -> Generator[dict[str, Any]]:
    query = select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=1000)
    with closing(session.scalars(query)) as entries:
        for entry in entries:
            yield journal_seal.row_of(entry)


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
    if _TOGETHER not in session.info or thing in session.new:
        session.flush()
    kind, own = _place(thing)
    record(session, by, (Act(action, kind, thing.public_id, centre or own, details or {}),))


def kind_of(thing: Noted) -> str:
    """The name of a thing's kind."""
    return _PLACES[type(thing)][0]


def _place(thing: Noted) -> tuple[str, str | None]:
    """The kind of a thing, and the code of its centre."""
    kind, centre = _PLACES[type(thing)]
    return kind, centre(thing)


def of_file(stored: StoredFile) -> dict[str, str]:
    """The details of an act on a file: its key, and the proof of its bytes."""
    return {"file": stored.public_id, "sha256": stored.sha256}


@dataclass(frozen=True, slots=True)
class JournalState:
    """What following the chain finds: the number of entries, the first that does not follow from the one before, the
    first whose hash has the key, the anchored entry where it is not there any more, whether the anchor itself is gone, and the
    entry at which the journal was last sealed as it stood, its key having been lost.
    """

    count: int
    broken: int | None = None
    keyed_from: int | None = None
    missing: JournalEnd | None = None
    anchor_lost: bool = False
    resealed: int | None = None

    @property
    def is_whole(self) -> bool:
        return self.broken is None and self.missing is None and not self.anchor_lost


def first_broken(session: Session) -> int | None:
    """The id of the first entry that does not follow, or of the anchored one that is gone; None for a whole journal."""
    state = examine(session)
    return state.broken or (state.missing.id if state.missing else None)


def examine(session: Session) -> JournalState:
    """Follow the chain from its first entry to the anchor and on; after the first entry with a key all have it. Entries before
    the one that sealed them as they stood are compared with what it covers.

    Raises ValueError where the anchor cannot be read.
    """
    seal = journal_seal.seal_of(session)
    anchor, resealed = (seal.anchor(), _last_resealed(session, seal.key)) if seal else (None, None)
    state = JournalState(
        count=0,
        missing=anchor if anchor and anchor.id else None,
        anchor_lost=seal is not None and anchor is None,
        resealed=resealed.id if resealed else None,
    )
    sealed = hmac.new(seal.key, digestmod=hashlib.sha256) if seal else None
    previous, key = FIRST_HASH, None
    with closing(_rows(session)) as rows:
        for row in rows:
            number = row["id"]
            state = replace(state, count=state.count + 1)
            right = row["previous_hash"] == previous
            if sealed and resealed and number < resealed.id:
                sealed.update(_line(row))
            else:
                if seal and key is None and row["hash"] == digest(row, seal.key):
                    key = seal.key
                    state = replace(state, keyed_from=number)
                right &= digest(row, key) == row["hash"]
            if sealed and resealed and number == resealed.id:
                right &= sealed.hexdigest() == resealed.details["sealed"]
            if not right:
                return replace(state, broken=number, missing=None, anchor_lost=False)
            if anchor == JournalEnd(number, row["hash"]):
                state = replace(state, missing=None)
            previous = row["hash"]
    return state


def _line(row: Mapping[str, Any]) -> bytes:
    """An entry as it is sealed together with others."""
    return journal_seal.covered(row) + b"\n"


def _last_resealed(session: Session, key: bytes) -> AuditEntry | None:
    """The last entry that sealed the journal as it stood; what was written without the key is none."""
    query = select(AuditEntry).where(AuditEntry.action == _RESEALED).order_by(AuditEntry.id.desc())
    for entry in session.scalars(query):
        if entry.hash == digest(journal_seal.row_of(entry), key):
            return entry
    return None


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def announce(session: Session, keys: Iterable[str], taken: OutboxTaken | None = None) -> None:
    """Request an update of the search documents of these profiles, and again if the act under way is taken back; `taken` says
    who will write them itself.
    """
    told = list(keys)
    if told:
        held = {} if taken is None else taken.columns()
        bulk.add(session, Outbox, [{"key": key, **held} for key in told])
    if (act := acts.under_way(session)) is not None:
        act.announced += told
