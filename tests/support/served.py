"""A real `matchmaker` command in a process of its own, and requests to the site that it serves."""

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep


@contextmanager
def command(log: Path, *arguments: str, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A running command; what is left of it afterwards is killed."""
    named = {f"MATCHMAKER_{name.upper()}": value for name, value in settings.items()}
    with log.open("wb") as stream:
        child = subprocess.Popen(
            [sys.executable, "-m", "matchmaker", *arguments],
            env=os.environ | named,
            stdout=stream,
            stderr=stream,
        )
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def told(log: Path, pattern: str, seconds: float = 60) -> re.Match[str]:
    """What a command has said, once it has."""
    end = monotonic() + seconds
    while not (found := re.search(pattern, log.read_text(encoding="utf-8"))):
        assert monotonic() < end, log.read_text(encoding="utf-8")
        sleep(0.05)
    return found


def port_of(log: Path) -> int:
    return int(told(log, r"Matchmaker is at http://127\.0\.0\.1:(\d+)/")[1])


def ask(port: int, path: str, seconds: float = 30) -> tuple[int, Mapping[str, str], bytes]:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


@dataclass
class Visitors:
    """People who open pages one after the other, each on a connection of its own or on kept ones.

    `lost` are requests that were sent and got no whole answer; a connection that was refused is none.
    """

    port: int
    path: str
    keep: bool = False
    statuses: dict[int, int] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    waits: int = 0
    slowest: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def coming(self, number: int) -> Iterator["Visitors"]:
        threads = [threading.Thread(target=self._visit) for _ in range(number)]
        for thread in threads:
            thread.start()
        try:
            yield self
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _visit(self) -> None:
        while not self._stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.connect()
            except OSError:
                return  # the door is closed
            self._ask_on(connection)

    def _ask_on(self, connection: http.client.HTTPConnection) -> None:
        asked = 0
        try:
            while not self._stop.is_set():
                started = monotonic()
                connection.request("GET", self.path)
                answer = connection.getresponse()
                answer.read()
                asked += 1
                with self._lock:
                    self.slowest = max(self.slowest, monotonic() - started)
                    self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
                    self.waits += answer.status == 503 and answer.headers["Retry-After"] == "5"
                if not self.keep:
                    return
        except (OSError, http.client.HTTPException) as error:
            # An idle kept connection may be closed at any time: HTTP lets the client ask again on a new one.
            if not (asked and isinstance(error, (http.client.RemoteDisconnected, ConnectionError))):
                with self._lock:
                    self.lost.append(repr(error))
        finally:
            connection.close()


def end(child: subprocess.Popen[bytes], seconds: float = 15) -> int:
    """Ask a command to end as an administrator does, and return its status."""
    child.send_signal(signal.SIGTERM)
    return child.wait(seconds)
