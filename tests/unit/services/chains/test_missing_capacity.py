"""Missing capacity is counted as a plain recount of made-up operations counts it, and outsiders read no cell that few firms make."""

from collections import defaultdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.lifecycle import NeedState
from matchmaker.services.chains import missing_capacity
from matchmaker.services.chains.missing_capacity import (
    GRADES,
    SIZES,
    CapacityGap,
    CapacityMap,
    UncoveredNeed,
)
from matchmaker.services.figures.figure_values import FigureFirm

# A need (its buyer is that of its number), a cell, hours, how many firms one or two conditions remove, how many relaxations there are.
_made = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.sampled_from("ab"),
        st.sampled_from("01-"),
        st.integers(0, 9),
        st.lists(st.integers(1, 2), max_size=2),
        st.integers(0, 1),
    ),
    max_size=14,
)


def _rows(made: list[Any]) -> list[UncoveredNeed]:
    return [
        UncoveredNeed(
            f"n{need}",
            "",
            NeedState.PUBLISHED,
            FigureFirm(f"f{need // 2}", None, None) if need < 7 else None,
            None,
            CapacityGap(process, size, "-", "-"),
            float(hours),
            [{"key": "k", "conditions": ["x"] * count} for count in near],
            [{}] * eased,
        )
        for need, process, size, hours, near, eased in made
    ]


@given(_made)
def test_cells_are_what_a_recount_says(made: list[Any]) -> None:
    cells = missing_capacity.cells_of(_rows(made))
    needs, hours = defaultdict[Any, set[int]](set), defaultdict[Any, int](int)
    near, eased = defaultdict[Any, set[int]](set), defaultdict[Any, set[int]](set)
    for need, process, size, some, counts, relaxed in made:
        key = (process, size)
        needs[key].add(need)
        hours[key] += some
        if 1 in counts:
            near[key].add(need)
        if relaxed:
            eased[key].add(need)
    found = {(one.cell.process, one.cell.size): (one.needs, one.hours, one.near, one.eased) for one in cells}
    assert found == {
        key: (len(some), hours[key], len(near[key]), len(eased[key])) for key, some in needs.items()
    }
    assert [one.needs for one in cells] == sorted((one.needs for one in cells), reverse=True)


@given(_made)
def test_outsiders_read_the_cells_of_three_firms_and_no_need(made: list[Any]) -> None:
    cells = missing_capacity.cells_of(_rows(made))
    told = missing_capacity.told(CapacityMap(cells, 9, 9, 0, 0, 0, None))
    firms = defaultdict[Any, set[int]](set)
    for need, process, size, *_ in made:
        firms[process, size] |= {need // 2} if need < 7 else set()
    assert {(one.cell.process, one.cell.size) for one in told.cells} == {
        key for key, some in firms.items() if len(some) >= 3
    }
    assert told.left_out == len(cells) - len(told.cells)
    assert not any(one.rows for one in told.cells)


@given(st.floats(0.1, 50_000))
def test_a_band_holds_its_upper_end(value: float) -> None:
    place = int(missing_capacity.size_band(value))
    assert place == len(SIZES) or value <= SIZES[place]
    assert place == 0 or value > SIZES[place - 1]
    assert missing_capacity.grade_band(GRADES[0]) == "0"
    assert missing_capacity.grade_band(None) == missing_capacity.UNSAID
