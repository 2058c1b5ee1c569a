"""Names of work whose words stand in any order, a few words apart."""

import pytest

from matchmaker.wiring import load_taxonomy
from search.text import Recogniser

RECOGNISER = Recogniser(load_taxonomy())


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
    "text", ["Rolling, threads", "Rolling and threads", "Rolling. Threads", "Rolling (threads)"]
)
def test_signs_and_joining_words_part_the_words_of_a_name(text: str) -> None:
    assert "thread-rolling" not in _work(text)


def test_words_too_far_apart_name_nothing_together() -> None:
    assert "thread-rolling" not in _work("Rolling of rings on our new mill without threads")
