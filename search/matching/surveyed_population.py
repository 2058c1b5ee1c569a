"""The numbers of a need, counted by an engine that judges everybody itself; `search.matching.population` is the definition.

All of them are counted by one survey, when one of them is first asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from matchmaker.domain.certificate import CertificationDemand
from matchmaker.domain.requirement_kinds import Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.asked_words import WordUse
from search.engines.conditions import AtLeast, Condition, Not, both, either
from search.engines.surveys import CountAnswer, Counted, Listed, Listing, Surveyor
from search.filters.filter_outcomes import RemovedByFilter
from search.filters.relaxations import Relaxation, about_work, sorted_by_gain, steps
from search.filters.verdicts import Verdicts
from search.matching.population import FilterEffects, FitCounts
from search.matching.work_conditions import WorkConditions
from search.ranking import work_shares
from search.ranking.work_shares import RELATED_PROCESS


@dataclass(frozen=True, slots=True)
class _Told:
    counts: FitCounts
    effects: FilterEffects
    relaxations: tuple[Relaxation, ...]


class SurveyedPopulation:
    """What `Population` tells, without the rows. `use` tells how rare the need's words are."""

    def __init__(
        self, surveyor: Surveyor, requirements: Requirements, taxonomy: Taxonomy, use: WordUse | None
    ) -> None:
        self._surveyor, self._requirements, self._taxonomy, self._use = surveyor, requirements, taxonomy, use
        self._work = WorkConditions(requirements, taxonomy)

    @property
    def counts(self) -> FitCounts:
        return self._told.counts

    @property
    def effects(self) -> FilterEffects:
        return self._told.effects

    @property
    def relaxations(self) -> tuple[Relaxation, ...]:
        return self._told.relaxations

    def removed(self, top: int) -> Listing:
        """The number of those that conditions remove, and the documents of the `top` whom the fewest do, then by key."""
        conditions = tuple(self._work.removing.values())
        among = both(self._work.about(self._use), either(*conditions))
        worth = tuple((condition, 1.0) for condition in conditions)
        return self._surveyor.survey(listed=[Listed(among, top, worth, least_first=True)]).listings[0]

    @cached_property
    def _told(self) -> _Told:
        about, passing = self._work.about(self._use), self._work.passing
        filters, changes, anew = self._filters, list(self._changes()), list(self._anew())
        parts = tuple(condition for *_, condition in filters)
        wholes = tuple(self._work.removing.values())
        questions = [
            Counted(about, parts),
            Counted(both(about, passing), (self._fitting,)),
            Counted(both(self._others(), Not(about), passing), (self._like,)),
            Counted(both(about, _exactly_one(parts)), parts),
            Counted(both(about, _exactly_one(wholes)), tuple(condition for *_, condition in changes)),
            *(self._passing(eased) for _, _, eased in anew),
        ]
        removed, passed, others, alone, only, *counted = self._surveyor.survey(questions).counts
        found = [
            *(
                Relaxation(name, change, gained)
                for (name, change, _), gained in zip(changes, only.within, strict=True)
            ),
            *(
                Relaxation(name, change, now.total - passed.total)
                for (name, change, _), now in zip(anew, counted, strict=True)
            ),
        ]
        effects = FilterEffects(
            tuple(
                RemovedByFilter(name, self._strictness(name), every, single, demand)
                for (name, demand, _), every, single in zip(
                    filters, removed.within, alone.within, strict=True
                )
            ),
            tuple(self._work.judged),
        )
        return _Told(
            self._fit_counts(passed, others), effects, sorted_by_gain(one for one in found if one.adds > 0)
        )

    def _strictness(self, name: str) -> Strictness:
        return self._requirements.strictness_of(name)

    @cached_property
    def _filters(self) -> list[tuple[str, CertificationDemand | None, Condition]]:
        """Each filter with whom it removes."""
        return [
            (name, demand, condition)
            for name, verdict in self._work.judged.items()
            if self._strictness(name) is not Strictness.WISH
            for demand, condition in self._work.verdicts.parts(name, verdict)
        ]

    def _changes(self) -> Iterable[tuple[str, object, Condition]]:
        """The relaxations of a single requirement, each with whom it would let in again of those that nothing else removes."""
        for name, removes in self._work.removing.items():
            if name in about_work(self._requirements):
                continue
            yield name, None, removes
            for change, eased in steps(name, self._requirements, self._taxonomy):
                assert eased is not None
                milder = Verdicts(eased, self._taxonomy).of(name)
                still = [milder.removes(self._strictness(name))] if milder is not None else []
                yield name, change, both(removes, *map(Not, still))

    def _anew(self) -> Iterable[tuple[str, object, Requirements]]:
        """The relaxations that change whom the need is about, each with the need as it would be."""
        for name in self._work.removing:
            if name in about_work(self._requirements):
                wished = replace(
                    self._requirements,
                    strictness={**self._requirements.strictness, name: Strictness.WISH},
                )
                for change, eased in steps(name, self._requirements, self._taxonomy):
                    yield name, change, eased or wished
                yield name, None, wished

    def _passing(self, requirements: Requirements) -> Counted:
        work = WorkConditions(requirements, self._taxonomy)
        return Counted(both(work.about(self._use), work.passing))

    @property
    def _fitting(self) -> Condition:
        """Of those that pass: who does all, or shares the material where no process is named."""
        return self._work.doing_all if self._requirements.processes else self._work.of_material

    @property
    def _like(self) -> Condition:
        return either(self._work.of_material, self._work.reaching(RELATED_PROCESS))

    def _others(self) -> Condition:
        """Whose work or material is like the wanted one, and who has words in common where these decide."""
        if not self._requirements.processes:
            return either()
        if work_shares.is_plain(self._requirements):
            return self._like
        return either(self._like, self._work.of_words(self._use))

    def _fit_counts(self, passed: CountAnswer, others: CountAnswer) -> FitCounts:
        fitting, related = passed.within[0], others.within[0]
        if not self._requirements.processes:
            return FitCounts(related=fitting, words=passed.total - fitting)
        return FitCounts(fitting, passed.total - fitting, related, others.total - related)


def _exactly_one(conditions: tuple[Condition, ...]) -> Condition:
    return both(AtLeast(1, conditions), Not(AtLeast(2, conditions)))
