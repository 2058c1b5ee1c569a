"""The way from requirements to ranked, explained suppliers: filter, retrieve, score, explain.

`search.matching.candidates` finds the suppliers to rank. Every answered supplier has passed every active
filter exactly, whatever the engine returns.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import count

import numpy as np

from matchmaker.domain.requirements import Requirements
from search.columns.kept import Kept
from search.columns.ragged import Bools
from search.columns.store import Columns
from search.engines.protocol import Engine
from search.engines.schema import query_of
from search.filters import filter_outcomes, relaxations
from search.filters.evaluator import RELEVANT_FIT
from search.filters.filter_outcomes import FilterOutcome
from search.filters.need_set import NeedSet
from search.filters.relaxations import Relaxation
from search.matching import team_routes
from search.matching.candidates import RELATED_PROCESS, Retrieval
from search.matching.partners import Partners, SharedVolume
from search.matching.standby import SteadySearch
from search.matching.team_positions import PositionTeam
from search.ranking import explain
from search.ranking.char_ngrams import CharNgrams
from search.ranking.evidence import Evidence, Ints
from search.ranking.explain import NEAR_FIT, RankedSupplier
from search.ranking.feature_inputs import Gatherer, work_fits
from search.ranking.features import process_values
from search.ranking.linear import Ranker, Scored

# A supplier is related to a need if it does work like one of the processes (a sibling at least, or in words), if
# it works with the material or its family, or if its words come within reach of the best hit.
RELATED_MATERIAL = 0.5
RELATED_WORDS = 0.1
# Where no work is understood, only similarity of letters is left to decide: a share of the best one.
RELATED_LETTERS = 0.1
# The answer where no supplier is related: enough for an operator to look at, too few to look like a result.
NEAREST = 5
# Explanations of single suppliers that are held, of about five kilobytes each.
MOST_EXPLAINED = 4_000
_SETS = count()


@dataclass(frozen=True, slots=True)
class DeferredCounts:
    """Filter counts and relaxations, computed on first use.

    They count the suppliers that do the required work (all where none is named): another supplier would be no
    gain.
    """

    columns: Columns
    requirements: Requirements
    known: list[FilterOutcome] = field(default_factory=list)

    def outcome(self) -> FilterOutcome:
        if not self.known:
            wanted = self.requirements.processes
            rows = self.columns.doing(wanted, RELEVANT_FIT) if wanted else None
            self.known.append(filter_outcomes.evaluate(self.columns, self.requirements, rows))
        return self.known[0]

    def relaxations(self) -> tuple[Relaxation, ...]:
        return relaxations.relaxations(self.columns, self.requirements, self.outcome())


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """The matches, best first; `total` suppliers passed the filters and are related. `ranker` names the
    ranker.
    """

    matches: tuple[RankedSupplier, ...]
    total: int
    ranker: str
    lazy: DeferredCounts

    @property
    def filters(self) -> FilterOutcome:
        """The suppliers that every filter removed, among those that do the work."""
        return self.lazy.outcome()

    @property
    def relaxations(self) -> tuple[Relaxation, ...]:
        """The gain of relaxing each requirement, most first."""
        return self.lazy.relaxations()


@dataclass(frozen=True, slots=True, eq=False)
class OpenNeed:
    """An open need by its key, for matching from supplier to needs."""

    key: str
    requirements: Requirements


class OpenNeeds:
    """The needs that suppliers look through on a day; never changed afterwards.

    `known` holds explanations: hand it on to the next set, and a need that stands in both is explained once.
    """

    def __init__(self, needs: Iterable[OpenNeed], today: date, known: Kept | None = None) -> None:
        self.needs, self.today = tuple(needs), today
        self.judging = NeedSet([_dated(need.requirements, today) for need in self.needs])
        self.known = Kept(MOST_EXPLAINED) if known is None else known
        self.number = next(_SETS)


@dataclass(frozen=True, slots=True)
class FittingNeed:
    """A need that suits a supplier, with the same score and explanation as in the need's own answer."""

    need: str
    match: RankedSupplier


