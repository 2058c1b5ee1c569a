"""The way from requirements to ranked, explained suppliers: filter, retrieve, score, explain.

`search.matching.candidates` finds the suppliers to rank. Every answered supplier has passed every active
filter exactly, whatever the engine returns.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import count
from typing import Protocol

import numpy as np

from matchmaker.domain.certificate import CertificationDemand
from matchmaker.domain.requirements import Requirements
from search.columns.kept import Kept
from search.columns.ragged import Bools
from search.columns.store import Columns
from search.engines.protocol import Engine
from search.engines.schema import query_of
from search.filters.need_set import NeedSet
from search.filters.relaxations import Relaxation
from search.matching import team_routes
from search.matching.candidates import Retrieval
from search.matching.partners import Partners, SharedVolume
from search.matching.population import FilterEffects, FitCounts, Population
from search.matching.standby import SteadySearch
from search.matching.team_positions import PositionTeam
from search.ranking import explain, features, one_capability, work_shares
from search.ranking.char_ngrams import CharNgrams
from search.ranking.evidence import Evidence, Ints
from search.ranking.explain import RankedSupplier, RequirementOutcome, RequirementVerdict
from search.ranking.feature_inputs import Gatherer, work_fits
from search.ranking.linear import Ranker, Scored
from search.ranking.work_shares import MATCHES, WorkShare

# The answer where no supplier is related: enough for an operator to look at, too few to look like a result.
NEAREST = 5
# Explanations of single suppliers that are held, of about five kilobytes each.
MOST_EXPLAINED = 4_000
# The numbers of the needs that this process has read, and of its sets of them.
_NEEDS, _SETS = count(), count()


class Numbers(Protocol):
    """The numbers of a need, over all suppliers."""

    @property
    def counts(self) -> FitCounts: ...
    @property
    def effects(self) -> FilterEffects: ...
    @property
    def relaxations(self) -> tuple[Relaxation, ...]: ...


@dataclass(frozen=True, slots=True)
class MatchAnswer:
    """The suppliers for a need, best first: matches, and those that are only related. `ranker` names the ranker. The counts
    are taken when they are first asked for.
    """

    matches: tuple[RankedSupplier, ...]
    ranker: str
    population: Numbers

    @property
    def counts(self) -> FitCounts:
        """The suppliers that no condition removes, by their share of the work."""
        return self.population.counts

    @property
    def total(self) -> int:
        return self.counts.total

    @property
    def filters(self) -> FilterEffects:
        """The suppliers that every filter removed, among those that the need is about."""
        return self.population.effects

    @property
    def relaxations(self) -> tuple[Relaxation, ...]:
        """The gain of relaxing each requirement, most first."""
        return self.population.relaxations


@dataclass(frozen=True, slots=True, eq=False)
class OpenNeed:
    """An open need by its key, for matching from supplier to needs."""

    key: str
    requirements: Requirements
    number: int = field(default_factory=_NEEDS.__next__)


@dataclass(frozen=True, slots=True)
class Among:
    """Rows of columns."""

    columns: Columns
    rows: Ints


class OpenNeeds:
    """The needs that suppliers look through on a day; never changed afterwards.

    `known` holds judgements and explanations: hand it on to the next set, and a need that stands in both is judged and
    explained once. What the set `before` has sorted is not sorted again.
    """

    def __init__(
        self,
        needs: Iterable[OpenNeed],
        today: date,
        known: Kept | None = None,
        before: "OpenNeeds | None" = None,
    ) -> None:
        self.needs, self.today = tuple(needs), today
        self.numbers = np.array([need.number for need in self.needs], dtype=np.int64)
        there = before is not None and before.today == today
        read = dict(zip(before.needs, before.judging.needs, strict=True)) if before and there else {}
        asked = [read.get(need) or dated(need.requirements, today) for need in self.needs]
        self.judging: NeedSet = NeedSet(asked, before.judging if before and there else None)
        self.known = Kept(MOST_EXPLAINED) if known is None else known
        self.number = next(_SETS)


@dataclass(frozen=True, slots=True)
class RemovedSupplier:
    """A supplier that does the work, and the conditions that remove it."""

    match: RankedSupplier
    conditions: tuple[str, ...]

    @property
    def failing(self) -> tuple[RequirementVerdict, ...]:
        """The verdicts on its conditions."""
        held = {RequirementOutcome.MET, RequirementOutcome.GUESSED, RequirementOutcome.MENTIONED}
        return tuple(
            one
            for one in self.match.verdicts
            if one.requirement in self.conditions and one.outcome not in held
        )


@dataclass(frozen=True, slots=True)
class FittingNeed:
    """A need that suits a supplier, with the same score and explanation as in the need's own answer."""

    need: str
    match: RankedSupplier


