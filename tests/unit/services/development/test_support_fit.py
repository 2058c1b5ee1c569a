"""Whether a support measure suits a firm: each condition by itself, what is not known apart from what is not met."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.models import SupportOffer
from matchmaker.services.development.support_fit import FirmFacts, SupportFit, SupportOutcome, fits
from tests.support.asked import TAXONOMY

TODAY = date(2026, 11, 23)
FIRM = FirmFacts(
    region="66",
    size=None,
    employees=45,
    founded=2019,
    processes=frozenset({"turning"}),
    climbing=frozenset({"iso-9001"}),
    held=frozenset({"iso-14001"}),
    wanted=frozenset({"iatf-16949"}),
)


def offer(**conditions: object) -> SupportOffer:
    empty: dict[str, object] = {"regions": [], "sizes": [], "processes": [], "standards": []}
    return SupportOffer(kind="subsidy", name="x", **{**empty, **conditions})


def judged(firm: FirmFacts = FIRM, **conditions: object) -> SupportFit:
    return fits([offer(**conditions)], firm, TAXONOMY, TODAY)[0]


@pytest.mark.parametrize(
    ("conditions", "name", "outcome"),
    [
        ({"regions": ["66", "74"]}, "region", "met"),
        ({"regions": ["74"]}, "region", "unmet"),
        ({"sizes": ["small"]}, "size", "met"),
        ({"sizes": ["micro"]}, "size", "unmet"),
        ({"years_min": 3}, "age", "met"),
        ({"years_min": 7}, "age", "unknown"),
        ({"years_min": 8}, "age", "unmet"),
        ({"processes": ["turning"]}, "processes", "met"),
        ({"processes": ["casting"]}, "processes", "unmet"),
        ({"standards": ["iso-9001"]}, "climbing", "met"),
        ({"standards": ["iatf-16949"]}, "wanted", "met"),
        ({"standards": ["iso-14001"]}, "held", "unmet"),
        ({"standards": ["iso-45001"]}, "standards", "unmet"),
        ({"closes_on": TODAY}, "dates", "met"),
        ({"closes_on": TODAY - timedelta(days=1)}, "dates", "unmet"),
        ({"opens_on": TODAY + timedelta(days=1)}, "dates", "unmet"),
    ],
)
def test_a_condition_is_judged_by_itself(conditions: dict[str, object], name: str, outcome: str) -> None:
    fit = judged(**conditions)
    assert [(one.name, one.outcome) for one in fit.reasons] == [(name, outcome)]
    assert fit.outcome == outcome


def test_a_firm_that_states_no_work_is_not_known_to_fit() -> None:
    assert judged(replace(FIRM, processes=frozenset()), processes=["turning"]).outcome == "unknown"


def test_what_a_profile_does_not_say_is_not_known() -> None:
    silent = FirmFacts(None, None, None, None, frozenset())
    for conditions in ({"regions": ["66"]}, {"sizes": ["small"]}, {"years_min": 1}):
        assert judged(silent, **conditions).outcome is SupportOutcome.UNKNOWN
    assert judged(silent).outcome is SupportOutcome.MET


def test_the_class_of_a_firm_follows_its_staff_where_it_is_not_stated() -> None:
    for staff, size in (
        (15, "micro"),
        (16, "small"),
        (100, "small"),
        (101, "medium"),
        (250, "medium"),
        (251, "large"),
    ):
        firm = FirmFacts(None, None, staff, None, frozenset())
        assert judged(firm, sizes=[size]).outcome is SupportOutcome.MET


_conditions = st.fixed_dictionaries(
    {
        "regions": st.lists(st.sampled_from(("66", "74")), unique=True),
        "sizes": st.lists(st.sampled_from(("micro", "small")), unique=True),
        "processes": st.lists(st.sampled_from(("turning", "casting")), unique=True),
        "standards": st.lists(st.sampled_from(("iso-9001", "iso-14001", "iso-45001")), unique=True),
        "years_min": st.none() | st.integers(0, 20),
        "closes_on": st.none() | st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=40)),
    }
)


@given(st.lists(_conditions, max_size=6))
def test_what_suits_stands_first_and_one_unmet_condition_is_enough(many: list[dict[str, object]]) -> None:
    found = fits([offer(**one) for one in many], FIRM, TAXONOMY, TODAY)
    assert len(found) == len(many)
    order = [SupportOutcome.MET, SupportOutcome.UNKNOWN, SupportOutcome.UNMET]
    places = [order.index(fit.outcome) for fit in found]
    assert places == sorted(places)
    for fit in found:
        outcomes = {one.outcome for one in fit.reasons}
        assert (SupportOutcome.UNMET in outcomes) == (fit.outcome is SupportOutcome.UNMET)
