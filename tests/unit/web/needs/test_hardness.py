"""Hardness all the way: said in a text, asked of suppliers, told on pages and to programs, declared by a shop."""

import re
from datetime import date

import numpy as np
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from importers.inventories import InventoryLine
from importers.typed_values import shown
from matchmaker.domain import hardness
from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.records import KINDS, CapabilityRecord, NeedRecord, SupplierRecord, parse, to_data
from matchmaker.domain.requirement_kinds import REQUIREMENT_KINDS, Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.services.extraction import proposals
from matchmaker.services.mail import letters
from matchmaker.services.matching.wording import Wording
from matchmaker.wiring import Application
from search.columns.store import Columns
from search.document import CapabilityFacts, SearchDocument
from search.filters.evaluator import FAIL, PASS, UNKNOWN
from search.filters.filter_outcomes import evaluate
from search.matching.gains import DatedNeed, DatedNeeds, openings
from search.ranking import explain
from search.ranking.explain import RequirementVerdict
from search.ranking.feature_inputs import Gatherer, Texts
from search.ranking.prior import prior
from search.reading.need_reading import requirements_of
from search.reading.supplier_reading import document_of
from search.text import Recogniser
from tests.support.browser import Browser, text
from tests.support.invited import field

TODAY = date(2026, 11, 23)
WORDS = "Валы ø45h6, сталь 40Х, закалка ТВЧ 48…52 HRC, 50 шт."


@pytest.fixture(scope="module")
def recogniser(own_product: Application) -> Recogniser:
    return own_product.recogniser


def hv(spelled: str) -> float:
    found = hardness.read(spelled)
    assert found is not None
    return found


def asked(words: str, recogniser: Recogniser) -> float | None:
    need = NeedRecord(id="n", text=words)
    return requirements_of(need, recogniser, TODAY).requirements.hardness_hv


# The scale


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("58 HRC", "653 HV"),
        ("50 HRC", "513 HV"),
        ("40 HRC", "392 HV"),
        ("220 HB", "231 HV"),
        ("80 HRA", "650 HV"),
    ],
)
def test_numbers_agree_with_published_tables(one: str, other: str) -> None:
    assert hv(one) == pytest.approx(hv(other), abs=2)


@pytest.mark.parametrize("spelled", ["58", "HRC", "58-62 HRC", "150 HRC", "12 HB", "65 Shore A", ""])
def test_what_has_no_scale_or_is_not_on_it_is_no_hardness(spelled: str) -> None:
    assert hardness.read(spelled) is None


@given(number=st.floats(hardness.LEAST, hardness.MOST))
def test_a_hardness_that_is_told_and_read_again_is_the_same(number: float) -> None:
    told = shown(REQUIREMENT_KINDS["hardness"].fields[0].typed, number)
    assert hv(told) == pytest.approx(number, rel=0.01)


@given(first=st.floats(15, 75), second=st.floats(15, 75), scale=st.sampled_from(["HRC", "HRA"]))
def test_what_is_harder_on_a_scale_is_never_softer_by_vickers(
    first: float, second: float, scale: str
) -> None:
    low, high = (hardness.vickers(number, scale) for number in sorted((first, second)))
    assert low is None or high is None or low <= high


# From words to a requirement


@pytest.mark.parametrize(
    ("words", "least"),
    [
        ("Вал, ТВЧ 48…52 HRC", "48 HRC"),
        ("HRC 58–62 after hardening", "58 HRC"),
        ("твёрдость 220 HB", "220 HB"),
        ("твердость 269…302 НВ, 50 шт", "269 HB"),
        ("Закалить до НRС 60±2", "58 HRC"),
        ("азотировать, HV не менее 900", "900 HV"),
        ("hardness 600 HV10", "600 HV"),
        ("твёрдость по Роквеллу 45 единиц, 50 единиц по Роквеллу", "50 HRC"),
        ("220 по Бринеллю", "220 HB"),
        ("hard metal, HRA 85", "85 HRA"),
    ],
)
def test_a_need_asks_for_the_least_that_its_text_names(
    words: str, least: str, recogniser: Recogniser
) -> None:
    assert asked(words, recogniser) == pytest.approx(hv(least))


