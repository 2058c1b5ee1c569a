"""The codes that candidates declared, read from the columns for the few candidates that are explained."""

from dataclasses import dataclass

from matchmaker.domain.requirements import Requirements
from search.columns import Columns, spread
from search.ranking.evidence import Ints


@dataclass(frozen=True, slots=True)
class Declared:
    """The codes that candidates declared; see evidence.Offers."""

    columns: Columns
    requirements: Requirements
    rows: Ints

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
