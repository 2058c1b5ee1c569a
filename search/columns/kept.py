"""Results that are computed once and held: a bounded number, the least recently used forgotten first."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

T = TypeVar("T")


class Kept:
    """Held results by key. Threads may share it: two that miss at once both compute, and either result stays. No result
    is None, and none may be changed.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: dict[Hashable, object] = {}
        self._lock = Lock()  # a thread that forgets the oldest meets no other that changes what is held

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable) -> object | None:
        """The result for the key where it is held."""
        return self._held.get(key)

    def of(self, key: Hashable, work: Callable[[], T]) -> T:
        """The result for the key, by `work` where it is not held."""
        with self._lock:
            found = self._held.pop(key, None)
            if found is not None:
                self._held[key] = found
        if found is None:
            found = work()
            self.put(key, found)
        return cast("T", found)

    def put(self, key: Hashable, result: object) -> None:
        """Hold a result, in place of an earlier one."""
        with self._lock:
            self._held.pop(key, None)
            self._held[key] = result
            if len(self._held) > self._most:
                self._held.pop(next(iter(self._held)))
