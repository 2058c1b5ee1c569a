"""The terms of a quote, as a supplier types them: an amount, lots, a term and words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from importers.cells import minor_units
from matchmaker.domain.errors import (
    InvalidRecord,
    Problem,
)
from matchmaker.domain.language import N_

CURRENCIES = ("RUB", "CNY", "EUR", "USD", "BYN", "KZT")  # all of two decimal places
MOST_MINOR = 10**14  # a million millions
MOST_BATCHES = 10
_BATCH = re.compile(r"(\d{1,9})\s*(?:шт\.?|pcs)?\s*[:=—–-]\s*(.+)", re.ASCII)
FIELDS = ("amount", "currency", "batches", "lead_time_days", "valid_until", "text")


@dataclass(frozen=True, slots=True)
class QuoteTerms:
    """The terms of a quote: minor units of a currency for the whole lot, [pieces, minor units a piece], days,
    and words.
    """

    amount_minor: int
    currency: str
    batch_prices: tuple[tuple[int, int], ...] = ()
    lead_time_days: int | None = None
    valid_until: date | None = None
    text: str | None = None


def read(typed: Mapping[str, str], today: date) -> QuoteTerms:
    """The terms in a form. Raises InvalidRecord with a problem for every wrong field."""
    problems: list[Problem] = []
    amount = _amount(typed["amount"], problems)
    if typed["currency"] not in CURRENCIES:
        message = N_("Choose one of the currencies.")
        problems.append(Problem("currency", "currency.unknown", message, typed["currency"][:10]))
    batches = _batches(typed["batches"], problems)
    days = _days(typed["lead_time_days"], problems)
    until = _until(typed["valid_until"], today, problems)
    if len(typed["text"]) > 4_000:
        problems.append(
            Problem("text", "text.long", N_("Too long: at most %(max_length)s."), "", {"max_length": 4000})
        )
    if problems:
        raise InvalidRecord(tuple(problems))
    return QuoteTerms(amount, typed["currency"], batches, days, until, typed["text"] or None)


def _amount(typed: str, problems: list[Problem]) -> int:
    units = minor_units(typed)
    if units is None:
        message = N_("Write the amount like 1000,50: digits, and at most two after one comma or point.")
        problems.append(Problem("amount", "amount.form", message, typed[:40]))
    elif not 0 < units <= MOST_MINOR:
        message = N_("The amount must be above 0 and at most %(most)s.")
        most = {"most": MOST_MINOR // 100}
        problems.append(Problem("amount", "amount.range", message, typed[:40], most))
    return units or 0


def _batches(typed: str, problems: list[Problem]) -> tuple[tuple[int, int], ...]:
    found: dict[int, int] = {}
    for line in filter(None, map(str.strip, typed.split("\n"))):
        match = _BATCH.fullmatch(line)
        wrong: list[Problem] = []
        price = _amount(match[2], wrong) if match else 0
        if match is None or wrong:
            message = N_(
                "Write one lot size a line: pieces, a colon, the unit price, for example 100: 55,20."
            )
            problems.append(Problem("batches", "batches.form", message, line[:40]))
            break
        found[int(match[1])] = price
    if len(found) > MOST_BATCHES:
        message = N_("At most %(most)s lots.")
        problems.append(Problem("batches", "batches.many", message, "", {"most": MOST_BATCHES}))
    return tuple(sorted(found.items()))


def _days(typed: str, problems: list[Problem]) -> int | None:
    if not typed:
        return None
    if typed.isascii() and typed.isdigit() and len(typed) < 5 and int(typed) <= 3650:
        return int(typed)
    problems.append(Problem("lead_time_days", "days.form", N_("Give whole days, at most 3650."), typed[:20]))
    return None


def _until(typed: str, today: date, problems: list[Problem]) -> date | None:
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    if day is None or not today <= day <= today.replace(year=today.year + 10, day=1):
        message = N_("Give a day from today on, as YYYY-MM-DD.")
        problems.append(Problem("valid_until", "day.form", message, typed[:20]))
        return None
    return day
