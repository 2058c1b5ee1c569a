"""The codes that candidates declared, read from the columns for the few explained candidates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.requirements import Requirements
from search.columns.ragged import spread
from search.columns.store import Columns
from search.filters.evaluator import Evaluator
from search.ranking.evidence import Ints


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
        offered, owner = self._offered
        fits = np.max([codes.fits(asked)[offered] for asked in self.requirements.materials], axis=0)
        best: dict[int, list[str]] = {}
        held: dict[int, float] = {}
        for code, row, fit in zip(offered.tolist(), owner.tolist(), fits.tolist(), strict=True):
            if fit > held.get(row, 0.0):
                best[row], held[row] = [codes.codes[code]], fit
            elif fit == held.get(row, 0.0) > 0:
                best[row].append(codes.codes[code])
        return [tuple(dict.fromkeys(best.get(row, ()))) for row in rows.tolist()]

    @property
    def _offered(self) -> tuple[NDArray[np.int32], Ints]:
        """The materials of the capabilities that count, as the score reads them; the whole profile's where
        these name none.
        """
        stated, whole = self.columns.capability_material, self.columns.members["materials"]
        entry, capability = spread(stated.first, self.judged.position)
        owner = self.judged.owner[capability]
        silent = np.setdiff1d(np.flatnonzero(self.judged.by_words), owner)
        entry_of_silent, owner_of_silent = spread(whole.first, self.rows[silent])
        offered = np.concatenate((stated.values[entry], whole.values[entry_of_silent]))
        return offered, np.concatenate((owner, silent[owner_of_silent]))

    def members(self, name: str, row: int) -> tuple[str, ...]:
        return self.columns.codes(name, int(self.rows[row]))
