"""Cells as offices write them are read by one rule each, and what the product writes it reads back."""

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
    assert len(cells.one_line("я" * 5_000)) == cells.MOST_CELL


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1000", "1000"),
        ("1 000,5", "1000.5"),
        ("1\u00a0000\u00a0000", "1000000"),
        ("1\u202f000", "1000"),
        ("0,125", "0.125"),
        ("12,", "12."),
        (",5", ".5"),
        ("1,234.50", "1234.50"),
        ("1,000,000", "1000000"),
        ("0,000", "0.000"),
        ("1,000", "1,000"),  # a thousand, or one
        ("12 34", "12 34"),
        ("-5", "-5"),
        ("25 мм", "25 мм"),
        ("мало", "мало"),
    ],
)
def test_a_cell_that_is_a_number_is_read_and_another_comes_back(cell: str, number: str) -> None:
    assert cells.number(cell) == number


@pytest.mark.parametrize(
    ("cell", "whole"),
    [
        ("100 шт", "100"),
        ("1 000 шт.", "1000"),
        ("партия 50", "50"),
        ("12,0", "12"),
        ("12,00 шт", "12"),
        ("12,000 шт", "12,000 шт"),
        ("100-200", "100-200"),
        ("от 10 до 20", "от 10 до 20"),
        ("-5 шт", "-5 шт"),
        ("1,5", "1,5"),
        ("01.03.2027", "01.03.2027"),
        ("много", "много"),
    ],
)
def test_the_one_whole_number_of_a_cell_is_read_whatever_stands_beside_it(cell: str, whole: str) -> None:
    assert cells.whole(cell) == whole


def test_all_numbers_of_a_cell_are_found() -> None:
    assert cells.numbers("2 шт, 16 000 об/мин, 0,5 мм") == [2, 16_000, 0.5]


@pytest.mark.parametrize(
    ("cell", "kilograms"),
    [
        ("12,5", "12.5"),
        ("12,5 кг", "12.5"),
        ("1,2 т", "1200"),
        ("2 tonnes", "2000"),
        ("850 г", "0.85"),
        ("10 lb", "4.535924"),
        ("около 12 кг", "12"),
        ("10-12 кг", "10-12 кг"),
        ("-5", "-5"),
        ("лёгкая", "лёгкая"),
    ],
)
def test_the_mass_of_a_cell_is_in_kilograms(cell: str, kilograms: str) -> None:
    assert cells.kilograms(cell) == kilograms


def test_the_masses_of_a_cell_come_in_their_order() -> None:
    assert cells.masses("до 2,5 т в патроне, 500 кг в центрах") == [2500, 500]


@pytest.mark.parametrize(
    ("cell", "grade"),
    [
        ("7", "7"),
        ("IT7", "7"),
        ("h14", "14"),
        ("7-й квалитет", "7"),
        ("±0,05", None),
        ("0,05 мм", None),
        ("1 мм", None),
        ("H7/g6", None),
        ("ISO 2768-m", None),
        ("точно", None),
    ],
)
def test_a_grade_is_told_from_a_deviation(cell: str, grade: str | None) -> None:
    assert cells.grade(cell) == grade


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("01.03.2027", "2027-03-01"),
        ("1/3/2027", "2027-03-01"),
        ("01.03.27", "2027-03-01"),
        ("до 01.03.2027 г.", "2027-03-01"),
        ("2027-03-01 00:00:00", "2027-03-01"),
        ("с 01.02.2024 по 01.02.2027", "2027-02-01"),
        ("31.02.2027", None),
        ("срочно", None),
    ],
)
def test_the_last_day_of_a_cell_is_read(cell: str, day: str | None) -> None:
    assert cells.day_in(cell) == day


