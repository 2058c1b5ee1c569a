"""Days with the name of a month: 31 декабря 2027, Dec 14, mid-April, в конце января."""

import re
from dataclasses import replace

from search.text.dates import calendar_days as calendar
from search.text.dates.written_day import (
    FILE,
    NO_DAY,
    THIS_YEAR,
    YEAR,
    DayPlace,
    DayWord,
    WrittenDay,
    whole_of,
)
from search.text.lexicon import WordPattern

_DAY_OF_MONTH = WordPattern(
    FILE,
    r"""
    (?<![\d.,/№]) (?: (?P<first>\d{1,2}) @ordinal_of_day?[ ]?(?:[-–—]|@to)[ ]? )?
    (?P<day>\d{1,2}) @ordinal_of_day? [ ]?[.-]?[ ]? (?:day[ ])? (?:of[ ](?:the[ ])?)? $
    """,
)
_PART_OF_MONTH = WordPattern(FILE, r"(?<!\w)(?P<part>@parts_of_month)[ -]{1,2}(?:of[ ])?$")
_AFTER_MONTH = WordPattern(
    FILE,
    rf"""
    \.? (?: [ -]{{1,2}} (?:\d{{1,2}}@ordinal_of_day?[ ]?[-–—][ ]?)?
            (?P<day>\d{{1,2}}) @ordinal_of_day? (?! \d | [.:/,]\d | [ ]?@no_day_before(?!\w) ) )?
    (?: [ ,/.-]{{1,2}}(?:of[ ])?{YEAR} | [ ,-]{{0,2}}'(?P<short>\d\d)(?!\d) | -(?P<glued>\d\d)(?!\d) )?
    """,
)
_YEAR_IN_SHORT = WordPattern(FILE, r"[ ](?P<short>\d\d)[ ]?@of_year(?!\w)")
_ORDINAL = WordPattern(FILE, r"@ordinal_of_day(?!\w)")
_DOUBTFUL_MONTH = WordPattern(FILE, "@months_or_words")
_MONTH_AND_YEAR = re.compile(r"[-'](?P<year>[2-9]\d)$")  # "Dec-27", as workbooks show a month
_LATIN_CAPITAL = re.compile("[A-Z]")


def month_name(place: DayPlace) -> WrittenDay | None:
    """A day of a month by its name, a part of the month, or the month."""
    before = place.before(_DAY_OF_MONTH) if _has_digit(place) else None
    part = None if before else place.before(_PART_OF_MONTH)
    behind = place.after(_AFTER_MONTH)
    number = behind["day"] if behind and not before and not part else None
    if number and place.bare and (found := _MONTH_AND_YEAR.match(place.text, place.end)):
        return _month(place, calendar.full_year(found["year"]), found.end())
    year, end = _year_behind(place, behind, with_day=number is not None)
    if before:
        return _after_day(place, before, year, end)
    if part:
        return _part_of_month(place, part, year, end)
    return _day_of_month(place, place.start, end, int(number), year) if number else _month(place, year, end)


_DIGIT_NEAR = 16  # characters before a month in which its day stands


def _has_digit(place: DayPlace) -> bool:
    return any(map(str.isdecimal, place.text[max(0, place.start - _DIGIT_NEAR) : place.start]))


def _month_of(place: DayPlace) -> int:
    return whole_of("months", place.text[place.start : place.end])


def _after_day(place: DayPlace, before: re.Match[str], year: int | None, end: int) -> WrittenDay | None:
    """A day whose number stands before the month; of "с 1 по 15 марта" the last one."""
    start = before.start("first") if before["first"] else before.start("day")
    found = _day_of_month(place, start, end, int(before["day"]), year)
    if found and before["first"] and found.word is DayWord.SINCE:
        return replace(found, word=DayWord.WITHIN)
    return found


def _part_of_month(place: DayPlace, part: re.Match[str], year: int | None, end: int) -> WrittenDay:
    day = calendar.in_month(_month_of(place), whole_of("parts_of_month", part["part"]), year, place.today)
    word, begins = place.word(part.start())
    return WrittenDay(part.start(), end, day, "part", exact=year is not None, word=word, begins=begins)


def _month(place: DayPlace, year: int | None, end: int) -> WrittenDay | None:
    """A month without a day."""
    word, begins = place.word(place.start)
    if not _is_month(place.text[place.start : place.end], year, word):
        return None
    day = calendar.in_month(_month_of(place), calendar.LAST, year, place.today)
    exact = year is not None
    return WrittenDay(
        place.start, end, day, "month", exact=exact, named=False, loose=not exact, word=word, begins=begins,
        first=day.replace(day=1),
    )  # fmt: skip


def _day_of_month(place: DayPlace, start: int, end: int, number: int, year: int | None) -> WrittenDay | None:
    month = _month_of(place)
    if year is not None:
        day = calendar.day_or_none(year, month, number)
    else:
        day = calendar.next_such(month, number, place.today)
    if day is None:
        return WrittenDay(start, end, None, NO_DAY, exact=year is not None)
    word, begins = place.word(start)
    return WrittenDay(start, end, day, "day", exact=year is not None, word=word, begins=begins)


def _year_behind(place: DayPlace, behind: re.Match[str] | None, *, with_day: bool) -> tuple[int | None, int]:
    """The year behind a month, and where the day ends."""
    end, year = place.end, None
    if behind is not None:
        written = behind["year"] or behind["short"] or behind["glued"]
        if written:
            year, end = calendar.full_year(written), behind.end()
        elif with_day:
            end = behind.end("day")
            ordinal = _ORDINAL.match(place.text, end)
            end = ordinal.end() if ordinal else end
    if year is not None:
        return year, place.tail(end)
    short = _YEAR_IN_SHORT.match(place.text, end)
    if short:
        return calendar.full_year(short["short"]), short.end()
    said = THIS_YEAR.match(place.text, end)
    if said:
        return place.today.year + bool(said["next"]), said.end()
    return None, end


def _is_month(name: str, year: int | None, word: DayWord | None) -> bool:
    """Whether a bare name is a month: "may" and "March on" are none."""
    if not _DOUBTFUL_MONTH.fullmatch(name) or year is not None:
        return True
    capital = bool(_LATIN_CAPITAL.match(name)) or not name.isascii()
    return capital and word is not None
