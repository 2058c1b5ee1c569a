"""Rows of the columns judged by the requirements of one need; the judges of single requirements build on it."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.requirements import Requirements
from matchmaker.domain.taxonomy_keys import Flag
from search.columns.ragged import Bools, Floats, Groups, Ints, spread
from search.columns.store import Columns

FAIL, UNKNOWN, PASS = -1, 0, 1
States = NDArray[np.int8]
# A capability answers a process if it is the same, a narrower one, or its parent or grandparent (see Tree.fit).
RELEVANT_FIT = 0.45
SLACK = 1e-9


class Evaluator:
    """A judge of rows of the columns by requirements; the capabilities of all rows are looked up once, on
    first use.
    """

    def __init__(self, columns: Columns, requirements: Requirements, rows: Ints | None = None) -> None:
        self.columns, self.requirements = columns, requirements
        self.some = rows  # None for all, which needs no look-up
        self.foreign = False  # whether none of the rows does the work that the need asks for
        self.rows = np.arange(len(columns)) if rows is None else rows
        self._codes: dict[str, tuple[NDArray[np.int32], Ints]] = {}
        self._numbers: dict[str, Floats] = {}

    @classmethod
    def of_all(cls, columns: Columns, requirements: Requirements) -> "Evaluator":
        """A judge of all rows; what it looks up is stored with the columns, for the next one too. It is not itself stored
        there: they would hold each other after both are done with.
        """
        evaluator = cls(columns, requirements)
        evaluator._codes, evaluator._numbers = columns.kept(
            ("looked up",), lambda: (evaluator._codes, evaluator._numbers)
        )
        return evaluator

    @cached_property
    def _counted(self) -> tuple[Ints, Ints, Bools]:
        """The capabilities that count, the row of each, and the rows that do work other than the required
        one. The capabilities that answer a required process count; of a supplier without one, all count.
        """
        wanted = self.requirements.processes
        if not wanted:
            return *spread(self.columns.first, self.rows), np.full(len(self.rows), self.foreign)
        offers, owner = self.offers
        answers = self.columns.covering(wanted, RELEVANT_FIT)[self.columns.offers.process[offers]]
        answering = answers.nonzero()[0]
        capabilities, owner = self.columns.offers.capability[offers[answering]], owner[answering]
        if len(wanted) > 1 or len(capabilities) > len(self.rows):
            distinct = np.diff(capabilities, prepend=-1) != 0
            capabilities, owner = capabilities[distinct], owner[distinct]
        without = np.ones(len(self.rows), dtype=np.bool_)
        without[owner] = False
        if not without.any():
            return capabilities, owner, without
        others = np.flatnonzero(without)
        positions, whose = spread(self.columns.first, self.rows[others])
        owner = np.concatenate((owner, others[whose]))
        order = np.argsort(owner, kind="stable")
        return np.concatenate((capabilities, positions))[order], owner[order], without

    @property
    def position(self) -> Ints:
        """The capabilities that count, as indices of the capability-level columns, in the order of their rows."""
        return self._counted[0]

    @property
    def owner(self) -> Ints:
        """The index in `rows` of the row of each capability that counts."""
        return self._counted[1]

    @cached_property
    def groups(self) -> Groups:
        return Groups(self.owner, len(self.rows))

    def codes(self, member: str) -> tuple[NDArray[np.int32], Ints]:
        """The codes that the rows have in a member of the columns, and the index in `rows` of the row of each
        code.
        """
        if member not in self._codes:
            group = self.columns.members[member]
            entry, owner = spread(group.first, self.rows)
            self._codes[member] = group.values[entry], owner
        return self._codes[member]

    def fitting(self, member: str, wanted: Sequence[str]) -> Floats:
        """The best fit of a row's codes in a member of the columns for each wanted process."""
        offered, owner = self.codes(member)
        return self.fits(offered, Groups(owner, len(self.rows)), wanted)

    def fits(self, offered: NDArray[np.int32], groups: Groups, wanted: Sequence[str]) -> Floats:
        """The best fit for each wanted process among the offers of each group; groups × wanted, 0 for a group
        without offers.
        """
        fits = np.zeros((groups.count, len(wanted)))
        for index, code in enumerate(wanted):
            fits[:, index] = groups.most(self.columns.process.fits(code)[offered], 0.0)
        return fits

    @cached_property
    def offers(self) -> tuple[Ints, Ints]:
        """The offers of all capabilities of the rows, as indices of the columns' offers, and the row of each."""
        return spread(self.columns.offers.first, self.rows)

    @cached_property
    def _main(self) -> tuple[Bools, Groups] | None:
        """The capabilities that answer the main process, the first; None where the processes have no order."""
        if len(self.requirements.processes) < 2 or self.requirements.any_process:
            return None
        entry, capability = spread(self.columns.capability_process.first, self.position)
        covering = self.columns.covering(self.requirements.processes[:1], RELEVANT_FIT)
        answers = np.zeros(len(self.position), dtype=np.bool_)
        answers[capability[covering[self.columns.capability_process.values[entry]]]] = True
        return answers, Groups(self.owner[answers], len(self.rows))

    @cached_property
    def _makes_blanks(self) -> bool:
        """Whether the main process makes blanks: they are cut and bent before the part has its sides, so the
        sides do not decide.
        """
        return self.requirements.processes[0] in self.columns.taxonomy.processes.flagged(Flag.BLANK)

    def best(self, states: States, *, of_side: bool = False) -> States:
        """The best state of a supplier's capabilities that count; unknown without any. `of_side` is about a
        part's side.

        A supplier fails where all its offers for the main process fail, or where it states nothing of the
        required work and something else fails; a capability that does not say, for example its paint shop,
        does not excuse it.
        """
        best = self.groups.most(states, UNKNOWN)
        fails = states == FAIL
        if not fails.any() or not (best == UNKNOWN).any():
            return best
        failing = self._counted[2] & self.groups.most(fails.view(np.int8), 0).view(np.bool_)
        if self._main is not None and not (of_side and self._makes_blanks):
            answers, groups = self._main
            failing |= groups.most(states[..., answers], PASS) == FAIL
        return np.where((best == UNKNOWN) & failing, FAIL, best).astype(np.int8)

    def excused(self, states: States) -> States:
        """The states of a part's sides, without failures by sizes that only the catalogue of machines gives: the
        supplier may have another machine, or one of another length.
        """
        implied = self.columns.of_catalogue[self.position]
        return np.where(implied & (states == FAIL), UNKNOWN, states).astype(np.int8)

    @property
    def by_words(self) -> Bools:
        """The rows for which the materials of the whole profile stand where no capability that counts names one."""
        return np.ones(len(self.rows), dtype=np.bool_)

    def number(self, name: str) -> Floats:
        """A number of each capability that counts; NaN where it is not stated. Not to be changed."""
        if name not in self._numbers:
            self._numbers[name] = self.columns.numbers[name][self.position]
        return self._numbers[name]


