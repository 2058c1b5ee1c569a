import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from importers import parts
from importers.readers import workbooks
from matchmaker.domain.errors import UnreadableFile
from tests.support import office_files


def test_a_workbook_becomes_rows_with_meanings() -> None:
    first, second = parts.read("list.xlsx", office_files.workbook(office_files.PARTS))
    assert parts.fields(first) == {
        "title": "Втулка",
        "materials": "БрАЖ9-4",
        "quantity": "100",
        "envelope_mm": "60х60х80",
    }
    assert first["Примечание"] == "без покрытия"
    assert parts.fields(second)["quantity"] == "12"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251", "utf-8"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_delimited_file_is_read_in_the_usual_encodings(encoding: str, separator: str) -> None:
    lines = ("Деталь|Количество|Материал", "Шестерня ведущая|20|сталь 45", "Крышка подшипника|5|чугун СЧ20")
    content = "\n".join(lines).replace("|", separator).encode(encoding)
    assert [parts.fields(row)["title"] for row in parts.read("a.csv", content)] == [
        "Шестерня ведущая",
        "Крышка подшипника",
    ]


def test_pasted_cells_are_a_table_and_a_letter_is_none() -> None:
    assert [dict(row) for row in parts.pasted("Part\tQty\nShaft\t3\n\nGear\t4\n")] == [
        {"Part": "Shaft", "Qty": "3"},
        {"Part": "Gear", "Qty": "4"},
    ]
    assert parts.pasted("Добрый день!\nНужны валы.\n") == []
    assert parts.pasted("one\ttwo") == []


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
        packed.writestr("xl/workbook.xml", b"0" * (workbooks.MOST_UNPACKED + 1))
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
        rows = parts.pasted(text)
    except UnreadableFile:
        return
    assert all(parts.fields(row).get("title") for row in rows)
