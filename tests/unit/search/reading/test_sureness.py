"""What is not sure is asked about and is no fact; what a person confirmed is one."""

from datetime import date
from functools import cache
from typing import Any

import pytest

from matchmaker.domain.records import ConfirmedRecord, NeedRecord
from matchmaker.wiring import load_recogniser
from search.reading import answers
from search.reading.need_reading import requirements_of
from search.reading.sureness import Sureness
from search.text import Recogniser

TODAY = date(2026, 11, 28)
ONE_MASS = "Литьё: крышка 9 кг, 400 шт. в месяц."
TWO_MASSES = "Литьё: крышка 9 кг, 400 шт. в месяц. Плита 290 кг."
COILS = "Nickel plating of brackets, 11 coils of wire each, then polishing, welding and milling. 40 pcs."


@cache
def _recogniser() -> Recogniser:
    return load_recogniser()


def _read(text: str) -> dict[str, Any]:
    return answers.of_need(text, _recogniser(), TODAY)


def test_of_two_masses_neither_is_a_fact_and_both_are_asked_about() -> None:
    assert _read(ONE_MASS)["positions"][0]["mass_kg"] == 9
    read = _read(TWO_MASSES)
    assert read["positions"][0]["mass_kg"] is None
    asked = {reading for doubt in read["doubts"] for reading in doubt["readings"]}
    assert {"mass_kg 9", "mass_kg 290"} <= asked


def test_a_confirmed_figure_stands_alone() -> None:
    confirmed = ConfirmedRecord(words="9 кг", kind="mass", amounts=(9.0,), at=TODAY)
    record = NeedRecord(id="n1", text=TWO_MASSES, confirmed=(confirmed,))
    assert requirements_of(record, _recogniser(), TODAY).requirements.mass_kg == 9


@pytest.mark.parametrize(
    ("text", "code", "is_fact"),
    [
        (COILS, "coil-winding", False),
        ("Coil winding for transformers, 40 coils.", "coil-winding", True),
        ("Precision turning of shafts, 40 pcs, steel 1045.", "turning", True),
    ],
)
def test_work_that_nothing_around_it_supports_is_a_question(text: str, code: str, is_fact: bool) -> None:
    read = _read(text)
    told = {one["code"] for one in read["positions"][0]["processes"] if one["role"] == "wanted"}
    asked = {reading for doubt in read["doubts"] for reading in doubt["readings"]}
    assert (code in told, f"process {code}" in asked) == (is_fact, not is_fact)


@pytest.mark.parametrize(
    ("text", "town"),
    [
        ("Точим валы. Гальванику возим в Тулу. Город: Пенза", "Пенза"),
        ("Turning. Plating goes to a firm in Neath. Based in Swansea.", "Swansea"),
    ],
)
def test_the_place_of_a_partner_is_not_the_shop_s(text: str, town: str) -> None:
    assert answers.of_supplier(text, _recogniser(), TODAY)["place"]["town"] == town


def test_sides_that_may_be_metres_are_asked_about() -> None:
    read = _read("Сварные рамы 4,5×1,2×0,9, 3 шт.")
    assert read["positions"][0]["sizes"]["box_mm"] is None
    assert "box_mm 4.5 × 1.2 × 0.9" in {one for doubt in read["doubts"] for one in doubt["readings"]}


def test_small_letters_of_a_greeting_are_no_steel() -> None:
    assert _read("hi, 6 brackets please, bent and welded")["positions"][0]["materials"] == []


def test_sureness_lies_between_nought_and_one_and_falls_with_rivals() -> None:
    recogniser = _recogniser()
    sure = []
    for text in (ONE_MASS, TWO_MASSES):
        recognition = recogniser.recognise(text, TODAY)
        sureness = Sureness(recognition, recogniser.taxonomy)
        sure.append(max(sureness.of(one) for one in recognition.of("mass")))
        assert all(0 < sureness.of(one) <= 1 for one in recognition.mentions)
    assert sure[0] > sure[1]
