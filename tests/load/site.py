"""The processes of a run: the site, its worker, the bare page, the people; what they hold and what they have computed."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import psutil

from tests.load.requests_made import Request
from tests.support import served

_PATIENCE = 900.0  # seconds until the site is ready; a large index may have to be made


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process holds now, what of that is its own and no file's or other process's, and the processor time it has
    had.
    """

    megabytes: float
    own: float
    seconds: float


@dataclass(frozen=True)
class LoadedSite:
    """A served site with its worker, and the bare page."""

    site: str
    bare: str
    processes: Mapping[str, psutil.Process]
    log: Path

    def usage(self) -> dict[str, Usage]:
        return {name: _usage(process) for name, process in self.processes.items()}

    def served(self) -> dict[str, dict[str, float]]:
        """The site's own word on each request, by its number: milliseconds and statements."""
        found = {}
        for line in self.log.read_text(encoding="utf-8").splitlines():
            if '"statements"' in line:
                told = json.loads(line)
                found[told["request_id"]] = {"ms": told["ms"], "statements": told["statements"]}
        return found


def _usage(process: psutil.Process) -> Usage:
    with process.oneshot():
        spent = process.cpu_times()
        memory = process.memory_full_info()
        return Usage(memory.rss / 1e6, memory.uss / 1e6, spent.user + spent.system)


@contextmanager
def loaded(folder: Path, settings: Mapping[str, str]) -> Iterator[LoadedSite]:
    """Start the processes over settings of a centre, and end them."""
    asked = {"log_format": "json", "limits": "1000", **settings}  # all people are of one machine
    with ExitStack() as stack:
        logs = {name: folder / f"{name}.log" for name in ("site", "worker", "bare")}
        site = stack.enter_context(
            served.command(logs["site"], "serve", "--site-only", "--port", "0", **asked)
        )
        worker = stack.enter_context(served.command(logs["worker"], "worker", **asked))
        bare = stack.enter_context(_bare(logs["bare"]))
        port = int(served.told(logs["site"], r"Matchmaker is at http://127\.0\.0\.1:(\d+)/", _PATIENCE)[1])
        address = served.told(logs["bare"], r"The bare page is at (http://\S+)/")[1]
        _wait_until_ready(port)
        found = {
            name: psutil.Process(process.pid)
            for name, process in (("site", site), ("worker", worker), ("bare", bare))
        }
        try:
            yield LoadedSite(f"http://127.0.0.1:{port}", address, found, logs["site"])
        finally:
            for name, process in (("site", site), ("worker", worker)):
                if process.poll() is not None:
                    said = logs[name].read_text(encoding="utf-8")
                    print(
                        f"the {name} ended with {process.returncode}: {said[said.find('Fatal Python error') :]}"
                    )
        served.end(site, 60)
        served.end(worker, 60)


@contextmanager
def _bare(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as stream:
        child = subprocess.Popen([sys.executable, "-m", "tests.load.bare"], stdout=stream, stderr=stream)
    try:
        yield child
    finally:
        child.terminate()
        child.wait(30)


def _wait_until_ready(port: int) -> None:
    until = monotonic() + _PATIENCE
    while (answer := served.ask(port, "/readyz", 60))[0] != 200:
        assert monotonic() < until, answer[2].decode()
        sleep(0.5)


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many people, the pause of each after an answer, and how long they are watched after all have come."""

    people: int
    pause: tuple[float, float]
    warm: float
    seconds: float
    seed: int

    def at(self, address: str, cast: Path | None = None) -> list[Request]:
        """The requests that they make at an address; without a cast they read the bare page."""
        words = ["--site", address, "--people", self.people, "--warm", self.warm, "--seconds", self.seconds]
        words += ["--pause", *self.pause, "--seed", self.seed, *(("--cast", cast) if cast else ())]
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.load.people", *map(str, words)],
            check=False,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            capture_output=True,
            text=True,
            timeout=self.warm + self.seconds + 120,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return [Request(**json.loads(line)) for line in done.stdout.splitlines()]