@pytest.mark.parametrize(
    "words",
    ["Манжеты, твёрдость 60–95 Шор А", "HRC 150", "60 шт. HRC", "чертёж HB 150.01.000", "карандаш HB 2H"],
)
def test_other_numbers_are_no_hardness(words: str, recogniser: Recogniser) -> None:
    assert asked(words, recogniser) is None


def test_a_number_beside_hardness_keeps_its_own_meaning(recogniser: Recogniser) -> None:
    need = NeedRecord(id="n", text="Втулки, сталь 45 HRC 48, допуск ±0,02, 60 HRC 20 шт")
    read = requirements_of(need, recogniser, TODAY).requirements
    assert (read.materials, read.quantity, read.tolerance_it) == (("steel-45",), 20, 8)
    assert read.hardness_hv == pytest.approx(hv("60 HRC"))


def test_a_shop_declares_the_greatest_that_its_text_names(recogniser: Recogniser) -> None:
    words = "Токарная обработка, закалка, шлифование деталей 35–62 HRC"
    told = {"id": "s", "name": {"ru": "Завод"}, "description": {"ru": words}}
    document = document_of(parse(SupplierRecord, told), recogniser, key="s", revision=1)
    assert {one.hardness_hv for one in document.capabilities} == {hv("62 HRC")}
    found = proposals.propose([InventoryLine(words)], recogniser, "ru").proposals
    proposed = [one.item["hardness_hv"] for one in found if one.kind == "capabilities"]
    assert set(proposed) == {hv("62 HRC")}


# From a requirement to an answer


def grinder(key: str, limit: str | None) -> SearchDocument:
    can = CapabilityFacts(("grinding",), hardness_hv=hv(limit) if limit else None)
    return SearchDocument(key, 1, (key,), "", capabilities=(can,), processes=("grinding",))


SHOPS = (
    grinder("hard", "62 HRC"),
    grinder("nearly", "55 HRC"),
    grinder("soft", "30 HRC"),
    grinder("silent", None),
)
NEED = Requirements(processes=("grinding",), hardness_hv=hv("58 HRC"), on=TODAY)


@pytest.fixture(scope="module")
def columns(recogniser: Recogniser) -> Columns:
    return Columns.build(SHOPS, recogniser.taxonomy)


def verdicts(columns: Columns) -> list[RequirementVerdict]:
    rows = np.arange(len(columns))
    nothing = np.zeros(len(rows))
    evidence = Gatherer(columns, NEED, rows, TODAY).evidence(Texts(nothing, nothing, nothing))
    told = explain.verdicts(evidence, prior().score(evidence).values, rows.tolist())
    return [next(one for one in found if one.requirement == "hardness") for found in told]


def test_hardness_is_weighed_and_removes_only_where_a_person_says_so(columns: Columns) -> None:
    assert evaluate(columns, NEED).states["hardness"].tolist() == [PASS, FAIL, FAIL, UNKNOWN]
    assert evaluate(columns, NEED).passed.all()
    strict = {Strictness.LENIENT: [True, False, False, True], Strictness.STRICT: [True, False, False, False]}
    for how, passed in strict.items():
        need = Requirements(
            processes=("grinding",), hardness_hv=NEED.hardness_hv, strictness={"hardness": how}
        )
        assert evaluate(columns, need).passed.tolist() == passed


def test_each_shop_is_told_how_its_hardness_compares(columns: Columns, recogniser: Recogniser) -> None:
    told = verdicts(columns)
    assert [str(one.outcome) for one in told] == ["met", "near", "unmet", "unknown"]
    russian = Wording(recogniser.taxonomy, "ru", letters.words("ru")).reason(told[1])
    english = Wording(recogniser.taxonomy, "en", letters.words("en")).reason(told[1])
    assert (russian.label, russian.needed, russian.declared) == ("Твёрдость", "58 HRC", "55 HRC")
    assert (english.label, english.needed, english.declared) == ("Hardness", "58 HRC", "55 HRC")


def test_the_harder_shop_ranks_higher(columns: Columns) -> None:
    rows, nothing = np.arange(3), np.zeros(3)
    evidence = Gatherer(columns, NEED, rows, TODAY).evidence(Texts(nothing, nothing, nothing))
    hard, nearly, soft = prior().score(evidence).scores.tolist()
    assert hard > nearly > soft