@pytest.mark.parametrize(
    ("cell", "sides"),
    [
        ("60×60×80", (60, 60, 80)),
        ("60х60x80 мм", (60, 60, 80)),
        ("60,5 * 60 * 80", (60.5, 60, 80)),
        ("60 мм x 60 мм x 80 мм", (60, 60, 80)),
        ("1 200×600×50", (1200, 600, 50)),
        ("420 80 12", (420, 80, 12)),
        ("420; 80; 12", (420, 80, 12)),
        ("420, 80, 12", (420, 80, 12)),
        ("420/80/12", (420, 80, 12)),
        ("габарит 6х6х8 см", (60, 60, 80)),
        ("1×0,5×0,5 м", (1000, 500, 500)),
        ("420×80", None),
        ("420×80×12×5", None),
        ("60x60x80 (2 шт)", None),
        ("-5×3×2", None),
        ("60×60", None),
        ("", None),
    ],
)
def test_three_sides_are_read_however_they_are_parted(cell: str, sides: tuple[float, ...] | None) -> None:
    assert cells.sides(cell) == sides


def test_sides_are_found_among_other_words() -> None:
    assert cells.sides_in("ход 800х500х500 мм, стол 1000х500") == (800, 500, 500)
    assert cells.sides_in("стол 1000х500") is None


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("да", True),
        ("Есть, Fanuc", True),
        ("+", True),
        ("yes", True),
        ("1", True),
        ("нет", False),
        ("No", False),
        ("без ЧПУ", False),
        ("0", False),
        ("Fanuc 0i", None),
        ("данные уточняются", None),
        ("", None),
    ],
)
def test_yes_and_no_are_told(cell: str, answer: bool | None) -> None:
    assert cells.yes_no(cell) is answer


@pytest.mark.parametrize(
    ("cell", "entries"),
    [
        ("сталь 40Х; Д16Т, латунь\nбронза", ["сталь 40Х", "Д16Т", "латунь", "бронза"]),
        ("лист 1,5 мм; круг", ["лист 1,5 мм", "круг"]),
        ("токарная/фрезерная", ["токарная", "фрезерная"]),
        ("40Х / 45", ["40Х", "45"]),
        ("Ст3сп/пс", ["Ст3сп/пс"]),
        (" ; ", []),
    ],
)
def test_the_entries_of_a_cell_are_told_apart(cell: str, entries: list[str]) -> None:
    assert cells.entries(cell) == entries


def test_a_name_that_is_typed_may_have_commas() -> None:
    assert cells.typed_entries("литьё, в том числе точное;ковка\n") == ["литьё, в том числе точное", "ковка"]


def test_an_inn_gets_its_nought_back() -> None:
    assert [cells.inn(cell) for cell in ("274062111", "7707083893", "нет")] == [
        "0274062111",
        "7707083893",
        "нет",
    ]


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


figures = st.floats(0, 1e12, allow_nan=False) | st.integers(0, 10**12).map(float)


@given(figures)
def test_a_number_is_read_back_as_it_was_written(value: float) -> None:
    written = cells.plain(value)
    assert float(cells.number(written)) == value
    assert float(cells.number(written.replace(".", ","))) == value or ",000" in written.replace(".", ",")


@given(st.integers(0, 10**12), st.sampled_from([" ", "\u00a0", "\u202f"]))
def test_a_whole_number_is_read_back_from_an_office_s_spelling(value: int, gap: str) -> None:
    written = f"{value:,}".replace(",", gap)
    assert cells.number(written) == cells.whole(f"{written} шт.") == str(value)


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%d.%m.%y", "%Y-%m-%d"]),
)
def test_a_day_is_read_back_from_every_spelling(day: date, form: str) -> None:
    assert cells.day_in(f"до {day.strftime(form)} г.") == day.isoformat()


@given(st.tuples(*[st.floats(0.001, 1e6, allow_nan=False)] * 3))
def test_sides_are_read_back_as_they_were_written(box: tuple[float, float, float]) -> None:
    assert cells.sides(cells.sides_text(box)) == box
    assert cells.sides_in(f"не больше {cells.sides_text(box)}") == box


@given(st.integers(0, 10**14))
def test_an_amount_is_read_back_as_it_was_written(minor: int) -> None:
    assert cells.minor_units(cells.amount_text(minor)) == minor


@given(st.text(max_size=60))
def test_any_cell_is_read_or_comes_back(cell: str) -> None:
    for read in (cells.number, cells.whole, cells.kilograms):
        assert read(cell) == cell.strip() or float(read(cell)) >= 0
    for read_more in (
        cells.numbers,
        cells.masses,
        cells.entries,
        cells.day_in,
        cells.sides,
        cells.grade,
        cells.yes_no,
    ):
        read_more(cell)
