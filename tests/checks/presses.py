"""`make check-presses`: every form that makes something is pressed many times at the very same moment, and two operators save
one record again and again, each over what it has read: one row, one letter, one entry, one answer; nothing lost.

`python -m tests.checks.presses [--presses N] [--rounds N] [--postgresql]`. The figure is printed last, status 1 where it is
not what is promised.
"""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.access.forms import TWICE
from tests.support import postgresql
from tests.support.form_presses import Rounds, network, pressed_alone, wrong_presses


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check-presses", description=__doc__)
    parser.add_argument("--presses", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--postgresql", action="store_true", help="on a server made for it")
    given = parser.parse_args()
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        address = None
        if given.postgresql:
            binaries = postgresql.binaries()
            if binaries is None:
                print(postgresql.HINT)
                return 2
            cluster = postgresql.Cluster(binaries)
            stack.callback(cluster.stop)
            address = stack.enter_context(postgresql.empty_database(cluster.url))
        alone = pressed_alone(folder / "alone")
        app, world = stack.enter_context(network(folder / "network", address))
        rounds = Rounds(app, world)
        rounds.run(given.rounds)
        lost = rounds.lost
        wrong = [*rounds.wrong, *wrong_presses(app, world, alone, given.presses)]
    for one in wrong:
        print(one)
    print(
        f"{len(TWICE)} forms × {given.presses} presses at once, two operators × {given.rounds} rounds ({rounds.refused} times "
        f"told that another was first): wrong {len(wrong)}, lost {lost}, {time.monotonic() - began:.0f} s"
    )
    return 1 if wrong or lost else 0


if __name__ == "__main__":
    sys.exit(main())
