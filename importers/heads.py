"""The head of a table: the row, or two rows, that name the columns, wherever they stand; and how well a sheet answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from importers.cells import one_line
from importers.columns import ColumnWords, is_numbering

WITHIN = 30  # rows of titles and instructions that may stand above the head
LONGEST_PART = 40  # letters of the name of a sub-column
LONGEST = 80  # letters of the name of a column; a longer text is prose
NAMING = frozenset({"name", "title"})  # meanings of which one names what a list is about
Row = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class TableHead:
    """The first and the last row of a head, the same one where it is one row; the names of the columns, empty where a column
    has none; the number of different meanings that these suggest.
    """

    first: int
    last: int
    names: tuple[str, ...]
    meanings: int


def find(rows: Sequence[Row], words: ColumnWords, first: int | None = None) -> TableHead | None:
    """The head among the first rows of a table: the row `first` where a person says so; else the first that names two known
    columns, else the first with two cells. None where no row has them.
    """
    seen = [(at, list(map(one_line, row))) for at, row in rows[: max(WITHIN, first or 0)]]
    if first is not None:
        place = next((place for place, (at, _) in enumerate(seen) if at >= first), None)
        return _head(seen, place, words) if place is not None else None
    wide = [place for place, (_, row) in enumerate(seen[:WITHIN]) if sum(map(bool, row)) >= 2]
    heads = (_head(seen, place, words) for place in wide)
    known = next((head for head in heads if head.meanings >= 2), None)
    return known or (_head(seen, wide[0], words) if wide else None)


def _head(seen: Sequence[tuple[int, list[str]]], place: int, words: ColumnWords) -> TableHead:
    """The head that begins in a row, with the names of sub-columns in the row below where groups have some."""
    at, names = seen[place]
    below = seen[place + 1] if place + 1 < len(seen) else None
    last = at
    if below is not None and below[0] == at + 1 and _names_parts(names, below[1], words):
        names, last = _with_parts(names, below[1]), below[0]
    found = {words.meaning(name) for name in names if name and len(name) <= LONGEST and not _is_figure(name)}
    return TableHead(at, last, tuple(names), len(found - {None}))


def _is_figure(name: str) -> bool:
    return not any(map(str.isalpha, name))


def _names_parts(names: Sequence[str], below: Sequence[str], words: ColumnWords) -> bool:
    """Whether the row below names parts of groups: short names under each of a group's columns alone, half of them known, or
    beside a column that names a record and has no part.
    """
    parts = [cell for cell in below if cell]
    if any(len(part) > LONGEST_PART for part in parts):
        return False
    filled = {place for place, cell in enumerate(below) if cell}
    groups = set(_groups(names, max(len(names), len(below))))
    if not filled or not filled <= groups or any(_is_figure(below[place]) for place in filled):
        return False
    known = sum(words.meaning(part) is not None for part in parts)
    beside = any(
        place not in groups and words.meaning(name) in NAMING for place, name in enumerate(names) if name
    )
    if 2 * known < len(parts) and not beside:
        return False
    return groups <= filled | {place for place in groups if place >= len(below)}


def _groups(names: Sequence[str], width: int) -> list[int]:
    """The columns of names that stand over several: those with a name and blanks behind it, and the blanks."""
    found: list[int] = []
    for place in range(width):
        name = names[place] if place < len(names) else ""
        after = names[place + 1] if place + 1 < len(names) else ""
        behind = place + 1 < width and not after
        if (name and behind and not is_numbering(name)) or (not name and place):
            found.append(place)
    return found


def _with_parts(names: Sequence[str], below: Sequence[str]) -> list[str]:
    """The names of the columns, those of parts behind the names of their groups."""
    found: list[str] = []
    group = ""
    for place in range(max(len(names), len(below))):
        name = names[place] if place < len(names) else ""
        part = below[place] if place < len(below) else ""
        group = name or group
        found.append(f"{group}: {part}" if part and group else part or name)
    return found
