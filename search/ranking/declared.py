"""The codes that candidates declared, read from the columns for the few explained candidates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.requirements import Requirements
from search.columns.ragged import spread
from search.columns.store import Columns
from search.filters.evaluator import Evaluator
from search.ranking.evidence import Ints

_SIDES = ("diameter_mm", "length_mm")  # beside those of a box


@dataclass(frozen=True, slots=True)
class ColumnCodes:
    """The codes that candidates declared; see evidence.DeclaredCodes."""

    columns: Columns
    requirements: Requirements
    rows: Ints
    judged: Evaluator

    def process(self, rows: Ints, position: int) -> list[str | None]:
        codes, group = self.columns.process, self.columns.members["processes"]
        entry, owner = spread(group.first, self.rows[rows])
        offered = group.values[entry]
        fits = codes.fits(self.requirements.processes[position])[offered].tolist()
        best: list[str | None] = [None] * len(rows)
        held = [0.0] * len(rows)
        for code, row, fit in zip(offered.tolist(), owner.tolist(), fits, strict=True):
            if fit > held[row]:
                best[row], held[row] = codes.codes[code], fit
        return best

    def materials(self, rows: Ints) -> list[tuple[str, ...]]:
        codes = self.columns.material
        offered, owner = self._offered(rows)
        fits = np.max([codes.fits(asked)[offered] for asked in self.requirements.materials], axis=0)
        best: list[list[str]] = [[] for _ in rows]
        held = [0.0] * len(rows)
        for code, row, fit in zip(offered.tolist(), owner.tolist(), fits.tolist(), strict=True):
            if fit > held[row]:
                best[row], held[row] = [codes.codes[code]], fit
            elif fit == held[row] > 0:
                best[row].append(codes.codes[code])
        return [tuple(dict.fromkeys(told)) for told in best]

    def _offered(self, rows: Ints) -> tuple[NDArray[np.int32], Ints]:
        """The materials of the capabilities that count, as the score reads them; the whole profile's where
        these name none. Each with the index in `rows` of its row.
        """
        stated, whole = self.columns.capability_material, self.columns.members["materials"]
        position, own = self._counted(rows)
        entry, capability = spread(stated.first, position)
        owner = own[capability]
        silent = self.judged.by_words[rows]
        silent[owner] = False
        others = np.flatnonzero(silent)
        entry_of_silent, owner_of_silent = spread(whole.first, self.rows[rows[others]])
        offered = np.concatenate((stated.values[entry], whole.values[entry_of_silent]))
        return offered, np.concatenate((owner, others[owner_of_silent]))

    def of_catalogue(self, rows: Ints) -> list[bool]:
        columns = self.columns
        position, owner = self._counted(rows)
        implied = columns.of_catalogue[position]
        sizes = (*columns.envelope[position].T, *(columns.numbers[name][position] for name in _SIDES))
        told = ~np.logical_and.reduce([np.isnan(size) for size in sizes])
        only = np.zeros(len(rows), dtype=np.bool_)
        only[owner[implied]] = True
        only[owner[told & ~implied]] = False
        return only.tolist()

    def _counted(self, rows: Ints) -> tuple[Ints, Ints]:
        """The capabilities of some rows that count, and the index in `rows` of the row of each."""
        place = np.full(len(self.rows), -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        owner = place[self.judged.owner]
        kept = np.flatnonzero(owner >= 0)
        return self.judged.position[kept], owner[kept]

    def members(self, name: str, row: int) -> tuple[str, ...]:
        return self.columns.codes(name, int(self.rows[row]))
