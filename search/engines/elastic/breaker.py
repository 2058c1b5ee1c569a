"""A circuit breaker: after a failure the engine is not called for a while, so that pages answer at once.

Whether it is back is tried beside the calls, so that no page waits for an answer that may not come.
"""

import threading
import time
from collections.abc import Callable

PAUSE = 3.0  # seconds between two tries


class Breaker:
    """`open` is true while calls should not be made. `back` asks the engine, and tells whether it answered."""

    def __init__(self, back: Callable[[], bool], clock: Callable[[], float] = time.monotonic) -> None:
        self._back, self._clock = back, clock
        self._lock = threading.Lock()
        self._broken, self._trying, self._until = False, False, 0.0

    @property
    def open(self) -> bool:
        with self._lock:
            if self._broken and not self._trying and self._clock() >= self._until:
                self._trying = True
                threading.Thread(target=self._try, name="engine back?", daemon=True).start()
            return self._broken

    def _try(self) -> None:
        try:
            back = self._back()
        finally:
            with self._lock:
                self._trying, self._until = False, self._clock() + PAUSE
        if back:
            self.succeeded()

    def failed(self) -> None:
        with self._lock:
            self._broken, self._until = True, self._clock() + PAUSE

    def succeeded(self) -> None:
        with self._lock:
            self._broken = False
