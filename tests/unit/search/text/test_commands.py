"""Verbs that ask for work, endings of names, work of trades, and what stands set off between commas: each as a kind.

The sentences are made of lists, so that the siblings of a labelled sentence are read too.
"""

from datetime import date
from functools import cache
from itertools import product

import pytest

from matchmaker.domain.taxonomy_keys import Flag
from matchmaker.wiring import load_recogniser, load_taxonomy
from search.reading import answers, work
from search.reading.sureness import Sureness
from search.text import Mention, Recogniser, Recognition

TODAY = date(2026, 11, 28)
_VERBS = {
    "mill": "milling", "drill": "drilling", "tap": "threading", "ream": "reaming", "turn": "turning", "countersink": "countersinking",
    "hone": "honing", "deburr": "deburring", "anneal": "annealing", "polish": "polishing",
}  # fmt: skip
_NOUNS = {
    "bend": "bending",
    "bore": "boring",
    "chamfer": "chamfering",
    "fold": "bending",
    "grind": "grinding",
}
_PARTICIPLES = {
    "deep drawn": "deep-drawing", "tube bent": "tube-bending", "OD ground": "cylindrical-grinding", "sand cast": "sand-casting",
    "panel sawn": "panel-sawing", "gravity cast": "gravity-die-casting", "bead blast": "blasting", "vacuum harden": "vacuum-hardening",
    "freeze dried": "freeze-drying", "perfect bound": "perfect-binding", "vinyl cut": "plotter-cutting",
}  # fmt: skip


@cache
def _recogniser() -> Recogniser:
    return load_recogniser()


def _read(text: str) -> Recognition:
    return _recogniser().recognise(text, TODAY)


def _work(text: str) -> list[str]:
    return [str(one.code) for one in _read(text).of("process")]


def _only(text: str, kind: str) -> Mention:
    (found,) = _read(text).of(kind)
    return found


@pytest.mark.parametrize(
    ("before", "verb"),
    list(product(["Brackets 40 pcs, ", "Brackets 40 pcs. Please ", "40 brackets: saw and "], _VERBS)),
)
def test_a_verb_at_the_head_of_what_is_said_asks_for_work(before: str, verb: str) -> None:
    assert _VERBS[verb] in _work(f"{before}{verb} both ends, as per drawing.")


@pytest.mark.parametrize(("asks", "verb"), list(product(["please ", "can you ", "we need you to "], _NOUNS)))
def test_a_verb_that_is_a_noun_too_asks_behind_a_word_that_asks(asks: str, verb: str) -> None:
    assert _NOUNS[verb] in _work(f"40 brackets, {asks}{verb} the ends.")


@pytest.mark.parametrize(
    "text",
    [
        "40 brackets, bore 32, length 50.",
        "Plate with 3 bends is in stock, mill 3 is closed.",
        "In turn the price rose, mill finish is fine.",
        "Drying up of funds stopped the project.",
    ],
)
def test_a_noun_that_is_a_verb_elsewhere_asks_for_none(text: str) -> None:
    assert not {"boring", "milling", "turning", "drilling", "threading"} & set(_work(text))


@pytest.mark.parametrize("name", _PARTICIPLES)
def test_an_irregular_form_at_the_end_of_a_name_leads_to_it(name: str) -> None:
    assert _PARTICIPLES[name] in _work(f"We need 40 parts, {name}, to drawing.")


def test_every_name_that_ends_in_a_gerund_is_found_by_its_regular_participle() -> None:
    taxonomy = load_taxonomy()
    missed = []
    for concept in taxonomy.processes:
        label = concept.names["en"][0]
        first, _, last = label.rpartition(" ")
        if first and last.endswith(("nting", "lding", "ining", "ating", "ading")):
            found = _work(f"We need 40 parts, {first} {last[:-3]}ed, to drawing.")
            lineages = {code for one in found for code in taxonomy.processes.closure(one)}
            if concept.code not in lineages:
                missed.append(label)
    assert missed == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Типография: офсетная печать, ламинация, вырубка", "paper-die-cutting"),
        ("Штамповка, гибка, вырубка", "blanking"),
        ("Offset printing, matt lamination, folding", "paper-folding"),
        ("Laser cutting, welding, folding", "bending"),
        ("SMT-монтаж, лакировка плат, прошивка", "firmware-programming"),
        ("Compression moulded gasket, EPDM", "rubber-compression-moulding"),
        ("Compression moulded housing, phenolic", "compression-moulding"),
    ],
)
def test_the_other_work_of_a_text_says_which_trade_a_word_is_of(text: str, code: str) -> None:
    assert code in _work(text)


