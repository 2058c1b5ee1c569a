"""The judges, one a requirement: the suppliers that pass, fail, or did not say; None where the need does not
ask.
"""

from collections.abc import Callable, Mapping

import numpy as np

from matchmaker.domain.requirement_kinds import OF_PARTS, REQUIREMENT_KINDS, Comparison, RequirementKind
from search.columns.ragged import spread
from search.filters.evaluator import (
    PASS,
    RELEVANT_FIT,
    SLACK,
    UNKNOWN,
    Evaluator,
    States,
    compared,
    decided,
)

Judge = Callable[[Evaluator], States | None]


def _certification(e: Evaluator) -> States | None:
    """All demands for certificates, without the wishes."""
    demands, on = e.requirements.demanded, e.requirements.on
    if not demands or on is None:
        return None
    # A certificate that is not shown does not count, so no state is unknown here.
    good = np.ones(len(e.rows), dtype=np.bool_)
    for demand in demands:
        good &= e.columns.certification(demand, on)[e.rows] >= int(demand.level)
    return decided(good)


def _processes(e: Evaluator) -> States | None:
    """All required processes (or one of them), each covered by a capability, by the text or by the machines."""
    wanted = e.requirements.processes
    if not wanted:
        return None
    group = e.columns.members["processes"]
    covered = np.zeros((len(e.rows), len(wanted)), dtype=np.bool_)
    for index, code in enumerate(wanted):
        if e.some is None:
            covered[:, index] = e.columns.holding("processes", e.columns.process.fits(code) >= 1.0)
        else:
            offered, owner = e.codes("processes")
            covered[owner[(e.columns.process.fits(code) >= 1.0)[offered]], index] = True
    good = np.asarray(covered.any(axis=1) if e.requirements.any_process else covered.all(axis=1))
    silent = group.first[e.rows + 1] == group.first[e.rows]
    return compared(good, silent & ~good)


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
        good = e.columns.holding("capability_material", fitting)
    else:
        entry, capability = spread(group.first, e.position)
        good = np.zeros(len(e.position), dtype=np.bool_)
        good[capability[fitting[group.values[entry]]]] = True
    return e.best(compared(good, ~said))


def _envelope(e: Evaluator) -> States | None:
    """The part's box fits in some orientation. Beside a lathe's Ø × L it fits if its two smaller sides lie in the circle. A
    table of which only two sides are told takes no part that is longer or wider; of any other nothing is known.
    """
    box = e.requirements.envelope_mm
    if box is None:
        return None
    held, sides = e.columns.envelope[e.position], np.asarray(box)
    inside = np.asarray((held >= sides * (1 - SLACK)).all(axis=-1))
    short = np.asarray((held < sides * (1 - SLACK)).any(axis=-1))
    in_box = compared(inside, ~(inside | short))
    longest, wide, high = sides[..., 0], sides[..., 1], sides[..., 2]
    # A shaft given as a box (420 × 45 × 45) is round: its circle is its side, not its diagonal.
    across = np.where(abs(wide - high) <= 0.01 * wide, wide, np.hypot(wide, high))
    diameter, length = e.number("diameter_mm"), e.number("length_mm")
    fits = (diameter >= across * (1 - SLACK)) & (np.isnan(length) | (length >= longest * (1 - SLACK)))
    on_lathe = compared(fits, np.isnan(diameter))
    both = np.where(in_box == UNKNOWN, on_lathe, np.where(on_lathe == PASS, PASS, in_box)).astype(np.int8)
    return e.best(e.excused(both), of_side=True)


def _lot(e: Evaluator) -> States | None:
    quantity = e.requirements.quantity
    if quantity is None:
        return None
    low, high = e.number("lot_min"), e.number("lot_max")
    good = (np.isnan(low) | (low <= quantity)) & (np.isnan(high) | (high >= quantity))
    return e.best(compared(good, np.isnan(low) & np.isnan(high)))


def _capacity(e: Evaluator) -> States | None:
    if e.requirements.spare_hours is None:
        return None
    # A month that is known to be too full decides, even if other months are unknown.
    months = [hours[e.rows] for hours in e.columns.free_hours(e.requirements.months)]
    judged = [compared(hours >= e.requirements.spare_hours, np.isnan(hours)) for hours in months]
    states: States = np.minimum.reduce(judged)
    return states


def _distance(e: Evaluator) -> States | None:
    if e.requirements.location is None or e.requirements.max_distance_km is None:
        return None
    within, unknown = e.columns.within(e.requirements.location, e.requirements.max_distance_km, e.some)
    return compared(within, unknown)


def _number(kind: RequirementKind) -> Judge:
    """The number of a lathe and the like; where none is stated, that of the side of a box which the part must lie in."""

    def judge(e: Evaluator) -> States | None:
        needed = getattr(e.requirements, kind.asked)
        if needed is None:
            return None
        value = e.number(kind.facts)
        if kind.side is not None:
            value = np.where(np.isnan(value), e.columns.envelope[e.position][:, kind.side], value)
        if kind.comparison is Comparison.AT_LEAST:
            good = value >= needed * (1 - SLACK)
        else:
            good = value <= needed * (1 + SLACK)
        states = compared(good, np.isnan(value))
        if kind.side is None:
            return e.best(states)
        return e.best(e.excused(states), of_side=True)

    return judge


def _one_of(kind: RequirementKind) -> Judge:
    def judge(e: Evaluator) -> States | None:
        codes = getattr(e.requirements, kind.asked)
        if not codes:
            return None
        has, said = e.columns.has_member(kind.asked, codes, e.some)
        return compared(has, ~said)

    return judge


def _all_of(kind: RequirementKind) -> Judge:
    """All of the codes, each as such or by a code that stands under it."""

    def judge(e: Evaluator) -> States | None:
        codes = getattr(e.requirements, kind.asked)
        if not codes:
            return None
        held = [e.columns.answering(kind, code, e.some) for code in codes]
        good = np.logical_and.reduce([has for has, _ in held])
        return compared(good, ~held[0][1])

    return judge


def _yes(kind: RequirementKind) -> Judge:
    def judge(e: Evaluator) -> States | None:
        asked = getattr(e.requirements, kind.asked)
        return e.columns.answers[kind.offered][e.rows] if asked else None

    return judge


_OWN: Mapping[str, Judge] = {
    "certification": _certification,
    "processes": _processes,
    "materials": _materials,
    "envelope": _envelope,
    "lot": _lot,
    "capacity": _capacity,
    "distance": _distance,
}


def _judge(kind: RequirementKind) -> Judge:
    made = _BY_COMPARISON.get(kind.comparison)
    return made(kind) if made else _OWN[kind.name]


_BY_COMPARISON: Mapping[Comparison, Callable[[RequirementKind], Judge]] = {
    Comparison.AT_LEAST: _number,
    Comparison.AT_MOST: _number,
    Comparison.ONE_OF: _one_of,
    Comparison.ALL_OF: _all_of,
    Comparison.YES: _yes,
}


JUDGES: Mapping[str, Judge] = {name: _judge(kind) for name, kind in REQUIREMENT_KINDS.items()}


def states(evaluator: Evaluator) -> dict[str, States]:
    """The state of every row for every requirement of the need."""
    return {name: state for name, judge in JUDGES.items() if (state := judge(evaluator)) is not None}


def of_parts(evaluator: Evaluator) -> dict[str, States]:
    """The state of every row, or of every capability, for the requirements of the part."""
    found = ((kind.name, JUDGES[kind.name](evaluator)) for kind in OF_PARTS)
    return {name: state for name, state in found if state is not None}
