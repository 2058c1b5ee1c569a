"""Places of firms from their addresses, and the columns that say them."""

from datetime import date
from pathlib import Path

import pytest

from importers import lists
from importers.certificates import CertificateReader
from importers.lists import ListFile
from importers.places import placed
from matchmaker.domain.records import NeedRecord, SupplierRecord, parse
from matchmaker.wiring import load_recogniser

RECOGNISER = load_recogniser()


def firm(address: str, **more: object) -> SupplierRecord:
    return placed(
        parse(SupplierRecord, {"id": "x", "name": {"ru": "Завод"}, "address": address, **more}), RECOGNISER
    )


@pytest.mark.parametrize(
    ("address", "city", "region"),
    [
        ("117546, г. Москва, ул. Подольских курсантов, вл. 24", "Москва", "Москва"),
        ("624019, Свердловская обл., пос. Бобровский, ул. Калинина", None, "Свердловская область"),
        ("NO.99 Jinhu Road, Suzhou, China", "Suzhou", "Jiangsu"),
        ("цех 5", None, None),
    ],
)
def test_an_address_names_region_and_town(address: str, city: str | None, region: str | None) -> None:
    found = firm(address)
    assert (found.city, found.region) == (city, region)
    assert (found.location is not None) == (city is not None)


def test_what_a_record_says_itself_stays() -> None:
    assert firm("г. Москва", city="Тверь").city == "Тверь"
    other = firm("Calle Industrial 2311, Valladolid", region="Mexico")
    assert (other.region, other.city, other.location) == ("Mexico", None, None)
    kept = firm("г. Москва", location=(1.0, 2.0))
    assert (kept.city, kept.location) == ("Москва", (1.0, 2.0))


def test_columns_of_published_lists_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "country,Site name,Site,Что делает\nCambodia,Завод,example.com,точение\n", encoding="utf-8"
    )
    sheet = lists.sheet("a.csv", path.read_bytes(), "supplier")
    assert [meaning for _, meaning in sheet.columns] == ["country", "name", "website", "processes"]
    papers = CertificateReader(RECOGNISER, date(2026, 11, 28))
    (row,) = ListFile(path, "a.csv", "supplier", sheet, "0", papers).rows()
    assert isinstance(row.record, SupplierRecord)
    assert row.record.region == "Cambodia"
    assert RECOGNISER.codes("country", "Cambodia") == ("KH",)


def test_a_checksum_is_nobodys_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Деталь;Заказчик\nВал;{'0a' * 16}\n", encoding="utf-8")
    sheet = lists.sheet("a.csv", path.read_bytes(), "need")
    (row,) = ListFile(
        path, "a.csv", "need", sheet, "0", CertificateReader(RECOGNISER, date(2026, 11, 28))
    ).rows()
    assert isinstance(row.record, NeedRecord)
    assert row.record.contractor is None
    assert [problem.code for problem in row.problems] == ["cell.checksum"]
    path.write_text(f"Название;Город\n{'0a' * 16};Пермь\n", encoding="utf-8")
    sheet = lists.sheet("a.csv", path.read_bytes(), "supplier")
    (row,) = ListFile(
        path, "a.csv", "supplier", sheet, "0", CertificateReader(RECOGNISER, date(2026, 11, 28))
    ).rows()
    assert (row.record, row.problems[0].code) == (None, "cell.checksum")
