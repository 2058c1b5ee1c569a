"""Looks at a site that are answered in time, whatever the parts of the site wait for."""

import threading
from collections.abc import Callable
from concurrent.futures import Future

from matchmaker.domain.language import N_
from matchmaker.services.health.findings import HealthFinding

SECONDS = 2.0
Look = Callable[[], list[HealthFinding]]


class PatientLook:
    """A look in a thread of its own; whoever asks while it is under way waits for the same one."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._under_way: Future[list[HealthFinding]] | None = None

    def findings(self) -> list[HealthFinding]:
        """What is found within SECONDS, or that nothing answered."""
        try:
            return self._begun().result(SECONDS)
        except TimeoutError:
            return [_silent()]

    def _begun(self) -> Future[list[HealthFinding]]:
        with self._lock:
            if self._under_way is None or self._under_way.done():
                self._under_way = Future()
                threading.Thread(
                    target=self._finish, args=(self._under_way,), name="health", daemon=True
                ).start()
            return self._under_way

    def _finish(self, under_way: Future[list[HealthFinding]]) -> None:
        try:
            under_way.set_result(self._look())
        except BaseException as error:  # noqa: BLE001 - told to whoever asked
            under_way.set_exception(error)


def _silent() -> HealthFinding:
    message = N_("Neither database nor search engine answered in %(seconds)s seconds.")
    remedy = N_("See what holds them up: a lock, a full disk, a machine that is overloaded.")
    return HealthFinding("database", "slow", message, {"seconds": int(SECONDS)}, remedy)
