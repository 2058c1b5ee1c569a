"""A shop among similar ones: what is told of them, what is not, and where the shop stands."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.services.development import benchmarks
from matchmaker.services.development.benchmarks import (
    FEWEST,
    FEWEST_FOR_BOUNDS,
    BenchmarkLine,
    BenchmarkPlace,
)

VALUES = st.floats(0, 1_000).map(lambda value: round(value, 1))


def line(own: float | None, others: Sequence[float | None], code: str = "lead-time") -> BenchmarkLine:
    lines = benchmarks.compare({code: own}, [{code: value} for value in others])
    return next(one for one in lines if one.measure.code == code)


@given(VALUES, st.lists(VALUES, max_size=FEWEST - 1), st.lists(st.none(), max_size=20))
def test_nothing_is_told_of_few_however_many_say_nothing(
    own: float, said: list[float], silent: list[None]
) -> None:
    told = line(own, [*said, *silent])
    assert (told.firms, told.middle, told.low, told.high) == (0, None, None, None)
    assert told.place is BenchmarkPlace.FEW


@given(st.lists(VALUES, min_size=FEWEST, max_size=30), st.data(), st.sampled_from((-1e9, 1e9)))
def test_no_single_shop_decides_what_is_told(values: list[float], data: st.DataObject, far: float) -> None:
    """However far one of them is from the others, what is told lies among the others' values."""
    place = data.draw(st.integers(0, len(values) - 1))
    others = [*values[:place], *values[place + 1 :]]
    told = line(None, [*others, far])
    assert told.firms == len(values)
    for value in (told.middle, told.low, told.high):
        assert value is None or min(others) <= value <= max(others)
    assert (told.low is None) == (len(values) < FEWEST_FOR_BOUNDS)


@given(VALUES, st.lists(VALUES, min_size=FEWEST, max_size=30), st.sampled_from(benchmarks.MEASURES))
def test_a_better_value_never_stands_worse(
    own: float, others: list[float], measure: benchmarks.BenchmarkMeasure
) -> None:
    order = [BenchmarkPlace.BEHIND, BenchmarkPlace.LEVEL, BenchmarkPlace.AHEAD]
    better = own + 5 if measure.more_is_better else own - 5
    worse, best = line(own, others, measure.code), line(better, others, measure.code)
    assert order.index(worse.place) <= order.index(best.place)


def test_the_middle_and_the_quarters_are_those_of_the_others() -> None:
    told = line(30, [float(day) for day in range(10, 21)])
    assert (told.middle, told.low, told.high, told.firms) == (15, 12.5, 17.5, 11)
    assert told.place is BenchmarkPlace.BEHIND
    assert line(15, [15.0] * 5).place is BenchmarkPlace.LEVEL
    assert line(None, [15.0] * 5).place is BenchmarkPlace.UNSAID
    assert line(80, [90.0] * 5, "on-time").place is BenchmarkPlace.BEHIND
