"""Walls, heights, gears, threads, whose material and tooling, and quality papers: asked, compared, told."""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain import threads
from matchmaker.domain.records import NeedRecord, SupplierRecord, parse
from matchmaker.domain.requirement_kinds import Strictness
from matchmaker.domain.requirements import Requirements
from matchmaker.services.mail import letters
from matchmaker.services.matching.wording import Wording
from matchmaker.wiring import load_recogniser
from search.columns.store import Columns
from search.document import CapabilityFacts, SearchDocument
from search.filters.evaluator import FAIL, PASS, UNKNOWN
from search.filters.filter_outcomes import evaluate
from search.matching.gains import DatedNeed, DatedNeeds, openings
from search.ranking import explain
from search.ranking.feature_inputs import Gatherer, Texts
from search.ranking.prior import prior
from search.reading.need_reading import requirements_of
from search.reading.supplier_reading import document_of

TODAY = date(2026, 11, 23)
RECOGNISER = load_recogniser()
TAXONOMY = RECOGNISER.taxonomy


def asked(**keys: Any) -> Requirements:
    need = parse(NeedRecord, {"id": "n", "title": "Работа", **keys})
    return requirements_of(need, RECOGNISER, TODAY).requirements


def shop(key: str, **keys: Any) -> SearchDocument:
    told = {"id": key, "name": {"en": key}, "capabilities": [{"process": "casting"}], **keys}
    return document_of(parse(SupplierRecord, told), RECOGNISER, key=key, revision=1)


def states(need: Requirements, name: str, *shops: SearchDocument) -> list[int]:
    found: list[int] = evaluate(Columns.build(shops, TAXONOMY), need).states[name].tolist()
    return found


def outcomes(need: Requirements, name: str, *shops: SearchDocument) -> list[str]:
    columns = Columns.build(shops, TAXONOMY)
    rows, nothing = np.arange(len(columns)), np.zeros(len(columns))
    evidence = Gatherer(columns, need, rows, TODAY).evidence(Texts(nothing, nothing, nothing))
    told = explain.verdicts(evidence, prior().score(evidence).values, rows.tolist())
    return [str(next(one for one in found if one.requirement == name).outcome) for found in told]


@pytest.mark.parametrize(
    ("designation", "diameter"),
    [
        ("M16×1.5-6g", 16), ("М16-6g", 16), ("Tr 40×7", 40), ("Тр40х7", 40), ("MK20", 20), ("G 1/2", 20.955),
        ("G1 1/4-B", 41.91), ("1/4-20 UNC", 6.35), ("1-8 UNC", 25.4), ("1 1/8-7 UNC", 28.575), ("резьба М8", 8),
        ("по чертежу", None), ("1/2", None), ("", None),
    ],
)  # fmt: skip
def test_a_thread_tells_its_diameter(designation: str, diameter: float | None) -> None:
    assert threads.nominal_mm(designation) == (None if diameter is None else pytest.approx(diameter))


@given(text=st.text(max_size=200))
def test_any_text_may_stand_for_a_thread(text: str) -> None:
    found = threads.nominal_mm(text)
    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("need", "name", "able", "unable"),
    [
        ({"wall_mm": 4}, "wall", {"wall_mm": 3}, {"wall_mm": 6}),
        ({"height_mm": 160}, "height", {"height_mm": 200}, {"height_mm": 100}),
        ({"height_mm": 160}, "height", {"envelope_mm": [200, 90, 90]}, {"envelope_mm": [150, 90, 90]}),
        ({"gear_module_mm": 5}, "gear_module", {"gear_module_mm": 8}, {"gear_module_mm": 4}),
        ({"gear_grade": 7}, "gear_grade", {"gear_grade": 6}, {"gear_grade": 8}),
        ({"thread": "M36×3"}, "thread", {"thread_mm": 40}, {"thread_mm": 30}),
    ],
)
def test_a_limit_of_the_work_is_compared_with_the_part(
    need: dict[str, Any], name: str, able: dict[str, Any], unable: dict[str, Any]
) -> None:
    shops = [
        shop(key, capabilities=[{"process": "casting", **limits}])
        for key, limits in (("able", able), ("unable", unable), ("silent", {}))
    ]
    assert states(asked(**need, processes=["casting"]), name, *shops) == [PASS, FAIL, UNKNOWN]


ANSWERS = (
    ("customer_material", {"customer_supplied_material": True}, "takes_customer_material"),
    ("supplier_tooling", {"tooling_by": "supplier"}, "own_tooling"),
)


@pytest.mark.parametrize(("name", "need", "key"), ANSWERS)
def test_a_shop_that_says_no_fails_and_a_silent_one_is_asked(
    name: str, need: dict[str, Any], key: str
) -> None:
    shops = shop("yes", **{key: True}), shop("no", **{key: False}), shop("silent")
    assert states(asked(**need), name, *shops) == [PASS, FAIL, UNKNOWN]
    assert outcomes(asked(**need), name, *shops) == ["met", "unmet", "unknown"]
    others = ({"customer_supplied_material": False}, {"tooling_by": "customer"}, {})
    assert all(
        name not in evaluate(Columns.build(shops, TAXONOMY), asked(**other)).states for other in others
    )


