"""A list that is exported and imported again: nothing new, nothing changed, whatever a record holds; of a changed row what was changed."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from flask import Flask
from sqlalchemy import update

from importers import lists
from importers.certificates import CertificateReader
from importers.list_rows import Kind
from importers.lists import ListFile
from importers.rows import FileRow
from matchmaker.domain.records import NeedRecord, SupplierRecord, parse
from matchmaker.models import Need, Organisation, Profile
from matchmaker.services.imports import import_runs, list_exports
from matchmaker.services.imports.import_runs import ImportTarget
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.sent_lists import PAGE, counts, send, work

DAY = date(2026, 11, 1)
FIRM = parse(
    SupplierRecord,
    {
        "id": "=1+1",
        "name": {"ru": "ABB Энерго; «Север»", "en": "ABB"},
        "inn": "7707083893",
        "address": "Самара, ул. Ленина, 5",
        "description": {"ru": 'Две\nстроки;  и пробелы, "кавычки"'},
        "employees": 25,
        "contacts": {"phone": "+7 846 000-00-00", "email": "a@b.ru"},
        "capabilities": [
            {"process": "сварка, резка", "materials": ["сталь 40Х"], "diameter_mm": 250.5},
            {"process": "токарная обработка", "materials": ["Д16Т"]},
        ],
        "equipment": [{"name": "16К20", "quantity": 3}],
        "certificates": [{"standard": "ISO 9001", "status": "implementing", "valid_until": "2027-12-31"}],
        "updated": "2026-10-01",
    },
)  # fmt: skip
NEED = parse(
    NeedRecord,
    {
        "id": "n1",
        "title": "Вал; 45h6",
        "text": "Вал по чертежу\nс пазом",
        "quantity": 500,
        "envelope_mm": [45, 45, 300],
        "deliver_by": "2027-05-03",
        "certification": {"standard": "ISO 9001", "level": "certified"},
        "positions": [{"id": "1", "title": "Вал"}],
        "contractor": {"name": {"ru": "АО «Пример»"}, "inn": "7728168971"},
    },
)
LONG = FIRM.model_copy(
    update={"id": "long", "inn": None, "description": FIRM.description.model_copy(update={"ru": "длинно " * 4200})}  # type: ignore[union-attr]
)  # fmt: skip


def run(product: Application, file: "ListFile | Rows") -> dict[str, int]:
    target = ImportTarget(product.sessions, product.recogniser, product.settings.centre, "tester", DAY)
    return {name: count for name, count in import_runs.run(file, target).counts.items() if count}


class Rows:
    """Records as a file of the exchange format gives them."""

    path, source_name, digest = Path("rows.jsonl"), "exchange", "rows"

    def rows(self) -> Iterator[FileRow]:
        return (FileRow(number, 0, one) for number, one in enumerate((FIRM, NEED, LONG), 1))


def exported(product: Application, path: Path, holds: Kind) -> list[tuple[str, ...]]:
    head = tuple(list_exports.LABELS[one] for one in list_exports.columns(holds))
    with product.sessions() as session:
        list_exports.write(path, head, list_exports.rows(session, holds))
        return list(list_exports.rows(session, holds))


def stored(product: Application) -> tuple[SupplierRecord, NeedRecord]:
    """The firm and the need that the tests change."""
    with product.sessions() as session:
        firm = next(suppliers.every(session, where=(Profile.organisation.has(external_id="=1+1"),)))
        need = next(needs.every(session, where=(Need.external_id == "n1",)))
        return suppliers.record(firm), needs.record(need)


def read(product: Application, path: Path, holds: Kind) -> ListFile:
    content = path.read_bytes()
    papers = CertificateReader(product.recogniser, DAY)
    return ListFile(path, path.name, holds, lists.sheet(path.name, content, holds), path.name, papers)


@pytest.mark.parametrize("form", list_exports.FORMS)
def test_what_is_exported_and_imported_again_changes_nothing(
    own_product: Application, tmp_path: Path, form: str
) -> None:
    run(own_product, Rows())
    with (
        own_product.sessions.begin() as session
    ):  # as of the site: no file has named the one or brought the other
        session.execute(
            update(Organisation).where(Organisation.external_id == "long").values(external_id=None)
        )
        session.execute(update(Need).where(Need.external_id == "n1").values(content_hash=None))
    for holds in get_args(Kind):
        rows = exported(own_product, path := tmp_path / f"list.{form}", holds)
        assert len(rows) > 10
        assert run(own_product, read(own_product, path, holds)) == {"same": len(rows)}
        assert exported(own_product, path, holds) == rows


def test_of_a_row_that_was_changed_the_changed_cells_count(own_product: Application, tmp_path: Path) -> None:
    run(own_product, Rows())
    firm, need = stored(own_product)
    for holds, mark, changes in (
        ("supplier", "=1+1", {"City": "Тольятти", "Employees": "40"}),
        ("need", "n1", {"Quantity": "700", "Region": "Самарская область"}),
    ):
        path = tmp_path / f"{holds}.csv"
        exported(own_product, path, holds)  # type: ignore[arg-type]
        head, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";")
        row = next(row for row in rows if row[0].lstrip("'") == mark)
        for name, value in changes.items():
            row[head.index(name)] = value
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream, delimiter=";").writerows([head, *rows])
        assert run(own_product, read(own_product, path, holds)) == {"same": len(rows) - 1, "changed": 1}  # type: ignore[arg-type]
    changed_firm, changed_need = stored(own_product)
    assert changed_firm == firm.model_copy(update={"city": "Тольятти", "employees": 40, "updated": None})
    assert changed_need == need.model_copy(update={"quantity": 700, "region": "Самарская область"})


@pytest.mark.parametrize(("form", "language"), [("xlsx", "ru"), ("csv", "en")])
def test_the_page_gives_lists_that_it_takes_back(
    own_site: Flask, own_product: Application, form: str, language: str
) -> None:
    run(own_product, Rows())
    operator = Browser(own_site.test_client(), language).sign_in("operator")
    assert "/work/imports/whole/need.csv" in operator.get(PAGE).get_data(as_text=True)
    for kind in get_args(Kind):
        file = operator.get(f"{PAGE}whole/{kind}.{form}")
        assert file.status_code == 200
        address = str(send(operator, file.get_data(), f"{kind}.{form}", kind).headers["Location"])
        work(own_product)
        new, changed, same, *others = map(int, counts(text(operator.get(address))))
        assert (new, changed, others) == (0, 0, [0] * len(others))
        assert same > 10
    assert operator.get(f"{PAGE}whole/outcome.csv").status_code == 404
    assert operator.get(f"{PAGE}whole/need.exe").status_code == 404
