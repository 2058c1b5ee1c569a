"""All that is wrong with what was sent is told at once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain import plausibility
from matchmaker.domain.errors import Faults, InvalidRecord, NotFound, Problem
from matchmaker.domain.records import NeedRecord, SupplierRecord, parse_right


def test_a_list_with_a_wrong_plain_entry_is_left_out_and_the_rest_is_checked() -> None:
    faults = Faults()
    given = {
        "kind": "need",
        "id": "n",
        "title": "Valve",
        "processes": ["turning", 7],
        "quantity": "many",
    }
    record = parse_right(NeedRecord, given, faults)
    assert record is not None
    assert (record.processes, record.quantity) == ((), None)
    assert sorted(problem.path for problem in faults.problems) == ["processes.1", "quantity"]


def test_faults_gathers_what_several_checks_refuse() -> None:
    faults = Faults()
    with faults:
        raise InvalidRecord((Problem("a", "x", "A"), Problem("b", "x", "B")))
    with faults:
        raise InvalidRecord((Problem("c", "x", "C"),))
    with pytest.raises(InvalidRecord) as told:
        faults.settle()
    assert [one.path for one in told.value.problems] == ["a", "b", "c"]


def test_faults_lets_other_errors_pass_and_settles_when_nothing_is_wrong() -> None:
    faults = Faults()
    with pytest.raises(NotFound), faults:
        raise NotFound(what="need", key="n")
    faults.settle()


def test_what_is_right_is_checked_further() -> None:
    faults = Faults()
    record = parse_right(
        NeedRecord,
        {"kind": "need", "id": "n", "title": "Valve", "quantity": "many", "deliver_by": "2020-01-01"},
        faults,
    )
    assert record is not None
    with faults:
        plausibility.demand_need(record, date(2026, 11, 1))
    assert [one.path for one in faults.problems] == ["quantity", "deliver_by"]


def test_of_an_entry_of_a_list_only_the_wrong_value_is_left_out() -> None:
    faults = Faults()
    machines = [{"name": "16K20", "year": "old"}, {"name": "VF-2", "year": 2031, "axes": 300}]
    record = parse_right(
        SupplierRecord, {"kind": "supplier", "id": "s", "name": {"en": "Shop"}, "equipment": machines}, faults
    )
    assert record is not None
    assert [one.year for one in record.equipment] == [None, 2031]
    assert {one.path for one in faults.problems} == {"equipment.0.year", "equipment.1.axes"}


def test_a_check_of_the_whole_is_told_beside_a_wrong_value() -> None:
    faults = Faults()
    assert parse_right(NeedRecord, {"kind": "need", "id": "n", "quantity": "many"}, faults) is None
    assert [one.path for one in faults.problems] == ["quantity", "record"]


WRONG = {
    "quantity": "many",
    "tolerance_it": 99,
    "deliver_by": "soon",
    "max_mass_kg": "heavy",
    "title": "x" * 2000,
}


@given(st.sets(st.sampled_from(sorted(WRONG))))
def test_every_wrong_value_is_told_and_none_that_is_right(chosen: set[str]) -> None:
    right = {"kind": "need", "id": "n", "text": "Shafts", "city": "Perm"}
    faults = Faults()
    record = parse_right(NeedRecord, {**right, **{name: WRONG[name] for name in chosen}}, faults)
    assert {one.path for one in faults.problems} == chosen
    assert record is not None
    assert (record.text, record.city) == ("Shafts", "Perm")
