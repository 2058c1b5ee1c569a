"""Precision, recall and F1 of pairs, and B-cubed of the clusters that they make."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matchmaker.services.profiles.twins.twin_clusters import JoinedKeys
from tests.twins.sets import LabelledSet

HEADER = f"{'precision':>10}{'recall':>8}{'F1':>7}{'B-cubed F1':>12}{'same':>7}{'right of same':>15}"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured; `same` and `same_right` count the pairs that would be joined without asking."""

    precision: float
    recall: float
    b_cubed: float
    same: int
    same_right: int

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def row(self) -> str:
        right = f"{self.same_right / self.same:.3f}" if self.same else "–"
        return f"{self.precision:>10.3f}{self.recall:>8.3f}{self.f1:>7.3f}{self.b_cubed:>12.3f}{self.same:>7}{right:>15}"


def measured(
    found: Iterable[tuple[str, str]],
    same: Iterable[tuple[str, str]],
    labelled: LabelledSet,
    joined: Iterable[tuple[str, str]] | None = None,
) -> Measured:
    """Measure the pairs that were found, those of them that were sure, and the clusters of those that are `joined` (by default all)."""
    twins = labelled.twins()
    told = set(found)
    sure = set(same)
    together = told if joined is None else set(joined)
    if labelled.labelled is not None:
        told &= labelled.labelled.keys()
        sure &= labelled.labelled.keys()
        together &= labelled.labelled.keys()
    right = len(told & twins)
    return Measured(
        right / len(told) if told else 1.0,
        right / len(twins) if twins else 1.0,
        _b_cubed(together, twins, [entry.firm.id for entry in labelled.entries]),
        len(sure),
        len(sure & twins),
    )


def _b_cubed(told: set[tuple[str, str]], twins: set[tuple[str, str]], ids: list[str]) -> float:
    guessed, true = _clusters(told, ids), _clusters(twins, ids)
    precision = recall = 0.0
    for key in ids:
        shared = len(guessed[key] & true[key])
        precision += shared / len(guessed[key])
        recall += shared / len(true[key])
    precision, recall = precision / max(len(ids), 1), recall / max(len(ids), 1)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _clusters(pairs: set[tuple[str, str]], ids: Iterable[str]) -> Mapping[str, set[str]]:
    joined = JoinedKeys()
    for one, other in pairs:
        joined.join(one, other)
    members: dict[str, set[str]] = defaultdict(set)
    for key in ids:
        members[joined.first(key)].add(key)
    return {key: members[joined.first(key)] for key in ids}
