"""The evidence from the columns: every number that features read, for some hundreds of candidates at once.

`search.filters.filter_outcomes` decides which capability counts and what passes; this module reads the
declared values of the same capabilities, so that a score and an explanation cannot contradict a filter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.certificate import CertificationDemand
from matchmaker.domain.requirement_kinds import (
    NUMBERS_OF_PARTS,
    REQUIREMENT_KINDS,
    Comparison,
    RequirementKind,
)
from matchmaker.domain.requirements import Requirements, circle_around
from search.columns.ragged import Bools, Groups, spread
from search.columns.store import Columns
from search.filters import judges
from search.filters.evaluator import RELEVANT_FIT, UNKNOWN, Evaluator, States
from search.filters.filter_outcomes import removes
from search.filters.need_set import NeedSet
from search.ranking import features
from search.ranking.declared import ColumnCodes
from search.ranking.evidence import Evidence, Floats, Ints


@dataclass(frozen=True, slots=True)
class Texts:
    """The text scores of the candidates, 0 to 1: the share of the need's words found, that of its unknown terms, and
    the similarity of letters.
    """

    words: Floats
    terms: Floats
    similarity: Floats


class Gatherer:
    """A reader of the evidence of `rows` (all distinct) for one need."""

    def __init__(
        self,
        columns: Columns,
        requirements: Requirements,
        rows: Ints,
        today: date,
        states: dict[str, States] | None = None,
        judged: Evaluator | None = None,
    ) -> None:
        """`states` are the filters' verdicts by requirement where they are already known, `judged` the judge that knows
        which capabilities count where these are not all that do the work.
        """
        self.columns, self.requirements, self.rows, self.today = columns, requirements, rows, today
        self.judged = Evaluator(columns, requirements, rows) if judged is None else judged
        self.states = judges.states(self.judged) if states is None else states
        self.count = len(rows)

    def passed(self) -> Bools:
        """The rows that no active filter removes."""
        passed = np.ones(self.count, dtype=np.bool_)
        for name, state in self.states.items():
            passed &= ~removes(state, self.requirements.strictness_of(name))
        return passed

    def removing(self, name: str) -> Bools:
        """The rows that the filter of a requirement removes."""
        return removes(self.states[name], self.requirements.strictness_of(name))

    def process_fits(self) -> Floats:
        """The fit of every row for each required process, as explanations grade it."""
        return self._processes()[0]

    def evidence(self, texts: Texts) -> Evidence:
        """The evidence of the rows, whether they pass or not."""
        needed, on = self.requirements, self.requirements.on or self.today
        process_fit, known = self._processes()
        worded = self.judged.fitting("worded", needed.processes) >= process_fit
        held, undated = self._certificates(needed.certification, on)
        return Evidence(
            requirements=needed,
            today=self.today,
            count=self.count,
            process_fit=process_fit,
            process_known=known,
            process_worded=worded,
            **self.of_part(),
            joint_fit=self._joint(),
            spare_hours=self._free_hours(),
            distance_km=self._distance(),
            same_region=self._member("regions", needed.regions),
            held=held,
            undated=undated,
            usual=self._usual(on),
            papers=self._papers(),
            sector=self._member("sectors", needed.sectors),
            language=self._member("languages", needed.languages),
            words=texts.words,
            terms=texts.terms,
            similarity=texts.similarity,
            specialisation=self._specialisation(),
            references=self.columns.references[self.rows],
            employees=self.columns.employees[self.rows],
            age_days=self.today.toordinal() - self.columns.machines_on[self.rows],
            hours_age_days=self.today.toordinal() - self.columns.hours_on[self.rows],
            completeness=self._completeness(),
            excluded=self._excluded(),
        )

    def of_part(self) -> dict[str, Any]:
        """The evidence that depends on which capabilities count."""
        silent = {name: state == UNKNOWN for name, state in self.states.items()}
        material_fit, material_known = self._materials()
        box, ratio = self._envelope()
        return {
            "states": self.states,
            "material_fit": material_fit,
            "material_known": material_known,
            "envelope_mm": _hide(box, silent.get("envelope")),
            "envelope_ratio": _hide(ratio, silent.get("envelope")),
            "numbers": {
                kind.name: _hide(self._number(kind), silent.get(kind.name)) for kind in NUMBERS_OF_PARTS
            },
            **{name: _hide(values, silent.get("lot")) for name, values in self._lot().items()},
            "offers": ColumnCodes(self.columns, self.requirements, self.rows, self.judged),
        }

    @cached_property
    def _unknown(self) -> Floats:
        """The values of a requirement that the need does not ask for: unknown. Not to be changed."""
        return np.full(self.count, np.nan)

    def _best(self, values: Floats) -> Floats:
        """The largest value of each candidate's capabilities that count; NaN without any."""
        return self.judged.groups.most(values, np.nan)

    def _processes(self) -> tuple[Floats, Bools]:
        """The fit of each required process, and whether a stated capability (not only words or machines)
        supports it.
        """
        wanted = self.requirements.processes
        offers, owner = self.judged.offers
        stated = self.judged.fits(self.columns.offers.process[offers], Groups(owner, self.count), wanted)
        said = self.judged.fitting("said", wanted)
        prose = self._lengths("said") >= np.maximum(self._lengths("processes"), 1)
        known = (stated >= features.TEXT_EVIDENCE * said) & ~prose[:, None]
        fit = np.where(known, stated, np.maximum(stated, said))
        return np.where(self._denied(wanted) & ~known, 0.0, fit), known

    def _lengths(self, member: str) -> Ints:
        first = self.columns.members[member].first
        return first[self.rows + 1] - first[self.rows]

    def _denied(self, wanted: Sequence[str]) -> Bools:
        """Whether the supplier says that it does not do the process, or one above it."""
        codes, owner = self.judged.codes("denied")
        denied = np.zeros((self.count, len(wanted)), dtype=np.bool_)
        if len(codes):
            tree = self.columns.process.tree
            for index, code in enumerate(wanted):
                above = self.columns.process.indices(tree.closure(code)) if code in tree else []
                denied[owner[np.isin(codes, above)], index] = True
        return denied

    def _materials(self) -> tuple[Floats, Bools]:
        """The best material of a relevant capability, and whether one names any; else the whole profile's, as
        words only.
        """
        wanted = self.requirements.materials
        if not wanted:
            return self._unknown, np.zeros(self.count, dtype=np.bool_)
        columns, judged = self.columns, self.judged
        entry, capability = spread(columns.capability_material.first, judged.position)
        offered = self._material_fits(columns.capability_material.values[entry])
        stated = Groups(judged.owner[capability], self.count).most(offered, np.nan)
        codes, owner = judged.codes("materials")
        said = Groups(owner, self.count).most(self._material_fits(codes), np.nan)
        said = np.where(judged.by_words, said, np.nan)
        named = ~np.isnan(stated)
        return np.where(named, stated, features.TEXT_EVIDENCE * said), named

    def _material_fits(self, offered: NDArray[np.int32]) -> Floats:
        fits = [self.columns.material.fits(code)[offered] for code in self.requirements.materials]
        best: Floats = np.max(fits, axis=0).astype(np.float64)
        return best

    def _number(self, kind: RequirementKind) -> Floats:
        """The best number of a relevant capability, as the filters read it; a lathe's own, else that of the side of a box."""
        if getattr(self.requirements, kind.asked) is None:
            return self._unknown
        own = self.judged.number(kind.facts)
        if kind.side is not None:
            own = _either(own, self.columns.envelope[self.judged.position][:, kind.side])
        return self._best(own) if kind.comparison is Comparison.AT_LEAST else -self._best(-own)

    def _envelope(self) -> tuple[Floats, Floats]:
        """The box of the capability that suits the part best (a lathe's as L, Ø and no third side, a table's with a third
        side of 0), and its ratio to the part.
        """
        needed = self.requirements.envelope_mm
        if needed is None:
            return np.broadcast_to(np.nan, (self.count, 3)), self._unknown
        boxes = self.columns.envelope[self.judged.position]
        length, diameter = self.judged.number("length_mm"), self.judged.number("diameter_mm")
        across = circle_around(*needed[1:])
        ratios = boxes / np.array(needed)
        least = np.fmin.reduce(ratios, axis=1)
        in_box = np.where(np.isnan(ratios).any(axis=1) & ~(least < 1), np.nan, least)
        on_lathe = np.fmin(diameter / across, np.where(np.isnan(diameter), np.nan, length / needed[0]))
        ratio = np.fmax(in_box, on_lathe)
        turned = on_lathe > np.where(np.isnan(in_box), -1.0, in_box)
        tables = np.isnan(boxes[:, 2]) & ~np.isnan(boxes[:, 0])
        boxes = np.column_stack([boxes[:, :2], np.where(tables, 0.0, boxes[:, 2])])
        shown = np.where(
            turned[:, None], np.column_stack([length, diameter, np.full(len(length), np.nan)]), boxes
        )
        best = self._best(ratio)
        sides = np.full((self.count, 3), np.nan)
        chosen = ratio == best[self.judged.owner]
        sides[self.judged.owner[chosen]] = shown[chosen]
        return sides, best

    def _lot(self) -> dict[str, Floats]:
        """The lots of the relevant capability in which the quantity lies, or nearly."""
        quantity = self.requirements.quantity
        if quantity is None:
            return dict.fromkeys(("lot_min", "lot_max"), self._unknown)
        low, high = self.judged.number("lot_min"), self.judged.number("lot_max")
        outside = -features.outside(low, high, quantity)
        best = self._best(outside)
        chosen = outside == best[self.judged.owner]
        ends = {"lot_min": np.full(self.count, np.nan), "lot_max": np.full(self.count, np.nan)}
        for name, values in (("lot_min", low), ("lot_max", high)):
            ends[name][self.judged.owner[chosen]] = values[chosen]
        return ends

    def _joint(self) -> Floats:
        """The fit of the one best capability for all required numbers; NaN where fewer than two are required."""
        own, needed = self.judged.number, self.requirements
        parts = [
            fit(own(REQUIREMENT_KINDS[name].facts), asked)
            for name, fit in features.FITS.items()
            if (asked := getattr(needed, REQUIREMENT_KINDS[name].asked)) is not None
        ]
        if needed.quantity is not None:
            parts.append(features.lot_fit(features.outside(own("lot_min"), own("lot_max"), needed.quantity)))
        if len(parts) < 2:
            return self._unknown
        values = np.array(parts)
        values[np.isnan(values)] = features.NEUTRAL
        return self._best(values.mean(axis=0))

    def _distance(self) -> Floats:
        if self.requirements.location is None:
            return self._unknown
        return self.columns.distance_km(self.requirements.location, self.rows)

    def _member(self, name: str, codes: tuple[str, ...]) -> Floats:
        """1 where one of the codes is declared, 0 where only others are, NaN where none is declared or
        required.
        """
        if not codes:
            return self._unknown
        has, said = self.columns.has_member(name, codes, self.rows)
        return np.where(said, has.astype(np.float64), np.nan)

    def _certificates(self, demands: Sequence[CertificationDemand], on: date) -> tuple[Floats, Bools]:
        """The level held for each demand, and whether only a certificate without any date gives it."""
        held = np.zeros((self.count, len(demands)))
        undated = np.zeros(held.shape, dtype=np.bool_)
        for index, demand in enumerate(demands):
            held[:, index] = self.columns.certification(demand, on)[self.rows]
            undated[:, index] = self.columns.undated(demand, on)[self.rows]
        return held, undated

    def _usual(self, on: date) -> Floats:
        """The level for the most frequent standard, which shows an orderly shop; without any date half a level less."""
        usual = CertificationDemand((self.columns.taxonomy.most_asked_standard,))
        levels = self.columns.certification(usual, on)[self.rows].astype(np.float64)
        return levels - 0.5 * self.columns.undated(usual, on)[self.rows]

    def _papers(self) -> Floats:
        """The share of the wanted quality papers that come with parts; NaN where none is stated or wanted."""
        wanted, kind = self.requirements.quality_papers, REQUIREMENT_KINDS["quality_papers"]
        if not wanted:
            return self._unknown
        held = [self.columns.answering(kind, code, self.rows) for code in wanted]
        share: Floats = np.mean([has for has, _ in held], axis=0)
        return np.where(held[0][1], share, np.nan)

    def _specialisation(self) -> Floats:
        """The share of a supplier's processes that answer a required one."""
        codes, owner = self.judged.codes("processes")
        answers = self.columns.covering(self.requirements.processes, RELEVANT_FIT)[codes]
        answered = np.bincount(owner[answers], minlength=self.count)
        shares: Floats = answered / np.maximum(self._lengths("processes"), 1)
        return shares

    def _excluded(self) -> Floats:
        ruled_out = self.requirements.excluded_processes
        if not ruled_out:
            return np.zeros(self.count)
        best: Floats = self.judged.fitting("processes", ruled_out).max(axis=1, initial=0.0)
        return (best >= 1.0).astype(np.float64)

    def _free_hours(self) -> Floats:
        """The fewest known free hours in a month that the need asks for."""
        months = [hours[self.rows] for hours in self.columns.free_hours(self.requirements.months)]
        least: Floats = np.fmin.reduce(months)
        return least

    def _completeness(self) -> Floats:
        """The share of a profile's possible entries, beside its name, that are filled in; the same for every
        need.
        """
        return self.columns.by_row(("completeness",), _completeness)[self.rows]


def work_fits(columns: Columns, needs: NeedSet) -> Floats:
    """The best fit of each row for the work of each need, needs × rows, as explanations grade it."""
    fits, rows = np.zeros((len(needs), len(columns))), np.arange(len(columns))
    for (processes, _), among in needs.work.items():
        work = Gatherer(columns, Requirements(processes=processes), rows, date.min, {})
        fits[among] = work.process_fits().max(axis=1, initial=0.0)
    return fits


def _completeness(columns: Columns) -> Floats:
    said = [
        np.diff(columns.first) > 0,
        np.diff(columns.members["materials"].first) > 0,
        ~np.isnan(columns.location[:, 0]),
        ~np.isnan(columns.spare_hours),
        ~np.isnan(columns.employees),
        columns.references > 0,
    ]
    share: Floats = np.sum(said, axis=0) / len(said)
    return share


def _hide(values: Floats, silent: Bools | None) -> Floats:
    """The values without those of candidates whose state is unknown to the filters: one capability fails, but
    another leaves the number open, and the best one counts.
    """
    if silent is None:
        return values
    return np.where(silent if values.ndim == 1 else silent[:, None], np.nan, values)


def _either(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first), second, first)
