"""The suppliers of a large collection that may be among the best for a need with processes, chosen from the
columns alone.

All suppliers that do the work are judged, by the cheap conditions first, so that costly values are read for
few. An engine that retrieves some hundreds by words cannot do this: it does not know whose lathe holds IT6.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matchmaker.domain.requirement_kinds import OF_PARTS, REQUIREMENT_KINDS, Comparison, RequirementSubject
from matchmaker.domain.requirements import Requirements
from search.columns.ragged import Floats, Ints
from search.columns.store import Columns
from search.filters.evaluator import FAIL, Evaluator, States
from search.filters.filter_outcomes import removes
from search.filters.judges import JUDGES
from search.ranking import prior
from search.ranking.features import NEUTRAL

# Suppliers whose capabilities are judged, and of those that pass how many are ranked: enough to hold nearly all of the best
# twenty (`make bench` prints how many), few enough to take a millisecond.
JUDGED, RANKED = 10_000, 500
# The requirements on the firm and its hours, codes first, which are the quickest; then those on capabilities.
_OF_FIRMS = [
    kind
    for kind in REQUIREMENT_KINDS.values()
    if kind.subject in {RequirementSubject.SUPPLIER, RequirementSubject.HOURS}
]
OF_SUPPLIERS = [
    kind.name for kind in sorted(_OF_FIRMS, key=lambda kind: kind.comparison is not Comparison.ONE_OF)
]
OF_WORK = ("processes", *(kind.name for kind in OF_PARTS))
WORK_WEIGHT = prior.weight("process_coverage") + prior.weight("main_process")
# The feature of a kind has its name; that of materials is of one of them.
WEIGHTS = {
    kind.name: prior.weight("material" if kind.name == "materials" else kind.name) for kind in OF_PARTS
}
# The value of a state between 0 and met: some failures are nearly met; see features.NEUTRAL for the unknown.
WORTH = np.array([0.25, NEUTRAL, 1.0])


@dataclass(frozen=True, slots=True)
class Preselection:
    """Rows with their states by requirement; `passed` counts all rows that pass, also the less promising ones
    left out.
    """

    rows: Ints
    states: dict[str, States]
    passed: int

    def only(self, kept: Ints) -> "Preselection":
        return Preselection(
            self.rows[kept], {name: state[kept] for name, state in self.states.items()}, self.passed
        )


def shortlist(columns: Columns, requirements: Requirements, least: float, most: int = RANKED) -> Preselection:
    """The `most` promising suppliers that pass every filter and fit a required process by at least `least`."""
    listed = _fitting_firms(columns, requirements, columns.doing(requirements.processes, least))
    if len(listed.rows) > JUDGED:
        listed = _best(listed, _work(columns, requirements, listed.rows), JUDGED)
    listed = _sifted(columns, requirements, listed, OF_WORK)
    listed = Preselection(listed.rows, listed.states, len(listed.rows))
    if len(listed.rows) > most:
        listed = _best(listed, _promise(columns, requirements, listed), most)
    return listed


def passing(columns: Columns, requirements: Requirements, rows: Ints) -> Ints:
    """Those of the rows that pass every filter."""
    return _sifted(columns, requirements, _fitting_firms(columns, requirements, rows), OF_WORK).rows


def _fitting_firms(columns: Columns, requirements: Requirements, rows: Ints) -> Preselection:
    """The rows that pass what is asked of the firm and its hours."""
    listed = Preselection(rows, {}, 0)
    for name in OF_SUPPLIERS:
        listed = _sifted(columns, requirements, listed, (name,))
    return listed


def _sifted(
    columns: Columns, requirements: Requirements, listed: Preselection, names: Iterable[str]
) -> Preselection:
    """The rows judged by some more requirements, without those that fail one of them."""
    evaluator = Evaluator(columns, requirements, listed.rows)
    asked = {name: state for name in names if (state := JUDGES[name](evaluator)) is not None}
    if not asked:
        return listed
    told = Preselection(listed.rows, listed.states | asked, listed.passed)
    removed = np.logical_or.reduce(
        [removes(state, requirements.strictness_of(name)) for name, state in asked.items()]
    )
    return told.only(np.flatnonzero(~removed)) if removed.any() else told


def _best(listed: Preselection, promise: Floats, count: int) -> Preselection:
    """The `count` most promising rows; of equals the earlier."""
    return listed.only(np.sort(np.argsort(-promise, kind="stable")[:count]))


def _work(columns: Columns, requirements: Requirements, rows: Ints) -> Floats:
    """The share of the work that each row does: the mean fit for the required processes."""
    evaluator = Evaluator(columns, requirements, rows)
    mean: Floats = evaluator.fitting("processes", requirements.processes).mean(axis=1)
    return mean


def _promise(columns: Columns, requirements: Requirements, listed: Preselection) -> Floats:
    """An estimate of the stated prior's score: the work done, and each requirement met, unknown or missed."""
    promise = _work(columns, requirements, listed.rows) * WORK_WEIGHT
    for name in WEIGHTS.keys() & listed.states.keys():
        promise += WEIGHTS[name] * WORTH[listed.states[name] - FAIL]
    return promise
