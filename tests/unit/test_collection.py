"""The judged collection holds together: its records are valid and its judgements speak of them."""

import re
from functools import cache

from importers.readers.exchange import parse_json, record_of
from matchmaker.domain.records import AnyRecord, NeedRecord, SupplierRecord
from tests.ranking.judged import FOLDER, Collection, load

CONDITIONS = {"certification", "distance", "envelope"}


@cache
def collection() -> Collection:
    return load()


def records_of(name: str) -> list[AnyRecord]:
    return [record_of(parse_json(line)) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def rows_of(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()[1:]]


def supplier_ids() -> set[str]:
    return {supplier.id for supplier in collection().suppliers}


def need_ids() -> set[str]:
    return {need.id for need in collection().needs}


def test_every_line_is_a_record_of_the_exchange_format() -> None:
    suppliers, needs = records_of("suppliers.jsonl"), records_of("needs.jsonl")
    assert all(isinstance(record, SupplierRecord) for record in suppliers)
    assert all(isinstance(record, NeedRecord) for record in needs)
    assert len(supplier_ids()) == len(suppliers) >= 200
    assert len(need_ids()) == len(needs) >= 60


def test_judgements_name_known_records_and_grades() -> None:
    rows = rows_of("judgements.tsv")
    assert {need for need, _, _ in rows} == need_ids()
    assert {supplier for _, supplier, _ in rows} <= supplier_ids()
    assert {grade for _, _, grade in rows} == {"1", "2", "3"}
    assert len({(need, supplier) for need, supplier, _ in rows}) == len(rows)


def test_every_need_has_a_good_answer() -> None:
    assert [need for need, grades in collection().judgements.items() if max(grades.values()) < 2] == []


def test_violations_name_known_records_and_are_never_graded() -> None:
    rows = rows_of("violations.tsv")
    assert {need for need, _, _ in rows} <= need_ids()
    assert {supplier for _, supplier, _ in rows} <= supplier_ids()
    assert {condition for _, _, condition in rows} == CONDITIONS
    graded = {(need, supplier) for need, supplier, _ in rows_of("judgements.tsv")}
    assert graded.isdisjoint((need, supplier) for need, supplier, _ in rows)


def test_violations_of_certification_and_distance_belong_to_needs_that_ask() -> None:
    needs = {need.id: need for need in collection().needs}
    for need, _, condition in rows_of("violations.tsv"):
        if condition == "certification":
            assert needs[need].certification is not None, need
        if condition == "distance":
            assert needs[need].max_distance_km is not None, need


def test_twenty_needs_are_held_out() -> None:
    assert len(collection().held_out) >= 20
    assert collection().held_out < need_ids()


def test_both_languages_are_well_represented() -> None:
    descriptions = [supplier.description for supplier in collection().suppliers if supplier.description]
    assert sum(bool(text.ru) for text in descriptions) >= len(descriptions) / 3
    assert sum(bool(text.en) for text in descriptions) >= len(descriptions) / 3
    texts = [f"{need.title or ''} {need.text or ''}" for need in collection().needs]
    english = sum(len(re.findall("[a-z]", text)) > len(re.findall("[а-яё]", text)) for text in texts)
    assert len(texts) / 4 <= english <= len(texts) * 3 / 4


def test_structured_and_plain_records_are_both_there() -> None:
    structured = sum(bool(supplier.capabilities) for supplier in collection().suppliers)
    assert 50 <= structured <= len(collection().suppliers) - 50
    assert 10 <= sum(bool(need.processes) for need in collection().needs) <= len(collection().needs) - 10
