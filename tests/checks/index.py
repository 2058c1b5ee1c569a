"""Kills inside commits of the index, and damages to its folder: afterwards the index is equal to the database.

`python -m tests.checks.index [--kills N] [--all]`; Linux, SQLite and the embedded engine. Every change goes the product's own
way: saved with its outbox row, indexed by `LiveIndex.catch_up`. The figure is printed last, status 1 where it is not
what is promised.
"""

import argparse
import logging
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from matchmaker.models.database import make_sessions
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.index import drift, index_status, outbox
from matchmaker.services.index.live_index import LiveIndex
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from matchmaker.wiring import load_taxonomy
from search.engines.embedded.embedded_engine import EmbeddedEngine
from search.engines.protocol import EngineQuery
from tests.support import fakes
from tests.support.index_damages import DAMAGES, IndexFolder
from tests.support.records import supplier
from tests.support.watched_folder import WatchedFolder

SUPPLIERS = 40
LEASE = timedelta(seconds=0.2)  # in place of the product's, so that no kill costs half a minute of waiting
LONGEST = 60.0  # seconds in which the index is equal again


class Product:
    """A database, an index and the work between them, in the process that makes it."""

    def __init__(self, place: Path) -> None:
        self.sessions = make_sessions(f"sqlite:///{place / 'database.sqlite3'}")
        self.engine = EmbeddedEngine(place / "index", load_taxonomy())
        self.index = LiveIndex(
            self.sessions,
            load_taxonomy(),
            lambda: fakes.indexer(self.sessions, self.engine),
            place / "index",
        )

    def save(self, numbers: range, employees: int) -> None:
        records = [
            supplier(id=f"s-{number}", inn=None, name={"en": f"shop {number}"}, employees=employees)
            for number in numbers
        ]
        with self.sessions.begin() as session:
            centre = needs.centre_of(session, "centre")
            suppliers.save_many(
                session, records, fakes.FakeRecogniser(), RecordOrigin(centre, "file", "check")
            )

    def settle(self) -> tuple[int, int, int]:
        """Work until nothing waits; the numbers of suppliers lost, stale and there twice."""
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            self.index.catch_up()
            state = index_status.status(self.sessions, "taxonomy-1")
            if not (state.waiting or state.taken or state.dead) and self.engine.health().ready:
                break
            time.sleep(0.02)
        self.index.mend()
        found = drift.differences(self.sessions, self.engine)
        twice = self.engine.count(EngineQuery()) - len(self.engine.revisions())
        stale = sum(one.kind != "missing" for one in found)
        return len(found) - stale, stale, twice


def in_child(work: Callable[[], object]) -> int:
    """The id of a child that does the work; this process itself opens neither database nor index."""
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    except BaseException:  # noqa: BLE001  # a child ends here, whatever happens
        traceback.print_exc()
        os._exit(1)


def told(work: Callable[[], tuple[object, ...]]) -> list[str]:
    """The words that the work in a child ends with."""
    reading, writing = os.pipe()
    child = in_child(lambda: os.write(writing, "\n".join(map(str, work())).encode()))
    os.close(writing)
    with os.fdopen(reading) as stream:
        words = stream.read().splitlines()
    if os.waitpid(child, 0)[1]:
        sys.exit("the product failed, see above")
    return words


def write_on(place: Path) -> None:
    """Change suppliers and index them until killed."""
    product, employees = Product(place), 1
    while True:
        employees = employees % 900 + 1
        first = random.randrange(SUPPLIERS - 5)
        product.save(range(first, first + random.randint(1, 5)), employees)
        product.index.catch_up()


def kill_once(place: Path, chosen: random.Random) -> None:
    """Kill a process that writes, at a file's event in the index or at any moment."""
    pointer = place / "index" / "current"
    watched = WatchedFolder(pointer.parent / pointer.read_text())
    child = in_child(lambda: write_on(place))
    try:
        watched.wait(chosen.randint(1, 60), 20)
        if chosen.random() < 0.3:
            time.sleep(chosen.random() * 0.05)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        watched.close()


def fill(place: Path) -> tuple[int]:
    product = Product(place)
    product.save(range(SUPPLIERS), 1)
    product.index.catch_up()
    product.save(range(6), 2)
    product.index.catch_up()
    return (product.engine.count(EngineQuery()),)


def damage(place: Path, name: str) -> tuple[float, int, int, int]:
    """The seconds after which the index is equal again, and what is not."""
    product = Product(place)
    product.engine.search(EngineQuery(words="shop"))  # open, as that of a site is
    before = place / "before"
    shutil.copytree(place / "index", before)
    product.save(range(3), 3)
    product.index.catch_up()
    DAMAGES[name](IndexFolder(place / "index", before))
    shutil.rmtree(before)
    site = Product(place)
    begun = time.monotonic()
    site.save(range(4, 6), 4)
    differing = site.settle()
    return (time.monotonic() - begun, *differing)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--all", action="store_true", help="every damage, in place of each third")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    outbox.LEASE = LEASE
    logging.disable()
    load_taxonomy()
    chosen = random.Random(asked.seed)
    wrong = [0, 0, 0]
    with tempfile.TemporaryDirectory() as folder:
        kills, place = Path(folder) / "kills", Path(folder) / "damage"
        kills.mkdir()
        told(lambda: fill(kills))
        for number in range(asked.kills):
            kill_once(kills, chosen)
            found = [int(word) for word in told(lambda: Product(kills).settle())]
            if any(found):
                print(f"kill {number}: lost, stale, twice {found}")
            wrong = [before + after for before, after in zip(wrong, found, strict=True)]
        mended, slowest = 0, 0.0
        damages = list(DAMAGES) if asked.all else list(DAMAGES)[::3]
        for name in damages:
            place.mkdir()
            told(lambda: fill(place))
            seconds, *differing = told(lambda: damage(place, name))  # noqa: B023  # called before the next one
            shutil.rmtree(place)
            mended += differing == ["0", "0", "0"]
            slowest = max(slowest, float(seconds))
            print(f"{name}: {float(seconds):.1f} s, lost, stale, twice {', '.join(differing)}")
    lost, stale, twice = wrong
    print(
        f"kills {asked.kills}: lost {lost}, stale {stale}, duplicates {twice}; "
        f"damages {mended} of {len(damages)} mended, slowest {slowest:.1f} s"
    )
    sys.exit(any(wrong) or mended < len(damages) or slowest > LONGEST)


if __name__ == "__main__":
    main()