def test_the_customers_material_removes_only_shops_that_do_not_take_it() -> None:
    shops = (
        shop("yes", takes_customer_material=True),
        shop("no", takes_customer_material=False),
        shop("silent"),
    )
    columns = Columns.build(shops, TAXONOMY)
    assert evaluate(columns, asked(customer_supplied_material=True)).passed.tolist() == [True, False, True]
    wish = replace(asked(tooling_by="supplier"), strictness={"supplier_tooling": Strictness.STRICT})
    assert not evaluate(columns, wish).passed.any()


def test_all_quality_papers_are_wanted_and_a_stricter_one_answers_a_milder() -> None:
    shops = (
        shop("all", quality_papers=["3.2", "PPAP"]),
        shop("half", quality_papers=["EN 10204 3.1"]),
        shop("other", quality_papers=["паспорт изделия"]),
        shop("silent"),
    )
    need = asked(quality_papers=["3.1", "ppap"])
    assert len(need.quality_papers) == 2
    assert states(need, "quality_papers", *shops) == [PASS, FAIL, FAIL, UNKNOWN]
    assert outcomes(need, "quality_papers", *shops) == ["met", "near", "unmet", "unknown"]
    assert evaluate(Columns.build(shops, TAXONOMY), need).passed.all()


def test_figures_name_a_paper_only_where_one_is_expected() -> None:
    assert not RECOGNISER.recognise("Пункт 3.1 договора: шероховатость 3.1", TODAY).of("quality_paper")
    assert RECOGNISER.recognise("нужен сертификат 3.1 на материал", TODAY).of("quality_paper")


def test_the_lot_of_the_shop_counts_for_work_that_states_none() -> None:
    own = {"process": "casting", "lot": {"min": 1, "max": 10}}
    given = shop("s", lot={"min": 50, "max": 2000}, capabilities=[{"process": "forging"}, own])
    assert [(one.lot_min, one.lot_max) for one in given.capabilities] == [(50, 2000), (1, 10)]
    assert states(asked(quantity=20, processes=["forging"]), "lot", given) == [FAIL]


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ("Валы, точить, материал давальческий", "customer_material", True),
        ("Turned shafts, customer-supplied material", "customer_material", True),
        ("Валы, точить, 50 шт.", "customer_material", None),
        ("Шестерни m=5, z=20, зубофрезеровать", "gear_module_mm", 5),
        ("Корпуса литые, стенка 4 мм", "wall_mm", 4),
        (
            "Turned bushings, certificate 3.1 and PPAP",
            "quality_papers",
            ("inspection-certificate-3-1", "ppap"),
        ),
    ],
)
def test_a_text_fills_what_the_keys_leave_out(words: str, name: str, value: object) -> None:
    read = requirements_of(NeedRecord(id="n", text=words), RECOGNISER, TODAY).requirements
    assert getattr(read, name) == value


def test_a_key_wins_over_the_text() -> None:
    assert asked(text="материал давальческий", customer_supplied_material=False).customer_material is False
    assert len(asked(text="нужен сертификат 3.1", quality_papers=["ppap"]).quality_papers) == 1


def test_a_shop_of_words_alone_tells_its_lots_too() -> None:
    words = {"description": {"en": "Iron casting, lots from 50 to 2000 pcs"}, "capabilities": []}
    assert {(one.lot_min, one.lot_max) for one in shop("s", **words).capabilities} == {(50, 2000)}


def test_work_that_a_record_rules_out_is_not_wanted() -> None:
    need = asked(text="Валы, точить, с покраской", excluded_processes=["токарная обработка", "закалка"])
    assert "turning" in need.processes
    assert "turning" not in need.excluded_processes
    assert need.excluded_processes


def test_answers_are_worded_in_both_languages() -> None:
    for language, words in (("ru", ("да", "нет")), ("en", ("yes", "no"))):
        wording = Wording(TAXONOMY, language, letters.words(language))
        assert tuple(wording.value("customer_material", one) for one in (True, False)) == words


def test_a_shop_learns_that_taking_the_customers_material_would_open_a_need() -> None:
    need = replace(asked(customer_supplied_material=True), processes=("casting",))
    (gain,) = openings(
        shop("no", takes_customer_material=False), DatedNeeds([DatedNeed(need, TODAY)]), TAXONOMY
    )
    assert Wording(TAXONOMY, "en", letters.words("en")).opening(gain) == "Customer's material: yes"
    strict = replace(
        asked(quality_papers=["3.1"]),
        processes=("casting",),
        strictness={"quality_papers": Strictness.STRICT},
    )
    (gain,) = openings(shop("none"), DatedNeeds([DatedNeed(strict, TODAY)]), TAXONOMY)
    assert gain.value == strict.quality_papers


@given(
    wanted=st.lists(
        st.sampled_from(sorted(TAXONOMY.quality_papers.by_code)), min_size=1, max_size=4, unique=True
    ),
    given=st.lists(st.sampled_from(sorted(TAXONOMY.quality_papers.by_code)), max_size=4, unique=True),
)
def test_papers_pass_exactly_if_each_wanted_one_is_given_or_a_stricter_one(
    wanted: list[str], given: list[str]
) -> None:
    document = SearchDocument(
        "s", 1, ("s",), "", capabilities=(CapabilityFacts(),), quality_papers=tuple(given)
    )
    need = Requirements(quality_papers=tuple(wanted))
    expected = {code for held in given for code in TAXONOMY.quality_papers.closure(held)}
    good = PASS if set(wanted) <= expected else FAIL
    assert states(need, "quality_papers", document) == [good if given else UNKNOWN]
