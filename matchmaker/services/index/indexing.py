"""From the outbox to the index: documents are built, kept, and given to the engine; nothing announced is ever lost.

Rows of the outbox are claimed by state with a lease, a batch at a time, so that a worker that dies leaves them to the
next. A document that cannot be built or written delays no other: after some attempts its row is set aside as dead.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from matchmaker.domain.errors import EngineUnavailable, IndexMissing, MatchmakerError
from matchmaker.domain.lifecycle import LIVE_OUTBOX_ROWS, OutboxRowState, ProfileState
from matchmaker.models import IndexedDocument, IndexState, Outbox, Profile
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import journal
from matchmaker.services.index import index_snapshot
from matchmaker.services.profiles import suppliers
from search.document import SearchDocument
from search.engines.protocol import Engine

BATCH = 500
ATTEMPTS = 5
LEASE = timedelta(seconds=60)
# How long a failed row waits, doubled by every attempt; an engine that is away costs no attempt.
PAUSE = timedelta(seconds=2)
_ROTTEN = (ValueError, TypeError, LookupError, OverflowError, MatchmakerError)

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Indexer:
    """What indexing works with. `build` makes a document of a published profile; `taxonomy` names its version."""

    sessions: Sessions
    engine: Engine
    build: Callable[[Profile], SearchDocument]
    taxonomy: str


@dataclass(frozen=True, slots=True)
class DrainResult:
    """What a drain did; `away` says why it stopped early, empty if it did not."""

    indexed: int = 0
    removed: int = 0
    failed: int = 0
    away: str = ""


@dataclass(frozen=True, slots=True)
class IndexDifference:
    """Where database and index disagree on a supplier: "missing", "extra" or "stale", with both revisions."""

    key: str
    kind: str
    database: int | None
    index: int | None


@dataclass(frozen=True, slots=True)
class OutboxState:
    """Rows of the outbox by state, and whether documents were built with the taxonomy of now."""

    waiting: int
    taken: int
    dead: int
    documents: int
    current: bool


@dataclass(slots=True)
class _Batch:
    """A claimed batch on its way: rows of the outbox by key, and what became of each key."""

    token: str
    rows: Mapping[str, list[int]]
    documents: list[SearchDocument] = field(default_factory=list)
    gone: list[tuple[str, int]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def drain(indexer: Indexer, advance: Advance | None = None) -> DrainResult:
    """Index all that is due, in batches. An engine that is away stops the drain without an error; the rows wait."""
    total = DrainResult()
    while batch := _claim(indexer.sessions):
        _build(indexer, batch)
        try:
            _write(indexer.engine, batch)
        except IndexMissing:
            _release(indexer.sessions, batch)
            return replace(total, indexed=total.indexed + rebuild(indexer, advance))
        except EngineUnavailable as error:
            _release(indexer.sessions, batch)
            return replace(total, away=str(error))
        _finish(indexer, batch)
        total = DrainResult(
            total.indexed + len(batch.documents),
            total.removed + len(batch.gone),
            total.failed + len(batch.failed),
        )
        if advance is not None:
            advance(len(batch.rows))
    return total


def _claim(sessions: Sessions) -> _Batch | None:
    """Take the lease of the rows that are due, or whose lease has run out."""
    token = secrets.token_hex(8)
    with sessions.begin() as session:
        query = (
            select(Outbox.id, Outbox.key)
            .where(Outbox.state.in_(LIVE_OUTBOX_ROWS), Outbox.due_at <= now())
            .order_by(Outbox.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        rows: dict[str, list[int]] = {}
        for row in session.execute(query):
            rows.setdefault(row.key, []).append(row.id)
        if not rows:
            return None
        session.execute(
            update(Outbox)
            .where(Outbox.id.in_(_ids(rows)))
            .values(state=OutboxRowState.TAKEN, taken_by=token, due_at=now() + LEASE)
        )
    return _Batch(token, rows)


def _ids(rows: Mapping[str, list[int]]) -> list[int]:
    return [row for ids in rows.values() for row in ids]


def _build(indexer: Indexer, batch: _Batch) -> None:
    keys = list(batch.rows)
    with indexer.sessions() as session:
        profiles = suppliers.by_keys(session, keys)
        stored = {
            row.key: row.revision
            for row in session.execute(
                select(IndexedDocument.key, IndexedDocument.revision).where(IndexedDocument.key.in_(keys))
            )
        }
        for key in keys:
            profile = profiles.get(key)
            if profile is None:
                batch.gone.append((key, stored.get(key, 0) + 1))
            elif not profile.is_published:
                batch.gone.append((key, profile.revision))
            else:
                _build_one(indexer, profile, batch)


def _build_one(indexer: Indexer, profile: Profile, batch: _Batch) -> None:
    try:
        batch.documents.append(indexer.build(profile))
    except _ROTTEN as error:
        batch.failed[profile.public_id] = f"{type(error).__name__}: {error}"


def _write(engine: Engine, batch: _Batch) -> None:
    """Hand the batch to the engine; where it refuses one document, each is handed over alone."""
    if batch.gone:
        engine.delete(batch.gone)
    if not batch.documents:
        return
    try:
        engine.index(batch.documents)
    except (ValueError, TypeError, OverflowError):
        batch.documents = [document for document in batch.documents if _write_one(engine, document, batch)]


def _write_one(engine: Engine, document: SearchDocument, batch: _Batch) -> bool:
    try:
        engine.index((document,))
    except (ValueError, TypeError, OverflowError) as error:
        batch.failed[document.key] = f"{type(error).__name__}: {error}"
        return False
    return True


def _release(sessions: Sessions, batch: _Batch) -> None:
    with sessions.begin() as session:
        session.execute(
            update(Outbox)
            .where(Outbox.id.in_(_ids(batch.rows)), Outbox.taken_by == batch.token)
            .values(state=OutboxRowState.WAITING, taken_by=None, due_at=now() + PAUSE)
        )


def _finish(indexer: Indexer, batch: _Batch) -> None:
    """Keep the documents, drop the rows that are done, put off or set aside those that failed."""
    with indexer.sessions.begin() as session:
        index_snapshot.keep(session, batch.documents, batch.gone, indexer.taxonomy)
        done = [row for key, ids in batch.rows.items() if key not in batch.failed for row in ids]
        session.execute(delete(Outbox).where(Outbox.id.in_(done), Outbox.taken_by == batch.token))
        for key, error in batch.failed.items():
            for row in session.scalars(select(Outbox).where(Outbox.id.in_(batch.rows[key]))):
                row.attempts += 1
                row.state = OutboxRowState.DEAD if row.attempts >= ATTEMPTS else OutboxRowState.WAITING
                row.due_at = now() + PAUSE * 2**row.attempts
                row.taken_by = None
                row.error = error[:300]


def rebuild(indexer: Indexer, advance: Advance | None = None) -> int:
    """Build all documents anew and a fresh index of them beside the old one; the number of documents.

    What changes meanwhile is announced again at the end, so that nothing is lost to the swap.
    """
    with indexer.sessions() as session:
        before = list(session.scalars(select(Outbox.id)))
        keys = set(session.scalars(select(IndexedDocument.key).where(IndexedDocument.body.is_not(None))))
    for chunk in _built(indexer, advance):
        keys -= {document.key for document in chunk}
        with indexer.sessions.begin() as session:
            index_snapshot.keep(session, chunk, (), indexer.taxonomy)
    with indexer.sessions.begin() as session:
        index_snapshot.forget(session, keys)
        index_snapshot.locked_state(session).taxonomy = indexer.taxonomy
        for start in range(0, len(before), BATCH):
            session.execute(delete(Outbox).where(Outbox.id.in_(before[start : start + BATCH])))
    return restore(indexer)


def restore(indexer: Indexer) -> int:
    """Make the index from the documents as they were kept; quicker than a rebuild, for an index that was lost."""
    with indexer.sessions() as session:
        count = indexer.engine.rebuild(index_snapshot.load(session).documents)
    repair(indexer)
    return count


def _built(indexer: Indexer, advance: Advance | None) -> Iterator[list[SearchDocument]]:
    """Documents of all published profiles in chunks; one that cannot be built is announced, to be tried and told of."""
    chunk: list[SearchDocument] = []
    with indexer.sessions() as session:
        for profile in suppliers.every(session):
            batch = _Batch("", {})
            _build_one(indexer, profile, batch)
            chunk.extend(batch.documents)
            if batch.failed:
                with indexer.sessions.begin() as writing:
                    journal.announce(writing, batch.failed)
            if len(chunk) >= BATCH:
                if advance is not None:
                    advance(len(chunk))
                yield chunk
                chunk = []
    if chunk:
        if advance is not None:
            advance(len(chunk))
        yield chunk


def differences(indexer: Indexer) -> list[IndexDifference]:
    """Every supplier on which database and index disagree, by key."""
    with indexer.sessions() as session:
        query = select(Profile.public_id, Profile.revision).where(Profile.state == ProfileState.PUBLISHED)
        stored = {row.public_id: row.revision for row in session.execute(query)}
    indexed = indexer.engine.revisions()
    found = []
    for key in sorted(stored.keys() | indexed.keys()):
        have, held = stored.get(key), indexed.get(key)
        if have != held:
            kind = "missing" if held is None else "extra" if have is None else "stale"
            found.append(IndexDifference(key, kind, have, held))
    return found


def repair(indexer: Indexer) -> int:
    """Announce every supplier on which database and index disagree, unless it waits already; how many those are."""
    found = differences(indexer)
    with indexer.sessions.begin() as session:
        waiting = set(session.scalars(select(Outbox.key).where(Outbox.state != OutboxRowState.DEAD)))
        journal.announce(session, (difference.key for difference in found if difference.key not in waiting))
    return len(found)


def status(indexer: Indexer) -> OutboxState:
    """How much waits and whether a rebuild is due."""
    with indexer.sessions() as session:
        counts = {
            row.state: row.number
            for row in session.execute(
                select(Outbox.state, func.count().label("number")).group_by(Outbox.state)
            )
        }
        kept = session.scalar(select(func.count()).where(IndexedDocument.body.is_not(None))) or 0
        version = session.scalar(select(IndexState.taxonomy).where(IndexState.id == 1))
    return OutboxState(
        counts.get(OutboxRowState.WAITING, 0),
        counts.get(OutboxRowState.TAKEN, 0),
        counts.get(OutboxRowState.DEAD, 0),
        kept,
        version in {None, indexer.taxonomy},
    )


def due(session: Session) -> bool:
    """Whether anything can be drained now."""
    query = select(Outbox.id).where(Outbox.state.in_(LIVE_OUTBOX_ROWS), Outbox.due_at <= now())
    return session.scalar(query.limit(1)) is not None