class Matcher:
    """The matcher over one state of the columns; cheap to make, and made for each request."""

    def __init__(self, engine: Engine, columns: Columns, ranker: Ranker) -> None:
        self._columns, self._ranker = columns, ranker
        self._search = SteadySearch(engine, columns)
        self._retrieval = Retrieval(self._search, columns)

    @property
    def away(self) -> bool:
        """Whether an answer so far was given without the engine, which is away."""
        return self._search.away

    def facets(self, requirements: Requirements, field: str, *, size: int) -> tuple[tuple[str, int], ...]:
        """The most frequent terms of a field among all suppliers that match, with counts."""
        return self._search.facets(query_of(requirements, self._columns.taxonomy, limit=1), field, size)

    def match(self, requirements: Requirements, *, top: int = 20, today: date) -> MatchAnswer:
        """The best `top` suppliers for a need, explained."""
        requirements = _dated(requirements, today)
        lazy = DeferredCounts(self._columns, requirements)
        candidates = self._retrieval.candidates(requirements, top, today)
        evidence, scored = candidates.evidence, self._ranker.score(candidates.evidence)
        among = np.flatnonzero(candidates.passed & _related(evidence))
        if not len(among):
            among = _nearest(evidence, candidates.passed)
        best = self._best(scored, among, candidates.rows, top)
        matches = self._matches(evidence, scored, best, candidates.rows)
        total = len(among) if len(candidates.rows) >= candidates.total else candidates.total
        return MatchAnswer(matches, total, self._ranker.name, lazy)

    def evidence(
        self, requirements: Requirements, keys: Iterable[str], *, today: date
    ) -> tuple[tuple[str, ...], Evidence]:
        """The evidence of chosen suppliers, whether they pass or not; keys that are not indexed are left out."""
        requirements = _dated(requirements, today)
        rows = self._columns.rows(keys)
        return tuple(self._columns.keys[row] for row in rows), self._retrieval.of(requirements, rows, today)

    def needs_for(self, key: str, needs: OpenNeeds, *, top: int = 20) -> tuple[FittingNeed, ...]:
        """The open needs that a supplier fits, best first: it does part of the work, and no filter closes them to it."""
        row = self._columns.row(key)
        if row is None:
            return ()
        state = (self._state(row), self._ranker.name)
        return needs.known.of((state, needs.number), lambda: self._fitting(row, needs, state))[:top]

    def _fitting(self, row: int, needs: OpenNeeds, state: tuple[Hashable, ...]) -> tuple[FittingNeed, ...]:
        alone = self._columns.only(row)
        fits = needs.judging.passed(alone)[:, 0] & (work_fits(alone, needs.judging)[:, 0] >= NEAR_FIT)
        found = []
        for number in np.flatnonzero(fits).tolist():
            need, dated = needs.needs[number], needs.judging.needs[number]
            told = partial(self._told, row, dated, needs.today)
            found.append(FittingNeed(need.key, needs.known.of((state, needs.today, need), told)))
        return tuple(sorted(found, key=lambda one: (-one.match.score, one.need)))

    def _state(self, row: int) -> tuple[int, int]:
        """What an explanation of one supplier depends on: its own values, and those of all where letters are compared.
        Elsewhere the others only tell how rare a word is, which changes little before they have doubled.
        """
        columns = self._columns
        small = CharNgrams.of(columns) is not None
        return int(columns.loaded[row]), columns.state if small else -len(columns).bit_length()

    def explain(self, requirements: Requirements, key: str, *, today: date) -> RankedSupplier | None:
        """The match of one supplier with a need, even if a filter removes it; None for a supplier that is not
        indexed.
        """
        row = self._columns.row(key)
        return None if row is None else self._told(row, _dated(requirements, today), today)

    def _told(self, row: int, requirements: Requirements, today: date) -> RankedSupplier:
        """The explanation of one supplier, without the engine and without a look at the others."""
        here, alone = np.array([row], dtype=np.int64), np.zeros(1, dtype=np.int64)
        gathered = Gatherer(self._columns.only(row), requirements, alone, today)
        evidence = self._retrieval.evidence(gathered, of=here)
        return self._matches(evidence, self._ranker.score(evidence), [0], here)[0]

    def similar(self, key: str, *, top: int = 10, today: date) -> tuple[tuple[str, float], ...]:
        """Suppliers that could replace one: keys and scores as if its profile were the need."""
        row = self._columns.row(key)
        if row is None:
            return ()
        answer = self.match(self._as_need(row), top=top + 1, today=today)
        return tuple((match.key, match.score) for match in answer.matches if match.key != key)[:top]

    def _partners(self, today: date) -> Partners:
        return Partners(self._retrieval, self._columns, self._ranker, today)

    def teams(
        self, requirements: Requirements, *, count: int = 3, today: date
    ) -> tuple[team_routes.Team, ...]:
        """Teams for the need's route; a member needs only a part of the route, and passes every other filter."""
        return self._partners(today).on_route(_dated(requirements, today), count)

    def position_teams(
        self, positions: Iterable[Requirements], *, count: int = 3, today: date
    ) -> tuple[PositionTeam, ...]:
        """Teams for the positions of a need, each of which names its work; a member passes the filters of its own."""
        return self._partners(today).for_positions([_dated(one, today) for one in positions], count)

    def shared_volume(
        self, requirements: Requirements, *, count: int = 3, today: date
    ) -> SharedVolume | None:
        """The need's volume, shared where no supplier declares to take it alone; None where the need has none."""
        return self._partners(today).for_volume(_dated(requirements, today), count)

    def _as_need(self, row: int) -> Requirements:
        """A supplier's profile as a need for exactly that work."""
        columns = self._columns
        return Requirements(
            text=columns.text(row),
            processes=columns.codes("processes", row)[:20],
            materials=columns.codes("materials", row)[:20],
            location=columns.place(row),
            sectors=columns.codes("sectors", row),
        )

    def _best(self, scored: Scored, among: Ints, rows: Ints, top: int) -> list[int]:
        """The matches, best first; logits equal to nine digits are ordered by key, so that the same question
        has the same answer.
        """
        rounded = np.round(scored.logits[among], 9)
        if len(among) > top:
            worst = np.partition(rounded, len(among) - top)[len(among) - top]
            among, rounded = among[rounded >= worst], rounded[rounded >= worst]
        keys = self._columns.keys
        order = sorted(zip(-rounded, (keys[row] for row in rows[among]), among, strict=True))
        return [int(index) for _, _, index in order[:top]]

    def _matches(
        self, evidence: Evidence, scored: Scored, chosen: list[int], rows: Ints
    ) -> tuple[RankedSupplier, ...]:
        told = zip(
            rows[chosen].tolist(),
            scored.scores[chosen].tolist(),
            explain.verdicts(evidence, scored, chosen),
            explain.contributions(scored, chosen),
            strict=True,
        )
        return tuple(
            RankedSupplier(
                self._columns.keys[row], score, verdicts, moved, self._words(evidence, row), scored.intercept
            )
            for row, score, verdicts, moved in told
        )

    def _words(self, evidence: Evidence, row: int) -> tuple[str, ...]:
        """The need's words beyond the recognised concepts that occur in the profile."""
        terms = evidence.requirements.terms
        if not terms:
            return ()
        text = self._columns.text(row).casefold()
        return tuple(sorted({term for term in terms if term.casefold() in text}))


