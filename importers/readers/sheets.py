"""The rows of a sheet: a workbook, or text with separators in any encoding that offices use."""

import csv
import io
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

from importers import cells
from importers.readers import workbooks
from importers.readers.delimiters import LOOKED_AT, delimiter
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_

_USUAL = re.compile(r"[0-9A-Za-zА-Яа-яЁё\s.,;:()/\"'«»№×°±%+=_*–—-]")


def rows(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of a file's first sheet with their numbers, from 1. Raises UnreadableFile, naming the file by `name`."""
    if workbooks.is_workbook(content):
        yield from workbooks.rows(name, content)
        return
    text = None if b"\x00" in content else decoded(content)
    if text is None:
        raise UnreadableFile(file=name, reason=N_("it is neither a workbook nor a text with separators"))
    yield from _delimited(name, text)


def _delimited(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows of text separated by tab, semicolon or comma; numbered by the line on which a row ends."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter(text.split("\n", LOOKED_AT)))
    try:
        for row in reader:
            yield reader.line_num, [cells.in_lines(cells.unguarded(value)) for value in row]
    except csv.Error as error:
        raise UnreadableFile(file=name, reason=str(error)) from error


def decoded(content: bytes) -> str | None:
    """The text of a file: UTF-8, else the code page of Russian Windows where that reads as words, else a
    guess.

    The guess alone would misread a few lines of Russian.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        plain = content.decode("cp1251", "replace")
    if len(_USUAL.findall(plain)) >= 0.97 * len(plain):
        return plain
    best = from_bytes(content).best()
    return None if best is None else str(best).lstrip("\ufeff")
