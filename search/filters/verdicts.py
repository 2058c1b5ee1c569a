"""The judges of `search.filters.judges` once more, as conditions for an engine that judges everybody itself.

The judges are the definition: whom they let pass and fail, the conditions of a requirement let pass and fail. They may not
look at suppliers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matchmaker.domain.certificate import LETTERS, CertificationDemand, edition_number
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Comparison, RequirementKind, Strictness
from matchmaker.domain.requirements import Requirements, circle_around
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.domain.taxonomy_keys import Flag
from search.columns.codes import TreeCodes, codes_of
from search.engines.conditions import (
    EVERYBODY,
    NOBODY,
    Between,
    Condition,
    HasPart,
    Near,
    Not,
    OneOf,
    Stated,
    both,
    either,
)
from search.engines.supplier_facts import BOX, SIDED, or_side
from search.filters.evaluator import RELEVANT_FIT, SLACK

_ANY = HasPart("capability", EVERYBODY)
_IMPLIED = OneOf("capability.of_catalogue", (True,))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who passes a requirement, and who is known to fail it; the others did not say."""

    passes: Condition
    fails: Condition

    def removes(self, strictness: Strictness) -> Condition:
        """Whom the filter of a strictness removes."""
        if strictness is Strictness.WISH:
            return NOBODY
        return Not(self.passes) if strictness is Strictness.STRICT else self.fails


class Verdicts:
    """The verdicts on the requirements of one need."""

    def __init__(self, requirements: Requirements, taxonomy: Taxonomy) -> None:
        self.requirements, self.taxonomy = requirements, taxonomy
        self.process, self.material = codes_of(taxonomy.processes), codes_of(taxonomy.materials)

    def all(self) -> dict[str, Verdict]:
        """The verdict of every requirement that the need has."""
        found = ((name, self.of(name)) for name in REQUIREMENT_KINDS)
        return {name: verdict for name, verdict in found if verdict is not None}

    def of(self, name: str) -> Verdict | None:
        """The verdict of a requirement; None where the need does not ask."""
        return _MAKERS[name](self)

    def removing(self, name: str, verdict: Verdict) -> Condition:
        """Whom the filter of a requirement removes."""
        return verdict.removes(self.requirements.strictness_of(name))

    def parts(self, name: str, verdict: Verdict) -> Iterator[tuple[CertificationDemand | None, Condition]]:
        """Whom each filter removes of which a requirement consists: one, or one for each of several demands."""
        demands = dict.fromkeys(self.requirements.demanded) if name == "certification" else {}
        if len(demands) < 2:
            yield None, self.removing(name, verdict)
            return
        for demand in demands:
            alone = Verdicts(replace(self.requirements, certification=(demand,)), self.taxonomy).of(name)
            assert alone is not None
            yield demand, self.removing(name, alone)

    @cached_property
    def _relevant(self) -> Condition | None:
        """A capability that answers one of the processes; None where none is named, and all count."""
        return self._answering(self.requirements.processes) if self.requirements.processes else None

    def _answering(self, processes: tuple[str, ...]) -> Condition:
        return OneOf("capability.process", covering(self.process, processes, RELEVANT_FIT))

    def best(self, passes: Condition, fails: Condition, *, of_side: bool = False) -> Verdict:
        """The best state of the capabilities that count, from conditions on one; see `Evaluator.best`."""
        if self._relevant is None:
            return _best_of(_ANY, EVERYBODY, passes, fails)
        does = HasPart("capability", self._relevant)
        own = _best_of(does, self._relevant, passes, fails)
        failing = [own.fails]
        if self._has_main and not (of_side and self._makes_blanks):
            main = self._answering(self.requirements.processes[:1])
            failing.append(
                both(
                    HasPart("capability", main),
                    Not(HasPart("capability", both(main, Not(fails)))),
                    Not(own.passes),
                )
            )
        some = HasPart("capability", passes)
        return Verdict(
            either(own.passes, both(Not(does), some)),
            either(*failing, both(Not(does), Not(some), HasPart("capability", fails))),
        )

    @property
    def _has_main(self) -> bool:
        return len(self.requirements.processes) > 1 and not self.requirements.any_process

    @property
    def _makes_blanks(self) -> bool:
        return self.requirements.processes[0] in self.taxonomy.processes.flagged(Flag.BLANK)


