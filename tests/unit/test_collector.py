"""The collector of garbage: in a thread of its own, never in the middle of other work."""

import gc
import threading
from collections.abc import Iterator
from weakref import ref

import pytest

from matchmaker import collector


class Knot:
    """Garbage that only the collector takes away."""

    def __init__(self) -> None:
        self.myself = self


@pytest.fixture
def collected_by() -> Iterator[list[str]]:
    """The names of the threads that collect."""
    names: list[str] = []

    def note(phase: str, _: dict[str, int]) -> None:
        if phase == "start":
            names.append(threading.current_thread().name)

    was = gc.isenabled()
    gc.enable()
    gc.callbacks.append(note)
    yield names
    gc.callbacks.remove(note)
    if not was:
        gc.disable()


def test_garbage_is_collected_by_one_thread_only(
    collected_by: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "SAFE", False)
    gone = threading.Event()
    with collector.collecting_apart():
        collected_by.clear()
        knot = Knot()
        watched = ref(knot, lambda _: gone.set())
        del knot
        while not gone.wait(0.001):
            _ = [Knot() for _ in range(1000)]
        assert watched() is None
        within = set(collected_by)
        assert not gc.isenabled()
    assert within == {"collector"}
    assert gc.isenabled()


def test_garbage_that_has_grown_old_is_collected_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "SAFE", False)
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 0, 0))
    gone = threading.Event()
    was = gc.isenabled()
    gc.enable()
    try:
        with collector.collecting_apart():
            knot = Knot()
            watched = ref(knot, lambda _: gone.set())
            gc.collect(0)
            gc.collect(1)  # now it is of the oldest
            assert watched() is knot
            del knot
            for _ in range(5_000):
                if gone.wait(0.001):
                    break
                _ = [Knot() for _ in range(1000)]
            assert gone.is_set()
    finally:
        if not was:
            gc.disable()


@pytest.mark.parametrize("enabled", [True, False])
def test_nothing_is_changed_where_python_collects_safely_or_not_at_all(
    collected_by: list[str], monkeypatch: pytest.MonkeyPatch, enabled: bool
) -> None:
    monkeypatch.setattr(collector, "SAFE", enabled)
    if not enabled:
        gc.disable()
    with collector.collecting_apart():
        assert gc.isenabled() is enabled
        assert "collector" not in {one.name for one in threading.enumerate()}


def test_nothing_is_collected_while_it_waits(collected_by: list[str]) -> None:
    with collector.collecting_later():
        made = [[number] for number in range(100_000)]
        assert not collected_by
    assert gc.isenabled()
    assert len(made) == 100_000


def test_a_collector_that_stands_still_is_left_so(collected_by: list[str]) -> None:
    gc.disable()
    with collector.collecting_later():
        pass
    assert not gc.isenabled()
    assert not collected_by
