"""Measures of a ranking against graded judgements; a supplier without a judgement has grade 0."""

from collections.abc import Mapping, Sequence
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
