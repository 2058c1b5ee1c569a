"""The speed of the search for twins beside blocked rapidfuzz, each in a process of its own: time, memory, planted twins found."""

import gc
import resource
import subprocess
import sys
import time
from collections.abc import Sequence

from matchmaker.services.profiles.twins.twin_pairs import find
from tests.twins import baseline, made

_PLAIN, _OWN = "blocked rapidfuzz", "this product"


def run(count: int) -> None:
    """Compare both at a number of firms."""
    print(f"\ntwins planted among {count:,} names{'':14}{'CPU s':>8}{'MB':>7}{'found':>8}{'pairs':>10}")
    spent = {}
    for name in (_PLAIN, _OWN):
        asked = [sys.executable, "-m", "tests.twins.speed", name, str(count)]
        told = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()
        spent[name] = float(told[0])
        print(f"  {name:42}{spent[name]:>8.2f}{told[1]:>7}{told[2]:>8}{told[3]:>10}")
    print(f"  {spent[_OWN] / spent[_PLAIN]:.1f} times the processor time of the baseline")


def _measure(name: str, count: int) -> str:
    firms, twins = made.planted(count, seed=5)
    gc.collect()
    gc.freeze()  # what was made for the measurement is walked by no collection of either
    began = time.process_time()
    plain = name == _PLAIN
    found = baseline.blocked_pairs(firms) if plain else {(one.a, one.b) for one in find(firms)}
    spent = time.process_time() - began
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{spent:.2f} {most // 1000} {len(found & twins) / len(twins):.3f} {len(found)}"


def main(arguments: Sequence[str]) -> None:
    print(_measure(arguments[0], int(arguments[1])))


if __name__ == "__main__":
    main(sys.argv[1:])
