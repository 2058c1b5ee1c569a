"""Tantivy, embedded: the default engine. One process writes at a time, all may read.

A folder holds generations of the index and a file `current` that names the one in use; a rebuild makes a new
generation beside it and swaps the name, so that readers never see an empty index. Any fault of Tantivy or of
the folder leaves this package as IndexMissing: an index is made anew, never mended by hand.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, RLock
from typing import TypeVar, cast

import tantivy
from tantivy import Query

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.domain.language import N_
from matchmaker.domain.taxonomy import Taxonomy
from search.document import SearchDocument
from search.engines import versions
from search.engines.embedded import folder as folders
from search.engines.embedded import generation_files as files
from search.engines.embedded.fields import analyzer, document_of, schema
from search.engines.embedded.queries import query_of
from search.engines.protocol import (
    UNWRITABLE,
    DocumentsRefused,
    EngineHealth,
    EngineHits,
    EngineQuery,
    IndexTotals,
    newest,
)
from search.engines.schema import fields_of

T = TypeVar("T")
_log = logging.getLogger(__name__)
HEAP = 64_000_000
SCRATCH_HEAP = 15_000_000  # the least that Tantivy takes
WRITER_PATIENCE = 10.0  # seconds to wait for another writer
MOST_GONE = 10_000  # suppliers whose keys are held though they were removed
TRIES = 5  # to open the index in use while others swap it
ATTEMPTS = 2  # of a write, each with the index opened anew
BROKEN = N_("The search index is damaged and will be made anew: %(reason)s")
UNWRITTEN = N_("The search index cannot be written: %(reason)s")
_LOCK = ".tantivy-writer.lock"  # Tantivy's own
# What a damaged folder raises, or Tantivy on damaged files; a panic in it is caught by name, since it has no class here.
_FAULTS = (OSError, ValueError, TypeError, LookupError, AttributeError, AssertionError)


@contextmanager
def _faults() -> Iterator[None]:
    """Turns every fault of the index, a panic of Tantivy too, into IndexMissing."""
    try:
        yield
    except _FAULTS as error:
        raise IndexMissing(BROKEN, reason=str(error) or type(error).__name__) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise IndexMissing(BROKEN, reason=str(error)) from error


@dataclass(slots=True)
class _Opened:
    """A generation opened for reading, with the looks of its files and of the two that say what is in use."""

    name: str
    index: tantivy.Index
    seen: tuple[files.Look, files.Look] | None = None
    looks: dict[str, files.Look] = field(default_factory=dict)


class EmbeddedEngine:
    """Implements search.engines.protocol.Engine."""

    def __init__(self, folder: Path, taxonomy: Taxonomy) -> None:
        self._folder, self._taxonomy = folder, taxonomy
        self._writing, self._reading = RLock(), Lock()
        self._opened: _Opened | None = None
        self._verifier = files.Verifier()
        self._keys: dict[int, str] = {}

    def _current(self) -> str:
        """The name of the generation in use."""
        try:
            name = (self._folder / "current").read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise IndexMissing from error
        generation = versions.parse(name)
        if generation is None or not generation.current_schema:
            raise IndexMissing
        return name

    def _searcher(self) -> tantivy.Searcher:
        """A searcher over all committed documents; another process may swap the index at any moment."""
        with self._reading:
            for _ in range(TRIES):
                try:
                    with _faults():
                        return self._index().searcher()
                except IndexMissing as error:
                    self._opened, missing = None, error
            raise missing

    def _index(self) -> tantivy.Index:
        """The index in use. Its files are looked at every time: reading one that was cut short, while it is mapped
        into memory, would end the process.
        """
        try:
            pointer = files.look(self._folder / "current")
        except OSError as error:
            raise IndexMissing from error
        if self._opened is None or self._opened.seen is None or pointer != self._opened.seen[0]:
            name = self._current()
            if self._opened is None or self._opened.name != name:
                self._opened = _Opened(name, _open(self._folder / name))
        opened, generation = self._opened, self._folder / self._opened.name
        seen = pointer, files.look(generation / files.META)
        looks = files.looks(generation) if opened.seen != seen else _looks_of(generation, opened.looks)
        for name, now in looks.items():
            if opened.looks.get(name, now) != now:
                raise ValueError(f"{name} was changed")
        if opened.seen != seen:
            opened.index.reload()
            opened.seen, opened.looks = seen, looks
        return opened.index

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """The only writer of all threads and processes, whatever the state of the index."""
        with self._writing:
            if not self._folder.is_dir():
                folders.remove(self._folder)
                self._folder.mkdir(parents=True)
            with folders.locked(self._folder / "writer.lock", WRITER_PATIENCE):
                yield

    def _write(self, change: Callable[[Path, tantivy.Index, tantivy.IndexWriter], T]) -> T:
        """The result of a change, committed; after a fault it is tried once more with the index opened anew."""
        with self._locked():
            for _ in range(ATTEMPTS):
                generation = self._folder / self._current()
                try:
                    with _faults():
                        return _changed(generation, change)
                except IndexMissing as error:
                    missing = error
            raise missing

    def index(self, documents: Iterable[SearchDocument]) -> int:
        batch = newest(documents)
        # All are made before any is written: a document of a wrong type refuses the batch, and the index stays whole.
        made = self._made(batch)

        def write(generation: Path, index: tantivy.Index, writer: tantivy.IndexWriter) -> int:
            known, buried = _revisions(index, batch), _tombstones(generation)
            fresh = [
                key
                for key, document in batch.items()
                if document.revision > max(known.get(key, -1), buried.get(key, -1))
            ]
            for key in fresh:
                if key in known:
                    writer.delete_documents_by_term("key", key)
                writer.add_document(made[key])
            return len(fresh)

        try:
            return self._write(write)
        except IndexMissing as error:
            refused = _refused(made)
            if refused:
                raise DocumentsRefused(refused) from error
            raise

    def _made(self, batch: Mapping[str, SearchDocument]) -> dict[str, tantivy.Document]:
        """The documents in Tantivy's form. Raises DocumentsRefused with all that cannot be made."""
        made: dict[str, tantivy.Document] = {}
        refused: dict[str, str] = {}
        for key, document in batch.items():
            try:
                made[key] = document_of(fields_of(document, self._taxonomy))
            except UNWRITABLE as error:
                refused[key] = f"{type(error).__name__}: {error}"
        if refused:
            raise DocumentsRefused(refused)
        return made

    def delete(self, keys: Sequence[tuple[str, int]]) -> int:
        revisions: dict[str, int] = {}
        for key, revision in keys:
            revisions[key] = max(revision, revisions.get(key, revision))

        def write(generation: Path, index: tantivy.Index, writer: tantivy.IndexWriter) -> int:
            known = _revisions(index, revisions)
            gone = [key for key, revision in revisions.items() if known.get(key, revision + 1) <= revision]
            _bury(generation, revisions)
            for key in gone:
                writer.delete_documents_by_term("key", key)
            return len(gone)

        return self._write(write)

    def search(self, query: EngineQuery) -> EngineHits:
        with _faults():
            searcher = self._searcher()
            by = "updated" if query.sort == "updated" else None
            found = searcher.search(
                query_of(query), max(query.limit, 1), count=True, order_by_field=by, offset=query.offset
            )
            hits = found.hits[: query.limit]
            keys = self._keys_of(searcher, [address for _, address in hits])
        scores = (0.0,) * len(hits) if by else tuple(score for score, _ in hits)
        return EngineHits(_total(found), keys, scores)

    def _keys_of(self, searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]) -> tuple[str, ...]:
        """The keys of documents; each is read from its document once, and known by its number afterwards."""
        numbers = cast("list[int]", searcher.fast_field_values("number", addresses))
        known = [self._keys.get(number) for number in numbers]
        if None in known:
            if len(self._keys) > MOST_GONE + searcher.num_docs:  # most of these suppliers are there no more
                self._keys = {}
            known = [
                self._key(searcher, number, address)
                for number, address in zip(numbers, addresses, strict=True)
            ]
        return tuple(cast("list[str]", known))

    def _key(self, searcher: tantivy.Searcher, number: int, address: tantivy.DocAddress) -> str:
        key = self._keys.get(number)
        if key is None:
            key = self._keys[number] = str(searcher.doc(address).get_first("key"))
        return key

    def count(self, query: EngineQuery) -> int:
        with _faults():
            return _total(self._searcher().search(query_of(query), 1, count=True))

    def facets(self, query: EngineQuery, field: str, size: int = 20) -> tuple[tuple[str, int], ...]:
        request = {"facet": {"terms": {"field": field, "size": 10_000}}}
        with _faults():
            buckets = self._searcher().aggregate(query_of(query), request)["facet"]["buckets"]
        counted = sorted(
            ((item["key"], int(item["doc_count"])) for item in buckets), key=lambda pair: (-pair[1], pair[0])
        )
        return tuple(counted[:size])

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        try:
            with self._locked(), self._keeping_others_waiting():
                return self._rebuilt(documents)
        except (IndexMissing, OSError) as error:
            raise EngineUnavailable(UNWRITTEN, reason=str(error)) from error

    def _rebuilt(self, documents: Iterable[SearchDocument]) -> int:
        generation = versions.new_generation("suppliers")
        made = self._folder / generation.name
        try:
            count = self._fill(made, documents)
            folders.replace(self._folder / "current", generation.name)
        except BaseException:
            folders.remove(made)
            raise
        for other in self._folder.iterdir():
            if versions.parse(other.name) not in {None, generation}:
                folders.remove(other)
        return count

    def _fill(self, generation: Path, documents: Iterable[SearchDocument]) -> int:
        """A new generation of the documents; one that cannot be made is left out, to be told by who looks for it."""
        generation.mkdir()
        count = 0
        with _faults():
            index = _registered(tantivy.Index(schema(), path=str(generation)))
            writer = index.writer(HEAP, num_threads=1)
        with _committing(writer):
            for document in documents:
                try:
                    made = document_of(fields_of(document, self._taxonomy))
                except UNWRITABLE as error:
                    _log.warning("The supplier %s cannot be indexed: %s", document.key, error)
                    continue
                with _faults():
                    writer.add_document(made)
                count += 1
        with _faults():
            files.remember(generation)
        return count

    @contextmanager
    def _keeping_others_waiting(self) -> Iterator[None]:
        """Hold the writer of the index in use, if there is one, against programs that know no other lock."""
        with ExitStack() as held:
            with suppress(IndexMissing, OSError):
                held.enter_context(folders.locked(self._folder / self._current() / _LOCK, WRITER_PATIENCE))
            yield

    def revisions(self) -> dict[str, int]:
        """Key → revision of every document; −1 for a key that stands there twice."""
        found: dict[str, int] = {}
        with _faults():
            searcher = self._searcher()
            hits = searcher.search(Query.all_query(), max(searcher.num_docs, 1), count=False).hits
            addresses = [address for _, address in hits]
            revisions = cast("list[int]", searcher.fast_field_values("revision", addresses))
            for key, revision in zip(self._keys_of(searcher, addresses), revisions, strict=True):
                found[key] = -1 if key in found else revision
        return found

    def totals(self) -> IndexTotals:
        with _faults():
            searcher = self._searcher()
            told = searcher.aggregate(Query.all_query(), {"sum": {"sum": {"field": "revision"}}})
            return IndexTotals(searcher.num_docs, int(told["sum"]["value"] or 0))

    def health(self) -> EngineHealth:
        try:
            return EngineHealth("tantivy", ready=True, documents=self._whole())
        except IndexMissing as error:
            return EngineHealth("tantivy", ready=False, documents=0, detail=str(error), lost=True)

    def _whole(self) -> int:
        """The number of documents of an index whose files are all what was written; another process may write
        meanwhile.
        """
        for _ in range(TRIES):
            try:
                with _faults():
                    documents: int = self._searcher().num_docs
                    generation = self._folder / self._current()
                    _tombstones(generation)
                    broken = self._verifier.broken(generation)
                    if broken is not None:
                        raise ValueError(f"{broken} is not what was written")
                    return documents
            except IndexMissing as error:
                missing = error
                time.sleep(0.01)
        raise missing

    def close(self) -> None:
        with self._reading:
            self._opened = None


