"""The protocol that a search engine implements: `search.engines.embedded` (Tantivy) and
`search.engines.elastic` (Elasticsearch).

An engine retrieves by text and concepts among the suppliers that pass supplier-level conditions or are named,
in one round trip. Questions about one capability (does *this* lathe hold IT6 on *that* steel) are decided
afterwards, exactly and for all candidates at once, by `search.filters.filter_outcomes` on the columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from search.document import SearchDocument


@dataclass(frozen=True, slots=True)
class Weighted:
    """A term and the weight of a hit on it."""

    term: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class EngineQuery:
    """Engine-neutral query. `words` are raw words, analysed by the engine in both languages; the optional
    parts score, the `must_*` parts only filter.

    `keys` limits the query to these suppliers (all where empty). `must_any` are groups of (field, terms):
    each group needs one of its terms. `box` is south, west, north, east in degrees; a supplier without a
    location passes if `box_lenient`.
    """

    words: str = ""
    processes: tuple[Weighted, ...] = ()
    materials: tuple[Weighted, ...] = ()
    keys: tuple[str, ...] = ()
    must_any: tuple[tuple[str, tuple[str, ...]], ...] = ()
    must_not: tuple[tuple[str, tuple[str, ...]], ...] = ()
    box: tuple[float, float, float, float] | None = None
    box_lenient: bool = True
    sort: str = "score"
    limit: int = 20
    offset: int = 0


@dataclass(frozen=True, slots=True)
class EngineHit:
    key: str
    score: float


@dataclass(frozen=True, slots=True)
class EngineHits:
    """The hits, best first, `scores[i]` of `keys[i]`; `total` counts all matching suppliers, not only those
    returned.
    """

    total: int
    keys: tuple[str, ...]
    scores: tuple[float, ...]

    @property
    def hits(self) -> tuple[EngineHit, ...]:
        return tuple(map(EngineHit, self.keys, self.scores))


@dataclass(frozen=True, slots=True)
class EngineHealth:
    """The state of an engine. `ready` says that it answers and that writes arrive; `lost`, that only making the
    index anew helps: it is missing, damaged, or of another shape.
    """

    engine: str
    ready: bool
    documents: int
    detail: str = ""
    lost: bool = False


@dataclass(frozen=True, slots=True)
class IndexTotals:
    """The number of documents, and the sum of their revisions: a document that is lost, added or old moves one of them."""

    documents: int
    revisions: int


# What a document of a wrong type raises while it is brought into an engine's form, before the index is touched.
UNWRITABLE = (ValueError, TypeError, LookupError, OverflowError, AttributeError)


class DocumentsRefused(Exception):
    """Documents that no index of this engine takes, told by a fresh one: the reason of each by its key."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{key}: {reason}" for key, reason in reasons.items()))
        self.reasons = reasons


def newest(documents: Iterable[SearchDocument]) -> dict[str, SearchDocument]:
    """The documents by key, of several revisions the newest."""
    batch: dict[str, SearchDocument] = {}
    for document in documents:
        if document.key not in batch or document.revision >= batch[document.key].revision:
            batch[document.key] = document
    return batch


class Searching(Protocol):
    """What is asked of an engine to answer people."""

    def search(self, query: EngineQuery) -> EngineHits:
        """The best hits, with everything indexed and committed before. Called by the matcher and the search
        page.
        """
        ...

    def count(self, query: EngineQuery) -> int:
        """The number of matching suppliers."""
        ...

    def facets(self, query: EngineQuery, field: str, size: int = 20) -> tuple[tuple[str, int], ...]:
        """The most frequent terms of a field among all matching suppliers, with counts, most frequent first,
        then by term.
        """
        ...


class Engine(Searching, Protocol):
    """A search engine. Every method may raise EngineUnavailable, and all but `rebuild` IndexMissing, also for an
    index that is damaged, unless it says that it never raises.
    """

    def index(self, documents: Iterable[SearchDocument]) -> int:
        """Write documents, replacing those with a smaller revision, and return the number written. Called by
        the indexer. Raises DocumentsRefused where some can never be written: pass the others again then. No other
        fault is a document's own.
        """
        ...

    def delete(self, keys: Sequence[tuple[str, int]]) -> int:
        """Remove (key, revision) pairs; an older document arriving later stays removed. Called by the indexer."""
        ...

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        """Build a new index beside the old one, whatever the state of that, and swap them; readers never see an
        empty index. Documents that cannot be written are left out.
        """
        ...

    def revisions(self) -> dict[str, int]:
        """Key → revision of every indexed document; used to find what differs from the database."""
        ...

    def totals(self) -> IndexTotals:
        """The totals of the indexed documents; one cheap question, however many there are."""
        ...

    def health(self) -> EngineHealth:
        """The state of the engine. Never raises."""
        ...

    def close(self) -> None: ...
