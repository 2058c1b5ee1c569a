"""What relaxing one requirement would add, counted exactly: a step at a time, and leaving it out.

Only suppliers that nothing but the one filter removes can be gained, so only they are judged again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from matchmaker.domain.certificate import CertificationDemand, CertificationLevel
from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.store import Columns
from search.filters.evaluator import Evaluator
from search.filters.filter_outcomes import FilterOutcome, removes
from search.filters.judges import JUDGES

# The preferred series of roughness, Ra in µm (ISO 4287 / GOST 2789-73): the next step is the next relaxation.
ROUGHNESS_STEPS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.3, 12.5, 25.0)
# A size that a drawing could give up, a wider circle, a longer wait.
SMALLER = (0.9, 0.75)
WIDER = (1.5, 2.0)
LATER_DAYS = (14, 28)
_SIZES = {"diameter": "diameter_mm", "length": "length_mm", "thickness": "thickness_mm", "mass": "mass_kg"}
Step = tuple[object, Requirements | None]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A change to one requirement and how many more suppliers would pass all filters. `change` is a value or None for
    leaving the requirement out.
    """

    requirement: str
    change: object
    adds: int


def relaxations(
    columns: Columns, requirements: Requirements, outcome: FilterOutcome
) -> tuple[Relaxation, ...]:
    """What each active filter's relaxations would add to `outcome`, most first; those that add nothing left out."""
    fails = np.zeros(len(outcome.rows), dtype=np.int8)
    active = [removed.requirement for removed in outcome.removed]
    for name in active:
        fails += removes(outcome.states[name], requirements.strictness_of(name))
    found: list[Relaxation] = []
    for name in active:
        strictness = requirements.strictness_of(name)
        only_here = outcome.rows[removes(outcome.states[name], strictness) & (fails == 1)]
        if not len(only_here):
            continue
        for change, eased in (*steps(name, requirements, columns.taxonomy), (None, None)):
            state = None if eased is None else JUDGES[name](Evaluator(columns, eased, only_here))
            left = 0 if state is None else int(removes(state, strictness).sum())
            if len(only_here) > left:
                found.append(Relaxation(name, change, len(only_here) - left))
    return tuple(sorted(found, key=lambda item: (-item.adds, item.requirement, str(item.change))))


def steps(name: str, requirements: Requirements, taxonomy: Taxonomy) -> Iterator[Step]:
    """The steps by which a requirement may be relaxed before it is left out: the new value, and the need with it."""
    if name in _STEPS:
        yield from _STEPS[name](requirements)
    elif name in _SIZES:
        needed = getattr(requirements, _SIZES[name])
        yield from ((needed * by, replace(requirements, **{_SIZES[name]: needed * by})) for by in SMALLER)
    elif name == "materials":
        yield from _families(requirements, taxonomy)


def _certification(requirements: Requirements) -> Iterator[Step]:
    demand = requirements.certification
    assert demand is not None
    for level in range(int(demand.level) - 1, 0, -1):
        lower = CertificationDemand(demand.standard, CertificationLevel(level))
        yield lower.level, replace(requirements, certification=lower)


def _processes(requirements: Requirements) -> Iterator[Step]:
    """One of the operations less: the others can be had elsewhere. Then any one of them."""
    wanted = requirements.processes
    if len(wanted) < 2 or requirements.any_process:
        return
    for code in wanted:
        fewer = tuple(other for other in wanted if other != code)
        yield fewer, replace(requirements, processes=fewer)


def _envelope(requirements: Requirements) -> Iterator[Step]:
    box = requirements.envelope_mm
    assert box is not None
    for by in SMALLER:
        smaller = (box[0] * by, box[1] * by, box[2] * by)
        yield smaller, replace(requirements, envelope_mm=smaller)


def _distance(requirements: Requirements) -> Iterator[Step]:
    assert requirements.max_distance_km is not None
    for factor in WIDER:
        wider = requirements.max_distance_km * factor
        yield wider, replace(requirements, max_distance_km=wider)


def _tolerance(requirements: Requirements) -> Iterator[Step]:
    assert requirements.tolerance_it is not None
    grade = requirements.tolerance_it + 1
    yield grade, replace(requirements, tolerance_it=grade)


def _roughness(requirements: Requirements) -> Iterator[Step]:
    needed = requirements.roughness_ra_um
    assert needed is not None
    coarser = next((step for step in ROUGHNESS_STEPS if step > needed * 1.01), None)
    if coarser is not None:
        yield coarser, replace(requirements, roughness_ra_um=coarser)


def _lot(requirements: Requirements) -> Iterator[Step]:
    """Half of it: two suppliers, or two orders."""
    assert requirements.quantity is not None
    if requirements.quantity > 1:
        half = ceil(requirements.quantity / 2)
        yield half, replace(requirements, quantity=half)


def _lead_time(requirements: Requirements) -> Iterator[Step]:
    assert requirements.lead_time_days is not None
    for days in LATER_DAYS:
        later = requirements.lead_time_days + days
        yield later, replace(requirements, lead_time_days=later)


def _capacity(requirements: Requirements) -> Iterator[Step]:
    assert requirements.spare_hours is not None
    half = requirements.spare_hours / 2
    yield half, replace(requirements, spare_hours=half)


_STEPS = {
    "certification": _certification,
    "processes": _processes,
    "envelope": _envelope,
    "distance": _distance,
    "tolerance": _tolerance,
    "roughness": _roughness,
    "lot": _lot,
    "lead_time": _lead_time,
    "capacity": _capacity,
}


def _families(requirements: Requirements, taxonomy: Taxonomy) -> Iterator[Step]:
    """Another grade of the same family."""
    tree = taxonomy.materials
    parents = [tree[code].parent for code in requirements.materials if code in tree]
    wider = tuple(dict.fromkeys(parent for parent in parents if parent and tree[parent].parent))
    if wider:
        yield wider, replace(requirements, materials=(*requirements.materials, *wider))
