"""Hard filters, exact and explained: for every requirement, which suppliers pass, fail, or did not say.

A requirement about a part (material, size, accuracy, lot) is judged on the capabilities that answer one of the
required processes, the same, a narrower or a broader one; on all of them where none does. The best capability counts.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.certificate import CertificationDemand, CertificationLevel
from matchmaker.domain.requirements import REQUIREMENTS, Requirements, Strictness
from search.arrays import Bools, Floats, Ints, spread
from search.columns import Columns

FAIL, UNKNOWN, PASS = -1, 0, 1
States = NDArray[np.int8]
# A capability answers a process if it is the same, a narrower one, or its parent or grandparent (see Tree.fit).
RELEVANT_FIT = 0.45
# The preferred series of roughness, Ra in µm (ISO 4287 / GOST 2789-73): the next step is the next relaxation.
ROUGHNESS_STEPS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.3, 12.5, 25.0)
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Removed:
    """What one filter did: suppliers it removes by itself, and those that nothing else removes."""

    requirement: str
    strictness: Strictness
    alone: int
    only: int


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A change to one requirement and how many more suppliers would pass all filters. `change` is a value or None for
    leaving the requirement out.
    """

    requirement: str
    change: object
    adds: int


@dataclass(frozen=True, slots=True)
class FilterOutcome:
    """States by requirement (only those asked for), the rows that pass, what each active filter removed."""

    rows: Ints
    states: dict[str, States]
    passed: Bools
    removed: tuple[Removed, ...] = ()
    relaxations: tuple[Relaxation, ...] = field(default=())


class Evaluator:
    """Judges rows of the columns by requirements; capabilities are looked up once for all of them, when first needed."""

    def __init__(self, columns: Columns, requirements: Requirements, rows: Ints | None = None) -> None:
        self.columns, self.requirements = columns, requirements
        self.some = rows  # None for all, which needs no looking up
        self.rows = np.arange(len(columns)) if rows is None else rows
        self._codes: dict[str, tuple[NDArray[np.int32], Ints]] = {}

    @cached_property
    def _spread(self) -> tuple[Ints, Ints]:
        return spread(self.columns.first, self.rows)

    @property
    def position(self) -> Ints:
        """The capabilities of all rows, as indices of the capability-level columns."""
        return self._spread[0]

    @property
    def owner(self) -> Ints:
        """To which of `rows`, by index, each of them belongs."""
        return self._spread[1]

    def codes(self, member: str) -> tuple[NDArray[np.int32], Ints]:
        """The codes that the rows hold in a member of the columns, and to which row, by index, each belongs."""
        if member not in self._codes:
            group = self.columns.members[member]
            entry, owner = spread(group.first, self.rows)
            self._codes[member] = group.values[entry], owner
        return self._codes[member]

    @cached_property
    def offered_processes(self) -> tuple[NDArray[np.int32], Ints]:
        """The processes of the capabilities, and the capability, by index of `position`, of each."""
        entry, capability = spread(self.columns.capability_process.first, self.position)
        return self.columns.capability_process.values[entry], capability

    @cached_property
    def process_fit(self) -> Floats:
        """Fit of each capability (rows of `position`) for each required process."""
        wanted = self.requirements.processes
        fits = np.zeros((len(self.position), len(wanted)))
        offered, capability = self.offered_processes
        if len(offered):
            starts = np.flatnonzero(np.diff(capability, prepend=-1))
            for index, code in enumerate(wanted):
                fitting = self.columns.process.fits(code)[offered]
                fits[capability[starts], index] = np.maximum.reduceat(fitting, starts)
        return fits

    @cached_property
    def relevant(self) -> Bools:
        """Capabilities that answer a required process; all of a supplier that has none such."""
        if not self.requirements.processes:
            return np.ones(len(self.position), dtype=np.bool_)
        answers: Bools = self.process_fit.max(axis=1) >= RELEVANT_FIT
        has = np.zeros(len(self.rows), dtype=np.bool_)
        has[self.owner[answers]] = True
        return answers | ~has[self.owner]

    def best(self, states: States) -> States:
        """The best state of a supplier's relevant capabilities; unknown without any."""
        counted = (
            np.where(self.relevant, states, FAIL).astype(np.int8) if self.requirements.processes else states
        )
        sizes = self.columns.first[self.rows + 1] - self.columns.first[self.rows]
        best = np.zeros(len(self.rows), dtype=np.int8)
        some = np.flatnonzero(sizes)
        if len(some):
            starts = np.cumsum(sizes)[some] - sizes[some]
            best[some] = np.maximum.reduceat(counted, starts)
        return best

    def number(self, name: str) -> Floats:
        return self.columns.numbers[name][self.position]

    def at_least(self, name: str, needed: float) -> States:
        return self.best(_compared(self.number(name) >= needed * (1 - SLACK), np.isnan(self.number(name))))

    def at_most(self, name: str, needed: float) -> States:
        return self.best(_compared(self.number(name) <= needed * (1 + SLACK), np.isnan(self.number(name))))

    def states(self) -> dict[str, States]:
        """The state of every row for every requirement that is asked for."""
        return {name: states for name in REQUIREMENTS if (states := _JUDGES[name](self)) is not None}


