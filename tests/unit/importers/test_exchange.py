import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.ru import inn as inn_number

from importers.readers import exchange, lines
from importers.rows import FileRow
from matchmaker.domain.errors import InvalidRecord, UnreadableFile
from matchmaker.domain.records import NeedRecord, OutcomeRecord, SupplierRecord, inn_with_nought, to_data

SUPPLIER = {"kind": "supplier", "id": "s-1", "name": {"ru": "ООО «Пример»"}}


def rows_of(folder: Path, *written: object, name: str = "file.jsonl") -> list[FileRow]:
    path = folder / name
    text = "\n".join(
        line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in written
    )
    path.write_text(text, encoding="utf-8")
    lines.scan(path)
    return list(exchange.read(path))


def only_problem(folder: Path, written: object) -> tuple[str, str]:
    (row,) = rows_of(folder, written)
    assert row.record is None
    (problem,) = row.problems
    assert str(problem)
    return problem.path, problem.code


def test_reads_the_three_kinds(tmp_path: Path) -> None:
    need = {"kind": "need", "id": "n-1", "text": "Нужны валы"}
    outcome = {
        "kind": "outcome",
        "need": "n-1",
        "supplier": "s-1",
        "decision": "approved",
        "at": "2026-11-02",
    }
    found = [row.record for row in rows_of(tmp_path, SUPPLIER, "", need, outcome)]
    assert [type(record) for record in found] == [SupplierRecord, NeedRecord, OutcomeRecord]


def test_a_need_demands_one_certificate_or_a_list(tmp_path: Path) -> None:
    one, two = {"standard": "ISO 9001"}, {"any_of": ["НАКС", "ISO 3834-2"], "strength": "wish"}
    for demanded in (one, [one], [one, two], []):
        written = {"kind": "need", "id": "n-1", "text": "Валы", "certification": demanded}
        (record,) = [row.record for row in rows_of(tmp_path, written)]
        assert isinstance(record, NeedRecord)
        said = to_data(record).get("certification")
        assert NeedRecord.model_validate({**written, "certification": said}) == record
        assert isinstance(said, list) == (demanded == [one, two])
    plain = {"standard": "ISO 9001", "level": "certified", "verified": False}
    assert (
        to_data(NeedRecord.model_validate({"id": "n", "text": "x", "certification": one}))["certification"]
        == plain
    )


def test_a_demand_names_standards_once(tmp_path: Path) -> None:
    demand = {"standard": "ISO 9001", "any_of": ["НАКС"]}
    need = {"kind": "need", "id": "n-1", "text": "Валы", "certification": demand}
    assert only_problem(tmp_path, need) == ("certification.0", "demand.twice")


def test_numbers_lines_as_an_editor_does(tmp_path: Path) -> None:
    assert [row.number for row in rows_of(tmp_path, "", SUPPLIER, "", SUPPLIER)] == [2, 4]


def test_reads_gzip_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + json.dumps(SUPPLIER).encode()))
    lines.scan(path)
    assert [row.problems for row in exchange.read(path)] == [()]


@pytest.mark.parametrize(
    ("written", "path", "code"),
    [
        ('{"kind": "supplier", "id": ', "record", "json.broken"),
        ("[1]", "record", "record.not_object"),
        ({"kind": "client"}, "kind", "kind.unknown"),
        ('{"kind": "supplier", "id": "a", "id": "b"}', "id", "key.repeated"),
        ('{"kind": "supplier", "employees": NaN}', "record", "number.not_finite"),
        ("[" * 100_000, "record", "json.too_deep"),
        ('{"kind": "supplier", "employees": ' + "9" * 5000 + "}", "record", "number.too_long"),
        ({**SUPPLIER, "inn": "7707083894"}, "inn", "inn.checksum"),
        ({**SUPPLIER, "updated": "2026-02-30"}, "updated", "value.date_from_datetime_parsing"),
        ({**SUPPLIER, "location": [560, 1]}, "location.0", "value.less_than_equal"),
        ({**SUPPLIER, "name": {"ru": "A\x00B"}}, "name.ru", "text.control"),
        ({**SUPPLIER, "name": {"ru": "Я" * 301}}, "name.ru", "value.too_long"),
        ({**SUPPLIER, "name": {}}, "name", "name.missing"),
        ({**SUPPLIER, "employees": "abc"}, "employees", "value.int_parsing"),
        ({"kind": "need", "id": "n"}, "record", "need.empty"),
        (
            {
                **SUPPLIER,
                "certificates": [
                    {"standard": "ISO 9001", "issued": "2026-01-02", "valid_until": "2025-01-01"}
                ],
            },
            "certificates.0",
            "certificate.order",
        ),
        (
            {**SUPPLIER, "capabilities": [{"process": "x", "lot": {"min": 9, "max": 2}}]},
            "capabilities.0.lot",
            "lot.order",
        ),
    ],
)
def test_names_the_key_of_what_is_wrong(tmp_path: Path, written: object, path: str, code: str) -> None:
    assert only_problem(tmp_path, written) == (path, code)


