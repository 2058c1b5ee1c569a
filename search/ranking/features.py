"""The features: named pure functions from evidence to one number a candidate, 0 (bad) to 1 (good), NaN where unknown.

The sentence given to `feature` becomes the function's docstring and is shown to people, translated. `neutral` is the
value that an unknown stands for: it lies between nearly met and met, so that silence is neither rewarded nor treated
as failure. Every feature only rises as a supplier gets closer, better certified or better fitting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.certificate import DemandStrength
from matchmaker.domain.language import N_
from matchmaker.domain.requirement_kinds import OF_PARTS, REQUIREMENT_KINDS
from search.filters.evaluator import UNKNOWN
from search.ranking.evidence import Evidence, Floats

# Between nearly met (0.5) and met (1).
NEUTRAL = 0.7

# Words are weaker evidence than a declared capability: a text may name work that is bought in.
TEXT_EVIDENCE = 0.75

# The weight of a later process of the route beside the first, which the need is mainly about.
FOLLOWING_PROCESS = 0.8

# Kilometres over which nearness loses two thirds: about a day's drive of a lorry there and back.
DISTANCE_SCALE = 600.0

# Days after which half of the worth of a figure is gone: free hours change by the week, machines by the year.
HOURS_HALF_LIFE, MACHINES_HALF_LIFE = 14.0, 365.0

# The share of a need's words that the text of any supplier of the trade holds; found with the calibration, see docs/quality.md.
SHARE_BY_CHANCE = 0.08

# A feature's values, or NaN for all: a requirement that the need does not ask for moves no score.
Values = Floats | float
Compute = Callable[[Evidence], Values]
NOT_ASKED = float("nan")


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature: its name in tables and model files, its group, its text (English) and its neutral value."""

    name: str
    group: str
    text: str
    neutral: float
    compute: Compute


FEATURES: dict[str, Feature] = {}


def feature(group: str, text: str, *, neutral: float = NEUTRAL) -> Callable[[Compute], Compute]:
    """Register a function as a feature; `text` becomes its docstring."""

    def register(function: Compute) -> Compute:
        function.__doc__ = text
        FEATURES[function.__name__] = Feature(function.__name__, group, text, neutral, function)
        return function

    return register


def matrix(evidence: Evidence) -> Floats:
    """All features, candidates × features, in the order of FEATURES; NaN where unknown."""
    columns = np.empty((evidence.count, len(FEATURES)), order="F")
    for position, item in enumerate(FEATURES.values()):
        columns[:, position] = item.compute(evidence)
    return columns


def of_parts(evidence: Evidence, values: Floats) -> Floats:
    """Feature values with those of the part's requirements told anew."""
    told = values.copy()
    for name in evidence.states.keys() & OF_PART:
        told[:, position(name)] = FEATURES[name].compute(evidence)
    return told


def weighed(values: Floats, clarity: float) -> Floats:
    """Feature values as a ranker weighs them: all but those of texts are drawn towards neutral as far as the need's
    structure does not tell what is wanted.
    """
    return values if clarity >= 1 else neutrals() + (values - neutrals()) * np.where(of_text(), 1.0, clarity)


@cache
def position(name: str) -> int:
    """The column of a feature."""
    return list(FEATURES).index(name)


@cache
def of_text() -> NDArray[np.bool_]:
    """Which features compare texts, in the order of FEATURES; not to be changed."""
    return np.array([item.group == "text" for item in FEATURES.values()])


@cache
def neutrals() -> Floats:
    """The neutral values in the order of FEATURES; not to be changed."""
    return np.array([item.neutral for item in FEATURES.values()])


# The requirements of a part whose features have their name.
OF_PART = frozenset(kind.name for kind in OF_PARTS if kind.name != "materials")

# The fit of a declared number for the required one, 0 to 1, by the kind of requirement.
Fit = Callable[[Floats, float], Floats]
FITS: dict[str, Fit] = {}


