"""Weekdays, seasons, holidays, and days named by how far they are: к пятнице, завтра, весной, до НГ."""

import re
from datetime import timedelta

from search.text.dates import calendar_days as calendar
from search.text.dates.written_day import FILE, YEAR, DayPlace, DayWord, WrittenDay, whole_of
from search.text.lexicon import WordPattern

_POINTED = WordPattern(FILE, r"(?<!\w)(?:(?P<next>@next)|(?P<this>@this))[ ]$")


def weekday(place: DayPlace) -> WrittenDay | None:
    number = whole_of("weekdays", place.text[place.start : place.end])
    pointed = place.before(_POINTED)
    start = pointed.start() if pointed else place.start
    word, begins = place.word(start)
    if word in {None, DayWord.SINCE, DayWord.DATED} and not pointed:
        return None
    day = calendar.next_weekday(number, place.today, of_next_week=bool(pointed and pointed["next"]))
    return WrittenDay(
        start, place.end, day, "weekday", loose=word is not DayWord.UNTIL, word=word, begins=begins
    )


_DAY_AFTER = WordPattern(FILE, r"(?<!\w)(?:the[ ])?@day_after_tomorrow[ ]$")


def near_day(place: DayPlace) -> WrittenDay | None:
    days = whole_of("near_days", place.text[place.start : place.end])
    farther = place.before(_DAY_AFTER)
    start = farther.start() if farther else place.start
    word, begins = place.word(start)
    if word is DayWord.SINCE:
        return None
    day = place.today + timedelta(days=days + bool(farther))
    return WrittenDay(start, place.end, day, "near", loose=True, word=word, begins=begins)


_SEASON_END = re.compile(rf"(?:[ ](?:of[ ])?{YEAR})?(?=[ ]*(?:[.,;:!?)\n–—-]|$)|[ ][^\x00-\x7f])")


_IN_SEASON = WordPattern(FILE, "@in_season")


def season(place: DayPlace) -> WrittenDay | None:
    month = whole_of("seasons", place.text[place.start : place.end])
    behind = _SEASON_END.match(place.text, place.end)
    word, begins = place.word(place.start)
    if behind is None or (word is None and not _IN_SEASON.fullmatch(place.text, place.start, place.end)):
        return None
    year = int(behind["year"]) if behind["year"] else None
    if year and month == 2:
        year += 1
    if word is DayWord.UNTIL and not behind["year"]:
        month = (month - 4) % 12 + 1  # "by summer": before it begins
    day = calendar.in_month(month, calendar.LAST, year, place.today)
    return WrittenDay(
        place.start,
        place.tail(behind.end()),
        day,
        "season",
        exact=year is not None,
        named=False,
        loose=year is None,
        word=word,
        begins=begins,
    )


def holiday(place: DayPlace) -> WrittenDay | None:
    return holiday_at(place, place.start, whole_of("holidays", place.text[place.start : place.end]))


def holiday_at(place: DayPlace, start: int, month_and_day: int) -> WrittenDay | None:
    word, begins = place.word(start)
    if word is not DayWord.UNTIL:
        return None
    day = calendar.next_such(month_and_day // 100, month_and_day % 100, place.today)
    return WrittenDay(start, place.end, day, "holiday", word=word, begins=begins)


_NOT_URGENT = WordPattern(FILE, r"(?<!\w)@not_urgent[ ]$")
_AS_SOON_AS = WordPattern(FILE, r"(?<!\w)@as_soon_as[ ]$")


def urgent(place: DayPlace) -> WrittenDay | None:
    """Haste without a day."""
    return None if place.before(_NOT_URGENT) else WrittenDay(place.start, place.end, None, "urgent")


def soon(place: DayPlace) -> WrittenDay | None:
    """Haste in several words: "as soon as possible"."""
    before = place.before(_AS_SOON_AS)
    return WrittenDay(before.start(), place.end, None, "urgent") if before else None


_NUMBER = WordPattern(FILE, r"(?<![\w.,])(?P<day>\d{1,2})@ordinal_of_day?[ ]$")


def number_of_day(place: DayPlace) -> WrittenDay | None:
    """A day by its number in a month: "к 20 числу"."""
    found = place.before(_NUMBER)
    return numbered_day(place, found.start(), place.end, int(found["day"])) if found else None


def numbered_day(place: DayPlace, start: int, end: int, number: int) -> WrittenDay | None:
    """The next day of that number."""
    if not 1 <= number <= calendar.LAST:
        return None
    word, begins = place.word(start)
    day = calendar.next_numbered(number, place.today)
    return WrittenDay(start, end, day, "number", loose=True, word=word, begins=begins)