def test_a_shop_learns_what_a_greater_hardness_would_open(recogniser: Recogniser) -> None:
    need = Requirements(
        processes=("grinding",), hardness_hv=hv("58 HRC"), strictness={"hardness": Strictness.LENIENT}
    )
    (gain,) = openings(SHOPS[2], DatedNeeds([DatedNeed(need, TODAY)]), recogniser.taxonomy)
    words = Wording(recogniser.taxonomy, "en", letters.words("en"))
    assert words.opening(gain) == "Hardness: 58 HRC"


# Records


def test_a_record_takes_a_vickers_number_or_a_text_with_its_scale() -> None:
    for told in (hv("58 HRC"), "58 HRC", "HRC 58"):
        assert NeedRecord(id="n", title="Вал", hardness_hv=told).hardness_hv == pytest.approx(654)
    capability = CapabilityRecord(process="grinding", hardness_hv="62 HRC")
    assert CapabilityRecord.model_validate(to_data(capability)) == capability


@pytest.mark.parametrize(("given", "code"), [("58", "hardness.form"), (58, "value.greater_than_equal")])
def test_a_number_without_its_scale_is_refused(given: object, code: str) -> None:
    with pytest.raises(InvalidRecord) as refused:
        parse(KINDS["need"], {"id": "n", "title": "Вал", "hardness_hv": given})
    assert [(one.path, one.code) for one in refused.value.problems] == [("hardness_hv", code)]


# Pages and programs


def draft(browser: Browser, **typed: str) -> str:
    return str(browser.post("/needs/new", typed, page="/needs/new").headers["Location"])


def correct(browser: Browser, address: str, **typed: str):  # type: ignore[no-untyped-def]
    form = {"revision": field(text(browser.get(address)), "revision"), **typed}
    return browser.post(f"{address}/conditions", form, page=address)


def test_the_page_of_a_need_tells_the_hardness_and_lets_it_be_corrected(plant: Browser) -> None:
    address = draft(plant, text=WORDS)
    page = text(plant.get(address))
    assert field(page, "hardness") == "48 HRC"
    assert 'title="48 HRC"' in page
    refused = correct(plant, address, hardness="58")
    assert refused.status_code == 422
    assert "58 HRC or 220 HB" in text(refused)
    assert correct(plant, address, hardness="58,5 HRC", **{"how-hardness": "strict"}).status_code == 302
    page = text(plant.get(address))
    assert field(page, "hardness") == "58.5 HRC"
    assert correct(plant, address, hardness="").status_code == 302
    assert field(text(plant.get(address)), "hardness") == ""


def test_the_form_of_a_need_asks_for_it(plant: Browser) -> None:
    assert 'name="hardness"' in text(plant.get("/needs/new"))
    address = draft(plant, title="Вал", hardness="220 HB")
    assert field(text(plant.get(f"{address}/edit")), "hardness") == "220 HB"


def test_a_shop_declares_it_in_its_profile(shop: Browser, own_product: Application) -> None:
    address = "/shop/profile/capabilities/new"
    given = {
        "process": "Шлифование",
        "hardness_hv": "62 HRC",
        "revision": field(text(shop.get(address)), "revision"),
    }
    assert shop.post(address, given, page=address).status_code == 302
    assert "62 HRC" in text(shop.get("/shop/profile/"))


def test_programs_read_and_write_it(plant: Browser, own_site: Flask) -> None:
    form = {"name": "Planning", "scope": "write", "days": "30"}
    key = re.search(r"mmk_[\w-]{43}", text(plant.post("/account/keys/", form, page="/account/keys/")))
    assert key
    headers = {"Authorization": f"Bearer {key[0]}"}
    program = own_site.test_client()
    need = {"id": "erp-58", "title": "Вал", "text": "Закалка вала", "hardness_hv": "58 HRC"}
    made = program.post("/api/v1/needs", json=need, headers=headers)
    assert (made.status_code, made.json["record"]["hardness_hv"]) == (201, pytest.approx(654))
    wrong = program.post("/api/v1/needs", json={**need, "id": "erp-59", "hardness_hv": "58"}, headers=headers)
    assert [(one["field"], one["code"]) for one in wrong.json["problems"]] == [
        ("hardness_hv", "hardness.form")
    ]
