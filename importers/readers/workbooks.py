"""The rows of workbooks, read in the child process for strangers' files: a small workbook may claim a billion
cells.
"""

import io
import sys
import zipfile
from collections.abc import Iterator

from importers import cells
from matchmaker.domain.errors import FileRefused, UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.sandbox import child_process

MOST_COLUMNS = 200
MOST_UNPACKED = 50_000_000  # bytes that a workbook may unpack to


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
    _check_size(name, content)
    try:
        found: list[list[tuple[int, list[str]]]] = child_process.run(_read, which, content=content)
    except FileRefused as error:
        raise _unreadable(name, error.template) from error
    return found


def _unreadable(name: str, reason: str) -> UnreadableFile:
    """The child process's message for any file, with the name of this file."""
    return UnreadableFile(N_("%(file)s: %(reason)s"), file=name, reason=reason)


def _check_size(name: str, content: bytes) -> None:
    if content[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise _unreadable(name, child_process.DAMAGED) from error
    if size > MOST_UNPACKED:
        raise UnreadableFile(file=name, reason=N_("it unpacks to more than 50 MB"))


# The functions below run in the child.


def _read(which: str) -> list[list[tuple[int, list[str]]]]:
    """The rows that are not empty, of the first sheet or of every sheet of the workbook on standard input."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    wanted = len(book.sheet_names) if which == "every" else 1
    found = (book.get_sheet_by_index(number).to_python(skip_empty_area=False) for number in range(wanted))
    return [
        [(at, list(map(cells.in_lines, row[:MOST_COLUMNS]))) for at, row in enumerate(rows, 1) if any(row)]
        for rows in found
    ]
