"""Sentences from real life are understood piece by piece, and each piece points at its characters."""

from functools import cache
from typing import Any

import pytest

from matchmaker.domain.records import NeedRecord
from matchmaker.wiring import load_recogniser
from search.reading.need_reading import (
    NeedReading,
    requirements_of,
)
from search.text import Recogniser
from tests.support.mails import MAILS, TODAY


@cache
def _recogniser() -> Recogniser:
    return load_recogniser()


def _understood(text: str) -> NeedReading:
    return requirements_of(NeedRecord.model_validate({"id": "n", "text": text}), _recogniser(), TODAY)


def _answers(understanding: NeedReading, key: str) -> Any:
    asked = understanding.requirements
    if key == "demand":
        return next((one.any_of[0] for one in asked.demanded), None)
    if key == "wish":
        return next((one.any_of[0] for one in asked.wished), None)
    value = getattr(asked, key)
    return set(value) if key in {"excluded_processes", "regions"} else value


@pytest.mark.parametrize(("text", "expected"), MAILS, ids=[text for text, _ in MAILS])
def test_a_sentence_is_understood(text: str, expected: dict[str, Any]) -> None:
    understanding = _understood(text)
    for key, value in expected.items():
        if key == "includes":
            for name, codes in value.items():
                assert set(codes) <= set(_answers(understanding, name)), name
        elif key == "at":
            for kind, piece in value.items():
                found = understanding.recognition.of(kind, negated=None)
                assert piece in [text[mention.start : mention.end] for mention in found], kind
        else:
            wanted = set(value) if key in {"excluded_processes", "regions"} else value
            assert _answers(understanding, key) == wanted, key


def test_what_a_shop_does_itself_is_its_work_and_not_ruled_out() -> None:
    mentions = _recogniser().recognise("Варим рамы, сами красим").mentions
    painting = next(mention for mention in mentions if mention.code == "painting")
    assert (painting.own, painting.negated) == (True, False)


def test_a_region_may_be_a_wish() -> None:
    asked = _understood("фрезеровка, желательно только Урал").requirements
    assert "RU-SVE" in asked.regions
    assert asked.strictness_of("region") == "wish"


def test_a_deviation_is_graded_at_the_size_before_it() -> None:
    small, large = _understood("вал ø10 ±0,02").requirements, _understood("вал ø300 ±0,02").requirements
    assert small.tolerance_it is not None
    assert large.tolerance_it is not None
    assert small.tolerance_it > large.tolerance_it


def test_words_that_are_not_meant_ask_for_nothing() -> None:
    text = "Втулки, токарная обработка. Литьё и термообработка по телефону"
    record = NeedRecord.model_validate({"id": "n", "text": text, "disregarded": ["литьё", "Термообработка"]})
    assert {"casting", "heat-treatment"} <= set(_understood(text).requirements.processes)
    assert requirements_of(record, _recogniser(), TODAY).requirements.processes == ("turning",)


@pytest.mark.parametrize(
    ("since", "until", "months"),
    [
        (None, None, ()),
        ("2027-01-15", "2027-03-02", (24324, 24325, 24326)),
        ("2020-01-01", "2026-12-31", (24322, 24323)),  # begins today, in November 2026
        ("2027-05-01", None, (24328,)),
        ("2027-01-01", "2035-01-01", tuple(range(24324, 24336))),
    ],
)
def test_machine_hours_are_wanted_in_the_months_of_their_span(
    since: str | None, until: str | None, months: tuple[int, ...]
) -> None:
    data = {"id": "n", "text": "Токарка", "spare_hours": 100, "hours_from": since, "hours_until": until}
    record = NeedRecord.model_validate({name: value for name, value in data.items() if value})
    asked = requirements_of(record, _recogniser(), TODAY).requirements
    assert (asked.spare_hours, asked.months) == (100.0, months)
