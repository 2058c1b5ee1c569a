"""Results that are computed once and held: a bounded number, the least recently used forgotten first."""

from collections.abc import Callable, Hashable
from threading import Event, Lock
from typing import TypeVar, cast

T = TypeVar("T")


class Kept:
    """Held results by key. Threads may share it: where one computes a result, others that want it wait. No result is None,
    and none may be changed. A computation may ask for other keys, never for its own.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[Hashable, object] = {}
        self._making: dict[Hashable, Event] = {}
        self._lock = Lock()  # a thread that forgets the oldest meets no other that changes what is held

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable) -> object | None:
        """The result for the key where it is held."""
        return self._held.get(key)

    def held(self) -> list[tuple[Hashable, object]]:
        """The keys with their results, the least recently used first."""
        with self._lock:
            return list(self._held.items())

    def of(self, key: Hashable, work: Callable[[], T]) -> T:
        """The result for the key, by `work` where it is not held."""
        while True:
            with self._lock:
                found = self._held.pop(key, None)
                if found is not None:
                    self._held[key] = found
                    return cast("T", found)
                made = self._making.get(key)
                if made is None:
                    made = self._making[key] = Event()
                    break
            made.wait()
        try:
            result = work()
            self.put(key, result)
        finally:  # after a failure one of those who wait tries again
            with self._lock:
                del self._making[key]
            made.set()
        return result

    def put(self, key: Hashable, result: object) -> None:
        """Hold a result, in place of an earlier one."""
        with self._lock:
            self._held.pop(key, None)
            self._held[key] = result
            if len(self._held) > self._most:
                self._held.pop(next(iter(self._held)))
