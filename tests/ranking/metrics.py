"""Measures of a ranking against graded judgements; a supplier without a judgement has grade 0."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from statistics import fmean

Grades = Mapping[str, int]

# From this grade a supplier is a good answer: recall, MRR and success count these.
RELEVANT = 2


@dataclass(frozen=True, slots=True)
class Quality:
    ndcg10: float
    recall20: float
    mrr: float
    success1: float
    violations: int

    def row(self) -> str:
        return f"{self.ndcg10:8.3f} {self.recall20:9.3f} {self.mrr:7.3f} {self.success1:9.3f} {self.violations:10d}"


HEADER = " nDCG@10 recall@20     MRR success@1 violations"


def ndcg(ranking: Sequence[str], grades: Grades, depth: int = 10) -> float:
    """Gain 2^grade − 1, discounted by the logarithm of the rank, over the best possible."""

    def gain(values: Sequence[int]) -> float:
        return sum((2**grade - 1) / log2(rank + 2) for rank, grade in enumerate(values[:depth]))

    ideal = gain(sorted(grades.values(), reverse=True))
    return gain([grades.get(key, 0) for key in ranking]) / ideal if ideal else 0.0


def recall(ranking: Sequence[str], grades: Grades, depth: int = 20) -> float:
    """The share of good answers among the first; of as many as can fit, where there are more."""
    relevant = {key for key, grade in grades.items() if grade >= RELEVANT}
    return len(relevant.intersection(ranking[:depth])) / min(len(relevant), depth) if relevant else 0.0


def reciprocal_rank(ranking: Sequence[str], grades: Grades) -> float:
    return next((1 / rank for rank, key in enumerate(ranking, 1) if grades.get(key, 0) >= RELEVANT), 0.0)


def success(ranking: Sequence[str], grades: Grades) -> float:
    return float(bool(ranking) and grades.get(ranking[0], 0) >= RELEVANT)


@dataclass(frozen=True, slots=True)
class Reliability:
    """What scores are worth as chances: of the `answers` of each tenth the mean score and the share of good ones; the
    expected calibration error, the Brier score, and that of always saying the share of good ones.
    """

    tenths: tuple[tuple[int, float, float], ...]
    error: float
    brier: float
    brier_of_mean: float

    def lines(self) -> Iterator[str]:
        yield f"{'answers':>10}{'mean score':>12}{'good':>8}"
        yield from (f"{answers:10d}{score:12.2f}{good:8.2f}" for answers, score, good in self.tenths)
        yield (
            f"calibration error {self.error:.3f}, Brier score {self.brier:.3f}, "
            f"always saying the mean {self.brier_of_mean:.3f}"
        )


TENTHS = 10


def reliability(scores: Mapping[str, Mapping[str, float]], judgements: Mapping[str, Grades]) -> Reliability:
    """The reliability of the scores of answered suppliers, by need."""
    told = [
        (score, float(judgements.get(need, {}).get(key, 0) >= RELEVANT))
        for need, answered in scores.items()
        for key, score in answered.items()
    ]
    tenths = []
    for tenth in range(TENTHS):
        among = [one for one in told if min(int(one[0] * TENTHS), TENTHS - 1) == tenth]
        if among:
            tenths.append((len(among), fmean(one[0] for one in among), fmean(one[1] for one in among)))
    mean = fmean(good for _, good in told)
    return Reliability(
        tuple(tenths),
        sum(answers * abs(score - good) for answers, score, good in tenths) / len(told),
        fmean((score - good) ** 2 for score, good in told),
        mean * (1 - mean),
    )


def quality(
    rankings: Mapping[str, Sequence[str]],
    judgements: Mapping[str, Grades],
    violations: Mapping[str, frozenset[str]],
) -> Quality:
    """Means over the needs that have a good answer; violations are counted over all."""
    needs = [need for need in rankings if any(g >= RELEVANT for g in judgements.get(need, {}).values())]
    pairs = [(rankings[need], judgements[need]) for need in needs]
    return Quality(
        fmean(ndcg(*pair) for pair in pairs),
        fmean(recall(*pair) for pair in pairs),
        fmean(reciprocal_rank(*pair) for pair in pairs),
        fmean(success(*pair) for pair in pairs),
        sum(
            len(violations.get(need, frozenset()).intersection(ranking)) for need, ranking in rankings.items()
        ),
    )
