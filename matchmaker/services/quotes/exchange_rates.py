"""The rates by which a centre's contractors compare quotes of several currencies, and its figures count contracts: roubles for a unit,
each for a day.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.typed_text import day_of
from matchmaker.models import Centre, ExchangeRate, User
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.quotes.quote_comparison import CurrencyRates
from matchmaker.services.quotes.quote_terms import CURRENCIES

BASE = "RUB"
FOREIGN = tuple(code for code in CURRENCIES if code != BASE)
MOST = 1_000_000  # roubles for a unit
OLDEST = timedelta(days=366)
_MILLION = 1_000_000
_RATE = re.compile(r"\d{1,7}(?:[.,]\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewRate:
    """A rate to be set: millionths of a rouble for a unit of a currency on a day."""

    currency: str
    micro_roubles: int
    on: date


@dataclass(frozen=True, slots=True)
class DatedRates:
    """The rates of a centre by currency, each with its day, the earliest first."""

    rates: Mapping[str, Sequence[tuple[date, int]]]

    def roubles(self, minor: int, currency: str, day: date) -> int | None:
        """An amount of minor units in kopecks, by the last rate up to the day; None where none is so new as a year."""
        if currency == BASE:
            return minor
        known = self.rates.get(currency, ())
        at = bisect_right(known, day, key=lambda rate: rate[0])
        if not at or known[at - 1][0] < day - OLDEST:
            return None
        return round(Fraction(minor * known[at - 1][1], _MILLION))


def read(typed: Mapping[str, str], today: date) -> NewRate:
    """The rate in a form. Raises InvalidRecord with a problem for every wrong field."""
    problems: list[Problem] = []
    currency, given, day = (typed.get(name, "").strip() for name in ("currency", "roubles", "on"))
    if currency not in FOREIGN:
        message = N_("Choose one of the currencies.")
        problems.append(Problem("currency", "currency.unknown", message, currency[:10]))
    micro = _micro(given)
    if not 0 < micro <= MOST * _MILLION:
        message = N_(
            "Give the roubles for one unit like 91,5: above 0, at most %(most)s, six digits after the comma."
        )
        problems.append(Problem("roubles", "rate.form", message, given[:20], {"most": MOST}))
    on = day_of(day)
    if on is None or not today - OLDEST <= on <= today:
        message = N_("Give the day of the rate, today or within the last year.")
        problems.append(Problem("on", "rate.day", message, day[:20]))
    if problems or on is None:
        raise InvalidRecord(tuple(problems))
    return NewRate(currency, micro, on)


def _micro(typed: str) -> int:
    if not _RATE.fullmatch(typed):
        return 0
    whole, _, rest = typed.replace(",", ".").partition(".")
    return int(whole) * _MILLION + int(rest.ljust(6, "0"))


def shown(micro_roubles: int) -> str:
    """A rate as `read` takes it, without noughts at its end."""
    whole, rest = divmod(micro_roubles, _MILLION)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".")


def set_rate(session: Session, centre: Centre, rate: NewRate, user: User) -> None:
    """Set the rate of a day; a rate that was set for the same day is replaced, one that says the same stays."""
    row = session.get(ExchangeRate, (centre.id, rate.currency, rate.on))
    if row is None:
        row = ExchangeRate(centre_id=centre.id, currency=rate.currency, on=rate.on)
        session.add(row)
    elif row.micro_roubles == rate.micro_roubles:
        return
    row.micro_roubles, row.by_id, row.at = rate.micro_roubles, user.id, now()
    details = {"currency": rate.currency, "on": rate.on.isoformat(), "roubles": shown(rate.micro_roubles)}
    journal.note(session, user.public_id, "rate.set", centre, details)


def latest(session: Session, centre_id: int, today: date) -> dict[str, ExchangeRate]:
    """The rates of a centre that hold on a day, by currency: those of the last day that has one, at most a year ago."""
    own = ExchangeRate.centre_id == centre_id, ExchangeRate.on.between(today - OLDEST, today)
    last = (
        select(ExchangeRate.currency, func.max(ExchangeRate.on).label("on"))
        .where(*own)
        .group_by(ExchangeRate.currency)
        .subquery()
    )
    same = and_(last.c.currency == ExchangeRate.currency, last.c.on == ExchangeRate.on)
    query = select(ExchangeRate).join(last, same).where(*own).order_by(ExchangeRate.currency)
    return {row.currency: row for row in session.scalars(query)}


def dated(session: Session, centre_id: int) -> DatedRates:
    """All rates that a centre has set."""
    rate = ExchangeRate
    query = (
        select(rate.currency, rate.on, rate.micro_roubles)
        .where(rate.centre_id == centre_id)
        .order_by(rate.on)
    )
    found: dict[str, list[tuple[date, int]]] = {}
    for currency, on, micro in session.execute(query):
        found.setdefault(currency, []).append((on, micro))
    return DatedRates(found)


def as_rates(rows: Mapping[str, ExchangeRate]) -> CurrencyRates:
    """Stored rates as a comparison counts with them."""
    return CurrencyRates({code: Fraction(row.micro_roubles, _MILLION) for code, row in rows.items()})
