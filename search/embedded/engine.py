"""Tantivy, embedded: the default engine. One process writes at a time, all read.

A folder holds generations of the index and a file `current` that names the one in use; a rebuild makes a new
generation beside it and swaps the name, so that readers never see an empty index.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import RLock

import tantivy
from tantivy import FieldType, Occur, Query

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.domain.taxonomy import Taxonomy
from search import versions
from search.document import SearchDocument
from search.engine import EngineQuery, Health, Hit, Hits
from search.schema import TERM_FIELDS, Fields, fields_of

HEAP = 64_000_000
WRITER_PATIENCE = 10.0  # seconds to wait for another writer
MAX_TERM_BYTES = 8_000


@lru_cache(maxsize=1)
def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("number", fast=True)
    builder.add_unsigned_field("revision", stored=True)
    builder.add_text_field("words", tokenizer_name="bilingual", index_option="freq")
    for name in TERM_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name in _FACETS)
    builder.add_float_field("latitude", fast=True)
    builder.add_float_field("longitude", fast=True)
    builder.add_unsigned_field("updated", fast=True)
    return builder.build()


_FACETS = ("regions", "certification", "sectors")


@lru_cache(maxsize=1)
def _analyzer() -> tantivy.TextAnalyzer:
    """Lower case, Russian stems of Cyrillic words, English stems of Latin ones; each stemmer leaves the other's alone."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(80),
        tantivy.Filter.lowercase(),
        tantivy.Filter.stopword("russian"),
        tantivy.Filter.stopword("english"),
        tantivy.Filter.stemmer("russian"),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


def number_of(key: str) -> int:
    """A key as a 63-bit number, read from the index in bulk where reading the key itself would be slow."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> 1


class EmbeddedEngine:
    """Implements search.engine.Engine."""

    def __init__(self, folder: Path, taxonomy: Taxonomy) -> None:
        self._folder, self._taxonomy = folder, taxonomy
        self._lock = RLock()
        self._opened: tuple[str, tantivy.Index] | None = None
        self._seen: tuple[int, int] = (0, 0)
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

    def _index(self) -> tantivy.Index:
        """The index in use, reloaded if anybody has committed since."""
        with self._lock:
            try:
                pointer = (self._folder / "current").stat().st_mtime_ns
            except FileNotFoundError:
                raise IndexMissing from None
            name = self._opened[0] if self._opened and pointer == self._seen[0] else self._current()
            if self._opened is None or self._opened[0] != name:
                self._opened = (name, _open(self._folder / name))
            committed = (self._folder / name / "meta.json").stat().st_mtime_ns
            if self._seen != (pointer, committed):
                self._opened[1].reload()
                self._seen = (pointer, committed)
            return self._opened[1]

    @contextmanager
    def _writer(self, index: tantivy.Index) -> Iterator[tantivy.IndexWriter]:
        """A writer that commits at the end, or rolls back; waits for another process's."""
        patience = time.monotonic() + WRITER_PATIENCE
        while True:
            try:
                writer = index.writer(HEAP, num_threads=1)
                break
            except ValueError as error:
                if time.monotonic() > patience:
                    raise EngineUnavailable from error
                time.sleep(0.05)
        try:
            yield writer
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()

    def index(self, documents: Iterable[SearchDocument]) -> int:
        with self._lock:
            self._ensure()
            batch = {document.key: document for document in documents}
            known = self._revisions_of(batch)
            buried = self._tombstones()
            fresh = [
                document
                for key, document in batch.items()
                if document.revision > max(known.get(key, -1), buried.get(key, -1))
            ]
            if fresh:
                with self._writer(self._index()) as writer:
                    for document in fresh:
                        writer.delete_documents_by_term("key", document.key)
                        writer.add_document(_document(fields_of(document, self._taxonomy)))
            return len(fresh)

    def delete(self, keys: Sequence[tuple[str, int]]) -> int:
        with self._lock:
            self._ensure()
            known = self._revisions_of(dict(keys))
            gone = [key for key, revision in keys if known.get(key, revision + 1) <= revision]
            self._bury(dict(keys))
            if gone:
                with self._writer(self._index()) as writer:
                    for key in gone:
                        writer.delete_documents_by_term("key", key)
            return len(gone)

    def _ensure(self) -> None:
        try:
            self._current()
        except IndexMissing:
            self.rebuild(())

    def _revisions_of(self, keys: Iterable[str]) -> dict[str, int]:
        wanted = list(keys)
        if not wanted:
            return {}
        query = Query.term_set_query(_schema(), "key", wanted)
        return dict(self._stored(query, len(wanted)))

    def _stored(self, query: Query, limit: int) -> Iterator[tuple[str, int]]:
        searcher = self._index().searcher()
        for _, address in searcher.search(query, max(limit, 1), count=False).hits:
            document = searcher.doc(address)
            yield document.get_first("key"), document.get_first("revision")

    def _tombstones(self) -> dict[str, int]:
        path = self._folder / "tombstones.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def _bury(self, keys: dict[str, int]) -> None:
        merged = self._tombstones()
        merged |= {key: max(revision, merged.get(key, -1)) for key, revision in keys.items()}
        _replace(self._folder / "tombstones.json", json.dumps(merged))

    def search(self, query: EngineQuery) -> Hits:
        with self._lock:
            searcher = self._index().searcher()
        if query.sort == "updated":
            found = searcher.search(
                _query(query), query.limit, count=True, order_by_field="updated", offset=query.offset
            )
        else:
            found = searcher.search(_query(query), query.limit, count=True, offset=query.offset)
        hits = found.hits
        numbers = searcher.fast_field_values("number", [address for _, address in hits])
        keys = [
            self._key(searcher, number, address) for number, (_, address) in zip(numbers, hits, strict=True)
        ]
        scores = [0.0 if query.sort == "updated" else float(score) for score, _ in hits]
        return Hits(found.count or 0, tuple(map(Hit, keys, scores)))

    def _key(self, searcher: tantivy.Searcher, number: object, address: tantivy.DocAddress) -> str:
        assert isinstance(number, int)
        key = self._keys.get(number)
        if key is None:
            key = self._keys[number] = str(searcher.doc(address).get_first("key"))
        return key

    def count(self, query: EngineQuery) -> int:
        with self._lock:
            searcher = self._index().searcher()
        return searcher.search(_query(query), 1, count=True).count or 0

    def facets(self, query: EngineQuery, field: str, size: int = 20) -> tuple[tuple[str, int], ...]:
        with self._lock:
            searcher = self._index().searcher()
        request = {"facet": {"terms": {"field": field, "size": 10_000}}}
        buckets = searcher.aggregate(_query(query), request)["facet"]["buckets"]
        counted = sorted(
            ((item["key"], int(item["doc_count"])) for item in buckets), key=lambda pair: (-pair[1], pair[0])
        )
        return tuple(counted[:size])

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            generation = versions.new_generation("suppliers")
            folder = self._folder / generation.name
            folder.mkdir()
            index = _create(folder)
            count = 0
            try:
                with self._writer(index) as writer:
                    for document in documents:
                        writer.add_document(_document(fields_of(document, self._taxonomy)))
                        count += 1
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            _replace(self._folder / "current", generation.name)
            _replace(self._folder / "tombstones.json", "{}")
            self._opened = None
            for old in self._folder.iterdir():
                if old.is_dir() and old.name != generation.name:
                    shutil.rmtree(old, ignore_errors=True)
            return count

    def revisions(self) -> dict[str, int]:
        searcher = self._index().searcher()
        return dict(self._stored(Query.all_query(), searcher.num_docs))

    def health(self) -> Health:
        try:
            return Health("tantivy", ready=True, documents=self._index().searcher().num_docs)
        except IndexMissing as error:
            return Health("tantivy", ready=False, documents=0, detail=str(error))
        except (OSError, ValueError) as error:
            return Health("tantivy", ready=False, documents=0, detail=f"the index is damaged: {error}")

    def close(self) -> None:
        with self._lock:
            self._opened = None


