"""Where a table begins: titles, heads of two rows, several sheets, headings of groups; and encodings of texts."""

from datetime import date
from pathlib import Path

import pytest

from importers import heads, lists, parts
from importers.certificates import CertificateReader
from importers.columns import column_words
from importers.lists import ListFile, ListSheet
from importers.readers import sheets
from importers.rows import FileRow
from matchmaker.domain.records import SupplierRecord
from matchmaker.wiring import load_recogniser
from tests.support.office_files import book

PAPERS = CertificateReader(load_recogniser(), date(2026, 11, 28))
REGISTER = [
    ["Реестр предприятий"],
    ["№ п/п", "Наименование предприятия", "ИНН", "Виды работ", "Сертификат СМК", "", "Контакты", ""],
    ["", "", "", "", "стандарт", "действует до", "телефон", "e-mail"],
    ["1", "2", "3", "4", "5", "6", "7", "8"],
    ["Пермский край"],
    ["1", "ООО «Вал»", "7707083893", "точение", "ISO 9001:2015", "14.05.2028", "+7 342 200-00-01", "a@example.com"],
    ["Свердловская область"],
    ["2", "ООО «Зуб»", "7728168971", "шлифование", "", "", "", ""],
    ["Итого: 2 предприятия"],
]  # fmt: skip


def read(tmp_path: Path, content: bytes, sheet: ListSheet | None = None) -> list[FileRow]:
    path = tmp_path / "list"
    path.write_bytes(content)
    found = sheet or lists.sheet("list", content, "supplier")
    return list(ListFile(path, "list", "supplier", found, "0", PAPERS).rows())


@pytest.mark.parametrize("as_text", [False, True])
def test_a_head_of_two_rows_names_sub_columns_and_headings_become_regions(
    tmp_path: Path, as_text: bool
) -> None:
    text = "\n".join(";".join(row) for row in REGISTER).encode("cp1251")
    found = read(tmp_path, text if as_text else book(Реестр=REGISTER))
    first, second = (row.record for row in found if isinstance(row.record, SupplierRecord))
    assert (first.region, second.region) == ("Пермский край", "Свердловская область")
    assert str(first.certificates[0].valid_until) == "2028-05-14"
    assert first.contacts is not None
    assert (first.contacts.email, first.contacts.phone) == ("a@example.com", "+7 342 200-00-01")
    assert first.description is None
    left = [problem.code for row in found if row.record is None for problem in row.problems]
    assert left == ["row.numbers", "row.region", "row.region", "row.total"]
    assert [problem for row in found if row.record for problem in row.problems] == []


def test_a_heading_that_is_no_region_goes_with_its_rows(tmp_path: Path) -> None:
    rows = [["№", "Название", "Город"], ["Литейщики"], ["1", "Завод", "Тверь"]]
    heading, firm = read(tmp_path, book(Список=rows))
    assert [problem.code for problem in heading.problems] == ["row.heading"]
    assert isinstance(firm.record, SupplierRecord)
    assert "Литейщики" in str(firm.record.description)


def test_the_sheet_that_names_firms_is_read_and_another_may_be_chosen(tmp_path: Path) -> None:
    content = book(
        _Справочник=[["Код", "Вид работ"], ["1", "токарная"]],
        Инструкция=[["Поле", "Пояснение"], ["Название", "как в уставе"]],
        Поставщики=[["Название", "ИНН"], ["Завод", "7707083893"]],
        Архив=[["Название", "Город"], ["Старый завод", "Тверь"]],
    )
    found = lists.sheet("list", content, "supplier")
    assert (found.name, found.names) == ("Поставщики", ("Инструкция", "Поставщики", "Архив"))
    assert [
        row.record.name.ru for row in read(tmp_path, content) if isinstance(row.record, SupplierRecord)
    ] == ["Завод"]
    other = lists.sheet("list", content, "supplier", chosen="Архив")
    assert isinstance(read(tmp_path, content, other)[0].record, SupplierRecord)
    assert other.columns[0] == ("Название", "name")


def test_a_person_may_move_the_head() -> None:
    content = "Кто;Что\nпояснение;пояснение\nНазвание;Город\nЗавод;Тверь\n".encode()
    assert lists.sheet("a.csv", content, "supplier").first == 3
    assert lists.sheet("a.csv", content, "supplier", first=1).columns[0][0] == "Кто"


def test_a_row_of_values_under_nameless_columns_is_no_part_of_the_head() -> None:
    rows = [(1, ["Название", "", "Город"]), (2, ["Завод", "цех 5", "Тверь"])]
    found = heads.find(rows, column_words("suppliers"))
    assert found is not None
    assert (found.first, found.last, found.names) == (1, 1, ("Название", "", "Город"))


def test_parts_of_a_buyer_have_the_same_finder() -> None:
    rows = [["Спецификация", "№ 7"], ["Деталь", "Операция", "", "Кол-во"], ["1", "2", "3", "4"], ["Вал", "точение", "шлифование", "5"]]  # fmt: skip
    (part,) = parts.read("a.xlsx", book(Титул=[["Заявка", "2026"]], Детали=rows)).parts()
    assert part.title == "Вал"
    assert "шлифование" in part.text


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp866", "koi8_r"]
)
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("sign", [";", "\t", ","])
def test_texts_of_offices_are_read_in_every_encoding(encoding: str, end: str, sign: str) -> None:
    rows = [["Название", "Город"], ["ООО Пример", "Самара"], ["Завод имени Ленина", "Пермь"]]
    content = end.join(sign.join(row) for row in rows).encode(encoding)
    assert [row for _, row in sheets.rows("a.csv", content)] == rows


def test_a_western_text_is_not_taken_for_russian() -> None:
    content = "Name;City\nMüller GmbH;München\nBäckerei;Köln\n".encode("latin-1")
    assert [row for _, row in sheets.rows("a.csv", content)][1] == ["Müller GmbH", "München"]
