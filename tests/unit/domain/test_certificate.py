"""The one rule that says what level a certificate gives on which days, and whether a demand holds."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.certificate import (
    Certificate,
    CertificationDemand,
    CertificationLevel,
    edition_in,
    meets,
    validity,
)
from matchmaker.wiring import load_taxonomy
from tests.benchmark.generate import TODAY
from tests.support.generated import level_of

CERTIFIED, VERIFIED = CertificationLevel.CERTIFIED, CertificationLevel.VERIFIED


@pytest.mark.parametrize(
    ("facts", "since", "until"),
    [
        ({"issued": date(2025, 4, 1), "valid_until": date(2028, 3, 31)}, date(2025, 4, 1), date(2028, 3, 31)),
        ({"issued": date(2024, 2, 29)}, date(2024, 2, 29), date(2027, 2, 28)),
        ({"valid_until": date(2028, 3, 31)}, date.min, date(2028, 3, 31)),
        ({"said_on": date(2026, 1, 10)}, date.min, date(2029, 1, 10)),
        ({"valid_until": date(2019, 1, 1), "edition": "2008"}, date.min, date(2018, 9, 14)),
        ({"valid_until": date(2019, 1, 1), "edition": "2015"}, date.min, date(2019, 1, 1)),
        ({"status": "implementing"}, date.min, date.max),
    ],
)
def test_the_days_of_a_certificate(facts: dict[str, Any], since: date, until: date) -> None:
    held = validity(Certificate("iso-9001", **facts), load_taxonomy())
    assert held is not None
    assert (held.since, held.until) == (since, until)


@pytest.mark.parametrize(
    "certificate",
    [
        Certificate(None, valid_until=date(2028, 1, 1)),
        Certificate("iso-9999", valid_until=date(2028, 1, 1)),
        Certificate("iso-9001", status="suspended", valid_until=date(2028, 1, 1)),
        Certificate("iso-9001"),
        Certificate("iso-9001", issued=date(2019, 1, 1), edition="2008"),
        Certificate("ohsas-18001", issued=date(2021, 10, 1), valid_until=date(2028, 1, 1)),
    ],
)
def test_what_never_counts(certificate: Certificate) -> None:
    assert validity(certificate, load_taxonomy()) is None


def test_without_any_date_it_is_declared_and_never_verified() -> None:
    paper = Certificate("iso-9001", verified=True, said_on=TODAY)
    taxonomy, demand = load_taxonomy(), CertificationDemand(("iso-9001",))
    assert meets([paper], demand, TODAY, taxonomy)
    assert not meets([paper], CertificationDemand(("iso-9001",), VERIFIED), TODAY, taxonomy)
    assert not meets([paper], CertificationDemand(("iso-9001",), dated=True), TODAY, taxonomy)
    assert not meets([paper], demand, TODAY.replace(year=TODAY.year + 4), taxonomy)


@pytest.mark.parametrize(
    ("held", "met"), [(None, True), ("2015", True), ("2026", True), ("2013", False), ("D", True)]
)
def test_an_older_edition_does_not_meet_a_demand_for_one(held: str | None, met: bool) -> None:
    paper = Certificate("iso-9001", valid_until=TODAY, edition=held)
    demand = CertificationDemand(("iso-9001",), edition="2015")
    assert meets([paper], demand, TODAY, load_taxonomy()) == met


@pytest.mark.parametrize(
    ("spelled", "edition"),
    [
        ("ISO 9001:2015", "2015"),
        ("ГОСТ Р ИСО 9001-2015 (ISO 9001:2015)", "2015"),
        ("ГОСТ РВ 0015-002-2012", "2012"),
        ("ISO 3834-2:2021", "2021"),
        ("ISO 9001-94", "1994"),
        ("AS9100D", "D"),
        ("AS 9100 Rev. C", "C"),
        ("ISO 3834-2", None),
        ("ТР ТС 010/2011", None),
        ("ISO 9001", None),
    ],
)
def test_the_edition_stands_after_the_designation(spelled: str, edition: str | None) -> None:
    assert edition_in(spelled) == edition


DAYS = st.none() | st.dates(date(2005, 1, 1), date(2032, 1, 1))


@given(
    paper=st.builds(
        Certificate,
        st.sampled_from(["iso-9001", "en-9100", "iso-9999", None]),
        st.sampled_from(["certified", "implementing", "suspended"]),
        DAYS,
        DAYS,
        st.booleans(),
        st.sampled_from([None, "2008", "2015", "C"]),
        DAYS,
    ),
    day=st.dates(date(2005, 1, 1), date(2032, 1, 1)),
)
def test_the_rule_agrees_with_a_plain_recount(paper: Certificate, day: date) -> None:
    held = validity(paper, load_taxonomy())
    level, dated = level_of(paper, day)
    assert (held.level if held and held.holds_on(day) else 0) == level
    if level:
        assert held is not None
        assert held.dated == (dated or paper.status == "implementing")
