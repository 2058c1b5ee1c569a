"""The suppliers to rank for a need, with all known data about them.

A small collection is ranked whole. In a large one, for a need that names processes, the columns choose: they
know the suppliers that do the work and whether their numbers suffice, and the engine scores the words of the
most promising. For a need without processes, or where hardly any supplier does the work, the engine retrieves
some hundreds by words and concepts, and more where the filters leave too few. In all but that last case a
match asks the engine one question.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import partial

import numpy as np

from matchmaker.domain.requirements import Requirements
from search.columns.ragged import Bools
from search.columns.store import Columns
from search.engines.protocol import (
    EngineHits,
    EngineQuery,
    Searching,
)
from search.engines.schema import query_of
from search.filters.evaluator import RELEVANT_FIT
from search.matching.preselection import (
    RANKED,
    Preselection,
    shortlist,
)
from search.ranking.char_ngrams import CharNgrams
from search.ranking.evidence import Evidence, Floats, Ints
from search.ranking.feature_inputs import Gatherer, Texts
from search.ranking.linear import LinearRanker, Ranker
from search.ranking.prior import prior

# Up to so many suppliers all are ranked; scoring them takes about as long as retrieving from a large index.
SMALL_COLLECTION = 2_000
# Candidates retrieved from a large collection where the need names no process.
RETRIEVED = 200
WIDEN = 8
# The number of finalists ranked again with their words: words move a score too little to lift others.
FINALISTS = 60
# A supplier does work like a process if it does a sibling at least.
RELATED_PROCESS = 0.2


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows of the columns with their evidence, the rows that pass the filters, and the number of suppliers
    there were to rank.
    """

    rows: Ints
    evidence: Evidence
    passed: Bools
    total: int


class Retrieval:
    """A finder of candidates over one state of the columns."""

    def __init__(self, engine: Searching, columns: Columns, ranker: Ranker) -> None:
        self._engine, self._columns = engine, columns
        # Finalists are chosen among hundreds by quick features; a slow ranker only orders them.
        self._chooser = ranker if isinstance(ranker, LinearRanker) else prior()

    def candidates(self, requirements: Requirements, top: int, today: date) -> Candidates:
        """The candidates, enough to hold the best `top`."""
        everybody = len(self._columns)
        if everybody <= SMALL_COLLECTION:
            hits = self._engine.search(self._query(requirements, max(everybody, 1)))
            return self._judged(requirements, hits, np.arange(everybody), today)
        related: Ints = np.zeros(0, dtype=np.int64)
        for least in (RELEVANT_FIT, RELATED_PROCESS) if requirements.processes else ():
            listed = shortlist(self._columns, requirements, least, max(RANKED, 2 * top))
            if listed.passed >= top:
                return self._finalists(requirements, listed, max(FINALISTS, 2 * top), today)
            related = listed.rows
        return self._retrieved(requirements, related, top, today)

    def of(self, requirements: Requirements, rows: Ints, today: date) -> Evidence:
        """The evidence of chosen rows."""
        scores = self._scores(self._engine.search(self._query(requirements, RETRIEVED)), rows)
        return self.evidence(Gatherer(self._columns, requirements, rows, today), scores)

    def evidence(
        self, gathered: Gatherer, scores: Floats | None = None, *, of: Ints | None = None
    ) -> Evidence:
        """The evidence of gathered rows with the engine's scores; 0 where the engine was not asked. `of` are these rows
        among all suppliers, where they were gathered from some alone.
        """
        rows, needed = gathered.rows if of is None else of, gathered.requirements
        letters = CharNgrams.of(self._columns)
        likeness = partial(letters.likeness, rows=rows) if letters else lambda _: np.zeros(len(rows))
        terms = " ".join(needed.terms)
        rare = likeness(terms) if terms else np.full(len(rows), np.nan)
        words = np.zeros(len(rows)) if scores is None else scores
        return gathered.evidence(Texts(words, rare, likeness(needed.text)))

    def _query(self, requirements: Requirements, limit: int) -> EngineQuery:
        """The engine's query; for a large collection without the most frequent words, which cost most."""
        query = query_of(requirements, self._columns.taxonomy, limit=limit)
        if len(self._columns) <= SMALL_COLLECTION:
            return query
        return replace(query, words=self._columns.common.without(query.words))

    def _finalists(
        self, requirements: Requirements, listed: Preselection, count: int, today: date
    ) -> Candidates:
        """A shortlist, or the best of a long one by every feature but words; the engine adds the words."""
        rows = listed.rows
        evidence = self.evidence(Gatherer(self._columns, requirements, rows, today, listed.states))
        if len(rows) <= count:
            evidence = replace(evidence, text=self._words(requirements, rows))
        else:
            scored = self._chooser.score(evidence)
            kept = np.sort(np.argsort(-scored.scores, kind="stable")[:count])
            rows = rows[kept]
            evidence = evidence.only(kept, self._words(requirements, rows), scored.values)
        return Candidates(rows, evidence, np.ones(len(rows), dtype=np.bool_), listed.passed)

    def _words(self, requirements: Requirements, rows: Ints) -> Floats:
        """The agreement of these rows' words and concepts with the need, as the engine scores it."""
        keys = tuple(self._columns.keys[row] for row in rows.tolist())
        asked = replace(self._query(requirements, len(rows)), keys=keys, must_any=(), box=None)
        return self._scores(self._engine.search(asked), rows)

    def _retrieved(self, requirements: Requirements, related: Ints, top: int, today: date) -> Candidates:
        """The suppliers that the engine retrieves, and the rows with related processes."""
        limit = RETRIEVED
        while True:
            hits = self._engine.search(self._query(requirements, limit))
            rows = np.union1d(self._columns.rows(hits.keys), related)
            found = self._judged(requirements, hits, rows, today)
            if requirements.processes or found.passed.sum() >= top or hits.total <= limit:
                return found
            limit *= WIDEN

    def _judged(self, requirements: Requirements, hits: EngineHits, rows: Ints, today: date) -> Candidates:
        gathered = Gatherer(self._columns, requirements, rows, today)
        evidence = self.evidence(gathered, self._scores(hits, rows))
        whole = bool(requirements.processes) or len(rows) == len(self._columns)
        return Candidates(rows, evidence, gathered.passed(), len(rows) if whole else hits.total)

    def _scores(self, hits: EngineHits, rows: Ints) -> Floats:
        """The engine's score of each row; rows beyond the returned hits score no more than the last hit."""
        rest = hits.scores[-1] if hits.total > len(hits.scores) > 0 else 0.0
        if not hits.keys:
            return np.full(len(rows), rest)
        found = np.array([self._columns.row(key, -1) for key in hits.keys])
        order = np.argsort(found)
        nearest = order[np.minimum(np.searchsorted(found, rows, sorter=order), len(found) - 1)]
        return np.where(found[nearest] == rows, np.array(hits.scores)[nearest], rest)