def _create(folder: Path) -> tantivy.Index:
    index = tantivy.Index(_schema(), path=str(folder))
    index.register_tokenizer("bilingual", _analyzer())
    return index


def _open(folder: Path) -> tantivy.Index:
    try:
        index = tantivy.Index.open(str(folder))
    except ValueError as error:
        raise IndexMissing from error
    index.register_tokenizer("bilingual", _analyzer())
    return index


def _replace(path: Path, content: str) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(path)


def _document(fields: Fields) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("key", fields.key)
    document.add_unsigned("number", number_of(fields.key))
    document.add_unsigned("revision", fields.revision)
    document.add_text("words", fields.words)
    for name, terms in fields.terms.items():
        for term in terms:
            if len(term.encode()) <= MAX_TERM_BYTES:
                document.add_text(name, term)
    if fields.latitude is not None and fields.longitude is not None:
        document.add_float("latitude", fields.latitude)
        document.add_float("longitude", fields.longitude)
    document.add_unsigned("updated", fields.updated)
    return document


def _term(field: str, term: str) -> Query:
    return Query.term_query(_schema(), field, term, index_option="basic")


def _any_of(field: str, terms: Sequence[str]) -> Query:
    return _term(field, terms[0]) if len(terms) == 1 else Query.term_set_query(_schema(), field, list(terms))


def _query(query: EngineQuery) -> Query:
    """Scoring parts are optional among themselves but one must hit where there are any; filters never score."""
    scoring = [(Occur.Should, part) for part in _scoring(query)]
    filters = [(Occur.Must, Query.const_score_query(part, 0.0)) for part in _filters(query)]
    excluded = [(Occur.MustNot, _any_of(field, terms)) for field, terms in query.must_not if terms]
    if scoring:
        return Query.boolean_query([(Occur.Must, Query.boolean_query(scoring)), *filters, *excluded])
    everything = (Occur.Must, Query.const_score_query(Query.all_query(), 0.0))
    return Query.boolean_query([everything, *filters, *excluded])


def _scoring(query: EngineQuery) -> Iterator[Query]:
    schema = _schema()
    for word in dict.fromkeys(_analyzer().analyze(query.words.replace("ё", "е").replace("Ё", "Е"))):
        yield Query.term_query(schema, "words", word, index_option="freq")
    for field, weighted in (("processes", query.processes), ("materials", query.materials)):
        for item in weighted:
            yield Query.const_score_query(_term(field, item.term), item.weight)


def _filters(query: EngineQuery) -> Iterator[Query]:
    for field, terms in query.must_any:
        yield _any_of(field, terms) if terms else Query.empty_query()
    if query.box is not None:
        south, west, north, east = query.box
        inside = Query.boolean_query(
            [(Occur.Must, _range("latitude", south, north)), (Occur.Must, _range("longitude", west, east))]
        )
        if query.box_lenient:
            inside = Query.boolean_query([(Occur.Should, inside), (Occur.Should, _term("place", "unknown"))])
        yield inside


def _range(field: str, low: float, high: float) -> Query:
    return Query.range_query(_schema(), field, FieldType.Float, low, high)
