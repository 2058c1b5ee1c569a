"""The figures of a crowd: by role and kind of page, each beside the bare page of the same run."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.load.requests_made import Request


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds of some requests."""

    p50: float
    p95: float
    p99: float
    worst: float

    @classmethod
    def of(cls, times: Sequence[float]) -> "Spread":
        ordered = sorted(times) or [0.0]
        last = len(ordered) - 1
        return cls(*(ordered[round(share * last)] for share in (0.5, 0.95, 0.99)), ordered[last])


def table(
    made: Sequence[Request], bare: Sequence[Request], served: Mapping[str, Mapping[str, float]]
) -> list[str]:
    """Lines: the bare page, all pages together, each role, each kind of page, the slowest first.

    `served` is the site's own word: "in site" the 95th percentile without the wait for a thread, and statements.
    """
    against = Spread.of([one.ms for one in bare])
    head = f"{'':46}{'number':>7}{'errors':>7}{'p50':>8}{'p95':>8}{'p99':>8}{'worst':>8}"
    lines = [f"  {head}{'p50/bare':>9}{'p95/bare':>9}{'in site':>8}{'stmts':>6}{'most':>5}"]

    def line(title: str, some: Sequence[Request]) -> str:
        told = Spread.of([one.ms for one in some])
        known = [served[one.number] for one in some if one.number in served]
        inside = Spread.of([one["ms"] for one in known]).p95
        asked = sorted(one["statements"] for one in known) or [0]
        wrong = sum(bool(one.error) for one in some)
        return (
            f"  {title:46}{len(some):>7}{wrong:>7}{told.p50:>8.1f}{told.p95:>8.1f}{told.p99:>8.1f}{told.worst:>8.1f}"
            f"{told.p50 / (against.p50 or 1):>9.1f}{told.p95 / (against.p95 or 1):>9.1f}"
            f"{inside:>8.1f}{asked[len(asked) // 2]:>6.0f}{asked[-1]:>5.0f}"
        )

    lines.append(line("the bare page", bare))
    lines.append(line("all pages", made))
    roles = sorted({one.role for one in made})
    lines += [line(role, [one for one in made if one.role == role]) for role in roles]
    kinds: dict[tuple[str, str], list[Request]] = {}
    for one in made:
        kinds.setdefault((one.role, one.kind), []).append(one)
    for (role, kind), some in sorted(
        kinds.items(), key=lambda item: -Spread.of([one.ms for one in item[1]]).p95
    ):
        lines.append(line(f"  {role}: {kind}", some))
    return lines


def errors(made: Sequence[Request]) -> list[str]:
    told = Counter(f"{one.role}: {one.kind}: {one.error}" for one in made if one.error)
    return [f"  {number} × {words}" for words, number in told.most_common(20)]
