"""The way from the outbox to the index: documents are built, stored and given to the engine; no announced
change is ever lost.

A document that cannot be built or written does not delay the others. An index that is missing or damaged is made anew
from the stored documents, and the drain goes on.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import sleep

from sqlalchemy import select

from matchmaker.domain.errors import EngineUnavailable, IndexMissing, MatchmakerError
from matchmaker.models import IndexedDocument, Profile
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import journal
from matchmaker.services.index import drift, index_snapshot, outbox
from matchmaker.services.profiles import suppliers
from search.document import SearchDocument
from search.engines.protocol import DocumentsRefused, Engine

CHUNK = 500  # documents that a rebuild holds at once
_WATCH_SECONDS = 1.0  # between two looks at rows that somebody else holds
# What a profile raises whose document cannot be built.
ROTTEN = (ValueError, TypeError, LookupError, OverflowError, MatchmakerError)

_log = logging.getLogger(__name__)
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


@dataclass(slots=True)
class _Batch:
    """The results of the keys of a claim: a document, gone with a revision, or failed with the reason."""

    documents: list[SearchDocument] = field(default_factory=list)
    gone: list[tuple[str, int]] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def drain(
    indexer: Indexer, advance: Advance | None = None, ends: Callable[[], bool] = lambda: False
) -> DrainResult:
    """Index all due rows, in batches, or stop where the worker `ends`. If the engine is away, or its index cannot be
    made anew, the drain stops without an error and the rows wait.
    """
    total, restored = DrainResult(), False
    while not ends() and (claimed := outbox.claim(indexer.sessions)):
        with outbox.held(indexer.sessions, claimed):
            batch = _build(indexer, claimed.rows)
            try:
                _write(indexer.engine, batch)
            except (EngineUnavailable, IndexMissing) as error:
                away = str(error)
                if isinstance(error, IndexMissing) and not restored:
                    restored = True
                    away = _made_anew(indexer, away)
                outbox.release(indexer.sessions, claimed, outbox.PAUSE if away else timedelta(0))
                if away:
                    return replace(total, away=away)
                continue
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


def finish(
    indexer: Indexer, advance: Advance | None = None, wait: Callable[[float], object] = sleep
) -> DrainResult:
    """Index all due rows, and those that somebody else holds as well: one that died holds them until its lease runs out, and
    a command is not done before.
    """
    total = drain(indexer, advance)
    while not total.away:
        with indexer.sessions() as session:
            until = outbox.taken_until(session)
        if until is None:
            break
        wait(min(max((until - now()).total_seconds(), 0.1), _WATCH_SECONDS))
        more = drain(indexer, advance)
        total = DrainResult(
            total.indexed + more.indexed, total.removed + more.removed, total.failed + more.failed, more.away
        )
    return total


def _made_anew(indexer: Indexer, why: str) -> str:
    """Why the index cannot be made anew; nothing where it was."""
    try:
        if restore(indexer):
            _log.warning("The search index was made anew from the stored documents: %s", why)
    except (EngineUnavailable, IndexMissing) as error:
        return str(error)
    return ""


def revive(indexer: Indexer) -> int:
    """Try once more what was set aside, and return the number of suppliers that are indexed now. What still fails stays
    set aside. Raises EngineUnavailable and IndexMissing.
    """
    with indexer.sessions() as session:
        keys = list(outbox.set_aside(session))
    revived = 0
    for start in range(0, len(keys), CHUNK):
        batch = _build(indexer, keys[start : start + CHUNK])
        _write(indexer.engine, batch)
        done = [document.key for document in batch.documents] + [key for key, _ in batch.gone]
        with indexer.sessions.begin() as session:
            index_snapshot.keep(session, batch.documents, batch.gone, indexer.taxonomy)
            outbox.bury(session, done)
        revived += len(done)
    return revived


def _build(indexer: Indexer, wanted: Iterable[str]) -> _Batch:
    keys, batch = list(wanted), _Batch()
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
    except ROTTEN as error:
        return f"{type(error).__name__}: {error}"


def _write(engine: Engine, batch: _Batch) -> None:
    """Write the batch to the engine; documents that it can never write are failed, the others are written."""
    if batch.gone:
        engine.delete(batch.gone)
    refused = write(engine, batch.documents)
    if refused:
        batch.failed |= refused
        batch.documents = [one for one in batch.documents if one.key not in refused]


def write(engine: Engine, documents: Sequence[SearchDocument]) -> dict[str, str]:
    """Write documents to the engine; why it can never write some, by their keys. The others are written."""
    refused: dict[str, str] = {}
    while rest := [one for one in documents if one.key not in refused]:
        try:
            engine.index(rest)
        except DocumentsRefused as error:
            refused |= error.reasons
        else:
            break
    return refused


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
    """Make the index from the stored documents; quicker than a rebuild, for an index that was lost. What they lack is
    announced.
    """
    with indexer.sessions() as session, index_snapshot.changes(session) as whole:
        count = indexer.engine.rebuild(whole.documents)
    drift.announce(indexer.sessions, drift.differences(indexer.sessions, indexer.engine))
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
