"""A child process answers, refuses and dies without harm to whoever has started it."""

import errno
import os
import signal
import threading
import time
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


def _work() -> None:
    while True:
        pass


def _sleep() -> None:
    time.sleep(60)


def test_a_child_that_works_for_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "WALL_SECONDS", 2.0)
    monkeypatch.setattr(child_process, "STARVED", 0.0)
    with pytest.raises(FileRefused) as refused:
        child_process.run(_work)
    assert refused.value.template == child_process.TOO_MUCH


def test_a_child_that_got_no_time_says_nothing_about_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "WALL_SECONDS", 0.5)
    monkeypatch.setattr(
        child_process, "STARVED", 2.0
    )  # its start alone may cost more than half a second's share
    monkeypatch.setattr(child_process, "MOST_WAITS", 2)
    with pytest.raises(TimeoutError):
        child_process.run(_sleep)


def _wait() -> str:
    time.sleep(1.5)
    return "done"


def test_a_child_that_the_machine_gave_no_time_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "WALL_SECONDS", 0.5)
    monkeypatch.setattr(child_process, "STARVED", 1000.0)
    monkeypatch.setattr(child_process, "MOST_WAITS", 100)
    assert child_process.run(_wait) == "done"


def test_one_person_has_one_child_at_a_time_and_leaves_places_to_others() -> None:
    gate, order = child_process._Gate(), list[str]()

    def open_one(owner: str) -> None:
        with gate.place(owner):
            order.append(owner)

    with gate.place("first"):
        again = threading.Thread(target=open_one, args=("first",))
        again.start()
        open_one("second")
        assert order == ["second"]
    again.join()
    assert order == ["second", "first"]


def test_a_full_disk_is_no_fault_of_the_file() -> None:
    with pytest.raises(OSError, match="No space left"):
        child_process.run(_fill_disk)


def _fill_disk() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
