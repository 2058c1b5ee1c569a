"""The rows of a sheet: a workbook, or text with separators in any encoding that offices use."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager

from importers import cells
from importers.readers import workbooks
from importers.readers.delimiters import LOOKED_AT, delimiter
from importers.readers.encodings import decoded
from importers.readers.workbooks import FIRST, Row, SheetDoubt, SheetTable
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_


@contextmanager
def table(
    name: str, content: bytes, which: str = FIRST, most_rows: int = workbooks.USUAL_ROWS
) -> Iterator[SheetTable]:
    """The rows of a text, or of one sheet of a workbook (of at most so many rows), the first visible one unless it is named, with
    their numbers from 1. Raises UnreadableFile, naming the file by `name`.
    """
    if workbooks.is_workbook(content):
        with workbooks.table(name, content, which, most_rows) as found:
            yield found
    else:
        text = _text(name, content)
        yield SheetTable(lambda: _delimited(name, text))


def rows(name: str, content: bytes) -> Iterator[Row]:
    """The rows of a text. Raises UnreadableFile."""
    yield from _delimited(name, _text(name, content))


def _text(name: str, content: bytes) -> str:
    text = decoded(content)
    if text is None:
        raise UnreadableFile(file=name, reason=N_("it is neither a workbook nor a text with separators"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def doubts(name: str, content: bytes, which: str = FIRST) -> list[SheetDoubt]:
    """What the reading of one sheet, or of every sheet, leaves out; a text leaves nothing out. Raises
    UnreadableFile.
    """
    return workbooks.doubts(name, content, which) if workbooks.is_workbook(content) else []


def _delimited(name: str, text: str) -> Iterator[Row]:
    """Rows of text separated by tab, semicolon or comma; numbered by the line on which a row ends."""
    sign = delimiter(text.split("\n", LOOKED_AT))
    reader, width, begun = csv.reader(io.StringIO(text), delimiter=sign), 0, 1
    try:
        for row in reader:
            width = width or len(row)
            if any(_swallows_rows(value, sign, width) for value in row) and not _is_well_quoted(text, sign):
                raise UnreadableFile(_STRAY_QUOTE, file=name, line=begun)
            yield reader.line_num, [cells.in_lines(cells.unguarded(value)) for value in row]
            begun = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(file=name, reason=str(error)) from error


_STRAY_QUOTE = N_(
    "A quotation mark in line %(line)s of %(file)s opens a cell that does not end in its row, so that the rows below stand "
    "in that cell. Remove the mark, or write it twice."
)


def _swallows_rows(cell: str, sign: str, width: int) -> bool:
    """Whether a cell has lines that look like rows of the table."""
    return any(line.count(sign) >= max(1, width - 1) for line in cell.split("\n")[1:])


def _is_well_quoted(text: str, sign: str) -> bool:
    """Whether every mark of quotation opens or ends a cell, as programs write them."""
    try:
        for _ in csv.reader(io.StringIO(text), delimiter=sign, strict=True):
            pass
    except csv.Error:
        return False
    return True
