"""The rows of a list that name no firm and go on about the one above: a machine a row, the name in the first row alone."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from matchmaker.domain.errors import Problem
from matchmaker.domain.language import N_

CONTINUED = "row.continued"
_SAYS = N_("This row names no firm; it was added to the firm of row %(row)s.")


@dataclass(slots=True)
class FirmAbove:
    """The last row that named a firm. `naming` are the columns that name one, `identity` those that say which one is meant, none
    where rows do not go on, and `entries` those of what a firm has several of.
    """

    naming: Sequence[int]
    identity: Sequence[int]
    entries: Sequence[int]
    _row: Sequence[str] = field(default=(), init=False)
    _number: int = field(default=0, init=False)

    def completed(self, number: int, row: list[str]) -> tuple[list[str], list[Problem]]:
        """The row with what says whose it is, and a remark where that stood in a row above."""
        if any(_at(row, place) for place in self.naming):
            self._row, self._number = row, number
            return row, []
        if not (self._row and self.identity and any(_at(row, place) for place in self.entries)):
            return row, []
        whole = [*row, *[""] * (max(self.identity) + 1 - len(row))]
        for place in self.identity:
            whole[place] = whole[place] or _at(self._row, place)
        words = next(filter(None, (_at(self._row, place) for place in self.naming)), "")
        return whole, [Problem("name", CONTINUED, _SAYS, words[:80], {"row": self._number})]


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
