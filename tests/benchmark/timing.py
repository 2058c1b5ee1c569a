"""How long work takes: all compared work in turns, need by need, so that a busy machine is busy for all of it.

What one thread does is timed by its processor time, which on an idle machine is what a clock shows: other programs then
count only for the caches they spoil. What waits for another program is timed by the clock.
"""

import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matchmaker.domain.requirements import Requirements

Work = Callable[[Requirements], object]
Clock = Callable[[], float]
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds; of each need the median of its rounds."""

    median: float
    p95: float


def timed(
    works: Mapping[str, Work],
    needs: Sequence[Requirements],
    rounds: int = ROUNDS,
    clock: Clock = time.thread_time,
) -> dict[str, Timing]:
    """A round to warm up on a tenth of the needs, then `rounds` that are measured."""
    for work in works.values():
        for need in needs[: max(len(needs) // 10, 1)]:
            work(need)
    spent: dict[str, list[float]] = {name: [] for name in works}
    for need in needs:
        for name, work in works.items():
            spent[name].append(statistics.median(_once(work, need, clock) for _ in range(rounds)))
    return {
        name: Timing(statistics.median(taken), statistics.quantiles(taken, n=20)[-1])
        for name, taken in spent.items()
    }


def _once(work: Work, need: Requirements, clock: Clock) -> float:
    started = clock()
    work(need)
    return (clock() - started) * 1000


def memory() -> int:
    """Megabytes that the process holds now."""
    held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return held * resource.getpagesize() // 1_000_000


def show(title: str, timings: Mapping[str, Timing]) -> None:
    """A table with the ratio of each median to the first one's."""
    first = next(iter(timings.values())).median
    print(f"  {title:52}{'median ms':>10}{'p95 ms':>10}{'ratio':>8}")
    for name, timing in timings.items():
        print(f"  {name:52}{timing.median:>10.2f}{timing.p95:>10.2f}{timing.median / first:>8.2f}")
