"""The settling of the stated prior: the weights that reason gave, moved by the judged needs of three collections.

    python -m tests.ranking --settle

Prints what the numbers of words are worth where words alone rank, how far each weight moves (`search.ranking.prior.SETTLED`), the calibration of the scores, and nDCG@10 of the stated
and of the settled weights on collections that had no part in learning them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
from sklearn.linear_model import LogisticRegression

from search.columns import words
from search.ranking import features
from search.ranking.evidence import Floats, Ints
from search.ranking.pairwise import NonNegativeLogistic
from search.ranking.prior import INTERCEPT, WEIGHTS
from tests.ranking.judged import COLLECTIONS, Collection, load
from tests.ranking.metrics import RELEVANT, Grades, ndcg
from tests.ranking.product import TOP, Bench

# Held-out needs of the first collection, and all of the fourth, have no part in settling anything.
SETTLED_ON = ("first", "second", "third")
CHECKED_ON = ("fourth", "first, held out")
# How far a weight may go from the one that reason gave, and the penalty that holds it there; chosen by the collection left out.
WITHIN, PENALTY = (0.5, 2.0), 0.03


@dataclass(frozen=True, slots=True)
class JudgedNeed:
    """The first suppliers that are answered for a need: their feature values beside neutral, their keys and grades."""

    values: Floats
    keys: tuple[str, ...]
    grades: Grades

    def best(self, weights: Floats, top: int) -> Ints:
        """The first suppliers under these weights; of equals the first by key."""
        order: Ints = np.lexsort((self.keys, -np.round(self.values @ weights, 9)))[:top]
        return order

    def own(self) -> Ints:
        return np.array([self.grades.get(key, 0) for key in self.keys], dtype=np.int64)


Parts = dict[str, list[JudgedNeed]]
Benches = list[tuple[Bench, Collection]]


def report() -> None:
    with _judged() as (parts, benches):
        _report_words(benches)
        stated = np.array([WEIGHTS[name] for name in features.FEATURES])
        settled = _learned([one for name in SETTLED_ON for one in parts[name]], stated)
        without = {
            left: _learned([one for name in SETTLED_ON if name != left for one in parts[name]], stated)
            for left in SETTLED_ON
        }
        print("nDCG@10 of needs that had no part in learning the weights: stated, settled")
        for name in (*SETTLED_ON, *CHECKED_ON):
            learned = without.get(name, settled)
            print(f"{name:20}{_ndcg(parts[name], stated):8.3f}{_ndcg(parts[name], learned):8.3f}")
        for name, moved in zip(features.FEATURES, settled / stated, strict=True):
            print(f'    "{name}": {moved:.2f},')
        slope, shift, pairs = _calibration([(one, w) for left, w in without.items() for one in parts[left]])
        print(f"slope {slope:.3f}, shift {shift - slope * INTERCEPT:.3f}, from {pairs} pairs")


def _report_words(benches: Benches) -> None:
    """nDCG@10 of the share of words alone over the needs that settle, with each number of `search.columns.words` as it is,
    halved, doubled and left out.
    """
    print("nDCG@10 by the share of words alone: as it is, half, double, nothing")
    for name in ("REPETITION", "LENGTH", "LEAD_WORTH", "HEAD_WORTH", "PAIR_WORTH"):
        print(f"{name:20}", end="")
        for times in (1.0, 0.5, 2.0, 0.0):
            with patch.object(words, name, times * getattr(words, name)):
                print(f"{fmean(chain.from_iterable(_by_words(*one) for one in benches)):8.3f}", end="")
        print()


def _by_words(bench: Bench, collection: Collection) -> Iterator[float]:
    everybody = np.arange(len(bench.columns))
    for need in collection.part(held_out=False):
        grades = collection.judgements.get(need.id, {})
        if max(grades.values(), default=0) >= RELEVANT:
            shares = bench.columns.words.agreement(bench.requirements[need.id].text, everybody)
            best = np.argsort(-shares, kind="stable")[:TOP]
            yield ndcg([bench.columns.keys[row] for row in best], grades)


@contextmanager
def _judged() -> Iterator[tuple[Parts, Benches]]:
    """The judged needs of all collections by part, and the collections that settle."""
    parts: Parts = {}
    benches: Benches = []
    with TemporaryDirectory(prefix="settle-") as folder:
        for name, path in COLLECTIONS.items():
            collection = load(path)
            bench = Bench.of(collection, Path(folder) / name)
            if name in SETTLED_ON:
                benches.append((bench, collection))
            for need in collection.needs:
                part = f"{name}, held out" if need.id in collection.held_out else name
                values, keys = bench.values(need)
                one = JudgedNeed(values, keys, collection.judgements.get(need.id, {}))
                parts.setdefault(part, []).append(one)
        yield parts, benches


def _learned(needs: Sequence[JudgedNeed], stated: Floats) -> Floats:
    differences, weights = [], []
    for need in needs:
        grades = need.own()
        better, worse = np.nonzero(grades[:, None] > grades[None, :])
        differences.append(need.values[better] - need.values[worse])
        weights.append(np.full(len(better), 1 / max(len(better), 1)))
    rows = np.concatenate(differences)
    learner = NonNegativeLogistic(PENALTY, stated, within=WITHIN)
    both, first = np.concatenate([rows, -rows]), np.repeat([1, 0], len(rows))
    found: Floats = learner.fit(both, first, np.tile(np.concatenate(weights) / 2, 2)).coef_
    return found


def _ndcg(needs: Sequence[JudgedNeed], weights: Floats) -> float:
    judged = [one for one in needs if max(one.grades.values(), default=0) >= RELEVANT]
    return fmean(ndcg([one.keys[i] for i in one.best(weights, TOP)], one.grades) for one in judged)


def _calibration(ranked: Sequence[tuple[JudgedNeed, Floats]]) -> tuple[float, float, int]:
    """The slope and shift from logits to chances over the first answers of needs."""
    shown = [(one, weights, one.best(weights, TOP)) for one, weights in ranked]
    logits = np.concatenate([one.values[best] @ weights for one, weights, best in shown])
    good = np.concatenate([one.own()[best] >= RELEVANT for one, _, best in shown])
    fitted = LogisticRegression(C=1e6).fit(logits[:, None], good)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0]), len(good)
