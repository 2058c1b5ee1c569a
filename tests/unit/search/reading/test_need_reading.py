"""Records → requirements and search documents: what is given wins, what is missing is read from the text."""

from datetime import date
from functools import cache
from typing import Any

import pytest

from matchmaker.domain.certificate import CertificationDemand, CertificationLevel, held_on
from matchmaker.domain.records import NeedRecord, SupplierRecord
from matchmaker.domain.requirement_kinds import Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.wiring import load_recogniser
from search.document import SearchDocument
from search.reading.need_reading import requirements_of
from search.reading.supplier_reading import document_of
from search.text import Recogniser

TODAY = date(2026, 11, 23)


@cache
def _recogniser() -> Recogniser:
    return load_recogniser()


def _asked(text: str, **given: Any) -> Requirements:
    record = NeedRecord.model_validate({"id": "n1", "title": "Заявка", "text": text, **given})
    return requirements_of(record, _recogniser(), TODAY).requirements


def _document(**given: Any) -> SearchDocument:
    record = SupplierRecord.model_validate({"id": "s1", "name": {"ru": "ООО Вал"}, **given})
    return document_of(record, _recogniser(), key="s1", revision=1)


def test_a_wish_after_something_ruled_out_stays_a_wish() -> None:
    asked = _asked("Токарная обработка, без термообработки, ISO 9001 желательно")
    assert asked.excluded_processes == ("heat-treatment",)
    assert asked.demanded == ()
    assert [one.any_of for one in asked.wished] == [("iso-9001",)]


def test_a_standard_before_something_ruled_out_stays_a_demand() -> None:
    asked = _asked("Литьё, ISO 9001, окраска не нужна")
    assert [one.any_of for one in asked.demanded] == [("iso-9001",)]
    assert asked.excluded_processes == ("painting",)


def test_a_list_of_processes_is_ruled_out_together() -> None:
    assert set(_asked("Литьё без термообработки и покраски").excluded_processes) == {
        "heat-treatment",
        "painting",
    }


def test_the_route_keeps_its_order_and_the_grade_replaces_its_family() -> None:
    asked = _asked("литьё, затем механическая обработка и покраска, сталь 40Х")
    assert asked.processes == ("casting", "machining", "painting")
    assert asked.materials == ("steel-40kh",)


def test_given_keys_win_over_the_text() -> None:
    asked = _asked("фрезеровка, ø45h6, 500 шт", diameter_mm=60, quantity=7, processes=["токарная обработка"])
    assert (asked.processes, asked.diameter_mm, asked.quantity, asked.tolerance_it) == (
        ("turning",),
        60,
        7,
        6,
    )


def test_a_distance_counts_from_the_named_town() -> None:
    asked = _asked("фрезеровка в радиусе 300 км от Челябинска")
    assert asked.max_distance_km == 300
    assert asked.location is not None


def test_a_profile_of_prose_has_its_processes_limits_and_denials_but_no_contacts() -> None:
    document = _document(
        description={"ru": "Токарная обработка до ø500, IT7. Литьё не делаем."},
        city="Челябинск",
        contacts={"email": "someone@example.com"},
    )
    assert "turning" in document.said_processes
    assert document.denied_processes == ("casting",)
    assert (document.capabilities[0].diameter_mm, document.capabilities[0].tolerance_it) == (500, 7)
    assert document.region == "RU-CHE"
    assert "example.com" not in document.text


def test_an_unknown_capability_keeps_its_words_in_the_text() -> None:
    document = _document(capabilities=[{"process": "зюзюканье", "envelope_mm": [10, 30, 20]}])
    assert document.capabilities[0].processes == ()
    assert document.capabilities[0].envelope_mm == (30, 20, 10)
    assert "зюзюканье" in document.text


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("ISO 9001:2015", CertificationLevel.CERTIFIED),
        ("ГОСТ Р ИСО 9001-2015 (ISO 9001:2015)", CertificationLevel.CERTIFIED),
        ("ISO 9001, № РОСС RU.0001.13ИФ99, до 12.05.2028", CertificationLevel.CERTIFIED),
        ("ISO 9001 внедряем", CertificationLevel.IMPLEMENTING),
        ("ISO 9001 in progress", CertificationLevel.IMPLEMENTING),
        ("ISO 9001 до 01.05.2020", CertificationLevel.NONE),
        ("ISO 9001 - нет, планируем в 2027", CertificationLevel.NONE),
        ("ISO 9001 not certified", CertificationLevel.NONE),
        ("ISO 9001 истёк", CertificationLevel.NONE),
        ("ISO 9001:2008", CertificationLevel.NONE),
        ("ISO 9999", CertificationLevel.NONE),
        ("нет", CertificationLevel.NONE),
    ],
)
def test_the_name_of_a_certificate_may_deny_it(name: str, level: CertificationLevel) -> None:
    held = _document(certificates=[{"standard": name, "said_on": TODAY.isoformat()}]).certificates
    found = held_on(held, CertificationDemand(("iso-9001",)), TODAY, _recogniser().taxonomy)
    assert (found.level if found else CertificationLevel.NONE) == level


def test_a_number_that_is_not_plainly_said_removes_nobody() -> None:
    plain = _asked("Фрезеровка, габарит 340х180х40 мм, сталь 45")
    unsure = _asked("Фрезеровка до 3 м, сталь 45")
    assert plain.strictness_of("envelope") is Strictness.LENIENT
    assert unsure.length_mm == 3000
    assert unsure.strictness_of("length") is Strictness.WISH
    assert _asked("Фрезеровка, сталь 45", length_mm=3000).strictness_of("length") is Strictness.LENIENT
