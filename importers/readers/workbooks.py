"""Opening workbooks in a process of its own with limits on memory and time: a small one may claim a billion cells.

`python -m importers.readers.workbooks` is that process: it reads a workbook and writes the rows of its first sheet, or
of every one, as JSON.
"""

import io
import json
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_

MEMORY = 1_500_000_000  # bytes of address space
SECONDS = 20  # of processor time; the wall clock gets half as much again
MOST_CELL = 1_000  # characters
MOST_COLUMNS = 200
MOST_UNPACKED = 50_000_000  # bytes that a workbook may unpack to


def is_workbook(content: bytes) -> bool:
    return content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0"


def rows(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet with their numbers, from 1. Raises UnreadableFile, naming the file by `name`."""
    yield from ((number, cells) for number, cells in next(iter(_opened(name, content, "first")), []))


def sheets(name: str, content: bytes) -> list[list[list[str]]]:
    """The rows of every sheet. Raises UnreadableFile."""
    return [[cells for _, cells in sheet] for sheet in _opened(name, content, "every")]


def _opened(name: str, content: bytes, which: str) -> list[list[tuple[int, list[str]]]]:
    """Rows with their numbers of the first sheet or of every one."""
    _check_size(name, content)
    command = [sys.executable, "-m", "importers.readers.workbooks", which]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, the workbook goes to its input
            command, input=content, capture_output=True, timeout=SECONDS * 1.5, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(file=name, reason=N_("it takes too long to open")) from error
    if done.returncode:
        raise UnreadableFile(file=name, reason=N_("it is not a whole workbook"))
    found: list[list[tuple[int, list[str]]]] = json.loads(done.stdout)
    return found


def _check_size(name: str, content: bytes) -> None:
    if content[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise UnreadableFile(file=name, reason=N_("it is not a whole workbook")) from error
    if size > MOST_UNPACKED:
        raise UnreadableFile(file=name, reason=N_("it unpacks to more than 50 MB"))


def cell(value: Any) -> str:
    """A cell as one line of text; whole numbers without a point, since workbooks keep an INN as a float."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if any(value.timetuple()[3:6]) else value.date().isoformat()
    return re.sub(r"\s+", " ", str(value)).strip()[:MOST_CELL]


# What follows runs in the child.


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    wanted = len(book.sheet_names) if sys.argv[1:] == ["every"] else 1
    written = []
    for number in range(wanted):
        found = enumerate(book.get_sheet_by_index(number).to_python(skip_empty_area=False), 1)
        written.append(
            [(at, [cell(value) for value in cells[:MOST_COLUMNS]]) for at, cells in found if any(cells)]
        )
    sys.stdout.write(json.dumps(written))


if __name__ == "__main__":
    main()
