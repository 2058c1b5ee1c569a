"""The training of a ranker from decisions, its measures on unseen needs, and its model card."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from matchmaker.domain.errors import ModelRefused
from search.ranking import dataset, features
from search.ranking.artifact import RankerModel
from search.ranking.dataset import GOOD, Dataset
from search.ranking.evidence import Floats, Ints
from search.ranking.linear import LinearRanker
from search.ranking.pairwise import NonNegativeLogistic

FOLDS = 5
# Fewer needs than this are weaker evidence than the prior's reasons.
FEWEST_NEEDS = 15
# The penalties that hold the coefficients at the prior; one is chosen on unseen needs.
PENALTIES = (0.03, 0.1, 1.0, 10.0, 100.0)
DEPTH = 10
SEED = 20_261_123
RESAMPLES = 2_000
# The share of resampled sets of needs on which the new ranker must be better.
CONFIDENCE = 0.9


def is_better(metrics: Mapping[str, Any]) -> bool:
    """Whether a model's own measures show that it beats the ranker it was compared with."""
    higher: bool = metrics["unseen_ndcg10"] > metrics["present_ndcg10"]
    return higher and metrics["wins_of_resamples"] >= CONFIDENCE


@dataclass(frozen=True, slots=True)
class RankerComparison:
    """nDCG@10 over unseen needs of a candidate and of the ranker that it must beat; `surer` is the share of resamples that
    it wins.
    """

    candidate: float
    present: float
    surer: float
    needs: int

    @property
    def better(self) -> bool:
        return is_better(
            {
                "unseen_ndcg10": self.candidate,
                "present_ndcg10": self.present,
                "wins_of_resamples": self.surer,
            }
        )


@dataclass(frozen=True, slots=True)
class TrainedRanker:
    """A model with its comparison on unseen decisions."""

    model: RankerModel
    comparison: RankerComparison


def ndcg(scores: Floats, grades: Ints, depth: int = DEPTH) -> float:
    """The gain 2^grade − 1 discounted by the logarithm of the rank, over the best possible order."""
    discounts = 1.0 / np.log2(np.arange(2, min(depth, len(grades)) + 2))
    gains = 2.0**grades - 1.0
    best = np.sort(gains)[::-1][: len(discounts)] @ discounts
    return (
        float(gains[np.argsort(-scores, kind="stable")][: len(discounts)] @ discounts / best) if best else 0.0
    )


def by_need(scores: Floats, data: Dataset) -> Floats:
    """The NDCG of each need, in the order of its number."""
    groups = [np.flatnonzero(data.needs == need) for need in np.unique(data.needs)]
    return np.array([ndcg(scores[rows], data.grades[rows]) for rows in groups])


def logits(data: Dataset, ranker: LinearRanker) -> Floats:
    """The logit of every example under a ranker."""
    found: Floats = ranker.intercept + _centred(data) @ ranker.vector()
    return found


def _fit(data: Dataset, prior: Floats, penalty: float) -> Floats:
    pairs = dataset.pairs(data)
    model = NonNegativeLogistic(penalty, prior)
    # Every pair is given both ways round, so that there are two classes.
    rows = np.concatenate([pairs.differences, -pairs.differences])
    better = np.repeat([1, 0], len(pairs.differences))
    found: Floats = model.fit(rows, better, np.tile(pairs.weights / 2, 2)).coef_
    return found


def _part(data: Dataset, rows: Ints) -> Dataset:
    return Dataset(
        data.values[rows], data.grades[rows], data.needs[rows], data.ranks[rows], data.decided, data.digest
    )


def _unseen(data: Dataset, fit: Callable[[Dataset], Floats]) -> Floats:
    """Logits of every example from coefficients learned without its need."""
    centred = _centred(data)
    unseen_logits = np.zeros(len(data))
    folds = GroupKFold(min(FOLDS, len(np.unique(data.needs))), shuffle=True, random_state=SEED)
    for seen, unseen in folds.split(centred, groups=data.needs):
        unseen_logits[unseen] = centred[unseen] @ fit(_part(data, seen))
    return unseen_logits


def _centred(data: Dataset) -> Floats:
    return np.nan_to_num(data.values - features.neutrals(), nan=0.0)


def _nested(prior: Floats) -> Callable[[Dataset], Floats]:
    """The logits with the penalty that does best on needs left out of the fitted part."""

    def fit(part: Dataset) -> Floats:
        return _fit(part, prior, _best_penalty(part, prior))

    return fit