def _answering(columns: Columns, processes: tuple[str, ...]) -> Bools:
    """Which process codes of the taxonomy answer one of the required."""
    answering = np.zeros(len(columns.process.codes), dtype=np.bool_)
    for code in processes:
        answering |= columns.process.fits(code) >= RELEVANT_FIT
    return answering


class Everybody:
    """All suppliers by requirements. What depends on one requirement alone is worked out once and kept by the columns:
    the same certificate, distance or grade is asked for again and again.
    """

    def __init__(self, columns: Columns, requirements: Requirements) -> None:
        self.columns, self.requirements = columns, requirements
        self._plain = copy(columns.kept(("everybody",), lambda: Evaluator(columns, Requirements())))
        self._plain.requirements = replace(requirements, processes=())
        self._specialists = columns.kept(("specialists", requirements.processes), self._find)
        self._some = Evaluator(columns, requirements, self._specialists)

    def _find(self) -> Ints:
        """Rows with a capability that answers a required process: judged on it, where all others are on all they have."""
        answering = _answering(self.columns, self.requirements.processes)
        answers = self.columns.holding("capability", self.columns.capability_process, answering)
        return np.unique(self.columns.capability_row[answers])

    def states(self) -> dict[str, States]:
        return {name: states for name in REQUIREMENTS if (states := self._state(name)) is not None}

    def _state(self, name: str) -> States | None:
        judge = _JUDGES[name]
        values = tuple(getattr(self.requirements, attribute) for attribute in _ATTRIBUTES[name])
        evaluator = self._plain
        if name == "processes":
            evaluator = Evaluator(self.columns, self.requirements)
        state: States | None = self.columns.kept(("state", name, values), lambda: judge(evaluator))
        if state is None or name not in OF_CAPABILITIES or not len(self._specialists):
            return state
        own = judge(self._some)
        if own is not None:
            state = state.copy()
            state[self._specialists] = own
        return state


def _compared(good: Bools, unknown: Bools) -> States:
    states: States = 2 * good.view(np.int8) + np.int8(FAIL)
    states[unknown] = UNKNOWN
    return states


def _certification(e: Evaluator) -> States | None:
    demand, on = e.requirements.certification, e.requirements.on
    if demand is None or on is None:
        return None
    # A certificate that is not shown is not held, so there is no unknown here.
    return np.where(e.columns.meets(demand, on)[e.rows], PASS, FAIL).astype(np.int8)


def _processes(e: Evaluator) -> States | None:
    """All required processes (or one), each covered by a capability, or by what the text and the machines say."""
    wanted = e.requirements.processes
    if not wanted:
        return None
    group = e.columns.members["processes"]
    covered = np.zeros((len(e.rows), len(wanted)), dtype=np.bool_)
    for index, code in enumerate(wanted):
        if e.some is None:
            covered[:, index] = e.columns.holding("processes", group, e.columns.process.fits(code) >= 1.0)
        else:
            offered, owner = e.codes("processes")
            covered[owner[(e.columns.process.fits(code) >= 1.0)[offered]], index] = True
    good = np.asarray(covered.any(axis=1) if e.requirements.any_process else covered.all(axis=1))
    silent = group.first[e.rows + 1] == group.first[e.rows]
    return _compared(good, silent & ~good)


def _materials(e: Evaluator) -> States | None:
    """One of the materials: the same or an equivalent grade, a narrower one, or its family declared as a whole."""
    wanted = e.requirements.materials
    if not wanted:
        return None
    group = e.columns.capability_material
    fitting = np.zeros(len(e.columns.material.codes), dtype=np.bool_)
    for code in wanted:
        fitting |= e.columns.material.fits(code) >= RELEVANT_FIT
    said = group.first[e.position + 1] > group.first[e.position]
    if e.some is None:
        good = e.columns.holding("material", group, fitting)
    else:
        entry, capability = spread(group.first, e.position)
        good = np.zeros(len(e.position), dtype=np.bool_)
        good[capability[fitting[group.values[entry]]]] = True
    return e.best(_compared(good, ~said))


