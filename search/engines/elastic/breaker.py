"""A circuit breaker: after repeated failures the engine is not called for a while, so that pages answer at
once.
"""

import time
from collections.abc import Callable
from threading import Lock

FAILURES = 3
PAUSE = 5.0  # seconds


class Breaker:
    """A counter of failures in a row. `open` is true while calls should not be tried."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._failures, self._until = 0, 0.0

    @property
    def open(self) -> bool:
        """Whether a call should wait. After the pause one caller may try; the others wait for its result."""
        with self._lock:
            if self._failures < FAILURES:
                return False
            if self._clock() < self._until:
                return True
            self._until = self._clock() + PAUSE
            return False

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._until = self._clock() + PAUSE

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0
