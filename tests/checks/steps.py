"""`make check-steps`: every form of the site and every change of a program, with each of its steps failing in turn: all of it
is there afterwards, or nothing.

    python -m tests.checks.steps [--all] [--only FORM …]

A step is a statement or a commit; it fails because the disk is full from then on, because the disk fails once, or because
another change was first. After each the answer is 503, nothing is half done, and the same press once more does what one press
does; or the site has helped itself and it is done. SQLite. The figure last, status 1 where it is not what is promised.
"""

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path

from tests.support.failing_steps import FAILURES, Presses, endpoints
from tests.support.form_presses import network

EACH = 12  # one of so many steps of a form is tried by the short form, another one for each form


def main() -> int:
    parser = argparse.ArgumentParser(prog="make check-steps", description=__doc__)
    parser.add_argument("--all", action="store_true", help=f"every step, in place of each {EACH}th")
    parser.add_argument("--only", nargs="+", metavar="FORM", help="quotes.own and the like")
    given = parser.parse_args()
    logging.disable()
    began, every = time.process_time(), 1 if given.all else EACH
    forms, steps, wrong, still = 0, 0, list[str](), list[str]()
    with tempfile.TemporaryDirectory() as folder, network(Path(folder)) as (app, world):
        presses = Presses(app, world)
        for number, endpoint in enumerate(given.only or endpoints()):
            found = presses.tried(endpoint, every, 1 + number % every)
            if found is None:
                still.append(endpoint)
                continue
            forms, steps = forms + 1, steps + found[0]
            for one in found[1]:
                print(one, flush=True)
            wrong += found[1]
    print(f"Change nothing as this check sends them: {', '.join(still) or 'none'}.")
    print(
        f"{forms} forms, {steps} failing steps in {len(FAILURES)} ways: wrong {len(wrong)}, "
        f"{time.process_time() - began:.0f} s of processor time"
    )
    return 1 if wrong or not steps else 0


if __name__ == "__main__":
    sys.exit(main())