def number_feature(name: str, text: str, fit: Fit) -> None:
    """Register the feature of a kind that compares one number of a part."""

    def compute(evidence: Evidence) -> Values:
        needed = getattr(evidence.requirements, REQUIREMENT_KINDS[name].asked)
        return NOT_ASKED if needed is None else fit(evidence.numbers[name], needed)

    compute.__name__ = name
    FITS[name] = fit
    feature(REQUIREMENT_KINDS[name].group, text)(compute)


def ratio_fit(ratio: Floats) -> Floats:
    """The fit of a ratio: 1 at and above the need; nine tenths of it is nearly met (0.5) and half of it is 0."""
    near = 0.5 * (ratio - 0.5) / 0.4
    return np.where(np.isnan(ratio), np.nan, np.where(ratio >= 1.0, 1.0, np.clip(near, 0.0, 0.6)))


def size_fit(declared: Floats, needed: float) -> Floats:
    """1 at the needed size and above."""
    return ratio_fit(declared / needed)


def ceiling_fit(declared: Floats, needed: float) -> Floats:
    """1 at the needed size and below."""
    return ratio_fit(needed / declared)


def tolerance_fit(declared: Floats, needed: float) -> Floats:
    """The fit of a tolerance: 1 at the needed IT grade or a finer one; one grade short is nearly met, three
    are too far.
    """
    steps = np.array([0.0, 0.2, 0.5, 1.0])
    finer = needed - declared
    unknown = np.isnan(finer)
    values = steps[np.clip(np.where(unknown, 0.0, finer) + 3, 0, 3).astype(np.int64)]
    return np.where(unknown, np.nan, values)


def roughness_fit(declared: Floats, needed: float) -> Floats:
    """The fit of a roughness: 1 at the needed Ra or a finer one; Ra goes in steps of two: one step coarser is
    nearly met, two are not.
    """
    steps = np.log2(declared / needed)
    coarser = np.clip(1.0 - 0.5 * steps, 0.0, 0.6)
    return np.where(np.isnan(steps), np.nan, np.where(steps <= 1e-6, 1.0, coarser))


def outside(low: Floats, high: Floats, quantity: int) -> Floats:
    """The factor by which a quantity lies outside the lots taken; 1 inside, NaN where neither end is known."""
    factor = np.maximum(np.fmax(low / quantity, quantity / high), 1.0)
    return np.where(np.isnan(low) & np.isnan(high), np.nan, factor)


def lot_fit(factor: Floats) -> Floats:
    """The fit of a lot: 1 inside the lots taken; half too few or too many is nearly met, ten times is 0."""
    near = np.clip(0.72 * (1.0 - np.log10(factor)), 0.0, 0.6)
    return np.where(np.isnan(factor), np.nan, np.where(factor <= 1.0, 1.0, near))


def worth(age_days: Floats, half_life: float) -> Floats:
    """The share of a fact's worth that is left at an age; 1 where the age is unknown."""
    left: Floats = np.exp2(-np.fmax(age_days, 0.0) / half_life)
    return left


def process_values(evidence: Evidence) -> Floats:
    """The fit of each required process, weaker where only words name it; candidates × processes."""
    return np.where(evidence.process_known, evidence.process_fit, TEXT_EVIDENCE * evidence.process_fit)


@feature("process", N_("How well the first, main process is covered."), neutral=0.5)
def main_process(evidence: Evidence) -> Values:
    if not evidence.requirements.processes:
        return NOT_ASKED
    values = process_values(evidence)
    main: Floats = values.max(axis=1) if evidence.requirements.any_process else values[:, 0]
    return main


@feature("process", N_("What share of the required processes the supplier covers."), neutral=0.5)
def process_coverage(evidence: Evidence) -> Values:
    if not evidence.requirements.processes:
        return NOT_ASKED
    values = process_values(evidence)
    weights = np.full(values.shape[1], FOLLOWING_PROCESS)
    weights[0] = 1.0
    covered: Floats = values @ (weights / weights.sum())
    return main_process(evidence) if evidence.requirements.any_process else covered


@feature("process", N_("The supplier covers the whole route alone."), neutral=0.5)
def full_route(evidence: Evidence) -> Values:
    if len(evidence.requirements.processes) < 2 or evidence.requirements.any_process:
        return NOT_ASKED
    weakest: Floats = process_values(evidence).min(axis=1)
    return weakest


