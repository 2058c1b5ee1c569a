"""Registers of legal persons and small firms, alone and in archives."""

from pathlib import Path

import pytest

from importers.readers import archives, xml_records
from importers.registers import formats
from importers.rows import FileRow
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.records import SupplierRecord
from tests.support.register_files import legal_entities, legal_entity, small_firms, zipped

INN, OTHER = "7707083893", "7728168971"


def rows(tmp_path: Path, content: bytes, name: str = "file.xml") -> list[FileRow]:
    path = tmp_path / name
    path.write_bytes(content)
    form = formats.recognised(path)
    assert form is not None
    return list(formats.read(path, form))


def suppliers(found: list[FileRow]) -> list[SupplierRecord]:
    return [row.record for row in found if isinstance(row.record, SupplierRecord)]


@pytest.mark.parametrize("encoding", ["windows-1251", "UTF-8", "UTF-16"])
def test_a_legal_person_is_read_in_every_field(tmp_path: Path, encoding: str) -> None:
    (found,) = suppliers(rows(tmp_path, legal_entities(legal_entity("ВАЛ", INN), encoding=encoding)))
    known = found.registration
    assert known is not None
    assert (found.id, found.inn, found.name.ru) == (f"ogrn-102{INN}", INN, 'ООО "ВАЛ"')
    assert (found.region, found.city) == ("Пермский край", "Пермь")
    assert found.address == "614000, Пермский край, г. Пермь, ул. Ленина, д. 25А"
    assert (found.founded, str(found.updated)) == (1998, "2025-10-30")
    assert found.contacts is not None
    assert (found.contacts.email, found.contacts.person) == ("a@example.com", None)
    assert (known.kpp, known.legal_form_code, known.region_code) == ("590401001", "12300", "59")
    assert known.full_name == 'ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ  "ВАЛ"'
    assert [one.code for one in known.activities] == ["25.62", "46.69"]
    assert found.capabilities == ()
    assert not found.is_closed


def test_small_firms_and_sole_traders_are_read(tmp_path: Path) -> None:
    firm, trader = suppliers(rows(tmp_path, small_firms()))
    assert (firm.inn, firm.size_class, firm.employees, firm.region) == (
        INN,
        "small",
        17,
        "Республика Татарстан",
    )
    assert (firm.city, str(firm.updated)) == ("Набережные Челны", "2026-11-10")
    assert (trader.name.ru, trader.inn) == ("ИП Петров Пётр Петрович", "500100732259")
    assert (trader.size_class, trader.region) == ("micro", "Москва")


def test_one_bad_cell_is_a_remark(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, legal_entities(legal_entity("ВАЛ", INN, email="нет")))
    assert row.record is not None
    assert [one.path for one in row.problems] == ["contacts.email"]


def test_a_closed_firm_is_marked(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, legal_entities(legal_entity("ВАЛ", INN, closed=True)))
    assert isinstance(row.record, SupplierRecord)
    assert row.record.is_closed
    assert [one.code for one in row.problems] == ["registration.closed"]


def test_all_files_of_an_archive_are_read_and_others_named(tmp_path: Path) -> None:
    content = zipped(
        **{
            "a.xml": legal_entities(legal_entity("ВАЛ", INN)),
            "b/b.xml": legal_entities(legal_entity("ВТУЛКА", OTHER), encoding="UTF-8"),
            "old.xml": legal_entities(legal_entity("СТАРЫЙ", OTHER), version="4.05"),
            "readme.txt": b"about",
        }
    )
    found = rows(tmp_path, content, "file.zip")
    assert [row.number for row in found] == [1, 2, 3, 4]
    assert [one.name.ru for one in suppliers(found)] == ['ООО "ВАЛ"', 'ООО "ВТУЛКА"']
    assert [problem.value for row in found[2:] for problem in row.problems] == ["old.xml", "readme.txt"]
    assert "4.05" in str(found[2].problems[0])
    assert found[-1].position <= (tmp_path / "file.zip").stat().st_size


def test_a_firm_that_stands_twice_counts_once_as_of_one_day(tmp_path: Path) -> None:
    documents = [
        legal_entity("ВАЛ", INN),
        legal_entity("ВАЛ", INN),
        legal_entity("ВАЛЫ", INN),
        legal_entity("ВАЛ-2", INN, day="2025-11-01"),
    ]
    found = rows(tmp_path, legal_entities(*documents))
    assert [[one.code for one in row.problems] for row in found] == [[], [], ["row.twice"], []]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            legal_entities(legal_entity("ВАЛ", INN), version="4.05"),
            "ЕГРЮЛ_ОТКР_СВЕД of form 4.05, which is not read",
        ),
        (b"<html><body/></html>", "unknown form, whose first element is “html”"),
        (legal_entities(before='<!DOCTYPE x [<!ENTITY a "aaaa">]>'), "entities"),
    ],
)
def test_what_is_not_read_is_told_by_its_name(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        rows(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (legal_entities(legal_entity("ВАЛ", INN))[:-30], "broken at line"),
        (legal_entities(f"<Документ>{'<СвЮЛ/>' * (xml_records.MOST_ELEMENTS + 1)}</Документ>"), "too large"),
        (legal_entities(f'<Документ ИдДок="{"a" * (xml_records.MOST_PENDING + 100_000)}"/>'), "too large"),
    ],
)
def test_broken_and_endless_xml_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        rows(tmp_path, content)


def test_archives_that_mislead_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = zipped(**{f"{at}.xml": legal_entities() for at in range(4)})
    for content, message in ((whole[:-40], "damaged"), (zipped(), "empty|damaged")):
        with pytest.raises(UnreadableFile, match=message):
            rows(tmp_path, content, "file.zip")
    monkeypatch.setattr(archives, "MOST_MEMBERS", 3)
    with pytest.raises(UnreadableFile, match="holds 4 files; at most 3"):
        rows(tmp_path, whole, "file.zip")
    monkeypatch.setattr(archives, "MAX_CONTENT", 10)
    monkeypatch.setattr(archives, "MOST_MEMBERS", 30)
    with pytest.raises(UnreadableFile, match="4 GB"):
        rows(tmp_path, whole, "file.zip")
