"""Free text in both languages → concepts, quantities and their scope, with the characters they came from."""

import os
import subprocess
import sys
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.wiring import load_recogniser
from search.text import MAX_TEXT, Mention, Recogniser

TODAY = date(2026, 11, 23)


@cache
def _recogniser() -> Recogniser:
    return load_recogniser()


def _mentions(text: str) -> tuple[Mention, ...]:
    return _recogniser().recognise(text, TODAY).mentions


@pytest.mark.parametrize(
    ("text", "kind", "codes"),
    [
        ("токарная и фрезерная обработка", "process", {"turning", "milling"}),
        ("turning and milling", "process", {"turning", "milling"}),
        ("лазерная и плазменная резка", "process", {"laser-cutting", "plasma-cutting"}),
        ("токарно-фрезерный", "process", {"turning", "milling"}),
        ("фрезеровка деталей", "process", {"milling"}),
        ("фрезировка", "process", {"milling"}),
        ("плоское шлифование", "process", {"surface-grinding"}),
        ("heat treatment", "process", {"heat-treatment"}),
        ("сталь 40Х", "material", {"steel-40kh"}),
        ("из стали 40Х", "material", {"steel-40kh"}),
        ("ст.45", "material", {"steel-45"}),
        ("Ст3", "material", {"steel-st3"}),
        ("AISI 304", "material", {"steel-08kh18n10"}),
        ("1.4301", "material", {"steel-08kh18n10"}),
        ("12X18H10T", "material", {"steel-12kh18n10t"}),
        ("12Х18Н10Т", "material", {"steel-12kh18n10t"}),
        ("Д16Т", "material", {"aluminium-d16"}),
        ("АМг6", "material", {"aluminium-amg6"}),
        ("20 шт", "material", set()),
        ("10 45", "material", set()),
        ("обязательно ИСО 9001", "standard", {"iso-9001"}),
        ("ISO 9001 certified suppliers only", "standard", {"iso-9001"}),
        ("токарный станок с ЧПУ", "equipment", {"cnc-lathe"}),
        ("DMG CTX 450", "equipment", {"cnc-lathe"}),
        ("в радиусе 300 км от Челябинска", "town", {"Chelyabinsk|RU-CHE"}),
    ],
)
def test_names_of_concepts_are_recognised(text: str, kind: str, codes: set[str]) -> None:
    assert {mention.code for mention in _mentions(text) if mention.kind == kind} == codes


@pytest.mark.parametrize(
    ("text", "kind", "amounts"),
    [
        ("вал ø45h6", "diameter", (45,)),
        ("вал ø45h6", "tolerance", (6,)),
        ("js6", "tolerance", (6,)),
        ("Ф45", "diameter", (45,)),
        ("dia 45 mm", "diameter", (45,)),
        ("диаметр 45 мм", "diameter", (45,)),
        ("420×80×12", "envelope", (420, 80, 12)),
        ("420x80x12 мм", "envelope", (420, 80, 12)),
        ("1,5 × 3 м", "plate", (3000, 1500)),
        ("до 3 м", "length", (3000,)),
        ("длина 1000", "length", (1000,)),
        ("L=500", "length", (500,)),
        ("length 500 mm", "length", (500,)),
        ("M12", "thread", (12,)),
        ("толщина 3 мм", "thickness", (3,)),
        ("t=2mm", "thickness", (2,)),
        ("крышка, 2 мм оцинкованной стали", "thickness", (2,)),
        ("3 mm stainless steel", "thickness", (3,)),
        ("вес до 120 кг", "mass", (120,)),
        ("max 120 kg", "mass", (120,)),
        ("IT6", "tolerance", (6,)),
        ("7-й квалитет", "tolerance", (7,)),
        ("точность до 6 квалитета", "tolerance", (6,)),
        ("±0.02", "tolerance", (8,)),
        ("ISO 2768-m", "tolerance", (14,)),
        ("Ra0,8", "roughness", (0.8,)),
        ("Rz 20", "roughness", (5,)),
        ("▽7", "roughness", (1.25,)),
        ("500 шт. в месяц", "quantity", (500,)),
        ("500 шт. в месяц", "rhythm", (12,)),
        ("batch of 200", "quantity", (200,)),
        ("партия 200-300 шт", "quantity", (300, 200)),
        ("5 тыс. шт/год", "quantity", (5000,)),
        ("по 50 штук ежеквартально", "rhythm", (4,)),
        ("within 200 km", "distance", (200,)),
    ],
)
def test_numbers_with_units_are_recognised(text: str, kind: str, amounts: tuple[float, ...]) -> None:
    assert [mention.amounts for mention in _mentions(text) if mention.kind == kind] == [amounts]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("до 1 марта 2027", date(2027, 3, 1)),
        ("by 15 Jan 2027", date(2027, 1, 15)),
        ("к концу января", date(2027, 1, 31)),
        ("срок 3 недели", date(2026, 12, 14)),
        ("до 01.03.2027", date(2027, 3, 1)),
        ("2027-03-01", date(2027, 3, 1)),
    ],
)
def test_days_are_recognised(text: str, day: date) -> None:
    assert [mention.day for mention in _mentions(text) if mention.kind == "deadline"] == [day]


