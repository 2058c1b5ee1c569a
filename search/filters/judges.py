"""One judge a requirement: which suppliers pass, fail, or did not say; None if the need does not ask."""

from collections.abc import Callable

import numpy as np

from matchmaker.domain.requirements import REQUIREMENTS
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


def _certification(e: Evaluator) -> States | None:
    demand, on = e.requirements.certification, e.requirements.on
    if demand is None or on is None:
        return None
    # A certificate that is not shown is not held, so there is no unknown here.
    return decided(e.columns.certification(demand.standard, on)[e.rows] >= int(demand.level))


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
        good = e.columns.holding("material", group, fitting)
    else:
        entry, capability = spread(group.first, e.position)
        good = np.zeros(len(e.position), dtype=np.bool_)
        good[capability[fitting[group.values[entry]]]] = True
    return e.best(compared(good, ~said))


def _envelope(e: Evaluator) -> States | None:
    """The part's box fits in some orientation. Beside a lathe's Ø × L it fits if its two smaller sides lie in the circle."""
    box = e.requirements.envelope_mm
    if box is None:
        return None
    held = e.columns.envelope[e.position]
    inside = np.asarray((held >= np.array(box) * (1 - SLACK)).all(axis=1))
    unsaid = np.asarray(np.isnan(held).any(axis=1))
    in_box = compared(inside, unsaid)
    diagonal = float(np.hypot(box[1], box[2]))
    # A shaft given as a box (420 × 45 × 45) is round: its circle is its side, not its diagonal.
    across = box[1] if abs(box[1] - box[2]) <= 0.01 * box[1] else diagonal
    diameter, length = e.number("diameter_mm"), e.number("length_mm")
    fits = (diameter >= across * (1 - SLACK)) & (np.isnan(length) | (length >= box[0] * (1 - SLACK)))
    on_lathe = compared(fits, np.isnan(diameter))
    both = np.where(in_box == UNKNOWN, on_lathe, np.where(on_lathe == PASS, PASS, in_box)).astype(np.int8)
    return e.best(both, of_side=True)


def _round(e: Evaluator, name: str, needed: float | None, side: int) -> States | None:
    """A diameter or length against the same of a lathe, else against the side of a box it must lie in."""
    if needed is None:
        return None
    own, boxed = e.number(name), e.columns.envelope[e.position][:, side]
    value = np.where(np.isnan(own), boxed, own)
    return e.best(compared(value >= needed * (1 - SLACK), np.isnan(value)), of_side=True)


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
    # A month that is known to be too full decides, whatever is not known of the others.
    months = [hours[e.rows] for hours in e.columns.free_hours(e.requirements.months)]
    judged = [compared(hours >= e.requirements.spare_hours, np.isnan(hours)) for hours in months]
    states: States = np.minimum.reduce(judged)
    return states


def _distance(e: Evaluator) -> States | None:
    if e.requirements.location is None or e.requirements.max_distance_km is None:
        return None
    within, unknown = e.columns.within(e.requirements.location, e.requirements.max_distance_km, e.some)
    return compared(within, unknown)


def _member(name: str, attribute: str) -> Callable[[Evaluator], States | None]:
    def judge(e: Evaluator) -> States | None:
        codes = getattr(e.requirements, attribute)
        if not codes:
            return None
        has, said = e.columns.has_member(name, codes, e.some)
        return compared(has, ~said)

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


JUDGES: dict[str, Callable[[Evaluator], States | None]] = {
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
    "lead_time": _finest("lead_time_days", "lead_time_days"),
    "capacity": _capacity,
    "region": _member("regions", "regions"),
    "distance": _distance,
    "languages": _member("languages", "languages"),
    "sectors": _member("sectors", "sectors"),
    "reach": _member("centres", "centres"),
}


# What of the requirements each judge reads.
ATTRIBUTES: dict[str, tuple[str, ...]] = {
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
    "lead_time": ("lead_time_days",),
    "capacity": ("spare_hours", "months"),
    "region": ("regions",),
    "distance": ("location", "max_distance_km"),
    "languages": ("languages",),
    "sectors": ("sectors",),
    "reach": ("centres",),
}
OF_CAPABILITIES = frozenset(
    {
        "materials",
        "envelope",
        "diameter",
        "length",
        "thickness",
        "mass",
        "tolerance",
        "roughness",
        "lot",
        "lead_time",
    }
)


def states(evaluator: Evaluator) -> dict[str, States]:
    """The state of every row for every requirement that is asked for."""
    return {name: state for name in REQUIREMENTS if (state := JUDGES[name](evaluator)) is not None}
