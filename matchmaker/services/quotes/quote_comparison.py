"""Quotes side by side: what each asks for a position and for all, in one currency and with VAT, and how they rank by weights.

Nothing here reads the database, and nothing that is unknown is guessed: a quote without a rate, without days or without all
positions is told as such and is best at nothing that it does not say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.services.quotes.position_prices import AskedPosition, PositionPrice
from matchmaker.services.quotes.quote_terms import QuoteTerms

MOST_WEIGHT = 100


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much for a plant: the price, the days, and how well the supplier fits the need; 0 to MOST_WEIGHT each,
    not all 0.
    """

    price: int = 60
    days: int = 25
    fit: int = 15

    def __post_init__(self) -> None:
        given = {"price": self.price, "days": self.days, "fit": self.fit}
        message = N_("Give whole numbers from 0 to %(most)s, not all of them 0.")
        most = {"most": MOST_WEIGHT}
        problems = [
            Problem(name, "weight.range", message, str(value), most)
            for name, value in given.items()
            if not 0 <= value <= MOST_WEIGHT
        ]
        if not problems and not any(given.values()):
            problems = [Problem("price", "weight.range", message, "0", most)]
        if problems:
            raise InvalidRecord(tuple(problems))


@dataclass(frozen=True, slots=True)
class ComparedPrice:
    """A quoted position. `compared_minor` is the price of a piece with VAT in the currency of the comparison, None without a rate;
    `is_cheapest` and `is_soonest` are said where at least two quotes can be compared.
    """

    said: PositionPrice
    days: int | None
    compared_minor: int | None
    is_whole: bool
    is_cheapest: bool = False
    is_soonest: bool = False


@dataclass(frozen=True, slots=True)
class ComparedQuote:
    """A quote among the others. `compared_minor` is all that is to be paid once, with VAT and tooling, in the currency of the
    comparison, None without a rate; `covers` the number of positions that it has in full; `score` from 0 to 1 among
    the quotes for everything that can be compared, None for any other.
    """

    terms: QuoteTerms
    fit: float | None
    lines: Mapping[str, ComparedPrice]
    covers: int
    is_whole: bool
    compared_minor: int | None
    is_cheapest: bool = False
    is_soonest: bool = False
    score: float | None = None
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class CurrencyRates:
    """The roubles for a unit of a currency, by its code; the rouble itself needs none."""

    roubles: Mapping[str, Fraction]

    def converted(self, minor: int, currency: str, target: str) -> int | None:
        """An amount of minor units in another currency, None where a rate is missing."""
        if currency == target:
            return minor
        rates = {"RUB": Fraction(1), **self.roubles}
        if currency not in rates or target not in rates:
            return None
        return round(minor * rates[currency] / rates[target])


NO_RATES = CurrencyRates({})


def compare(
    quotes: Sequence[tuple[QuoteTerms, float | None]],
    asked: Sequence[AskedPosition],
    weights: Weights,
    currency: str,
    rates: CurrencyRates = NO_RATES,
) -> tuple[ComparedQuote, ...]:
    """The quotes in the given order; each comes with the fit of its supplier, from 0 to 1."""
    found = [_compared(terms, fit, asked, currency, rates) for terms, fit in quotes]
    for one in asked:
        _mark_lines(found, one.id)
    whole = [place for place, one in enumerate(found) if one.is_whole]
    for place in _least(found, whole, lambda one: one.compared_minor):
        found[place] = replace(found[place], is_cheapest=True)
    for place in _least(found, whole, lambda one: one.terms.days):
        found[place] = replace(found[place], is_soonest=True)
    return tuple(_scored(found, weights))


def _compared(
    terms: QuoteTerms,
    fit: float | None,
    asked: Sequence[AskedPosition],
    currency: str,
    rates: CurrencyRates,
) -> ComparedQuote:
    pieces = {one.id: one.pieces for one in asked}
    lines = {
        one.id: ComparedPrice(
            one,
            one.days if one.days is not None else terms.lead_time_days,
            with_vat(terms, one.price_minor, currency, rates),
            one.pieces >= (pieces[one.id] or 1),
        )
        for one in terms.positions
        if one.id in pieces
    }
    covers = sum(line.is_whole for line in lines.values()) if terms.positions else len(asked)
    return ComparedQuote(
        terms,
        fit,
        lines,
        covers,
        covers == len(asked),
        with_vat(terms, terms.total_minor, currency, rates),
    )


def with_vat(terms: QuoteTerms, minor: int, currency: str, rates: CurrencyRates) -> int | None:
    """An amount of a quote with VAT, in a currency; None without a rate."""
    added = Fraction(str(terms.vat_percent or 0)) if terms.vat == "added" else Fraction(0)
    return rates.converted(round(minor * (1 + added / 100)), terms.currency, currency)


def _mark_lines(found: list[ComparedQuote], position: str) -> None:
    places = [place for place, one in enumerate(found) if position in one.lines]
    cheapest = _least(found, places, lambda one: one.lines[position].compared_minor)
    soonest = _least(found, places, lambda one: one.lines[position].days)
    for place in {*cheapest, *soonest}:
        line = replace(
            found[place].lines[position], is_cheapest=place in cheapest, is_soonest=place in soonest
        )
        found[place] = replace(found[place], lines={**found[place].lines, position: line})


def _least(
    found: Sequence[ComparedQuote], places: Sequence[int], value: Callable[[ComparedQuote], int | None]
) -> list[int]:
    """The places with the least value among those that have one; none where fewer than two can be compared."""
    known = [(number, place) for place in places if (number := value(found[place])) is not None]
    least = min(known, default=(0, 0))[0]
    return [place for number, place in known if number == least] if len(known) > 1 else []


def _scored(found: Sequence[ComparedQuote], weights: Weights) -> list[ComparedQuote]:
    """The quotes for everything with their scores: the least price and the fewest days are 1, twice as much is a half."""
    prices = {
        place: one.compared_minor
        for place, one in enumerate(found)
        if one.is_whole and one.compared_minor is not None
    }
    if len(prices) < 2:
        return list(found)
    days = {place: max(known, 1) for place in prices if (known := found[place].terms.days) is not None}
    cheapest, soonest = min(prices.values()), min(days.values(), default=1)
    total = weights.price + weights.days + weights.fit
    scores = {
        place: (
            weights.price * cheapest / price
            + (weights.days * soonest / days[place] if place in days else 0)
            + weights.fit * (found[place].fit or 0)
        )
        / total
        for place, price in prices.items()
    }
    best = max(scores.values())
    return [
        replace(one, score=scores[place], is_first=scores[place] == best) if place in scores else one
        for place, one in enumerate(found)
    ]
