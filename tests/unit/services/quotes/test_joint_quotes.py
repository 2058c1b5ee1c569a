"""The terms of a joint quote are those of its parts together: in one currency, with VAT, and none where a part or a rate is missing."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.models import SupplierTeam, SupplierTeamMember
from matchmaker.services.quotes import joint_quotes
from matchmaker.services.quotes.joint_quotes import JointPart, JointQuote
from matchmaker.services.quotes.position_prices import PositionPrice
from matchmaker.services.quotes.quote_comparison import NO_RATES, CurrencyRates
from matchmaker.services.quotes.quote_terms import QuoteTerms

RATES = CurrencyRates({"EUR": Fraction(100)})
_prices = st.integers(1, 10**7)
_pieces = st.integers(1, 10_000)
_days = st.none() | st.integers(1, 400)


def part(name: str, terms: QuoteTerms | None, missing: tuple[str, ...] = ()) -> JointPart:
    return JointPart(SupplierTeamMember(match_id=len(name), positions=[name]), None, terms, missing)


def quoted(
    name: str, pieces: int, price: int, days: int | None, currency: str = "RUB", **more: object
) -> JointPart:
    line = PositionPrice(name, pieces, price, days)
    return part(name, QuoteTerms(line.total_minor, currency, positions=(line,), **more))  # type: ignore[arg-type]


@given(st.lists(st.tuples(_pieces, _prices, _days, st.integers(0, 10**6)), min_size=2, max_size=5))
def test_the_sum_is_that_of_the_parts_and_the_days_are_the_longest(
    rows: list[tuple[int, int, int | None, int]],
) -> None:
    parts = [
        quoted(f"p{place}", pieces, price, days, tooling_minor=tooling or None, vat="included")
        for place, (pieces, price, days, tooling) in enumerate(rows)
    ]
    made = joint_quotes.terms(JointQuote(SupplierTeam(), tuple(parts)), "RUB", NO_RATES)
    assert made is not None
    assert made.total_minor == sum(pieces * price + tooling for pieces, price, _, tooling in rows)
    days = [days for _, _, days, _ in rows]
    assert made.days == (None if None in days else max(day for day in days if day is not None))
    assert {one.id for one in made.positions} == {f"p{place}" for place in range(len(rows))}


def test_other_currencies_and_vat_that_is_added_are_counted() -> None:
    parts = (
        quoted("a", 10, 100, 5, "EUR", vat="included"),
        quoted("b", 10, 1_000, 9, vat="added", vat_percent=20.0),
    )
    made = joint_quotes.terms(JointQuote(SupplierTeam(), parts), "RUB", RATES)
    assert made is not None
    assert made.total_minor == 10 * 100 * 100 + 10 * 1_200
    assert joint_quotes.terms(JointQuote(SupplierTeam(), parts), "RUB", NO_RATES) is None


def test_a_part_that_is_missing_makes_no_terms() -> None:
    whole = quoted("a", 10, 100, 5)
    for lacking in (part("b", None, ("b",)), part("b", whole.terms, ("c",))):
        joint = JointQuote(SupplierTeam(), (whole, lacking))
        assert not joint.is_complete
        assert joint_quotes.terms(joint, "RUB", NO_RATES) is None
