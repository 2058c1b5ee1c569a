"""Timetables: the rules hold whatever is wished, the worth is that of a search through all timetables, and locked meetings stay."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.services.events.timetabling import Pair, TimetableProblem, gaps, solve


@st.composite
def problems(draw: st.DrawFn, most_firms: int = 6, most_slots: int = 4) -> TimetableProblem:
    firms = range(draw(st.integers(2, most_firms)))
    slots = draw(st.integers(1, most_slots))
    hours = st.frozensets(st.integers(0, slots - 1), min_size=0, max_size=slots)
    there = {one: draw(hours | st.just(frozenset(range(slots)))) for one in firms}
    pairs = draw(st.lists(st.sampled_from(list(combinations(firms, 2))), max_size=8, unique=True))
    worth = {pair: draw(st.integers(1, 9)) for pair in pairs}
    return TimetableProblem(slots, draw(st.integers(1, 3)), there, worth)


def broken_rules(problem: TimetableProblem, placed: dict[Pair, int]) -> list[str]:
    """What a timetable does that no timetable may, in plain Python."""
    found = []
    taken: set[tuple[int, int]] = set()
    for pair, slot in placed.items():
        if pair not in problem.worth and pair not in problem.fixed:
            found.append(f"{pair} was wished by nobody")
        for one in pair:
            if (one, slot) in taken:
                found.append(f"{one} is in two meetings at {slot}")
            taken.add((one, slot))
            if slot not in problem.there[one] and pair not in problem.fixed:
                found.append(f"{one} is not there at {slot}")
    full = [slot for slot in range(problem.slots) if list(placed.values()).count(slot) > problem.tables]
    return [*found, *(f"more meetings than tables at {slot}" for slot in full)]


def best_worth(problem: TimetableProblem, pairs: list[Pair], placed: dict[Pair, int]) -> int:
    """The most that a timetable of these further pairs can be worth, by trying all."""
    if not pairs:
        return sum(problem.worth[pair] for pair in placed)
    pair, *rest = pairs
    found = best_worth(problem, rest, placed)
    for slot in problem.common(pair):
        tried = {**placed, pair: slot}
        if not broken_rules(problem, tried):
            found = max(found, best_worth(problem, rest, tried))
    return found


@given(problems())
@settings(max_examples=60, deadline=None)
def test_the_rules_hold_and_the_worth_is_the_best(problem: TimetableProblem) -> None:
    solved = solve(problem)
    placed = dict(solved.placed)
    assert broken_rules(problem, placed) == []
    assert solved.proven
    assert sum(problem.worth[pair] for pair in placed) == best_worth(problem, sorted(problem.worth), {})


@given(problems(), st.data())
@settings(max_examples=30, deadline=None)
def test_what_is_locked_stays(problem: TimetableProblem, data: st.DataObject) -> None:
    placed = dict(solve(problem).placed)
    kept = data.draw(st.sets(st.sampled_from(sorted(placed)))) if placed else set()
    fixed = {pair: placed[pair] for pair in kept}
    again = solve(TimetableProblem(problem.slots, problem.tables, problem.there, problem.worth, fixed))
    assert {pair: again.placed[pair] for pair in fixed} == fixed
    assert broken_rules(problem, dict(again.placed)) == []
    assert sum(map(problem.worth.__getitem__, again.placed)) == sum(map(problem.worth.__getitem__, placed))


def test_a_locked_meeting_outside_the_hours_stays_and_takes_its_slot() -> None:
    there = {1: frozenset({0}), 2: frozenset({0, 1}), 3: frozenset({0, 1})}
    problem = TimetableProblem(2, 1, there, {(1, 2): 3, (2, 3): 9}, {(1, 2): 1})
    assert dict(solve(problem).placed) == {(1, 2): 1, (2, 3): 0}


def test_three_who_all_wish_each_other_need_three_slots() -> None:
    everybody = dict.fromkeys((1, 2, 3), frozenset({0, 1}))
    worth = {(1, 2): 3, (1, 3): 5, (2, 3): 4}
    solved = solve(TimetableProblem(2, 3, everybody, worth))
    assert set(solved.placed) == {(1, 3), (2, 3)}
    assert solved.proven


def test_a_firm_with_few_meetings_does_not_wait_long_between_them() -> None:
    firms = range(4)
    everybody = dict.fromkeys(firms, frozenset(range(6)))
    solved = solve(TimetableProblem(6, 2, everybody, dict.fromkeys(combinations(firms, 2), 3)))
    assert len(solved.placed) == 6
    assert gaps(solved.placed) == 0