@pytest.mark.parametrize("code", sorted(load_taxonomy().processes.flagged(Flag.APART)))
def test_work_that_stands_apart_leaves_the_work_above_it(code: str) -> None:
    taxonomy = load_taxonomy()
    above = taxonomy.processes[code].parent
    assert above is not None
    mentions = tuple(
        Mention("process", 10 * place, 10 * place + 8, code=one, sure=0.95)
        for place, one in enumerate((above, code))
    )
    recognition = Recognition("a" * 8 + "; " + "b" * 8, mentions)
    told = work.of_need(taxonomy, recognition, Sureness(recognition, taxonomy))
    assert set(work.wanted(told)) == {above, code}


@pytest.mark.parametrize(
    "words",
    ["we have them sawn already", "we sawed them", "already sawn", "we have sawn them", "sawn beforehand"],
)
def test_work_that_the_writer_has_done_is_not_asked_for(words: str) -> None:
    (sawing,) = [
        one for one in _read(f"6 plates, {words}. Mill both sides.").of("process") if one.code == "sawing"
    ]
    assert sawing.done


@pytest.mark.parametrize(
    ("words", "kilograms"),
    [("Knob, PA6, 42 g, black", 0.042), ("Cap (1.5 g) in PP", 0.0015), ("Ручка; 42 г; чёрная", 0.042)],
)
def test_grams_that_stand_for_themselves_are_the_mass_of_the_part(words: str, kilograms: float) -> None:
    assert _only(words, "mass").amounts == (pytest.approx(kilograms),)


@pytest.mark.parametrize(
    "words", ["Leaflet, silk paper, 150 g, full colour", "Буклет, бумага, 130 г, 4+4", "чай, 2 г, 100 шт"]
)
def test_grams_of_paper_or_of_a_filling_are_no_mass_of_a_part(words: str) -> None:
    assert _read(words).of("mass") == ()


@pytest.mark.parametrize("grade", ["4140", "8620", "4340", "D2", "H13"])
@pytest.mark.parametrize("text", ["24 pins, {}, already hobbed", "12 dies ({}), 9 lbs each"])
def test_a_grade_between_signs_is_a_material(grade: str, text: str) -> None:
    assert _only(text.format(grade), "material").basis == "material.context"


@pytest.mark.parametrize("text", ["Quote 1000, 2024, 5000 pcs", "Prices for 1045, 2017, 3003 pieces"])
def test_one_of_several_numbers_is_no_grade(text: str) -> None:
    assert _read(text).of("material") == ()


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("W600 x D400 x H1200", (1200, 600, 400)),
        ("1200H x 600W x 400D", (1200, 600, 400)),
        ("В1800 х Ш900 х Г600", (1800, 900, 600)),
        ("18'-6\" x 7'-4\" x 1'-2\"", (5638.8, 2235.2, 355.6)),
        ("tank 12' x 4' x 5'", (3657.6, 1524, 1219.2)),
    ],
)
def test_sides_with_letters_or_in_feet_make_a_box(text: str, sides: tuple[float, ...]) -> None:
    assert _only(text, "envelope").amounts == pytest.approx(sides)


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("25 OD x 12.5 ID x 8 thk", {"diameter": 25, "inner_diameter": 12.5, "thickness": 8}),
        ("втулка 80/60х100", {"diameter": 80, "inner_diameter": 60, "length": 100}),
        ("Ф6h9хL28", {"diameter": 6, "length": 28}),
    ],
)
def test_the_words_beside_a_side_say_which_it_is(text: str, sizes: dict[str, float]) -> None:
    found = _read(text)
    assert {kind: found.of(kind)[0].amounts[0] for kind in sizes} == sizes


@pytest.mark.parametrize(
    ("text", "pieces", "lots"),
    [
        ("5.000 p.a. in lots of 500", 500, 10),
        ("EAU 14,400, releases 1,200 a month", 1200, 12),
        ("10,000 a year, release of 2500 quarterly", 2500, 4),
    ],
)
def test_lots_of_a_year_are_read_with_their_rhythm(text: str, pieces: int, lots: int) -> None:
    (position,) = answers.of_need(f"Bracket, {text}", _recogniser(), TODAY)["positions"]
    assert (position["quantity"], position["lots_per_year"]) == (pieces, lots)


