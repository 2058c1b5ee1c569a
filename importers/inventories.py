"""The lists of shops: a workbook of any number of sheets, a delimited text, prose, or cells pasted from a
table.

Nothing is dropped: a line is a row with named cells where a row above names the columns, else the words as
written.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from importers.cells import in_lines, one_line
from importers.columns import column_words
from importers.readers import sheets, workbooks
from importers.readers.delimiters import regular_delimiter
from importers.readers.encodings import decoded
from importers.readers.workbooks import SheetDoubt
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.sandbox import child_process, file_probe
from search.reading.cell_answers import Column, NumberSpelling, spelling_of

MOST_LINES = 2_000
LONGEST_HEADING = 60  # letters of a line between two rows that is a heading, not prose
LONGEST_COLUMN = 60  # letters of the name of a column; a longer text is a remark
HEADER_WITHIN = 15  # lines of titles that may stand above the names of the columns

_EMPTY = frozenset({"", "-", "–", "—", "nan", "none", "null", "н/д", "нет данных", "n/a", "?"})
_OF_ENTRIES = frozenset({"work", "material"})  # meanings whose lines are entries
_HAS_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class InventoryLine:
    """A line of a list: `words` as written; `cells` and their `columns` by meaning where columns are named; `group` is
    the heading above.
    """

    words: str
    cells: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    columns: Mapping[str, Column] = field(default_factory=dict)


def opened(name: str, path: Path) -> tuple[list[InventoryLine], list[SheetDoubt]]:
    """Lines of an uploaded list, read in the child process, and what was left out. Raises UnreadableFile, FileRefused."""
    lines, doubts = child_process.run(_opened, name, path)
    return [_line(**one) for one in lines], [SheetDoubt(**one) for one in doubts]


def _line(
    words: str, cells: Mapping[str, str], group: str, columns: Mapping[str, dict[str, Any]]
) -> InventoryLine:
    """A line as it came from the child."""
    named = {
        meaning: Column(one["name"], NumberSpelling(**one["spelling"])) for meaning, one in columns.items()
    }
    return InventoryLine(words, cells, group, named)


def _opened(name: str, path: str) -> tuple[list[InventoryLine], list[SheetDoubt]]:
    """The task of the child."""
    content = Path(path).read_bytes()
    if content.lstrip()[:5] == b"%PDF-":
        return of_text(file_probe.words_of(Path(path))), []
    return read(name, content), sheets.doubts(name, content, workbooks.EVERY)


def read(name: str, content: bytes) -> list[InventoryLine]:
    """Lines of an uploaded list. Raises UnreadableFile."""
    if workbooks.is_workbook(content):
        found = [line for rows in workbooks.sheets(name, content) for line in _of_table(rows)]
    else:
        text = decoded(content)
        if text is None:
            raise UnreadableFile(file=name, reason=N_("it is neither a workbook, a PDF nor a text"))
        found = of_text(text)
    if not found:
        raise UnreadableFile(file=name, reason=N_("it is empty"))
    if len(found) > MOST_LINES:
        raise UnreadableFile(file=name, reason=N_("it has more than 2000 lines; send it in parts"))
    return found


def of_text(text: str) -> list[InventoryLine]:
    """Lines of a text: blocks of cells, pasted or delimited, as tables; the rest as prose."""
    found: list[InventoryLine] = []
    block: list[str] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    separator = regular_delimiter(lines)
    for number, line in enumerate([*lines, ""]):
        after = lines[number + 1] if number + 1 < len(lines) else ""
        heading = block and 0 < len(line.strip()) <= LONGEST_HEADING and separator in after
        if separator and (separator in line or heading):
            block.append(line)
            continue
        found += _block(block, separator)
        block = []
        if line.strip():
            found.append(InventoryLine(line.strip()))
    return found


def _block(block: Sequence[str], separator: str) -> Iterator[InventoryLine]:
    """Lines with nothing else between them. Commas and semicolons make a table only where a row names its
    columns.
    """
    if not block:
        return
    try:
        rows = list(csv.reader(io.StringIO("\n".join(block)), delimiter=separator))
    except csv.Error:
        rows = []
    at, header = _header(rows)
    if rows and (separator == "\t" or (header and not any(map(str.isdigit, "".join(rows[at]))))):
        yield from _of_table(rows)
    else:
        yield from (InventoryLine(line.strip()) for line in block)


def _of_table(rows: Iterable[Sequence[Any]]) -> Iterator[InventoryLine]:
    """The lines of a table. A row with one filled cell is a heading of the rows below, and a line of its own."""
    cells = [list(map(in_lines, row)) for row in rows]
    at, header = _header(cells)
    columns = _columns(cells, at, header)
    group = ""
    for number, row in enumerate(cells):
        filled = [cell for cell in row if cell.casefold() not in _EMPTY]
        if not filled or number == at:
            continue
        words = " ".join(map(one_line, filled))
        if not header or number < at:
            yield InventoryLine(words)
        elif len(filled) == 1 and _HAS_LETTERS.search(filled[0]) and len(header) > 1:
            group = words
            yield InventoryLine(words, {"heading": group})
        else:
            yield InventoryLine(words, _named(header, row), group, columns)


def _named(header: Mapping[int, str], row: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, meaning in header.items():
        cell = row[place] if place < len(row) else ""
        if cell.casefold() in _EMPTY or (meaning == "type" and not _HAS_LETTERS.search(cell)):
            continue
        entries = (cell.replace("\n", "; ") if meaning in _OF_ENTRIES else one_line(cell)).strip()
        between = "; " if meaning in _OF_ENTRIES else " "
        found[meaning] = f"{found[meaning]}{between}{entries}" if meaning in found else entries
    return found


def _columns(cells: Sequence[Sequence[str]], at: int, header: Mapping[int, str]) -> dict[str, Column]:
    """The columns by meaning, each with its name and the spelling of its numbers."""
    return {
        meaning: Column(
            one_line(cells[at][place]),
            spelling_of(row[place] for row in cells[at + 1 :] if place < len(row)),
        )
        for place, meaning in header.items()
    }


def _header(cells: Sequence[Sequence[str]]) -> tuple[int, dict[int, str]]:
    """The row that names the columns, and their meanings by place; no meanings where there is no such row."""
    words = column_words("inventories")
    best: tuple[int, dict[int, str]] = (-1, {})
    for number, row in enumerate(cells[:HEADER_WITHIN]):
        filled = [cell for cell in row if cell]
        if len(filled) < 2 or any(cell.replace(".", "").isdigit() for cell in filled):
            continue
        named = {
            place: meaning
            for place, cell in enumerate(row)
            if len(cell) <= LONGEST_COLUMN and (meaning := words.meaning(one_line(cell)))
        }
        if len(named) > len(best[1]) and len(named) * 2 >= len(filled):
            best = number, named
    at, named = best
    if not set(named.values()) - {"number", "quantity", "note"}:
        return -1, {}
    return at, {place: meaning for place, meaning in named.items() if meaning != "number"}
