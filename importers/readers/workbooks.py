"""The rows of workbooks, read in the child process for strangers' files: a small workbook may claim a billion
cells.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, Any

from importers import cells, heads, no_records
from importers.columns import ListKind, column_words
from importers.merged_cells import MergedRange
from matchmaker.domain.errors import FileRefused, Problem, UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.sandbox import child_process, file_counts
from matchmaker.sandbox.child_process import Effort

Row = tuple[int, list[str]]
if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MOST_COLUMNS = file_counts.LAST_COLUMN
MOST_DOUBTS = 2_000
MOST_MERGED = 20_000  # ranges of a sheet
FIRST, EVERY = "", "\n"  # no sheet is named so
USUAL_ROWS = 0  # of a workbook that is not a list: parts, machines
# Read from a workbook and written, columns and a slow machine counted in.
_ROWS_A_SECOND, _BYTES_A_SECOND = 10_000, 250_000
_MEMORY_PER_ROW, _WRITTEN_PER_ROW = 2_000, 2_000  # bytes


def is_workbook(content: bytes) -> bool:
    return content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class SheetTable:
    """The rows of one sheet that are not empty, with their numbers from 1, as often as they are `walked`, one walk at a time; its
    merged cells, and what its reading leaves out.
    """

    walked: Callable[[], Iterator[Row]]
    merged: Sequence[MergedRange] = ()
    doubts: Sequence["SheetDoubt"] = ()


@contextmanager
def table(name: str, content: bytes, which: str, most_rows: int = USUAL_ROWS) -> Iterator[SheetTable]:
    """One sheet, see `sheet_for`, of a list of at most so many rows. Its rows stand in a file meanwhile that goes with this process,
    so that memory does not grow with them. Raises UnreadableFile, naming the file by `name`.
    """
    with NamedTemporaryFile("r", encoding="utf-8", prefix="sheet-", delete=False) as kept:
        try:
            found = _run(name, content, _write_rows, which, kept.name, most_rows=most_rows)
        finally:
            Path(kept.name).unlink()
        merged = [MergedRange(*one) for one in found["merged"]]
        yield SheetTable(lambda: _kept_rows(kept), merged, [SheetDoubt(**one) for one in found["doubts"]])


def _kept_rows(kept: IO[str]) -> Iterator[Row]:
    kept.seek(0)
    for line in kept:
        number, row = json.loads(line)
        yield number, row


@dataclass(frozen=True, slots=True)
class BookLook:
    """The first look at a workbook: the `names` of the sheets that a person sees (of all where none is seen), the sheet that is
    read and its first `rows`, the beginnings of the `others` where they were asked for.
    """

    names: tuple[str, ...]
    chosen: str
    rows: Sequence[Row]
    others: Mapping[str, Sequence[Row]] = field(default_factory=dict)


def look(
    name: str,
    content: bytes,
    words: ListKind,
    chosen: str,
    count: int,
    others: bool,
    most_rows: int,
) -> BookLook:
    """The sheet that a person has `chosen`, else that of `sheet_for`, with so many first rows; no rows where there is no such
    sheet. Raises UnreadableFile.
    """
    asked = words, chosen, str(count), str(int(others))
    found = _run(name, content, _look, *asked, most_rows=most_rows)
    beginnings = {sheet: [(at, row) for at, row in rows] for sheet, rows in found["others"].items()}
    rows = [(at, row) for at, row in found["rows"]]
    return BookLook(tuple(found["names"]), found["chosen"], rows, beginnings)


def sheet_for(name: str, content: bytes, words: ListKind) -> str:
    """The first visible sheet whose head names what a kind of list is about, else the one with the most known columns.

    Raises UnreadableFile.
    """
    return str(_run(name, content, _sheet_for, words))


def _run(
    name: str, content: bytes, task: Callable[..., Any], *arguments: str, most_rows: int = USUAL_ROWS
) -> Any:
    try:
        effort = effort_for(most_rows, len(content))
        return child_process.run(task, *arguments, str(most_rows), content=content, effort=effort)
    except FileRefused as error:
        raise UnreadableFile(error.template, **{**error.params, "file": name}) from error


def effort_for(most_rows: int, size: int) -> Effort:
    """What the reading of a list of at most so many rows, in a file of so many bytes, may take, and a small workbook at least."""
    usual = child_process.USUAL
    return Effort(
        usual.seconds + min(most_rows // _ROWS_A_SECOND, size // _BYTES_A_SECOND),
        max(usual.memory, most_rows * _MEMORY_PER_ROW),
        max(usual.written, most_rows * _WRITTEN_PER_ROW),
    )


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
    """The rows of every sheet that are not empty. Raises UnreadableFile."""
    found: list[list[list[str]]] = _run(name, content, _sheets)
    return found


# The functions below run in the child, each with the most rows of a list behind its own arguments.


def _sheets(most_rows: str) -> list[list[list[str]]]:
    book = _book(most_rows)
    return [[row for _, row in _rows_of(book.get_sheet_by_index(number))] for number in _wanted(book, EVERY)]


def _write_rows(which: str, path: str, most_rows: str) -> dict[str, Any]:
    """The rows of a sheet go into the file `path`, one a line; what is merged in it, and what was left out, is the answer."""
    content = child_process.given()
    book = _book(most_rows, content)
    wanted = _wanted(book, which)
    sheet = book.get_sheet_by_index(wanted[0])
    with Path(path).open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows_of(sheet))
    merged = sheet.merged_cell_ranges or ()  # an ODS tells none
    corners = [(first[0] + 1, last[0] + 1, first[1], last[1]) for first, last in merged[:MOST_MERGED]]
    del sheet
    return {"merged": corners, "doubts": _doubts_of(book, content, wanted)}


def _rows_of(sheet: "CalamineSheet") -> Iterator[Row]:
    """The rows that are not empty, from the first column of the sheet on, whichever it begins with."""
    before = [""] * (sheet.start[1] if sheet.start else 0)
    for at, row in enumerate(sheet.iter_rows(), 1):
        if any(row):
            yield at, [*before, *map(cells.in_lines, row)][:MOST_COLUMNS]


def _wanted(book: "CalamineWorkbook", which: str) -> Sequence[int]:
    """The places of the sheets that are read: of every one, of the one with a name, else of the first visible one."""
    if which == EVERY:
        return range(len(book.sheet_names))
    return [book.sheet_names.index(which) if which in book.sheet_names else _first_visible(book)]


def _book(most_rows: str, content: bytes | None = None) -> "CalamineWorkbook":
    """The workbook, that on standard input by default, looked at before it is unpacked."""
    from python_calamine import CalamineWorkbook

    content = child_process.given() if content is None else content
    if content[:2] == b"PK":
        limits = file_counts.of_list(int(most_rows)) if int(most_rows) else file_counts.SMALL
        file_counts.check_archive(io.BytesIO(content), limits)
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def _look(kind: ListKind, chosen: str, count: str, others: str, most_rows: str) -> dict[str, Any]:
    book = _book(most_rows)
    names = _seen(book)
    chosen = chosen or _best(book, names, kind)
    if names and chosen not in names:
        return {"names": names, "chosen": chosen, "rows": [], "others": {}}
    sheet = book.get_sheet_by_index(_wanted(book, chosen)[0])
    rows = list(islice(_rows_of(sheet), int(count)))
    del sheet
    asked = names if others == "1" else ()
    beginnings = {name: _beginning(book, name) for name in asked if name != chosen}
    return {"names": names, "chosen": chosen, "rows": rows, "others": beginnings}


def _seen(book: "CalamineWorkbook") -> list[str]:
    of_tables = [sheet for sheet in book.sheets_metadata if str(sheet.typ).endswith(".WorkSheet")]
    return [one.name for one in of_tables if _is_visible(one)] or [one.name for one in of_tables]


def _beginning(book: "CalamineWorkbook", name: str) -> list[tuple[int, list[str]]]:
    found = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=heads.WITHIN)
    return [(at, list(map(cells.one_line, row[:MOST_COLUMNS]))) for at, row in enumerate(found, 1)]


def _sheet_for(kind: ListKind, most_rows: str) -> str:
    book = _book(most_rows)
    return _best(book, _seen(book), kind)


def _best(book: "CalamineWorkbook", names: Sequence[str], kind: ListKind) -> str:
    words = column_words(kind)
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


def _doubts(which: str, most_rows: str) -> list[Mapping[str, Any]]:
    content = child_process.given()
    book = _book(most_rows, content)
    return _doubts_of(book, content, _wanted(book, which))


def _doubts_of(book: "CalamineWorkbook", content: bytes, read: Sequence[int]) -> list[Mapping[str, Any]]:
    found: list[SheetDoubt] = []
    for at in read if content[:2] == b"PK" else ():
        named = f"{book.sheet_names[at]}!" if len(read) > 1 else ""
        found += (replace(one, place=named + one.place) for one in _without_value(content, at))
    for at, sheet in enumerate(book.sheets_metadata):
        if at in read or not str(sheet.typ).endswith(".WorkSheet"):
            continue
        rows = _rows_of(book.get_sheet_by_index(at))
        if not _is_visible(sheet):
            some = islice(rows, MOST_DOUBTS)
            found += (SheetDoubt(number, "", _words(row), sheet.name) for number, row in some)
        elif first := next(rows, None):
            found.append(SheetDoubt(1 + sum(1 for _ in rows), "", _words(first[1]), sheet.name, visible=True))
    return list(map(asdict, found[:MOST_DOUBTS]))


def _words(row: Sequence[object]) -> str:
    return " · ".join(filter(None, map(cells.one_line, row)))[:80]


_PIECE = 1 << 20
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
            opened = packed.open(name if name.startswith("xl/") else f"xl/{name}")
        except (KeyError, IndexError):  # an ODS, or a workbook of another making
            return
        with io.TextIOWrapper(opened, "utf-8", "replace") as text:
            for xml in _whole_cells(text):
                yield from _faults_of(xml)


def _whole_cells(text: IO[str]) -> Iterator[str]:
    """The text in pieces that end with a cell, or are longer than any."""
    rest = ""
    while piece := text.read(_PIECE):
        whole, end, rest = (rest + piece).rpartition("</c>")
        if whole:
            yield whole + end
        elif len(rest) > _PIECE:
            yield rest
            rest = ""
    yield rest


def _faults_of(xml: str) -> Iterator[SheetDoubt]:
    if 't="e"' in xml:
        for cell in _FAULT.finditer(xml):
            yield SheetDoubt(int(cell[2]), cell[1], cell[3], faulty=True)
    for cell in _CELL.finditer(xml) if "<f" in xml else ():
        formula = _NO_VALUE.match(xml, cell.end())
        if formula:
            yield SheetDoubt(int(cell[2]), cell[1], f"={formula[1]}"[:80])


def _target(attributes: str) -> tuple[str, str]:
    found = dict(_ATTRIBUTE.findall(attributes))
    return found.get("Id", ""), found.get("Target", "")
