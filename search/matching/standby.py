"""The columns in the place of an engine that is away: the same questions, answered in memory.

Words are weighed as the engines weigh them, though their base forms are cut by the dictionary and not by a stemmer;
until they are read, for some seconds in a large collection, concepts and filters alone decide.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from search.columns.postings import Postings
from search.columns.ragged import Bools, Floats, Ints, spread
from search.columns.store import Columns
from search.engines.protocol import Engine, EngineHits, EngineQuery, Searching

T = TypeVar("T")
PATIENCE = 0.5  # seconds that an answer waits for the words
_log = logging.getLogger(__name__)
# The columns that hold an engine's field without a tree.
_VOCABULARIES = {"regions": "regions", "languages": "languages", "sectors": "sectors", "centre": "centres"}


class SteadySearch:
    """The engine, and the columns from the first question that it cannot answer; `away` tells that they answered.

    Made for one request, so that no request waits twice.
    """

    def __init__(self, engine: Engine, columns: Columns) -> None:
        self._engine, self._standby = engine, Standby(columns)
        self.away = False

    def search(self, query: EngineQuery) -> EngineHits:
        return self._asked(lambda one: one.search(query))

    def count(self, query: EngineQuery) -> int:
        return self._asked(lambda one: one.count(query))

    def facets(self, query: EngineQuery, field: str, size: int = 20) -> tuple[tuple[str, int], ...]:
        return self._asked(lambda one: one.facets(query, field, size))

    def _asked(self, question: Callable[[Searching], T]) -> T:
        if not self.away:
            try:
                return question(self._engine)
            except (EngineUnavailable, IndexMissing) as error:
                _log.warning("The search answers from memory: %s", error)
                self.away = True
        return question(self._standby)


class Standby:
    """The answers of one state of the columns. A condition on a field that they do not hold lets everybody through, as an
    engine's filters may.
    """

    def __init__(self, columns: Columns) -> None:
        self._columns = columns

    def search(self, query: EngineQuery) -> EngineHits:
        rows, scores = self._found(query)
        if query.sort == "updated":
            scores = np.zeros(len(rows))
            order = np.argsort(-np.nan_to_num(self._columns.updated_on[rows], nan=-1.0), kind="stable")
        else:
            order = np.argsort(-scores, kind="stable")
        shown = order[query.offset : query.offset + query.limit]
        keys = tuple(self._columns.keys[row] for row in rows[shown].tolist())
        return EngineHits(len(rows), keys, tuple(scores[shown].tolist()))

    def count(self, query: EngineQuery) -> int:
        return len(self._found(query)[0])

    def facets(self, query: EngineQuery, field: str, size: int = 20) -> tuple[tuple[str, int], ...]:
        if field not in _VOCABULARIES:
            return ()
        group, names = (
            self._columns.members[_VOCABULARIES[field]],
            self._columns.vocabularies[_VOCABULARIES[field]].index,
        )
        found = group.values[spread(group.first, self._found(query)[0])[0]]
        counts = np.bincount(found, minlength=len(names)).tolist()
        told = [(name, counts[number]) for name, number in names.items() if counts[number]]
        return tuple(sorted(told, key=lambda pair: (-pair[1], pair[0]))[:size])

    def _found(self, query: EngineQuery) -> tuple[Ints, Floats]:
        """The rows that match, in their order, with their scores."""
        wanted, scores = self._wanted(query), self._scores(query)
        if scores is not None:
            wanted &= scores > 0
        rows: Ints = np.flatnonzero(wanted)
        return rows, np.zeros(len(rows)) if scores is None else scores[rows]

    def _scores(self, query: EngineQuery) -> Floats | None:
        """The score of every row; None where nothing in the query scores."""
        concepts = [("processes", one) for one in query.processes] + [
            ("materials", one) for one in query.materials
        ]
        words = Postings.of(self._columns, PATIENCE) if query.words else None
        if words is None and not concepts:
            return None
        scores = np.zeros(len(self._columns)) if words is None else words.scores(query.words)
        for field, one in concepts:
            scores += one.weight * self._under(field, (one.term,))
        return scores

    def _wanted(self, query: EngineQuery) -> Bools:
        """The rows that pass the conditions."""
        wanted = np.ones(len(self._columns), dtype=np.bool_)
        if query.keys:
            wanted[:] = False
            wanted[self._columns.rows(query.keys)] = True
        for field, terms in query.must_any:
            wanted &= self._having(field, terms)
        for field, terms in query.must_not:
            if terms and self._holds(field):
                wanted &= ~self._having(field, terms)
        if query.box is not None:
            south, west, north, east = query.box
            latitude, longitude = np.degrees(self._columns.location).T
            inside = (south <= latitude) & (latitude <= north) & (west <= longitude) & (longitude <= east)
            wanted &= inside | np.isnan(latitude) if query.box_lenient else inside
        return wanted

    def _holds(self, field: str) -> bool:
        return field in {*_VOCABULARIES, "processes", "materials", "certification"}

    def _having(self, field: str, terms: tuple[str, ...]) -> Bools:
        """The rows that have one of the terms of a field."""
        if field in {"processes", "materials"}:
            return self._under(field, terms)
        if field in _VOCABULARIES:
            return self._columns.has_member(_VOCABULARIES[field], terms)[0]
        if field == "certification":
            return self._certified(terms)
        return np.ones(len(self._columns), dtype=np.bool_)

    def _under(self, field: str, terms: tuple[str, ...]) -> Bools:
        """The rows with one of these codes or one below it."""
        codes = self._columns.process if field == "processes" else self._columns.material
        below = self._columns.kept(
            ("under", field, terms),
            lambda: np.array([bool({*terms} & {*codes.tree.closure(code)}) for code in codes.codes]),
        )
        return self._columns.holding(field, below)

    def _certified(self, terms: tuple[str, ...]) -> Bools:
        """The rows with a certificate that answers one of the standards at its level or above, on whatever day."""
        held, found = self._columns.certificates, np.zeros(len(self._columns), dtype=np.bool_)
        for term in terms:
            standard, level = term.rsplit(":", 1)
            accepted = {*self._columns.taxonomy.standards_satisfying(standard)}
            chosen = np.array([code in accepted for code in self._columns.standards])
            found[held.row[chosen[held.standard] & (held.level >= int(level))]] = True
        return found
