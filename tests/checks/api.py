"""`make check-api`: generated requests to the interface for programs, for every reader; none may fail or answer what the
description does not say. `REQUESTS=50000` sends about so many, `DATABASE=postgresql+psycopg://…` to an empty database of one's own.
"""

import argparse
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from matchmaker.services.people import accounts, api_keys
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.access.world import TODAY, World
from tests.support.api_requests import ApiRequests, send

# Nobody, a contractor, an invited supplier, an operator, the network's administrator.
READERS = ("AN", "CO", "SN", "OO", "NA")
THINGS = ("needs", "threads", "profiles")


@contextmanager
def network(folder: Path, address: str) -> Iterator[World]:
    """The small network of the access tests in a database."""
    settings = Settings(data=folder / "data", database_url=SecretStr(address), _env_file=None)
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
            secret = api_keys.make(session, user, "generated", write=True, days=30)
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
    parser.add_argument("--database", default="", help="address of an empty database; SQLite by default")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    wrong: list[str] = []
    sent, began = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        address = given.database or f"sqlite:///{folder}/check.sqlite3"
        with network(Path(folder), address) as world:
            examples = max(1, round(given.requests / len(READERS) / 23))
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
