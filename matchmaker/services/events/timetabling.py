"""The solving of a timetable: who meets whom in which slot, as plain numbers; integer programs do it.

First it is chosen which pairs meet: the most worth with nobody in more meetings than slots, and no more meetings than places.
Mostly these can be laid into slots, and then no other timetable is worth more. Where they cannot, pairs and slots are chosen
together, within a time limit. Of what is worth as much, one with few gaps is looked for.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, TypeVar

import numpy as np

from search.columns.ragged import Bools
from search.matching.integer_programs import Constraint, LeastCost, least_within

Pair = tuple[int, int]  # of participants, the smaller number first
Place = tuple[Pair, int]  # a pair in a slot
Thing = TypeVar("Thing")
SECONDS = 20.0  # for pairs and slots together
_SECONDS_OF_GAPS = 5.0
_MOST_WITH_GAPS = 3_000  # places up to which an integer program looks for few gaps


@dataclass(frozen=True, slots=True)
class TimetableProblem:
    """What is to be solved: `slots` one after the other, so many `tables` in each; by participant the slots for which it is there,
    by pair what its meeting is worth (more than 0), and the slots of pairs that stay where they are.
    """

    slots: int
    tables: int
    there: Mapping[int, frozenset[int]]
    worth: Mapping[Pair, int]
    fixed: Mapping[Pair, int] = field(default_factory=dict)

    def common(self, pair: Pair) -> frozenset[int]:
        """The slots in which both of a pair are there."""
        first, second = pair
        return self.there.get(first, frozenset()) & self.there.get(second, frozenset())

    def may_be(self, pair: Pair) -> frozenset[int]:
        """The slots in which a pair may meet: one that is fixed in that alone."""
        return frozenset({self.fixed[pair]}) if pair in self.fixed else self.common(pair)


@dataclass(frozen=True, slots=True)
class SolvedTimetable:
    """The slot of each pair that meets, and whether no other timetable is worth more."""

    placed: Mapping[Pair, int]
    proven: bool


def solve(problem: TimetableProblem, seconds: float = SECONDS) -> SolvedTimetable:
    """The timetable of most worth. What is fixed stays, and must hold all rules by itself."""
    pairs = sorted({pair for pair in problem.worth if problem.common(pair)} | set(problem.fixed))
    if not pairs:
        return SolvedTimetable({}, proven=True)
    chosen = _chosen(problem, pairs)
    placed = _laid(problem, chosen)
    if placed is not None:
        return SolvedTimetable(_with_few_gaps(problem, placed), proven=True)
    places, found = _together(problem, pairs, seconds)
    best = _read(places, found)
    return SolvedTimetable(
        _with_few_gaps(problem, dict(problem.fixed) if best is None else best), proven=found.proven
    )


def _chosen(problem: TimetableProblem, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs of most worth that have enough slots and places by number."""
    rows = _numbers(pairs, lambda pair: pair)
    slots = np.array([float(len(_slots_of(problem, one))) for one in rows])
    held: list[Constraint] = [
        (_sparse(rows.values(), len(pairs)), -np.inf, slots),
        (np.ones((1, len(pairs))), -np.inf, float(problem.slots * problem.tables)),
    ]
    worth = np.array([-float(problem.worth.get(pair, 0)) for pair in pairs])
    fixed = np.array([float(pair in problem.fixed) for pair in pairs])
    found = least_within(worth, held, integral=_whole(len(pairs)), bounds=(fixed, 1.0))
    if found.values is None:
        return list(pairs)
    return [pair for pair, value in zip(pairs, found.values, strict=True) if value > 0.5]


def _slots_of(problem: TimetableProblem, one: int) -> frozenset[int]:
    """The slots in which a participant may meet somebody: those for which it is there, and of its fixed meetings."""
    fixed = frozenset(slot for pair, slot in problem.fixed.items() if one in pair)
    return problem.there.get(one, frozenset()) | fixed


def _laid(problem: TimetableProblem, pairs: Sequence[Pair]) -> dict[Pair, int] | None:
    """A slot for each of these pairs, early rather than late; None where none was found."""
    places, held = _program(problem, pairs)
    early = np.array([float(slot) for _pair, slot in places])
    each = _each_pair(places, len(places)), 1.0, 1.0
    found = least_within(early, [*held, each], integral=_whole(len(places)))
    return _read(places, found)


def _together(
    problem: TimetableProblem, pairs: Sequence[Pair], seconds: float
) -> tuple[list[Place], LeastCost]:
    """Pairs and slots of most worth, within a time limit."""
    places, held = _program(problem, pairs)
    once = _each_pair(places, len(places)), -np.inf, 1.0
    worth = np.array([-float(problem.worth.get(pair, 0)) for pair, _slot in places])
    fixed = np.array([float(pair in problem.fixed) for pair, _slot in places])
    whole = _whole(len(places))
    return places, least_within(worth, [*held, once], integral=whole, bounds=(fixed, 1.0), seconds=seconds)


