"""The threads of lanes: each does its work round by round whatever an error does to a round, and a supervisor
starts those anew that have died all the same.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from time import monotonic

from matchmaker.services.core import infrastructure
from matchmaker.services.health.heartbeats import LanePulse

_log = logging.getLogger(__name__)
# The first pause after a failure, doubled by each further one up to a longest: a database or a server comes back by
# itself and is to be noticed soon, a slip of the program stays.
_PAUSE_SECONDS = 1.0
_LONGEST_AWAY_SECONDS = 15.0
_LONGEST_SECONDS = 300.0
_WATCH_SECONDS = 1.0
# Between two looks whether a lane that is to end need not be waited for.
_LEAVE_SECONDS = 0.1

# A round of work: it returns the name of the error for which work waits, empty where none does.
LaneRound = Callable[[], str]
# Something that holds of a thread, told by its `ident`.
ThreadTest = Callable[[int | None], bool]


class LaneThread:
    """A lane of work: rounds at its own pace, in a thread of its own, until `stop` is set."""

    def __init__(
        self,
        name: str,
        work: LaneRound,
        pace: float,
        stop: threading.Event,
        *,
        pulse: LanePulse | None = None,
    ) -> None:
        self.name, self.pulse = name, pulse
        self._work, self._pace, self._stop = work, pace, stop
        self._failures = 0
        self._told: str | None = None
        self._thread: threading.Thread | None = None

    def look_after(self) -> None:
        """Start the thread, or start it anew where it has died."""
        if self._stop.is_set() or self.is_alive():
            return
        if self._thread is not None:
            _log.error("The lane %s has died and is started anew", self.name)
        self._thread = threading.Thread(target=self._rounds, name=f"lane-{self.name}", daemon=True)
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def join(self, until: float, is_left: ThreadTest) -> None:
        """Wait for the end of the thread until that time (`monotonic`), or until it is one to be left."""
        while self._thread is not None and self.is_alive():
            seconds = min(until - monotonic(), _LEAVE_SECONDS)
            if seconds <= 0 or is_left(self._thread.ident):
                return
            self._thread.join(seconds)

    def _rounds(self) -> None:
        try:
            while not self._stop.is_set():
                self._stop.wait(self._round())
        except BaseException:  # noqa: BLE001 - one that strikes the thread from outside, between two rounds
            _log.exception("The thread of the lane %s ends", self.name)

    def _round(self) -> float:
        """Do a round, and return the seconds to the next one."""
        try:
            away = self._work()
        except BaseException as error:  # noqa: BLE001 - a lane outlives every error
            return self._failed(error)
        if away:
            return self._put_off(away, _LONGEST_AWAY_SECONDS)
        self._failures, self._told = 0, None
        if self.pulse is not None:
            self.pulse.succeed()
        return self._pace

    def _failed(self, error: BaseException) -> float:
        """Log an error, with its traceback where it is not the same as the one before."""
        name = type(error).__name__
        if name != self._told:
            _log.error("The lane %s has failed and goes on", self.name, exc_info=error)
            self._told = name
        else:
            _log.warning("The lane %s has failed again, %s times: %s", self.name, self._failures + 1, name)
        away = infrastructure.is_at_fault(error)
        return self._put_off(name, _LONGEST_AWAY_SECONDS if away else _LONGEST_SECONDS)

    def _put_off(self, error: str, longest: float) -> float:
        self._failures += 1
        if self.pulse is not None:
            self.pulse.fail(error)
        return min(_PAUSE_SECONDS * 2.0 ** min(self._failures - 1, 10), longest)


class Supervisor:
    """The keeper of lanes: it starts them, starts the dead anew, and ends them all."""

    def __init__(self, lanes: Sequence[LaneThread], stop: threading.Event) -> None:
        self._lanes, self._stop = lanes, stop
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        for lane in self._lanes:
            lane.look_after()
        self._thread.start()

    def end(self, seconds: float, is_left: ThreadTest = lambda _: False) -> list[LaneThread]:
        """Let every lane finish what it holds, and return those that have not done so in time, or are to be left."""
        self._stop.set()
        until = monotonic() + seconds
        self._thread.join(seconds)
        for lane in self._lanes:
            lane.join(until, is_left)
        return [lane for lane in self._lanes if lane.is_alive()]

    def _watch(self) -> None:
        while not self._stop.wait(_WATCH_SECONDS):
            for lane in self._lanes:
                try:
                    lane.look_after()
                except BaseException:  # noqa: BLE001 - such as a machine that has no thread left
                    _log.exception("The lane %s could not be started", lane.name)
