"""The search documents as last built, stored in the database so that every process can load its columns
without building.

Batches are numbered: a batch's stamp is set under a lock that is held until it commits, so that a reader that
asks for stamps larger than a known one misses no batch.
"""

from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import ProfileState
from matchmaker.models import IndexedDocument, IndexState, Profile, bulk
from search.columns.column_file import ReadColumns, mark_of
from search.document import SearchDocument

_CHUNK = 500


@cache
def _adapter() -> TypeAdapter[SearchDocument]:
    return TypeAdapter(SearchDocument)


def locked_state(session: Session) -> IndexState:
    """The one row of the index's state, locked until the transaction ends."""
    state = session.scalar(select(IndexState).where(IndexState.id == 1).with_for_update())
    if state is None:
        state = IndexState(id=1, stamp=0)
        session.add(state)
        session.flush()
    return state


def keep(
    session: Session, documents: Sequence[SearchDocument], gone: Sequence[tuple[str, int]], taxonomy: str
) -> None:
    """Store documents under the next stamp; a document older than the stored one changes nothing."""
    state = locked_state(session)
    state.stamp += 1
    if state.stamp == 1:
        state.taxonomy = taxonomy
    bodies: dict[str, tuple[int, bytes | None]] = {
        document.key: (document.revision, _adapter().dump_json(document)) for document in documents
    }
    bodies |= {key: (revision, None) for key, revision in gone}
    known = {
        row.key: row.revision
        for row in session.execute(
            select(IndexedDocument.key, IndexedDocument.revision).where(IndexedDocument.key.in_(list(bodies)))
        )
    }
    rows = [
        {"key": key, "revision": revision, "stamp": state.stamp, "body": body}
        for key, (revision, body) in bodies.items()
        if revision >= known.get(key, 0)
    ]
    fresh = [row for row in rows if row["key"] not in known]
    newer = [row for row in rows if row["key"] in known]
    bulk.add(session, IndexedDocument, fresh)
    if newer:
        session.execute(update(IndexedDocument), newer)


@dataclass(frozen=True, slots=True)
class SnapshotChanges:
    """The changes since a stamp: the present stamp, the documents, which are read one by one, and the keys no longer shown."""

    stamp: int
    documents: Iterator[SearchDocument]
    removed: tuple[str, ...]


@contextmanager
def changes(session: Session, since: int = 0) -> Iterator[SnapshotChanges]:
    """The documents indexed after the stamp `since`; the stream of them is closed wherever its reader stops."""
    stamp = current_stamp(session)
    indexed = _between(since, stamp)
    removed = session.scalars(
        select(IndexedDocument.key).where(*indexed, IndexedDocument.body.is_(None))
    ).all()
    with closing(_documents(session, _bodies(indexed))) as documents:
        yield SnapshotChanges(stamp, documents, tuple(removed))


@contextmanager
def unlike(session: Session, known: ReadColumns) -> Iterator[SnapshotChanges]:
    """The stored documents from which no row of `known` was made, and the keys of its rows that were made from no stored one."""
    stamp = current_stamp(session)
    other, removed = known.beside(marks(session, stamp))
    query = _bodies(_between(0, stamp))
    few = len(other) <= _CHUNK
    query = query.where(IndexedDocument.key.in_(other)) if few else query
    with closing(_documents(session, query, other)) as documents:
        yield SnapshotChanges(stamp, documents, removed)


def marks(session: Session, stamp: int) -> Iterator[tuple[str, int]]:
    """The keys and marks of the documents that are stored since this stamp, or an earlier one."""
    with closing(session.execute(_bodies(_between(0, stamp)))) as rows:
        for row in rows:
            yield row.key, mark_of(row.body)


def _between(since: int, stamp: int) -> tuple[ColumnElement[bool], ...]:
    return IndexedDocument.stamp > since, IndexedDocument.stamp <= stamp


def _bodies(indexed: tuple[ColumnElement[bool], ...]) -> Select[str, bytes | None]:
    """The stored documents with their keys."""
    query = select(IndexedDocument.key, IndexedDocument.body).where(
        *indexed, IndexedDocument.body.is_not(None)
    )
    return query.execution_options(yield_per=1000)


def _documents(
    session: Session, query: Select[str, bytes | None], wanted: Collection[str] | None = None
) -> Generator[SearchDocument]:
    """The documents of a query, which is asked once the first is wanted."""
    if wanted is not None and not wanted:
        return
    with closing(session.execute(query)) as rows:
        for row in rows:
            if wanted is None or row.key in wanted:
                yield _adapter().validate_json(row.body)


def current_stamp(session: Session) -> int:
    """The stamp of the newest batch; every request reads it, so it is one row by its key."""
    return session.scalar(select(IndexState.stamp).where(IndexState.id == 1)) or 0


def has_more_than(session: Session, number: int) -> bool:
    """Whether more documents are stored than a number; no more than these are looked at."""
    some = select(IndexedDocument.key).where(IndexedDocument.body.is_not(None)).limit(number + 1).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) > number


def forget(session: Session, keys: Iterable[str]) -> None:
    """Mark documents as no longer shown, unless their profile is published after all."""
    state = locked_state(session)
    state.stamp += 1
    listed = sorted(keys)
    for start in range(0, len(listed), _CHUNK):
        part = listed[start : start + _CHUNK]
        shown = select(Profile.public_id).where(
            Profile.public_id.in_(part), Profile.state == ProfileState.PUBLISHED
        )
        session.execute(
            update(IndexedDocument)
            .where(IndexedDocument.key.in_(part), IndexedDocument.key.not_in(shown))
            .values(body=None, stamp=state.stamp, revision=IndexedDocument.revision + 1)
            .execution_options(synchronize_session=False)
        )
