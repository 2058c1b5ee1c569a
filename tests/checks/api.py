"""`make check-api`: generated requests to the interface for programs, for every reader; none may fail or answer what the
description does not say. `CHECK="--requests 50000"` sends about so many, `CHECK="--database postgresql"` to a server of its own.
"""

import argparse
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path

from pydantic import SecretStr

from matchmaker.services.people import accounts, api_keys
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.access.world import TODAY, World
from tests.support import postgresql
from tests.support.api_requests import addresses, send

# Nobody, a contractor, an invited supplier, an operator, the network's administrator.
READERS = ("AN", "CO", "SN", "OO", "NA")
THINGS = (
    "needs",
    "threads",
    "profiles",
    "drawings",
    "agreements",
    "papers",
    "scans",
    "photos",
    "imports",
    "search",
    "webhook",
)

MOST_A_TURN = 10  # requests of a reader to an address, before another reader's


@contextmanager
def network(folder: Path, address: str) -> Iterator[World]:
    """The small network of the access tests in a database."""
    settings = Settings(data=folder / "data", database_url=SecretStr(address), limits=1_000, _env_file=None)
    application = Application(settings, clock=lambda: TODAY)
    try:
        yield World(application)
    finally:
        application.close()


def headers_of(world: World, reader: str) -> dict[str, str]:
    """The header of a program with every right of a reader."""
    if reader == "AN":
        return {}
    with world.application.sessions.begin() as session:
        user = accounts.by_email(session, world.emails[reader])
        secret = api_keys.make(session, user, "generated", write=True, days=30, special=api_keys.SPECIAL)
    return {"Authorization": f"Bearer {secret}"}


def keys_of(world: World) -> list[dict[str, str]]:
    """The values of addresses of the things that are there; what a request has ended is there again."""
    return [
        {name: str(value) for name, value in thing.values.items()}
        for group in THINGS
        for thing in world.things(group).values()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check-api", description=__doc__)
    parser.add_argument("--requests", type=int, default=500, help="about how many in all")
    parser.add_argument(
        "--database",
        default="",
        help="address of an empty database, or postgresql for a server of its own; SQLite by default",
    )
    parser.add_argument(
        "--minutes", type=float, default=600, help="the longest time; every reader has a turn"
    )
    given = parser.parse_args()
    with ExitStack() as stack:
        if given.database == "postgresql":
            found = postgresql.binaries()
            if found is None:
                parser.error(postgresql.HINT)
            cluster = postgresql.Cluster(found)
            stack.callback(cluster.stop)
            given.database = cluster.url.render_as_string(hide_password=False)
        return check(given.requests, given.minutes, given.database)


def check(requests: int, minutes: float, database: str) -> int:
    """Send the requests in turns, print what came of them; 0 where nothing was wrong."""
    warnings.simplefilter("ignore")
    statuses: Counter[int] = Counter()
    wrong, began = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        address = database or f"sqlite:///{folder}/check.sqlite3"
        with network(Path(folder), address) as world:
            known = addresses(create_app(world.application))
            readers = {reader: headers_of(world, reader) for reader in READERS}
            examples = min(MOST_A_TURN, max(1, round(requests / len(readers) / len(known))))
            for turn, (reader, headers) in enumerate(cycle(readers.items())):
                over = statuses.total() >= requests or time.monotonic() - began > 60 * minutes
                if over and turn >= len(readers):
                    break
                found = send(known, headers, keys_of(world), examples=examples, turn=turn)
                statuses += found.statuses
                wrong += len(found.disagreements)
                for one in found.disagreements[:20]:
                    print(f"{reader}: {one}", flush=True)
                told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
                print(f"{reader}: {found.sent} more requests, {statuses.total()} in all: {told}", flush=True)
    failed = sum(count for status, count in statuses.items() if status >= 500)
    seconds = time.monotonic() - began
    print(
        f"generated requests {statuses.total()} to {len(known)} addresses by {len(readers)} readers: "
        f"5xx {failed}, disagreements {wrong}, {seconds:.0f} s"
    )
    return 1 if wrong or failed else 0


if __name__ == "__main__":
    sys.exit(main())
