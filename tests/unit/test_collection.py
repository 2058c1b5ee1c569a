"""The judged collections hold together: their records are valid and their judgements speak of them."""

import re
from functools import cache

import pytest

from importers.readers.exchange import parse_json, record_of
from matchmaker.domain.records import AnyRecord, NeedRecord, SupplierRecord
from tests.ranking.judged import COLLECTIONS, Collection, load

CONDITIONS = {"certification", "distance", "envelope"}
each = pytest.mark.parametrize("name", COLLECTIONS)


@cache
def collection(name: str) -> Collection:
    return load(COLLECTIONS[name])


def records_of(name: str, file: str) -> list[AnyRecord]:
    lines = (COLLECTIONS[name] / file).read_text(encoding="utf-8").splitlines()
    return [record_of(parse_json(line)) for line in lines]


def rows_of(name: str, file: str) -> list[list[str]]:
    lines = (COLLECTIONS[name] / file).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]


def supplier_ids(name: str) -> set[str]:
    return {supplier.id for supplier in collection(name).suppliers}


def need_ids(name: str) -> set[str]:
    return {need.id for need in collection(name).needs}


@each
def test_every_line_is_a_record_of_the_exchange_format(name: str) -> None:
    suppliers, needs = records_of(name, "suppliers.jsonl"), records_of(name, "needs.jsonl")
    assert all(isinstance(record, SupplierRecord) for record in suppliers)
    assert all(isinstance(record, NeedRecord) for record in needs)
    assert len(supplier_ids(name)) == len(suppliers) >= 120
    assert len(need_ids(name)) == len(needs) >= 30


def test_together_they_are_large() -> None:
    assert sum(len(need_ids(name)) for name in COLLECTIONS) >= 170
    assert sum(len(supplier_ids(name)) for name in COLLECTIONS) >= 640


@each
def test_judgements_name_known_records_and_grades(name: str) -> None:
    rows = rows_of(name, "judgements.tsv")
    assert {need for need, _, _ in rows} == need_ids(name)
    assert {supplier for _, supplier, _ in rows} <= supplier_ids(name)
    assert {grade for _, _, grade in rows} == {"1", "2", "3"}
    assert len({(need, supplier) for need, supplier, _ in rows}) == len(rows)


@each
def test_every_need_has_a_good_answer(name: str) -> None:
    judgements = collection(name).judgements
    assert [need for need, grades in judgements.items() if max(grades.values()) < 2] == []


@each
def test_violations_name_known_records_and_are_never_graded(name: str) -> None:
    rows = rows_of(name, "violations.tsv")
    assert {need for need, _, _ in rows} <= need_ids(name)
    assert {supplier for _, supplier, _ in rows} <= supplier_ids(name)
    assert {condition for _, _, condition in rows} == CONDITIONS
    graded = {(need, supplier) for need, supplier, _ in rows_of(name, "judgements.tsv")}
    assert graded.isdisjoint((need, supplier) for need, supplier, _ in rows)


@each
def test_violations_of_certification_and_distance_belong_to_needs_that_ask(name: str) -> None:
    needs = {need.id: need for need in collection(name).needs}
    for key, _, condition in rows_of(name, "violations.tsv"):
        need = needs[key]
        if condition == "certification":
            assert need.certification or re.search("9001|9100", need.text or ""), key
        if condition == "distance":
            assert need.max_distance_km is not None or re.search("км|km", need.text or ""), key


def test_twenty_needs_of_the_first_are_held_out() -> None:
    assert len(collection("first").held_out) >= 20
    assert collection("first").held_out < need_ids("first")


@each
def test_both_languages_are_well_represented(name: str) -> None:
    descriptions = [one.description for one in collection(name).suppliers if one.description]
    assert sum(bool(text.ru) for text in descriptions) >= len(descriptions) / 3
    assert sum(bool(text.en) for text in descriptions) >= len(descriptions) / 3
    texts = [f"{need.title or ''} {need.text or ''}" for need in collection(name).needs]
    english = sum(len(re.findall("[a-z]", text)) > len(re.findall("[а-яё]", text)) for text in texts)
    assert len(texts) / 4 <= english <= len(texts) * 3 / 4


@each
def test_structured_and_plain_records_are_both_there(name: str) -> None:
    suppliers, needs = collection(name).suppliers, collection(name).needs
    structured = sum(bool(supplier.capabilities) for supplier in suppliers)
    assert 30 <= structured <= len(suppliers) - 30
    assert 10 <= sum(bool(need.processes) for need in needs) <= len(needs) - 10
