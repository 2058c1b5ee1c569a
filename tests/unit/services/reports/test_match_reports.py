import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from matchmaker.services.reports import match_reports
from matchmaker.services.reports.match_reports import ReportEntry, ShortlistReport

REPORT = ShortlistReport(
    language="ru",
    centre="Центр субконтрактации «Проба»",
    contacts=("info@demo-centre.example",),
    day="23 нояб. 2026 г.",
    title="Короткий список",
    lines=("Валы из 40Х", "=1+1"),
    sheets=("Поставщики", "Требования: [все]"),
    supplier="Поставщик",
    headings=("Требование", "Нужно", "Заявлено", "Итог"),
    suppliers=(
        ReportEntry(
            "ООО «Жар-птица»",
            (("Место", "Пермь"), ("Срок", "21 день")),
            (
                ("Точность", "IT6", "IT7", "почти выполнено"),
                ("Материал", "40Х", "=cmd|' /C calc'!A0", "выполнено"),
            ),
        ),
        ReportEntry("#strong[+ЗАО] $x$ @home", (("Место", "-Омск"),), ()),
    ),
    remark="Заявлено самими поставщиками.",
)


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_pdf_says_what_it_was_given_and_runs_no_markup() -> None:
    said = words(match_reports.pdf(REPORT))
    for expected in (
        "Центр субконтрактации «Проба»",
        "ООО «Жар-птица»",
        "почти выполнено",
        "info@demo-centre",
    ):
        assert expected in said
    assert "#strong[+ЗАО] $x$ @home" in said.replace("\r\n", " ").replace("\n", " ")


def test_a_shortlist_of_nobody_is_a_page_all_the_same() -> None:
    assert "Короткий список" in words(match_reports.pdf(replace(REPORT, suppliers=(), contacts=())))
    assert match_reports.workbook(replace(REPORT, suppliers=()))


def test_the_workbook_holds_both_sheets_and_no_formula(tmp_path: Path) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(match_reports.workbook(REPORT)))
    assert book.sheet_names == ["Поставщики", "Требования все"]
    first, second = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    assert ["ООО «Жар-птица»", "Пермь", "21 день"] in first
    assert ["#strong[+ЗАО] $x$ @home", "-Омск", ""] in first
    assert ["ООО «Жар-птица»", "Материал", "40Х", "=cmd|' /C calc'!A0", "выполнено"] in second
    assert any(row[0] == "=1+1" for row in first)


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t="])
def test_no_cell_becomes_a_formula(lead: str) -> None:

    made = replace(REPORT, lines=(f"{lead}SUM(A1:A9)",))
    with zipfile.ZipFile(io.BytesIO(match_reports.workbook(made))) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name]
    assert sheets
    assert not any(b"<f>" in sheet for sheet in sheets)
