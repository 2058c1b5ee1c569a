"""The hard filters, exact and explained: for every requirement, the suppliers that pass, fail, or did not
say.

A requirement about a part (material, size, accuracy, lot) is judged on the capabilities that answer one of
the required processes, the same, a narrower or a broader one; on all capabilities where none does. The best
capability counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.domain.certificate import CertificationDemand
from matchmaker.domain.requirement_kinds import (
    REQUIREMENT_KINDS,
    RequirementKind,
    RequirementSubject,
    Strictness,
)
from matchmaker.domain.requirements import Requirements
from search.columns.ragged import Bools, Ints
from search.columns.store import Columns
from search.filters import judges
from search.filters.evaluator import PASS, RELEVANT_FIT, UNKNOWN, Evaluator, States
from search.filters.judges import JUDGES


@dataclass(frozen=True, slots=True)
class RemovedByFilter:
    """The effect of one filter: suppliers that it removes by itself, and suppliers that nothing else removes.

    Each of several demands for certificates is a filter, with its `demand`.
    """

    requirement: str
    strictness: Strictness
    alone: int
    only: int
    demand: CertificationDemand | None = None


@dataclass(frozen=True, slots=True)
class FilterOutcome:
    """The states by requirement (only the required ones), the rows that pass, and the suppliers that each
    active filter removed.
    """

    rows: Ints
    states: dict[str, States]
    passed: Bools
    removed: tuple[RemovedByFilter, ...] = ()


class AllSuppliers:
    """All suppliers judged by requirements. The result of a single requirement is computed once and stored
    with the columns, since needs ask for the same certificate, distance or grade again and again.
    """

    def __init__(self, columns: Columns, requirements: Requirements) -> None:
        self.columns, self.requirements = columns, requirements
        self._plain = Evaluator.of_all(columns, replace(requirements, processes=()))
        self._plain.foreign = bool(requirements.processes)
        self._specialists = columns.kept(("specialists", requirements.processes), self._find)
        self._some = Evaluator(columns, requirements, self._specialists)

    def _find(self) -> Ints:
        """Find the rows with a capability that answers a required process: it alone is judged; of other rows
        all capabilities are.
        """
        answering = self.columns.covering(self.requirements.processes, RELEVANT_FIT)
        answers = self.columns.holding("capability_process", answering)
        return np.unique(self.columns.capability_row[answers])

    def states(self) -> dict[str, States]:
        found = ((kind.name, self._state(kind)) for kind in REQUIREMENT_KINDS.values())
        return {name: states for name, states in found if states is not None}

    def _state(self, kind: RequirementKind) -> States | None:
        judge, of_part = JUDGES[kind.name], kind.subject is RequirementSubject.PART
        values = tuple(getattr(self.requirements, attribute) for attribute in kind.reads)
        values = (*values, self._plain.foreign and of_part)
        evaluator = self._plain
        if kind.subject is RequirementSubject.WORK:
            evaluator = Evaluator(self.columns, self.requirements)
        state: States | None = self.columns.kept(("state", kind.name, values), lambda: judge(evaluator))
        if state is None or not of_part or not len(self._specialists):
            return state
        own = judge(self._some)
        if own is not None:
            state = state.copy()
            state[self._specialists] = own
        return state


def removes(states: States, strictness: Strictness) -> Bools:
    """The rows that a filter removes."""
    if strictness is Strictness.WISH:
        return np.zeros(len(states), dtype=np.bool_)
    return states < PASS if strictness is Strictness.STRICT else states < UNKNOWN


def evaluate(columns: Columns, requirements: Requirements, rows: Ints | None = None) -> FilterOutcome:
    """Judge rows (all by default) by every requirement, with counts of what each active filter removes."""
    judged = AllSuppliers(columns, requirements) if rows is None else Evaluator(columns, requirements, rows)
    states = judged.states() if isinstance(judged, AllSuppliers) else judges.states(judged)
    rows = np.arange(len(columns)) if rows is None else rows
    active = {
        part: removes(state, requirements.strictness_of(part[0]))
        for name, all_of_it in states.items()
        if requirements.strictness_of(name) is not Strictness.WISH
        for part, state in _parts(columns, requirements, rows, name, all_of_it)
    }
    fails = np.zeros(len(rows), dtype=np.int8)
    for removed in active.values():
        fails += removed
    counts = tuple(
        RemovedByFilter(
            name,
            requirements.strictness_of(name),
            int(np.count_nonzero(removed)),
            int(np.count_nonzero(removed & (fails == 1))),
            demand,
        )
        for (name, demand), removed in active.items()
    )
    return FilterOutcome(rows, states, fails == 0, counts)


def _parts(
    columns: Columns, requirements: Requirements, rows: Ints, name: str, whole: States
) -> Iterator[tuple[tuple[str, CertificationDemand | None], States]]:
    """The filters of which a requirement consists: one, or one for each of several demands for certificates."""
    demands = dict.fromkeys(requirements.demanded) if name == "certification" else {}
    if len(demands) < 2:
        yield (name, None), whole
        return
    for demand in demands:
        alone = replace(requirements, certification=(demand,))
        state = JUDGES[name](Evaluator(columns, alone, rows))
        assert state is not None
        yield (name, demand), state
