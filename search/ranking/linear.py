"""The linear ranker: the logit of a score is an intercept plus one contribution a feature, so a score
explains itself.

A contribution is the coefficient times the distance of the value from the feature's neutral value; an unknown
value contributes nothing. The prior and the learned model share this form and differ only in their numbers.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from search.ranking import features
from search.ranking.evidence import Evidence, Floats


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores. `scores` 0 to 1 a candidate; `contributions` candidates × features; intercept + row sum =
    logit of the score, which orders also where scores are so near 1 that they look the same.
    """

    names: tuple[str, ...]
    values: Floats
    contributions: Floats
    intercept: float
    logits: Floats
    scores: Floats

    def value(self, name: str, row: int) -> float:
        """The value of one feature for one candidate."""
        return float(self.values[row, features.position(name)])


class Ranker(Protocol):
    """A ranker, called by the matcher for all candidates of a need at once."""

    @property
    def name(self) -> str: ...

    def score(self, evidence: Evidence) -> Scored: ...


@dataclass(frozen=True, slots=True)
class LinearRanker:
    """A linear ranker. `coefficients` by feature name, none below zero: every feature only helps. Absent
    features count nothing.
    """

    name: str
    coefficients: dict[str, float]
    intercept: float

    def vector(self) -> Floats:
        return np.array([self.coefficients.get(name, 0.0) for name in features.FEATURES])

    def score(self, evidence: Evidence) -> Scored:
        return self.score_values(features.matrix(evidence), evidence.requirements.clarity)

    def score_values(self, values: Floats, clarity: float = 1.0) -> Scored:
        """Score feature rows (candidates × features, NaN unknown) of a need whose structure is so clear."""
        contributions = (features.weighed(values, clarity) - features.neutrals()) * self.vector()
        contributions[np.isnan(contributions)] = 0.0
        logits = self.intercept + contributions.sum(axis=1)
        return Scored(
            tuple(features.FEATURES), values, contributions, self.intercept, logits, logistic(logits)
        )

    def without(self, group: str) -> "LinearRanker":
        """The same ranker without a group of features, to measure the worth of the group."""
        kept = {n: c for n, c in self.coefficients.items() if features.FEATURES[n].group != group}
        return LinearRanker(f"{self.name} without {group}", kept, self.intercept)


def logistic(logits: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0)))
