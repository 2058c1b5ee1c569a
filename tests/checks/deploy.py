"""`make check-deploy`: a site is renewed under load and nobody notices.

Two web processes behind the proxy are restarted one after the other while people read and write. With `--all` the program as it
was before the newest migration serves first; the tables move on under its feet while it reads, and its processes are replaced one
after the other by the present program.
Every answer that is not the expected one, or does not come, is a failure. Needs PostgreSQL, nginx and the repository's history.
"""

import argparse
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

from matchmaker.cli.demo import PASSWORD
from matchmaker.migrations import HEAD, VERSIONS
from tests.checks.pinned import ROOT
from tests.support import postgresql
from tests.support.browser import found_token
from tests.support.live_site import LiveSite, Visitor, live_site

READERS, WRITERS = 3, 1
MIGRATIONS = 4  # how far back a whole program is looked for
_PAUSE = 0.02  # seconds between two questions of one visitor
_PAGES = ("/", "/suppliers?q=turning", "/needs/", "/healthz", "/account")
_BUYER = "buyer@demo-centre.example"


@dataclass(slots=True)
class Load:
    """People at work: what they asked for, and what went wrong."""

    asked: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    longest: tuple[float, str] = (0.0, "")
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self, kind: str, question: Callable[[], urllib3.BaseHTTPResponse], expected: int) -> None:
        began = time.monotonic()
        try:
            status = question().status
            problem = None if status == expected else f"{kind}: {status} in place of {expected}"
        except urllib3.exceptions.HTTPError as error:
            problem = f"{kind}: {error}"
        self.asked[kind] += 1
        self.longest = max(self.longest, (time.monotonic() - began, f"{kind} until {time.strftime('%X')}"))
        if problem is not None:
            self.failed.append(f"{time.strftime('%X')} {problem}")

    @contextmanager
    def running(self, *people: Callable[[], None]) -> Iterator[None]:
        """Work in the background while the block lasts, and a moment before and after."""
        threads = [threading.Thread(target=person, daemon=True) for person in people]
        for thread in threads:
            thread.start()
        time.sleep(1)
        try:
            yield
            time.sleep(1)
        finally:
            self.over.set()
            for thread in threads:
                thread.join(60)
            self.over.clear()


def reading(load: Load, visitor: Visitor) -> Callable[[], None]:
    """A person who turns pages over."""

    def person() -> None:
        while not load.over.is_set():
            for page in _PAGES:
                load.ask(f"GET {page}", lambda page=page: visitor.get(page), 200)
                time.sleep(_PAUSE)

    return person


def writing(load: Load, visitor: Visitor) -> Callable[[], None]:
    """A person who sends the same form again and again."""
    token = found_token(visitor.get("/account").data.decode(), "/account")
    fields = {"csrf_token": token, "zone": "Europe/Samara"}

    def person() -> None:
        while not load.over.is_set():
            load.ask("POST /account/zone", lambda: visitor.ask("POST", "/account/zone", fields=fields), 302)
            time.sleep(_PAUSE)

    return person


def program_before(folder: Path) -> str | None:
    """The program of before the newest migration, unpacked into the folder, and its commit; None without history.

    A commit whose tables are not what its models say was none that a site ran; the one of before an earlier migration is taken then.
    """
    for migration in sorted(VERSIONS.glob("[0-9]*.py"), reverse=True)[:MIGRATIONS]:
        commit = _git(
            "rev-parse", "--short", f"{_git('log', '--diff-filter=A', '--format=%H', '-1', '--', migration)}^"
        )
        place = folder / commit
        with tarfile.open(fileobj=io.BytesIO(_git_bytes("archive", commit))) as archive:
            archive.extractall(place, filter="data")
        if _is_whole(place):
            return commit
    return None


def _git(*words: str | Path) -> str:
    return _git_bytes(*words).decode().strip()


def _git_bytes(*words: str | Path) -> bytes:
    command = ["git", "-C", str(ROOT), *map(str, words)]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def _is_whole(place: Path) -> bool:
    environment = {**os.environ, "PYTHONPATH": str(place), "MATCHMAKER_DATA": str(place / "instance")}
    command = [sys.executable, "-m", "matchmaker", "db", "check"]
    done = subprocess.run(command, check=False, cwd=place, env=environment, capture_output=True, timeout=120)
    return done.returncode == 0


def step(words: str) -> None:
    print(f"{time.strftime('%X')}  {words}", flush=True)


def renewed(site: LiveSite, before: Path | None) -> Load:
    """The load that went through a whole renewal."""
    first = before or ROOT
    site.run_code(first)
    site.command("demo", "--no-serve", code=first)
    site.start()
    load = Load()
    people = [site.visitor().sign_in(_BUYER, PASSWORD) for _ in range(READERS + WRITERS)]
    readers = [reading(load, visitor) for visitor in people[:READERS]]
    if before is not None:
        with load.running(*readers):
            step("the tables move on while the program of before reads")
            site.command("db", "upgrade")
            site.run_code(ROOT)
            step("the worker is replaced by the present program")
            site.worker.stop()
            site.worker.start()
            for number in range(len(site.webs)):
                step(f"web process {number + 1} is replaced by the present program")
                site.renew(number)
    with load.running(*readers, *(writing(load, visitor) for visitor in people[READERS:])):
        for number in range(len(site.webs)):
            step(f"web process {number + 1} is restarted while people write")
            site.renew(number)
    return load


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check-deploy", description=__doc__)
    parser.add_argument("--all", action="store_true", help="begin with the program of before")
    whole = parser.parse_args().all
    began = time.monotonic()
    binaries = postgresql.binaries()
    if binaries is None:
        print(postgresql.HINT)
        return 2
    cluster = postgresql.Cluster(binaries)
    try:
        with postgresql.empty_database(cluster.url) as address, tempfile.TemporaryDirectory() as folder:
            try:
                commit = program_before(Path(folder)) if whole else None
            except (subprocess.CalledProcessError, FileNotFoundError):
                commit = None
            if not whole:
                print("The present program alone; --all begins with that of before.")
            elif commit is None:
                print("No program of before is in the history here: the present one stands in for it.")
            else:
                print(f"The program of before is that of commit {commit}; the tables move on to {HEAD}.")
            with live_site({"MATCHMAKER_DATABASE_URL": address}) as site:
                load = renewed(site, Path(folder) / commit if commit else None)
    finally:
        cluster.stop()
    for problem in load.failed[:20]:
        print(problem)
    for kind, count in sorted(load.asked.items()):
        print(f"  {kind}: {count}")
    print(
        f"requests {load.asked.total()}, failed {len(load.failed)}, longest {load.longest[0]:.1f} s "
        f"({load.longest[1]}), in {time.monotonic() - began:.0f} s"
    )
    return 1 if load.failed else 0


if __name__ == "__main__":
    sys.exit(main())
