import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers import typed_values
from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.requirement_kinds import NUMBER, SIDES, TERMS, WORDS, Typed
from matchmaker.domain.requirements import Requirements

numbers = st.decimals(0, 200_000, places=3).map(float)


@given(number=numbers)
def test_a_number_that_is_shown_and_typed_again_is_the_same(number: float) -> None:
    shown = typed_values.shown(NUMBER, number)
    assert float(typed_values.read(NUMBER, shown, "mass_kg")) == number


@given(sides=st.tuples(numbers, numbers, numbers))
def test_three_sides_that_are_shown_and_typed_again_are_the_same(sides: tuple[float, float, float]) -> None:
    shown = typed_values.shown(SIDES, sides)
    assert tuple(map(float, typed_values.read(SIDES, shown, "envelope_mm"))) == sides


@pytest.mark.parametrize(
    ("typed", "text", "value"),
    [
        (NUMBER, "1 250,5", "1250.5"),
        (NUMBER, "1\u00a0250", "1250"),
        (TERMS, "сталь 40Х; Д16Т\n; бронза", ["сталь 40Х", "Д16Т", "бронза"]),
        (SIDES, "420х80 * 12,5", (420.0, 80.0, 12.5)),
        (WORDS, "  Самара ", "Самара"),
    ],
)
def test_what_a_person_types_becomes_data(typed: Typed, text: str, value: object) -> None:
    assert typed_values.read(typed, text, "field") == value


def test_two_sides_are_refused_by_the_name_of_the_field() -> None:
    with pytest.raises(InvalidRecord) as refused:
        typed_values.read(SIDES, "420×80", "envelope_mm")
    assert refused.value.problems[0].path == "envelope_mm"


def test_a_whole_number_is_shown_without_a_fraction_and_nothing_as_nothing() -> None:
    assert typed_values.shown(NUMBER, 45.0) == "45"
    assert typed_values.shown(NUMBER, None) == ""
    assert typed_values.shown(SIDES, None) == ""


def test_what_a_need_asks_for_is_told_by_field() -> None:
    asked = Requirements(processes=("turning",), thickness_mm=2.0, tolerance_it=7)
    told = typed_values.of_requirements(asked, lambda kind, codes: [f"{kind} {code}" for code in codes])
    said = {field: value for field, value in told.items() if value}
    assert said == {"processes": "process turning", "thickness_mm": "2", "tolerance_it": "7"}
