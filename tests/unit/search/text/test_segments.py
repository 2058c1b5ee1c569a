"""The parts of a letter that are not the request are not read."""

from datetime import date
from functools import cache

import pytest

from matchmaker.wiring import load_recogniser
from search.text import Recogniser

LETTER = """From: Закупки <sales@gibka-i-pokraska.example>
To: info@zvezda-frezer.example
Subject: RE: Втулки, 40 шт

Добрый день, коллеги!
Просим изготовить втулки по чертежу vtulka_tokarnaya_7.pdf, сталь 45, точение. Тел. для вопросов: +7 (343) 200-11-22.

С уважением,
отдел закупок завода «Литьё и сварка», сертифицированы по ISO 9001
тел. 8 (343) 200-11-22, www.pokraska-zavod.ru

> Отправлено ранее:
> нужны фланцы, фрезеровка, 500 шт
"""


@cache
def _recogniser() -> Recogniser:
    return load_recogniser()


def test_only_the_request_of_a_letter_is_read() -> None:
    read = _recogniser().recognise(LETTER, date(2026, 11, 28))
    assert set(read.codes("process")) == {"turning"}
    assert read.codes("material") == ("steel-45",)
    assert [one.amounts for one in read.of("quantity")] == [(40.0,)]
    assert read.of("standard") == ()
    told = {str(one.kind) for one in read.ignored}
    assert {"header", "greeting", "signature", "quoted", "e-mail", "file", "contact"} <= told


def test_what_is_said_anew_stands_in_place_of_what_was_said_before() -> None:
    text = (
        "Sorry, make it 60 off, not 40. Everything else as below.\n\n-----Original Message-----\n"
        "Can you turn 40 sleeves, 76 mm OD x 95 mm long? Delivery by 11 December."
    )
    read = _recogniser().recognise(text, date(2026, 11, 28))
    assert (60.0,) in [one.amounts for one in read.of("quantity")]
    assert (40.0,) not in [one.amounts for one in read.of("quantity") if one.start > text.index("Original")]
    assert [one.amounts for one in read.of("diameter")] == [(76.0,)]
    assert [one.day for one in read.of("deadline")] == [date(2026, 12, 11)]


def test_what_a_letter_passes_on_is_read_where_it_asks_for_nothing_itself() -> None:
    text = (
        "См. ниже, сможем?\n\n-------- Пересылаемое сообщение --------\nНужна токарная обработка валов, 25 шт"
    )
    read = _recogniser().recognise(text, date(2026, 11, 28))
    assert "turning" in read.codes("process")
    assert [one.amounts for one in read.of("quantity")] == [(25.0,)]


@pytest.mark.parametrize("text", ["", "\n", ">", "--", "С уважением,", "Тема:", "a@b.ru", "> > >\n> x"])
def test_a_letter_of_nothing_is_answered(text: str) -> None:
    assert _recogniser().recognise(text, date(2026, 11, 28)).mentions == ()
