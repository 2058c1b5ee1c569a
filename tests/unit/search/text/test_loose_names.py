"""Names of work whose words stand in any order, a few words apart."""

import pytest

from matchmaker.wiring import load_recogniser
from search.text.naming.loose_names import LooseNames
from search.text.tokens import tokens

RECOGNISER = load_recogniser()


def _work(text: str) -> set[str]:
    return {str(one.code) for one in RECOGNISER.recognise(text).of("process", negated=None)}


@pytest.mark.parametrize(
    "text",
    [
        "Нужна резьба накатная на тягах М20",
        "Накатываем на шпильках резьбу",
        "Шпильки: резьбу накатать, 1000 шт",
        "We roll threads on bolts",
        "Thread to be rolled, 500 off",
    ],
)
def test_words_of_a_name_stand_in_any_order(text: str) -> None:
    assert "thread-rolling" in _work(text)


@pytest.mark.parametrize(
    "text",
    [
        "накатка, резьба",
        "накатка и резьба",
        "накатка. Резьба",
        "накатка (резьба)",
        "накатка – резьба",
        "накатка ручек на новом токарном станке без резьбы",
    ],
)
def test_signs_joining_words_and_distance_part_the_words_of_a_name(text: str) -> None:
    names = LooseNames()
    names.add("thread-rolling", "накат* резьб*")

    assert not list(names.find(text, tokens(text)))
    assert [one.words for one in names.find("накатка М20 резьбы", tokens("накатка М20 резьбы"))] == [2]


def test_of_names_in_one_place_the_one_of_more_words_is_meant() -> None:
    assert _work("Шьём рабочую одежду") == {"workwear-sewing"}
    assert _work("Варим мыло") == {"soap-making"}


@pytest.mark.parametrize(
    ("text", "process", "other"),
    [
        ("Шлифовка шлицев ведущего вала", "spline-grinding", "cylindrical-grinding"),
        ("Impact extrusion of aluminium cans", "cold-forging", "extrusion-metal"),
        ("Copper pipe joints silver soldered", "brazing", "soldering"),
    ],
)
def test_of_names_of_as_many_words_the_closer_one_is_meant(text: str, process: str, other: str) -> None:
    work = _work(text)
    assert process in work
    assert other not in work
