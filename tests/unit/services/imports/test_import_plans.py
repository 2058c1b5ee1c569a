"""The first look at a file: what is no list, no register and no exchange file is told by what it is."""

from pathlib import Path

import pytest

from matchmaker.domain.errors import UnreadableFile
from matchmaker.services.imports import import_plans


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("list.xls", b"<html><body><table><tr><td>Name</td></tr></table></body></html>", "web page or XML"),
        (
            "list.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:a"><Worksheet/></Workbook>',
            "web page or XML",
        ),
        ("letter.pdf", b"%PDF-1.7 \xe2\xe3", "is none of: XLSX"),
        ("letter.docx", b"PK\x03\x04 no archive", "is none of: XLSX"),
        ("letter.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is none of: XLSX"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", "is none of: XLSX"),
    ],
)
def test_a_file_of_another_kind_is_told_by_what_it_is(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=words) as told:
        import_plans.any_plan(path, ())
    assert name in str(told.value)
