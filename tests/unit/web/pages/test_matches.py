"""A score is shown as a sum that adds up; milder conditions are told from and to, each worth its place."""

import re
from dataclasses import replace
from datetime import date

from matchmaker.domain.certificate import CertificationDemand, CertificationLevel, DemandStrength
from matchmaker.domain.requirements import Requirements
from matchmaker.services.matching import relaxation_links
from matchmaker.services.matching.wording import Wording
from matchmaker.wiring import Application
from search.filters.relaxations import DemandChange, Relaxation
from tests.support.browser import Browser, text

NEEDS = (
    "Shafts dia 45h6, steel 40Cr, turning and grinding, 200 pcs, ISO 9001 required",
    "Литьё из СЧ20, 5 шт.",
)


def test_the_parts_of_every_score_add_up_to_it(browser: Browser) -> None:
    for words in NEEDS:
        page = text(browser.post("/try", {"text": words}, page="/try"))
        matches = page.split('<li class="match card">')[1:]
        assert matches
        for match in matches:
            small, told = re.findall(r"(&lt;\xa0)?(\d+)\xa0% ?</p>", match)[0]
            shown = 0 if small else int(told)
            parts = re.findall(r'class="share[^"]*">(= )?([+-]?\d+)<', match)
            *added, (equals, total) = parts
            assert equals
            assert int(total) == shown == sum(int(value) for _, value in added), words


def test_a_step_that_adds_no_more_than_a_milder_one_is_left_out(product: Application) -> None:
    asked = Requirements(max_distance_km=300.0)
    found = (
        Relaxation("distance", None, 9),
        Relaxation("distance", 450.0, 2),
        Relaxation("distance", 600.0, 2),
    )
    kept = relaxation_links.worthwhile(found, asked, product.taxonomy)
    assert [one.change for one in kept] == [None, 450.0]


def test_a_lot_of_one_size_is_told_once(product: Application) -> None:
    words = Wording(product.taxonomy, "en", str)
    ends = ((5, 5), (3, 43), (3, None), (None, 43), (None, None))
    told = ["5 pcs", "3 to 43 pcs", "from 3 pcs", "up to 43 pcs", "—"]
    assert [words.value("lot", one) for one in ends] == told


def test_milder_conditions_are_told_from_and_to(product: Application) -> None:
    words = Wording(product.taxonomy, "en", str)
    demand = CertificationDemand(("iso-9001",), CertificationLevel.VERIFIED)
    asked = Requirements(
        roughness_ra_um=1.6,
        deliver_by=date(2027, 3, 1),
        lead_time_days=90,
        certification=(demand,),
    )
    assert words.relaxation(Relaxation("roughness", 3.2, 7), asked) == "Roughness: Ra 1.6 → Ra 3.2"
    later = words.relaxation(Relaxation("lead_time", 104, 4), asked)
    assert later == "2 weeks later: by 15 Mar 2027"
    milder = replace(demand, level=CertificationLevel.CERTIFIED)
    lower = words.relaxation(Relaxation("certification", DemandChange(demand, milder), 3), asked)
    assert lower == "ISO 9001: certified (verified by the centre) → certified (declared)"


def test_each_demand_for_a_certificate_is_relaxed_by_its_name(product: Application) -> None:
    words = Wording(product.taxonomy, "en", str)
    welded = CertificationDemand(("naks", "iso-3834-2"))
    asked = Requirements(certification=(CertificationDemand(("iso-9001",)), welded))
    told = [
        words.relaxation(Relaxation("certification", DemandChange(welded, milder), 4), asked)
        for milder in (None, replace(welded, strength=DemandStrength.WISH))
    ]
    assert told == ["without НАКС or ISO 3834-2", "НАКС or ISO 3834-2 wished, not demanded"]
    alone = Requirements(certification=(welded,))
    assert words.relaxation(Relaxation("certification", None, 4), alone) == told[0]
