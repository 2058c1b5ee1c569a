"""Cells are spelled as text, and what the product writes it reads back."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers import cells


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (7707083893.0, "7707083893"),
        (0.5, "0.5"),
        (1e-7, "0.0000001"),
        (float("nan"), "nan"),
        (True, "True"),
        (datetime(2027, 3, 1), "2027-03-01"),  # noqa: DTZ001 - as workbooks keep it
        (datetime(2027, 3, 1, 9, 30), "2027-03-01 09:30:00"),  # noqa: DTZ001
        (date(2027, 3, 1), "2027-03-01"),
        ("  two\nlines ", "two\nlines"),
    ],
)
def test_the_value_of_a_cell_is_text(value: object, text: str) -> None:
    assert cells.text(value) == text


def test_a_cell_is_one_line_of_bounded_length() -> None:
    assert cells.one_line(" two\n lines\u00a0") == "two lines"
    assert len(cells.one_line("я" * 50_000)) == cells.MOST_CELL


def test_the_lines_of_a_cell_stay_apart() -> None:
    assert cells.in_lines(" токарная\u00a0 обработка\r\n\n фрезерная ") == "токарная обработка\nфрезерная"


def test_a_name_that_is_typed_may_have_commas() -> None:
    assert cells.typed_entries("литьё, в том числе точное;ковка\n") == ["литьё, в том числе точное", "ковка"]


@pytest.mark.parametrize(
    ("typed", "units"),
    [
        ("1 000,50", 100050),
        ("1000.5", 100050),
        ("7", 700),
        ("12\u00a0345,07", 1234507),
        ("1,000.50", None),
        ("1.000,50", None),
        ("-5", None),
        ("٣٤", None),
        ("", None),
    ],
)
def test_amounts_as_people_write_them(typed: str, units: int | None) -> None:
    assert cells.minor_units(typed) == units


@given(st.text(max_size=30) | st.from_regex(r"'*[=+@\t\r-].{0,9}", fullmatch=True))
def test_a_guarded_cell_is_read_back_and_is_no_formula(cell: str) -> None:
    assert cells.unguarded(cells.guarded(cell)) == cell
    assert not cells.guarded(cell).startswith(cells.FORMULAS)


@given(st.integers(0, 10**14))
def test_an_amount_is_read_back_as_it_was_written(minor: int) -> None:
    assert cells.minor_units(cells.amount_text(minor)) == minor