class OneCapability(Evaluator):
    """A judge of rows by one capability of each, an index of the capability-level columns, or -1 for a row without any."""

    def __init__(self, columns: Columns, requirements: Requirements, rows: Ints, chosen: Ints) -> None:
        super().__init__(columns, requirements, rows)
        self._chosen = chosen

    @cached_property
    def _counted(self) -> tuple[Ints, Ints, Bools]:
        owner = np.flatnonzero(self._chosen >= 0)
        return self._chosen[owner], owner, np.zeros(len(self.rows), dtype=np.bool_)

    @property
    def by_words(self) -> Bools:
        """A supplier that names materials of one capability says nothing by them of another."""
        first, named = self.columns.first, self.columns.capability_material.first
        silent: Bools = named[first[self.rows + 1]] == named[first[self.rows]]
        return silent

    def works(self) -> list[tuple[str, ...]]:
        """The operations of the chosen capability of each row, where its supplier has others."""
        codes, offers = self.columns.process.codes, self.columns.capability_process
        several = self.columns.first[self.rows + 1] - self.columns.first[self.rows] > 1
        return [
            tuple(codes[code] for code in offers.of(capability).tolist()) if other else ()
            for capability, other in zip(self._chosen.tolist(), several.tolist(), strict=True)
        ]


class EachCapability(Evaluator):
    """A judge of every capability of the rows that counts, by itself."""

    def best(self, states: States, **_: object) -> States:
        return states


def decided(good: Bools) -> States:
    states: States = 2 * good.view(np.int8) + np.int8(FAIL)
    return states


def compared(good: Bools, unknown: Bools) -> States:
    states = decided(good)
    states[..., unknown] = UNKNOWN
    return states
