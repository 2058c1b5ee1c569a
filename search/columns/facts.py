"""Facts of which a supplier may have any number, as flat arrays: one entry a fact, with the row of its
supplier.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.columns.ragged import Bools, Floats, Ints
from search.document import SearchDocument


@dataclass(frozen=True, slots=True)
class CertificateColumns:
    """The certificates that count on some day, flat: the row, standard and level of each, its days as ordinals, both
    included, the number of its edition, and whether it has a date.
    """

    row: Ints
    standard: Ints
    level: NDArray[np.int8]
    since: Ints
    until: Ints
    edition: Ints
    dated: Bools

    def take(self, rows: Ints, count: int) -> "CertificateColumns":
        """The certificates of some of `count` rows, which are numbered anew."""
        number = np.full(count, -1, dtype=np.int64)
        number[rows] = np.arange(len(rows))
        kept = number[self.row] >= 0
        return CertificateColumns(
            number[self.row[kept]], *(getattr(self, name)[kept] for name in _OF_CERTIFICATES)
        )

    def appended(self, others: "CertificateColumns", count: int) -> "CertificateColumns":
        """These certificates and those of the rows that follow the first `count`."""
        return CertificateColumns(
            np.concatenate((self.row, others.row + count)),
            *(np.concatenate((getattr(self, name), getattr(others, name))) for name in _OF_CERTIFICATES),
        )


_OF_CERTIFICATES = ("standard", "level", "since", "until", "edition", "dated")


@dataclass(frozen=True, slots=True)
class PlannedHours:
    """Free machine-hours by month as planned: the row, the month (year·12 + month − 1) and its hours."""

    row: Ints
    month: Ints
    hours: Floats

    @classmethod
    def of(cls, documents: Sequence[SearchDocument]) -> "PlannedHours":
        """The planned hours that documents state."""
        found = [(row, *entry) for row, document in enumerate(documents) for entry in document.planned]
        table = np.array(found, dtype=np.float64).reshape(-1, 3)
        return cls(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2])

    def take(self, rows: Ints, count: int) -> "PlannedHours":
        """The hours of some of `count` rows, which are numbered anew."""
        number = np.full(count, -1, dtype=np.int64)
        number[rows] = np.arange(len(rows))
        kept = number[self.row] >= 0
        return PlannedHours(number[self.row[kept]], self.month[kept], self.hours[kept])

    def appended(self, others: "PlannedHours", count: int) -> "PlannedHours":
        """These hours and those of the rows that follow the first `count`."""
        return PlannedHours(
            np.concatenate((self.row, others.row + count)),
            np.concatenate((self.month, others.month)),
            np.concatenate((self.hours, others.hours)),
        )

    def in_month(self, month: int, usual: Floats) -> Floats:
        """The free hours of every row in a month: planned ones, else the row's usual ones."""
        hours = usual.copy()
        planned = self.month == month
        hours[self.row[planned]] = self.hours[planned]
        return hours


@dataclass(frozen=True, slots=True)
class CapabilityProcesses:
    """The processes of capabilities: those of supplier i are process[first[i]:first[i + 1]], with the
    capability of each.
    """

    first: Ints
    process: NDArray[np.int32]
    capability: Ints