class Matcher:
    """The matcher over one state of the columns; cheap to make, and made for each request. `chosen` says that the columns
    hold only suppliers that were chosen for the question.
    """

    def __init__(self, engine: Engine, columns: Columns, ranker: Ranker, *, chosen: bool = False) -> None:
        self._columns, self._ranker = columns, ranker
        self._search = SteadySearch(engine, columns)
        self._retrieval = Retrieval(self._search, columns, chosen=chosen)

    @property
    def away(self) -> bool:
        """Whether an answer so far was given without the engine, which is away."""
        return self._search.away

    def facets(self, requirements: Requirements, field: str, *, size: int) -> tuple[tuple[str, int], ...]:
        """The most frequent terms of a field among all suppliers that match, with counts."""
        return self._search.facets(query_of(requirements, self._columns.taxonomy, limit=1), field, size)

    def match(self, requirements: Requirements, *, top: int = 20, today: date) -> MatchAnswer:
        """The best `top` suppliers for a need, explained."""
        requirements = dated(requirements, today)
        candidates = self._retrieval.candidates(requirements, top, today)
        evidence, rows = candidates.evidence, candidates.rows
        shares = self._shares(evidence, rows)
        scored = self._ranker.score(evidence)
        among = np.flatnonzero(
            candidates.passed & np.array([share is not None for share in shares], dtype=np.bool_)
        )
        if not len(among):
            among = _nearest(evidence, candidates.passed)
        best = self._best(scored, among, rows, top, _later(requirements, shares))
        matches = self._matches(evidence, scored, best, rows, shares, Among(self._columns, rows))
        return MatchAnswer(matches, self._ranker.name, Population(self._columns, requirements))

    def removed(
        self, requirements: Requirements, *, top: int, today: date
    ) -> tuple[int, tuple[RemovedSupplier, ...]]:
        """The number of suppliers that do the work and that conditions remove, and `top` of them, those first that only one
        condition removes.
        """
        requirements = dated(requirements, today)
        found = Population(self._columns, requirements).removed()
        rows = np.array([row for row, _ in found[:top]], dtype=np.int64)
        evidence = self._retrieval.of(requirements, rows, today)
        chosen, shares = list(range(len(rows))), self._shares(evidence, rows)
        scored = self._ranker.score(evidence)
        told = self._matches(evidence, scored, chosen, rows, shares, Among(self._columns, rows))
        named = (conditions for _, conditions in found)
        return len(found), tuple(map(RemovedSupplier, told, named))

    def evidence(
        self, requirements: Requirements, keys: Iterable[str], *, today: date
    ) -> tuple[tuple[str, ...], Evidence]:
        """The evidence of chosen suppliers, whether they pass or not; keys that are not indexed are left out."""
        requirements = dated(requirements, today)
        rows = self._columns.rows(keys)
        return tuple(self._columns.keys[row] for row in rows), self._retrieval.of(requirements, rows, today)

    def needs_for(self, key: str, needs: OpenNeeds) -> tuple[FittingNeed, ...]:
        """All open needs that a supplier fits, best first: it does part of the work, and no filter closes them to it."""
        row = self._columns.row(key)
        if row is None:
            return ()
        state = (self._state(row), self._ranker.name)
        return needs.known.of((state, needs.number), lambda: self.fitting(row, needs, state))

    def fitting(self, row: int, needs: OpenNeeds, state: tuple[Hashable, ...]) -> tuple[FittingNeed, ...]:
        """The needs that the supplier in a row fits; `state` is what their explanations depend on."""
        found = []
        for number in fitting_numbers(self._columns.only(row), needs, state):
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
        return None if row is None else self._told(row, dated(requirements, today), today)

    def _told(self, row: int, requirements: Requirements, today: date) -> RankedSupplier:
        """The explanation of one supplier, without the engine and without a look at the others."""
        here, alone = np.array([row], dtype=np.int64), np.zeros(1, dtype=np.int64)
        columns = self._columns.only(row)
        evidence = self._retrieval.evidence(Gatherer(columns, requirements, alone, today), of=here)
        scored, shares = self._ranker.score(evidence), self._shares(evidence, here)
        return self._matches(evidence, scored, [0], here, shares, Among(columns, alone))[0]

    def similar(self, key: str, *, top: int = 10, today: date) -> tuple[tuple[str, float], ...]:
        """Suppliers that could replace one: keys and scores as if its profile were the need."""
        row = self._columns.row(key)
        if row is None:
            return ()
        asked = as_need(self._columns, row)
        return replacing(key, asked, self.match(asked, top=top + 1, today=today))[:top]

    def _partners(self, today: date) -> Partners:
        return Partners(self._retrieval, self._columns, self._ranker, today)

    def teams(
        self, requirements: Requirements, *, count: int = 3, today: date
    ) -> tuple[team_routes.Team, ...]:
        """Teams for the need's route; a member needs only a part of the route, and passes every other filter."""
        return self._partners(today).on_route(dated(requirements, today), count)

    def position_teams(
        self, positions: Iterable[Requirements], *, count: int = 3, today: date
    ) -> tuple[PositionTeam, ...]:
        """Teams for the positions of a need, each of which names its work; a member passes the filters of its own."""
        return self._partners(today).for_positions([dated(one, today) for one in positions], count)

    def shared_volume(
        self, requirements: Requirements, *, count: int = 3, today: date
    ) -> SharedVolume | None:
        """The need's volume, shared where no supplier declares to take it alone; None where the need has none."""
        return self._partners(today).for_volume(dated(requirements, today), count)

    def doing(self, processes: Collection[str]) -> Mapping[str, int]:
        """The number of suppliers that do each process."""
        return {code: len(self._columns.doing((code,), team_routes.COVERS)) for code in processes}

    def meeting(
        self, demands: Collection[CertificationDemand], *, today: date
    ) -> Mapping[CertificationDemand, int]:
        """The number of suppliers that meet each demand for a certificate."""
        return {
            one: int((self._columns.certification(one, today) >= int(one.level)).sum()) for one in demands
        }

    def _best(self, scored: Scored, among: Ints, rows: Ints, top: int, later: Bools) -> list[int]:
        """The matches, best first, those that stand `later` behind the others; logits equal to nine digits are ordered by
        key, so that the same question has the same answer.
        """
        rounded = np.round(scored.logits[among], 9) - 1e6 * later[among]
        if len(among) > top:
            worst = np.partition(rounded, len(among) - top)[len(among) - top]
            among, rounded = among[rounded >= worst], rounded[rounded >= worst]
        keys = self._columns.keys
        order = sorted(zip(-rounded, (keys[row] for row in rows[among]), among, strict=True))
        return [int(index) for _, _, index in order[:top]]

    def _shares(self, evidence: Evidence, rows: Ints) -> list[WorkShare | None]:
        like = work_shares.like_material(self._columns, evidence.requirements, rows)
        return work_shares.shares(evidence, like)

    def _matches(
        self,
        evidence: Evidence,
        scored: Scored,
        chosen: list[int],
        rows: Ints,
        shares: Sequence[WorkShare | None],
        among: Among,
    ) -> tuple[RankedSupplier, ...]:
        verdicts, works = _reasons(evidence, scored, chosen, among)
        told = zip(
            rows[chosen].tolist(),
            scored.scores[chosen].tolist(),
            verdicts,
            explain.contributions(scored, chosen),
            (shares[index] for index in chosen),
            works,
            strict=True,
        )
        return tuple(
            RankedSupplier(
                self._columns.keys[row],
                score,
                reasons,
                moved,
                self._words(evidence, row),
                scored.intercept,
                share,
                work,
            )
            for row, score, reasons, moved, share, work in told
        )

    def _words(self, evidence: Evidence, row: int) -> tuple[str, ...]:
        """The need's words beyond the recognised concepts that occur in the profile."""
        terms = evidence.requirements.terms
        if not terms:
            return ()
        text = self._columns.text(row).casefold()
        return tuple(sorted({term for term in terms if term.casefold() in text}))


