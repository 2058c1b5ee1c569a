"""The codes that candidates declared, read from the columns for the few candidates that are explained."""

from dataclasses import dataclass

import numpy as np

from matchmaker.domain.requirements import Requirements
from search.columns import Codes, Columns, Grouped
from search.ranking.evidence import Ints


@dataclass(frozen=True, slots=True)
class Declared:
    """The codes that candidates declared; see evidence.Offers."""

    columns: Columns
    requirements: Requirements
    rows: Ints

    def process(self, row: int, position: int) -> str | None:
        wanted = self.requirements.processes[position]
        return _best_code(
            self.columns.process, self.columns.members["processes"], int(self.rows[row]), wanted
        )

    def materials(self, row: int) -> tuple[str, ...]:
        document = self.columns.document(int(self.rows[row]))
        wanted = self.requirements.materials
        tree = self.columns.material.tree
        fits = {
            code: max(tree.fit(asked, code) if asked in tree else 0.0 for asked in wanted)
            for code in document.materials
            if code in tree
        }
        best = max(fits.values(), default=0.0)
        return tuple(code for code, fit in fits.items() if fit == best and fit > 0)

    def members(self, name: str, row: int) -> tuple[str, ...]:
        document = self.columns.document(int(self.rows[row]))
        if name == "region":
            return tuple(code for code in (document.region, document.country) if code)
        return document.languages if name == "languages" else document.sectors


def _best_code(codes: Codes, group: Grouped, row: int, wanted: str) -> str | None:
    offered = group.of(row)
    if not len(offered):
        return None
    fits = codes.fits(wanted)[offered]
    best = int(np.argmax(fits))
    return codes.codes[offered[best]] if fits[best] > 0 else None
