"""The opened quotes of a need side by side, by the weights and in the currency that the reader asks for."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import ExchangeRate, Match, Quote
from matchmaker.services.quotes import (
    exchange_rates,
    joint_quotes,
    position_prices,
    quote_comparison,
    quote_terms,
)
from matchmaker.services.quotes.joint_quotes import JointQuote
from matchmaker.services.quotes.position_prices import AskedPosition
from matchmaker.services.quotes.quote_comparison import ComparedQuote, CurrencyRates, Weights
from matchmaker.services.quotes.quote_terms import QuoteTerms
from matchmaker.services.shortlist import team_parts
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database
from matchmaker.web.kit.forms import by_field
from matchmaker.web.pages import explanations
from matchmaker.web.pages.need_access import NeedAccess
from search.ranking.explain import RequirementOutcome

_WEIGHTS = ("price", "days", "fit")
# What a verdict about a requirement counts for how well a supplier fits.
_COUNTS = {RequirementOutcome.MET.value: 1.0, RequirementOutcome.NEAR.value: 0.5}


@dataclass(frozen=True, slots=True)
class QuotesSideBySide:
    """The quotes with their comparison, in the order of the quotes; `weights` are as asked for, `rates` those that it took, `problems` by field.
    `joint` are the joint quotes of teams, None beside one that cannot be compared: it is not complete, or a rate is missing.
    """

    asked: Sequence[AskedPosition]
    rows: Sequence[tuple[Quote, ComparedQuote]]
    weights: Weights
    currency: str
    rates: Mapping[str, ExchangeRate]
    problems: Mapping[str, str] = field(default_factory=dict)
    joint: Sequence[tuple[JointQuote, ComparedQuote | None]] = ()


def compared(found: NeedAccess, quotes: Sequence[Quote], given: Mapping[str, str]) -> QuotesSideBySide:
    """Opened quotes of a need; what was asked for wrongly is told, and the usual weights are taken."""
    problems: Mapping[str, str] = {}
    usual = _usual_currency(quotes)
    try:
        weights, currency = asked_for(given, usual)
    except InvalidRecord as error:
        problems, weights, currency = by_field(error), Weights(), usual
    asked = position_prices.asked(found.record)
    told = [(quote_terms.of(quote), fit(quote.match)) for quote in quotes]
    handed_in = joint_quotes.offered(team_parts.of_need(database(), found.need), quotes) if quotes else []
    set_rates = exchange_rates.latest(database(), found.need.centre_id, context.today())
    rates = exchange_rates.as_rates(set_rates)
    rows, joint = _with_joint(told, handed_in, asked, weights, currency, rates)
    used = {
        code: row for code, row in set_rates.items() if code in {currency, *(one.currency for one in quotes)}
    }
    several = used if len({currency, *(one.currency for one in quotes)}) > 1 else {}
    return QuotesSideBySide(
        asked, list(zip(quotes, rows, strict=True)), weights, currency, several, problems, joint
    )


def _with_joint(
    told: Sequence[tuple[QuoteTerms, float | None]],
    handed_in: Sequence[JointQuote],
    asked: Sequence[AskedPosition],
    weights: Weights,
    currency: str,
    rates: CurrencyRates,
) -> tuple[list[ComparedQuote], list[tuple[JointQuote, ComparedQuote | None]]]:
    """Quotes and joint quotes compared as wholes with each other; positions only among the quotes, where the same price would stand
    twice.
    """
    alone = quote_comparison.compare(told, asked, weights, currency, rates)
    made = [(one, joint_quotes.terms(one, currency, rates)) for one in handed_in]
    known = [(terms, _fit_of(one)) for one, terms in made if terms is not None]
    if not known:
        return list(alone), [(one, None) for one, _ in made]
    together = quote_comparison.compare([*told, *known], asked, weights, currency, rates)
    rows = [replace(row, lines=own.lines) for row, own in zip(together, alone, strict=False)]
    left = iter(together[len(told) :])
    return rows, [(one, None if terms is None else next(left)) for one, terms in made]


def _fit_of(joint: JointQuote) -> float | None:
    """How well the members fit, the least of them; None where of one nothing was compared."""
    found = [fit(part.member.match) for part in joint.parts]
    known = [one for one in found if one is not None]
    return min(known) if known and len(known) == len(found) else None


def asked_for(given: Mapping[str, str], usual: str) -> tuple[Weights, str]:
    """The weights and the currency of an address. Raises InvalidRecord by field."""
    usual_weights = Weights()
    said = {name: given.get(name, "").strip() for name in _WEIGHTS}
    numbers = {
        name: (int(value) if value.isascii() and value.isdigit() and len(value) < 4 else -1)
        if value
        else getattr(usual_weights, name)
        for name, value in said.items()
    }
    currency = given.get("currency", "") or usual
    if currency not in quote_terms.CURRENCIES:
        message = N_("Choose one of the currencies.")
        raise InvalidRecord((Problem("currency", "currency.unknown", message, currency[:10]),))
    return Weights(**numbers), currency


def _usual_currency(quotes: Sequence[Quote]) -> str:
    """The currency of most quotes, the rouble where there are none."""
    counted = Counter(quote.currency for quote in quotes)
    return max(counted, key=lambda code: (counted[code], code == "RUB"), default="RUB")


def fit(match: Match) -> float | None:
    """How well a supplier fits, of the reasons that the contractor is shown: a met one counts 1, a nearly met one a half.

    None where nothing was compared. The matcher's score is for the centre alone.
    """
    reasons = explanations.reasons(match)
    return sum(_COUNTS.get(one["outcome"], 0.0) for one in reasons) / len(reasons) if reasons else None