def _best_penalty(data: Dataset, prior: Floats) -> float:
    if len(np.unique(data.needs)) < 2:
        return PENALTIES[-1]
    # The strongest of equals: without evidence stay at the prior.
    return max(
        reversed(PENALTIES),
        key=lambda penalty: by_need(_unseen(data, lambda part: _fit(part, prior, penalty)), data).mean(),
    )


def _calibrated(unseen: Floats, data: Dataset, ranker: LinearRanker) -> tuple[float, float]:
    """The slope and intercept that turn an unseen logit into the logit of "the operator says yes"."""
    known = data.grades != dataset.UNDECIDED
    good = data.grades[known] >= GOOD
    if good.all() or not good.any():
        return 1.0, ranker.intercept
    fitted = LogisticRegression(C=10.0).fit(unseen[known, None], good)
    return max(float(fitted.coef_[0, 0]), 0.05), float(fitted.intercept_[0])


def compare(candidate: Floats, present: Floats, data: Dataset) -> RankerComparison:
    """The comparison of two rankers, paired over needs and resampled with a fixed seed."""
    ours, theirs = by_need(candidate, data), by_need(present, data)
    draws = np.random.default_rng(SEED).integers(0, len(ours), (RESAMPLES, len(ours)))
    surer = float(((ours - theirs)[draws].mean(axis=1) > 0).mean())
    return RankerComparison(float(ours.mean()), float(theirs.mean()), surer, len(ours))


def train(data: Dataset, present: LinearRanker, prior: LinearRanker, today: date) -> TrainedRanker:
    """The ranker learned from decisions and drawn towards the prior, compared with the prior and with the present one.
    Raises ModelRefused for too few needs.

    Grouped by need throughout: the penalty is chosen within, and everything measured outside, the part
    learned from.
    """
    needs = len(np.unique(data.needs))
    if needs < FEWEST_NEEDS:
        raise ModelRefused(reason=f"{needs} needs with decisions to compare, {FEWEST_NEEDS} are needed")
    start = prior.vector()
    unseen = _unseen(data, _nested(start))
    # The harder of both: a ranker that has aged may be worse than the prior.
    comparison = min(
        (compare(unseen, logits(data, one), data) for one in (present, prior)), key=lambda one: one.surer
    )
    slope, intercept = _calibrated(unseen, data, prior)
    penalty = _best_penalty(data, start)
    coefficients = slope * _fit(data, start, penalty)
    model = RankerModel(
        name=f"learned-{today:%Y%m%d}-{data.digest[:8]}",
        created=today.isoformat(),
        coefficients=dict(zip(features.FEATURES, map(float, coefficients), strict=True)),
        intercept=intercept,
        data={
            "sha256": data.digest,
            "examples": len(data),
            "decided": data.decided,
            "needs": needs,
            "dropped": data.dropped,
        },
        metrics={
            "unseen_ndcg10": comparison.candidate,
            "present": present.name,
            "present_ndcg10": comparison.present,
            "wins_of_resamples": comparison.surer,
            "penalty": penalty,
            "folds": FOLDS,
            "seed": SEED,
            "brier": _brier(slope * unseen + intercept, data),
        },
    )
    return TrainedRanker(model, comparison)


def _brier(scores: Floats, data: Dataset) -> float:
    """The mean squared error of the score as the chance of a yes, over decided examples; smaller is better."""
    known = data.grades != dataset.UNDECIDED
    if not known.any():
        return float("nan")
    chance = 1.0 / (1.0 + np.exp(-scores[known]))
    return float(np.mean((chance - (data.grades[known] >= GOOD)) ** 2))


def card(model: RankerModel) -> str:
    """The model card, in Markdown: the model's kind, its data, its quality, and the weight of each feature."""
    strongest = sorted(model.coefficients.items(), key=lambda item: (-item[1], item[0]))
    lines: Sequence[str] = (
        f"# {model.name}",
        f"Linear ranker, learned {model.created} pairwise from decisions and drawn towards the stated prior.",
        "No coefficient is below zero: no supplier loses by being closer, better certified or better fitting.",
        "",
        "## Data",
        *(f"- {name}: {value}" for name, value in model.data.items()),
        "",
        "## Measured on needs it had not seen",
        *(f"- {name}: {value}" for name, value in model.metrics.items()),
        "",
        "## Features, logits from worst to best value",
        *(f"- {name}: {weight:.3f}. {features.FEATURES[name].text}" for name, weight in strongest),
    )
    return "\n".join(lines) + "\n"
