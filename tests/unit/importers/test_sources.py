"""Source descriptions on small files of the same shape as the real ones."""

import json
from pathlib import Path

import pytest

from importers import sources
from importers.readers import tables
from matchmaker.domain.errors import InvalidRecord, UnreadableFile
from matchmaker.domain.records import NeedRecord, SupplierRecord
from matchmaker.resources import folder, read_yaml

SOURCES = {
    path.stem: sources.source_of(read_yaml(path)) for path in (folder("config") / "sources").glob("*.yaml")
}


def recognised(path: Path) -> sources.Source | None:
    header = tables.header_of(path)
    return sources.recognised(iter(SOURCES.values()), header[1]) if header else None


def test_takes_suppliers_from_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "suppliers.jsonl"
    row = {"id": 7, "name": "Пример", "opf": "ООО", "address": "г. Москва", "site": "", "products": "Метизы"}
    path.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    source = recognised(path)
    assert source is not None
    (found,) = tables.read(path, source)
    assert isinstance(found.record, SupplierRecord)
    assert (found.record.id, found.record.name.ru) == ("moscow-7", "ООО «Пример»")
    assert found.record.contacts is None


def test_takes_needs_from_a_table(tmp_path: Path) -> None:
    path = tmp_path / "needs.csv"
    header = "title,okpd2,kpgz,kpgz_name,region,nmck,date"
    path.write_text(
        f'{header}\n"Болт, М8",25.94,01,МЕТИЗЫ,Москва,10.0,2021-06-30 11:41:23.967\n', encoding="utf-8"
    )
    source = recognised(path)
    assert source is not None
    (found,) = tables.read(path, source)
    assert isinstance(found.record, NeedRecord)
    assert (found.record.title, found.record.region, str(found.record.updated)) == (
        "Болт, М8",
        "Москва",
        "2021-06-30",
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("a,b\n1,2,3\n", "line 2"),
        ('a,b\n"1,2\n3,4\n', "quotation mark"),
        ("a,b\n1\n", "1 fields where the header has 2"),
    ],
)
def test_a_broken_table_is_refused_with_its_line(tmp_path: Path, body: str, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=message):
        list(tables.delimited(path))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_finds_the_separator(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"a{separator}b\n1{separator}2\n", encoding="utf-8-sig")
    assert [dict(row) for _, row in tables.delimited(path)] == [{"a": "1", "b": "2"}]


def test_an_unknown_column_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "suppliers.jsonl"
    path.write_text('{"id": 1, "name": "x", "price": 3}', encoding="utf-8")
    assert recognised(path) is None
    (row,) = tables.read(path, SOURCES["moscow-suppliers"])
    assert [(problem.path, problem.code) for problem in row.problems] == [("price", "column.unknown")]


def test_a_file_that_grew_columns_is_still_of_its_source(tmp_path: Path) -> None:
    path = tmp_path / "suppliers.jsonl"
    row = {"id": 7, "name": "Пример", "opf": "ООО", "address": "г. Тверь", "site": "", "products": "Метизы"}
    more = {"inn_date": "2020", "rating": 5, "updated_at": "2021"}
    path.write_text("\n".join(json.dumps({**row, **more, "id": at}) for at in (1, 2)), encoding="utf-8")
    source = recognised(path)
    assert source is not None
    first, second = tables.read(path, source)
    assert first.record is not None
    assert second.record is not None
    assert [problem.path for problem in first.problems] == ["inn_date", "rating", "updated_at"]
    assert second.problems == ()


def test_a_value_outside_a_lookup_is_reported() -> None:
    rule = {"template": "{size}", "lookup": {"s": "small"}}
    source = sources.source_of(
        {"name": "t", "title": {"ru": "т", "en": "t"}, "kind": "supplier", "format": "csv",
         "fields": {"id": "{row}", "name.en": "{name}", "size_class": rule}}
    )  # fmt: skip
    assert source.record({"name": "A", "size": "s"}, 1).model_dump()["size_class"] == "small"
    with pytest.raises(InvalidRecord, match="add it there"):
        source.record({"name": "A", "size": "xl"}, 1)
