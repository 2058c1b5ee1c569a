"""The rows of workbooks, read in the child process for strangers' files: a small workbook may claim a billion
cells.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from importers import cells, heads, no_records
from importers.columns import ListKind, column_words
from importers.merged_cells import MergedRange
from matchmaker.domain.errors import FileRefused, Problem, UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.sandbox import child_process, file_counts

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MOST_COLUMNS = file_counts.LAST_COLUMN
MOST_DOUBTS = 2_000
MOST_MERGED = 20_000  # ranges of a sheet
FIRST, EVERY = "", "\n"  # no sheet is named so


def is_workbook(content: bytes) -> bool:
    return content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0"


def rows(name: str, content: bytes, which: str = FIRST) -> Iterator[tuple[int, list[str]]]:
    """The rows of one sheet with their numbers, from 1: see `sheet_for`. Raises UnreadableFile, naming the file by `name`."""
    yield from table(name, content, which)[0]


def table(name: str, content: bytes, which: str) -> tuple[list[tuple[int, list[str]]], list[MergedRange]]:
    """The rows of one sheet with their numbers, and its merged cells. Raises UnreadableFile."""
    found: dict[str, Any] = next(iter(_opened(name, content, which)), {"rows": [], "merged": []})
    merged = [MergedRange(*one) for one in found["merged"]]
    return [(number, row) for number, row in found["rows"]], merged


def visible(name: str, content: bytes) -> list[str]:
    """The names of the sheets that a person sees, of all where none is seen. Raises UnreadableFile."""
    return list(_run(name, content, _visible_names))


def sheet_for(name: str, content: bytes, words: ListKind) -> str:
    """The first visible sheet whose head names what a kind of list is about, else the one with the most known columns.

    Raises UnreadableFile.
    """
    return str(_run(name, content, _sheet_for, words))


def beginnings(name: str, content: bytes) -> dict[str, list[tuple[int, list[str]]]]:
    """The first rows of each visible sheet, where its head stands, with their numbers. Raises UnreadableFile."""
    found: dict[str, list[tuple[int, list[str]]]] = _run(name, content, _beginnings)
    return {sheet: [(at, row) for at, row in rows] for sheet, rows in found.items()}


def _run(name: str, content: bytes, task: Callable[..., Any], *arguments: str) -> Any:
    try:
        return child_process.run(task, *arguments, content=content)
    except FileRefused as error:
        raise UnreadableFile(error.template, **{**error.params, "file": name}) from error


_UNCOMPUTED = N_(
    "This cell holds a formula without a value, which reads as empty: open the file in its program and save it, or type "
    "the value."
)
_HIDDEN = N_(
    "Row %(row)s of the hidden sheet “%(sheet)s” was not read: show the sheet, or send it as a file."
)
_OTHER = N_(
    "The sheet “%(sheet)s” was not read, rows: %(row)s: choose this sheet, or send it as a file of its own."
)


@dataclass(frozen=True, slots=True)
class SheetDoubt:
    """What a reading of a workbook leaves out: a cell whose formula has no value or could not be worked out (`faulty`; `place` is
    its column, after the sheet's name where several sheets are read), a row of a sheet that is hidden, with this sheet's name, or
    all rows of a further sheet that is `visible` (`row` is their number).
    """

    row: int
    place: str
    words: str
    sheet: str = ""
    visible: bool = False
    faulty: bool = False

    @property
    def problem(self) -> Problem:
        """The same for people, in the column of the cell."""
        if self.faulty:
            return Problem(self.place, "cell.fault", no_records.FAULTY, self.words)
        if not self.sheet:
            return Problem(self.place, "cell.formula", _UNCOMPUTED, self.words)
        params = {"row": self.row, "sheet": self.sheet}
        if self.visible:
            return Problem("record", "sheet.other", _OTHER, self.words, params)
        return Problem("record", "sheet.hidden", _HIDDEN, self.words, params)

    @property
    def subject(self) -> str:
        """What the problem is about: the cell with its formula, or the words of the row."""
        return self.words if self.sheet else f"{self.place}{self.row} {self.words}"


def doubts(name: str, content: bytes, which: str = FIRST) -> list[SheetDoubt]:
    """What a reading of one sheet, or of every sheet, leaves out, row by row. Raises UnreadableFile."""
    found: list[Mapping[str, Any]] = _run(name, content, _doubts, which)
    return [SheetDoubt(**one) for one in found]


def sheets(name: str, content: bytes) -> list[list[list[str]]]:
    """The rows of every sheet. Raises UnreadableFile."""
    return [[row for _, row in sheet["rows"]] for sheet in _opened(name, content, EVERY)]


def _opened(name: str, content: bytes, which: str) -> list[dict[str, Any]]:
    """The `rows` of one sheet or of every sheet, with their numbers, and what is `merged` in it."""
    found: list[dict[str, Any]] = _run(name, content, _read, which)
    return found


# The functions below run in the child.


def _read(which: str) -> list[dict[str, Any]]:
    """The rows that are not empty, of the first sheet or of every sheet of the workbook on standard input."""
    book = _book()
    return [_rows_of(book.get_sheet_by_index(number)) for number in _wanted(book, which)]


def _rows_of(sheet: "CalamineSheet") -> dict[str, Any]:
    rows = [
        (at, list(map(cells.in_lines, row[:MOST_COLUMNS])))
        for at, row in enumerate(sheet.to_python(skip_empty_area=False), 1)
        if any(row)
    ]
    merged = sheet.merged_cell_ranges or ()  # an ODS tells none
    corners = [(first[0] + 1, last[0] + 1, first[1], last[1]) for first, last in merged[:MOST_MERGED]]
    return {"rows": rows, "merged": corners}


def _wanted(book: "CalamineWorkbook", which: str) -> Sequence[int]:
    """The places of the sheets that are read: of every one, of the one with a name, else of the first visible one."""
    if which == EVERY:
        return range(len(book.sheet_names))
    return [book.sheet_names.index(which) if which in book.sheet_names else _first_visible(book)]


def _book() -> "CalamineWorkbook":
    """The workbook on standard input, looked at before it is unpacked."""
    from python_calamine import CalamineWorkbook

    content = child_process.given()
    if content[:2] == b"PK":
        file_counts.check_archive(io.BytesIO(content))
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def _visible_names() -> list[str]:
    return _seen(_book())


def _seen(book: "CalamineWorkbook") -> list[str]:
    of_tables = [sheet for sheet in book.sheets_metadata if str(sheet.typ).endswith(".WorkSheet")]
    return [one.name for one in of_tables if _is_visible(one)] or [one.name for one in of_tables]


def _beginnings() -> dict[str, list[tuple[int, list[str]]]]:
    book = _book()
    return {name: _beginning(book, name) for name in _seen(book)}


def _beginning(book: "CalamineWorkbook", name: str) -> list[tuple[int, list[str]]]:
    found = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=heads.WITHIN)
    return [(at, list(map(cells.one_line, row[:MOST_COLUMNS]))) for at, row in enumerate(found, 1)]


def _sheet_for(kind: ListKind) -> str:
    book, words = _book(), column_words(kind)
    names = _seen(book)
    best, most = names[0] if names else "", -1
    for name in names if len(names) > 1 else ():
        head = heads.find(_beginning(book, name), words)
        if head is None:
            continue
        if head.meanings >= 2 and any(words.meaning(one) in heads.NAMING for one in head.names if one):
            return name
        if head.meanings > most:
            best, most = name, head.meanings
    return best


def _first_visible(book: "CalamineWorkbook") -> int:
    """The place of the first sheet that a person sees; of the first one where all are hidden."""
    return next((at for at, sheet in enumerate(book.sheets_metadata) if _is_visible(sheet)), 0)


def _is_visible(sheet: Any) -> bool:
    return str(sheet.visible).endswith(".Visible")


def _doubts(which: str) -> list[Mapping[str, Any]]:
    from python_calamine import CalamineWorkbook

    content = child_process.given()
    if content[:2] == b"PK":
        file_counts.check_archive(io.BytesIO(content))
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    read = _wanted(book, which)
    found: list[SheetDoubt] = []
    for at in read if content[:2] == b"PK" else ():
        named = f"{book.sheet_names[at]}!" if len(read) > 1 else ""
        found += (replace(one, place=named + one.place) for one in _without_value(content, at))
    for at, sheet in enumerate(book.sheets_metadata):
        if at in read or not str(sheet.typ).endswith(".WorkSheet"):
            continue
        rows = book.get_sheet_by_index(at).to_python(skip_empty_area=False)
        left = [(number, _words(row)) for number, row in enumerate(rows, 1) if any(row)]
        if not _is_visible(sheet):
            found += (SheetDoubt(number, "", words, sheet.name) for number, words in left)
        elif left:
            found.append(SheetDoubt(len(left), "", left[0][1], sheet.name, visible=True))
    return list(map(asdict, found[:MOST_DOUBTS]))


def _words(row: Sequence[object]) -> str:
    return " · ".join(filter(None, map(cells.one_line, row)))[:80]


_CELL = re.compile(r'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b([^>]*)>')
_FAULT = re.compile(
    r'<c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>(?:(?!</c>).){0,9000}?<v>([^<]{1,20})</v>',
    re.DOTALL,
)
_NO_VALUE = re.compile(r"([^<]*)(?:</f>)?\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_SHEET = re.compile(r'<sheet\b[^>]*\br:id="([^"]+)"')
_RELATION = re.compile(r"<Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(r'\b(Id|Target)="([^"]*)"')


def _without_value(content: bytes, sheet: int) -> Iterator[SheetDoubt]:
    """The cells of a sheet of an XLSX whose formula was never computed, or in vain: they read as empty."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        try:
            ids = _SHEET.findall(packed.read("xl/workbook.xml").decode("utf-8", "replace"))
            relations = packed.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
            targets = dict(_target(one) for one in _RELATION.findall(relations))
            name = targets[ids[sheet]].lstrip("/")
            xml = packed.read(name if name.startswith("xl/") else f"xl/{name}").decode("utf-8", "replace")
        except (KeyError, IndexError):  # an ODS, or a workbook of another making
            return
    for cell in _FAULT.finditer(xml):
        yield SheetDoubt(int(cell[2]), cell[1], cell[3], faulty=True)
    for cell in _CELL.finditer(xml):
        formula = _NO_VALUE.match(xml, cell.end())
        if formula:
            yield SheetDoubt(int(cell[2]), cell[1], f"={formula[1]}"[:80])


def _target(attributes: str) -> tuple[str, str]:
    found = dict(_ATTRIBUTE.findall(attributes))
    return found.get("Id", ""), found.get("Target", "")
