"""`make check-api`: generated requests to the interface for programs, for every reader; none may fail or answer what the
description does not say. `CHECK="--requests 50000"` sends about so many, `CHECK="--database postgresql"` to a server of its own.
"""

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pydantic import SecretStr

from matchmaker.services.people import accounts, api_keys
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.web.views.api.api_description import operations
from matchmaker.wiring import Application
from tests.access.world import TODAY, World
from tests.support import postgresql
from tests.support.api_requests import ApiRequests, send

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


@contextmanager
def network(folder: Path, address: str) -> Iterator[World]:
    """The small network of the access tests in a database."""
    settings = Settings(data=folder / "data", database_url=SecretStr(address), limits=1_000, _env_file=None)
    application = Application(settings, clock=lambda: TODAY)
    try:
        yield World(application)
    finally:
        application.close()


def requests_of(world: World, reader: str, examples: int) -> ApiRequests:
    """The answers to generated requests of a reader with a key that may write."""
    headers = {}
    if reader != "AN":
        with world.application.sessions.begin() as session:
            user = accounts.by_email(session, world.emails[reader])
            secret = api_keys.make(session, user, "generated", write=True, days=30, special=api_keys.SPECIAL)
            headers = {"Authorization": f"Bearer {secret}"}
    keys = [
        {name: str(value) for name, value in thing.values.items()}
        for group in THINGS
        for thing in world.things(group).values()
    ]
    return send(create_app(world.application), headers, keys, examples=examples)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check-api", description=__doc__)
    parser.add_argument("--requests", type=int, default=500, help="about how many in all")
    parser.add_argument(
        "--database",
        default="",
        help="address of an empty database, or postgresql for a server of its own; SQLite by default",
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
        return check(given.requests, given.database)


def check(requests: int, database: str) -> int:
    """Send the requests, print what came of them; 0 where nothing was wrong."""
    warnings.simplefilter("ignore")
    wrong: list[str] = []
    sent, began = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        address = database or f"sqlite:///{folder}/check.sqlite3"
        with network(Path(folder), address) as world:
            addresses = len(list(operations(create_app(world.application))))
            examples = max(1, round(requests / len(READERS) / addresses))
            for reader in READERS:
                found = requests_of(world, reader, examples)
                sent += found.sent
                wrong += [f"{reader}: {one}" for one in found.disagreements]
                print(f"{reader}: {found.sent} requests, {dict(sorted(found.statuses.items()))}", flush=True)
    for one in wrong[:20]:
        print(one)
    seconds = time.monotonic() - began
    print(f"generated requests {sent}: disagreements {len(wrong)}, {seconds:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
