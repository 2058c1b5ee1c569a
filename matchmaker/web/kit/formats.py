"""Days, times, amounts and numbers in the reader's language, and the words that every page uses."""

from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError, dates
from flask import Flask
from flask_babel import format_currency, format_date, format_datetime, format_decimal, get_timezone, ngettext
from markupsafe import Markup

from matchmaker.domain.language import prevailing_language
from matchmaker.locale import moments
from matchmaker.services.core.amounts import apart
from matchmaker.web.kit import context, time_zones


def tick(value: date) -> str:
    """A day on the axis of a chart, without its year."""
    return str(format_date(value, "d MMM"))


def register(app: Flask) -> None:
    app.jinja_env.filters.update(
        spoken=spoken,
        day=day,
        figure=figure,
        iso_day=iso_day,
        tick=tick,
        moment=moment,
        deadline=time_zones.deadline,
    )
    app.jinja_env.globals.update(
        language=context.language,
        person=context.person,
        ngettext=_plural,
        product=context.product,
        home_card=context.home_card,
        search_away=context.search_away,
        money=money,
        dict=dict,
    )


def _plural(one: str, many: str, count: int, **values: object) -> str:
    """A count with its word, and what else the words name; thousands are separated as in the language."""
    said = str(ngettext(one, many, count, **values))
    return said.replace(str(count), str(format_decimal(count)), 1)


def iso_day(text: str) -> str:
    """A day in the form of files, as pages show it."""
    return day(date.fromisoformat(text))


def money(minor: int | None, currency: str) -> str:
    """An amount of minor units in the reader's language."""
    return apart(str(format_currency(minor / 100, currency))) if minor is not None else "—"


def day(value: date | None) -> str:
    if isinstance(value, datetime):  # its day is that of the reader's time zone
        return str(format_date(value, "medium"))
    return _day(value, context.language()) if value else "—"


@lru_cache(maxsize=4_000)
def _day(value: date, language: str) -> str:
    return str(dates.format_date(value, "medium", locale=language))


def moment(value: datetime | None) -> str:
    return format_datetime(value, "short") if value else "—"


def figure(value: float) -> str:
    """A number in the reader's language."""
    return context.wording().number(value)


def language_name(code: str) -> str:
    """A language by its code in the reader's language; the words as written where they are no code."""
    try:
        return Locale.parse(code).get_language_name(context.language()) or code
    except (UnknownLocaleError, ValueError):
        return code


def weekday_moment(value: object) -> str:
    """A moment with its weekday in words, for a time that must not be mistaken; another value as it is."""
    if not isinstance(value, datetime):
        return str(value)
    return moments.told(value.astimezone(get_timezone()), context.language())


# Names and titles, which lists show again and again.
_LINE = 300
_language_of_line = lru_cache(maxsize=4_000)(prevailing_language)


def spoken(text: str | None) -> str | Markup:
    """The text, within an element that names its language where it differs from the page's."""
    words = text or ""
    language = _language_of_line(words) if len(words) <= _LINE else prevailing_language(words)
    if language in {None, context.language()}:
        return words
    return Markup('<span lang="{}">{}</span>').format(language, words)
