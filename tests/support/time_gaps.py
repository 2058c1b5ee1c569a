"""Whether time tells two kinds of requests apart: pairs that are sent one right after the other, in either order in turn."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter, thread_time
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TimeGap:
    """The median gap within a pair in milliseconds by the clock and by the time of the processor, and each as a share of
    the usual time of the second kind. On a machine that is busy with others the clock tells nothing: there the processor
    decides.
    """

    clock: float
    clock_share: float
    processor: float
    processor_share: float
    is_quiet: bool

    def is_below(self, milliseconds: float, share: float = 1.0) -> bool:
        if self.is_quiet:
            return self.clock < milliseconds and self.clock_share < share
        return self.processor < milliseconds and self.processor_share < share

    def __str__(self) -> str:
        return (
            f"gap {self.clock:.2f} ms, {self.clock_share:.1%} by the clock{'' if self.is_quiet else ' (busy machine)'}, "
            f"{self.processor:.2f} ms, {self.processor_share:.1%} of the processor"
        )


def time_gap(pairs: int, first: Callable[[int], T], second: Callable[[int], T]) -> tuple[TimeGap, bool]:
    """The gap between two kinds of requests, and whether each pair was answered alike.

    What is compared stands beside each other in time, so that a busy machine slows both.
    """
    gaps: list[tuple[float, float]] = []
    usual: list[tuple[float, float]] = []
    alike = True
    for number in range(pairs):
        found = {}
        for ask in (first, second) if number % 2 else (second, first):
            began, spent = perf_counter(), thread_time()
            answer = ask(number)
            found[ask] = (perf_counter() - began) * 1000, (thread_time() - spent) * 1000, answer
        (clock, processor, one), (other_clock, other_processor, other) = found[first], found[second]
        gaps.append((clock - other_clock, processor - other_processor))
        usual.append((other_clock, other_processor))
        alike = alike and one == other
    by_clock, by_processor = (abs(median(column)) for column in zip(*gaps, strict=True))
    of_clock, of_processor = (median(column) for column in zip(*usual, strict=True))
    quiet = os.getloadavg()[0] <= (os.cpu_count() or 1)
    return TimeGap(by_clock, by_clock / of_clock, by_processor, by_processor / of_processor, quiet), alike
