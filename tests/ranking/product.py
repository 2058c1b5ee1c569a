"""The product's own ranking of the collection, end to end: from exchange records to answered suppliers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

import numpy as np

from matchmaker.domain.records import NeedRecord
from matchmaker.domain.requirements import Requirements
from matchmaker.wiring import load_taxonomy
from search.columns import words
from search.columns.store import Columns
from search.document import SearchDocument
from search.engines.factory import make_engine
from search.engines.protocol import Engine
from search.matching.matcher import Matcher
from search.ranking import features
from search.ranking.evidence import Floats
from search.ranking.linear import LinearRanker, Ranker
from search.ranking.prior import INTERCEPT, WEIGHTS, prior
from search.reading.need_reading import requirements_of
from search.reading.supplier_reading import document_of
from search.text import Recogniser
from tests.ranking.judged import TODAY, Collection

TOP = 20
# Suppliers of a need, best first, that weights are learned from.
LEARNED_FROM = 60


# What the words of a need count beside their rarity, by the number of search.columns.words that tells its worth.
OF_WORDS = {
    "pairs of words": "PAIR_WORTH",
    "first of a need": "HEAD_WORTH",
    "first of a profile": "LEAD_WORTH",
}


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

    def values(self, need: NeedRecord) -> tuple[Floats, tuple[str, ...]]:
        """The feature values, beside neutral, of the first suppliers by the stated weights, and their keys."""
        matcher = self.matcher(LinearRanker("stated", WEIGHTS, INTERCEPT))
        requirements = self.requirements[need.id]
        answered = matcher.match(requirements, top=LEARNED_FROM, today=TODAY).matches
        keys, evidence = matcher.evidence(requirements, (one.key for one in answered), today=TODAY)
        weighed = features.weighed(features.matrix(evidence), requirements.clarity)
        return np.nan_to_num(weighed - features.neutrals(), nan=0.0), keys

    def scores(self, ranker: Ranker, needs: Sequence[NeedRecord]) -> dict[str, dict[str, float]]:
        """The scores of the first TOP suppliers of each need."""
        matcher = self.matcher(ranker)
        return {
            need.id: {
                match.key: match.score
                for match in matcher.match(self.requirements[need.id], top=TOP, today=TODAY).matches
            }
            for need in needs
        }

    def ablations(self, needs: Sequence[NeedRecord]) -> Iterator[tuple[str, dict[str, list[str]]]]:
        """The product, and itself without each kind of evidence."""
        ranker = prior()
        yield "this product", self.rankings(ranker, needs)
        for group in dict.fromkeys(feature.group for feature in features.FEATURES.values()):
            yield f"  without {group}", self.rankings(ranker.without(group), needs)
        for kind, worth in OF_WORDS.items():
            with patch.object(words, worth, 0.0):
                yield f"  without {kind}", self.rankings(ranker, needs)

    def rankings(self, ranker: Ranker, needs: Sequence[NeedRecord]) -> dict[str, list[str]]:
        """The first TOP suppliers of each need."""
        return {need: list(scored) for need, scored in self.scores(ranker, needs).items()}


def _said(document: SearchDocument, day: date | None) -> SearchDocument:
    if day is None:
        return document
    return replace(document, certificates=tuple(replace(one, said_on=day) for one in document.certificates))
