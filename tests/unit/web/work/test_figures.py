"""The figures of a centre on its pages, as files, and for programs."""

import io

import pytest
from python_calamine import CalamineWorkbook

from matchmaker.services.figures import figure_files
from matchmaker.services.figures.definitions import FIGURES
from tests.support.browser import Browser, text

PAGE = "/work/figures/"


def test_the_operator_reads_every_figure_of_the_present_quarter(operator: Browser) -> None:
    page = text(operator.get(PAGE))
    assert "Suppliers with a published profile" in page
    assert page.count('data-label="Fact"') == 37
    assert "figures/suppliers?period=" in page
    assert f'href="{PAGE}"' in text(operator.get("/work/"))


def test_a_figure_opens_to_its_rows(operator: Browser) -> None:
    page = text(operator.get(f"{PAGE}suppliers"))
    assert "Counted from: " in page
    assert '<a href="/suppliers/' in page
    assert "Profiles of the centre that are published today" in page


def test_an_empty_period_says_that_there_is_nothing_to_count(operator: Browser) -> None:
    assert "nothing to count" in text(operator.get(f"{PAGE}?period=2001-Q1"))
    assert "Nothing counts in this period." in text(operator.get(f"{PAGE}contracts?period=2001-Q1"))


@pytest.mark.parametrize("written", ["november", "2026-13", "2026-Q9"])
def test_a_period_that_is_none_is_told_with_the_way_to_write_one(operator: Browser, written: str) -> None:
    answer = operator.get(f"{PAGE}?period={written}")
    assert answer.status_code == 400
    assert written in text(answer)
    assert "2026-Q4" in text(answer)


def test_a_plan_stands_beside_the_fact_and_what_is_typed_wrong_stays(operator: Browser) -> None:
    plan = f"{PAGE}plan?period=2026-Q4"
    answer = operator.post(plan, {"contracts": "twelve", "conversion": "101"}, page=plan)
    assert answer.status_code == 422
    shown = text(answer)
    assert 'value="twelve"' in shown
    assert "Write a number from 0 to 100" in shown
    assert operator.post(plan, {"contracts": "12", "conversion": "37,5 %"}, page=plan).status_code == 302
    shown = text(operator.get(f"{PAGE}?period=2026-Q4"))
    assert 'data-label="Plan">12<' in shown
    assert "37.5" in shown


def test_a_period_is_locked_once_it_is_over(operator: Browser) -> None:
    page = f"{PAGE}?period=2025-Q4"
    assert operator.post(f"{PAGE}lock?period=2099", page=page).status_code == 409
    assert operator.post(f"{PAGE}lock?period=2025-Q4", page=page).status_code == 302
    shown = text(operator.get(page))
    assert "SHA-256" in shown
    assert "Lock the period" not in shown
    assert operator.post(f"{PAGE}plan?period=2025-Q4", {"contracts": "1"}, page=page).status_code == 409
    assert 'data-label="quarter 4 of 2025"' in text(operator.get(f"{PAGE}?period=2026-Q1"))
    assert operator.post(f"{PAGE}reopen?period=2025-Q4", page=page).status_code == 302
    assert "Lock the period" in text(operator.get(page))


def test_the_report_is_taken_along_as_a_workbook_with_rows_and_recipients(operator: Browser) -> None:
    answer = operator.get(f"{PAGE}report.xlsx?period=2026-Q4")
    assert "filename=figures-" in answer.headers["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.get_data()))
    assert book.sheet_names == ["Figures", "Rows", "Recipients"]
    figures = {row[0]: row[2] for row in book.get_sheet_by_name("Figures").to_python()[4:]}
    rows = book.get_sheet_by_name("Rows").to_python()[4:]
    published = "Suppliers with a published profile"
    assert figures[published] == sum(row[0] == published for row in rows) > 0
    assert "report of a period downloaded" in text(operator.get("/journal/"))


def test_the_report_is_a_pdf_and_delimited_text(operator: Browser) -> None:
    assert operator.get(f"{PAGE}report.pdf").get_data().startswith(b"%PDF-")
    lines = operator.get(f"{PAGE}report.csv").get_data().decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Figure;Unit;Lower bound;Upper bound")
    assert len(lines) == 38
    assert operator.get(f"{PAGE}report.docx").status_code == 404


def test_delimited_text_tells_large_sums_to_the_kopek_and_shares_to_four_places() -> None:
    told = [figure_files.number(one) for one in (1_100_120.45, 123_456.78, 100 / 3, 50.0, None)]
    assert told == ["1100120.45", "123456.78", "33.3333", "50", ""]


def test_nobody_else_reads_the_centre_s_figures(supplier: Browser, buyer: Browser) -> None:
    for path in (PAGE, f"{PAGE}suppliers", f"{PAGE}report.json"):
        assert supplier.get(path).status_code == 403
        assert buyer.get(path).status_code == 403


def test_every_figure_says_from_what_it_is_counted(operator: Browser) -> None:
    for figure in FIGURES:
        said = text(operator.get(f"{PAGE}{figure.code}?period=2001"))
        assert "Counted from: " in said, figure.code
