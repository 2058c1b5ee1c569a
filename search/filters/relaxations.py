"""The gain of relaxing one requirement, counted exactly: one step at a time, and without the requirement.

Only suppliers that no other filter removes can be gained, so only they are judged again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matchmaker.domain.certificate import CertificationDemand, CertificationLevel, DemandStrength
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, RequirementKind, Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.store import Columns
from search.filters.evaluator import Evaluator
from search.filters.filter_outcomes import FilterOutcome, removes
from search.filters.judges import JUDGES

Step = tuple[object, Requirements | None]


@dataclass(frozen=True, slots=True)
class DemandChange:
    """A change to one demand for a certificate: a milder one, or None where it is left out."""

    demand: CertificationDemand
    milder: CertificationDemand | None


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A change to one requirement and the number of suppliers that would then pass all filters in addition.
    `change` is the new value, a DemandChange, or None where the requirement is left out.
    """

    requirement: str
    change: object
    adds: int


def relaxations(
    columns: Columns,
    requirements: Requirements,
    outcome: FilterOutcome,
    passing: Callable[[Requirements], int],
) -> tuple[Relaxation, ...]:
    """The gain of each active filter's relaxations over `outcome`, most first; relaxations without gain are
    left out. `passing` counts the suppliers that pass other requirements, where these change who is counted at all or
    which capabilities are looked at.
    """
    fails = np.zeros(len(outcome.rows), dtype=np.int8)
    active = list(dict.fromkeys(removed.requirement for removed in outcome.removed))
    for name in active:
        fails += removes(outcome.states[name], requirements.strictness_of(name))
    found: list[Relaxation] = []
    for name in active:
        strictness = requirements.strictness_of(name)
        if name in about_work(requirements):
            found += _counted_anew(name, requirements, columns.taxonomy, passing, int(outcome.passed.sum()))
            continue
        only_here = outcome.rows[removes(outcome.states[name], strictness) & (fails == 1)]
        if not len(only_here):
            continue
        for change, eased in (*steps(name, requirements, columns.taxonomy), (None, None)):
            state = None if eased is None else JUDGES[name](Evaluator(columns, eased, only_here))
            left = 0 if state is None else int(removes(state, strictness).sum())
            if len(only_here) > left:
                found.append(Relaxation(name, change, len(only_here) - left))
    return sorted_by_gain(found)


def sorted_by_gain(found: Iterable[Relaxation]) -> tuple[Relaxation, ...]:
    """The relaxations, that with the most gain first."""
    return tuple(sorted(found, key=lambda item: (-item.adds, item.requirement, str(item.change))))


def about_work(requirements: Requirements) -> tuple[str, ...]:
    """The requirements that say whom a need is about: its operations, or its material where it names none."""
    return ("processes",) if requirements.processes else ("materials",)


def _counted_anew(
    name: str,
    requirements: Requirements,
    taxonomy: Taxonomy,
    passing: Callable[[Requirements], int],
    before: int,
) -> Iterator[Relaxation]:
    wished = replace(requirements, strictness={**requirements.strictness, name: Strictness.WISH})
    for change, eased in (*steps(name, requirements, taxonomy), (None, wished)):
        adds = passing(eased or wished) - before
        if adds > 0:
            yield Relaxation(name, change, adds)


def steps(name: str, requirements: Requirements, taxonomy: Taxonomy) -> Iterator[Step]:
    """The steps that relax a requirement before it is left out: the new value, and the need with that value."""
    if name == "certification":
        yield from _certification(requirements)
    elif name == "processes":
        yield from _processes(requirements)
    elif name == "materials":
        yield from _families(requirements, taxonomy)
    else:
        yield from _numbers(REQUIREMENT_KINDS[name], requirements)


def _numbers(kind: RequirementKind, requirements: Requirements) -> Iterator[Step]:
    """A number, or all sides of a box, by the steps of its kind."""
    needed, milder = getattr(requirements, kind.asked), kind.milder
    if milder is None:
        return
    boxed = isinstance(needed, tuple)
    changes: Iterable[Any] = zip(*map(milder, needed), strict=True) if boxed else milder(needed)
    for change in changes:
        yield change, replace(requirements, **{kind.asked: change})


def _certification(requirements: Requirements) -> Iterator[Step]:
    """Each demand in turn: without dates, a lower level, a wish, none at all."""
    demands = dict.fromkeys(requirements.demanded)
    for demand in demands:
        for milder in _milder_demands(demand):
            if milder is None and len(demands) == 1:
                continue  # the whole requirement, which is left out last
            changed = (milder if one == demand else one for one in requirements.certification)
            eased = tuple(one for one in changed if one is not None)
            yield DemandChange(demand, milder), replace(requirements, certification=eased)


def _milder_demands(demand: CertificationDemand) -> Iterator[CertificationDemand | None]:
    if demand.dated and demand.level is CertificationLevel.CERTIFIED:
        yield replace(demand, dated=False)
    for level in range(int(demand.level) - 1, 0, -1):
        yield replace(demand, level=CertificationLevel(level))
    yield replace(demand, strength=DemandStrength.WISH)
    yield None


def _processes(requirements: Requirements) -> Iterator[Step]:
    """One operation fewer: another supplier can do the rest. Then any one of them."""
    wanted = requirements.processes
    if len(wanted) < 2 or requirements.any_process:
        return
    for code in wanted:
        fewer = tuple(other for other in wanted if other != code)
        yield fewer, replace(requirements, processes=fewer)


def _families(requirements: Requirements, taxonomy: Taxonomy) -> Iterator[Step]:
    """Another grade of the same family."""
    tree = taxonomy.materials
    parents = [tree[code].parent for code in requirements.materials if code in tree]
    wider = tuple(dict.fromkeys(parent for parent in parents if parent and tree[parent].parent))
    if wider:
        yield wider, replace(requirements, materials=(*requirements.materials, *wider))
