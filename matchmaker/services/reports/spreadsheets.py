"""A list to download: as a workbook or as delimited text that offices can open.

No cell is read as a formula: a workbook's cells are text by their type; in delimited text an apostrophe
stands before a cell that begins like one, and is removed again when the product reads such a file.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from importers.cells import guarded

WIDEST = 60  # characters of a column; longer text wraps
_FORBIDDEN = "[]:*?/\\"
_SHEET_NAME = 31  # characters, the limit of the format
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# A workbook in which text stays text.
PLAIN = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class DownloadTable:
    """A list in words: the title, the names of the columns, the rows."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]


def made(table: DownloadTable, kind: str) -> bytes:
    """The list as a file of a kind of MEDIA."""
    return delimited(table) if kind == "csv" else workbook(table)


def delimited(table: DownloadTable) -> bytes:
    """The list as delimited text: semicolons and a byte order mark, as Russian and English Excel open it
    without a question.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows(map(guarded, row) for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def workbook(table: DownloadTable) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, PLAIN)
    book.set_properties({"title": table.title})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    write(book, table, bold, plain)
    book.close()
    return buffer.getvalue()


def write(book: Any, table: DownloadTable, bold: Any, plain: Any, head: Sequence[str] = ()) -> Any:
    """A sheet with the list below the lines of `head`; the row of the columns' names stays visible."""
    shown = "".join(letter for letter in table.title if letter not in _FORBIDDEN)[:_SHEET_NAME]
    sheet = book.add_worksheet(shown)
    for row, line in enumerate(head):
        sheet.write_string(row, 0, line, None)
    start = len(head) + 1 if head else 0
    for row, cells in enumerate([table.columns, *table.rows]):
        for column, cell in enumerate(cells):
            sheet.write_string(start + row, column, cell, plain if row else bold)
    for column, cells in enumerate(zip(table.columns, *table.rows, strict=True)):
        sheet.set_column(column, column, min(max(map(len, cells)) + 2, WIDEST))
    sheet.freeze_panes(start + 1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    return sheet
