"""What changes to a profile would open is what the matcher says once the change is made."""

from dataclasses import replace
from functools import lru_cache
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.domain.records import SupplierRecord
from search.columns.kept import Kept
from search.columns.store import Columns
from search.document import SearchDocument
from search.engines.embedded.embedded_engine import EmbeddedEngine
from search.filters.need_set import NeedSet
from search.matching.gains import (
    DatedNeed,
    DatedNeeds,
    OpenedNeeds,
    certified,
    closing,
    lost,
    opened,
    openings,
)
from search.matching.matcher import Matcher, OpenNeed, OpenNeeds
from search.ranking.prior import prior
from search.reading.supplier_reading import document_of
from tests.benchmark.generate import Generator
from tests.support.asked import RECOGNISER, TAXONOMY, TODAY, wanted

SHOP = {
    "id": "s",
    "name": {"ru": "Цех"},
    "languages": ["ru"],
    "capabilities": [
        {"process": "токарная обработка", "diameter_mm": 100, "length_mm": 500, "tolerance_it": 8}
    ],
}
TURNED = {"processes": ["токарная обработка"]}
NEEDS = {
    "fits": wanted(**TURNED, diameter_mm=50),
    "paper": wanted(**TURNED, certification={"standard": "ISO 9001"}),
    "paper and size": wanted(**TURNED, certification={"standard": "ISO 9001"}, diameter_mm=300),
    "two papers": wanted(**TURNED, certification=[{"standard": "ISO 9001"}, {"standard": "НАКС"}]),
    "large": wanted(**TURNED, diameter_mm=200),
    "larger": wanted(**TURNED, diameter_mm=400),
    "other work": wanted(title="Закалка", processes=["закалка"]),
    "far trade": wanted(title="Закалка", processes=["закалка"], certification={"standard": "IATF 16949"}),
}
PAPERS = [{"standard": one, "valid_until": "2028-01-01"} for one in ("ISO 9001", "НАКС")]
CHANGES = {
    ("certification", (("iso-9001", "certified"),)): {"certificates": [PAPERS[0]]},
    ("certification", (("iso-9001", "certified"), ("naks", "certified"))): {"certificates": PAPERS},
    ("diameter", 200.0): {"capabilities": [{**SHOP["capabilities"][0], "diameter_mm": 200}]},  # type: ignore[index,dict-item]
    ("diameter", 400.0): {"capabilities": [{**SHOP["capabilities"][0], "diameter_mm": 400}]},  # type: ignore[index,dict-item]
    ("processes", "hardening"): {"capabilities": [*SHOP["capabilities"], {"process": "закалка"}]},  # type: ignore[misc]
}


def document(**changes: object):  # type: ignore[no-untyped-def]
    record = SupplierRecord.model_validate({**SHOP, **changes})
    return document_of(record, RECOGNISER, key="s", revision=1)


def fitting(tmp_path, **changes: object) -> set[str]:  # type: ignore[no-untyped-def]
    made = document(**changes)
    engine = EmbeddedEngine(tmp_path / f"index{len(list(tmp_path.iterdir()))}", TAXONOMY)
    engine.rebuild([made])
    matcher = Matcher(engine, Columns.build([made], TAXONOMY), prior())
    asked = [OpenNeed(key, need) for key, need in NEEDS.items()]
    found = matcher.needs_for("s", OpenNeeds(asked, TODAY))
    engine.close()
    return {
        one.need
        for one in found
        if any(v.requirement == "processes" and v.outcome in {"met", "near"} for v in one.match.verdicts)
    }


@pytest.fixture(scope="module")
def told():  # type: ignore[no-untyped-def]
    asked = [DatedNeed(need, TODAY, hours=100.0, open=key != "larger") for key, need in NEEDS.items()]
    return {(one.requirement, one.value): one for one in openings(document(), DatedNeeds(asked), TAXONOMY)}


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_change_opens_exactly_so_many(tmp_path, told, change) -> None:  # type: ignore[no-untyped-def]
    gained = fitting(tmp_path, **CHANGES[change]) - fitting(tmp_path)
    assert told[change].ever == len(gained) > 0
    assert told[change].now == len(gained - {"larger"})
    assert told[change].hours == 100.0 * len(gained)


def test_what_opens_nothing_is_not_told(told) -> None:  # type: ignore[no-untyped-def]
    assert set(told) == set(CHANGES)
    assert openings(document(), DatedNeeds([]), TAXONOMY) == ()
    assert openings(document(), DatedNeeds([DatedNeed(NEEDS["fits"], TODAY)]), TAXONOMY) == ()


def test_what_is_lost_is_what_fits_and_then_does_not() -> None:
    asked = DatedNeeds([DatedNeed(need, TODAY) for need in NEEDS.values()])
    whole = document(**CHANGES["certification", (("iso-9001", "certified"), ("naks", "certified"))])
    for left in (document(), document(capabilities=[]), None):
        recounted = [
            place
            for place, need in enumerate(asked.needs)
            if not closing(whole, need, TAXONOMY) and (left is None or closing(left, need, TAXONOMY))
        ]
        assert list(lost(whole, left, asked, TAXONOMY)) == recounted
        assert recounted
    assert lost(whole, whole, asked, TAXONOMY) == ()
    assert lost(whole, None, DatedNeeds([]), TAXONOMY) == ()


@lru_cache(maxsize=1)
def generated() -> tuple[list[DatedNeed], list[SearchDocument]]:
    made = Generator(TAXONOMY, seed=5)
    needs = [
        DatedNeed(replace(need, on=TODAY), TODAY, 10.0, number % 3 > 0)
        for number, need in enumerate(made.needs(60))
    ]
    return needs, [made.document(number) for number in range(4)]


@settings(max_examples=25, deadline=None)
@given(
    sets=st.lists(st.lists(st.integers(0, 59), max_size=60, unique=True), min_size=1, max_size=4),
    which=st.integers(0, 3),
)
def test_needs_that_come_and_go_are_asked_once(sets: list[list[int]], which: int) -> None:
    needs, documents = generated()
    known, following = Kept(10), None
    for numbers in (range(40), *sets, range(60)):
        asked = [needs[number] for number in numbers]
        following = DatedNeeds(asked, following)
        found = openings(documents[which], following, TAXONOMY, known)
        assert found == openings(documents[which], DatedNeeds(asked), TAXONOMY)
    assert found
    with patch.object(NeedSet, "removed", side_effect=AssertionError):
        assert openings(documents[which], DatedNeeds(asked), TAXONOMY, known) == found


@settings(max_examples=25, deadline=None)
@given(
    numbers=st.lists(st.integers(0, 59), max_size=60, unique=True),
    standards=st.lists(
        st.sampled_from(("iso-9001", "iatf-16949", "as-9100", "iso-14001")), min_size=1, max_size=4
    ),
)
def test_changes_that_are_counted_together_open_what_each_opens_alone(
    numbers: list[int], standards: list[str]
) -> None:
    needs, documents = generated()
    asked = DatedNeeds([needs[number] for number in numbers])
    wanted = [(one, standard) for standard in standards for one in documents]
    found = opened([(one, certified(one, standard, TAXONOMY)) for one, standard in wanted], asked, TAXONOMY)
    for (one, standard), gained in zip(wanted, found, strict=True):
        told = {
            change.value: change
            for change in openings(one, asked, TAXONOMY)
            if change.requirement == "certification"
        }
        change = told.get(((standard, "certified"),))
        if change is not None:
            assert gained == OpenedNeeds(change.now, change.ever, change.hours)
        single = opened([(one, certified(one, standard, TAXONOMY))], asked, TAXONOMY)
        assert single == [gained]
