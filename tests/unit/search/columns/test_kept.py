"""Results that are held: one thread computes, the others wait, and a failure holds nobody up."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from search.columns.kept import Kept

LONG = 20  # seconds; only a failure waits as long


def test_what_several_want_at_once_is_computed_once() -> None:
    kept, begun, let_on, times = Kept(10), Event(), Event(), list[int]()

    def work() -> int:
        times.append(1)
        begun.set()
        assert let_on.wait(LONG)
        return 7

    with ThreadPoolExecutor(5) as beside:
        first = beside.submit(kept.of, "key", work)
        assert begun.wait(LONG)
        come = Barrier(5)
        others = [beside.submit(lambda: (come.wait(LONG), kept.of("key", work))[1]) for _ in range(4)]
        come.wait(LONG)
        assert kept.of("another key", lambda: 8) == 8
        let_on.set()
        assert [one.result(LONG) for one in (first, *others)] == [7] * 5
    assert times == [1]


def test_after_a_failure_another_one_computes() -> None:
    kept, begun, let_on = Kept(10), Event(), Event()

    def fail() -> int:
        begun.set()
        assert let_on.wait(LONG)
        raise LookupError

    with ThreadPoolExecutor(2) as beside:
        first = beside.submit(kept.of, "key", fail)
        assert begun.wait(LONG)
        other = beside.submit(kept.of, "key", lambda: 3)
        let_on.set()
        with pytest.raises(LookupError):
            first.result(LONG)
        assert other.result(LONG) == 3
