"""The rows of workbooks, read in the child process for strangers' files: a small workbook may claim a billion
cells.
"""

import io
from collections.abc import Iterator

from importers import cells
from matchmaker.domain.errors import FileRefused, UnreadableFile
from matchmaker.sandbox import child_process, file_counts

MOST_COLUMNS = 200


def is_workbook(content: bytes) -> bool:
    return content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0"


def rows(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet with their numbers, from 1. Raises UnreadableFile, naming the file by `name`."""
    yield from ((number, row) for number, row in next(iter(_opened(name, content, "first")), []))


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
    wanted = len(book.sheet_names) if which == "every" else 1
    found = (book.get_sheet_by_index(number).to_python(skip_empty_area=False) for number in range(wanted))
    return [
        [(at, list(map(cells.in_lines, row[:MOST_COLUMNS]))) for at, row in enumerate(rows, 1) if any(row)]
        for rows in found
    ]