@feature("process", N_("This process is what the supplier mainly does."), neutral=0.5)
def specialisation(evidence: Evidence) -> Values:
    return evidence.specialisation if evidence.requirements.processes else NOT_ASKED


@feature("process", N_("The supplier does nothing that the need rules out."), neutral=1.0)
def not_excluded(evidence: Evidence) -> Values:
    if not evidence.requirements.excluded_processes:
        return NOT_ASKED
    return 1.0 - evidence.excluded


# A family declared as a whole ("stainless steels") nearly always includes the grade; a near miss mostly does not.
MATERIAL_STEPS = ((0.0, 0.2, 0.4, 0.5, 0.7, 1.0), (0.0, 0.2, 0.5, 0.75, 0.9, 1.0))


@feature("material", N_("The supplier works with the material, an equivalent grade or its family."))
def material(evidence: Evidence) -> Values:
    value: Floats = np.interp(evidence.material_fit, *MATERIAL_STEPS)
    return value


@feature("size", N_("The part fits the largest size that the supplier takes."))
def envelope(evidence: Evidence) -> Values:
    return ratio_fit(evidence.envelope_ratio)


number_feature("diameter", N_("The diameter is within what the supplier takes."), size_fit)
number_feature("length", N_("The length is within what the supplier takes."), size_fit)
number_feature("thickness", N_("The sheet thickness is within what the supplier takes."), size_fit)
number_feature("mass", N_("The mass of the part is within what the supplier takes."), size_fit)
number_feature("tolerance", N_("The supplier holds the tolerance grade."), tolerance_fit)
number_feature("roughness", N_("The supplier reaches the surface roughness."), roughness_fit)
number_feature("hardness", N_("The supplier works or reaches the hardness."), size_fit)


number_feature("height", N_("The height is within what the supplier takes."), size_fit)
number_feature("wall", N_("The supplier makes walls that thin."), ceiling_fit)
number_feature("gear_module", N_("The supplier cuts gears of the module."), size_fit)
number_feature("gear_grade", N_("The supplier cuts gears to the grade."), tolerance_fit)
number_feature("thread", N_("The supplier cuts threads of that size."), size_fit)


def yes_feature(name: str, text: str) -> None:
    """Register the feature of a kind that the supplier answers with yes or no."""

    def compute(evidence: Evidence) -> Values:
        state = evidence.states.get(name)
        return NOT_ASKED if state is None else np.where(state == UNKNOWN, np.nan, (state + 1) / 2)

    compute.__name__ = name
    feature(REQUIREMENT_KINDS[name].group, text)(compute)


yes_feature("customer_material", N_("The supplier takes the customer's material."))
yes_feature("supplier_tooling", N_("The supplier brings the tooling."))


@feature("terms", N_("What share of the wanted quality papers comes with the parts."))
def quality_papers(evidence: Evidence) -> Values:
    return evidence.papers


@feature("lot", N_("The lot size suits the supplier."))
def lot(evidence: Evidence) -> Values:
    quantity = evidence.requirements.quantity
    if quantity is None:
        return NOT_ASKED
    return lot_fit(outside(evidence.lot_min, evidence.lot_max, quantity))


@feature("lot", N_("The usual lead time is within the time left."))
def lead_time(evidence: Evidence) -> Values:
    needed = evidence.requirements.lead_time_days
    # Half as long again is nearly met; a supplier that usually takes twice the time will be late.
    return NOT_ASKED if needed is None else ratio_fit(needed / np.maximum(evidence.numbers["lead_time"], 1.0))


@feature("size", N_("One and the same capability answers all the numbers at once."))
def joint(evidence: Evidence) -> Values:
    return evidence.joint_fit


