"""A bare number is a grade where a material is expected, and nowhere else."""

import pytest

from matchmaker.wiring import load_recogniser

RECOGNISER = load_recogniser()


def materials(text: str) -> list[tuple[str | None, str]]:
    recognition = RECOGNISER.recognise(text)
    return [(mention.code, recognition.words(mention)) for mention in recognition.of("material")]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("4140 bar, 10 pcs", "steel-38khm", "4140"),
        ("4340 round bar", "steel-40khn2ma", "4340"),
        ("1018 steel", "steel-15", "1018 steel"),
        ("304 stainless", "steel-08kh18n10", "304 stainless"),
        ("360 brass fittings", "brass-ls58-3", "360 brass"),
        ("D2 tool steel", "steel-kh12mf", "D2 tool steel"),
        ("tool steel O1", "steel-o1", "tool steel O1"),
        ("A-2 tool steel", "steel-a2", "A-2 tool steel"),
        ("1045 CD bar", "steel-45", "1045"),
        ("Material: 6061-T6", "aluminium-ad33", "6061-T6"),
        ("housing, 5052-H32", "aluminium-amg2", "5052-H32"),
        ("материал: 45", "steel-45", "45"),
        ("made of 316", "steel-316", "316"),
    ],
)
def test_a_number_where_a_material_is_expected_is_a_grade(text: str, code: str, words: str) -> None:
    assert materials(text) == [(code, words)]


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("Фрезеровка АМг6, Д16, В95", ["АМг6", "Д16", "В95"]),
        ("корпуса из АМг6/Д16/АД33", ["АМг6", "Д16", "АД33"]),
        ("Д16 и АМг6", ["Д16", "АМг6"]),
        ("кронштейны из Д16, 20 шт", ["Д16"]),
        ("втулка Д16, длина 40", []),
        ("втулка из АМг6, Д16х40", ["АМг6"]),
    ],
)
def test_a_grade_that_looks_like_a_diameter_is_one_among_grades(text: str, grades: list[str]) -> None:
    assert [words for _, words in materials(text)] == grades


@pytest.mark.parametrize(
    "text",
    [
        "ст. 5 закона",
        "80 г/м2",
        "304 bars",
        "410 sheets",
        "4140 pcs",
        "order 4140",
        "made in 2014",
        "dia 303",
        "RAL 7035",
        "No. 316",
        "304 x 5 mm",
    ],
)
def test_a_number_elsewhere_is_no_grade(text: str) -> None:
    assert materials(text) == []


@pytest.mark.parametrize("text", ["сталь, 30 шт", "алюминий, 2024 г. выпуска"])
def test_a_number_of_pieces_or_a_year_after_a_family_is_no_grade(text: str) -> None:
    assert [code for code, _ in materials(text)] in (["steel"], ["aluminium"])


@pytest.mark.parametrize(
    ("text", "code"),
    [("ст.40Х", "steel-40kh"), ("Ст40Х", "steel-40kh"), ("ст.08кп", "steel-08kp"), ("Ст3сп5", "steel-st3")],
)
def test_the_mark_of_a_steel_is_not_part_of_its_number(text: str, code: str) -> None:
    assert [found for found, _ in materials(text)] == [code]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("20Х13, 40Х13", ["steel-20kh13", "steel-40kh13"]),
        ("круг 40Х 60 мм", ["steel-40kh"]),
        ("пластина 20Х13 мм", []),
    ],
)
def test_a_grade_with_the_sign_between_sizes_is_a_grade(text: str, codes: list[str]) -> None:
    recognition = RECOGNISER.recognise(text)
    assert [mention.code for mention in recognition.of("material")] == codes
    assert bool(recognition.of("plate", "envelope")) == (not codes)


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("Materials: 6061, 7075, 17-4, 4140.", ["6061", "7075", "17-4", "4140"]),
        ("Typical order 1 to 300 pieces, 4140, 8620, 4340.", ["4140", "8620", "4340"]),
        ("Mostly 1045 and cast iron.", ["1045", "cast iron"]),
        ("We process ABS, PC, POM", ["ABS", "PC", "POM"]),
        ("сталь 20Г2Р, 35, 40Х", ["сталь 20Г2Р", "35", "40Х"]),
        ("Обрабатываем 40Х, 45.", ["40Х", "45"]),
        ("sleeves in 316 please", ["316"]),
        ("Moulds in P20, H13, 1.2738.", ["P20", "H13", "1.2738"]),
        ("2x D2 punch plates, 280x160x32", ["D2"]),
        ("die inserts, D2 at 58-60 HRC", ["D2"]),
    ],
)
def test_a_grade_among_grades_needs_no_word_of_its_own(text: str, grades: list[str]) -> None:
    assert [words for _, words in materials(text)] == grades


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("Сталь 40Х, 45, 60 мм", ["Сталь 40Х"]),
        ("Сталь 40Х, 45 шт", ["Сталь 40Х"]),
        ("prices for 1020, 1040, 5000", []),
        ("hall 4140 x 8620, 4340 high", []),
        ("closes at 3 pm, in 316 pieces", []),
        ("founded in 2024, in 410 x 20", []),
    ],
)
def test_numbers_beside_grades_that_count_or_measure_are_none(text: str, grades: list[str]) -> None:
    assert [words for _, words in materials(text)] == grades
