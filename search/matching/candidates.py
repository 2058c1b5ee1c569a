"""The suppliers to rank for a need, with all known data about them.

A small collection is ranked whole. In a large one the columns choose by work: they know the suppliers that do it and
whether their numbers suffice. Where the need's structure does not wholly tell what is wanted, or hardly any supplier
does the work, the engine retrieves some hundreds by words as well, and more where the filters leave too few. A match
asks the engine at most one question, but for that last case.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from matchmaker.domain.requirements import Requirements
from search.columns.ragged import Bools
from search.columns.store import Columns
from search.engines.protocol import EngineQuery, Searching
from search.engines.schema import query_of
from search.filters.evaluator import RELEVANT_FIT
from search.matching.preselection import RANKED, Preselection, shortlist
from search.ranking.char_ngrams import CharNgrams
from search.ranking.evidence import Evidence, Ints
from search.ranking.feature_inputs import Gatherer, Texts
from search.ranking.work_shares import RELATED_PROCESS, compared_words

# Up to so many suppliers all are ranked; scoring them takes about as long as retrieving from a large index.
SMALL_COLLECTION = 2_000
# Candidates retrieved by words from a large collection.
RETRIEVED = 200
WIDEN = 8


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
    """A finder of candidates over one state of the columns. Columns of suppliers that were `chosen` for the question are
    ranked whole.
    """

    def __init__(self, engine: Searching, columns: Columns, *, chosen: bool = False) -> None:
        self._engine, self._columns, self._chosen = engine, columns, chosen

    def candidates(self, requirements: Requirements, top: int, today: date) -> Candidates:
        """The candidates, enough to hold the best `top`."""
        everybody = len(self._columns)
        if self._chosen or everybody <= SMALL_COLLECTION:
            return self._judged(requirements, np.arange(everybody), everybody, today)
        listed = self._doing(requirements, top)
        if listed is not None and listed.passed >= top and requirements.clarity >= 1:
            gathered = Gatherer(self._columns, requirements, listed.rows, today, listed.states)
            return Candidates(listed.rows, self.evidence(gathered), gathered.passed(), listed.passed)
        return self._retrieved(requirements, listed, top, today)

    def of(self, requirements: Requirements, rows: Ints, today: date) -> Evidence:
        """The evidence of chosen rows."""
        return self.evidence(Gatherer(self._columns, requirements, rows, today))

    def evidence(self, gathered: Gatherer, *, of: Ints | None = None) -> Evidence:
        """The evidence of gathered rows. `of` are these rows among all suppliers, where they were gathered from some
        alone.
        """
        rows, needed = gathered.rows if of is None else of, gathered.requirements
        terms = " ".join(needed.terms)
        letters = CharNgrams.of(self._columns)
        nothing = np.zeros(len(rows))
        return gathered.evidence(
            Texts(
                self._columns.words.agreement(compared_words(needed), rows),
                (letters.likeness(terms, rows) if letters else nothing)
                if terms
                else np.full(len(rows), np.nan),
                letters.likeness(needed.text, rows) if letters else nothing,
            )
        )

    def _doing(self, requirements: Requirements, top: int) -> Preselection | None:
        """The promising suppliers that do the work, or work like it where few do; None where none is named."""
        listed = None
        for least in (RELEVANT_FIT, RELATED_PROCESS) if requirements.processes else ():
            listed = shortlist(self._columns, requirements, least, max(RANKED, 2 * top))
            if listed.passed >= top:
                break
        return listed

    def _query(self, requirements: Requirements, limit: int) -> EngineQuery:
        """The engine's question, without the most frequent words, which cost most; by words alone where the columns
        know who does the work.
        """
        query = query_of(requirements, self._columns.taxonomy, limit=limit)
        query = replace(query, words=self._columns.words.telling(query.words))
        return replace(query, processes=(), materials=()) if requirements.processes else query

    def _retrieved(
        self, requirements: Requirements, listed: Preselection | None, top: int, today: date
    ) -> Candidates:
        """The suppliers that the engine retrieves, and those listed for their work."""
        limit, doing = RETRIEVED, np.zeros(0, dtype=np.int64) if listed is None else listed.rows
        while True:
            hits = self._engine.search(self._query(requirements, limit))
            rows = np.union1d(self._columns.rows(hits.keys), doing)
            found = self._judged(requirements, rows, hits.total if listed is None else listed.passed, today)
            if listed is not None or found.passed.sum() >= top or hits.total <= limit:
                return found
            limit *= WIDEN

    def _judged(self, requirements: Requirements, rows: Ints, total: int, today: date) -> Candidates:
        gathered = Gatherer(self._columns, requirements, rows, today)
        return Candidates(rows, self.evidence(gathered), gathered.passed(), total)
