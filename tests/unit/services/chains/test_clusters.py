"""Where the participants of a cluster buy: against a plain recount of made-up supplies."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.models import ClusterParticipant
from matchmaker.services.chains import clusters
from matchmaker.services.chains.clusters import BoughtWhere, ClusterSupply

_BUYER = ClusterParticipant(name="x", role="lead-plant")
_made = st.lists(
    st.tuples(
        st.sampled_from(list(BoughtWhere)), st.integers(0, 4), st.one_of(st.none(), st.integers(1, 900))
    ),
    max_size=9,
)


def _supplies(made: Sequence[tuple[BoughtWhere, int, int | None]]) -> list[ClusterSupply]:
    return [
        ClusterSupply(None, None, _BUYER, "", contracts, minor, int(minor is None), where)
        for where, contracts, minor in made
    ]


@given(_made)
def test_shares_are_a_recount_and_an_unknown_place_makes_them_intervals(
    made: list[tuple[BoughtWhere, int, int | None]],
) -> None:
    found = {one.where: one for one in clusters.shares_of(_supplies(made))}
    assert set(found) == (set(BoughtWhere) - {BoughtWhere.UNKNOWN} if made else set())
    for where, share in found.items():
        count = sum(max(contracts, 1) for _, contracts, _ in made)
        here = sum(max(contracts, 1) for place, contracts, _ in made if place is where)
        maybe = sum(max(contracts, 1) for place, contracts, _ in made if place is BoughtWhere.UNKNOWN)
        most = here if where is BoughtWhere.CLUSTER else here + maybe
        assert share.supplies.low == round(100 * here / count, 2)
        assert share.supplies.high == round(100 * most / count, 2)
        money = sum(minor or 0 for *_, minor in made)
        known = sum(minor or 0 for place, _, minor in made if place is where)
        assert share.money.low == (round(100 * known / money, 2) if money else None)


def test_a_place_is_told_from_the_region_of_the_cluster() -> None:
    country = {"RU-SVE": "RU", "RU-MOW": "RU", "DE-BY": "DE", "DE": "DE"}.get
    assert clusters.place_of("RU-SVE", "RU-SVE", country) is BoughtWhere.REGION
    assert clusters.place_of("RU-MOW", "RU-SVE", country) is BoughtWhere.COUNTRY
    assert clusters.place_of("DE", "RU-SVE", country) is BoughtWhere.ABROAD
    assert clusters.place_of(None, "RU-SVE", country) is BoughtWhere.UNKNOWN
    assert clusters.place_of("DE", None, country) is BoughtWhere.UNKNOWN