def _envelope(e: Evaluator) -> States | None:
    """The part's box fits in some orientation. Beside a lathe's Ø × L it fits if its two smaller sides lie in the circle."""
    box = e.requirements.envelope_mm
    if box is None:
        return None
    held = e.columns.envelope[e.position]
    inside = np.asarray((held >= np.array(box) * (1 - SLACK)).all(axis=1))
    unsaid = np.asarray(np.isnan(held).any(axis=1))
    in_box = _compared(inside, unsaid)
    diagonal = float(np.hypot(box[1], box[2]))
    # A shaft given as a box (420 × 45 × 45) is round: its circle is its side, not its diagonal.
    across = box[1] if abs(box[1] - box[2]) <= 0.01 * box[1] else diagonal
    diameter, length = e.number("diameter_mm"), e.number("length_mm")
    fits = (diameter >= across * (1 - SLACK)) & (np.isnan(length) | (length >= box[0] * (1 - SLACK)))
    on_lathe = _compared(fits, np.isnan(diameter))
    both = np.where(in_box == UNKNOWN, on_lathe, np.where(on_lathe == PASS, PASS, in_box)).astype(np.int8)
    return e.best(both)


def _round(e: Evaluator, name: str, needed: float | None, side: int) -> States | None:
    """A diameter or length against the same of a lathe, else against the side of a box it must lie in."""
    if needed is None:
        return None
    own, boxed = e.number(name), e.columns.envelope[e.position][:, side]
    value = np.where(np.isnan(own), boxed, own)
    return e.best(_compared(value >= needed * (1 - SLACK), np.isnan(value)))


def _lot(e: Evaluator) -> States | None:
    quantity = e.requirements.quantity
    if quantity is None:
        return None
    low, high = e.number("lot_min"), e.number("lot_max")
    good = (np.isnan(low) | (low <= quantity)) & (np.isnan(high) | (high >= quantity))
    return e.best(_compared(good, np.isnan(low) & np.isnan(high)))


def _capacity(e: Evaluator) -> States | None:
    if e.requirements.spare_hours is None:
        return None
    hours = e.columns.spare_hours[e.rows]
    return _compared(hours >= e.requirements.spare_hours, np.isnan(hours))


def _distance(e: Evaluator) -> States | None:
    if e.requirements.location is None or e.requirements.max_distance_km is None:
        return None
    within, unknown = e.columns.within(e.requirements.location, e.requirements.max_distance_km, e.some)
    return _compared(within, unknown)


def _member(name: str, attribute: str) -> Callable[[Evaluator], States | None]:
    def judge(e: Evaluator) -> States | None:
        codes = getattr(e.requirements, attribute)
        if not codes:
            return None
        has, said = e.columns.has_member(name, codes, e.some)
        return _compared(has, ~said)

    return judge


def _least(name: str, attribute: str) -> Callable[[Evaluator], States | None]:
    def judge(e: Evaluator) -> States | None:
        needed = getattr(e.requirements, attribute)
        return None if needed is None else e.at_least(name, needed)

    return judge


def _finest(name: str, attribute: str) -> Callable[[Evaluator], States | None]:
    def judge(e: Evaluator) -> States | None:
        needed = getattr(e.requirements, attribute)
        return None if needed is None else e.at_most(name, needed)

    return judge


_JUDGES: dict[str, Callable[[Evaluator], States | None]] = {
    "certification": _certification,
    "processes": _processes,
    "materials": _materials,
    "envelope": _envelope,
    "diameter": lambda e: _round(e, "diameter_mm", e.requirements.diameter_mm, 1),
    "length": lambda e: _round(e, "length_mm", e.requirements.length_mm, 0),
    "thickness": _least("thickness_mm", "thickness_mm"),
    "mass": _least("mass_kg", "mass_kg"),
    "tolerance": _finest("tolerance_it", "tolerance_it"),
    "roughness": _finest("roughness_ra_um", "roughness_ra_um"),
    "lot": _lot,
    "capacity": _capacity,
    "region": _member("regions", "regions"),
    "distance": _distance,
    "languages": _member("languages", "languages"),
    "sectors": _member("sectors", "sectors"),
    "reach": _member("centres", "centres"),
}


