"""Quotes side by side: what is best, in which currency, by which weights; nothing unknown is ever best."""

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.domain.errors import InvalidRecord
from matchmaker.services.quotes import quote_comparison
from matchmaker.services.quotes.position_prices import AskedPosition, PositionPrice
from matchmaker.services.quotes.quote_comparison import CurrencyRates, Weights
from matchmaker.services.quotes.quote_terms import QuoteTerms

ASKED = (
    AskedPosition("1", "Plate", 100),
    AskedPosition("B/2", "Bracket", 20),
    AskedPosition("3", "Pin", None),
)
RATES = CurrencyRates({"EUR": Fraction(100), "USD": Fraction(80)})
_prices = st.builds(
    PositionPrice,
    st.just(""),
    st.integers(1, 100),
    st.integers(1, 10**7),
    st.none() | st.integers(0, 90),
)


@st.composite
def _terms(draw: st.DrawFn) -> QuoteTerms:
    quoted = draw(st.sets(st.sampled_from(ASKED)))
    lines = []
    for one in (one for one in ASKED if one in quoted):
        said = draw(_prices)
        pieces = min(said.pieces, one.pieces or said.pieces)
        lines.append(PositionPrice(one.id, pieces, said.price_minor, said.days))
    vat = draw(st.sampled_from((None, "included", "added", "none")))
    return QuoteTerms(
        sum(one.total_minor for one in lines) or draw(st.integers(1, 10**9)),
        draw(st.sampled_from(("RUB", "EUR", "USD", "CNY"))),
        lead_time_days=draw(st.none() | st.integers(0, 90)),
        positions=tuple(lines),
        tooling_minor=draw(st.none() | st.integers(1, 10**6)),
        vat=vat,
        vat_percent=22.0 if vat == "added" else None,
    )


_quotes = st.lists(st.tuples(_terms(), st.none() | st.floats(0, 1)), max_size=6)
_weights = st.builds(Weights, st.integers(1, 100), st.integers(0, 100), st.integers(0, 100))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_quotes, _weights)
def test_only_what_can_be_compared_is_best_and_the_best_is_least(
    quotes: list[tuple[QuoteTerms, float | None]], weights: Weights
) -> None:
    found = quote_comparison.compare(quotes, ASKED, weights, "RUB", RATES)
    assert [one.terms for one in found] == [terms for terms, _ in quotes]
    for one in found:
        assert (one.compared_minor is None) == (one.terms.currency == "CNY")
        if one.is_cheapest or one.score is not None:
            assert one.is_whole
            assert one.compared_minor is not None
        assert one.score is None or 0 <= one.score <= 1
    whole = [one.compared_minor for one in found if one.is_whole and one.compared_minor is not None]
    cheapest = [one.compared_minor for one in found if one.is_cheapest]
    assert set(cheapest) == ({min(whole)} if len(whole) > 1 else set())
    for position in ("1", "B/2", "3"):
        lines = [line for one in found if (line := one.lines.get(position))]
        known = [line.compared_minor for line in lines if line.compared_minor is not None]
        best = {line.compared_minor for line in lines if line.is_cheapest}
        assert best == ({min(known)} if len(known) > 1 else set())
    scored = [one for one in found if one.score is not None]
    assert {one.score for one in scored if one.is_first} == (
        {max(one.score or 0 for one in scored)} if scored else set()
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_quotes, _weights)
def test_the_order_does_not_change_who_is_first(
    quotes: list[tuple[QuoteTerms, float | None]], weights: Weights
) -> None:
    def first(given: list[tuple[QuoteTerms, float | None]]) -> set[int]:
        found = quote_comparison.compare(given, ASKED, weights, "RUB", RATES)
        return {id(one.terms) for one in found if one.is_first}

    assert first(quotes) == first(quotes[::-1])


def test_vat_that_is_added_and_tooling_count_as_money() -> None:
    added = QuoteTerms(100_00, "RUB", vat="added", vat_percent=22.0, tooling_minor=10_00)
    included = QuoteTerms(130_00, "RUB", vat="included")
    ours, theirs = quote_comparison.compare([(added, None), (included, None)], (), Weights(), "RUB")
    assert (ours.compared_minor, theirs.compared_minor) == (134_20, 130_00)
    assert theirs.is_cheapest
    assert not ours.is_cheapest


def test_a_part_of_the_pieces_is_no_whole_position() -> None:
    part = QuoteTerms(50, "RUB", positions=(PositionPrice("1", 50, 1),))
    whole = QuoteTerms(300, "RUB", positions=(PositionPrice("1", 100, 3),))
    first, second = quote_comparison.compare([(part, 1.0), (whole, 1.0)], ASKED[:1], Weights(), "RUB")
    assert (first.covers, first.is_whole, first.score) == (0, False, None)
    assert (second.covers, second.is_whole) == (1, True)
    assert first.lines["1"].is_cheapest, "the price of a piece is compared"


def test_a_quote_of_positions_that_are_no_longer_asked_for_is_no_whole_one() -> None:
    gone = QuoteTerms(50, "RUB", positions=(PositionPrice("9", 50, 1),))
    (only,) = quote_comparison.compare([(gone, 1.0)], ASKED[:1], Weights(), "RUB")
    assert (only.covers, only.is_whole, only.lines) == (0, False, {})


def test_days_are_unknown_where_those_of_a_position_are() -> None:
    told, untold = PositionPrice("1", 50, 1, 10), PositionPrice("2", 50, 1)
    assert QuoteTerms(100, "RUB", positions=(told,)).days == 10
    assert QuoteTerms(100, "RUB", positions=(told, untold)).days is None
    assert QuoteTerms(100, "RUB", positions=(told, untold), lead_time_days=20).days == 20


@pytest.mark.parametrize("weights", [(0, 0, 0), (101, 0, 0), (50, -1, 0)])
def test_weights_that_weigh_nothing_are_refused(weights: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidRecord):
        Weights(*weights)