def covering(codes: TreeCodes, wanted: tuple[str, ...], least: float) -> tuple[str, ...]:
    """The codes of a tree that cover one of the wanted ones with at least this fit."""
    found = np.zeros(len(codes.codes), dtype=np.bool_)
    for code in wanted:
        found |= codes.fits(code) >= least
    return tuple(codes.codes[index] for index in np.flatnonzero(found).tolist())


def _best_of(some: Condition, counts: Condition, passes: Condition, fails: Condition) -> Verdict:
    """Of the capabilities that count, one passes, or there are `some` and all of them fail."""
    return Verdict(
        HasPart("capability", both(counts, passes)),
        both(some, Not(HasPart("capability", both(counts, Not(fails))))),
    )


def _certification(v: Verdicts) -> Verdict | None:
    demands, on = v.requirements.demanded, v.requirements.on
    if not demands or on is None:
        return None
    passes = both(*(certified(demand, (demand.on or on).toordinal(), v.taxonomy) for demand in demands))
    return Verdict(passes, Not(passes))


def certified(demand: CertificationDemand, day: int, taxonomy: Taxonomy) -> Condition:
    """Who holds a certificate that answers a demand on a day, at its level; see `Columns.certification`."""
    if not int(demand.level):
        return EVERYBODY
    accepted = {code for one in demand.any_of for code in taxonomy.standards_satisfying(one)}
    asked: list[Condition] = [
        OneOf("certificate.standard", tuple(sorted(accepted))),
        Between("certificate.level", least=int(demand.level)),
        Between("certificate.since", most=day),
        Between("certificate.until", least=day),
    ]
    if demand.dated:
        asked.append(OneOf("certificate.dated", (True,)))
    if edition := edition_number(demand.edition):
        oldest = LETTERS + 1 if edition > LETTERS else 1
        older = Between("certificate.edition", least=oldest, most=edition - 1)
        asked.append(Not(both(OneOf("certificate.standard", demand.any_of), older)))
    return HasPart("certificate", both(*asked))


def _processes(v: Verdicts) -> Verdict | None:
    wanted = v.requirements.processes
    if not wanted:
        return None
    does = [OneOf("offered", covering(v.process, (code,), 1.0)) for code in wanted]
    passes = either(*does) if v.requirements.any_process else both(*does)
    return Verdict(passes, both(Stated("offered"), Not(passes)))


def _materials(v: Verdicts) -> Verdict | None:
    wanted = v.requirements.materials
    if not wanted:
        return None
    fits = OneOf("capability.material", covering(v.material, wanted, RELEVANT_FIT))
    return v.best(fits, both(Stated("capability.material"), Not(fits)))


def _envelope(v: Verdicts) -> Verdict | None:
    box = v.requirements.envelope_mm
    if box is None:
        return None
    longest, wide, high = box
    across = circle_around(wide, high)
    inside = both(
        *(
            Between(f"capability.{name}", least=side * (1 - SLACK))
            for name, side in zip(BOX, box, strict=True)
        )
    )
    long = Between("capability.length_mm", least=longest * (1 - SLACK))
    on_lathe = both(
        Between("capability.diameter_mm", least=across * (1 - SLACK)),
        either(long, Not(Stated("capability.length_mm"))),
    )
    passes = either(inside, on_lathe)
    short = (
        both(Stated(f"capability.{name}"), Not(Between(f"capability.{name}", least=side * (1 - SLACK))))
        for name, side in zip(BOX, box, strict=True)
    )
    too_small = either(*short, Stated("capability.diameter_mm"))
    return v.best(passes, both(too_small, Not(passes), Not(_IMPLIED)), of_side=True)


def _lot(v: Verdicts) -> Verdict | None:
    quantity = v.requirements.quantity
    if quantity is None:
        return None
    low, high = Stated("capability.lot_min"), Stated("capability.lot_max")
    from_low = Between("capability.lot_min", most=quantity)
    to_high = Between("capability.lot_max", least=quantity)
    fails = either(both(low, Not(from_low)), both(high, Not(to_high)))
    return v.best(both(either(low, high), Not(fails)), fails)


