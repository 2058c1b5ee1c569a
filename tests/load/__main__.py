"""`make load`: people of three roles, visitors and a program at a served site, beside a bare page under the same server.

Everything is on this machine and ends by itself. LOAD="20000 --on servers", LOAD="100000 --soak" and the like.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import linear_regression

from tests.load import centre
from tests.load.figures import errors, table
from tests.load.parts import NAMES, PARTS
from tests.load.site import Crowd, LoadedSite, loaded

PAUSE = (2.0, 6.0)  # seconds that a person looks at an answer


def show(title: str, site: LoadedSite, cast: Path, crowd: Crowd) -> int:
    """Print the figures of a crowd, with the bare page before and after it; the number of wrong answers."""
    print(f"\n{title}", flush=True)
    short = replace(crowd, warm=min(crowd.warm, 2.0), seconds=crowd.seconds / 4)
    bare = short.at(site.bare)
    start, known = site.usage(), len(site.served())
    made = crowd.at(site.site, cast)
    end, served = site.usage(), site.served()
    bare += short.at(site.bare)
    for line in table(made, bare, served):
        print(line)
    spent = {name: end[name].seconds - start[name].seconds for name in ("site", "worker")}
    each = 1000 * spent["site"] / max(len(served) - known, 1)
    print(
        f"  {len(made) / crowd.seconds:.1f} requests a second, {each:.0f} ms of processor time each; "
        f"the bare page {len(bare) / (2 * short.seconds):.1f} a second; load of the machine {os.getloadavg()[0]:.1f}"
    )
    for name, seconds in spent.items():
        held = (
            f"memory {start[name].megabytes:.0f} → {end[name].megabytes:.0f} MB, {end[name].own:.0f} its own"
        )
        print(f"  {name}: {held}, processor {seconds:.1f} s of {crowd.seconds + crowd.warm:.0f}")
    for line in errors(made):
        print(line)
    return sum(bool(one.error) for one in made)


def soak(site: LoadedSite, cast: Path, crowd: Crowd) -> int:
    """People for minutes, with the memory of the processes between; the number of wrong answers.

    The slope is that of the second half: in the first, caches fill.
    """
    minutes = crowd.seconds / 60
    print(f"\n{crowd.people} people for {minutes:g} minutes", flush=True)
    began, held = time.monotonic(), []
    with ThreadPoolExecutor(1) as beside:
        running = beside.submit(crowd.at, site.site, cast)
        while not running.done():
            held.append(((time.monotonic() - began) / 60, site.usage()))
            wait((running,), timeout=crowd.seconds / 60)
    made = running.result()
    head, _, all_pages = table(made, (), site.served())[:3]
    print(f"{head}\n{all_pages}")
    for name in ("site", "worker"):
        print(f"  {name}: {_told(minutes, [(at, usage[name].megabytes) for at, usage in held])}")
        print(f"  {name}, its own: {_told(minutes, [(at, usage[name].own) for at, usage in held])}")
    for line in errors(made):
        print(line)
    return sum(bool(one.error) for one in made)


def _told(minutes: float, held: Sequence[tuple[float, float]]) -> str:
    """Megabytes about every minute, and how many more each minute of the second half."""
    late = [one for one in held if one[0] > minutes / 2]
    slope = linear_regression([at for at, _ in late], [megabytes for _, megabytes in late]).slope
    shown = " ".join(f"{megabytes:.0f}" for _, megabytes in held[:: max(round(len(held) / minutes), 1)])
    return f"MB {shown}; in the second half {slope:+.1f} MB a minute"


def run(count: int, asked: argparse.Namespace, cache: Path) -> int:
    """The figures of one size; the number of wrong answers."""
    with tempfile.TemporaryDirectory(prefix="load-") as place, ExitStack() as stack:
        folder = Path(place)
        settings = stack.enter_context(PARTS[asked.on](count, cache, folder))
        site = stack.enter_context(loaded(folder, settings))
        print(
            f"\n{count:,} suppliers, {centre.open_needs(count):,} open needs, {NAMES[asked.on]}", flush=True
        )
        cast, usual = folder / "cast.json", Crowd(asked.people, PAUSE, asked.warm, asked.seconds, asked.seed)
        if asked.soak:
            return soak(site, cast, replace(usual, seconds=60 * asked.soak))
        looks = f"{asked.people} people who look at each answer for {PAUSE[0]:g} to {PAUSE[1]:g} s, seed {asked.seed}"
        presses = f"{asked.people} people who press without a pause"
        pressing = replace(usual, pause=(0.0, 0.0), seconds=asked.seconds / 3)
        crowds = {"looking": (looks, usual), "pressing": (presses, pressing)}
        chosen = [crowds[name] for name in crowds if asked.only in {None, name}]
        return sum(show(title, site, cast, crowd) for title, crowd in chosen)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[300], help="suppliers: 300, 20000, 100000")
    parser.add_argument("--on", choices=PARTS, default="embedded", help="the parts under the site")
    parser.add_argument("--only", choices=("looking", "pressing"), help="one of the two crowds")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60, help="how long people who think are watched")
    parser.add_argument("--warm", type=float, default=15, help="seconds before, in which people come")
    parser.add_argument("--soak", type=float, nargs="?", const=10, metavar="MINUTES", help="ten by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, help="folder in which made centres are kept between runs")
    asked = parser.parse_args()
    os.environ["PYTHONFAULTHANDLER"] = "1"  # a site that crashes says where
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d %H:%M')}")
    with tempfile.TemporaryDirectory(prefix="load-centres-") as own:
        wrong = sum(run(count, asked, asked.cache or Path(own)) for count in asked.sizes)
    print(f"wrong answers {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
