"""The product's own ranking of the collection, end to end: from exchange records to answered suppliers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from matchmaker.domain.records import NeedRecord
from matchmaker.domain.requirements import Requirements
from matchmaker.wiring import load_taxonomy
from search.columns.store import Columns
from search.document import SearchDocument
from search.engines.factory import make_engine
from search.engines.protocol import Engine
from search.matching.matcher import Matcher
from search.ranking.linear import Ranker
from search.reading.need_reading import requirements_of
from search.reading.supplier_reading import document_of
from search.text import Recogniser
from tests.ranking.judged import TODAY, Collection

TOP = 20


@dataclass(frozen=True)
class Bench:
    """A collection understood and indexed once, to be ranked in many ways."""

    documents: tuple[SearchDocument, ...]
    requirements: dict[str, Requirements]
    columns: Columns
    engine: Engine

    @classmethod
    def of(cls, collection: Collection, folder: Path, said_on: date | None = None) -> "Bench":
        """`said_on` is the day on which certificates without a date were last said, as an import notes it."""
        taxonomy = load_taxonomy()
        recogniser = Recogniser(taxonomy)
        documents = tuple(
            _said(document_of(record, recogniser, key=record.id, revision=1), said_on)
            for record in collection.suppliers
        )
        needs = {need.id: requirements_of(need, recogniser, TODAY).requirements for need in collection.needs}
        engine = make_engine(taxonomy, folder=folder)
        engine.rebuild(documents)
        return cls(documents, needs, Columns.build(documents, taxonomy), engine)

    def matcher(self, ranker: Ranker) -> Matcher:
        return Matcher(self.engine, self.columns, ranker)

    def rankings(self, ranker: Ranker, needs: Sequence[NeedRecord]) -> dict[str, list[str]]:
        """The first TOP suppliers of each need."""
        matcher = self.matcher(ranker)
        return {
            need.id: [
                match.key for match in matcher.match(self.requirements[need.id], top=TOP, today=TODAY).matches
            ]
            for need in needs
        }


def _said(document: SearchDocument, day: date | None) -> SearchDocument:
    if day is None:
        return document
    return replace(document, certificates=tuple(replace(one, said_on=day) for one in document.certificates))