def _capacity(v: Verdicts) -> Verdict | None:
    hours = v.requirements.spare_hours
    if hours is None:
        return None
    usual = Between("spare_hours", least=hours)
    too_few = both(Stated("spare_hours"), Not(usual))
    months = [_in_month(month, hours, usual, too_few) for month in v.requirements.months]
    months = months or [Verdict(usual, too_few)]
    return Verdict(both(*(one.passes for one in months)), either(*(one.fails for one in months)))


def _in_month(month: int, hours: float, usual: Condition, too_few: Condition) -> Verdict:
    """Planned hours stand in the place of the usual ones."""
    planned, enough = OneOf("planned.month", (month,)), Between("planned.hours", least=hours)
    other = Not(HasPart("planned", planned))
    return Verdict(
        either(HasPart("planned", both(planned, enough)), both(other, usual)),
        either(HasPart("planned", both(planned, Not(enough))), both(other, too_few)),
    )


def _distance(v: Verdicts) -> Verdict | None:
    if v.requirements.location is None or v.requirements.max_distance_km is None:
        return None
    near = Near(v.requirements.location, v.requirements.max_distance_km)
    return Verdict(near, both(Stated("point"), Not(near)))


Maker = Callable[[Verdicts], Verdict | None]


def _number(kind: RequirementKind) -> Maker:
    fact = or_side(kind.facts) if kind.facts in SIDED else kind.facts

    def make(v: Verdicts) -> Verdict | None:
        needed = getattr(v.requirements, kind.asked)
        if needed is None:
            return None
        if kind.comparison is Comparison.AT_LEAST:
            good = Between(f"capability.{fact}", least=needed * (1 - SLACK))
        else:
            good = Between(f"capability.{fact}", most=needed * (1 + SLACK))
        fails = both(Stated(f"capability.{fact}"), Not(good))
        if kind.side is None:
            return v.best(good, fails)
        return v.best(good, both(fails, Not(_IMPLIED)), of_side=True)

    return make


def _one_of(kind: RequirementKind) -> Maker:
    def make(v: Verdicts) -> Verdict | None:
        codes = getattr(v.requirements, kind.asked)
        if not codes:
            return None
        has = OneOf(kind.asked, tuple(codes))
        return Verdict(has, both(Stated(kind.asked), Not(has)))

    return make


def _all_of(kind: RequirementKind) -> Maker:
    def make(v: Verdicts) -> Verdict | None:
        codes = getattr(v.requirements, kind.asked)
        if not codes:
            return None
        tree = v.taxonomy.trees()[kind.tree]
        has = both(
            *(
                OneOf(
                    kind.offered,
                    tuple(one for one in tree.by_code if code in tree.closure(one))
                    if code in tree
                    else (code,),
                )
                for code in codes
            )
        )
        return Verdict(has, both(Stated(kind.offered), Not(has)))

    return make


def _yes(kind: RequirementKind) -> Maker:
    def make(v: Verdicts) -> Verdict | None:
        if not getattr(v.requirements, kind.asked):
            return None
        return Verdict(OneOf(kind.offered, (True,)), OneOf(kind.offered, (False,)))

    return make


_OWN: Mapping[str, Maker] = {
    "certification": _certification,
    "processes": _processes,
    "materials": _materials,
    "envelope": _envelope,
    "lot": _lot,
    "capacity": _capacity,
    "distance": _distance,
}
_BY_COMPARISON: Mapping[Comparison, Callable[[RequirementKind], Maker]] = {
    Comparison.AT_LEAST: _number,
    Comparison.AT_MOST: _number,
    Comparison.ONE_OF: _one_of,
    Comparison.ALL_OF: _all_of,
    Comparison.YES: _yes,
}
_MAKERS: Mapping[str, Maker] = {
    name: _BY_COMPARISON[kind.comparison](kind) if kind.comparison in _BY_COMPARISON else _OWN[name]
    for name, kind in REQUIREMENT_KINDS.items()
}
