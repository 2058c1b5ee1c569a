"""Merged cells of a sheet: the words of one stand in all of its rows, a heading across the table in all of its columns."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
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


def filled(rows: Iterable[Row], merged: Iterable[MergedRange], after: int) -> Iterator[Row]:
    """The rows with the words of merged cells below the row `after`, which ends the head: in all rows of a cell that is merged
    over several, and over the columns of a row that holds this cell alone. A number stands once: it may be a sum.
    """
    beginning = defaultdict[int, list[MergedRange]](list)
    for one in merged:
        if one.top > after:
            beginning[one.top].append(one)
    open_ones: list[tuple[MergedRange, str]] = []
    for number, given in rows:
        row = list(given)
        open_ones = [
            (one, words) for one, words in open_ones if number <= min(one.bottom, one.top + MOST_ROWS)
        ]
        for one, words in open_ones:
            _put(row, one.left, one.left, words)
        for one in beginning.pop(number, ()):
            words = _at(row, one.left)
            if one.bottom > one.top and (any(map(str.isalpha, words)) or _is_number_of_a_firm(words)):
                open_ones.append((one, words))
            elif words and one.bottom == one.top and sum(map(bool, row)) == 1:
                _put(row, one.left, min(one.right, one.left + MOST_COLUMNS), words)
        yield number, row


def _is_number_of_a_firm(words: str) -> bool:
    """Whether digits are an INN or an ОГРН, as far as their number says."""
    return words.isdigit() and len(words) in {9, 10, 11, 12, 13, 15}


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _put(row: list[str], first: int, last: int, words: str) -> None:
    row.extend([""] * (last + 1 - len(row)))
    row[first : last + 1] = [cell or words for cell in row[first : last + 1]]
