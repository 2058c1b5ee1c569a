"""Lists of different lengths in flat arrays: list i is `values[first[i]:first[i + 1]]`."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", np.float64, np.float32, np.int8)
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
# Runs of so many neighbouring rows are copied run by run, cheaper than entry by entry.
_LONG_RUN = 16
# Codes below this are sorted as short numbers, digit by digit, which takes a sixth of the time.
_SHORT = 1 << 16
_PART = 1 << 16  # values that are looked up at once


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
        return Grouped(offsets(counts), picked(self.values, entries(self.first, rows)))


def offsets(counts: Sequence[int] | Ints) -> Ints:
    """The offset at which each entry begins, and that at which the last one ends."""
    first = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=first[1:])
    return first


def grouped(lists: Sequence[Sequence[int]]) -> Grouped:
    first = offsets([len(items) for items in lists])
    return Grouped(first, np.fromiter(chain.from_iterable(lists), dtype=np.int32, count=int(first[-1])))


def appended(first: Grouped, second: Grouped) -> Grouped:
    """The lists of one grouping, followed by those of another."""
    return Grouped(
        np.concatenate((first.first, second.first[1:] + first.first[-1])),
        np.concatenate((first.values, second.values)),
    )


def inverse(group: Grouped, codes: int) -> Grouped:
    """The rows that have each code."""
    values = group.values.astype(np.uint16) if codes <= _SHORT else group.values
    order = np.argsort(values, kind="stable")
    owner = np.repeat(np.arange(len(group.first) - 1, dtype=np.int32), np.diff(group.first))
    return Grouped(offsets(np.bincount(group.values, minlength=codes)), owner[order])


def marked(values: NDArray[np.int32], wanted: Bools) -> Ints:
    """The places of the values that `wanted` marks, part by part, so that no array of large numbers is made of all values."""
    found = np.empty(len(values), dtype=np.bool_)
    for start in range(0, len(values), _PART):
        np.take(wanted, values[start : start + _PART], out=found[start : start + _PART], mode="clip")
    return np.flatnonzero(found)


def spread(first: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """The positions of all entries of some rows, and the index in `rows` of the row that each belongs to."""
    begins = first[rows]
    counts = first[rows + 1] - begins
    owner = np.arange(len(rows)).repeat(counts)
    ends = counts.cumsum()
    return np.arange(len(owner)) + (begins - ends + counts)[owner], owner


def runs(rows: Ints) -> list[slice]:
    """The rows as runs of neighbours: hardly any where a few were left out of all."""
    if not len(rows):
        return []
    breaks = _breaks(rows)
    begins, ends = rows[np.concatenate(([0], breaks + 1))], rows[np.concatenate((breaks, [-1]))] + 1
    return [slice(begin, end) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]


def _breaks(rows: Ints) -> Ints:
    """The indices in `rows` after which a row is left out."""
    return np.flatnonzero(rows[1:] - rows[:-1] != 1)


def entries(first: Ints, rows: Ints) -> list[slice] | Ints:
    """The places of all entries of some rows: those of each run of rows, or of each entry where runs are short."""
    if (len(_breaks(rows)) + 1) * _LONG_RUN <= len(rows):
        return [slice(int(first[run.start]), int(first[run.stop])) for run in runs(rows)]
    begins = first[rows]
    counts = first[rows + 1] - begins
    shift = begins - counts.cumsum() + counts
    places: Ints = shift.repeat(counts)
    places += np.arange(len(places))
    return places


def picked(values: NDArray[Any], places: list[slice] | Ints) -> NDArray[Any]:
    """The values at these places."""
    if not isinstance(places, list):
        return values.take(places, axis=0)
    return np.concatenate([values[part] for part in places]) if places else values[:0]


class Groups:
    """Entries that belong to `count` owners, by index and in order; reduces values of entries, along the last
    axis, to values of owners.
    """

    def __init__(self, owner: Ints, count: int) -> None:
        self.count = count
        begins = np.ones(len(owner), dtype=np.bool_)
        np.not_equal(owner[1:], owner[:-1], out=begins[1:])
        self._starts = begins.nonzero()[0]
        self._owners = owner[self._starts]
        self._alone = len(self._starts) == len(owner)
        self._all = len(self._starts) == count

    def most(self, values: NDArray[Number], empty: float) -> NDArray[Number]:
        """The largest value of each owner, NaN being less than any number; `empty` for an owner without
        entries.
        """
        found = values if self._alone else np.fmax.reduceat(values, self._starts, axis=-1)
        if self._all:
            return found
        whole = np.full((*values.shape[:-1], self.count), empty, dtype=values.dtype)
        whole[..., self._owners] = found
        return whole
