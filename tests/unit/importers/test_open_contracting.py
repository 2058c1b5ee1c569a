"""Tenders of portals: packages of releases and of records, JSON lines; lots, items and awards."""

import json
from pathlib import Path
from typing import Any

import pytest

from importers.readers import json_objects
from importers.registers import formats
from importers.rows import FileRow
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.records import NeedRecord, OutcomeRecord
from tests.support.register_files import zipped

RELEASE: dict[str, Any] = {
    "ocid": "ocds-1",
    "date": "2026-10-30T09:00:00Z",
    "parties": [
        {
            "id": "B-1",
            "name": "АО «Завод»",
            "identifier": {"scheme": "RU-INN", "id": "7707083893"},
            "address": {"locality": "Пермь", "region": "Пермский край"},
        },
        {"id": "S-1", "name": "Вал", "identifier": {"scheme": "RU-INN", "id": "7728168971"}},
    ],
    "buyer": {"id": "B-1", "name": "АО «Завод»"},
    "tender": {
        "title": "Втулки",
        "description": "Точение бронзовых втулок",
        "status": "active",
        "contractPeriod": {"endDate": "2027-03-01T00:00:00Z"},
        "lots": [{"id": "1", "title": "Лот 1"}, {"id": "2", "title": "Лот 2"}],
        "items": [
            {"id": "a", "description": "Втулка", "quantity": 500, "unit": {"name": "шт"}, "relatedLot": "1"},
            {"id": "b", "description": "Пруток", "quantity": 300, "unit": {"name": "кг"}, "relatedLot": "2"},
        ],
    },
    "awards": [
        {"id": "1", "status": "active", "date": "2026-11-20T00:00:00Z", "suppliers": [{"id": "S-1"}]},
        {"id": "2", "status": "cancelled", "suppliers": [{"id": "S-1"}]},
    ],
}


def rows(tmp_path: Path, content: bytes, name: str = "file.json") -> list[FileRow]:
    path = tmp_path / name
    path.write_bytes(content)
    form = formats.recognised(path)
    assert form is not None
    assert form.name == "ocds"
    return list(formats.read(path, form))


def written(*releases: object, key: str = "releases", indent: int | None = None) -> bytes:
    whole = {"uri": "https://example.org", "version": "1.1", key: releases, "license": "x"}
    return json.dumps(whole, ensure_ascii=False, indent=indent).encode()


@pytest.mark.parametrize(
    "content",
    [
        written(RELEASE),
        written(RELEASE, indent=1),
        b"\xef\xbb\xbf" + written(RELEASE, indent=1),
        written({"ocid": "ocds-1", "releases": [RELEASE]}, key="records", indent=1),
        written({"ocid": "ocds-1", "compiledRelease": RELEASE, "releases": [{"url": "x"}]}, key="records"),
        json.dumps(RELEASE).encode() + b"\n",
    ],
)
def test_a_tender_is_a_need_with_its_lots_and_its_award(tmp_path: Path, content: bytes) -> None:
    need, outcome = (row.record for row in rows(tmp_path, content))
    assert isinstance(need, NeedRecord)
    assert (need.id, need.title, need.text, need.city) == (
        "ocds-1",
        "Втулки",
        "Точение бронзовых втулок",
        "Пермь",
    )
    assert need.contractor is not None
    assert (need.contractor.name.ru, need.contractor.inn) == ("АО «Завод»", "7707083893")
    assert str(need.deliver_by) == "2027-03-01"
    assert [(one.title, one.quantity) for one in need.positions] == [("Лот 1", 500), ("Лот 2", None)]
    assert need.positions[1].text == "Пруток 300 кг"
    assert isinstance(outcome, OutcomeRecord)
    assert (outcome.need, outcome.supplier, outcome.decision) == ("ocds-1", "inn-7728168971", "contracted")


def test_items_are_positions_where_there_are_no_lots(tmp_path: Path) -> None:
    tender = {**RELEASE["tender"], "lots": []}
    (row,) = rows(tmp_path, written({**RELEASE, "tender": tender, "awards": []}))
    assert isinstance(row.record, NeedRecord)
    assert [(one.id, one.quantity) for one in row.record.positions] == [("a", 500), ("b", None)]


def test_lines_and_archives_are_walked_to_their_end(tmp_path: Path) -> None:
    several = [{**RELEASE, "ocid": f"ocds-{at}", "awards": []} for at in range(300)]
    lines = b"\n".join(json.dumps(one).encode() for one in several)
    found = rows(tmp_path, zipped(**{"a.jsonl": lines, "b.json": written(RELEASE, indent=1)}), "file.zip")
    assert [row.number for row in found] == list(range(1, 303))
    assert all(row.record for row in found)
    assert len(rows(tmp_path, written(*several, indent=1))) == 300


def test_what_is_over_or_empty_is_left_out_and_named(tmp_path: Path) -> None:
    over = {**RELEASE, "tender": {**RELEASE["tender"], "status": "cancelled"}}
    found = rows(tmp_path, written(over, {"ocid": "ocds-2", "tag": ["planning"]}, {"ocid": "ocds-3", "tender": {"title": "x" * 2000, "items": "no"}}))  # fmt: skip
    assert [[one.code for one in row.problems] for row in found] == [["tender.over"], ["release.empty"], []]
    assert [row.left_out for row in found] == [True, True, False]


@pytest.mark.parametrize("cut", [10, 40, 400])
def test_broken_json_is_told(tmp_path: Path, cut: int) -> None:
    with pytest.raises(UnreadableFile, match="broken behind"):
        rows(tmp_path, written(RELEASE, indent=1)[: -(cut + len(', "license": "x"}'))])


def test_an_endless_object_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_objects, "MOST_OBJECT", 100_000)
    huge = {**RELEASE, "tender": {"title": "x" * 1_000_000}}
    with pytest.raises(UnreadableFile, match="too large"):
        rows(tmp_path, written(huge, indent=1))