def as_need(columns: Columns, row: int) -> Requirements:
    """A supplier's profile as a need for exactly that work."""
    return Requirements(
        text=columns.text(row),
        processes=columns.codes("processes", row)[:20],
        materials=columns.codes("materials", row)[:20],
        location=columns.place(row),
        sectors=columns.codes("sectors", row),
    )


def replacing(key: str, asked: Requirements, answer: MatchAnswer) -> tuple[tuple[str, float], ...]:
    """Those of an answer to a supplier's own profile that could replace it."""
    others = [one for one in answer.matches if one.key != key]
    return tuple((one.key, one.score) for one in others if one.share in MATCHES or not asked.processes)


@dataclass(frozen=True, slots=True)
class _Judged:
    """Whether a supplier fits needs, by the numbers of these in their order."""

    numbers: Ints
    fits: Bools

    def known(self, numbers: Ints) -> tuple[Bools, Bools]:
        """Which of the needs were judged, and whether the supplier fits each of these."""
        places = np.minimum(np.searchsorted(self.numbers, numbers), max(len(self.numbers) - 1, 0))
        there = (
            self.numbers[places] == numbers if len(self.numbers) else np.zeros(len(numbers), dtype=np.bool_)
        )
        return there, self.fits[places[there]]


def fitting_numbers(alone: Columns, needs: OpenNeeds, state: tuple[Hashable, ...]) -> list[int]:
    """The positions of the needs that the one supplier of columns fits, in a state; a need is judged once a state."""
    fits, lacking = np.zeros(len(needs.needs), dtype=np.bool_), np.arange(len(needs.needs))
    key = "judged", state, needs.today
    before = needs.known.get(key)
    if isinstance(before, _Judged):
        there, known = before.known(needs.numbers)
        fits[there], lacking = known, np.flatnonzero(~there)
    if len(lacking):
        few = len(lacking) < len(fits)
        judging = (
            NeedSet([needs.judging.needs[place] for place in lacking.tolist()]) if few else needs.judging
        )
        does = work_shares.does(work_fits(alone, judging)[:, 0])
        fits[lacking] = judging.passed(alone)[:, 0] & does
    order = np.argsort(needs.numbers)
    needs.known.put(key, _Judged(needs.numbers[order], fits[order]))
    found: list[int] = np.flatnonzero(fits).tolist()
    return found


