"""A shortlist to take along: the same words as a PDF and as a workbook.

Words are given, not made here, so that either language comes out. A cell that begins like a formula is written as text.
"""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from matchmaker import resources

WIDEST = 60  # characters of a column; longer text wraps
_FORBIDDEN = "[]:*?/\\"
_SHEET_NAME = 31  # characters, the limit of the format


@dataclass(frozen=True, slots=True)
class Entry:
    """A supplier: facts as (label, value), reasons as (requirement, needed, declared, result)."""

    name: str
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A shortlist in one language; `lines` say what the need is, `headings` are those of a reason's four columns."""

    language: str
    centre: str
    contacts: tuple[str, ...]
    day: str
    title: str
    lines: tuple[str, ...]
    sheets: tuple[str, str]
    supplier: str
    headings: tuple[str, str, str, str]
    suppliers: tuple[Entry, ...]
    remark: str


def pdf(report: Report) -> bytes:
    """The report as PDF pages of A4."""
    import typst

    template = resources.folder("templates") / "reports" / "shortlist.typ"
    inputs = {"data": json.dumps(asdict(report), ensure_ascii=False)}
    made = typst.compile(str(template), format="pdf", sys_inputs=inputs, ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def workbook(report: Report) -> bytes:
    """The report as an XLSX workbook: a sheet of suppliers, a sheet of what each meets."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": report.title, "author": report.centre})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    labels = list(dict.fromkeys(label for entry in report.suppliers for label, _ in entry.facts))
    facts = [
        [entry.name, *(dict(entry.facts).get(label, "") for label in labels)] for entry in report.suppliers
    ]
    head = [report.centre, *report.contacts, report.title, *report.lines, report.day]
    _sheet(book, report.sheets[0], head, [[report.supplier, *labels], *facts], (bold, plain))
    reasons = [[entry.name, *reason] for entry in report.suppliers for reason in entry.reasons]
    _sheet(
        book, report.sheets[1], [report.title], [[report.supplier, *report.headings], *reasons], (bold, plain)
    )
    book.close()
    return buffer.getvalue()


def _sheet(
    book: Any,
    name: str,
    head: Sequence[str],
    table: Sequence[Sequence[str]],
    formats: tuple[Any, Any],
) -> None:
    """A sheet with lines above a table whose first row is its header."""
    bold, plain = formats
    shown = "".join(letter for letter in name if letter not in _FORBIDDEN)[:_SHEET_NAME]
    sheet = book.add_worksheet(shown)
    for row, line in enumerate(head):
        sheet.write_string(row, 0, line, None)
    start = len(head) + 1
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            sheet.write_string(start + row, column, cell, plain if row else bold)
    for column, cells in enumerate(zip(*table, strict=True)):
        sheet.set_column(column, column, min(max(map(len, cells)) + 2, WIDEST))
    sheet.freeze_panes(start + 1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
