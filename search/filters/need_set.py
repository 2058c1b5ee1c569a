"""Many needs that judge the same few rows at once: a supplier that looks for work, or a profile with changes.

What needs share is judged once, and numbers of parts are compared as arrays, needs × capabilities, by the same judges
as a single need's.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np

from matchmaker.domain.requirement_kinds import (
    REQUIREMENT_KINDS,
    RequirementKind,
    RequirementSubject,
    Strictness,
)
from matchmaker.domain.requirements import Requirements
from search.columns.ragged import Bools, Ints
from search.columns.store import Columns
from search.filters.evaluator import FAIL, PASS, UNKNOWN, Evaluator, States
from search.filters.judges import JUDGES

# The state below which a filter of a strictness removes a row; a wish removes nobody.
_LEAST = {Strictness.WISH: FAIL, Strictness.LENIENT: UNKNOWN, Strictness.STRICT: PASS}
# Needs that agree in some values, by position.
Sharing = Mapping[tuple[Any, ...], Ints]
Work = tuple[tuple[str, ...], bool]
# What needs ask of a part: the kind, their value or an array of their numbers, needs × 1, and which needs they are.
PartAsked = tuple[RequirementKind, Any, Ints]


def _is_array(kind: RequirementKind) -> bool:
    """Whether the kind compares numbers of a part, which differ from need to need."""
    return kind.subject is RequirementSubject.PART and kind.name != "materials"


# Of needs that changed since a set was made, the share up to which they alone are sorted by what they share.
_FEW = 0.2


class NeedSet:
    """Needs by what they share. Never changed afterwards, so threads may share it.

    Of the needs that stood in `before`, the same objects, nothing is sorted again.
    """

    def __init__(self, needs: Sequence[Requirements], before: "NeedSet | None" = None) -> None:
        self.needs = tuple(needs)
        self._parts: tuple[_Part, ...] = () if before is None else self._following(before)
        if not self._parts:
            self._sort()

    @property
    def sorted(self) -> "NeedSet":
        """The set whose sorting this one uses: that of an earlier set, or its own."""
        return self._parts[0].of if self._parts else self

    def _following(self, before: "NeedSet") -> "tuple[_Part, ...]":
        """These needs as those of the set that was sorted last, and the few others; nothing where these are many."""
        base = before.sorted
        places = {id(need): place for place, need in enumerate(base.needs)}
        found = np.array([places.get(id(need), -1) for need in self.needs], dtype=np.int64)
        others = np.flatnonzero(found < 0)
        if len(others) > _FEW * len(self.needs):
            return ()
        own = np.flatnonzero(found >= 0)
        new = NeedSet([self.needs[place] for place in others.tolist()])
        return _Part(base, own, found[own]), _Part(new, others, np.arange(len(others)))

    def _sort(self) -> None:
        chosen = [(position, need) for position, need in enumerate(self.needs) if need.strictness]
        self._least = {kind.name: self._removing(kind, chosen) for kind in REQUIREMENT_KINDS.values()}

    def __len__(self) -> int:
        return len(self.needs)

    def _removing(self, kind: RequirementKind, chosen: Sequence[tuple[int, Requirements]]) -> States:
        """The state of each need below which a requirement removes a row, the lowest one where it removes nobody;
        `chosen` are the needs of which a person chose something.
        """
        least = np.full(len(self.needs), _LEAST[kind.strictness], dtype=np.int8)
        for position, need in chosen:
            least[position] = _LEAST[need.strictness_of(kind.name)]
        return least

    @cached_property
    def work(self) -> Mapping[Work, Ints]:
        """The needs by their processes, and whether one of them is enough."""
        if self._parts:
            return _together(part.work() for part in self._parts)
        return self._sharing(np.arange(len(self.needs)), ("processes", "any_process"))

    def _sharing(self, among: Ints, attributes: Sequence[str]) -> Sharing:
        found: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for position in among.tolist():
            need = self.needs[position]
            found[tuple(getattr(need, name) for name in attributes)].append(position)
        return {values: np.array(positions) for values, positions in found.items()}

    @cached_property
    def _of_firms(self) -> Mapping[RequirementKind, Sharing]:
        """The needs by what they ask of the firm, where that removes anybody."""
        return {
            kind: self._sharing(self._active(kind.name), kind.reads)
            for kind in REQUIREMENT_KINDS.values()
            if kind.subject in {RequirementSubject.SUPPLIER, RequirementSubject.HOURS}
        }

    def _active(self, name: str) -> Ints:
        return np.flatnonzero(self._least[name] >= UNKNOWN)

    @cached_property
    def _of_parts(self) -> Mapping[Work, Sequence[PartAsked]]:
        """What needs ask of the work and the part, where that removes anybody, by their processes."""
        return {work: list(self._asked(among)) for work, among in self.work.items()}

    def _asked(self, among: Ints) -> Iterator[PartAsked]:
        for kind in REQUIREMENT_KINDS.values():
            if kind.subject not in {RequirementSubject.PART, RequirementSubject.WORK}:
                continue
            asking = among[self._least[kind.name][among] >= UNKNOWN]
            if not _is_array(kind):
                yield from (
                    (kind, value, own) for (value,), own in self._sharing(asking, (kind.asked,)).items()
                )
                continue
            values = {n: getattr(self.needs[n], kind.asked) for n in asking.tolist()}
            told = {n: value for n, value in values.items() if value is not None}
            if told:
                yield kind, np.array(list(told.values()), dtype=np.float64)[:, None], np.array(list(told))

    def removed(self, columns: Columns) -> dict[str, Bools]:
        """The rows of columns that the filter of each requirement removes, needs × rows; requirements that remove nobody
        are left out.
        """
        found: dict[str, Bools] = {}
        for part in self._parts:
            for name, rows in part.of.removed(columns).items():
                if (gone := rows[part.theirs]).any():
                    nobody = np.zeros((len(self.needs), len(columns)), dtype=np.bool_)
                    found.setdefault(name, nobody)[part.own] = gone
        if self._parts:
            return found
        for kind, among, states in self._judged(columns):
            gone = states < self._least[kind.name][among, None]
            if gone.any():
                nobody = np.zeros((len(self.needs), len(columns)), dtype=np.bool_)
                found.setdefault(kind.name, nobody)[among] = gone
        return found

    def passed(self, columns: Columns) -> Bools:
        """The rows that no filter removes, needs × rows."""
        passed = np.ones((len(self.needs), len(columns)), dtype=np.bool_)
        for removed in self.removed(columns).values():
            passed &= ~removed
        return passed

    def _judged(self, columns: Columns) -> Iterator[tuple[RequirementKind, Ints, States]]:
        """The states of all rows for some needs and a kind of requirement."""
        rows = np.arange(len(columns))
        firms = Evaluator(columns, Requirements(), rows)
        for kind, sharing in self._of_firms.items():
            for values, among in sharing.items():
                firms.requirements = Requirements(**dict(zip(kind.reads, values, strict=True)))
                if (states := JUDGES[kind.name](firms)) is not None:
                    yield kind, among, states
        for (processes, any_process), asked in self._of_parts.items():
            work = Requirements(processes=processes, any_process=any_process)
            judged = Evaluator(columns, work, rows)
            for kind, value, among in asked:
                judged.requirements = replace(work, **{kind.asked: value})
                if (states := JUDGES[kind.name](judged)) is not None:
                    yield kind, among, states


@dataclass(frozen=True, slots=True)
class _Part:
    """Needs of another set: their positions in the own one, and there."""

    of: NeedSet
    own: Ints
    theirs: Ints

    def work(self) -> Iterator[tuple[Work, Ints]]:
        """The own positions by the work of the needs."""
        places = np.full(len(self.of), -1)
        places[self.theirs] = self.own
        for work, among in self.of.work.items():
            here = places[among]
            if (here := here[here >= 0]).size:
                yield work, here


def _together(parts: Iterable[Iterable[tuple[Work, Ints]]]) -> Sharing:
    found: dict[Work, Ints] = {}
    for work, among in chain.from_iterable(parts):
        found[work] = np.concatenate((found[work], among)) if work in found else among
    return found