@pytest.mark.parametrize("written", ["100000011", 100000011])
def test_an_inn_gets_its_first_nought_back_and_says_so(tmp_path: Path, written: object) -> None:
    (row,) = rows_of(tmp_path, {**SUPPLIER, "inn": written})
    assert isinstance(row.record, SupplierRecord)
    assert row.record.inn == "0100000011"
    assert [(problem.path, problem.code) for problem in row.problems] == [("inn", "cell.nought")]


@given(st.integers(0, 10**8 - 1))
def test_a_first_nought_is_given_back_where_the_check_digit_agrees(number: int) -> None:
    head = f"0{number:08d}"
    whole = head + inn_number.calc_company_check_digit(head)
    assert inn_with_nought(whole[1:]) == whole
    wrong = f"{whole[1:-1]}{(int(whole[-1]) + 1) % 10}"
    assert inn_with_nought(wrong) is None


def test_suggests_the_key_that_was_meant(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, {**SUPPLIER, "certificats": []})
    assert str(row.problems[0]) == "There is no such key; did you mean “certificates”?"


def test_names_every_wrong_key_of_a_line(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path, {**SUPPLIER, "inn": "1", "employees": -1})
    assert sorted(problem.path for problem in row.problems) == ["employees", "inn"]


def test_a_line_of_forty_megabytes_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    long, short = rows_of(tmp_path, '{"kind": "supplier", "id": "' + "я" * 20_000_000 + '"}', SUPPLIER)
    assert (long.number, long.problems[0].code) == (1, "line.too_long")
    assert short.record is not None


def test_names_the_line_and_the_encoding_of_a_cp1251_file(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    text = json.dumps({**SUPPLIER, "description": {"ru": "Токарная обработка деталей"}}, ensure_ascii=False)
    path.write_bytes(json.dumps(SUPPLIER).encode() + b"\n" + text.encode("cp1251") + b"\n")
    with pytest.raises(UnreadableFile, match=r"line 2.*cp1251"):
        lines.scan(path)


@pytest.mark.parametrize(("content", "words"), [(b"", "empty"), (None, "no such file")])
def test_an_empty_or_missing_file_says_so(tmp_path: Path, content: bytes | None, words: str) -> None:
    path = tmp_path / "file.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=words):
        lines.scan(path)


def test_a_damaged_archive_says_so(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(SUPPLIER).encode() * 99)[:-12])
    with pytest.raises(UnreadableFile, match="damaged"):
        lines.scan(path)


@given(st.text(max_size=200))
def test_any_line_is_refused_with_a_reason(text: str) -> None:
    with pytest.raises((exchange.RefusedText, InvalidRecord), match=r"\S"):
        exchange.record_of(exchange.parse_json(text))


names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), min_size=1, max_size=40).filter(
    str.strip
)


@given(name=names, number=st.floats(0.001, 1000), lot=st.integers(1, 10**9))
def test_a_record_survives_writing_and_reading(name: str, number: float, lot: int) -> None:
    data = {
        **SUPPLIER,
        "name": {"en": name},
        "capabilities": [{"process": name, "diameter_mm": number, "lot": {"min": lot}}],
    }
    record = exchange.record_of(data)
    assert exchange.record_of(exchange.parse_json(json.dumps(to_data(record)))) == record
