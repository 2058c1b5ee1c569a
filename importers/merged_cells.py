"""Merged cells of a sheet: the words of one stand in all of its rows, a heading across the table in all of its columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_ROWS, MOST_COLUMNS = 500, 200  # that one cell is taken to stand in
Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class MergedRange:
    """A merged cell: its first and last row, counted from 1, and its first and last column, from 0."""

    top: int
    bottom: int
    left: int
    right: int


def filled(rows: Sequence[Row], merged: Iterable[MergedRange], after: int) -> list[Row]:
    """The rows with the words of merged cells below the row `after`, which ends the head: in all rows of a cell that is merged
    over several, and over the columns of a row that holds this cell alone. A number stands once: it may be a sum.
    """
    found = {number: list(row) for number, row in rows}
    for one in merged:
        words = _at(found.get(one.top, ()), one.left)
        if one.top <= after or not words:
            continue
        if one.bottom > one.top and (any(map(str.isalpha, words)) or _is_number_of_a_firm(words)):
            for number in range(one.top + 1, min(one.bottom, one.top + MOST_ROWS) + 1):
                if number in found:
                    _put(found[number], one.left, one.left, words)
        elif one.bottom == one.top and sum(map(bool, found[one.top])) == 1:
            _put(found[one.top], one.left, min(one.right, one.left + MOST_COLUMNS), words)
    return list(found.items())


def _is_number_of_a_firm(words: str) -> bool:
    """Whether digits are an INN or an ОГРН, as far as their number says."""
    return words.isdigit() and len(words) in {9, 10, 11, 12, 13, 15}


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _put(row: list[str], first: int, last: int, words: str) -> None:
    row.extend([""] * (last + 1 - len(row)))
    row[first : last + 1] = [cell or words for cell in row[first : last + 1]]
