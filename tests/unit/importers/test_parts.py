import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from importers import parts
from matchmaker.domain.errors import UnreadableFile
from matchmaker.sandbox import file_counts
from tests.support import office_files


def test_a_workbook_becomes_rows_with_meanings() -> None:
    first, second = parts.read("list.xlsx", office_files.workbook(office_files.PARTS)).parts()
    assert {name: cell.text for name, cell in first.fields()} == {
        "title": "Втулка",
        "materials": "БрАЖ9-4",
        "quantity": "100",
        "envelope_mm": "60х60х80",
    }
    assert first.text.endswith("Примечание: без покрытия")
    assert dict(second.fields())["quantity"].text == "12"


def test_columns_of_one_name_are_a_route() -> None:
    rows: list[list[object]] = [
        ["Деталь", "Операция", "Операция", "Операция"],
        ["Вал-шестерня", "Токарная", "Зубофрезерная", "Шлифовальная"],
        ["Фланец", "Токарная", "Сверлильная", None],
    ]
    table = parts.read("route.xlsx", office_files.workbook(rows))
    again = parts.pasted(table.text)
    assert again is not None
    assert [one.text for one in again.parts()] == [one.text for one in table.parts()]
    first, second = table.parts()
    assert [cell.text for name, cell in first.fields() if name == "processes"] == [
        "Токарная",
        "Зубофрезерная",
        "Шлифовальная",
    ]
    assert [cell.text for name, cell in second.fields() if name == "processes"] == ["Токарная", "Сверлильная"]


def test_lines_of_a_cell_are_entries_where_its_column_has_entries() -> None:
    rows: list[list[object]] = [["Деталь", "Операция"], ["Вал\nведущий", "токарная\nфрезерная"]]
    (part,) = parts.read("a.xlsx", office_files.workbook(rows)).parts()
    assert part.text == "Деталь: Вал ведущий; Операция: токарная; фрезерная"


def test_the_number_of_the_customers_part_is_no_contractor() -> None:
    table = parts.pasted("Customer part number\tDescription\nXY-4711\tBracket\n")
    assert table is not None
    assert [(name, cell.text) for name, cell in table.parts()[0].fields()] == [
        ("drawing_number", "XY-4711"),
        ("title", "Bracket"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251", "utf-8"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_delimited_file_is_read_in_the_usual_encodings(encoding: str, separator: str) -> None:
    lines = ("Деталь|Количество|Материал", "Шестерня ведущая|20|сталь 45", "Крышка подшипника|5|чугун СЧ20")
    content = "\n".join(lines).replace("|", separator).encode(encoding)
    assert [part.title for part in parts.read("a.csv", content).parts()] == [
        "Шестерня ведущая",
        "Крышка подшипника",
    ]


def test_pasted_cells_are_a_table_and_a_letter_is_none() -> None:
    table = parts.pasted("Part\tQty\nShaft\t3\n\nGear\t4\n")
    assert table is not None
    assert [part.text for part in table.parts()] == ["Part: Shaft; Qty: 3", "Part: Gear; Qty: 4"]
    assert parts.pasted("Добрый день!\nНужны валы.\n") is None
    assert parts.pasted("one\ttwo") is None


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0broken", b"\x00\x01\x02\x03", b"", b"a;b\n"]
)
def test_what_is_no_table_is_refused_with_its_name(content: bytes) -> None:
    with pytest.raises(UnreadableFile) as refused:
        parts.read("list.xls", content)
    assert refused.value.params["file"] == "list.xls"


def test_a_bomb_and_a_large_list_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (file_counts.SMALL.unpacked + 1))
    with pytest.raises(UnreadableFile, match="50 MB"):
        parts.read("bomb.xlsx", buffer.getvalue())
    with pytest.raises(UnreadableFile, match="200 rows"):
        parts.pasted("Part\tQty\n" + "Shaft\t1\n" * (parts.MOST_ROWS + 1))


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "XFD1"])
def test_a_workbook_of_two_cells_far_apart_takes_no_memory_of_the_site(far: str) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet()
    sheet.write_string("A1", "Part")
    sheet.write_string(far, "Shaft")
    book.close()
    with pytest.raises(UnreadableFile):
        parts.read("far.xlsx", buffer.getvalue())


@given(st.text(max_size=200))
def test_any_pasted_text_is_rows_or_no_table(text: str) -> None:
    try:
        table = parts.pasted(text)
    except UnreadableFile:
        return
    assert table is None or all(part.title for part in table.parts())
