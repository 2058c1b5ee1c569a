"""The rows of workbooks, read in the child process for strangers' files: a small workbook may claim a billion
cells.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from importers import cells
from matchmaker.domain.errors import FileRefused, UnreadableFile
from matchmaker.sandbox import child_process, file_counts

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

MOST_COLUMNS = 200
MOST_DOUBTS = 2_000


def is_workbook(content: bytes) -> bool:
    return content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0"


def rows(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet with their numbers, from 1. Raises UnreadableFile, naming the file by `name`."""
    yield from ((number, row) for number, row in next(iter(_opened(name, content, "first")), []))


@dataclass(frozen=True, slots=True)
class SheetDoubt:
    """What a reading of the first visible sheet leaves out: a cell whose formula has no value (`place` is its column,
    "" for other sheets), or a row of a sheet that is hidden.
    """

    row: int
    place: str
    words: str
    sheet: str = ""


def doubts(name: str, content: bytes) -> list[SheetDoubt]:
    """What a reading of the first visible sheet leaves out, row by row. Raises UnreadableFile."""
    try:
        found: list[Mapping[str, Any]] = child_process.run(_doubts, content=content)
    except FileRefused as error:
        raise UnreadableFile(error.template, **{**error.params, "file": name}) from error
    return [SheetDoubt(**one) for one in found]


def sheets(name: str, content: bytes) -> list[list[list[str]]]:
    """The rows of every sheet. Raises UnreadableFile."""
    return [[row for _, row in sheet] for sheet in _opened(name, content, "every")]


def _opened(name: str, content: bytes, which: str) -> list[list[tuple[int, list[str]]]]:
    """The rows of the first sheet or of every sheet, with their numbers."""
    try:
        found: list[list[tuple[int, list[str]]]] = child_process.run(_read, which, content=content)
    except FileRefused as error:
        raise UnreadableFile(error.template, **{**error.params, "file": name}) from error
    return found


# The functions below run in the child.


def _read(which: str) -> list[list[tuple[int, list[str]]]]:
    """The rows that are not empty, of the first sheet or of every sheet of the workbook on standard input."""
    from python_calamine import CalamineWorkbook

    content = child_process.given()
    if content[:2] == b"PK":
        file_counts.check_archive(io.BytesIO(content))
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    wanted = range(len(book.sheet_names)) if which == "every" else [_first_visible(book)]
    found = (book.get_sheet_by_index(number).to_python(skip_empty_area=False) for number in wanted)
    return [
        [(at, list(map(cells.in_lines, row[:MOST_COLUMNS]))) for at, row in enumerate(rows, 1) if any(row)]
        for rows in found
    ]


def _first_visible(book: "CalamineWorkbook") -> int:
    """The place of the first sheet that a person sees; of the first one where all are hidden."""
    return next((at for at, sheet in enumerate(book.sheets_metadata) if _is_visible(sheet)), 0)


def _is_visible(sheet: Any) -> bool:
    return str(sheet.visible).endswith(".Visible")


def _doubts() -> list[SheetDoubt]:
    from python_calamine import CalamineWorkbook

    content = child_process.given()
    if content[:2] == b"PK":
        file_counts.check_archive(io.BytesIO(content))
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    read = _first_visible(book)
    found = list(_without_value(content, read)) if content[:2] == b"PK" else []
    for at, sheet in enumerate(book.sheets_metadata):
        if at == read or _is_visible(sheet) or not str(sheet.typ).endswith(".WorkSheet"):
            continue
        rows = book.get_sheet_by_index(at).to_python(skip_empty_area=False)
        found += [
            SheetDoubt(number, "", " · ".join(filter(None, map(cells.one_line, row)))[:80], sheet.name)
            for number, row in enumerate(rows, 1)
            if any(row)
        ]
    return found[:MOST_DOUBTS]


_CELL = re.compile(r'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b([^>]*)>')
_NO_VALUE = re.compile(r"([^<]*)(?:</f>)?\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_SHEET = re.compile(r'<sheet\b[^>]*\br:id="([^"]+)"')
_RELATION = re.compile(r"<Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(r'\b(Id|Target)="([^"]*)"')


def _without_value(content: bytes, sheet: int) -> Iterator[SheetDoubt]:
    """The cells of a sheet of an XLSX whose formula was never computed: they read as empty."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        try:
            ids = _SHEET.findall(packed.read("xl/workbook.xml").decode("utf-8", "replace"))
            relations = packed.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
            targets = dict(_target(one) for one in _RELATION.findall(relations))
            name = targets[ids[sheet]].lstrip("/")
            xml = packed.read(name if name.startswith("xl/") else f"xl/{name}").decode("utf-8", "replace")
        except (KeyError, IndexError):  # an ODS, or a workbook of another making
            return
    for cell in _CELL.finditer(xml):
        formula = _NO_VALUE.match(xml, cell.end())
        if formula:
            yield SheetDoubt(int(cell[2]), cell[1], f"={formula[1]}"[:80])


def _target(attributes: str) -> tuple[str, str]:
    found = dict(_ATTRIBUTE.findall(attributes))
    return found.get("Id", ""), found.get("Target", "")