@pytest.mark.parametrize(
    "told", ["bought by us elsewhere", "have them already, ignore", "не считать, покупаем сами"]
)
def test_a_row_that_is_not_asked_for_is_no_position(told: str) -> None:
    text = f"1) 24 rings, Ø60 x 20, turned\n2) 12 pins, Ø12 x 40, turned\n3) 96 bolts, Ø8 x 30, {told}\n"
    assert [one["quantity"] for one in answers.of_need(text, _recogniser(), TODAY)["positions"]] == [24, 12]


@pytest.mark.parametrize("text", ["budget was $41k last time", "£1,100 is what we paid", "about € 300 each"])
def test_money_counts_no_pieces(text: str) -> None:
    assert _read(text).of("quantity") == ()


def test_a_town_in_small_letters_counts_in_a_text_without_capitals() -> None:
    assert _only("need 5 shafts turned near leicester asap", "town").code == "Leicester|GB-LEC"
    assert _read("The Sales team sat in bath and Reading").of("town") == ()


@pytest.mark.parametrize(
    "before",
    ["Price breaks: ", "please quote ", "prices for ", "цена на ", "стоимость при ", "просим цену за "],
)
@pytest.mark.parametrize("numbers", [(50, 100), (1, 10), (10, 25, 50), (100, 250, 500, 1000)])
@pytest.mark.parametrize("join", [", ", " / ", " and "])
def test_numbers_behind_a_word_for_the_price_are_steps(
    before: str, numbers: tuple[int, ...], join: str
) -> None:
    text = f"Bracket, {before}{join.join(map(str, numbers))} pcs, steel."
    assert _only(text, "price_steps").amounts == numbers


@pytest.mark.parametrize(
    "text", ["цена за 1 шт и за 10 шт", "price for 1 off and for 10 off", "quote 1 pc or 10 pcs"]
)
def test_the_word_before_a_step_may_be_said_again(text: str) -> None:
    assert _only(text, "price_steps").amounts == (1, 10)


@pytest.mark.parametrize(
    "text",
    [
        "sizes 40/50/63 mm, 10 pcs",
        "holes 5, 6, 8 and 10 mm",
        "RAL 7035, 9005, 5010",
        "Delivery in 4, 6 or 8 weeks, 100 pcs",
        "need 2 shafts and 4 pins",
    ],
)
def test_other_numbers_in_a_row_are_no_steps(text: str) -> None:
    assert _read(text).of("price_steps") == ()


@pytest.mark.parametrize("teller", ["we", "we then", "we don't", "we no longer", "our customer"])
@pytest.mark.parametrize("verb", ["mill", "drill", "turn", "grind"])
def test_a_verb_of_we_is_work(teller: str, verb: str) -> None:
    read = _read(f"Waterjet 8 discs, 304L. {teller.capitalize()} {verb} them after.")
    assert (_VERBS | _NOUNS)[verb] in {one.code for one in read.of("process", negated=None)}


@pytest.mark.parametrize("text", ["We turn down small jobs", "We face problems", "We cut corners nowhere"])
def test_a_verb_of_we_that_takes_no_work_is_none(text: str) -> None:
    assert not _read(text).of("process", negated=None)


@pytest.mark.parametrize(
    ("text", "process"),
    [
        ("Нужно порезать уголки, 40 шт", "cutting"),
        ("Режем, сверлим, варим", "cutting"),
        ("Требуется накатать М16 на концах", "thread-rolling"),
        ("Прошу отогнуть кромку на 40 мм", "press-brake-bending"),
        ("Протягиваем ступицы под заказ", "broaching"),
    ],
)
def test_a_russian_verb_of_an_operation_is_work_where_we_do_it_or_it_is_needed(
    text: str, process: str
) -> None:
    assert process in _work(text)


@pytest.mark.parametrize(
    "text",
    [
        "Цены режут глаз.",
        "Нам удалось пробить скидку.",
        "Конкуренты развернули рекламу.",
        "Лить воду не будем.",
    ],
)
def test_a_russian_verb_elsewhere_is_none(text: str) -> None:
    assert _work(text) == []
