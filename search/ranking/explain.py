"""The explanation of an answered supplier: a verdict per requirement with both values, and the contributions
to the score.

Everything is data (codes, numbers); the page that shows it words it in the reader's language. Outcomes are
the filters' own and values are the scored ones, so an explanation cannot differ from the score. All answered
suppliers are explained together, a requirement at a time.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import NamedTuple

import numpy as np

from matchmaker.domain.certificate import CertificationDemand, CertificationLevel, DemandStrength
from matchmaker.domain.requirement_kinds import (
    REQUIREMENT_KINDS,
    Comparison,
    RequirementKind,
    RequirementSubject,
)
from search.filters.evaluator import PASS, UNKNOWN
from search.ranking.evidence import Evidence, Floats, Ints
from search.ranking.features import HOURS_HALF_LIFE, MACHINES_HALF_LIFE, TEXT_EVIDENCE, position
from search.ranking.linear import Scored
from search.ranking.work_shares import WorkShare


class RequirementOutcome(StrEnum):
    """How the declared value stands to the needed one. MENTIONED: the description names it, nothing declares it. GUESSED: only
    machines or products imply it, or the catalogue gives the sizes of a machine's model.
    """

    MET = "met"
    NEAR = "near"
    UNMET = "unmet"
    UNKNOWN = "unknown"
    MENTIONED = "mentioned"
    GUESSED = "guessed"


Value = str | int | float | tuple[str, ...] | tuple[float | None, ...] | None


# Verdicts and contributions are tuples because some hundreds are made for every answer, and these are made fastest.


class RequirementVerdict(NamedTuple):
    """One requirement beside what the supplier declared, in codes and the units of Requirements.

    For "processes" there is one verdict a required process, `declared` being the offered process that fits
    best; `evidence` is "capability", "text" or "guess" there, "text" too where only the description names the
    material, and "catalogue" where the model of a machine
    tells the size, and "stale" wherever the declared value is older than its half-life. `wish` marks a mere wish of
    the need.
    """

    requirement: str
    outcome: RequirementOutcome
    needed: Value
    declared: Value
    evidence: str = ""
    wish: bool = False


class Contribution(NamedTuple):
    """The amount that a feature added to the logit of the score; `share` is its part of all contributions, -1
    to 1.
    """

    feature: str
    amount: float
    share: float


@dataclass(frozen=True, slots=True)
class RankedSupplier:
    """One answered supplier; intercept + amounts of all contributions = logit of `score`. `words` are matched words,
    `share` is how much of the work it does, None for one that has nothing to do with the need; `work` are the operations of
    the capability that the verdicts are about, where the supplier has others for this work.
    """

    key: str
    score: float
    verdicts: tuple[RequirementVerdict, ...]
    contributions: tuple[Contribution, ...]
    words: tuple[str, ...] = ()
    intercept: float = 0.0
    share: WorkShare | None = None
    work: tuple[str, ...] = ()


Column = list[RequirementVerdict]
Explainer = Callable[[Evidence, Floats, Ints], Iterator[Column]]

# A process or material with a lower fit is not even nearly the required one.
NEAR_FIT = 0.3

# A number that falls short keeps at least half of its feature's value to be nearly met.
NEARLY = 0.5

LEVEL_NAMES = ("none", "implementing", "certified", "verified")
# Beside them: what a demand asks for that leaves out certificates without any date, and what such a certificate gives.
DATED, UNDATED = "dated", "undated"


def demanded_level(demand: CertificationDemand) -> str:
    """The name of the least level that a demand accepts."""
    if demand.dated and demand.level is CertificationLevel.CERTIFIED:
        return DATED
    return LEVEL_NAMES[demand.level]


def _graded(fit: float) -> RequirementOutcome:
    if math.isnan(fit):
        return RequirementOutcome.UNKNOWN
    if fit >= 1.0:
        return RequirementOutcome.MET
    return RequirementOutcome.NEAR if fit >= NEAR_FIT else RequirementOutcome.UNMET


def _numbers(values: Floats, rows: Ints) -> list[float | None]:
    return [None if math.isnan(value) else round(value, 6) for value in values[rows].tolist()]


def _processes(evidence: Evidence, _: Floats, rows: Ints) -> Iterator[Column]:
    for index, code in enumerate(evidence.requirements.processes):
        fits = evidence.process_fit[rows, index].tolist()
        source = np.where(evidence.process_worded[rows, index], "text", "guess")
        source = np.where(evidence.process_known[rows, index], "capability", source)
        offered = evidence.offers.process(rows, index)
        yield [
            RequirementVerdict(
                "processes",
                _weakened(_graded(fit), told),
                code,
                *((code_, told) if code_ and fit > 0 else (None, "")),
            )
            for fit, told, code_ in zip(fits, source.tolist(), offered, strict=True)
        ]


_WEAKER = {
    "text": RequirementOutcome.MENTIONED,
    "guess": RequirementOutcome.GUESSED,
    "catalogue": RequirementOutcome.GUESSED,
}


def _weakened(outcome: RequirementOutcome, evidence: str) -> RequirementOutcome:
    """What is met, or nearly, by weak evidence says so."""
    good = outcome in {RequirementOutcome.MET, RequirementOutcome.NEAR}
    return _WEAKER.get(evidence, outcome) if good else outcome


_SPOKEN = {True: "", False: "text"}


def _materials(evidence: Evidence, _: Floats, rows: Ints) -> Iterator[Column]:
    wanted = evidence.requirements.materials
    if wanted:
        known = evidence.material_known[rows]
        fits = np.where(known, 1.0, 1.0 / TEXT_EVIDENCE) * evidence.material_fit[rows]
        offers = evidence.offers.materials(rows)
        yield [
            RequirementVerdict(
                "materials",
                _weakened(_graded(round(fit, 9)), source),
                wanted,
                *((told, source) if told and fit > 0 else (None, "")),
            )
            for fit, told, source in zip(
                fits.tolist(), offers, (_SPOKEN[one] for one in known.tolist()), strict=True
            )
        ]


def _envelope(evidence: Evidence, values: Floats, rows: Ints) -> Iterator[Column]:
    needed = evidence.requirements.envelope_mm
    if needed is not None:
        sides = zip(*(_numbers(evidence.envelope_mm[:, side], rows) for side in range(3)), strict=True)
        yield [
            RequirementVerdict("envelope", outcome, needed, declared if any(declared) else None)
            for outcome, declared in zip(_judged(evidence, values, "envelope", rows), sides, strict=True)
        ]


def _judged(
    evidence: Evidence, values: Floats, name: str, rows: Ints, feature: str = ""
) -> list[RequirementOutcome]:
    """The filter's verdicts; a failure with at least half of the feature's value is nearly met."""
    outcomes = np.where(values[rows, position(feature or name)] >= NEARLY, 1, 0)
    states = evidence.states[name][rows]
    outcomes[states == UNKNOWN] = 2
    outcomes[states == PASS] = 3
    return [_OUTCOMES[outcome] for outcome in outcomes.tolist()]


_OUTCOMES = (
    RequirementOutcome.UNMET,
    RequirementOutcome.NEAR,
    RequirementOutcome.UNKNOWN,
    RequirementOutcome.MET,
)


def _number(kind: RequirementKind) -> Explainer:
    """A requirement that is one number on each side."""

    def verdicts(evidence: Evidence, values: Floats, rows: Ints) -> Iterator[Column]:
        asked = getattr(evidence.requirements, kind.asked)
        if asked is not None:
            outcomes = _judged(evidence, values, kind.name, rows)
            yield _beside(kind.name, asked, outcomes, _numbers(evidence.numbers[kind.name], rows))

    return verdicts


def _capacity(evidence: Evidence, values: Floats, rows: Ints) -> Iterator[Column]:
    asked = evidence.requirements.spare_hours
    if asked is not None:
        outcomes = _judged(evidence, values, "capacity", rows, "spare_capacity")
        yield _beside("capacity", asked, outcomes, _numbers(evidence.spare_hours, rows))


def _beside(
    name: str, asked: Value, outcomes: list[RequirementOutcome], declared: list[float | None]
) -> Column:
    """Verdicts with the declared numbers; none where the supplier did not say of every capability or month."""
    return [
        RequirementVerdict(name, outcome, asked, None if outcome is RequirementOutcome.UNKNOWN else value)
        for outcome, value in zip(outcomes, declared, strict=True)
    ]


def _lot(evidence: Evidence, values: Floats, rows: Ints) -> Iterator[Column]:
    quantity = evidence.requirements.quantity
    if quantity is not None:
        ends = zip(_numbers(evidence.lot_min, rows), _numbers(evidence.lot_max, rows), strict=True)
        yield [
            RequirementVerdict("lot", outcome, quantity, None if declared == (None, None) else declared)
            for outcome, declared in zip(_judged(evidence, values, "lot", rows), ends, strict=True)
        ]


def _certification(evidence: Evidence, _: Floats, rows: Ints) -> Iterator[Column]:
    """A verdict a demand; what was asked for are its standards, then its level."""
    for index, demand in enumerate(evidence.requirements.certification):
        asked, wish = (*demand.any_of, demanded_level(demand)), demand.strength is DemandStrength.WISH
        told = [
            RequirementVerdict("certification", _held(level, demand), asked, name, wish=wish)
            for level, name in enumerate(LEVEL_NAMES)
        ]
        undated = [one._replace(declared=UNDATED) for one in told]
        held = zip(evidence.held[rows, index].tolist(), evidence.undated[rows, index].tolist(), strict=True)
        yield [(undated if without_date else told)[int(level)] for level, without_date in held]


def _held(level: int, demand: CertificationDemand) -> RequirementOutcome:
    if level >= demand.level:
        return RequirementOutcome.MET
    short = level and demand.strength is DemandStrength.MUST
    return RequirementOutcome.NEAR if short else RequirementOutcome.UNMET


def _distance(evidence: Evidence, _: Floats, rows: Ints) -> Iterator[Column]:
    limit = evidence.requirements.max_distance_km
    if limit is not None and evidence.requirements.location is not None:
        yield [
            RequirementVerdict("distance", _near(kilometres, limit), limit, kilometres)
            for kilometres in _numbers(evidence.distance_km, rows)
        ]


def _near(kilometres: float | None, limit: float) -> RequirementOutcome:
    if kilometres is None:
        return RequirementOutcome.UNKNOWN
    if kilometres <= limit:
        return RequirementOutcome.MET
    return RequirementOutcome.NEAR if kilometres <= 1.1 * limit else RequirementOutcome.UNMET


def _one_of(kind: RequirementKind) -> Explainer:
    """A requirement answered by yes or no: region, languages, sectors."""
    outcomes = {PASS: RequirementOutcome.MET, UNKNOWN: RequirementOutcome.UNKNOWN}

    def verdicts(evidence: Evidence, _: Floats, rows: Ints) -> Iterator[Column]:
        asked = getattr(evidence.requirements, kind.asked)
        if asked:
            states = evidence.states[kind.name][rows].tolist()
            yield [
                RequirementVerdict(
                    kind.name,
                    outcomes.get(state, RequirementOutcome.UNMET),
                    asked,
                    evidence.offers.members(kind.asked, row),
                )
                for state, row in zip(states, rows.tolist(), strict=True)
            ]

    return verdicts


def _all_of(kind: RequirementKind) -> Explainer:
    """A requirement of several codes, nearly met where half of them are declared."""

    def verdicts(evidence: Evidence, values: Floats, rows: Ints) -> Iterator[Column]:
        asked = getattr(evidence.requirements, kind.asked)
        if asked:
            outcomes = _judged(evidence, values, kind.name, rows)
            yield [
                RequirementVerdict(kind.name, outcome, asked, evidence.offers.members(kind.offered, row))
                for outcome, row in zip(outcomes, rows.tolist(), strict=True)
            ]

    return verdicts


def _yes(kind: RequirementKind) -> Explainer:
    """A requirement that the supplier answers with yes or no."""
    answers = {RequirementOutcome.MET: True, RequirementOutcome.UNMET: False}

    def verdicts(evidence: Evidence, values: Floats, rows: Ints) -> Iterator[Column]:
        if getattr(evidence.requirements, kind.asked):
            yield [
                RequirementVerdict(kind.name, outcome, True, answers.get(outcome))
                for outcome in _judged(evidence, values, kind.name, rows)
            ]

    return verdicts


_OWN: Mapping[str, Explainer] = {
    "certification": _certification,
    "processes": _processes,
    "materials": _materials,
    "envelope": _envelope,
    "lot": _lot,
    "capacity": _capacity,
    "distance": _distance,
}


def _explainer(kind: RequirementKind) -> Explainer:
    made = _BY_COMPARISON.get(kind.comparison)
    return made(kind) if made else _OWN[kind.name]


_BY_COMPARISON: Mapping[Comparison, Callable[[RequirementKind], Explainer]] = {
    Comparison.AT_LEAST: _number,
    Comparison.AT_MOST: _number,
    Comparison.ONE_OF: _one_of,
    Comparison.ALL_OF: _all_of,
    Comparison.YES: _yes,
}


# The centre sets the reach: suppliers outside it are left out, without an explanation.
_EXPLAINERS = tuple(_explainer(kind) for kind in REQUIREMENT_KINDS.values() if kind.fields)


def verdicts(evidence: Evidence, values: Floats, rows: Sequence[int]) -> list[tuple[RequirementVerdict, ...]]:
    """The verdicts on each of the candidates `rows`: every requirement beside the declared value, in the
    order in which pages show them. `values` are those of the features.
    """
    chosen = np.asarray(rows, dtype=np.int64)
    columns = [column for explainer in _EXPLAINERS for column in explainer(evidence, values, chosen)]
    old_hours = (evidence.hours_age_days[chosen] > HOURS_HALF_LIFE).tolist()
    old_machines = (evidence.age_days[chosen] > MACHINES_HALF_LIFE).tolist()
    implied = evidence.offers.of_catalogue(chosen)
    columns = [_implied(_aged(column, old_hours, old_machines), implied) for column in columns]
    return list(zip(*columns, strict=True)) if columns else [()] * len(chosen)


def _aged(column: Column, old_hours: list[bool], old_machines: list[bool]) -> Column:
    """A requirement's verdicts, with a mark on those whose declared value is older than its half-life.

    What is said of the work and the part ages with the machines.
    """
    subject = REQUIREMENT_KINDS[column[0].requirement].subject if column else RequirementSubject.SUPPLIER
    if subject is RequirementSubject.SUPPLIER:
        return column
    old = old_hours if subject is RequirementSubject.HOURS else old_machines
    return [
        RequirementVerdict(*one[:4], "stale", one.wish)
        if late and one.declared is not None and one.evidence not in _WEAKER
        else one
        for one, late in zip(column, old, strict=True)
    ]


def _implied(column: Column, of_catalogue: list[bool]) -> Column:
    """A requirement's verdicts, with a mark on the sizes that only the model of a machine tells."""
    name = column[0].requirement if column else ""
    if name != "envelope" and (not name or REQUIREMENT_KINDS[name].side is None):
        return column
    return [
        one._replace(evidence="catalogue", outcome=_weakened(one.outcome, "catalogue"))
        if implied and one.declared is not None
        else one
        for one, implied in zip(column, of_catalogue, strict=True)
    ]


def contributions(scored: Scored, rows: Sequence[int]) -> list[tuple[Contribution, ...]]:
    """The contributions to the score of each of the candidates `rows`, strongest first, without those of
    zero.
    """
    amounts = scored.contributions[np.asarray(rows, dtype=np.int64)]
    sizes = np.abs(amounts)
    order = np.argsort(-sizes, axis=1, kind="stable")
    amounts = np.take_along_axis(amounts, order, axis=1)
    totals = sizes.sum(axis=1)
    shares = amounts / np.where(totals > 0, totals, 1.0)[:, None]
    moved = np.count_nonzero(sizes, axis=1).tolist()
    names = np.array(scored.names, dtype=object)[order]
    told = zip(names.tolist(), amounts.tolist(), shares.tolist(), moved, strict=True)
    # A named tuple is made quickest from a tuple.
    return [
        tuple(map(_contribution, zip(own[:count], amount, share, strict=False)))
        for own, amount, share, count in told
    ]


_contribution = partial(tuple.__new__, Contribution)
