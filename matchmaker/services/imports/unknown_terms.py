"""The words of a record that stand where a code is expected and are unknown to the taxonomy."""

from collections.abc import Iterator

from matchmaker.domain.records import AnyRecord, NeedRecord, OutcomeRecord, PartRecord, SupplierRecord
from matchmaker.services.profiles.profile_mapping import MOST_TERMS, Resolver


class UnknownTerms:
    """The finder of a record's terms that stand where a code is expected and are unknown to the taxonomy."""

    def __init__(self, recogniser: Resolver) -> None:
        self._recogniser = recogniser
        self._known: dict[tuple[str, str], bool] = {}

    def of(self, record: AnyRecord | None) -> tuple[str, ...]:
        if record is None or isinstance(record, OutcomeRecord):
            return ()
        return tuple(dict.fromkeys(term for kind, term in _terms(record) if not self._knows(kind, term)))

    def _knows(self, kind: str, term: str) -> bool:
        if (kind, term) not in self._known:
            if len(self._known) >= MOST_TERMS:
                self._known.clear()
            self._known[kind, term] = bool(self._recogniser.codes(kind, term))
        return self._known[kind, term]


def _terms(record: SupplierRecord | NeedRecord) -> Iterator[tuple[str, str]]:
    yield from (("sector", term) for term in record.sectors)
    if isinstance(record, NeedRecord):
        yield from (term for part in (record, *record.positions) for term in _of_part(part))
        yield from (("standard", name) for demand in record.certification for name in demand.standards)
        return
    yield from (("quality_paper", term) for term in record.quality_papers)
    for capability in record.capabilities:
        yield "process", capability.process
        yield from (("material", term) for term in capability.materials)
    yield from (("equipment", item.type) for item in record.equipment if item.type)
    yield from (("standard", item.standard) for item in record.certificates)


def _of_part(part: PartRecord) -> Iterator[tuple[str, str]]:
    """The terms of a need, or of one of its positions."""
    yield from (("process", term) for term in (*part.processes, *part.excluded_processes))
    yield from (("material", term) for term in part.materials)
    yield from (("quality_paper", term) for term in part.quality_papers)
