"""Days that figures write: 31.12.2027, 12/18/2026, 2027-03-01, 20.02, 12.2027, 2027."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from search.text.dates import calendar_days as calendar
from search.text.dates.named_days import numbered_day
from search.text.dates.written_day import (
    FILE,
    NO_DAY,
    NO_DAY_AFTER,
    PART_OF_PERIOD,
    DayPlace,
    DayWord,
    WrittenDay,
    whole_of,
)
from search.text.lexicon import WordPattern

_FIGURES = re.compile(
    r"""
    (?: (?P<y0>(?:19|20)\d\d)(?P<s0>[-./])(?P<m0>\d\d?)(?P=s0)(?P<d0>\d\d?)
      | (?:\d\d?[–—-])?(?P<d1>\d\d?)(?P<s1>[./-])(?P<m1>\d\d?)(?P=s1)(?P<y1>(?:19|20)\d\d|\d\d)
      | (?P<m2>\d\d?)[./](?P<y2>20\d\d)
      | (?:\d\d?[–—-])?(?P<d3>\d\d?)(?P<s3>[./])(?P<m3>\d\d?)
      | (?P<y4>(?:19|20)\d\d) )
    (?! \d | [./-]\d | [^\W\d_тTг] )
    """,
    re.VERBOSE,
)
# "до 10-го", "by the 20th".
_ORDINAL_ALONE = WordPattern(FILE, r"(?P<day>(?P<number>\d{1,2})@ordinal_of_day)(?=[ ]*(?:[.,;:!?)\n]|$))")
_JOINED_BEFORE = re.compile(r"(?:[\w.,/№#-]|[№#][ ])$")


def figures(place: DayPlace) -> WrittenDay | None:
    """The day that figures write."""
    alone = _ORDINAL_ALONE.match(place.text, place.start)
    if alone is None:
        return _figures(place)
    if place.word(place.start)[0] is not DayWord.UNTIL:
        return None
    return numbered_day(place, place.start, alone.end("day"), int(alone["number"]))


def _figures(place: DayPlace) -> WrittenDay | None:
    found = _FIGURES.match(place.text, place.start)
    if found is None or _JOINED_BEFORE.search(place.text, max(0, place.start - 2), place.start):
        return None
    if found["y0"]:
        day = calendar.day_or_none(int(found["y0"]), int(found["m0"]), int(found["d0"]))
        return _settled(place, found, day, "iso") if day else _no_day(found)
    if found["y1"]:
        return _full(place, found)
    if found["y2"]:
        month = int(found["m2"])
        if not 1 <= month <= 12 or NO_DAY_AFTER.match(place.text, found.end()):
            return None
        return _whole_month(place, found, int(found["y2"]), month, loose="/" in found[0])
    return _short(place, found) if found["d3"] else _bare_year(place, found)


def _no_day(found: re.Match[str]) -> WrittenDay:
    """The place of what looks like a day: "31.02.2027"."""
    return WrittenDay(found.start(), found.end(), None, NO_DAY, exact=True)


def _whole_month(
    place: DayPlace, found: re.Match[str], year: int, month: int, *, loose: bool = False
) -> WrittenDay:
    day = calendar.end_of_month(year, month)
    return replace(_settled(place, found, day, "month", named=False, loose=loose), first=day.replace(day=1))


def _settled(
    place: DayPlace,
    found: re.Match[str],
    day: date,
    rule: str,
    *,
    named: bool = True,
    loose: bool = False,
    other: date | None = None,
) -> WrittenDay:
    word, begins = place.word(found.start())
    end = place.tail(found.end())
    return WrittenDay(
        found.start(),
        end,
        day,
        rule,
        exact=True,
        named=named,
        loose=loose,
        word=word,
        begins=begins,
        other=other,
    )


def _two_orders(
    place: DayPlace, first: int, second: int, make: Callable[[int, int], date | None], *, slash: bool
) -> tuple[date | None, date | None]:
    """The day of two figures, and the other one where either may be the month."""
    day_first, month_first = make(first, second), make(second, first)
    if not slash:
        return day_first, None
    if day_first is None or month_first is None or first == second:
        return day_first or month_first, None
    if place.american is None:
        return day_first, month_first
    return (month_first if place.american else day_first), None


def _full(place: DayPlace, found: re.Match[str]) -> WrittenDay | None:
    year, sign = calendar.full_year(found["y1"]), found["s1"]
    if sign == "-" and len(found["y1"]) == 2:
        return None
    day, other = _two_orders(
        place,
        int(found["d1"]),
        int(found["m1"]),
        lambda day, month: calendar.day_or_none(year, month, day),
        slash=sign == "/",
    )
    if day is None:
        return _no_day(found)
    # "4.1.12" is the number of a paragraph.
    loose = sign == "." and len(found["y1"]) == 2 and len(found["m1"]) == 1
    return _settled(place, found, day, "day", loose=loose and not place.bare, other=other)


def _short(place: DayPlace, found: re.Match[str]) -> WrittenDay | None:
    """A day and a month without a year: "20.02"."""
    if place.bare and int(found["m3"]) > 12:
        return _month_and_year(place, found)
    if (len(found["m3"]) == 1 and found["s3"] == ".") or NO_DAY_AFTER.match(place.text, found.end()):
        return None
    day, other = _two_orders(
        place,
        int(found["d3"]),
        int(found["m3"]),
        lambda day, month: calendar.next_such(month, day, place.today) if month <= 12 else None,
        slash=found["s3"] == "/",
    )
    if day is None:
        return None
    word, begins = place.word(found.start())
    return WrittenDay(
        found.start(), found.end(), day, "short", loose=True, word=word, begins=begins, other=other
    )


def _month_and_year(place: DayPlace, found: re.Match[str]) -> WrittenDay | None:
    """The month of a cell: "12.27"."""
    month = int(found["d3"])
    if not 1 <= month <= 12:
        return None
    return _whole_month(place, found, calendar.full_year(found["m3"]), month)


def _bare_year(place: DayPlace, found: re.Match[str]) -> WrittenDay | None:
    year, end = int(found["y4"]), place.tail(found.end())
    part = place.before(PART_OF_PERIOD)
    start = part.start() if part else found.start()
    month = {1: 3, 2: 6}.get(whole_of("parts_of_period", part["part"]), 12) if part else 12
    word, begins = place.word(start)
    said = end > found.end() or part is not None
    if not (said or _stands_alone(place, found, word)):
        return None
    day = calendar.end_of_month(year, month)
    return WrittenDay(
        start, end, day, "year", exact=True, named=False, loose=not said, word=word, begins=begins,
        first=date(year, 1, 1),
    )  # fmt: skip


_WORD_BEHIND = re.compile(r"[ ]?[^\W\d_]")


def _stands_alone(place: DayPlace, found: re.Match[str], word: DayWord | None) -> bool:
    """Whether four figures are a year without a word for it: not "2020 шт", nor "in 2030 steel"."""
    if NO_DAY_AFTER.match(place.text, found.end()):
        return False
    if place.bare:
        return place.text[max(0, found.start() - 1) : found.start()] != ":"
    past = word is DayWord.SINCE or int(found["y4"]) < place.today.year
    return word is not None and (past or not _WORD_BEHIND.match(place.text, found.end()))
