"""Hand-written stand-ins for the parts of search that services are given."""

from collections.abc import Iterable, Sequence
from datetime import date

from matchmaker.domain.certificate import NamedCertificate
from matchmaker.domain.errors import EngineUnavailable
from matchmaker.models import Profile
from matchmaker.models.database import Sessions
from matchmaker.services.index.indexing import Indexer
from matchmaker.services.profiles import suppliers
from search.document import SearchDocument
from search.engines.protocol import (
    DocumentsRefused,
    EngineHealth,
    EngineHits,
    EngineQuery,
    IndexTotals,
)

WORDS = {
    ("process", "токарная обработка"): ("turning",),
    ("process", "turning"): ("turning",),
    ("material", "40Х"): ("steel-40kh",),
    ("equipment", "токарный станок с ЧПУ"): ("cnc-lathe",),
    ("standard", "ISO 9001:2015"): ("iso-9001",),
    ("region", "Свердловская область"): ("RU-SVE",),
}


class FakeRecogniser:
    """Knows a few terms."""

    def codes(self, kind: str, term: str) -> tuple[str, ...]:
        return WORDS.get((kind, term), ())

    def place_of(self, name: str) -> tuple[str | None, str | None]:
        return None, next(iter(self.codes("region", name)), None)

    def certificates(self, term: str, today: date) -> tuple[NamedCertificate, ...]:
        return tuple(map(NamedCertificate, self.codes("standard", term)))


class FakeEngine:
    """Keeps documents by key in a dictionary; `away` makes it refuse, a document named "poison" is of a wrong type."""

    def __init__(self) -> None:
        self.documents: dict[str, SearchDocument] = {}
        self.away = False
        self.batches: list[int] = []

    def _check(self) -> None:
        if self.away:
            raise EngineUnavailable

    def index(self, documents: Iterable[SearchDocument]) -> int:
        self._check()
        batch = list(documents)
        refused = {document.key: "wrong type" for document in batch if "poison" in document.names}
        if refused:
            raise DocumentsRefused(refused)
        self.batches.append(len(batch))
        for document in batch:
            held = self.documents.get(document.key)
            if held is None or held.revision <= document.revision:
                self.documents[document.key] = document
        return len(batch)

    def delete(self, keys: Sequence[tuple[str, int]]) -> int:
        self._check()
        return sum(1 for key, _ in keys if self.documents.pop(key, None))

    def search(self, query: EngineQuery) -> EngineHits:
        return EngineHits(0, (), ())

    def count(self, query: EngineQuery) -> int:
        return 0

    def facets(self, query: EngineQuery, field: str, size: int = 20) -> tuple[tuple[str, int], ...]:
        return ()

    def rebuild(self, documents: Iterable[SearchDocument]) -> int:
        self._check()
        self.documents = {document.key: document for document in documents}
        return len(self.documents)

    def revisions(self) -> dict[str, int]:
        return {key: document.revision for key, document in self.documents.items()}

    def totals(self) -> IndexTotals:
        self._check()
        return IndexTotals(len(self.documents), sum(one.revision for one in self.documents.values()))

    def health(self) -> EngineHealth:
        return EngineHealth("fake", not self.away, len(self.documents))

    def close(self) -> None:
        pass


def document_of(profile: Profile) -> SearchDocument:
    record = suppliers.record(profile)
    if record.name.en == "unreadable":
        raise ValueError("cannot be built")
    return SearchDocument(profile.public_id, profile.revision, (record.name.en or "",), "")


def indexer(sessions: Sessions, engine: FakeEngine) -> Indexer:
    return Indexer(sessions, engine, document_of, "taxonomy-1")
