"""Elasticsearch, for a centre that outgrows one machine. A search is one round trip; a search over its time
limit is refused.

An index that refuses what a fresh one takes, or whose mapping is not ours, leaves this package as IndexMissing.

An alias names the index in use; a rebuild makes a new index beside it and moves the alias in one step. While
an index is being built, writes go to it as well, so that no document indexed meanwhile is lost; versions
decide which document is newer.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch, NotFoundError
from elasticsearch.helpers import ScanError, scan, streaming_bulk

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.domain.language import N_
from matchmaker.domain.taxonomy import Taxonomy
from search.document import SearchDocument
from search.engines import versions
from search.engines.elastic import mapping
from search.engines.elastic.breaker import Breaker
from search.engines.elastic.cluster import Cluster
from search.engines.elastic.mapping import Json
from search.engines.protocol import (
    UNWRITABLE,
    DocumentsRefused,
    EngineHealth,
    EngineHits,
    EngineQuery,
    IndexTotals,
    newest,
)
from search.engines.schema import VERSION, fields_of

T = TypeVar("T")
_log = logging.getLogger(__name__)
WRITE_TIMEOUT = 20.0  # seconds; a writer waits longer than a reader
REFUSED, ABSENT, CONFLICT, SWAPPED = 400, 404, 409, 503
PROBE = "~written"  # the key of a document that no search finds; it is written to see whether writes arrive
REFUSING = N_("The search engine refuses: %(reason)s")
BROKEN = N_("The search index is not as it was made and will be made anew: %(reason)s")


@dataclass(frozen=True, slots=True)
class _Written:
    """The result of one item of a bulk request."""

    key: str
    status: int
    error: str = ""


class ElasticEngine:
    """Implements search.engines.protocol.Engine."""

    kind, other_kind = "suppliers", "facts"
    mappings = mapping.MAPPINGS

    def __init__(self, cluster: Cluster, prefix: str, taxonomy: Taxonomy) -> None:
        self._taxonomy, self._cluster = taxonomy, cluster
        self._prefix, self._other = f"{prefix}-{self.kind}", f"{prefix}-{self.other_kind}"
        self._alias = f"{self._prefix}-v{VERSION}"
        self._breaker = Breaker(self._answers)
        self._client = cluster.client()
        self._writer = self._client.options(request_timeout=max(cluster.timeout, WRITE_TIMEOUT))
        self._settings: Json = {**mapping.SETTINGS, **cluster.index_settings}

    def _answers(self) -> bool:
        """Whether a question is answered, whatever the answer."""
        try:
            self._client.count(index=self._alias, ignore_unavailable=True)
        except TransportError:
            return False
        except ApiError as error:
            return error.status_code == REFUSED
        return True

    @contextmanager
    def _calling(self, *, writing: bool = False) -> Iterator[None]:
        """Turns every error of the client into one of the product's. A cluster that refuses to write, because its
        disk is full, may still be asked.
        """
        if self._breaker.open:
            raise EngineUnavailable
        try:
            yield
        except NotFoundError as error:
            raise IndexMissing from error
        except (TransportError, ScanError) as error:  # ScanError: a part went while all of the index was read
            self._breaker.failed()
            raise EngineUnavailable from error
        except ApiError as error:
            if error.status_code == REFUSED:
                raise IndexMissing(BROKEN, reason=str(error)) from error
            if not writing:
                self._breaker.failed()
            raise EngineUnavailable(REFUSING, reason=str(error)) from error

    def _asked(self, question: Callable[[], T]) -> T:
        """The answer to a question; one that met the swap of the index is asked once more."""
        with self._calling():
            try:
                return question()
            except ApiError as error:
                if error.status_code not in {ABSENT, SWAPPED}:
                    raise
                return question()

    def index(self, documents: Iterable[SearchDocument]) -> int:
        bodies, refused = self._bodies(newest(documents).values())
        if refused:
            raise DocumentsRefused(refused)
        try:
            return self._write(bodies, "external") if bodies else 0
        except DocumentsRefused as error:
            certain = self._refused_anywhere({key: bodies[key] for key in error.reasons})
            if certain:
                raise DocumentsRefused(certain) from error
            raise IndexMissing(BROKEN, reason=str(error)) from error

    def _bodies(
        self, documents: Iterable[SearchDocument]
    ) -> tuple[dict[str, tuple[int, Json]], dict[str, str]]:
        """The documents by key as they are sent, with their revisions, and the reasons of those that cannot be."""
        bodies: dict[str, tuple[int, Json]] = {}
        refused: dict[str, str] = {}
        for document in documents:
            try:
                mapping.check(document)
                bodies[document.key] = (document.revision, self._body(document))
            except UNWRITABLE as error:
                refused[document.key] = f"{type(error).__name__}: {error}"
        return bodies, refused

    def _body(self, document: SearchDocument) -> Json:
        return mapping.body_of(fields_of(document, self._taxonomy))

    def _refused_anywhere(self, bodies: Mapping[str, tuple[int, Json]]) -> dict[str, str]:
        """The documents that even a fresh index refuses."""
        scratch = f"{self._prefix}-scratch-{versions.new_generation(self._prefix).made}"
        with self._calling(writing=True):
            self._writer.indices.create(index=scratch, settings=self._settings, mappings=self.mappings)
            try:
                written = list(self._bulk(scratch, bodies, "external", alias=False))
            finally:
                self._writer.indices.delete(index=scratch, ignore_unavailable=True)
        return {item.key: item.error for item in written if item.status == REFUSED}

    def delete(self, keys: Sequence[tuple[str, int]]) -> int:
        if not keys:
            return 0
        revisions: dict[str, int] = {}
        for key, revision in keys:
            revisions[key] = max(revision, revisions.get(key, revision))
        alive = self._alive(revisions)
        self._write(
            {key: (revision, mapping.buried()) for key, revision in revisions.items()}, "external_gte"
        )
        return sum(1 for key, revision in revisions.items() if alive.get(key, revision + 1) <= revision)

    def _alive(self, keys: Iterable[str]) -> dict[str, int]:
        with self._calling():
            answer = self._writer.mget(index=self._alias, ids=list(keys), source=["gone"])
        return {
            item["_id"]: item["_version"]
            for item in answer["docs"]
            if item.get("found") and not item.get("_source", {}).get("gone")
        }

    def _write(self, bodies: dict[str, tuple[int, Json]], version_type: str) -> int:
        """Write to the index in use and to any being built, and return the number of newer documents."""
        with self._calling(writing=True):
            current = self._current()
            building = [one for one in self._generations() if current is None or one.made > current.made]
            for generation in building:
                for _ in self._bulk(_building(generation), bodies, version_type):
                    pass
            written = list(self._bulk(self._alias, bodies, version_type))
            lost = {item.key: bodies[item.key] for item in written if item.status == ABSENT}
            if lost and self._current() != current:
                # The index was swapped and the old one deleted meanwhile: the new index takes these documents.
                kept = [item for item in written if item.key not in lost]
                written = kept + list(self._bulk(self._alias, lost, version_type))
        if any(item.status == ABSENT for item in written):
            raise IndexMissing
        refused = [item for item in written if item.status == REFUSED]
        if refused:
            raise DocumentsRefused({item.key: item.error for item in refused})
        failed = next((item for item in written if item.error and item.status != CONFLICT), None)
        if failed is not None:
            raise EngineUnavailable(REFUSING, reason=failed.error)
        return sum(1 for item in written if not item.error)

    def _bulk(
        self, target: str, bodies: Mapping[str, tuple[int, Json]], version_type: str, *, alias: bool = True
    ) -> Iterator[_Written]:
        """Send bodies with their revisions; items that a busy cluster refused are sent again, after ever
        longer pauses.
        """
        return _sent(self._writer, _actions(target, bodies, version_type, alias=alias), refresh=alias)

    def _found(
        self, query: EngineQuery, size: int, *, patient: bool = False, **more: Any
    ) -> Mapping[str, Any]:
        """What all parts of the index answer: a search that a part does not answer is no answer, but an error."""
        client = self._writer if patient else self._client
        answer = self._asked(
            lambda: client.search(
                index=self._alias,
                query=mapping.query_body(query),
                size=size,
                track_total_hits=True,
                allow_partial_search_results=False,
                **more,
            )
        )
        found: Mapping[str, Any] = answer.body
        return found

    def search(self, query: EngineQuery) -> EngineHits:
        order: list[Json] = [{"updated": "desc"}] if query.sort == "updated" else []
        answer = self._found(
            query,
            query.limit,
            from_=query.offset,
            sort=order or None,
            search_type=self._cluster.search_type,
            source=False,
        )
        found = answer["hits"]["hits"]
        scores = tuple(float(hit["_score"] or 0.0) for hit in found)
        return EngineHits(answer["hits"]["total"]["value"], tuple(hit["_id"] for hit in found), scores)

    def count(self, query: EngineQuery) -> int:
        return int(self._found(query, 0)["hits"]["total"]["value"])

    def facets(self, query: EngineQuery, field: str, size: int = 20) -> tuple[tuple[str, int], ...]:
        answer = self._found(query, 0, aggregations={"facet": {"terms": {"field": field, "size": size}}})
        buckets = answer["aggregations"]["facet"]["buckets"]
        return tuple((str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets)

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        generation = versions.new_generation(self._prefix)
        try:
            with self._calling(writing=True):
                self._writer.indices.create(
                    index=generation.name,
                    settings=self._settings,
                    mappings=self.mappings,
                    aliases={_building(generation): {}},
                )
            try:
                count = self._fill(generation, documents)
                self._swap(generation)
            except BaseException:
                with suppress(EngineUnavailable), self._calling(writing=True):
                    self._writer.indices.delete(index=generation.name, ignore_unavailable=True)
                raise
        except IndexMissing as error:
            raise EngineUnavailable(REFUSING, reason=str(error)) from error
        return count

    def _fill(self, generation: versions.IndexGeneration, documents: Iterable[SearchDocument]) -> int:
        """Write all documents; those that cannot be written are left out, to be told by who looks for them."""

        def actions() -> Iterator[Json]:
            for document in documents:
                bodies, refused = self._bodies((document,))
                for key, reason in refused.items():
                    _log.warning("The supplier %s cannot be indexed: %s", key, reason)
                yield from _actions(generation.name, bodies, "external")

        count = 0
        with self._calling(writing=True):
            for item in _sent(self._writer, actions(), refresh=False):
                if item.error and item.status not in {CONFLICT, REFUSED}:
                    raise EngineUnavailable(REFUSING, reason=item.error)
                count += not item.error
            self._writer.indices.refresh(index=generation.name)
        return count

    def _swap(self, generation: versions.IndexGeneration) -> None:
        """Move the alias in one step from whatever bears its name, then delete older indexes, and those of the other kind: they
        would grow old unseen.
        """
        with self._calling(writing=True):
            older = [one for one in self._generations() if one.made < generation.made]
            actions: list[Json] = [
                {"remove_index": {"index": name}}
                if name == self._alias
                else {"remove": {"index": name, "alias": self._alias}}
                for name in self._writer.indices.get(index=self._alias, ignore_unavailable=True)
            ]
            actions += [
                {"add": {"index": generation.name, "alias": self._alias}},
                {"remove": {"index": generation.name, "alias": _building(generation)}},
            ]
            self._writer.indices.update_aliases(actions=actions)
            for one in (*older, *self._generations(self._other)):
                self._writer.indices.delete(index=one.name, ignore_unavailable=True)

    def _generations(self, prefix: str = "") -> list[versions.IndexGeneration]:
        """All indexes of the product, of any schema, oldest first; those of this kind unless a prefix is given."""
        wanted = prefix or self._prefix
        names = self._writer.indices.get_alias(index=f"{wanted}-v*")
        found = [parsed for name in names if (parsed := versions.parse(name)) is not None]
        return sorted((one for one in found if one.prefix == wanted), key=lambda generation: generation.made)

    def _current(self) -> versions.IndexGeneration | None:
        for name in self._writer.indices.get_alias(name=self._alias):
            return versions.parse(name)
        return None

    def revisions(self) -> dict[str, int]:
        with self._calling():
            found = scan(
                self._writer,
                index=self._alias,
                query={"query": mapping.query_body(EngineQuery()), "version": True, "_source": False},
                size=5_000,
                allow_partial_search_results=False,
            )
            return {hit["_id"]: int(hit["_version"]) for hit in found}

    def totals(self) -> IndexTotals:
        answer = self._found(
            EngineQuery(), 0, patient=True, aggregations={"sum": {"sum": {"field": "revision"}}}
        )
        return IndexTotals(answer["hits"]["total"]["value"], int(answer["aggregations"]["sum"]["value"]))

    def health(self) -> EngineHealth:
        try:
            with self._calling():
                self._check_shape()
            documents = self.count(EngineQuery())
            with self._calling(writing=True):
                self._client.index(index=self._alias, id=PROBE, document=mapping.buried(), require_alias=True)
        except (EngineUnavailable, IndexMissing) as error:
            lost = isinstance(error, IndexMissing)
            return EngineHealth("elasticsearch", ready=False, documents=0, detail=str(error), lost=lost)
        return EngineHealth("elasticsearch", ready=True, documents=documents)

    def _check_shape(self) -> None:
        """Raise IndexMissing unless the alias names one index with the mapping and the analysis of this program."""
        found = self._client.indices.get_mapping(index=self._alias)
        shapes = [item["mappings"].get("_meta") for item in found.values()]
        if shapes != [self.mappings["_meta"]] or self._alias in found:
            raise IndexMissing(BROKEN, reason=f"the mapping of {', '.join(found)} is not this program's")

    def close(self) -> None:
        self._client.close()


def _building(generation: versions.IndexGeneration) -> str:
    """The alias of a generation until it is in use; a write through it can never make an index."""
    return f"building-{generation.name}"


def _actions(
    target: str, bodies: Mapping[str, tuple[int, Json]], version_type: str, *, alias: bool = False
) -> Iterator[Json]:
    for key, (revision, body) in bodies.items():
        yield {
            "_op_type": "index",
            "_index": target,
            "_id": key,
            "version": revision,
            "version_type": version_type,
            **({"require_alias": True} if alias else {}),
            "_source": body,
        }


def _sent(client: Elasticsearch, actions: Iterable[Json], *, refresh: bool) -> Iterator[_Written]:
    results = streaming_bulk(
        client,
        actions,
        chunk_size=500,
        max_retries=5,
        initial_backoff=0.2,
        max_backoff=5,
        raise_on_error=False,
        raise_on_exception=True,
        refresh=refresh,
    )
    for _, item in results:
        details: dict[str, Any] = item["index"]
        reason = details.get("error") or {}
        text = reason.get("reason", "") if isinstance(reason, dict) else str(reason)
        yield _Written(str(details["_id"]), int(details["status"]), text)
