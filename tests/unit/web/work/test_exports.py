"""Lists as files: what the screen shows, nothing more, and no cell that a spreadsheet would run."""

import csv
import io
import re

import pytest
from python_calamine import CalamineWorkbook

from matchmaker.services.reports.spreadsheets import (
    DownloadTable,
    delimited,
    workbook,
)
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.intake_form import form
from tests.support.invited import field


def rows(answer) -> list[list[str]]:  # type: ignore[no-untyped-def]
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))


def test_the_suppliers_found_are_those_of_the_pages(buyer: Browser) -> None:
    asked = "?q=токарная обработка&level=certified"
    page = text(buyer.get(f"/suppliers{asked}"))
    total = int(re.search(r"<h2>(\d+) supplier", page)[1])  # type: ignore[index]
    head, *found = rows(buyer.get(f"/suppliers/list.csv{asked}"))
    assert head == ["Supplier", "Place", "Certificates", "Of the work", "Chance to be good"]
    assert sum(row[3].startswith("does") for row in found) == total
    names = re.findall(r'<h3><a href="[^"]+">([^<]+)</a>', page)
    assert [row[0] for row in found[: len(names)]] == names

    assert "/suppliers/list.csv?q=%D1%82" in page


def test_ones_own_needs_are_listed_by_state(operator: Browser, buyer: Browser) -> None:
    operator.post("/work/intake/", form(operator, act="save", name="=cmd()"), page="/work/intake/")
    head, *found = rows(operator.get("/needs/list.csv?state=draft"))
    assert head[-1] == "Contractor"
    assert {row[1] for row in found} == {"Draft"}
    assert "'=cmd()" in [row[-1] for row in found]
    assert "Contractor" not in rows(buyer.get("/needs/list.csv"))[0]
    assert buyer.get("/needs/?state=nonsense").status_code == 400
    assert "No need is in this state" in text(buyer.get("/needs/?state=expired"))


def test_the_list_of_needs_tells_their_particulars(buyer: Browser) -> None:
    typed = {"title": "Вал-АБ", "drawing_number": "АБ-25.01", "price_steps": "10; 50", "quantity": "20"}
    address = str(buyer.post("/needs/new", typed, page="/needs/new").headers["Location"])
    revision = field(text(buyer.get(f"{address}/position")), "revision")
    part = {"title": "Вал", "drawing_number": "АБ-25.02", "revision": revision}
    assert buyer.post(f"{address}/position", part, page=f"{address}/position").status_code == 302
    head, *found = rows(buyer.get("/needs/list.csv"))
    (line,) = [dict(zip(head, row, strict=True)) for row in found if row[0] == "Вал-АБ"]
    assert (line["Drawing number"], line["Pieces a lot"], line["Pieces to quote for"]) == (
        "АБ-25.01",
        "20",
        "10; 50",
    )
    assert line["Positions"] == "Вал АБ-25.02"


def test_certificates_at_work_are_a_list_as_well(operator: Browser) -> None:
    book = operator.get("/work/certificates.xlsx").get_data()
    found = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert found[0][:2] == ["Queue", "Supplier"]
    assert {row[0] for row in found[1:]} <= {"to verify", "ending soon"}


def test_who_took_a_list_is_noted(operator: Browser, product: Application) -> None:
    from sqlalchemy import select

    from matchmaker.models import AuditEntry

    operator.get("/needs/list.xlsx")
    with product.sessions() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        assert (entry.action, entry.object_id, entry.details["kind"]) == ("list.exported", "needs", "xlsx")


@pytest.mark.parametrize("address", ["/suppliers/list.csv", "/needs/list.csv", "/work/certificates.csv"])
def test_nobody_takes_a_list_without_signing_in(browser: Browser, address: str) -> None:
    assert browser.get(address).status_code == 302


@pytest.mark.parametrize("asked", ["kind=pdf", "_method=X", "_external=1", "_scheme=x", "endpoint=x"])
def test_no_word_of_the_address_breaks_the_list(operator: Browser, asked: str) -> None:
    for page in ("/suppliers", "/needs/"):
        refused = operator.get(f"{page}?{asked}")
        assert (refused.status_code, "There is no filter" in text(refused)) == (400, True)


def test_a_kind_that_there_is_not_is_not_there(operator: Browser) -> None:
    assert operator.get("/needs/list.exe").status_code == 404


HOSTILE = ["=1+1", "+7 846", "-1", "@sum", "\ttab", "\rreturn", 'a"b;c', "строка\nдругая", "'x", ""]


def test_no_cell_is_a_formula() -> None:
    table = DownloadTable("a[b]", ("one",), [(cell,) for cell in HOSTILE])
    for cell in csv.reader(io.StringIO(delimited(table).decode("utf-8-sig"), newline=""), delimiter=";"):
        assert not cell or not cell[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook(table))).get_sheet_by_index(0)
    assert [row[0] for row in sheet.to_python()][1:7] == HOSTILE[:6]
