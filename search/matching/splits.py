"""Splits of a volume that no supplier takes alone: the fewest suppliers whose declared lots and free hours take it
together, then the best scores and the least transport. Solved exactly as a mixed-integer program.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from search.matching.integer_programs import least
from search.matching.team_routes import TRANSPORT_SCALE, Location, kilometres

# Suppliers that the program looks at: those that take most, and those that fit best.
LARGEST, BEST = 10, 10


@dataclass(frozen=True, slots=True)
class SplitCandidate:
    """A supplier that could take a share of the volume: between `least` and `most` units, or none; `score` 0 to 1."""

    key: str
    score: float
    least: int
    most: int
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A supplier's share in units, out of the most that it could take; `score` 0 to 1."""

    key: str
    amount: int
    most: int
    score: float


@dataclass(frozen=True, slots=True)
class Split:
    """Shares, largest first, that add up to the volume. `score`, 0 to 1, is the mean over units; `kilometres` the ways
    to the buyer.
    """

    shares: tuple[Share, ...]
    score: float
    kilometres: float


def splits(
    able: Sequence[SplitCandidate], volume: int, *, destination: Location | None = None, count: int = 3
) -> tuple[Split, ...]:
    """Up to `count` splits of `volume` units, best first; none where all together do not take it. No split holds the
    suppliers of one before it.
    """
    able = _shortlist([one for one in able if 0 < one.least <= min(one.most, volume)])
    found: list[Split] = []
    proposed: list[frozenset[int]] = []
    while able and len(found) < count:
        amounts = _amounts(able, volume, destination, proposed)
        if amounts is None:
            break
        proposed.append(frozenset(amounts))
        found.append(_split(able, amounts, destination))
    return tuple(found)


def _shortlist(able: Sequence[SplitCandidate]) -> list[SplitCandidate]:
    largest = sorted(able, key=lambda one: (-one.most, -one.score, one.key))[:LARGEST]
    best = sorted(able, key=lambda one: (-one.score, -one.most, one.key))[:BEST]
    return sorted({*largest, *best}, key=lambda one: one.key)


def _amounts(
    able: Sequence[SplitCandidate],
    volume: int,
    destination: Location | None,
    proposed: Sequence[frozenset[int]],
) -> dict[int, int] | None:
    """The units of each supplier of the cheapest split; None where none is left."""
    number = len(able)
    ways = np.array([kilometres(one.location, destination) for one in able]) / TRANSPORT_SCALE
    scores = np.array([one.score for one in able])
    most = np.array([min(one.most, volume) for one in able], dtype=float)
    fewest = np.array([one.least for one in able], dtype=float)
    # One supplier fewer always outweighs all other savings.
    charge = 2.0 + ways.sum()
    # No fewer can take it, which spares the search for proofs of that.
    at_least = int(np.searchsorted(np.cumsum(-np.sort(-most)), volume)) + 1
    switch, amount = np.eye(number), np.eye(number)
    values = least(
        np.concatenate([charge + ways, (1.0 - scores) / volume]),
        [
            (np.concatenate([np.zeros(number), np.ones(number)])[np.newaxis], float(volume), float(volume)),
            (np.concatenate([np.ones(number), np.zeros(number)])[np.newaxis], float(at_least), np.inf),
            (np.hstack([-switch * most, amount]), -np.inf, 0.0),
            (np.hstack([-switch * fewest, amount]), 0.0, np.inf),
        ],
        integral=np.ones(2 * number, dtype=np.bool_),
        most=np.concatenate([np.ones(number), most]),
        without=proposed,
    )
    if values is None:
        return None
    return {i: round(units) for i, units in enumerate(values[number:]) if units > 0.5}


def _split(able: Sequence[SplitCandidate], amounts: dict[int, int], destination: Location | None) -> Split:
    shares = [Share(able[i].key, units, able[i].most, able[i].score) for i, units in amounts.items()]
    shares.sort(key=lambda one: (-one.amount, one.key))
    score = sum(one.amount * one.score for one in shares) / sum(amounts.values())
    return Split(tuple(shares), score, sum(kilometres(able[i].location, destination) for i in amounts))
