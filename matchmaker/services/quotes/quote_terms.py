"""The terms of a quote, as shops write them: positions or a whole amount, tooling, VAT, material, payment, a term and words."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from importers.cells import amount_text
from matchmaker.domain.errors import (
    InvalidRecord,
    Problem,
)
from matchmaker.domain.language import N_
from matchmaker.domain.typed_text import day_of
from matchmaker.models import Quote
from matchmaker.models.matches import MATERIAL_BY, VATS
from matchmaker.services.quotes import position_prices
from matchmaker.services.quotes.position_prices import AskedPosition, PositionPrice

CURRENCIES = ("RUB", "CNY", "EUR", "USD", "BYN", "KZT")  # all of two decimal places
_PERCENT = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?", re.ASCII)
_LONGEST = {"text": 4_000, "payment": 300, "delivery": 300}
# The fields of a form beside those of positions.
FIELDS = (
    "amount",
    "currency",
    "vat",
    "vat_percent",
    "tooling",
    "material_by",
    "batches",
    "lead_time_days",
    "payment",
    "delivery",
    "valid_until",
    "text",
)


@dataclass(frozen=True, slots=True)
class QuoteTerms:
    """The terms of a quote: minor units of a currency for all that is quoted without tooling, [pieces, minor units a piece],
    days, words, and the prices of positions.
    """

    amount_minor: int
    currency: str
    batch_prices: tuple[tuple[int, int], ...] = ()
    lead_time_days: int | None = None
    valid_until: date | None = None
    text: str | None = None
    positions: tuple[PositionPrice, ...] = ()
    tooling_minor: int | None = None
    vat: str | None = None
    vat_percent: float | None = None
    material_by: str | None = None
    payment: str | None = None
    delivery: str | None = None

    @property
    def total_minor(self) -> int:
        """All that is to be paid once, VAT as the quote says."""
        return self.amount_minor + (self.tooling_minor or 0)

    @property
    def days(self) -> int | None:
        """The days until everything quoted is there: the longest of the positions where the whole has none, None where one of
        them is not told.
        """
        if self.lead_time_days is not None:
            return self.lead_time_days
        own = [one.days for one in self.positions]
        known = [days for days in own if days is not None]
        return max(known) if known and len(known) == len(own) else None


def read(typed: Mapping[str, str], today: date, asked: Collection[AskedPosition] = ()) -> QuoteTerms:
    """The terms in a form for a need that asks for these positions. Raises InvalidRecord with a problem for every wrong field."""
    problems: list[Problem] = []
    positions = position_prices.read(typed, asked, problems)
    terms = QuoteTerms(
        _amount(typed["amount"], positions, problems),
        _one_of("currency", typed, CURRENCIES, problems) or "",
        position_prices.steps_of(typed["batches"], "batches", problems),
        position_prices.days_of(typed["lead_time_days"], "lead_time_days", problems),
        _until(typed["valid_until"], today, problems),
        _words("text", typed, problems),
        positions,
        position_prices.amount_of(typed["tooling"], "tooling", problems) if typed.get("tooling") else None,
        _one_of("vat", typed, ("", *VATS), problems),
        _percent(typed, problems),
        _one_of("material_by", typed, ("", *MATERIAL_BY), problems),
        _words("payment", typed, problems),
        _words("delivery", typed, problems),
    )
    if problems:
        raise InvalidRecord(tuple(problems))
    return terms


def _amount(typed: str, positions: Collection[PositionPrice], problems: list[Problem]) -> int:
    """The amount without tooling: that of the positions where there are prices, which a typed one must equal."""
    if not positions:
        return position_prices.amount_of(typed, "amount", problems)
    total = sum(one.total_minor for one in positions)
    if total > position_prices.MOST_MINOR:
        message = N_("The amount must be above 0 and at most %(most)s.")
        most = {"most": position_prices.MOST_MINOR // 100}
        problems.append(Problem("amount", "amount.range", message, amount_text(total), most))
    elif typed and position_prices.amount_of(typed, "amount", problems) not in {total, 0}:
        message = N_(
            "The quoted positions come to %(total)s, not to this price. Correct one of the prices, or leave this one empty: it is "
            "added up."
        )
        problems.append(Problem("amount", "amount.total", message, typed[:40], {"total": amount_text(total)}))
    return total


def _one_of(
    name: str, typed: Mapping[str, str], choices: Collection[str], problems: list[Problem]
) -> str | None:
    given = typed.get(name, "")
    if given not in choices:
        message = (
            N_("Choose one of the currencies.") if name == "currency" else N_("Choose one from the list.")
        )
        problems.append(Problem(name, f"{name}.unknown", message, given[:20]))
    return given or None


def _percent(typed: Mapping[str, str], problems: list[Problem]) -> float | None:
    """The rate of VAT in percent; one that is added must be told, where there is none nothing may be."""
    given, vat = typed.get("vat_percent", "").removesuffix("%").strip(), typed.get("vat", "")
    message = ""
    if vat == "added" and not given:
        message = N_("Give the rate that is added, for example 22.")
    elif given and vat not in {"added", "included"}:
        message = N_("Say first whether the prices include VAT, or leave the rate empty.")
    elif given and not (_PERCENT.fullmatch(given) and float(given.replace(",", ".")) <= 100):
        message = N_("Give the rate in percent, for example 22.")
    if message:
        problems.append(Problem("vat_percent", "vat.percent", message, given[:20]))
    return float(given.replace(",", ".")) if given and not message else None


def _words(name: str, typed: Mapping[str, str], problems: list[Problem]) -> str | None:
    given, most = typed.get(name, ""), _LONGEST[name]
    if len(given) > most:
        message = N_("Too long: at most %(max_length)s.")
        problems.append(Problem(name, "text.long", message, "", {"max_length": most}))
    return given or None


def _until(typed: str, today: date, problems: list[Problem]) -> date | None:
    if not typed:
        return None
    day = day_of(typed)
    if day is None or not today <= day <= today.replace(year=today.year + 10, day=1):
        message = N_("Give a day from today on, as YYYY-MM-DD.")
        problems.append(Problem("valid_until", "day.form", message, typed[:20]))
        return None
    return day


def of(quote: Quote) -> QuoteTerms:
    """The terms of a stored quote."""
    return QuoteTerms(
        quote.amount_minor or 0,
        quote.currency,
        tuple((pieces, price) for pieces, price in quote.batch_prices or ()),
        quote.lead_time_days,
        quote.valid_until,
        quote.text,
        position_prices.of_column(quote.positions),
        quote.tooling_minor,
        quote.vat,
        quote.vat_percent,
        quote.material_by,
        quote.payment,
        quote.delivery,
    )


def write(quote: Quote, terms: QuoteTerms) -> None:
    """Give a quote these terms."""
    quote.amount_minor, quote.currency = terms.amount_minor, terms.currency
    quote.batch_prices = [[pieces, price] for pieces, price in terms.batch_prices]
    quote.positions = position_prices.stored(terms.positions)
    quote.tooling_minor, quote.material_by = terms.tooling_minor, terms.material_by
    quote.vat, quote.vat_percent = terms.vat, terms.vat_percent
    quote.payment, quote.delivery = terms.payment, terms.delivery
    quote.lead_time_days, quote.valid_until, quote.text = terms.lead_time_days, terms.valid_until, terms.text


def shown(terms: QuoteTerms | None, asked: Collection[AskedPosition]) -> dict[str, str]:
    """The terms in the fields of a form for these positions, empty ones for a new quote."""
    if terms is None:
        return {
            **dict.fromkeys(FIELDS, ""),
            "currency": "RUB",
            **position_prices.shown((), asked),
        }
    return {
        "amount": amount_text(terms.amount_minor) if terms.amount_minor and not terms.positions else "",
        "currency": terms.currency,
        "vat": terms.vat or "",
        "vat_percent": "" if terms.vat_percent is None else f"{terms.vat_percent:g}",
        "tooling": amount_text(terms.tooling_minor) if terms.tooling_minor else "",
        "material_by": terms.material_by or "",
        "batches": position_prices.shown_steps(terms.batch_prices),
        "lead_time_days": str(terms.lead_time_days or ""),
        "payment": terms.payment or "",
        "delivery": terms.delivery or "",
        "valid_until": terms.valid_until.isoformat() if terms.valid_until else "",
        "text": terms.text or "",
        **position_prices.shown(terms.positions, asked),
    }
