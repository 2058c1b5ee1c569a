"""Lists of different lengths in flat arrays: list i is `values[first[i]:first[i + 1]]`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Grouped:
    """Lists of codes, one list a row: values[first[i]:first[i + 1]] belong to row i."""

    first: Ints
    values: NDArray[np.int32]

    def of(self, row: int) -> NDArray[np.int32]:
        return self.values[self.first[row] : self.first[row + 1]]

    def take(self, rows: Ints) -> "Grouped":
        """The lists of some rows."""
        counts = self.first[rows + 1] - self.first[rows]
        return Grouped(offsets(counts), self.values[spread(self.first, rows)[0]])


def offsets(counts: Sequence[int] | Ints) -> Ints:
    """Where each of so many entries begins, and where the last one ends."""
    first = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=first[1:])
    return first


def grouped(lists: Sequence[Sequence[int]]) -> Grouped:
    first = offsets([len(items) for items in lists])
    return Grouped(
        first, np.fromiter((item for items in lists for item in items), dtype=np.int32, count=int(first[-1]))
    )


def appended(first: Grouped, second: Grouped) -> Grouped:
    """The lists of one grouping after those of another."""
    return Grouped(
        np.concatenate((first.first, second.first[1:] + first.first[-1])),
        np.concatenate((first.values, second.values)),
    )


def inverse(group: Grouped, codes: int) -> Grouped:
    """For each code the rows that have it."""
    order = np.argsort(group.values, kind="stable")
    owner = np.repeat(np.arange(len(group.first) - 1, dtype=np.int32), np.diff(group.first))
    return Grouped(np.searchsorted(group.values[order], np.arange(codes + 1)).astype(np.int64), owner[order])


def spread(first: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """For rows of a grouping: the positions of all their entries, and to which of `rows` (by index) each belongs."""
    counts = first[rows + 1] - first[rows]
    owner = np.repeat(np.arange(len(rows)), counts)
    starts = (
        np.repeat(first[rows] - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        if len(rows)
        else first[:0]
    )
    return starts + np.arange(len(owner)), owner
