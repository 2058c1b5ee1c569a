"""Positions of a need and the further keys of a part, from a file into the tables and back."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from importers.readers import exchange, lines
from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.models.database import Sessions
from matchmaker.services.imports import exports
from matchmaker.services.needs import needs
from tests.support.records import any_need

SHAFTS = {
    "kind": "need",
    "id": "n-9",
    "title": "Детали насоса",
    "materials": ["40Х"],
    "deliver_by": "2027-03-01",
    "desired_by": "2027-02-01",
    "customer_supplied_material": True,
    "price_steps": [10, 50, 100],
    "quality_papers": ["3.1", "ppap"],
    "excluded_processes": ["окраска"],
    "positions": [
        {"id": "p-1", "title": "Вал", "drawing_number": "АБ-25.01", "revision": "B", "diameter_mm": 45,
         "hardness": {"scale": "HRC", "min": 45, "max": 50}},
        {"id": "p-2", "title": "Кольцо", "materials": ["сталь 45"], "inner_diameter_mm": 25, "height_mm": 12,
         "customer_supplied_material": False},
    ],
}  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(record=any_need)
def test_a_need_with_any_further_keys_reads_back_as_the_same_record(
    sessions: Sessions, record: NeedRecord
) -> None:
    with sessions() as session:
        need = needs.post(session, record, centre=needs.centre_of(session, "centre"), by="tester")
        session.flush()
        session.expire(need)
        stored = needs.record(need)
        session.rollback()
    assert stored == record
    assert parse(NeedRecord, json.loads(exports.line(record))) == record


def test_the_ids_and_keys_of_positions_survive_a_round_trip() -> None:
    written = json.loads(exports.line(parse(NeedRecord, SHAFTS)))
    assert written["positions"] == SHAFTS["positions"]
    assert {key: written[key] for key in SHAFTS} == SHAFTS


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        (
            {"positions": [{"id": "p-1", "drawing_numer": "1"}]},
            "positions.0.drawing_numer",
            "value.extra_forbidden",
        ),
        ({"positions": [{"title": "Вал"}]}, "positions.0.id", "value.missing"),
        ({"positions": [{"id": "p-1"}, {"id": "p-1"}]}, "positions", "positions.twice"),
        ({"price_steps": [0]}, "price_steps.0", "value.greater_than_equal"),
        ({"wal_mm": 4}, "wal_mm", "value.extra_forbidden"),
    ],
)
def test_a_wrong_key_is_named_with_its_line(
    change: dict[str, object], path: str, code: str, tmp_path: Path
) -> None:
    file = tmp_path / "needs.jsonl"
    file.write_text(json.dumps({**SHAFTS, **change}), encoding="utf-8")
    lines.scan(file)
    (row,) = exchange.read(file)
    assert (row.number, [(one.path, one.code) for one in row.problems]) == (1, [(path, code)])


def test_a_position_takes_from_the_need_what_it_leaves_out() -> None:
    need = parse(NeedRecord, SHAFTS)
    shaft, ring = (need.for_position(one) for one in need.positions)
    assert (shaft.title, shaft.materials, shaft.customer_supplied_material) == ("Вал", ("40Х",), True)
    assert (ring.title, ring.materials, ring.customer_supplied_material) == ("Кольцо", ("сталь 45",), False)
    assert ring.deliver_by == shaft.deliver_by == need.deliver_by
    assert not ring.positions


def test_a_hardness_of_the_position_replaces_that_of_the_need_whichever_key_tells_it() -> None:
    need = parse(NeedRecord, {"id": "n", "title": "А", "hardness": "60 HRC", "positions": [
        {"id": "p", "hardness_hv": 300}]})  # fmt: skip
    assert need.for_position(need.positions[0]).least_hardness_hv == 300


def test_an_older_file_names_the_thickness_after_the_sheet() -> None:
    read = parse(NeedRecord, {"id": "n", "title": "Корпус", "sheet_thickness_mm": 3})
    assert (read.thickness_mm, json.loads(exports.line(read))["thickness_mm"]) == (3, 3)
    with pytest.raises(InvalidRecord):
        parse(NeedRecord, {"id": "n", "title": "Корпус", "sheet_thickness_mm": 3, "thickness_mm": 2})
