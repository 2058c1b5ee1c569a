"""Tantivy, embedded: the default engine. One process writes at a time, all may read.

A folder holds generations of the index and a file `current` that names the one in use; a rebuild makes a new
generation beside it and swaps the name, so that readers never see an empty index.
"""

import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, RLock
from typing import cast

import tantivy
from tantivy import Query

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.domain.taxonomy import Taxonomy
from search.document import SearchDocument
from search.engines import versions
from search.engines.embedded.fields import analyzer, document_of, schema
from search.engines.embedded.queries import query_of
from search.engines.protocol import (
    EngineHealth,
    EngineHits,
    EngineQuery,
)
from search.engines.schema import fields_of

HEAP = 64_000_000
WRITER_PATIENCE = 10.0  # seconds to wait for another writer
TRIES = 5  # to open the index in use while others swap it

_Stamp = tuple[int, int]


class EmbeddedEngine:
    """Implements search.engines.protocol.Engine."""

    def __init__(self, folder: Path, taxonomy: Taxonomy) -> None:
        self._folder, self._taxonomy = folder, taxonomy
        self._writing, self._reading = RLock(), Lock()
        self._opened: tuple[str, tantivy.Index] | None = None
        self._seen: tuple[_Stamp, _Stamp] | None = None
        self._keys: dict[int, str] = {}

    def _current(self) -> str:
        try:
            name = (self._folder / "current").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise IndexMissing from None
        generation = versions.parse(name)
        if generation is None or not generation.current_schema:
            raise IndexMissing
        return name

    def _searcher(self) -> tantivy.Searcher:
        """A searcher over all committed documents; another process may swap the index at any moment."""
        with self._reading:
            for _ in range(TRIES):
                try:
                    return self._index().searcher()
                except (FileNotFoundError, ValueError):
                    self._opened = None
            raise IndexMissing

    def _index(self) -> tantivy.Index:
        pointer = _stamp(self._folder / "current")
        unmoved = self._seen is not None and pointer == self._seen[0]
        name = self._opened[0] if self._opened and unmoved else self._current()
        if self._opened is None or self._opened[0] != name:
            self._opened = (name, _open(self._folder / name))
        committed = _stamp(self._folder / name / "meta.json")
        if self._seen != (pointer, committed):
            self._opened[1].reload()
            self._seen = (pointer, committed)
        return self._opened[1]

    @contextmanager
    def _writer(self) -> Iterator[tuple[tantivy.Index, tantivy.IndexWriter]]:
        """The index in use and its writer, which commits at the end or rolls back."""
        with self._writing:
            index, writer = self._locked()
            index.reload()
            with _committing(writer):
                yield index, writer

    def _locked(self) -> tuple[tantivy.Index, tantivy.IndexWriter]:
        """The index in use and its only writer; waits for another process's writer, and follows a swap of the
        index.
        """
        patience = time.monotonic() + WRITER_PATIENCE
        while True:
            name = self._current()
            try:
                index = _open(self._folder / name)
                writer = index.writer(HEAP, num_threads=1)
            except (IndexMissing, ValueError) as error:
                if time.monotonic() > patience:
                    raise EngineUnavailable from error
                time.sleep(0.02)
                continue
            if self._current() == name:
                return index, writer
            writer.wait_merging_threads()

    def index(self, documents: Iterable[SearchDocument]) -> int:
        batch: dict[str, SearchDocument] = {}
        for document in documents:
            if document.key not in batch or document.revision >= batch[document.key].revision:
                batch[document.key] = document
        # All are made before any is written: a document of a wrong type refuses the batch, and the index stays whole.
        made = {key: document_of(fields_of(document, self._taxonomy)) for key, document in batch.items()}
        with self._writer() as (index, writer):
            known, buried = _revisions(index, batch), self._tombstones()
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

    def delete(self, keys: Sequence[tuple[str, int]]) -> int:
        revisions: dict[str, int] = {}
        for key, revision in keys:
            revisions[key] = max(revision, revisions.get(key, revision))
        with self._writer() as (index, writer):
            known = _revisions(index, revisions)
            gone = [key for key, revision in revisions.items() if known.get(key, revision + 1) <= revision]
            self._bury(revisions)
            for key in gone:
                writer.delete_documents_by_term("key", key)
        return len(gone)

    def _tombstones(self) -> dict[str, int]:
        path = self._folder / self._current() / "tombstones.json"
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}

    def _bury(self, keys: dict[str, int]) -> None:
        merged = self._tombstones()
        merged |= {key: max(revision, merged.get(key, -1)) for key, revision in keys.items()}
        _replace(self._folder / self._current() / "tombstones.json", json.dumps(merged, ensure_ascii=False))

    def search(self, query: EngineQuery) -> EngineHits:
        searcher = self._searcher()
        by = "updated" if query.sort == "updated" else None
        found = searcher.search(
            query_of(query), max(query.limit, 1), count=True, order_by_field=by, offset=query.offset
        )
        hits = found.hits[: query.limit]
        numbers = searcher.fast_field_values("number", [address for _, address in hits])
        known = [self._keys.get(number) for number in cast("list[int]", numbers)]
        if None in known:
            known = [self._key(searcher, number, hit[1]) for number, hit in zip(numbers, hits, strict=True)]
        scores = (0.0,) * len(hits) if by else tuple(score for score, _ in hits)
        return EngineHits(_total(found), tuple(cast("list[str]", known)), scores)

    def _key(self, searcher: tantivy.Searcher, number: object, address: tantivy.DocAddress) -> str:
        assert isinstance(number, int)
        key = self._keys.get(number)
        if key is None:
            key = self._keys[number] = str(searcher.doc(address).get_first("key"))
        return key

    def count(self, query: EngineQuery) -> int:
        return _total(self._searcher().search(query_of(query), 1, count=True))

    def facets(self, query: EngineQuery, field: str, size: int = 20) -> tuple[tuple[str, int], ...]:
        request = {"facet": {"terms": {"field": field, "size": 10_000}}}
        buckets = self._searcher().aggregate(query_of(query), request)["facet"]["buckets"]
        counted = sorted(
            ((item["key"], int(item["doc_count"])) for item in buckets), key=lambda pair: (-pair[1], pair[0])
        )
        return tuple(counted[:size])

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._writing, self._keeping_others_waiting():
            generation = versions.new_generation("suppliers")
            try:
                count = self._fill(self._folder / generation.name, documents)
            except BaseException:
                shutil.rmtree(self._folder / generation.name, ignore_errors=True)
                raise
            _replace(self._folder / "current", generation.name)
        for old in self._folder.iterdir():
            known = versions.parse(old.name)
            if known is not None and known.made < generation.made:
                shutil.rmtree(old, ignore_errors=True)
        return count

    def _fill(self, folder: Path, documents: Iterable[SearchDocument]) -> int:
        folder.mkdir()
        index = tantivy.Index(schema(), path=str(folder))
        index.register_tokenizer("bilingual", analyzer())
        count = 0
        with _committing(index.writer(HEAP, num_threads=1)) as writer:
            for document in documents:
                writer.add_document(document_of(fields_of(document, self._taxonomy)))
                count += 1
        return count

    @contextmanager
    def _keeping_others_waiting(self) -> Iterator[None]:
        """Hold the writer of the index in use, so that other processes write to the new index."""
        try:
            _, writer = self._locked()
        except IndexMissing:
            yield
            return
        try:
            yield
        finally:
            writer.wait_merging_threads()

    def revisions(self) -> dict[str, int]:
        searcher = self._searcher()
        return dict(_stored(searcher, Query.all_query(), searcher.num_docs))

    def health(self) -> EngineHealth:
        try:
            return EngineHealth("tantivy", ready=True, documents=self._searcher().num_docs)
        except (IndexMissing, OSError) as error:
            return EngineHealth("tantivy", ready=False, documents=0, detail=str(error))

    def close(self) -> None:
        with self._reading:
            self._opened = None


