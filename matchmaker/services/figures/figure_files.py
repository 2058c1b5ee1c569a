"""The report of a period as a file: a workbook with numbers, PDF pages, delimited text, and plain values for programs."""

import io
import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from importers.cells import plain
from matchmaker.domain.language import N_
from matchmaker.services.core import typesetting
from matchmaker.services.figures.figure_values import FigureRow
from matchmaker.services.figures.figure_words import FigureWords
from matchmaker.services.figures.period_reports import FigureOfPeriod, PeriodReport
from matchmaker.services.reports import spreadsheets
from matchmaker.services.reports.spreadsheets import DownloadTable

MEDIA = {
    "xlsx": spreadsheets.MEDIA["xlsx"],
    "csv": spreadsheets.MEDIA["csv"],
    "pdf": "application/pdf",
    "json": "application/json",
}
_COLUMNS = (
    N_("Figure"), N_("Unit"), N_("Lower bound"), N_("Upper bound"), N_("Nine of ten at most"), N_("Plan"), N_("Rows"),
    N_("Not known"), N_("How it is counted"),
)  # fmt: skip
_ROW_COLUMNS = (
    N_("Figure"), N_("Kind"), N_("Id"), N_("Need"), N_("Firm"), N_("INN"), N_("Lower bound"), N_("Upper bound"), N_("Weight")
)  # fmt: skip
_KINDS = {"need": N_("need"), "supplier": N_("supplier"), "firm": N_("firm"), "event": N_("event")}
_WIDE = 60
_DECIMALS = 4
_Cell = str | float | None


def made(
    report: PeriodReport,
    kind: str,
    words: FigureWords,
    translate: Callable[[str], str],
    *,
    with_rows: bool = True,
) -> bytes:
    """The report as a file of a kind of MEDIA; a workbook has sheets of rows and of recipients for those to whom rows are told."""
    if kind == "json":
        return json.dumps(values(report, words), ensure_ascii=False, indent=1).encode()
    if kind == "pdf":
        return _pdf(report, words, translate)
    if kind == "csv":
        rows = [[_told(cell) for cell in row] for row in _figures(report, words)]
        return spreadsheets.delimited(DownloadTable("", tuple(map(translate, _COLUMNS)), rows))
    return _workbook(report, words, translate, with_rows=with_rows)


def values(report: PeriodReport, words: FigureWords) -> dict[str, Any]:
    """The report in plain values, without rows: intervals by their two ends, names and formulas in one language."""
    return {
        "centre": report.centre.code,
        "period": str(report.period),
        "from": report.period.start.isoformat(),
        "to": report.period.last.isoformat(),
        "counted_at": report.counted_at.isoformat(),
        "locked": report.is_locked,
        "sha256": report.sha256,
        "figures": [value(one, words) for one in report.figures],
    }


def value(one: FigureOfPeriod, words: FigureWords) -> dict[str, Any]:
    return {
        "code": one.figure.code,
        "name": words.name(one.figure),
        "formula": words.formula(one.figure),
        "unit": one.figure.unit.value,
        "low": one.value.low,
        "high": one.value.high,
        "ninth": one.value.ninth,
        "rows": one.value.rows,
        "unknown": one.value.unknown,
        "plan": one.plan,
        "tables": list(one.figure.tables),
    }


def row_values(row: FigureRow, language: str) -> dict[str, Any]:
    """A row of a figure in plain values."""
    return {
        "kind": row.kind,
        "key": row.key,
        "label": row.label,
        "firm": row.firm.name(language) if row.firm else None,
        "inn": row.firm.inn if row.firm else None,
        "low": row.low,
        "high": row.high,
        "weight": row.weight,
    }


def _figures(report: PeriodReport, words: FigureWords) -> list[list[_Cell]]:
    return [
        [
            words.name(one.figure), words.unit(one.figure), one.value.low, one.value.high, one.value.ninth, one.plan,
            float(one.value.rows), float(one.value.unknown), words.formula(one.figure),
        ]
        for one in report.figures
    ]  # fmt: skip


