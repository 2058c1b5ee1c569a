"""The collector of garbage, kept out of the middle of other work."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import monotonic, thread_time

# CPython 3.12 and newer collect between two instructions only.
SAFE = sys.version_info >= (3, 12)
_PAUSE_SECONDS = 0.05
# A walk over everything holds all threads: the next one waits so many times as long as it took.
_WHOLE_REST = 100


@contextmanager
def collecting_apart() -> Iterator[None]:
    """Collect in a thread of its own, and nowhere else, while this lasts.

    CPython 3.11 collects wherever an object is made, also while it moves the attributes of an instance into a dict.
    Where a callback of that collection lets another thread on, which does the same with the same instance, two dicts own
    the same values, and the process dies of it later. A collection that is asked for is never in the middle of that.
    """
    if SAFE or not gc.isenabled():
        yield
        return
    ended = Event()
    thread = Thread(target=_collect, args=(ended,), name="collector", daemon=True)
    gc.disable()
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        gc.enable()


@contextmanager
def collecting_later() -> Iterator[None]:
    """Collect nothing while this lasts: for work of seconds that makes very many objects and none that hold each other, which the
    collector would walk over again and again.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _collect(ended: Event) -> None:
    whole_at = 0.0
    while not ended.wait(_PAUSE_SECONDS):
        oldest = 2 if monotonic() >= whole_at else 1
        due = [
            generation
            for generation, (count, limit) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
            if count > limit and generation <= oldest
        ]
        if due:
            spent = thread_time()
            gc.collect(due[-1])
        if 2 in due:
            whole_at = monotonic() + _WHOLE_REST * (thread_time() - spent)
