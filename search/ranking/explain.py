"""Why a supplier was answered: a verdict per requirement with both values, and what moved the score.

Everything is data (codes, numbers); the door that shows it words it in the reader's language. Outcomes are
the filters' own, values are those that were scored, so an explanation cannot say anything else than what happened.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from search.filters import PASS, UNKNOWN
from search.ranking.evidence import Evidence
from search.ranking.linear import Scored


class Outcome(StrEnum):
    MET = "met"
    NEAR = "near"
    UNMET = "unmet"
    UNKNOWN = "unknown"


Value = str | int | float | tuple[str, ...] | tuple[float | None, ...] | None


# Verdicts and contributions are tuples because some hundreds are made for every answer, and these are made fastest.


class Verdict(NamedTuple):
    """One requirement of REQUIREMENTS beside what the supplier declared, in codes and the units of Requirements.

    For "processes" there is one verdict a required process, `declared` being the offered process that answers best;
    `evidence` is "capability" or "text" there. `wish` marks what the need would merely like.
    """

    requirement: str
    outcome: Outcome
    needed: Value
    declared: Value
    evidence: str = ""
    wish: bool = False


class Contribution(NamedTuple):
    """What a feature added to the logit of the score; `share` is its part of all that moved it, -1 to 1."""

    feature: str
    amount: float
    share: float


@dataclass(frozen=True, slots=True)
class Match:
    """One answered supplier; intercept + amounts of all contributions = logit of `score`. `words` are matched words."""

    key: str
    score: float
    verdicts: tuple[Verdict, ...]
    contributions: tuple[Contribution, ...]
    words: tuple[str, ...] = ()
    intercept: float = 0.0


Explainer = Callable[[Evidence, Scored, int], Iterator[Verdict]]

# A process or material answered below this is not even nearly what was asked for.
NEAR_FIT = 0.3

# A number that falls short keeps at least half of its feature's value to be nearly met.
NEARLY = 0.5

LEVEL_NAMES = ("none", "implementing", "certified", "verified")


def _graded(fit: float) -> Outcome:
    if math.isnan(fit):
        return Outcome.UNKNOWN
    if fit >= 1.0:
        return Outcome.MET
    return Outcome.NEAR if fit >= NEAR_FIT else Outcome.UNMET


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 6)


def _processes(evidence: Evidence, _: Scored, row: int) -> Iterator[Verdict]:
    for position, code in enumerate(evidence.requirements.processes):
        fit = float(evidence.process_fit[row, position])
        source = "capability" if evidence.process_known[row, position] else "text"
        offered = evidence.offers.process(row, position) if fit > 0 else None
        yield Verdict("processes", _graded(fit), code, offered, source if offered else "")


def _materials(evidence: Evidence, _: Scored, row: int) -> Iterator[Verdict]:
    if evidence.requirements.materials:
        fit = float(evidence.material_fit[row])
        offered = evidence.offers.materials(row) if fit > 0 else ()
        yield Verdict("materials", _graded(fit), evidence.requirements.materials, offered or None)


def _envelope(evidence: Evidence, scored: Scored, row: int) -> Iterator[Verdict]:
    needed = evidence.requirements.envelope_mm
    if needed is not None:
        outcome = _judged(evidence, "envelope", row, scored.value("envelope", row))
        declared = tuple(_number(side) for side in evidence.envelope_mm[row])
        yield Verdict("envelope", outcome, needed, declared if any(declared) else None)


def _judged(evidence: Evidence, name: str, row: int, value: float = 0.0) -> Outcome:
    """The filter's verdict; what fails but has at least half of the feature's value is nearly met."""
    state = evidence.states[name][row]
    if state == UNKNOWN:
        return Outcome.UNKNOWN
    if state == PASS:
        return Outcome.MET
    return Outcome.NEAR if value >= NEARLY else Outcome.UNMET


def _plain(name: str, feature: str, needed: Callable[[Evidence], Value], declared: str) -> Explainer:
    """A requirement that is one number on each side."""

    def verdicts(evidence: Evidence, scored: Scored, row: int) -> Iterator[Verdict]:
        asked = needed(evidence)
        if asked is not None:
            values = evidence.sizes[declared] if declared in evidence.sizes else getattr(evidence, declared)
            yield Verdict(
                name, _judged(evidence, name, row, scored.value(feature, row)), asked, _number(values[row])
            )

    return verdicts


def _lot(evidence: Evidence, scored: Scored, row: int) -> Iterator[Verdict]:
    quantity = evidence.requirements.quantity
    if quantity is not None:
        ends = (_number(evidence.lot_min[row]), _number(evidence.lot_max[row]))
        declared = None if ends == (None, None) else ends
        yield Verdict("lot", _judged(evidence, "lot", row, scored.value("lot", row)), quantity, declared)


def _certification(evidence: Evidence, _: Scored, row: int) -> Iterator[Verdict]:
    wanted = evidence.requirements
    for demand, levels, wish in (
        (wanted.certification, evidence.certification, False),
        (wanted.certification_wish, evidence.wish, True),
    ):
        if demand is not None:
            level = int(levels[row])
            short = Outcome.NEAR if level and not wish else Outcome.UNMET
            outcome = Outcome.MET if level >= demand.level else short
            asked = (demand.standard, demand.level.name.lower())
            yield Verdict("certification", outcome, asked, LEVEL_NAMES[level], wish=wish)


def _distance(evidence: Evidence, _: Scored, row: int) -> Iterator[Verdict]:
    limit = evidence.requirements.max_distance_km
    if limit is not None and evidence.requirements.location is not None:
        kilometres = _number(evidence.distance_km[row])
        far = Outcome.NEAR if kilometres is not None and kilometres <= 1.1 * limit else Outcome.UNMET
        outcome = Outcome.UNKNOWN if kilometres is None else Outcome.MET if kilometres <= limit else far
        yield Verdict("distance", outcome, limit, kilometres)


def _membership(name: str, needed: str) -> Explainer:
    """A requirement answered by yes or no: region, languages, sectors."""

    def verdicts(evidence: Evidence, _: Scored, row: int) -> Iterator[Verdict]:
        asked = getattr(evidence.requirements, needed)
        if asked:
            yield Verdict(name, _judged(evidence, name, row), asked, evidence.offers.members(name, row))

    return verdicts


_EXPLAINERS: tuple[Explainer, ...] = (
    _certification,
    _processes,
    _materials,
    _envelope,
    _plain("diameter", "diameter", lambda e: e.requirements.diameter_mm, "diameter"),
    _plain("length", "length", lambda e: e.requirements.length_mm, "length"),
    _plain("thickness", "thickness", lambda e: e.requirements.thickness_mm, "thickness"),
    _plain("mass", "mass", lambda e: e.requirements.mass_kg, "mass"),
    _plain("tolerance", "tolerance", lambda e: e.requirements.tolerance_it, "tolerance_it"),
    _plain("roughness", "roughness", lambda e: e.requirements.roughness_ra_um, "roughness_ra_um"),
    _lot,
    _plain("capacity", "spare_capacity", lambda e: e.requirements.spare_hours, "spare_hours"),
    _membership("region", "regions"),
    _distance,
    _membership("languages", "languages"),
    _membership("sectors", "sectors"),
)


def verdicts(evidence: Evidence, scored: Scored, row: int) -> tuple[Verdict, ...]:
    """Every requirement of the need beside what candidate `row` declared, in the order in which pages show them."""
    return tuple(verdict for explainer in _EXPLAINERS for verdict in explainer(evidence, scored, row))


def contributions(scored: Scored, row: int) -> tuple[Contribution, ...]:
    """What moved the score of candidate `row`, strongest first; features that moved nothing are left out."""
    amounts = scored.contributions[row].tolist()
    total = sum(map(abs, amounts)) or 1.0
    moved = sorted(((-abs(amount), i) for i, amount in enumerate(amounts) if amount))
    return tuple(Contribution(scored.names[i], amounts[i], amounts[i] / total) for _, i in moved)