# What of the requirements each judge reads.
_ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "certification": ("certification", "on"),
    "processes": ("processes", "any_process"),
    "materials": ("materials",),
    "envelope": ("envelope_mm",),
    "diameter": ("diameter_mm",),
    "length": ("length_mm",),
    "thickness": ("thickness_mm",),
    "mass": ("mass_kg",),
    "tolerance": ("tolerance_it",),
    "roughness": ("roughness_ra_um",),
    "lot": ("quantity",),
    "capacity": ("spare_hours",),
    "region": ("regions",),
    "distance": ("location", "max_distance_km"),
    "languages": ("languages",),
    "sectors": ("sectors",),
    "reach": ("centres",),
}
OF_CAPABILITIES = frozenset(
    {"materials", "envelope", "diameter", "length", "thickness", "mass", "tolerance", "roughness", "lot"}
)


def removes(states: States, strictness: Strictness) -> Bools:
    """Which rows a filter removes."""
    if strictness is Strictness.WISH:
        return np.zeros(len(states), dtype=np.bool_)
    return states < PASS if strictness is Strictness.STRICT else states < UNKNOWN


def evaluate(columns: Columns, requirements: Requirements, rows: Ints | None = None) -> FilterOutcome:
    """Judge rows (all by default) by every requirement, with counts of what each active filter removes."""
    judged = Everybody(columns, requirements) if rows is None else Evaluator(columns, requirements, rows)
    states = judged.states()
    rows = np.arange(len(columns)) if rows is None else rows
    active = {
        name: removes(state, requirements.strictness_of(name))
        for name, state in states.items()
        if requirements.strictness_of(name) is not Strictness.WISH
    }
    fails = np.zeros(len(rows), dtype=np.int8)
    for removed in active.values():
        fails += removed
    counts = tuple(
        Removed(
            name,
            requirements.strictness_of(name),
            int(np.count_nonzero(removed)),
            int(np.count_nonzero(removed & (fails == 1))),
        )
        for name, removed in active.items()
    )
    return FilterOutcome(rows, states, fails == 0, counts)


def relaxations(
    columns: Columns, requirements: Requirements, outcome: FilterOutcome
) -> tuple[Relaxation, ...]:
    """What each active filter's relaxation would add, over all suppliers, most first; those that add nothing left out."""
    fails = np.zeros(len(outcome.rows), dtype=np.int8)
    active = [removed.requirement for removed in outcome.removed]
    for name in active:
        fails += removes(outcome.states[name], requirements.strictness_of(name))
    found: list[Relaxation] = []
    for name in active:
        removed = removes(outcome.states[name], requirements.strictness_of(name))
        only_here = outcome.rows[removed & (fails == 1)]
        if not len(only_here):
            continue
        for change, eased in _eased(name, requirements):
            state = None if eased is None else _JUDGES[name](Evaluator(columns, eased, only_here))
            left = 0 if state is None else int(removes(state, requirements.strictness_of(name)).sum())
            if len(only_here) > left:
                found.append(Relaxation(name, change, len(only_here) - left))
    return tuple(sorted(found, key=lambda item: (-item.adds, item.requirement, str(item.change))))


def _eased(name: str, requirements: Requirements) -> list[tuple[object, Requirements | None]]:
    """The steps by which a requirement may be relaxed, the last one leaving it out."""
    steps: list[tuple[object, Requirements | None]] = []
    demand = requirements.certification
    if name == "certification" and demand is not None:
        for level in range(int(demand.level) - 1, 0, -1):
            lower = CertificationDemand(demand.standard, CertificationLevel(level))
            steps.append((lower.level, replace(requirements, certification=lower)))
    if name == "distance" and requirements.max_distance_km is not None:
        for factor in (1.5, 2.0):
            wider = requirements.max_distance_km * factor
            steps.append((wider, replace(requirements, max_distance_km=wider)))
    if name == "tolerance" and requirements.tolerance_it is not None:
        grade = requirements.tolerance_it + 1
        steps.append((grade, replace(requirements, tolerance_it=grade)))
    if name == "roughness" and requirements.roughness_ra_um is not None:
        coarser = next((step for step in ROUGHNESS_STEPS if step > requirements.roughness_ra_um * 1.01), None)
        if coarser is not None:
            steps.append((coarser, replace(requirements, roughness_ra_um=coarser)))
    return [*steps, (None, None)]
