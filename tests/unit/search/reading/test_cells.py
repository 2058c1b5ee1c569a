"""One cell, read by what its column is for: a value, or a question, never a guess by a factor of a thousand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.cells import plain, sides_text
from matchmaker.wiring import load_recogniser
from search.reading import cells
from search.reading.cell_answers import POINT, UNKNOWN, Column, NumberSpelling, number, spelling_of
from search.reading.cell_figures import HardnessRange, LotRange

RECOGNISER = load_recogniser()


def value(meaning: str, cell: str, column: str = "", spelling: NumberSpelling = UNKNOWN) -> object:
    return cells.read(meaning, Column(column, spelling), cell, date(2026, 11, 28)).sure


def question(meaning: str, cell: str, column: str = "") -> str:
    remark = cells.read(meaning, Column(column), cell).remark
    assert remark is not None
    return str(remark.problem(column, cell))


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("1000", 1000),
        ("1 000,5", 1000.5),
        ("1\u00a0000\u00a0000", 1_000_000),
        ("1\u202f000", 1000),
        ("0,125", 0.125),
        ("12,", 12),
        (",5", 0.5),
        ("1,234.50", 1234.5),
        ("1.234,5", 1234.5),
        ("1,000,000", 1_000_000),
        ("0,000", 0),
        ("1.125", 1.125),  # a form shows it so
        ("1,125", None),
        ("1,000", None),  # a thousand, or one
        ("12 34", None),
        ("-5", None),
        ("25 мм", None),
        ("мало", None),
    ],
)
def test_a_number_alone_is_read_unless_it_may_be_a_thousand_times_as_much(
    cell: str, read: float | None
) -> None:
    assert number(cell).value == read


@pytest.mark.parametrize(
    ("column", "spelling"),
    [
        (["12,5", "1,250"], NumberSpelling(decimal=",")),
        (["1 234,5"], NumberSpelling(decimal=",")),
        (["1,234.5"], NumberSpelling(decimal=".", thousands=",")),
        (["12.5", "1,250"], NumberSpelling(decimal=".", thousands=",")),
        (["1.234,5"], NumberSpelling(decimal=",", thousands=".")),
        (["12.5", "12,5"], UNKNOWN),
        (["1,250", "31.12.2027", "250"], UNKNOWN),
    ],
)
def test_the_cells_of_a_column_show_how_it_spells_numbers(
    column: list[str], spelling: NumberSpelling
) -> None:
    assert spelling_of(column) == spelling


def test_a_column_settles_what_a_comma_parts() -> None:
    russian, english = NumberSpelling(","), NumberSpelling(".", ",")
    assert value("mass", "1,250", "Масса, кг", russian) == 1.25
    assert value("mass", "1,250", "Weight, kg", english) == 1250
    assert value("mass", "2.500", "Масса, кг", russian) is None
    assert question("mass", "1,250", "Масса, т") == "Is it 1250 kg or 1250000 kg?"


@pytest.mark.parametrize(
    ("cell", "pieces"),
    [
        ("100 шт", 100),
        ("1 000 шт.", 1000),
        ("партия 50", 50),
        ("2 тыс.", 2000),
        ("1.500 шт", 1500),
        ("12,00 шт", 12),
        ("10 (десять) штук", 10),
        ("3 комплекта по 12 шт", 36),
        ("2 dozen", 24),
        ("1 к-т", 1),
        ("10 т.шт", 10_000),
        ("1'500", 1500),
        ("100 ± 10%", 100),
        ("1 партия", None),
        ("12,000 шт", None),
        ("100-200", None),
        ("10/50/100", None),
        ("-5 шт", None),
        ("1,5", None),
        ("01.03.2027", None),
        ("много", None),
    ],
)
def test_pieces_are_whole(cell: str, pieces: int | None) -> None:
    assert value("pieces", cell, "Кол-во") == pieces


def test_english_pieces_are_parted_by_commas() -> None:
    assert value("pieces", "1,000", "Qty") == 1000
    assert value("employees", "1,150 FTE", "Employees") == 1150
    assert value("employees", "84 (из них 40 станочников)", "Персонал") == 84
    assert question("employees", "ИТР 10, рабочих 50", "Численность").startswith("Which of these numbers")


@pytest.mark.parametrize(
    ("column", "cell", "kilograms"),
    [
        ("", "12,5", 12.5),
        ("", "12,5 кг", 12.5),
        ("Масса, т", "1,2", 1200),
        ("Масса, кг", "1,2 т", 1200),
        ("Weight (lb)", "2.5", 1.133981),
        ("", "850 г", 0.85),
        ("", "12 oz", 0.340194),
        ("", "около 12 кг", 12),
        ("", "10-12 кг", 12),
        ("", "от 20 г до 35 кг", 35),
        ("Нетто/брутто", "28 кг / 31 кг", 28),
        ("Weight", "3 lb 8 oz", 1.587573),
        ("Weight (lb)", "1/2", 0.226796),
        ("", "1 т 200 кг", 1200),
        ("", "0", None),
        ("", "2,5 т в патроне, 500 кг в центрах", 2500),
        ("", "-5", None),
        ("", "лёгкая", None),
    ],
)
def test_a_mass_is_in_kilograms(column: str, cell: str, kilograms: float | None) -> None:
    assert value("mass", cell, column) == kilograms


@pytest.mark.parametrize(
    ("column", "cell", "sides"),
    [
        ("", "60×60×80", (60, 60, 80)),
        ("", "60,5 * 60 * 80", (60.5, 60, 80)),
        ("", "60 мм x 60 мм x 80 мм", (60, 60, 80)),
        ("", "1 200×600×50", (1200, 600, 50)),
        ("", "420 80 12", (420, 80, 12)),
        ("", "420 800 120", (420, 800, 120)),
        ("", "420; 80; 12", (420, 80, 12)),
        ("", "420, 80, 12", (420, 80, 12)),
        ("", "около 420/80/12", (420, 80, 12)),
        ("Размер, см", "6х6х8", (60, 60, 80)),
        ("", "1×0,5×0,5 м", (1000, 500, 500)),
        ("Size", '3-1/2" x 2"', (88.9, 50.8)),
        ("Size", "16 x 1,200 x 800", (16, 1200, 800)),
        ("", "60x60x80 (2 шт)", (60, 60, 80)),
        ("", "1200×800×16±0,5", (1200, 800, 16)),
        ("", "L=1200, B=800, H=16", (1200, 800, 16)),
        ("", "420×80", (420, 80)),
        ("", "420×80×12×5", None),
        ("", "-5×3×2", None),
        ("", "ø45×320", None),
        ("", "1.200x800x16", None),
        ("", "", None),
    ],
)
def test_sides_are_read_however_they_are_parted(column: str, cell: str, sides: object) -> None:
    assert value("sides", cell, column) == sides


@pytest.mark.parametrize(
    ("cell", "length"),
    [
        ("3 250±5", 3250),
        ("5' 4\"", 1625.6),
        ("max 5 800 (заготовка 6 м)", 5800),
        ("1,5 м", 1500),
        ("300 h14", 300),
        ("1.250", None),
    ],
)
def test_lengths_are_in_millimetres(cell: str, length: float | None) -> None:
    assert value("length", cell, "Длина") == length


@pytest.mark.parametrize(
    ("cell", "grade"),
    [
        ("7", 7),
        ("IT7", 7),
        ("h14", 14),
        ("7-й квалитет", 7),
        ("степень точности 7", None),
        ("6-7 квалитет", 6),
        ("H14, h14; посадочные — H8", 8),
        ("H7/g6", 6),
        ('±.001" on 2.000" dia', 8),
        ("±0,05", None),
        ("0,05 мм", None),
        ("1 мм", None),
        ("М16-6g, степень 7-В", None),
        ("ISO 2768-m", None),
        ("точно", None),
    ],
)
def test_a_deviation_has_a_grade_only_beside_its_size(cell: str, grade: int | None) -> None:
    assert value("tolerance", cell, "Точность") == grade


@pytest.mark.parametrize(
    ("column", "cell", "ra"),
    [
        ("Finish", "32 µin", 0.8),
        ("Finish", "63", 1.6),
        ("Ra, мкм", "1,25 на шейках, остальное 6,3", 1.25),
        ("Шероховатость", "Rz 20", 5),
        ("Чистота", "7", 1.25),
        ("Finish", "N7", 1.6),
        ("Шероховатость", "63", None),
        ("Rz, мкм", "40", 10),
    ],
)
def test_the_finest_roughness_is_in_micrometres(column: str, cell: str, ra: float | None) -> None:
    assert value("roughness", cell, column) == ra


def test_rms_is_asked_about() -> None:
    assert question("roughness", "125 RMS", "Finish") == "RMS is a little above Ra; is Ra 3.2 µm meant?"


@pytest.mark.parametrize(
    ("column", "cell", "hardness"),
    [
        ("", "45…50 HRC", HardnessRange("HRC", 45, 50)),
        ("HRC", "58±2", HardnessRange("HRC", 56, 60)),
        ("Brinell, HB", "min. 240", HardnessRange("HB", 240, None)),
        ("", "до 45 HRC", HardnessRange("HRC", None, 45)),
        ("", "ТВЧ h1,5; 52±2 HRC, сердцевина 240 HB", HardnessRange("HRC", 50, 54)),
        ("Твёрдость", "45-50", None),
        ("Hardness", "58 HRC min", HardnessRange("HRC", 58, None)),
        ("Твёрдость", "HB≤229", HardnessRange("HB", None, 229)),
    ],
)
def test_hardness_needs_a_scale(column: str, cell: str, hardness: HardnessRange | None) -> None:
    assert value("hardness", cell, column) == hardness


@pytest.mark.parametrize(
    ("column", "cell", "lot"),
    [
        ("Партия", "от 50 до 5 000 шт.", LotRange(50, 5000)),
        ("MOQ", "5k", LotRange(5000, None)),
        ("Партия", "мелкосерийное, до 300", LotRange(None, 300)),
        ("Партия", "100", None),
        ("Партия", "100+", LotRange(100, None)),
        ("Min/max lot", "10 / 5000", LotRange(10, 5000)),
        ("Партия", "не менее 20, не более 500", LotRange(20, 500)),
        ("Партия", "от 1 до 10 тыс.", None),
    ],
)
def test_a_lot_has_ends(column: str, cell: str, lot: LotRange | None) -> None:
    assert value("lot", cell, column) == lot


@pytest.mark.parametrize(
    ("cell", "inn"),
    [
        ("ИНН 5904123990 КПП 590401001", "5904123990"),
        ("5904123887/590401001", "5904123887"),
        ("ИНН – 5904123774ОГРН: 1025900000000", "5904123774"),
        ("5904 123 661", "5904123661"),
        ("1832 0417 0592", "183204170592"),
        ("7.707083893E+09", "7707083893"),
        ("5,90412E+09", None),
        ("7707083894", None),
        ("нет", None),
    ],
)
def test_an_inn_is_taken_out_of_words_by_its_check_digits(cell: str, inn: str | None) -> None:
    assert value("inn", cell, "ИНН/КПП/ОГРН") == inn


def test_an_inn_gets_its_nought_back_and_a_cut_one_is_named() -> None:
    answer = cells.read("inn", Column("ИНН"), "276041741")
    assert answer.value == "0276041741"
    assert answer.sure is None
    assert "A program of tables cut this number" in question("inn", "5,90412E+09", "ИНН")


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("79120000001,0", "+79120000001"),
        ("7,9221553981E+10", "+79221553981"),
        ("8 (342) 200-00-05, доб. 12", "+73422000005"),
        ("факс 8-4012-00-41-18; моб. 8 921 000 41 17", "+79210004117"),
        ("+44 (0)1632 960 417 ext. 9", "+441632960417"),
        ("7,912E+10", None),
        ("+7495123456", None),
        ("555-0104", None),
    ],
)
def test_a_telephone_number_is_whole_or_named(cell: str, phone: str | None) -> None:
    assert value("phone", cell, "Телефон") == phone


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1 000,50", 1000.5),
        ("USD 1.2M", 1_200_000),
        ("500 тыс. руб.", 500_000),
        ("$1,250.00", 1250),
        ("12.500", None),
        ("от 500 до 1000", None),
        ("-5", None),
    ],
)
def test_money_is_read_in_units(cell: str, amount: float | None) -> None:
    assert value("money", cell, "Цена") == amount


def test_a_column_may_count_by_thousands_and_millions() -> None:
    assert value("money", "85,5", "Выручка, млн руб.") == 85_500_000
    assert value("money", "4.5", "Turnover, EUR M") == 4_500_000
    assert value("pieces", "2,5", "Кол-во, тыс. шт.") == 2500


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("да", True),
        ("Есть, Fanuc", True),
        ("+", True),
        ("✓", True),
        ("1", True),
        ("нет", False),
        ("без ЧПУ", False),
        ("0", False),
        ("Fanuc 0i", None),
        ("n/a", None),
        ("по согласованию", None),
        ("", None),
    ],
)
def test_yes_and_no_are_told(cell: str, answer: bool | None) -> None:
    assert value("yes_no", cell) is answer


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


def test_what_a_cell_rules_out_is_not_among_its_codes() -> None:
    assert cells.codes(RECOGNISER, "process", "гибка листа; покраска — нет").value == ("press-brake-bending",)


def test_two_towns_of_one_name_are_asked_about() -> None:
    answer = cells.place(RECOGNISER, "Железногорск")
    assert answer.value is None
    assert {one.region for one in answer.readings} == {"RU-KYA", "RU-KRS"}


@pytest.mark.parametrize(
    ("cell", "town", "region"),
    [
        ("Rybinsk plant (HQ in Moscow)", "Рыбинск", "RU-YAR"),
        ("СПб", "Санкт-Петербург", "RU-SPE"),
        ("St. Petersburg, FL", "St. Petersburg", "US-FL"),
    ],
)
def test_the_first_place_of_a_cell_counts(cell: str, town: str, region: str) -> None:
    found = cells.place(RECOGNISER, cell).value
    assert found is not None
    assert (RECOGNISER.towns[str(found.town)].label.ru, found.region) == (town, region)


def test_verbs_of_a_route_card_name_operations() -> None:
    assert cells.codes(RECOGNISER, "process", "10 Saw\n20 Mill\n30 Cut").value == (
        "sawing",
        "milling",
        "cutting",
    )


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("31.12.2027 г.", date(2027, 12, 31)),
        ("до 31 декабря 2027", date(2027, 12, 31)),
        ("01.01.2025 - 31.12.2027", date(2027, 12, 31)),
        ("46752", date(2027, 12, 31)),
        ("31.06.2027", None),
        ("бессрочно", None),
        ("30 дней с даты аванса", None),
    ],
)
def test_a_day_is_the_last_one_of_its_cell(cell: str, day: date | None) -> None:
    assert value("day", cell, "Действует до") == day


def test_a_month_alone_is_its_last_day_and_asked_about() -> None:
    answer = cells.read("day", Column("Действует до"), "12.2027", date(2026, 11, 28))
    assert answer.value == date(2027, 12, 31)
    assert question("day", "12.2027", "Действует до") == "Is 2027-12-31 meant?"


# ---- Whatever is written.
numbers = st.floats(0, 1e12, allow_nan=False) | st.integers(0, 10**12).map(float)


@given(numbers)
def test_a_number_is_read_back_as_the_product_writes_it(found: float) -> None:
    assert number(plain(found)).value == found


@given(st.integers(0, 10**8), st.sampled_from([" ", "\u00a0", "\u202f"]))
def test_a_whole_number_is_read_back_from_an_office_s_spelling(found: int, gap: str) -> None:
    written = f"{found:,}".replace(",", gap)
    assert number(written).value == value("pieces", f"{written} шт.") == found


@given(
    st.dates(date(2000, 1, 1), date(2049, 12, 31)),
    st.sampled_from(["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d"]),
)
def test_a_day_is_read_back_from_every_spelling(day: date, form: str) -> None:
    assert value("day", f"до {day.strftime(form)} г.") == day


@given(st.tuples(*[st.decimals("0.001", 1_000_000, places=3).map(float)] * 3))
def test_sides_are_read_back_as_the_product_writes_them(box: tuple[float, float, float]) -> None:
    assert value("sides", sides_text(box), spelling=POINT) == box


@given(st.text(max_size=60), st.text(max_size=30), st.sampled_from(cells.MEANINGS))
def test_any_cell_answers(cell: str, column: str, meaning: str) -> None:
    answer = cells.read(meaning, Column(column), cell)
    assert (answer.value is None) <= (answer.remark is not None)