def dated(requirements: Requirements, today: date) -> Requirements:
    """The requirements with the day on which certificates must hold, and the days left for production."""
    left = (requirements.deliver_by - today).days if requirements.deliver_by else 0
    return replace(
        requirements,
        on=requirements.on or today,
        lead_time_days=requirements.lead_time_days or (left if left > 0 else None),
    )


def _reasons(
    evidence: Evidence, scored: Scored, chosen: list[int], among: Among
) -> tuple[list[tuple[RequirementVerdict, ...]], list[tuple[str, ...]]]:
    """The verdicts on chosen candidates, each by one capability, and the operations of that one where there are others."""
    columns, rows, asked = among.columns, among.rows[chosen], evidence.requirements
    told = one_capability.of_rows(columns, asked, rows)
    if told is None:
        return explain.verdicts(evidence, scored.values, chosen), [()] * len(chosen)
    judged, of_part = told
    states = {name: states[chosen] for name, states in evidence.states.items()} | of_part
    gathered = Gatherer(columns, asked, rows, evidence.today, states, judged)
    own = evidence.take(chosen, **gathered.of_part())
    values = features.of_parts(own, scored.values[chosen])
    return explain.verdicts(own, values, range(len(chosen))), judged.works()


def _later(requirements: Requirements, shares: Sequence[WorkShare | None]) -> Bools:
    """The candidates that come behind the matches: those that do nothing of the work, where it is plain which work is wanted."""
    if not work_shares.is_plain(requirements):
        return np.zeros(len(shares), dtype=np.bool_)
    return np.array([share not in MATCHES for share in shares], dtype=np.bool_)


def _nearest(evidence: Evidence, passed: Bools) -> Ints:
    """The few suppliers whose texts are most similar to the need, for a need without related suppliers;
    perhaps none.
    """
    likeness = np.where(passed, np.nan_to_num(evidence.similarity), 0.0)
    best = np.argsort(-likeness, kind="stable")[:NEAREST]
    return best[likeness[best] > 0]
