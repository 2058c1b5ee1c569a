"""Decisions as examples to learn from: frozen feature rows with a grade, and their pairs within one need."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from matchmaker.domain.lifecycle import MatchState
from search.ranking import features
from search.ranking.evidence import Floats, Ints

# The grade of a proposal, from the last decision about it. None was shown and left without a decision.
GRADES: dict[str | None, int] = {
    MatchState.CONTRACTED: 5,
    MatchState.QUOTED: 4,
    MatchState.INTERESTED: 4,
    MatchState.APPROVED: 3,
    MatchState.INVITED: 2,
    # The supplier had no wish or no time, which says little about whether it would have fitted.
    MatchState.DECLINED: 1,
    None: 1,
    MatchState.REJECTED: 0,
    MatchState.LOST: 0,
}
UNDECIDED = GRADES[None]
# From this grade the operator or the buyer said yes.
GOOD = GRADES[MatchState.APPROVED]

# A place r in the list is looked at in proportion to 1/r^0.5; nobody's chance counts as less than a tenth, so that a
# single late yes does not outweigh all others.
EXAMINATION_EXPONENT = 0.5
LEAST_PROPENSITY = 0.1


@dataclass(frozen=True, slots=True)
class Example:
    """A supplier shown for a need: its feature values at that time (None unknown), the decision and the rank."""

    need: str
    supplier: str
    values: tuple[float | None, ...]
    decision: str | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """Usable examples as arrays, one row an example; `dropped` counts the others by reason."""

    values: Floats
    grades: Ints
    needs: Ints
    ranks: Floats
    decided: int
    digest: str
    dropped: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.grades)


@dataclass(frozen=True, slots=True)
class TrainingPairs:
    """The feature differences better − worse, with a weight and the need of each."""

    differences: Floats
    weights: Floats
    needs: Ints


def build(examples: Iterable[Example]) -> Dataset:
    """The examples that can teach something: complete rows of needs in which at least two grades occur."""
    dropped: Counter[str] = Counter()
    by_need: dict[str, dict[str, Example]] = defaultdict(dict)
    for example in examples:
        if len(example.values) != len(features.FEATURES):
            dropped["other features"] += 1
        elif example.decision not in GRADES:
            dropped["unknown decision"] += 1
        elif example.supplier in by_need[example.need]:
            dropped["said twice"] += 1
        else:
            by_need[example.need][example.supplier] = example
    kept: list[Example] = []
    for _, group in sorted(by_need.items()):
        if len({GRADES[example.decision] for example in group.values()}) < 2:
            dropped["nothing to compare within the need"] += len(group)
        else:
            kept.extend(group[key] for key in sorted(group))
    return _arrays(kept, dict(dropped))


def _arrays(kept: Sequence[Example], dropped: dict[str, int]) -> Dataset:
    numbers = {need: number for number, need in enumerate(dict.fromkeys(example.need for example in kept))}
    rows = [[np.nan if value is None else value for value in example.values] for example in kept]
    return Dataset(
        np.array(rows, dtype=float).reshape(len(kept), len(features.FEATURES)),
        np.array([GRADES[example.decision] for example in kept], dtype=np.int64),
        np.array([numbers[example.need] for example in kept], dtype=np.int64),
        np.array([example.rank or np.nan for example in kept], dtype=float),
        sum(example.decision is not None for example in kept),
        hashlib.sha256(repr(kept).encode()).hexdigest(),
        dropped,
    )


def propensity(ranks: Floats) -> Floats:
    """The chance that a person looked at a place in the list; 1 where the place is unknown."""
    chance = np.where(np.isnan(ranks), 1.0, ranks) ** -EXAMINATION_EXPONENT
    return np.maximum(chance, LEAST_PROPENSITY)


def pairs(data: Dataset) -> TrainingPairs:
    """Every better-worse pair within a need, each need weighing the same.

    A supplier without a decision may be one that nobody looked at, so far down. A pair whose worse half is
    undecided is therefore weighted by the chance of a look, and a yes from far down by the inverse of its
    chance.
    """
    centred = np.nan_to_num(data.values - features.neutrals(), nan=0.0)
    chance = propensity(data.ranks)
    blocks: list[tuple[Floats, Floats, Ints]] = []
    for need in np.unique(data.needs):
        rows = np.flatnonzero(data.needs == need)
        better, worse = np.nonzero(data.grades[rows][:, None] > data.grades[rows][None, :])
        better, worse = rows[better], rows[worse]
        seen = np.where(data.grades[worse] == UNDECIDED, chance[worse], 1.0)
        weights = seen / chance[better]
        blocks.append(
            (
                centred[better] - centred[worse],
                weights / weights.sum(),
                np.full(len(better), need, dtype=np.int64),
            )
        )
    return TrainingPairs(
        np.concatenate([block[0] for block in blocks]),
        np.concatenate([block[1] for block in blocks]),
        np.concatenate([block[2] for block in blocks]),
    )