def _program(
    problem: TimetableProblem, pairs: Iterable[Pair], more: int = 0
) -> tuple[list[Place], list[Constraint]]:
    """The places to decide on, beside `more` other values: nobody is in two meetings at once, and no slot has more meetings than
    tables.
    """
    places = [(pair, slot) for pair in pairs for slot in sorted(problem.may_be(pair))]
    at_once = _numbers(places, lambda place: [(one, place[1]) for one in place[0]])
    of_slots = _numbers(places, lambda place: [place[1]])
    width = len(places) + more
    return places, [
        (_sparse(at_once.values(), width), -np.inf, 1.0),
        (_sparse(of_slots.values(), width), -np.inf, float(problem.tables)),
    ]


def _each_pair(places: Sequence[Place], width: int) -> Any:
    """A row a pair, of its places."""
    return _sparse(_numbers(places, lambda place: [place[0]]).values(), width)


def _numbers(things: Iterable[Thing], keys: Callable[[Thing], Iterable[Hashable]]) -> dict[Any, list[int]]:
    """The numbers of the things that have each key."""
    found: defaultdict[Any, list[int]] = defaultdict(list)
    for number, thing in enumerate(things):
        for key in keys(thing):
            found[key].append(number)
    return dict(found)


def _sparse(rows: Iterable[Sequence[int]], width: int) -> Any:
    """A matrix with a 1 at each of the numbers of a row."""
    return _matrix([dict.fromkeys(row, 1.0) for row in rows], width)


def _matrix(rows: Sequence[Mapping[int, float]], width: int) -> Any:
    """A matrix of rows, each with the factors at their numbers."""
    from scipy.sparse import csr_array

    ends = np.cumsum([0, *map(len, rows)])
    columns = np.array([number for row in rows for number in row], dtype=np.int32)
    factors = np.array([factor for row in rows for factor in row.values()])
    return csr_array((factors, columns, ends), shape=(len(rows), width))


def _whole(count: int) -> Bools:
    return np.ones(count, dtype=bool)


def _read(places: Sequence[Place], found: LeastCost) -> dict[Pair, int] | None:
    """The slot of each pair that was chosen."""
    if found.values is None:
        return None
    return {pair: slot for (pair, slot), value in zip(places, found.values, strict=False) if value > 0.5}


def gaps(placed: Mapping[Pair, int]) -> int:
    """The empty slots of all participants, each between its first and its last meeting."""
    own: defaultdict[int, list[int]] = defaultdict(list)
    for pair, slot in placed.items():
        for one in pair:
            own[one].append(slot)
    return sum(max(slots) - min(slots) + 1 - len(slots) for slots in own.values())


def _with_few_gaps(problem: TimetableProblem, placed: dict[Pair, int]) -> dict[Pair, int]:
    """The same pairs in slots that leave few gaps: by an integer program where that is quick, then by exchanging whole slots."""
    closer = _drawn_together(problem, sorted(placed)) if gaps(placed) else None
    best = closer if closer and gaps(closer) < gaps(placed) else placed
    while gaps(best):
        better = next((one for one in _exchanged(problem, best) if gaps(one) < gaps(best)), None)
        if better is None:
            break
        best = better
    return best


def _exchanged(problem: TimetableProblem, placed: Mapping[Pair, int]) -> Iterable[dict[Pair, int]]:
    """The timetable with the meetings of two slots exchanged, for each two of which all can."""
    for one, other in combinations(range(problem.slots), 2):
        turned = {one: other, other: one}
        moved = {pair: turned.get(slot, slot) for pair, slot in placed.items()}
        if all(slot in problem.may_be(pair) for pair, slot in moved.items()):
            yield moved


def _drawn_together(problem: TimetableProblem, pairs: Sequence[Pair]) -> dict[Pair, int] | None:
    """The pairs in slots with little time between the first and the last meeting of each participant; None where that is not
    looked for, or nothing was found in time.
    """
    meetings = _numbers(pairs, lambda pair: pair)
    places, held = _program(problem, pairs, 2 * len(meetings))
    if len(places) > _MOST_WITH_GAPS:
        return None
    # Behind the places stand the first slot of each participant, then the last one.
    first = {one: len(places) + number for number, one in enumerate(meetings)}
    last = {one: at + len(meetings) for one, at in first.items()}
    width = len(places) + 2 * len(meetings)
    rows: list[Mapping[int, float]] = []
    limits: list[float] = []
    of_slots = _numbers(places, lambda place: [(who, place[1]) for who in place[0]])
    for (one, slot), numbers in of_slots.items():
        rows.append({last[one]: 1.0, **dict.fromkeys(numbers, -float(slot))})
        limits.append(0.0)
        rows.append({first[one]: -1.0, **dict.fromkeys(numbers, float(slot - problem.slots))})
        limits.append(-float(problem.slots))
    for one, own in meetings.items():
        rows.append({last[one]: 1.0, first[one]: -1.0})
        limits.append(len(own) - 1.0)
    costs = np.zeros(width)
    costs[list(first.values())], costs[list(last.values())] = -1.0, 1.0
    most = np.ones(width)
    most[len(places) :] = float(problem.slots)
    spans: Constraint = _matrix(rows, width), np.array(limits), np.inf
    each: Constraint = _each_pair(places, width), 1.0, 1.0
    integral = np.arange(width) < len(places)
    found = least_within(
        costs, [*held, each, spans], integral=integral, bounds=(0.0, most), seconds=_SECONDS_OF_GAPS
    )
    return _read(places, found)
