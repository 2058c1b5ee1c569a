from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.certificate import CertificationDemand, CertificationLevel, DemandStrength
from matchmaker.domain.requirements import Requirements
from matchmaker.services.matching import relaxation_links
from matchmaker.wiring import load_taxonomy

VERIFIED = CertificationDemand(("iso-9001",), CertificationLevel.VERIFIED)
WELDED = CertificationDemand(("naks", "iso-3834"), CertificationLevel.IMPLEMENTING)
ASKED = Requirements(
    processes=("turning", "grinding"),
    tolerance_it=6,
    roughness_ra_um=0.8,
    max_distance_km=500.0,
    quantity=501,
    diameter_mm=45.0,
    envelope_mm=(420.0, 45.0, 45.0),
    certification=(VERIFIED, WELDED),
)


@pytest.mark.parametrize(
    ("token", "attribute", "value"),
    [
        ("tolerance:7", "tolerance_it", 7),
        ("roughness:1.6", "roughness_ra_um", 1.6),
        ("distance:750", "max_distance_km", 750.0),
        ("lot:251", "quantity", 251),
        ("diameter:40.5", "diameter_mm", 40.5),
        ("processes:grinding", "processes", ("grinding",)),
        (
            "certification:iso-9001:certified",
            "certification",
            (CertificationDemand(("iso-9001",)), WELDED),
        ),
        (
            "certification:naks+iso-3834:wish",
            "certification",
            (VERIFIED, replace(WELDED, strength=DemandStrength.WISH)),
        ),
        ("certification:naks+iso-3834:without", "certification", (VERIFIED,)),
    ],
)
def test_a_relaxation_in_the_address_is_applied(token: str, attribute: str, value: object) -> None:
    assert getattr(relaxation_links.eased(ASKED, [token], load_taxonomy()), attribute) == value


def test_relaxations_follow_one_another() -> None:
    found = relaxation_links.eased(ASKED, ["tolerance:7", "tolerance:8", "distance:750"], load_taxonomy())
    assert (found.tolerance_it, found.max_distance_km) == (8, 750.0)


@given(
    st.lists(
        st.text(max_size=30) | st.sampled_from(["tolerance:5", "distance:", ":", "reach:x", "lot:1"]),
        max_size=5,
    )
)
def test_what_is_no_step_changes_nothing(tokens: list[str]) -> None:
    assert relaxation_links.eased(ASKED, tokens, load_taxonomy()) == ASKED
    assert (
        relaxation_links.eased(Requirements(), ["tolerance:7", "processes:turning"], load_taxonomy())
        == Requirements()
    )
