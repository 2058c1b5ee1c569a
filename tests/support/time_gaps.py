"""Whether time tells two kinds of requests apart: pairs that are sent one right after the other, in either order in turn."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TimeGap:
    """The median gap within a pair, and it as a share of the usual time of the second kind."""

    milliseconds: float
    share: float


def time_gap(pairs: int, first: Callable[[int], T], second: Callable[[int], T]) -> tuple[TimeGap, bool]:
    """The gap between two kinds of requests, and whether each pair was answered alike.

    What is compared stands beside each other in time, so that a busy machine slows both.
    """
    gaps, times, alike = [], [], True
    for number in range(pairs):
        found = {}
        for ask in (first, second) if number % 2 else (second, first):
            began = perf_counter()
            answer = ask(number)
            found[ask] = (perf_counter() - began) * 1000, answer
        gaps.append(found[first][0] - found[second][0])
        times.append(found[second][0])
        alike = alike and found[first][1] == found[second][1]
    gap = abs(median(gaps))
    return TimeGap(gap, gap / median(times)), alike