def _total(found: tantivy.SearchResult) -> int:
    return int(getattr(found, "count"))  # noqa: B009  # the library's stubs do not know it


def _stamp(path: Path) -> _Stamp:
    """The mark of a file that changes with every replacement, also twice within one tick of the clock."""
    status = path.stat()
    return status.st_mtime_ns, status.st_ino


def _open(folder: Path) -> tantivy.Index:
    try:
        index = tantivy.Index.open(str(folder))
    except ValueError as error:
        raise IndexMissing from error
    index.register_tokenizer("bilingual", analyzer())
    return index


@contextmanager
def _committing(writer: tantivy.IndexWriter) -> Iterator[tantivy.IndexWriter]:
    try:
        yield writer
        writer.commit()
    except BaseException:
        writer.rollback()
        raise
    finally:
        writer.wait_merging_threads()


def _revisions(index: tantivy.Index, keys: Iterable[str]) -> dict[str, int]:
    wanted = list(keys)
    if not wanted:
        return {}
    return dict(_stored(index.searcher(), Query.term_set_query(schema(), "key", wanted), len(wanted)))


def _stored(searcher: tantivy.Searcher, query: Query, limit: int) -> Iterator[tuple[str, int]]:
    for _, address in searcher.search(query, max(limit, 1), count=False).hits:
        document = searcher.doc(address)
        yield str(document.get_first("key")), int(document.get_first("revision") or 0)


def _replace(path: Path, content: str) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)
