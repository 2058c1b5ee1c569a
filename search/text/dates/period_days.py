"""The last days of quarters, halves, weeks and years: Q2 2027, до конца недели, next month."""

import re
from datetime import date

from search.text.dates import calendar_days as calendar
from search.text.dates.named_days import holiday_at
from search.text.dates.written_day import (
    FILE,
    PART_OF_PERIOD,
    THIS_YEAR,
    YEAR,
    DayPlace,
    WrittenDay,
    number_of,
    whole_of,
)
from search.text.lexicon import WordPattern

_QUARTER_BEFORE = WordPattern(FILE, r"(?<![\w.,])(?P<number>@quarters)[ ]?@ordinal_of_quarter?[ ]?$")
_QUARTER_BEHIND = re.compile(r"[ ]?(?P<number>[1-4])(?![\w.,]\w)")
_NO_QUARTER = WordPattern(FILE, r"\.?[ ]?@no_quarter_before(?!\w)")
_YEAR_OF_PERIOD = WordPattern(
    FILE,
    rf"\.?(?:[ ,./-]{{1,3}}(?:of[ ])?(?:the[ ])?{YEAR}|[ ]?'(?P<short>\d\d)(?!\d)|(?P<glued>\d\d)(?!\d))",
)


def _period_number(place: DayPlace) -> tuple[int, int, int] | None:
    """The number of a quarter or a half of a year, and where it begins and ends."""
    before = place.before(_QUARTER_BEFORE)
    if before:
        return whole_of("quarters", before["number"]), before.start(), place.end
    behind = _QUARTER_BEHIND.match(place.text, place.end)
    if behind and len(place.text[place.start : place.end]) == 1:
        return int(behind["number"]), place.start, behind.end()
    return None


def _year_of_period(place: DayPlace, end: int) -> tuple[int | None, int]:
    found = _YEAR_OF_PERIOD.match(place.text, end)
    if found is None:
        said = THIS_YEAR.match(place.text, end + (place.text[end : end + 1] == "."))
        return (place.today.year + bool(said["next"]), said.end()) if said else (None, end)
    written = found["year"] or found["short"] or found["glued"]
    return calendar.full_year(written), place.tail(found.end())


def _period(place: DayPlace, months: int, rule: str) -> WrittenDay | None:
    """A quarter or a half of a year by its number."""
    numbered = _period_number(place)
    if numbered is None or _NO_QUARTER.match(place.text, place.end):
        return this_or_next(place)
    number, start, end = numbered
    if number * months > 12:
        return None
    year, end = _year_of_period(place, end)
    part = place.before(PART_OF_PERIOD, start)
    start = part.start() if part else start
    step = months if part is None else months * whole_of("parts_of_period", part["part"]) // 3
    month = months * (number - 1) + step
    word, begins = place.word(start)
    day = calendar.in_month(month, calendar.LAST, year, place.today)
    return WrittenDay(
        start, end, day, rule, exact=year is not None, named=False, loose=year is None and word is None,
        word=word, begins=begins, first=date(day.year, months * (number - 1) + 1, 1),
    )  # fmt: skip


def quarter(place: DayPlace) -> WrittenDay | None:
    return _period(place, 3, "quarter")


def half_year(place: DayPlace) -> WrittenDay | None:
    found = _period(place, 6, "half")
    single = place.end - place.start == 1
    return found if found is None or found.exact or not single else None


_THIS_OR_NEXT = WordPattern(
    FILE,
    r"(?<!\w)(?:(?P<end>@end_of)[ ])?(?:(?P<next>@next)[ ]|(?P<this>@this)[ ])?(?P<year>(?:19|20)\d\d[ ])?$",
)
_NEW_YEAR = WordPattern(FILE, r"(?<!\w)@new[ ]$")
_DASHED_END = WordPattern(FILE, r"[ -]@end_behind(?!\w)")


def this_or_next(place: DayPlace) -> WrittenDay | None:
    """The present or the next week, month, quarter or year, or the end of it."""
    found = place.before(_THIS_OR_NEXT)
    short = _DASHED_END.match(place.text, place.end)
    if found is None or not (found["end"] or found["next"] or found["this"] or short):
        return None
    if found["year"]:
        return None  # read with the figures
    later = 1 if found["next"] else 0
    day = _end_of(place, later)
    if day is None:
        return None
    end = short.end() if short else place.end
    word, begins = place.word(found.start())
    return WrittenDay(
        found.start(), end, day, "present", loose=not found["end"] and not short,
        word=word, begins=begins,
    )  # fmt: skip


def _end_of(place: DayPlace, later: int) -> date | None:
    if place.kind == "year_words":
        return date(place.today.year + later, 12, 31)
    if place.kind == "quarter":
        return calendar.end_of_quarter(place.today, later)
    days = number_of("units", place.text[place.start : place.end])
    if days == 7:
        return calendar.end_of_week(place.today, later)
    return calendar.months_later(place.today, later) if days == 30 else None


def year_word(place: DayPlace) -> WrittenDay | None:
    new = place.before(_NEW_YEAR)
    if new:
        return holiday_at(place, new.start(), 1231)
    return this_or_next(place)


def last_in_short(place: DayPlace) -> WrittenDay | None:
    """The end of the year, the month or the week in three letters."""
    last = place.text[place.end - 1].lower()
    today = place.today
    day = {
        "y": date(today.year, 12, 31), "m": calendar.months_later(today, 0), "w": calendar.end_of_week(today)
    }[last]  # fmt: skip
    word, begins = place.word(place.start)
    return WrittenDay(place.start, place.end, day, "present", word=word, begins=begins)
