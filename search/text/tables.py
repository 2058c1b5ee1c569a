"""The tables in a letter: their head, and the rows with the name of the column beside each cell."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.text.lexicon import WordPattern


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell at text[start:end], with the name of its column, "" where the table has no head."""

    column: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table at text[start:end]."""

    start: int
    end: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table at text[start:end]; `head` is the span of the names of its columns, if it has them.

    The rows of a table `of_properties` are properties of one part, each with its value: their names stand before the values.
    """

    start: int
    end: int
    head: tuple[int, int] | None
    rows: tuple[Row, ...]
    of_properties: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    cells: tuple[tuple[int, int], ...]
    separator: str


_CELLS = {
    "\t": re.compile(r"[^\t]+"),
    "|": re.compile(r"[^|]+"),
    ";": re.compile(r"[^;]+"),
    " ": re.compile(r"\S+(?:[ ]\S+)*"),
}
_RULE = re.compile(r"[\s|+=:_-]{3,}$")
LEAST_CELLS = 3
MOST_ROWS = 200


def find(text: str) -> list[Table]:
    """The tables of a text: at least two rows below a head that names columns, or three rows alike without one."""
    if not any(sign in text for sign in ("\t", "|", ";", "  ")) or "\n" not in text:
        return []
    found: list[Table] = []
    run: list[_Line] = []
    for line in _lines(text):
        if line.separator and run and _joins(run[0], line):
            run.append(line)
            continue
        if line.separator == "rule" and run:
            continue
        found += _of_run(text, run)
        run = [line] if line.separator and line.separator != "rule" else []
    return found + list(_of_run(text, run))


def _lines(text: str) -> Iterator[_Line]:
    place = 0
    for line in text.split("\n"):
        start, place = place, place + len(line) + 1
        if _RULE.match(line) and line.strip():
            yield _Line(start, start + len(line), (), "rule")
            continue
        yield _Line(start, start + len(line), *_cut(line, start))


def _cut(line: str, start: int) -> tuple[tuple[tuple[int, int], ...], str]:
    """The cells of a line and their separator; "" for a line that is no row."""
    separator = (
        "\t"
        if "\t" in line
        else "|"
        if line.count("|") >= 1
        else ";"
        if line.count(";") >= LEAST_CELLS - 1
        else " "
    )
    if separator == " " and "  " not in line.strip():
        return (), ""
    pattern = _CELLS[separator] if separator != " " else re.compile(r"\S+(?: \S+)*")
    cells = tuple(
        (
            start + match.start() + len(match[0]) - len(match[0].lstrip()),
            start + match.start() + len(match[0].rstrip()),
        )
        for match in pattern.finditer(line)
    )
    least = 2 if separator in "\t|" else LEAST_CELLS
    return (cells, separator) if len(cells) >= least else ((), "")


def _joins(first: _Line, line: _Line) -> bool:
    if line.separator != first.separator:
        return False
    return abs(len(line.cells) - len(first.cells)) <= (2 if first.separator == " " else 1)


LONGEST_UNIT = 6  # characters of a cell that names the unit of a property
_PROPERTY = WordPattern("tables", r"\W{0,3}(?:@of_properties)(?!\w)")
_COLUMN = WordPattern("tables", r"\W{0,3}(?:@column)(?!\w)")


def _is_head(text: str, line: _Line) -> bool:
    named = [bool(_COLUMN.match(text[start:end])) for start, end in line.cells]
    return sum(named) >= 2 and sum(named) * 2 >= len(line.cells)


def _of_run(text: str, run: Sequence[_Line]) -> Iterator[Table]:
    """The table of lines of one form; the first may be its head, a second one below it counts the columns."""
    if len(run) < 2:
        return
    head = run[0] if _is_head(text, run[0]) else None
    body = run[1:] if head else run
    if head is None and (
        len(run) < LEAST_CELLS or len(run[0].cells) < LEAST_CELLS or run[0].separator == ";"
    ):
        return
    if head is not None and len(head.cells) == 2 and len(body) < 2:
        return
    properties = head is not None and any(_PROPERTY.match(text[slice(*cell)]) for cell in head.cells)
    rows = tuple(
        _property(text, line) if properties else _row(text, line, head)
        for line in body[:MOST_ROWS]
        if any(c.isalpha() for c in text[line.start : line.end])
    )
    if rows:
        yield Table(run[0].start, run[-1].end, (head.start, head.end) if head else None, rows, properties)


def _property(text: str, line: _Line) -> Row:
    """The row of a property: its name, with the unit beside it, stands before each value."""
    (start, end), *values = line.cells
    unit = text[slice(*values[0])].strip() if len(values) > 1 else ""
    named = text[start:end].strip()
    if unit and len(unit) <= LONGEST_UNIT and not any(letter.isdigit() for letter in unit):
        named, values = f"{named}, {unit}" if unit.strip("—–-") else named, values[1:]
    return Row(line.start, line.end, tuple(Cell(named, *value) for value in values[:1]))


def _row(text: str, line: _Line, head: _Line | None) -> Row:
    cells = []
    for index, (start, end) in enumerate(line.cells):
        column = ""
        if head is not None:
            where = _column(line, head, index)
            column = text[slice(*head.cells[where])] if where is not None else ""
        cells.append(Cell(column, start, end))
    return Row(line.start, line.end, tuple(cells))


def _column(line: _Line, head: _Line, index: int) -> int | None:
    """The place of the column of a cell: by number, or by where it stands in a table of blanks."""
    if line.separator != " " or len(line.cells) == len(head.cells):
        return index if index < len(head.cells) else None
    offset = line.cells[index][0] - line.start
    return min(range(len(head.cells)), key=lambda one: abs(head.cells[one][0] - head.start - offset))


@dataclass(frozen=True, slots=True)
class SpelledRow:
    """A row as a line of text, "Material: 40Х; Qty: 12", and where each piece of it stands in the table."""

    text: str
    pieces: tuple[tuple[int, int, int], ...]

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """The span of the table for a span of the line; that of the cell for words of its column's name."""
        for first, last, original in self.pieces:
            if first <= start and end <= last:
                return original + start - first, original + end - first
        for first, last, original in self.pieces:
            if end > first and start < last:
                return original, original + last - first
        behind = next(
            ((first, last, original) for first, last, original in self.pieces if first >= end), None
        )
        return (behind[2], behind[2] + behind[1] - behind[0]) if behind else None


_EMPTY = re.compile(r"[\s_.—–-]*$")


def spelled(text: str, row: Row) -> SpelledRow:
    """A row with the names of its columns before the cells; empty cells are left out with their columns."""
    line, pieces = "", []
    for cell in row.cells:
        words = text[cell.start : cell.end]
        if _EMPTY.match(words):
            continue
        line += f"{cell.column}: " if cell.column else ""
        pieces.append((len(line), len(line) + len(words), cell.start))
        line += f"{words}; "
    return SpelledRow(line, tuple(pieces))
