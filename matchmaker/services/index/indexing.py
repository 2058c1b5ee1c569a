"""The way from the outbox to the index: documents are built, stored and given to the engine; no announced
change is ever lost.

A document that cannot be built or written does not delay the others.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select

from matchmaker.domain.errors import EngineUnavailable, IndexMissing, MatchmakerError
from matchmaker.domain.lifecycle import OutboxRowState, ProfileState
from matchmaker.models import IndexedDocument, IndexState, Profile
from matchmaker.models.database import Sessions
from matchmaker.services.core import journal
from matchmaker.services.index import index_snapshot, outbox
from matchmaker.services.index.outbox import OutboxClaim
from matchmaker.services.profiles import suppliers
from search.document import SearchDocument
from search.engines.protocol import Engine

CHUNK = 500  # documents that a rebuild holds at once
_ROTTEN = (ValueError, TypeError, LookupError, OverflowError, MatchmakerError)

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Indexer:
    """The inputs of indexing. `build` makes a document of a published profile; `taxonomy` names its version."""

    sessions: Sessions
    engine: Engine
    build: Callable[[Profile], SearchDocument]
    taxonomy: str


@dataclass(frozen=True, slots=True)
class DrainResult:
    """The result of a drain; `away` says why it stopped early, empty if it did not."""

    indexed: int = 0
    removed: int = 0
    failed: int = 0
    away: str = ""


@dataclass(frozen=True, slots=True)
class IndexDifference:
    """A difference between database and index for a supplier: "missing", "extra" or "stale", with both
    revisions.
    """

    key: str
    kind: str
    database: int | None
    index: int | None


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The rows of the outbox by state, and whether documents were built with the present taxonomy."""

    waiting: int
    taken: int
    dead: int
    documents: int
    current: bool


@dataclass(slots=True)
class _Batch:
    """The results of the keys of a claim: a document, gone with a revision, or failed with the reason."""

    documents: list[SearchDocument] = field(default_factory=list)
    gone: list[tuple[str, int]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def drain(indexer: Indexer, advance: Advance | None = None) -> DrainResult:
    """Index all due rows, in batches. If the engine is away, the drain stops without an error and the rows
    wait.
    """
    total = DrainResult()
    while claimed := outbox.claim(indexer.sessions):
        batch = _build(indexer, claimed)
        try:
            _write(indexer.engine, batch)
        except IndexMissing:
            outbox.release(indexer.sessions, claimed)
            return replace(total, indexed=total.indexed + rebuild(indexer, advance))
        except EngineUnavailable as error:
            outbox.release(indexer.sessions, claimed)
            return replace(total, away=str(error))
        with indexer.sessions.begin() as session:
            index_snapshot.keep(session, batch.documents, batch.gone, indexer.taxonomy)
            outbox.settle(session, claimed, batch.failed)
        total = DrainResult(
            total.indexed + len(batch.documents),
            total.removed + len(batch.gone),
            total.failed + len(batch.failed),
        )
        if advance is not None:
            advance(len(claimed.rows))
    return total


def _build(indexer: Indexer, claimed: OutboxClaim) -> _Batch:
    keys, batch = list(claimed.rows), _Batch()
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
                built = _built(indexer, profile)
                if isinstance(built, SearchDocument):
                    batch.documents.append(built)
                else:
                    batch.failed[key] = built
    return batch


def _built(indexer: Indexer, profile: Profile) -> SearchDocument | str:
    """The document of a profile, or the reason why it cannot be built."""
    try:
        return indexer.build(profile)
    except _ROTTEN as error:
        return f"{type(error).__name__}: {error}"


def _write(engine: Engine, batch: _Batch) -> None:
    """Write the batch to the engine; where it refuses one document, each is written alone."""
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


def rebuild(indexer: Indexer, advance: Advance | None = None) -> int:
    """Build all documents and a new index of them beside the old one, and return the number of documents.

    Changes made meanwhile are announced again at the end, so that the swap loses none.
    """
    with indexer.sessions() as session:
        before = outbox.row_ids(session)
        keys = set(session.scalars(select(IndexedDocument.key).where(IndexedDocument.body.is_not(None))))
    for chunk in _built_anew(indexer, advance):
        keys -= {document.key for document in chunk}
        with indexer.sessions.begin() as session:
            index_snapshot.keep(session, chunk, (), indexer.taxonomy)
    with indexer.sessions.begin() as session:
        index_snapshot.forget(session, keys)
        index_snapshot.locked_state(session).taxonomy = indexer.taxonomy
        outbox.drop(session, before)
    return restore(indexer)


def restore(indexer: Indexer) -> int:
    """Make the index from the stored documents; quicker than a rebuild, for an index that was lost."""
    with indexer.sessions() as session:
        count = indexer.engine.rebuild(index_snapshot.load(session).documents)
    repair(indexer)
    return count


def _built_anew(indexer: Indexer, advance: Advance | None) -> Iterator[list[SearchDocument]]:
    """The documents of all published profiles, in chunks; a document that cannot be built is announced, to be
    tried again and reported.
    """
    chunk: list[SearchDocument] = []
    with indexer.sessions() as session:
        for profile in suppliers.every(session):
            built = _built(indexer, profile)
            if isinstance(built, SearchDocument):
                chunk.append(built)
            else:
                with indexer.sessions.begin() as writing:
                    journal.announce(writing, (profile.public_id,))
            if len(chunk) >= CHUNK:
                if advance is not None:
                    advance(len(chunk))
                yield chunk
                chunk = []
    if chunk:
        if advance is not None:
            advance(len(chunk))
        yield chunk


def differences(indexer: Indexer) -> list[IndexDifference]:
    """All suppliers for which database and index differ, by key."""
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
    """Announce every supplier for which database and index differ, unless it already waits, and return their
    number.
    """
    found = differences(indexer)
    with indexer.sessions.begin() as session:
        waiting = outbox.waiting_keys(session)
        journal.announce(session, (difference.key for difference in found if difference.key not in waiting))
    return len(found)


def status(indexer: Indexer) -> IndexStatus:
    """The number of waiting rows, and whether a rebuild is due."""
    with indexer.sessions() as session:
        counts = outbox.counts(session)
        kept = session.scalar(select(func.count()).where(IndexedDocument.body.is_not(None))) or 0
        version = session.scalar(select(IndexState.taxonomy).where(IndexState.id == 1))
    return IndexStatus(
        counts.get(OutboxRowState.WAITING, 0),
        counts.get(OutboxRowState.TAKEN, 0),
        counts.get(OutboxRowState.DEAD, 0),
        kept,
        version in {None, indexer.taxonomy},
    )