def _rows(report: PeriodReport, words: FigureWords, translate: Callable[[str], str]) -> list[list[_Cell]]:
    return [
        [
            words.name(one.figure), translate(_KINDS[row.kind]), row.key, row.label, row.firm.name(words.language) if row.firm else None,
            row.firm.inn if row.firm else None, row.low, row.high, row.weight,
        ]
        for one in report.figures
        for row in one.rows
    ]  # fmt: skip


def _recipients(report: PeriodReport, words: FigureWords) -> list[list[_Cell]]:
    """The suppliers of the period's contracts with their INN, the number of contracts and their value, the most first."""
    volume = report.of("volume").rows
    firms = {row.firm.key: row.firm for row in volume if row.firm}
    counts = Counter(row.firm.key for row in volume if row.firm)
    lines: list[list[_Cell]] = []
    for key, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        own = [row for row in volume if row.firm and row.firm.key == key]
        highs = [row.high for row in own if row.high is not None]
        high = sum(highs) if len(highs) == len(own) else None
        lines.append(
            [firms[key].name(words.language), firms[key].inn, float(count), sum(row.low for row in own), high]
        )
    return lines


def _workbook(
    report: PeriodReport, words: FigureWords, translate: Callable[[str], str], *, with_rows: bool
) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, spreadsheets.PLAIN)
    title = heading(report, words, translate)
    book.set_properties({"title": title, "author": report.centre.name(words.language)})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    recipients = (N_("Supplier"), N_("INN"), N_("Contracts"), N_("Value at least"), N_("Value at most"))
    sheets: dict[str, tuple[Sequence[str], Sequence[Sequence[_Cell]]]] = {
        translate(N_("Figures")): (_COLUMNS, _figures(report, words)),
    }
    if with_rows:
        sheets[translate(N_("Rows"))] = (_ROW_COLUMNS, _rows(report, words, translate))
        sheets[translate(N_("Recipients"))] = (recipients, _recipients(report, words))
    for name, (columns, rows) in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.write_string(0, 0, title, bold)
        sheet.write_string(1, 0, standing(report, translate))
        for column, label in enumerate(columns):
            sheet.write_string(3, column, translate(label), bold)
        for number, cells in enumerate(rows, 4):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell, plain)
                elif cell is not None:
                    sheet.write_number(number, column, cell, plain)
        for column, label in enumerate(columns):
            widest = max(map(len, (translate(label), *(_told(cells[column]) for cells in rows))))
            sheet.set_column(column, column, min(widest + 2, _WIDE))
        sheet.freeze_panes(4, 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()


def _told(cell: _Cell) -> str:
    return cell if isinstance(cell, str) else number(cell)


def number(value: float | None) -> str:
    """A figure in delimited text: all of its digits, a share or a mean to four places."""
    return "" if value is None else plain(round(value, _DECIMALS))


def heading(report: PeriodReport, words: FigureWords, translate: Callable[[str], str]) -> str:
    said = translate(N_("Figures of the centre, %(period)s"))
    return said % {"period": words.period(report.period)}


def standing(report: PeriodReport, translate: Callable[[str], str]) -> str:
    """Whether the figures still change, and by which hash they can be told again."""
    if report.sha256 is not None:
        return translate(N_("Locked. SHA-256 of the figures and their rows: %(hash)s")) % {
            "hash": report.sha256
        }
    return translate(N_("Not locked: the figures are as they were known when they were counted."))


def _pdf(report: PeriodReport, words: FigureWords, translate: Callable[[str], str]) -> bytes:
    data = {
        "language": words.language,
        "centre": report.centre.name(words.language),
        "title": heading(report, words, translate),
        "day": report.counted_at.date().isoformat(),
        "standing": standing(report, translate),
        "headings": [translate(N_("Figure")), translate(N_("Fact")), translate(N_("Plan"))],
        "figures": [
            {
                "name": words.name(one.figure),
                "formula": words.formula(one.figure),
                "fact": words.value(one.figure, one.value),
                "beside": words.beside(one.figure, one.value),
                "plan": "" if one.plan is None else words.amount(one.figure, one.plan),
            }
            for one in report.figures
        ],
    }
    return typesetting.pdf("figures", data)
