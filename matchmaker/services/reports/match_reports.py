"""A shortlist to download: the same words as a PDF and as a workbook.

The caller gives the words, so that both languages work. A cell that begins like a formula is written as text.
"""

import io
from dataclasses import asdict, dataclass

from matchmaker.services.core import typesetting
from matchmaker.services.reports import spreadsheets
from matchmaker.services.reports.spreadsheets import DownloadTable


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """A supplier: facts as (label, value), reasons as (requirement, needed, declared, result)."""

    name: str
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class ShortlistReport:
    """A shortlist in one language; `lines` describe the need, `headings` are those of a reason's four
    columns.
    """

    language: str
    centre: str
    contacts: tuple[str, ...]
    day: str
    title: str
    lines: tuple[str, ...]
    sheets: tuple[str, str]
    supplier: str
    headings: tuple[str, str, str, str]
    suppliers: tuple[ReportEntry, ...]
    remark: str


def pdf(report: ShortlistReport) -> bytes:
    """The report as PDF pages of A4."""
    return typesetting.pdf("shortlist", asdict(report))


def workbook(report: ShortlistReport) -> bytes:
    """The report as an XLSX workbook: a sheet of suppliers, a sheet of the requirements that each meets."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, spreadsheets.PLAIN)
    book.set_properties({"title": report.title, "author": report.centre})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    labels = list(dict.fromkeys(label for entry in report.suppliers for label, _ in entry.facts))
    facts = [
        [entry.name, *(dict(entry.facts).get(label, "") for label in labels)] for entry in report.suppliers
    ]
    head = [report.centre, *report.contacts, report.title, *report.lines, report.day]
    first = DownloadTable(report.sheets[0], (report.supplier, *labels), facts)
    spreadsheets.write(book, first, bold, plain, head)
    reasons = [[entry.name, *reason] for entry in report.suppliers for reason in entry.reasons]
    second = DownloadTable(report.sheets[1], (report.supplier, *report.headings), reasons)
    spreadsheets.write(book, second, bold, plain, [report.title])
    book.close()
    return buffer.getvalue()