@pytest.mark.parametrize(
    "text",
    ["без термообработки", "не требуется покраска", "кроме литья", "окраска не нужна", "no painting",
     "without heat treatment", "we do not do casting"],
)  # fmt: skip
def test_what_is_ruled_out_is_marked(text: str) -> None:
    assert [mention.negated for mention in _mentions(text) if mention.kind == "process"] == [True]


@pytest.mark.parametrize(
    ("text", "wish"),
    [("ISO 9001 желательно", True), ("ISO 9001 would be a plus", True), ("обязательно ИСО 9001", False),
     ("ISO 9001", False)],
)  # fmt: skip
def test_a_wish_is_told_from_a_demand(text: str, wish: bool) -> None:
    assert [mention.wish for mention in _mentions(text) if mention.kind == "standard"] == [wish]


@given(
    st.text(st.characters(), max_size=300)
    | st.text("0123456789xх.,мkØøRa сталь-40ХIT/не\x00\ud800", max_size=300)
)
def test_any_text_is_answered_and_mentions_lie_inside_it(text: str) -> None:
    for mention in _mentions(text):
        assert 0 <= mention.start < mention.end <= len(text)


@given(st.sampled_from(["токарной обработки", "литья", "покраски", "термообработки"]), st.booleans())
def test_without_rules_out_and_only_then(process: str, without: bool) -> None:
    text = f"Нужны детали {'без' if without else 'после'} {process}"
    assert {m.negated for m in _mentions(text) if m.kind == "process"} == {without}


def test_a_text_too_long_says_that_it_was_cut() -> None:
    recognition = _recogniser().recognise("сталь " * MAX_TEXT)
    assert recognition.cut
    assert max(mention.end for mention in recognition.mentions) <= MAX_TEXT


def test_a_page_of_nonsense_words_is_corrected_only_up_to_a_limit() -> None:
    misspelt = " ".join(
        f"{'абвгд'[n % 5]}{'клмнп'[n // 5 % 5]}рст{'оуеи'[n % 4]}ф{'жзшщ'[n // 100]}бвг" for n in range(400)
    )
    assert _mentions(misspelt + " фрезировка") == ()
    assert [mention.code for mention in _mentions("фрезировка")] == ["milling"]


def test_a_text_is_read_alike_in_every_process() -> None:
    """Words are kept in sets, whose order differs from process to process; what is read must not."""
    code = (
        "from matchmaker.wiring import load_recogniser;"
        "print(load_recogniser().recognise('бронза, латунь, латунь ЛС59, сталь 45, 40Х, валы, втулки, IT7, ISO 9001'))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1
