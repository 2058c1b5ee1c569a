"""`make check-hidden`: what may not be known is answered as what is not there, word for word and as fast.

    python -m tests.checks.hidden [pairs]

Needs, quotes, drawings, profiles and messages of others beside keys that nothing has, as a rival shop and a rival
contractor ask for them. The figure last, status 1 where one is missed.
"""

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from flask import Flask

from matchmaker.models.base import new_public_id
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.access.matrix import ROWS, Row
from tests.access.world import TODAY, Thing, World
from tests.support import routes
from tests.support.time_gaps import TimeGap, time_gap

PAIRS = 200
MOST_MILLISECONDS = 2.0
# What is asked for: page, group and name of the object, and who asks.
ASKED: Mapping[str, tuple[str, str, str, str]] = {
    "need": ("needs.show", "needs", "abroad", "CX"),
    "need to a shop": ("needs.show", "needs", "invited", "SX"),
    "quotes": ("quotes.listed", "needs", "abroad", "CX"),
    "quote's file": ("quotes.paper", "papers", "open", "CX"),
    "drawing": ("drawings.download", "drawings", "abroad", "SX"),
    "profile": ("public.supplier", "profiles", "draft", "SX"),
    "profile abroad": ("public.supplier", "profiles", "hidden-abroad", "CX"),
    "messages": ("messages.thread", "threads", "open", "SX"),
}


def gaps(world: World, app: Flask, pairs: int) -> Iterator[tuple[str, bool, TimeGap]]:
    """What is asked for, whether it is answered as what is not there, and the gap in time."""
    rows: Mapping[str, Row] = {row.endpoint: row for row in ROWS if row.method == "GET"}
    for what, (endpoint, group, name, who) in ASKED.items():
        thing, client = world.things(group)[name], world.enter(app.test_client(), who)

        def ask(thing: Thing) -> tuple[int, object]:
            answer = client.get(routes.address(app, rows[endpoint], thing))  # noqa: B023 - asked within the round
            told = answer.status_code, routes.plain(answer, thing)
            answer.close()
            return told

        assert ask(thing)[0] == 404, what
        absent = [
            Thing({key: new_public_id() for key in thing.values if key != "number"} | _numbers(thing))
            for _ in range(pairs)
        ]
        gap, alike = time_gap(pairs, lambda _: ask(thing), lambda number: ask(absent[number]))  # noqa: B023
        yield what, alike, gap


def _numbers(thing: Thing) -> dict[str, object]:
    return {key: value for key, value in thing.values.items() if key == "number"}


def main(pairs: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), limits=1000, _env_file=None)
        with closing(Application(settings, clock=lambda: TODAY)) as application:
            world = World(application)
            found = list(gaps(world, create_app(application), pairs))
    for what, alike, gap in found:
        print(f"{what}: {'alike' if alike else 'NOT ALIKE'}, {gap} ({pairs} pairs)")
    quiet = [alike and gap.is_below(MOST_MILLISECONDS) for _, alike, gap in found]
    worst = max(gap.clock if gap.is_quiet else gap.processor for _, _, gap in found)
    print(f"hidden as absent {sum(quiet)} of {len(quiet)}, largest gap {worst:.2f} ms")
    return 0 if all(quiet) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS))