@feature("capacity", N_("The supplier has free machine-hours."), neutral=0.5)
def spare_capacity(evidence: Evidence) -> Values:
    needed = evidence.requirements.spare_hours
    # A month of one shift on one machine is 160 hours; half of that is already a useful offer.
    value = (
        evidence.spare_hours / (evidence.spare_hours + 80.0)
        if needed is None
        else ratio_fit(evidence.spare_hours / needed)
    )
    # An old figure says no more than none: it nears the neutral value.
    unknown = FEATURES["spare_capacity"].neutral
    return unknown + (value - unknown) * worth(evidence.hours_age_days, HOURS_HALF_LIFE)


@feature("place", N_("How near the supplier is."), neutral=0.3)
def nearness(evidence: Evidence) -> Values:
    return np.exp(-evidence.distance_km / DISTANCE_SCALE)


@feature("place", N_("The supplier is in the region asked for."))
def region(evidence: Evidence) -> Values:
    return evidence.same_region


@feature("certification", N_("How far the certificate goes beyond what is demanded."), neutral=0.5)
def certification(evidence: Evidence) -> Values:
    musts = _of_strength(evidence, DemandStrength.MUST)
    least: Floats = evidence.held[:, musts].min(axis=1) if musts else evidence.usual
    return least / 3.0


@feature("certification", N_("The certificates that the need would like to see are held."), neutral=0.3)
def certification_wish(evidence: Evidence) -> Values:
    wishes = _of_strength(evidence, DemandStrength.WISH)
    if not wishes:
        return NOT_ASKED
    asked = np.array([max(int(evidence.requirements.certification[index].level), 1) for index in wishes])
    share: Floats = np.minimum(evidence.held[:, wishes] / asked, 1.0).mean(axis=1)
    return share


def _of_strength(evidence: Evidence, strength: DemandStrength) -> list[int]:
    """The positions of the demands for certificates of a strength."""
    demands = evidence.requirements.certification
    return [index for index, demand in enumerate(demands) if demand.strength is strength]


@feature("certification", N_("The dates of the certificates asked for are known."), neutral=1.0)
def certificate_dates(evidence: Evidence) -> Values:
    if not evidence.requirements.certification:
        return NOT_ASKED
    dated: Floats = ((evidence.held > 0) & ~evidence.undated).mean(axis=1)
    return dated


@feature("sector", N_("The supplier works for the sector asked for."), neutral=0.5)
def sector(evidence: Evidence) -> Values:
    return evidence.sector


@feature("language", N_("The supplier speaks a language asked for."))
def language(evidence: Evidence) -> Values:
    return evidence.language


@feature(
    "text", N_("What share of the need's words, rare ones counting more, stands in the profile."), neutral=0.2
)
def words(evidence: Evidence) -> Values:
    return evidence.words


@feature("text", N_("The same, as far as nothing but words tells what is wanted."), neutral=SHARE_BY_CHANCE)
def words_alone(evidence: Evidence) -> Values:
    alone = 1.0 - evidence.requirements.clarity
    return SHARE_BY_CHANCE + alone * (evidence.words - SHARE_BY_CHANCE) if alone > 0 else NOT_ASKED


@feature("text", N_("The rare words of the need stand in the profile."), neutral=0.3)
def rare_words(evidence: Evidence) -> Values:
    return evidence.terms


@feature("text", N_("How alike the need and the profile are, letter by letter."), neutral=0.1)
def similarity(evidence: Evidence) -> Values:
    return evidence.similarity


@feature("experience", N_("How much experience the supplier shows: references and staff."), neutral=0.3)
def experience(evidence: Evidence) -> Values:
    references = np.minimum(evidence.references / 5.0, 1.0)
    staff = np.minimum(np.log1p(evidence.employees) / np.log(500.0), 1.0)
    staff[np.isnan(staff)] = 0.3
    mean: Floats = 0.5 * references + 0.5 * staff
    return mean


@feature("profile", N_("How fresh the profile is."), neutral=0.5)
def freshness(evidence: Evidence) -> Values:
    return np.where(np.isnan(evidence.age_days), np.nan, worth(evidence.age_days, MACHINES_HALF_LIFE))


@feature("profile", N_("How complete the profile is."), neutral=0.5)
def completeness(evidence: Evidence) -> Values:
    return evidence.completeness
