"""Verdicts, filters and relaxations in a reader's language: one wording for pages, the command line and e-mails."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date

from matchmaker.domain.certificate import CertificationDemand, CertificationLevel, DemandStrength, Validity
from matchmaker.domain.language import N_
from matchmaker.domain.requirement_kinds import (
    REQUIREMENT_KINDS,
    Comparison,
    RequirementKind,
    RequirementSubject,
)
from matchmaker.domain.requirements import Requirements, circle_around
from matchmaker.domain.taxonomy import Taxonomy
from search.columns.kept import Kept
from search.filters.filter_outcomes import RemovedByFilter
from search.filters.relaxations import DemandChange, Relaxation
from search.matching.gains import ProfileChange
from search.matching.population import FitCounts
from search.ranking.explain import UNDATED, RankedSupplier, RequirementVerdict, demanded_level
from search.ranking.features import FEATURES
from search.ranking.work_shares import WorkShare

Translate = Callable[[str], str]

_VALUES = 2_000  # that are held in words

OUTCOME_LABELS: Mapping[str, str] = {
    "met": N_("met"),
    "near": N_("nearly met"),
    "unmet": N_("not met"),
    "unknown": N_("not stated"),
    "mentioned": N_("mentioned, not declared"),
    "guessed": N_("guessed"),
}
SHARE_LABELS: Mapping[str, str] = {
    WorkShare.WHOLE: N_("does all of the work"),
    WorkShare.PART: N_("does a part of the work"),
    WorkShare.RELATED: N_("related only"),
    WorkShare.WORDS: N_("words in common only"),
}
LEVEL_LABELS: Mapping[str, str] = {
    "none": N_("no certificate in force"),
    "implementing": N_("implementing"),
    "undated": N_("declared, date unknown"),
    "certified": N_("certified (declared)"),
    "dated": N_("certified (declared), dates known"),
    "verified": N_("certified (verified by the centre)"),
}


def level_name(held: Validity) -> str:
    """The name of the level that a certificate gives, one of LEVEL_LABELS."""
    declared = held.level is CertificationLevel.CERTIFIED
    return UNDATED if declared and not held.dated else held.level.name.lower()


# The wording of the distance between two values, where it is not that of the values.
_MARGIN_UNITS: Mapping[str, str] = {
    "diameter": N_("%(value)s mm"),
    "thread": N_("%(value)s mm"),
    "gear_module": N_("%(value)s mm"),
    "roughness": N_("%(value)s µm"),
    "tolerance": N_("%(value)s grade(s)"),
    "gear_grade": N_("%(value)s grade(s)"),
}
# The kinds of which less is better, beside those that a table compares so.
_LESS = frozenset({"distance"})
_STALE_HOURS = N_("%(value)s (stated over two weeks ago)")
_STALE_MACHINES = N_("%(value)s (not confirmed for over a year)")


@dataclass(frozen=True, slots=True)
class WordedReason:
    """A verdict in words: the value asked for, the declared value, how far it is from that, and the result."""

    requirement: str
    label: str
    outcome: str
    outcome_label: str
    needed: str
    declared: str
    margin: str = ""


def _least_spare(part: tuple[Any, ...], held: tuple[Any, ...]) -> float | None:
    """The least that is left beside a part's sides in a box, on a table (whose third side is 0), or in what a lathe takes (the
    length, the diameter and no third side); None where none of them is wholly stated.
    """
    longest, wide, high = part
    length, across, third = held
    if third is not None:
        sides = tuple(zip(held, part, strict=True))[: 3 if third else 2]
    else:
        sides = ((across, circle_around(wide, high)), *(() if length is None else ((length, longest),)))
    if any(side is None for side, _ in sides):
        return None
    return round(min(float(side - needed) for side, needed in sides), 1)


class Wording:
    """The words for verdicts and values in one language; `translate` turns an English message into it."""

    def __init__(self, taxonomy: Taxonomy, language: str, translate: Translate) -> None:
        self.taxonomy, self.language, self._ = taxonomy, language, translate
        self._values = Kept(_VALUES)

    def number(self, value: float) -> str:
        """A number with as many digits as it needs, spaces between thousands, and the language's decimal sign."""
        text = f"{value:,.4f}".rstrip("0").rstrip(".").replace(",", "\u00a0")
        return text.replace(".", ",") if self.language == "ru" else text

    def codes(self, kind: str, codes: Iterable[str]) -> str:
        return ", ".join(self.taxonomy.label(kind, code, self.language) for code in codes)

    def labels(self, tree: str, codes: Iterable[str]) -> list[str]:
        """The labels of codes of a kind, as a person would type them."""
        return [self.taxonomy.label(tree, code, self.language) for code in codes]

    def label(self, requirement: str) -> str:
        return self._(REQUIREMENT_KINDS[requirement].label)

    def reason(self, verdict: RequirementVerdict) -> WordedReason:
        declared = self.value(verdict.requirement, verdict.declared)
        if verdict.evidence == "text":
            declared = self._("%(value)s (from the description)") % {"value": declared}
        elif verdict.evidence == "guess":
            declared = self._("%(value)s (by machines or products)") % {"value": declared}
        elif verdict.evidence == "catalogue":
            declared = self._("%(value)s (by the machine's model)") % {"value": declared}
        elif verdict.evidence == "stale":
            of_hours = REQUIREMENT_KINDS[verdict.requirement].subject is RequirementSubject.HOURS
            said = _STALE_HOURS if of_hours else _STALE_MACHINES
            declared = self._(said) % {"value": declared}
        return WordedReason(
            verdict.requirement,
            self.label(verdict.requirement),
            str(verdict.outcome),
            self._(OUTCOME_LABELS[verdict.outcome]),
            self._wanted(verdict),
            declared,
            self._margin(verdict),
        )

    def _margin(self, verdict: RequirementVerdict) -> str:
        """How far the declared number goes beyond the needed one, or falls short of it; of a box the side that decides, of
        lots only how far the quantity lies outside them.
        """
        kind, needed, declared = REQUIREMENT_KINDS[verdict.requirement], verdict.needed, verdict.declared
        if kind.name == "envelope" and isinstance(needed, tuple) and isinstance(declared, tuple):
            return self._spare(kind, _least_spare(needed, declared))
        if kind.name == "lot" and isinstance(needed, int | float) and isinstance(declared, tuple):
            return self._outside(kind, float(needed), declared)
        if not (isinstance(needed, int | float) and isinstance(declared, int | float)) or kind.tree:
            return ""
        if not kind.unit or kind.comparison is Comparison.YES or kind.name == "lot":
            return ""
        (wanted, unit), (held, other) = kind.said(float(needed)), kind.said(float(declared))
        if unit != other:
            return ""
        less = kind.comparison is Comparison.AT_MOST or kind.name in _LESS
        spare = round(wanted - held if less else held - wanted, 0 if kind.rounded else 6)
        return self._spare(kind, spare, unit=unit, less=less)

    def _spare(
        self, kind: RequirementKind, spare: float | None, *, unit: str = "", less: bool = False
    ) -> str:
        if spare is None:
            return ""
        if not spare:
            return self._("exactly that")
        far = self._far(kind, spare, unit)
        missing = N_("%(value)s over") if less else N_("%(value)s short")
        return self._(N_("%(value)s to spare") if spare > 0 else missing) % {"value": far}

    def _far(self, kind: RequirementKind, distance: float, unit: str = "") -> str:
        return self._(_MARGIN_UNITS.get(kind.name, unit or kind.unit)) % {"value": self.number(abs(distance))}

    def _outside(self, kind: RequirementKind, quantity: float, lots: tuple[Any, ...]) -> str:
        """How far a quantity lies below the smallest lot, or above the largest."""
        low, high = lots
        if low is not None and quantity < low:
            return self._("%(value)s short") % {"value": self._far(kind, low - quantity)}
        if high is not None and quantity > high:
            return self._("%(value)s over") % {"value": self._far(kind, quantity - high)}
        return ""

    def _wanted(self, verdict: RequirementVerdict) -> str:
        needed = self.value(verdict.requirement, verdict.needed)
        return self.wished(needed) if verdict.wish else needed

    def wished(self, value: str) -> str:
        """A value that is a wish."""
        return self._("%(value)s, if possible") % {"value": value}

    def town(self, name: str | None, region: str | None) -> str:
        """A town in a region (code), by its name in the language where the taxonomy knows it."""
        return self.taxonomy.town(name, region or "", self.language) if name else ""

    def value(self, requirement: str, value: Any) -> str:
        """A needed or declared value; a dash where nothing was stated. The suppliers of a list are told the same again and
        again.
        """
        if value is None or value == ():
            return "—"
        return self._values.of((requirement, value), lambda: self._value(requirement, value))

    def _value(self, requirement: str, value: Any) -> str:
        kind = REQUIREMENT_KINDS[requirement]
        if kind.comparison is Comparison.YES:
            return self._(N_("yes") if value else N_("no"))
        if kind.tree:
            return self.codes(kind.tree, (value,) if isinstance(value, str) else value)
        if requirement == "certification":
            return self._certification(value)
        return self._measure(kind, value)

    def _measure(self, kind: RequirementKind, value: Any) -> str:
        if kind.name == "envelope":
            sides = "×".join(self.number(side) for side in value if side)  # a table has no third side
            if value[-1] is None:  # the sizes that a lathe takes, the length first
                length, diameter, _ = value
                ends = (f"ø{self.number(diameter)}", *(() if length is None else (self.number(length),)))
                sides = "×".join(ends)
            return self._(kind.unit) % {"value": sides}
        if kind.name == "lot" and isinstance(value, tuple):
            return self._between(value)
        if kind.unit:
            number, unit = kind.said(float(value))
            return self._(unit) % {"value": self.number(round(number) if kind.rounded else number)}
        return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)

    def _certification(self, value: Any) -> str:
        """A level, or standards of which one is enough with the level after them."""
        if isinstance(value, tuple):
            *standards, level = map(str, value)
            return f"{self.any_of(standards)}: {self._(LEVEL_LABELS[level])}"
        return self._(LEVEL_LABELS[str(value)])

    def level(self, name: str) -> str:
        """A level of certification, one of LEVEL_LABELS, in words."""
        return self._(LEVEL_LABELS[name])

    def demand(self, demand: CertificationDemand) -> str:
        """The standards of a demand for a certificate, with the edition."""
        named = self.any_of(demand.any_of)
        return f"{named}:{demand.edition}" if demand.edition else named

    def any_of(self, standards: Sequence[str]) -> str:
        """Standards of which one is enough."""
        return f" {self._('or')} ".join(map(self.standard, standards))

    def standard(self, code: str) -> str:
        """The short designation of a standard, else its label."""
        tree = self.taxonomy.standards
        spelled = tree[code].names.get("", ()) if code in tree else ()
        return spelled[0] if spelled else self.taxonomy.label("standard", code, self.language)

    def _between(self, ends: tuple[float | None, float | None]) -> str:
        """The smallest and the largest lot, of which either may be unstated."""
        low, high = (None if end is None else self.number(end) for end in ends)
        if low == high:
            return "—" if low is None else self._("%(value)s pcs") % {"value": low}
        if low and high:
            return self._("%(low)s to %(high)s pcs") % {"low": low, "high": high}
        if low:
            return self._("from %(value)s pcs") % {"value": low}
        return self._("up to %(value)s pcs") % {"value": high}

    def opening(self, item: ProfileChange) -> str:
        """A change to a profile in words: the certificate, the kind of work, the limit to reach."""
        if item.requirement == "certification":
            return " + ".join(
                self.standard(standard) if level == "certified" else self._certification((standard, level))
                for standard, level in item.value
            )
        return f"{self.label(item.requirement)}: {self.value(item.requirement, item.value)}"

    def feature(self, name: str) -> str:
        """The sentence that describes a feature of the ranker."""
        return self._(FEATURES[name].text) if name in FEATURES else name

    def sentence(self, match: RankedSupplier) -> str:
        """The match in one line: requirements by their outcome."""
        parts = []
        for outcome in ("met", "mentioned", "guessed", "near", "unmet", "unknown"):
            reasons = [self.reason(verdict) for verdict in match.verdicts if verdict.outcome == outcome]
            if reasons:
                listed = "; ".join(self._compared(reason) for reason in reasons)
                parts.append(f"{self._(OUTCOME_LABELS[outcome])}: {listed}")
        return ". ".join(parts)

    def _compared(self, reason: WordedReason) -> str:
        if reason.declared == "—":
            return f"{reason.label} {reason.needed}"
        values = {"label": reason.label, "needed": reason.needed, "declared": reason.declared}
        said = self._("%(label)s: needed %(needed)s, declared %(declared)s") % values
        return ", ".join(filter(None, (said, reason.margin)))

    def counts(self, counts: FitCounts, requirements: Requirements) -> str:
        """The numbers of suppliers by their share of the work."""
        if not requirements.processes:
            told = [(N_("With its material"), counts.related), (N_("with its words only"), counts.words)]
        elif len(requirements.processes) > 1 and not requirements.any_process:
            told = [(N_("Do all of the work"), counts.whole), (N_("a part of it"), counts.part)]
        else:
            told = [(N_("Do the work"), counts.matches)]
        if requirements.processes:
            told.append((N_("related only"), counts.related))
            told += [(N_("by words only"), counts.words)] if counts.words else []
        return " · ".join(f"{self._(label)}: {self.number(number)}" for label, number in told)

    def share(self, share: WorkShare | None) -> str:
        """How much of the work a supplier does."""
        return self._(SHARE_LABELS[share]) if share else ""

    def chance(self, score: float) -> str:
        """A score in per cent; neither none nor all is said of one that only comes near."""
        percent = round(100 * score)
        if not percent:
            return "<\u00a01\u00a0%"
        return ">\u00a099\u00a0%" if percent == 100 and score < 1 else f"{percent}\u00a0%"

    def relaxation(self, item: Relaxation, requirements: Requirements) -> str:
        """A relaxation in words, from and to, without the count."""
        name = item.requirement
        label = self.label(name)
        if isinstance(item.change, DemandChange):
            return self._milder(item.change)
        if item.change is None and name == "certification" and len(requirements.demanded) == 1:
            return self._milder(DemandChange(requirements.demanded[0], None))
        if item.change is None:
            return self._("without %(label)s") % {"label": label.lower() if label[1:2].islower() else label}
        if (
            requirements.deliver_by
            and requirements.lead_time_days
            and isinstance(item.change, int)
            and name == "lead_time"
        ):
            return self._later(requirements.deliver_by, item.change - requirements.lead_time_days)
        before = self.value(name, getattr(requirements, REQUIREMENT_KINDS[name].asked))
        return f"{label}: {before} → {self.value(name, item.change)}"

    def _milder(self, change: DemandChange) -> str:
        """A milder demand for a certificate."""
        named, milder = self.demand(change.demand), change.milder
        if milder is None:
            return self._("without %(standard)s") % {"standard": named}
        if milder.strength is DemandStrength.WISH:
            return self._("%(label)s wished, not demanded") % {"label": named}
        before, after = (self._(LEVEL_LABELS[demanded_level(one)]) for one in (change.demand, milder))
        return f"{named}: {before} → {after}"

    def removed(self, item: RemovedByFilter) -> str:
        """The filter that removes suppliers, by its name."""
        label = self.label(item.requirement)
        return f"{label}: {self.demand(item.demand)}" if item.demand else label

    def _later(self, day: date, days: int) -> str:
        """A later delivery, with its day."""
        until = format_date(day + timedelta(days=days), "d MMM y", locale=self.language)
        return self._("%(weeks)s weeks later: by %(day)s") % {"weeks": self.number(days / 7), "day": until}
