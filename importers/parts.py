"""The lists of parts of buyers: a workbook, a delimited file, or cells pasted from either.

A STEP assembly is such a list, too: its parts, and how many of each. The first row names the columns in Russian or English. A column with an unknown name goes into the text of the
part, so that nothing of a row is lost; columns of one name all count, as in a route.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath

from importers import heads, merged_cells, no_records
from importers.cells import in_lines, one_line
from importers.columns import column_words
from importers.merged_cells import MergedRange
from importers.readers import assemblies, sheets, workbooks
from importers.readers.assemblies import AssemblyPart
from importers.readers.workbooks import SheetDoubt
from matchmaker.domain.errors import FileRefused, UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.sandbox import child_process, file_probe
from search.reading.cell_answers import POINT, UNKNOWN, Column, NumberSpelling, spelling_of

MOST_ROWS = 200

# Meanings of the columns of a list of needs that are no field of a part: the need's contractor, and its code.
_NOT_OF_PARTS = frozenset({"inn", "contractor", "id", "whole"})
# Meanings whose columns may stand several times, and whose lines are entries.
_OF_ENTRIES = frozenset({"processes", "materials"})


@dataclass(frozen=True, slots=True)
class PartCell:
    """One cell of a part, with its column."""

    column: Column
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """One row of a list of parts: its cells that are not empty, in their order."""

    cells: tuple[PartCell, ...]

    @property
    def text(self) -> str:
        """All cells with the names of their columns."""
        return "; ".join(f"{one.column.name}: {one.text}" for one in self.cells)

    @property
    def title(self) -> str:
        return next((one.text for name, one in self.fields() if name == "title"), self.cells[0].text)

    def fields(self) -> list[tuple[str, PartCell]]:
        """The cells with a known column, by the field of a need; the first column of a meaning counts, unless it is one
        of entries.
        """
        found: list[tuple[str, PartCell]] = []
        words, taken = column_words("needs"), set(_NOT_OF_PARTS)
        for one in self.cells:
            name = words.meaning(one.column.name)
            if name is not None and name not in taken:
                taken |= {name} - _OF_ENTRIES
                found.append((name, one))
        return found


@dataclass(frozen=True, slots=True)
class PartList:
    """The columns of a list of parts, and its rows of as many cells."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def parts(self) -> list[Part]:
        return [
            Part(
                tuple(PartCell(column, cell) for column, cell in zip(self.columns, row, strict=True) if cell)
            )
            for row in self.rows
        ]

    @property
    def text(self) -> str:
        """The list as lines of cells parted by tabs, which `pasted` reads back."""
        names = tuple(column.name for column in self.columns)
        return "\n".join("\t".join(row) for row in (names, *self.rows))


def read(name: str, content: bytes) -> PartList:
    """The rows of an uploaded file. Raises UnreadableFile."""
    usual = POINT if workbooks.is_workbook(content) else UNKNOWN
    with sheets.table(name, content, _sheet(name, content)) as found:
        return _table(name, found.walked(), usual, found.merged)


def _sheet(name: str, content: bytes) -> str:
    return workbooks.sheet_for(name, content, "needs") if workbooks.is_workbook(content) else workbooks.FIRST


# The columns of the parts of an assembly; what it does not tell is asked in the last two.
_OF_ASSEMBLY = {
    "ru": ("Деталь", "Обозначение", "Количество", "Материал", "Операция"),
    "en": ("Part", "Part number", "Quantity", "Material", "Operation"),
}


def is_assembly(name: str) -> bool:
    """Whether a file is a STEP model by its name."""
    return PurePath(name).suffix.casefold() in assemblies.SUFFIXES


def opened(name: str, path: Path, language: str = "ru") -> tuple[str, list[SheetDoubt]]:
    """The text of an uploaded file's rows, read in the child process, and what was left out; the columns of an assembly are named in
    the language. Raises UnreadableFile, FileRefused.
    """
    text, doubts = child_process.run(_opened, name, path, language)
    return text, [SheetDoubt(**one) for one in doubts]


def _opened(name: str, path: str, language: str) -> tuple[str, list[SheetDoubt]]:
    """The task of the child."""
    content = Path(path).read_bytes()
    if file_probe.kind_of(Path(path)) == "step":
        return _of_assembly(assemblies.parts(name, content, MOST_ROWS), language), []
    if is_assembly(name):
        raise FileRefused(child_process.DAMAGED)
    return read(name, content).text, sheets.doubts(name, content, _sheet(name, content))


def _of_assembly(listed: Sequence[AssemblyPart], language: str) -> str:
    """The parts of an assembly as lines of cells, with empty ones for what it does not tell."""
    columns = _OF_ASSEMBLY[language]
    rows = [(one.name, one.number, str(one.pieces)) for one in listed]
    return "\n".join("\t".join((*row, *[""] * (len(columns) - len(row)))) for row in (columns, *rows))


def pasted(text: str) -> PartList | None:
    """The rows of cells pasted from a table: lines with equal numbers of tabs; None where the text is not a table."""
    lines = [line for line in text.splitlines() if line.strip()]
    tabs = {line.count("\t") for line in lines}
    if len(lines) < 2 or len(tabs) != 1 or tabs == {0}:
        return None
    return _table("", ((at, line.split("\t")) for at, line in enumerate(lines, 1)), UNKNOWN)


def _table(
    name: str,
    rows: Iterable[tuple[int, list[str]]],
    usual: NumberSpelling,
    merged: Sequence[MergedRange] = (),
) -> PartList:
    """The rows below the head of a table."""
    read = list(islice(rows, MOST_ROWS + heads.WITHIN))
    head = heads.find(read, column_words("needs"))
    if head and merged:
        read = list(merged_cells.filled(read, merged, head.last))
    below = [row for at, row in read if head and at > head.last and not _is_of_head(row, head.names)]
    width = max((len(row) for row in below), default=0)
    names = [*(head.names if head else ()), *[""] * width][: max(width, len(head.names) if head else 0)]
    header = [cell or f"{place}" for place, cell in enumerate(names, 1)]
    found: list[list[str]] = []
    for row in below:
        cells = [_spelled(column, cell) for column, cell in zip(header, row, strict=False)]
        if any(cells):
            found.append([*cells, *[""] * (len(header) - len(cells))])
        if len(found) > MOST_ROWS:
            reason = N_("it has more than 200 rows; use the import for large files")
            raise UnreadableFile(file=name, reason=reason)
    if not found:
        raise UnreadableFile(file=name, reason=N_("there is no row below the names of the columns"))
    used = [place for place in range(len(header)) if any(row[place] for row in found)]
    columns = (Column(header[at], spelling_of(row[at] for row in found).known_from(usual)) for at in used)
    return PartList(tuple(columns), tuple(tuple(row[at] for at in used) for row in found))


def _is_of_head(row: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a row numbers the columns, or repeats their names."""
    reason = no_records.left_out(row, names)
    return reason is not None and reason.code in no_records.OF_HEAD


def _spelled(column: str, cell: str) -> str:
    """A cell on one line; in a column of entries, its lines are parted by semicolons."""
    of_entries = column_words("needs").meaning(column) in _OF_ENTRIES
    return in_lines(cell).replace("\n", "; ") if of_entries else one_line(cell)
