"""A child process answers, refuses and dies without harm to whoever has started it."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from matchmaker.domain.errors import FileRefused
from matchmaker.sandbox import child_process


def _echo(*words: str) -> dict[str, Any]:
    print("a library has printed this")
    return {"words": words, "content": child_process.given().decode()}


def _refuse() -> None:
    raise FileRefused("At most %(most)s.", most=3)


def _fail() -> None:
    raise ValueError


def _fill_memory() -> None:
    bytearray(2 * child_process.MEMORY)


def _abort() -> None:
    os.abort()


def _crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _leave() -> None:
    os._exit(0)


def test_the_answer_comes_back_whatever_else_is_printed() -> None:
    assert child_process.run(_echo, "Вал", "a\nb", content="сталь".encode()) == {
        "words": ["Вал", "a\nb"],
        "content": "сталь",
    }


def test_a_refusal_of_the_child_is_raised_as_it_is() -> None:
    with pytest.raises(FileRefused, match="At most 3") as refused:
        child_process.run(_refuse)
    assert refused.value.params == {"most": 3}


@pytest.mark.parametrize(
    ("task", "words"),
    [
        (_fail, child_process.DAMAGED),
        (_crash, child_process.DAMAGED),
        (_leave, child_process.DAMAGED),
        (_fill_memory, child_process.TOO_MUCH),
        (_abort, child_process.TOO_MUCH),
    ],
)
def test_a_child_that_dies_refuses_the_file(task: Callable[[], None], words: str) -> None:
    with pytest.raises(FileRefused) as refused:
        child_process.run(task)
    assert refused.value.template == words


def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "WALL_SECONDS", 0.01)
    with pytest.raises(FileRefused) as refused:
        child_process.run(_echo)
    assert refused.value.template == child_process.TOO_MUCH
