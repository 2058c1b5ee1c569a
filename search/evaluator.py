"""Rows of the columns judged by the requirements of one need; what the judges of single requirements build on."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.requirements import Requirements
from search.arrays import Bools, Floats, Ints, spread
from search.columns import Columns

FAIL, UNKNOWN, PASS = -1, 0, 1
States = NDArray[np.int8]
# A capability answers a process if it is the same, a narrower one, or its parent or grandparent (see Tree.fit).
RELEVANT_FIT = 0.45
SLACK = 1e-9


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
        return self.best(compared(self.number(name) >= needed * (1 - SLACK), np.isnan(self.number(name))))

    def at_most(self, name: str, needed: float) -> States:
        return self.best(compared(self.number(name) <= needed * (1 + SLACK), np.isnan(self.number(name))))


def compared(good: Bools, unknown: Bools) -> States:
    states: States = 2 * good.view(np.int8) + np.int8(FAIL)
    states[unknown] = UNKNOWN
    return states
