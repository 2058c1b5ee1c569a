"""Lists as offices keep them: merged cells, rows that go on, signatures, signs for nothing, several addresses, cells that failed."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from importers import lists, merged_cells
from importers.certificates import CertificateReader
from importers.lists import ListFile
from importers.merged_cells import MergedRange
from importers.rows import FileRow
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.records import SupplierRecord
from matchmaker.wiring import load_recogniser
from search.reading import cells

PAPERS = CertificateReader(load_recogniser(), date(2026, 11, 28))


def read(tmp_path: Path, content: bytes, name: str = "list.csv") -> list[FileRow]:
    path = tmp_path / name
    path.write_bytes(content)
    sheet = lists.sheet(name, content, "supplier")
    return list(ListFile(path, name, "supplier", sheet, "0", PAPERS).rows())


def firms(rows: list[FileRow]) -> list[SupplierRecord]:
    return [row.record for row in rows if isinstance(row.record, SupplierRecord)]


def text(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def made(fill: Callable[[xlsxwriter.worksheet.Worksheet], None]) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    fill(book.add_worksheet("Реестр"))
    book.close()
    return buffer.getvalue()


def test_a_firm_merged_over_several_machines_has_them_all(tmp_path: Path) -> None:
    def fill(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ["№", "Предприятие", "ИНН", "Станок", "Город"])
        sheet.merge_range(1, 1, 3, 1, "ООО «Вектор»")
        sheet.merge_range(1, 2, 3, 2, 7707083893)
        sheet.merge_range(1, 4, 3, 4, "Самара")
        sheet.write_column(1, 3, ["16К20 - 3 шт.", "6Р82 (2)", "DMG CTX 450"])

    rows = read(tmp_path, made(fill), "list.xlsx")
    assert {(one.inn, one.city) for one in firms(rows)} == {("7707083893", "Самара")}
    machines = [(one.equipment[0].name, one.equipment[0].quantity) for one in firms(rows)]
    assert machines == [("16К20", 3), ("6Р82", 2), ("DMG CTX 450", None)]
    assert [problem for row in rows for problem in row.problems] == []


def test_pieces_behind_a_comma_are_no_machine(tmp_path: Path) -> None:
    (row,) = read(
        tmp_path, text("Предприятие;ИНН;Станки", "Ромб;7707083893;ГФ2171, 4 шт., 16К20 - 2 ед., нет")
    )
    found = [(one.name, one.quantity) for one in firms([row])[0].equipment]
    assert found == [("ГФ2171", 4), ("16К20", 2)]


def test_a_row_that_names_no_firm_goes_on_about_the_one_above_and_says_so(tmp_path: Path) -> None:
    rows = read(tmp_path, text("Предприятие;ИНН;Станок", "Ромб;7707083893;1М63", ";;2Н135", ";;"))
    first, second = firms(rows)
    assert (second.id, second.equipment[0].name) == (first.id, "2Н135")
    assert [(one.code, one.params["row"]) for one in rows[1].problems] == [("row.continued", 2)]


def test_a_row_without_a_firm_above_is_refused(tmp_path: Path) -> None:
    (row,) = read(tmp_path, text("Предприятие;ИНН;Станок", ";;2Н135"))
    assert (row.record, row.problems[0].code) == (None, "name.missing")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Исполнитель: Сидорова А.А., тел. 371-00-00;;", "row.note"),
        ("Директор центра ____________ /Кузнецов К.К./;;", "row.note"),
        ("Руководитель центра;;Кузнецов К.К.", "row.note"),
        ("* обязательные поля;;", "row.note"),
        ("Примечание: данные за 2025 год;;", "row.note"),
        ("М.П.;;", "row.note"),
        ("Общее количество предприятий: 45;;", "row.total"),
        ("Всего в реестре;;12", "row.total"),
        ("Общий итог;;7", "row.total"),
        ("А;Б;1", "row.numbers"),
        ("(1);(2);(3)", "row.numbers"),
    ],
)
def test_notes_totals_and_numbers_are_no_firms(tmp_path: Path, line: str, code: str) -> None:
    (row,) = read(tmp_path, text("Предприятие;Город;Примечание", line))
    assert (row.record, [one.code for one in row.problems]) == (None, [code])


@pytest.mark.parametrize(
    "name",
    ["Директ-Пласт", "Источник", "ООО «Всего»", "Специалист", "Всего хорошего", "Итог-Сервис", "Дата Центр"],
)
def test_firms_that_begin_like_a_note_stay_firms(tmp_path: Path, name: str) -> None:
    (row,) = read(tmp_path, text("Предприятие;ИНН;Город", f"{name};7707083893;Самара"))
    assert isinstance(row.record, SupplierRecord)


def test_a_heading_merged_across_the_table_is_no_firm(tmp_path: Path) -> None:
    def fill(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ["Предприятие", "ИНН", "Город", "Телефон"])
        sheet.merge_range(1, 0, 1, 3, "Литейное производство")
        sheet.write_row(2, 0, ["Завод", "7707083893", "Тверь", ""])

    heading, firm = read(tmp_path, made(fill), "list.xlsx")
    assert [one.code for one in heading.problems] == ["row.heading"]
    assert isinstance(firm.record, SupplierRecord)
    assert "Литейное производство" in str(firm.record.description)


@pytest.mark.parametrize("sign", ["-", "—", "н/д", "нет", "Отсутствует", "n/a", "не указан", "-//-"])
def test_a_sign_for_nothing_is_no_value(tmp_path: Path, sign: str) -> None:
    columns = "Компания;ИНН;Телефон;E-mail;Сайт;Численность;Оборудование;Виды работ;Контактное лицо;Отрасль"
    (row,) = read(tmp_path, text(columns, "Завод" + f";{sign}" * 9))
    assert isinstance(row.record, SupplierRecord)
    assert row.problems == ()
    assert row.record.contacts is None
    assert row.record.description is None
    assert (row.record.equipment, row.record.capabilities, row.record.sectors) == ((), (), ())


def test_a_no_is_kept_as_words_where_the_column_has_no_field(tmp_path: Path) -> None:
    (row,) = read(tmp_path, text("Компания;ИНН;Допуск ОПО;Прочее", "Завод;;нет;-"))
    assert isinstance(row.record, SupplierRecord)
    assert str(row.record.description.ru if row.record.description else "") == "Допуск ОПО: нет"


@pytest.mark.parametrize(
    ("cell", "taken", "told"),
    [
        ("a@example.com; c@example.com", "a@example.com", "cell.further"),
        ("mailto:a@example.com", "a@example.com", None),
        ("почта: a@example.com,", "a@example.com", None),
        ("Иван <i@example.com>", "i@example.com", None),
        ("a (at) example.com", "a@example.com", None),
        ("a @ example.com", "a@example.com", None),
        ("info@завод.рф", "info@завод.рф", None),
        ("a@b", None, "email.invalid"),
        ("www.example.com", None, "email.invalid"),
    ],
)
def test_an_address_is_taken_out_of_its_cell(
    tmp_path: Path, cell: str, taken: str | None, told: str | None
) -> None:
    (row,) = read(tmp_path, text("Компания\tИНН\tE-mail", f"Завод\t\t{cell}"))
    assert isinstance(row.record, SupplierRecord)
    assert (row.record.contacts.email if row.record.contacts else None) == taken
    assert [one.code for one in row.problems] == ([told] if told else [])


@pytest.mark.parametrize(
    ("cell", "taken", "told"),
    [
        ("www.example.com", "www.example.com", None),
        ("www. example.com", "www.example.com", None),
        ("https://example.com/a?b=1", "https://example.com/a?b=1", None),
        ("завод.рф", "завод.рф", None),
        ("example.com, example.org", "example.com", "cell.further"),
        ("в разработке", None, "cell.site"),
        ("a@example.com", None, "cell.site"),
        ("example,com", None, "cell.site"),
    ],
)
def test_a_web_site_is_an_address(tmp_path: Path, cell: str, taken: str | None, told: str | None) -> None:
    (row,) = read(tmp_path, text("Компания\tИНН\tСайт", f"Завод\t\t{cell}"))
    assert isinstance(row.record, SupplierRecord)
    assert (row.record.contacts.website if row.record.contacts else None) == taken
    assert [one.code for one in row.problems] == ([told] if told else [])


def test_words_are_no_telephone_and_numbers_of_towns_are(tmp_path: Path) -> None:
    first, second = read(tmp_path, text("Компания;ИНН;Телефон", "Завод;;звоните", "Ромб;;2-33-44"))
    assert [one.code for one in first.problems] == ["cell.phone"]
    assert isinstance(second.record, SupplierRecord)
    assert second.record.contacts is not None
    assert second.record.contacts.phone == "2-33-44"


def test_formulas_that_failed_are_told_by_their_column(tmp_path: Path) -> None:
    def fill(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ["Предприятие", "ИНН", "Город"])
        sheet.write(1, 0, "ООО Гайка")
        sheet.write_formula(1, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 2, "=Z1", None, "")

    (row,) = read(tmp_path, made(fill), "list.xlsx")
    told = {(one.path, one.code, str(one.value)) for one in row.problems}
    assert told == {("ИНН", "cell.fault", "#DIV/0!"), ("Город", "cell.formula", "=Z1")}


def test_columns_beyond_the_two_hundredth_are_read(tmp_path: Path) -> None:
    def fill(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ["Предприятие", "ИНН", *(f"Поле {at}" for at in range(250))])
        sheet.write(1, 0, "Завод")
        sheet.write(1, 240, "далеко")

    (row,) = read(tmp_path, made(fill), "list.xlsx")
    assert "далеко" in str(firms([row])[0].description)


def test_a_bar_may_part_the_cells(tmp_path: Path) -> None:
    (row,) = read(tmp_path, text("Компания|ИНН|Город", "Завод|7707083893|Самара"))
    assert firms([row])[0].city == "Самара"


MATRIX = [
    "Предприятие;ИНН;Виды обработки;;;СМК;",
    ";;Токарная;Фрезерная;Сварка;ISO 9001;IATF 16949",
    "Альфа;7707083893;+;;х;да;нет",
    "Бета;5904000620;нет;V;до 500 мм;;внедряется",
]


def test_marks_in_columns_of_work_stand_for_it(tmp_path: Path) -> None:
    first, second = firms(read(tmp_path, text(*MATRIX)))
    assert [one.process for one in first.capabilities] == ["Токарная", "Сварка"]
    assert [(one.standard, one.status) for one in first.certificates] == [("ISO 9001", "certified")]
    assert [one.process for one in second.capabilities] == ["Фрезерная"]
    assert "Сварка: до 500 мм" in str(second.description)
    assert [(one.standard, one.status) for one in second.certificates] == [("IATF 16949", "implementing")]


def test_a_mark_in_a_column_that_names_no_work_is_no_work(tmp_path: Path) -> None:
    (row,) = read(tmp_path, text("Предприятие;ИНН;Виды работ", "Альфа;7707083893;+"))
    (firm,) = firms([row])
    assert firm.capabilities == ()
    assert "Виды работ: +" in str(firm.description)


def test_a_table_with_firms_in_columns_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="turn the table"):
        read(tmp_path, text("Наименование;Альфа;Бета", "ИНН;7707083893;5904000620", "Город;Тверь;Пермь"))


def test_firms_named_like_columns_are_no_turned_table(tmp_path: Path) -> None:
    rows = read(tmp_path, text("Название;Что", "Станкосервис;а", "Городские сети;б", "Компания Адрес;в"))
    assert len(firms(rows)) == 3


MERGED = st.builds(MergedRange, st.integers(1, 12), st.integers(1, 12), st.integers(0, 6), st.integers(0, 6))
ROWS = st.lists(st.lists(st.sampled_from(["", "а", "12", "7707083893"]), max_size=5), max_size=10)


@given(ROWS, st.lists(MERGED, max_size=6), st.integers(0, 4))
def test_merged_cells_take_nothing_away(rows: list[list[str]], merged: list[MergedRange], after: int) -> None:
    numbered = list(enumerate(rows, 1))
    found = list(merged_cells.filled(numbered, merged, after))
    assert [number for number, _ in found] == [number for number, _ in numbered]
    for (number, before), (_, now) in zip(numbered, found, strict=True):
        if number <= after:
            assert now == before
        else:
            assert {cell for cell in before if cell} <= set(now)


@given(st.text(st.sampled_from("абв 16К20-()шт."), min_size=1, max_size=20))
def test_a_counted_name_is_a_part_of_its_words(words: str) -> None:
    found = cells.counted(words)
    assert found.name in words
    assert found.pieces is None or found.pieces > 0