def _dated(requirements: Requirements, today: date) -> Requirements:
    """The requirements with the day on which certificates must hold, and the days left for production."""
    left = (requirements.deliver_by - today).days if requirements.deliver_by else 0
    return replace(
        requirements,
        on=requirements.on or today,
        lead_time_days=requirements.lead_time_days or (left if left > 0 else None),
    )


def _related(evidence: Evidence) -> Bools:
    """The suppliers related to the need: by a process, a material, or words."""
    best = float(evidence.words.max(initial=0.0))
    related: Bools = evidence.words >= max(RELATED_WORDS * best, 1e-9)
    related |= evidence.material_fit >= RELATED_MATERIAL
    if evidence.requirements.processes:
        related |= process_values(evidence).max(axis=1, initial=0.0) >= RELATED_PROCESS
    else:
        likeness = np.nan_to_num(evidence.similarity)
        related |= likeness >= max(RELATED_LETTERS * likeness.max(initial=0.0), 1e-9)
    return related if best > 0 or evidence.requirements.processes else np.ones_like(related)


def _nearest(evidence: Evidence, passed: Bools) -> Ints:
    """The few suppliers whose texts are most similar to the need, for a need without related suppliers;
    perhaps none.
    """
    likeness = np.where(passed, np.nan_to_num(evidence.similarity), 0.0)
    best = np.argsort(-likeness, kind="stable")[:NEAREST]
    return best[likeness[best] > 0]
