"""Facts of which a supplier has any number, flat: one entry a fact, with the row of the supplier that it belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.columns.ragged import Floats, Ints
from search.document import SearchDocument


@dataclass(frozen=True, slots=True)
class CertificateColumns:
    """Certificates that ever count, flat: the row, standard and level of each, and its days as ordinals, both included."""

    row: Ints
    standard: Ints
    level: NDArray[np.int8]
    since: Ints
    until: Ints

    def take(self, rows: Ints, count: int) -> "CertificateColumns":
        """Those of some of `count` rows, which are numbered anew."""
        number = np.full(count, -1, dtype=np.int64)
        number[rows] = np.arange(len(rows))
        kept = number[self.row] >= 0
        return CertificateColumns(
            number[self.row[kept]], self.standard[kept], self.level[kept], self.since[kept], self.until[kept]
        )

    def appended(self, others: "CertificateColumns", count: int) -> "CertificateColumns":
        """With those of rows that follow `count` of one's own."""
        return CertificateColumns(
            np.concatenate((self.row, others.row + count)),
            np.concatenate((self.standard, others.standard)),
            np.concatenate((self.level, others.level)),
            np.concatenate((self.since, others.since)),
            np.concatenate((self.until, others.until)),
        )


@dataclass(frozen=True, slots=True)
class PlannedHours:
    """Free machine-hours by month as planned: the row, the month (year·12 + month − 1) and its hours."""

    row: Ints
    month: Ints
    hours: Floats

    @classmethod
    def of(cls, documents: Sequence[SearchDocument]) -> "PlannedHours":
        """Those that documents state."""
        found = [(row, *entry) for row, document in enumerate(documents) for entry in document.planned]
        table = np.array(found, dtype=np.float64).reshape(-1, 3)
        return cls(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2])

    def take(self, rows: Ints, count: int) -> "PlannedHours":
        """Those of some of `count` rows, which are numbered anew."""
        number = np.full(count, -1, dtype=np.int64)
        number[rows] = np.arange(len(rows))
        kept = number[self.row] >= 0
        return PlannedHours(number[self.row[kept]], self.month[kept], self.hours[kept])

    def appended(self, others: "PlannedHours", count: int) -> "PlannedHours":
        """With those of rows that follow `count` of one's own."""
        return PlannedHours(
            np.concatenate((self.row, others.row + count)),
            np.concatenate((self.month, others.month)),
            np.concatenate((self.hours, others.hours)),
        )

    def in_month(self, month: int, usual: Floats) -> Floats:
        """Free hours of every row in a month: planned ones, or else the row's usual ones."""
        hours = usual.copy()
        planned = self.month == month
        hours[self.row[planned]] = self.hours[planned]
        return hours


@dataclass(frozen=True, slots=True)
class CapabilityProcesses:
    """Processes of capabilities: those of supplier i are process[first[i]:first[i + 1]], with the capability of each."""

    first: Ints
    process: NDArray[np.int32]
    capability: Ints