def _total(found: tantivy.SearchResult) -> int:
    return int(getattr(found, "count"))  # noqa: B009  # the library's stubs do not know it


def _looks_of(generation: Path, names: Iterable[str]) -> dict[str, files.Look]:
    return {name: files.look(generation / name) for name in names}


def _registered(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer("bilingual", analyzer())
    # Without a thread of Tantivy's own that reads files by itself.
    index.config_reader(reload_policy="manual")
    return index


def _open(generation: Path) -> tantivy.Index:
    return _registered(tantivy.Index.open(str(generation)))


def _changed(generation: Path, change: Callable[[Path, tantivy.Index, tantivy.IndexWriter], T]) -> T:
    """The result of a change, committed. What a killed process left is removed first: a commit may need its names."""
    with folders.locked(generation / _LOCK, WRITER_PATIENCE):
        index = _open(generation)
    writer = index.writer(HEAP, num_threads=1)
    with _committing(writer):
        files.sweep(generation)
        result = change(generation, index, writer)
    files.remember(generation)
    return result


@contextmanager
def _committing(writer: tantivy.IndexWriter) -> Iterator[None]:
    try:
        yield
        with _faults():
            writer.commit()
    except BaseException:
        with suppress(ValueError):
            writer.rollback()
        raise
    finally:
        with _faults():
            writer.wait_merging_threads()


def _refused(made: Mapping[str, tantivy.Document]) -> dict[str, str]:
    """The documents that no index takes, told by a fresh one in memory, each alone."""
    if not made or _trouble(made.values()) is None:
        return {}
    told = {key: _trouble([document]) for key, document in made.items()}
    return {key: reason for key, reason in told.items() if reason is not None}


def _trouble(documents: Iterable[tantivy.Document]) -> str | None:
    try:
        with _faults():
            writer = _registered(tantivy.Index(schema())).writer(SCRATCH_HEAP, num_threads=1)
            for document in documents:
                writer.add_document(document)
            writer.commit()
    except IndexMissing as error:
        return str(error.params["reason"])
    return None


def _revisions(index: tantivy.Index, keys: Iterable[str]) -> dict[str, int]:
    wanted = list(keys)
    if not wanted:
        return {}
    searcher = index.searcher()
    hits = searcher.search(Query.term_set_query(schema(), "key", wanted), len(wanted), count=False).hits
    stored = [searcher.doc(address) for _, address in hits]
    return {str(one.get_first("key")): int(one.get_first("revision") or 0) for one in stored}


def _tombstones(generation: Path) -> dict[str, int]:
    path = generation / files.TOMBSTONES
    return dict(folders.read_json(path)) if path.exists() else {}


def _bury(generation: Path, keys: Mapping[str, int]) -> None:
    merged = _tombstones(generation)
    merged |= {key: max(revision, merged.get(key, -1)) for key, revision in keys.items()}
    folders.replace(generation / files.TOMBSTONES, json.dumps(merged, ensure_ascii=False))
