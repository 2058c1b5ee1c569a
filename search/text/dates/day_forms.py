"""The forms in which people write a day or a span, found in a text in one pass; their meaning is told elsewhere.

A word or a figure that may belong to a day is looked up with what stands before and behind it, so that a long
text without days costs no more than the pass.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, lru_cache

from matchmaker.domain.language import Language, prevailing_language
from search.text.dates import calendar_days as calendar
from search.text.lexicon import WordNumbers, WordPattern

_FILE = "dates"
_REACH = 40  # characters before a word that may belong to its day


class DayWord(StrEnum):
    """The preposition before a day: by it, within it, from it on, or a paper of that day."""

    UNTIL = "until"
    WITHIN = "within"
    SINCE = "since"
    DATED = "dated"


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day as it is written at text[start:end].

    `exact`: day, month and year are said; `named`: a day, not only a month or a season. `word` is the preposition
    before it, at `begins`. `loose`: it is one only beside such a word or one about the delivery. `span`: counted
    from today; `after_order`: from the order on. `other` is the day if month and day stand the other way round.
    """

    start: int
    end: int
    day: date | None
    rule: str
    exact: bool = False
    named: bool = True
    loose: bool = False
    span: bool = False
    after_order: bool = False
    word: DayWord | None = None
    begins: int = -1
    other: date | None = None
    parts: tuple[int, int] | None = None  # day and month, of one written without its year


@dataclass(frozen=True, slots=True)
class TopicWord:
    """A word that tells what a day near it is about."""

    start: int
    end: int
    topic: str


_DIGITS, _ABOUT = "digits", "about_"
_PASS = re.compile(r"\d+|[^\W\d_]+")
_KIND = WordPattern(
    _FILE,
    r"""
      (?P<months>@months) | (?P<units>@units) | (?P<weekdays>@weekdays) | (?P<near_days>@near_days)
     | (?P<seasons>@seasons) | (?P<holidays>@holidays) | (?P<quarter>@quarter)
     | (?P<half_year>@half_year) | (?P<last_in_short>@last_in_short) | (?P<year_words>@year_words)
     | (?P<urgent>@urgent) | (?P<about_delivery>@about_delivery) | (?P<about_last_day>@about_last_day)
     | (?P<about_wish>@about_wish) | (?P<about_term>@about_term) | (?P<about_quote>@about_quote)
     | (?P<about_payment>@about_payment) | (?P<about_validity>@about_validity)
     | (?P<about_paper>@about_paper) | (?P<about_other>@about_other) | (?P<about_figure>@about_figure)
    """,
    re.NOFLAG,
)
LONGEST_WORD = 20


MOST_WORDS = 100_000  # whose lists are remembered
_known: dict[str, str] = {}


def _kind(word: str) -> str:
    """The list that a word belongs to, empty for none."""
    found = _KIND.fullmatch(word.lower()) if len(word) <= LONGEST_WORD else None
    if len(_known) >= MOST_WORDS:
        _known.clear()
    kind = _known[word] = str(found.lastgroup) if found else ""
    return kind


@cache
def _numbers(name: str) -> WordNumbers:
    return WordNumbers(_FILE, name)


@lru_cache(maxsize=4_000)
def _number(name: str, word: str) -> float | None:
    return _numbers(name).of(word)


def _whole(name: str, word: str | None) -> int:
    return int(_number(name, word or "") or 0)


_BEFORE = WordPattern(
    _FILE,
    r"""
    (?<!\w)(?: (?P<until>@until) | (?P<within>@within) | (?P<since>@since) | (?P<dated>@dated) )
    [ ]{0,2}[:–—-]?[ ]{0,2} (?: (?: @between_day_and_word | \d{1,2}[:.]\d\d | @weekdays ) [ ,]{1,2} ){0,3} $
    """,
)
_NO_DAY_AFTER = WordPattern(_FILE, r"[ ]?@no_day_before(?!\w)")
_YEAR = r"(?P<year>(?:19|20)\d\d(?!\d))"
_YEAR_TAIL = WordPattern(_FILE, r"[ ]?@of_year(?!\w)")


@dataclass(frozen=True, slots=True)
class _Place:
    """The place in a text that is looked at, and the day from which days are counted."""

    text: str
    start: int
    end: int
    today: date
    american: bool | None
    bare: bool  # a cell: no preposition is needed

    def before(self, pattern: WordPattern, end: int | None = None) -> re.Match[str] | None:
        end = self.start if end is None else end
        return pattern.search(self.text, max(0, end - _REACH), end)

    def after(self, pattern: WordPattern, start: int | None = None) -> re.Match[str] | None:
        return pattern.match(self.text, self.end if start is None else start)

    def word(self, start: int) -> tuple[DayWord | None, int]:
        """The preposition before a day, and where it begins."""
        found = self.before(_BEFORE, start)
        return (DayWord(str(found.lastgroup)), found.start()) if found else (None, start)

    def tail(self, end: int) -> int:
        """The end of a day with the word for "year" behind it."""
        found = _YEAR_TAIL.match(self.text, end)
        return found.end() if found else end


Reader = Callable[[_Place], WrittenDay | None]

# Figures ------------------------------------------------------------------------------------------------------

_FIGURES = re.compile(
    r"""
    (?: (?P<y0>(?:19|20)\d\d)(?P<s0>[-./])(?P<m0>\d\d?)(?P=s0)(?P<d0>\d\d?)
      | (?P<d1>\d\d?)(?P<s1>[./-])(?P<m1>\d\d?)(?P=s1)(?P<y1>(?:19|20)\d\d|\d\d)
      | (?P<m2>\d\d?)[./](?P<y2>20\d\d)
      | (?P<d3>\d\d?)(?P<s3>[./])(?P<m3>\d\d?)
      | (?P<y4>(?:19|20)\d\d) )
    (?! \d | [./-]\d | [^\W\d_тTг] )
    """,
    re.VERBOSE,
)
_PART_OF_PERIOD = WordPattern(_FILE, r"(?<!\w)(?P<part>@parts_of_period)[ -](?:of[ ])?$")
_JOINED_BEFORE = re.compile(r"[\w.,/№#-]$")


def _figures(place: _Place) -> WrittenDay | None:
    """The day that figures write."""
    found = _FIGURES.match(place.text, place.start)
    if found is None or _JOINED_BEFORE.search(place.text, max(0, place.start - 1), place.start):
        return None
    if found["y0"]:
        day = calendar.day_or_none(int(found["y0"]), int(found["m0"]), int(found["d0"]))
        return _settled(place, found, day, "iso") if day else None
    if found["y1"]:
        return _full(place, found)
    if found["y2"]:
        month = int(found["m2"])
        if not 1 <= month <= 12 or _NO_DAY_AFTER.match(place.text, found.end()):
            return None
        day = calendar.end_of_month(int(found["y2"]), month)
        return _settled(place, found, day, "month", named=False, loose="/" in found[0])
    return _short(place, found) if found["d3"] else _bare_year(place, found)


def _settled(
    place: _Place,
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
    place: _Place, first: int, second: int, make: Callable[[int, int], date | None], *, slash: bool
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


def _full(place: _Place, found: re.Match[str]) -> WrittenDay | None:
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
        return None
    # "4.1.12" is the number of a paragraph.
    loose = sign == "." and len(found["y1"]) == 2 and len(found["m1"]) == 1
    return _settled(place, found, day, "day", loose=loose and not place.bare, other=other)


def _short(place: _Place, found: re.Match[str]) -> WrittenDay | None:
    """A day and a month without a year: "20.02"."""
    if (len(found["m3"]) == 1 and found["s3"] == ".") or _NO_DAY_AFTER.match(place.text, found.end()):
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
        found.start(), found.end(), day, "short", loose=True, word=word, begins=begins, other=other,
        parts=(day.day, day.month),
    )  # fmt: skip


def _bare_year(place: _Place, found: re.Match[str]) -> WrittenDay | None:
    year, end = int(found["y4"]), place.tail(found.end())
    part = place.before(_PART_OF_PERIOD)
    start = part.start() if part else found.start()
    month = {1: 3, 2: 6}.get(_whole("parts_of_period", part["part"]), 12) if part else 12
    word, begins = place.word(start)
    said = end > found.end() or part is not None
    if not said and (not (word or place.bare) or _NO_DAY_AFTER.match(place.text, found.end())):
        return None
    if (
        not said
        and re.match(r"[ ]?[^\W\d_]", place.text[end : end + 2])
        and not (word is DayWord.SINCE or year < place.today.year)
    ):
        return None
    return WrittenDay(
        start, end, calendar.end_of_month(year, month), "year", exact=True, named=False, loose=not said,
        word=word, begins=begins,
    )  # fmt: skip


# Months -------------------------------------------------------------------------------------------------------

_DAY_OF_MONTH = WordPattern(
    _FILE,
    r"""
    (?<![\d.,/№]) (?: (?P<first>\d{1,2}) @ordinal_of_day?[ ]?(?:[-–—]|@to)[ ]? )?
    (?P<day>\d{1,2}) @ordinal_of_day? [ ]?[.-]?[ ]? (?:day[ ])? (?:of[ ](?:the[ ])?)? $
    """,
)
_PART_OF_MONTH = WordPattern(_FILE, r"(?<!\w)(?P<part>@parts_of_month)[ -]{1,2}(?:of[ ])?$")
_AFTER_MONTH = WordPattern(
    _FILE,
    rf"""
    \.? (?: [ -]{{1,2}} (?:\d{{1,2}}@ordinal_of_day?[ ]?[-–—][ ]?)?
            (?P<day>\d{{1,2}}) @ordinal_of_day? (?! \d | [.:/,]\d | [ ]?@no_day_before(?!\w) ) )?
    (?: [ ,/.-]{{1,2}}(?:of[ ])?{_YEAR} | [ ,-]{{0,2}}'(?P<short>\d\d)(?!\d) | -(?P<glued>\d\d)(?!\d) )?
    """,
)
_YEAR_IN_SHORT = WordPattern(_FILE, r"[ ](?P<short>\d\d)[ ]?@of_year(?!\w)")
_THIS_YEAR = WordPattern(_FILE, r",?[ ](?:(?P<next>@next)|@this)[ ]?@of_year(?!\w)")
_ORDINAL = WordPattern(_FILE, r"@ordinal_of_day(?!\w)")
_DOUBTFUL_MONTH = WordPattern(_FILE, "@months_or_words")
_LATIN_CAPITAL = re.compile("[A-Z]")


def _month(place: _Place) -> WrittenDay | None:
    """A day of a month by its name, a part of the month, or the month."""
    name = place.text[place.start : place.end]
    month = _whole("months", name)
    before = place.before(_DAY_OF_MONTH)
    part = None if before else place.before(_PART_OF_MONTH)
    behind = place.after(_AFTER_MONTH)
    day_behind = behind["day"] if behind and not before and not part else None
    year, end = _year_behind(place, behind, with_day=day_behind is not None)
    start = before.start("day") if before else part.start() if part else place.start
    if before and before["first"]:
        start = before.start("first")
    number = int(before["day"]) if before else int(day_behind) if day_behind else None
    word, begins = place.word(start)
    if number is None and part is None:
        if not _is_month(name, year, word):
            return None
        return WrittenDay(
            place.start, end, calendar.in_month(month, calendar.LAST, year, place.today), "month",
            exact=year is not None, named=False, loose=year is None, word=word, begins=begins,
        )  # fmt: skip
    if part is not None:
        until = calendar.in_month(month, _whole("parts_of_month", part["part"]), year, place.today)
        return WrittenDay(start, end, until, "part", exact=year is not None, word=word, begins=begins)
    found = _day_of_month(place, start, end, (number or 0, month), year)
    if found and before and before["first"] and found.word is DayWord.SINCE:
        return replace(found, word=DayWord.WITHIN)
    return found


def _day_of_month(
    place: _Place, start: int, end: int, parts: tuple[int, int], year: int | None
) -> WrittenDay | None:
    number, month = parts
    if year is not None:
        day = calendar.day_or_none(year, month, number)
    else:
        day = calendar.next_such(month, number, place.today)
    if day is None:
        return None
    word, begins = place.word(start)
    return WrittenDay(
        start, end, day, "day", exact=year is not None, word=word, begins=begins,
        parts=None if year is not None else parts,
    )  # fmt: skip


def _year_behind(place: _Place, behind: re.Match[str] | None, *, with_day: bool) -> tuple[int | None, int]:
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
    said = _THIS_YEAR.match(place.text, end)
    if said:
        return place.today.year + bool(said["next"]), said.end()
    return None, end


def _is_month(name: str, year: int | None, word: DayWord | None) -> bool:
    """Whether a bare name is a month: "may" and "March on" are none."""
    if not _DOUBTFUL_MONTH.fullmatch(name) or year is not None:
        return True
    capital = bool(_LATIN_CAPITAL.match(name)) or not name.isascii()
    return capital and word is not None


# Quarters, halves, weeks --------------------------------------------------------------------------------------

_QUARTER_BEFORE = WordPattern(_FILE, r"(?<![\w.,])(?P<number>@quarters)[ ]?@ordinal_of_quarter?[ ]?$")
_QUARTER_BEHIND = re.compile(r"[ ]?(?P<number>[1-4])(?![\w.,]\w)")
_NO_QUARTER = WordPattern(_FILE, r"\.?[ ]?@no_quarter_before(?!\w)")
_YEAR_OF_PERIOD = WordPattern(
    _FILE,
    rf"\.?(?:[ ,./-]{{1,3}}(?:of[ ])?(?:the[ ])?{_YEAR}|[ ]?'(?P<short>\d\d)(?!\d)|(?P<glued>\d\d)(?!\d))",
)


def _period_number(place: _Place) -> tuple[int, int, int] | None:
    """The number of a quarter or a half of a year, and where it begins and ends."""
    before = place.before(_QUARTER_BEFORE)
    if before:
        return _whole("quarters", before["number"]), before.start(), place.end
    behind = _QUARTER_BEHIND.match(place.text, place.end)
    if behind and len(place.text[place.start : place.end]) == 1:
        return int(behind["number"]), place.start, behind.end()
    return None


def _year_of_period(place: _Place, end: int) -> tuple[int | None, int]:
    found = _YEAR_OF_PERIOD.match(place.text, end)
    if found is None:
        said = _THIS_YEAR.match(place.text, end + (place.text[end : end + 1] == "."))
        return (place.today.year + bool(said["next"]), said.end()) if said else (None, end)
    written = found["year"] or found["short"] or found["glued"]
    return calendar.full_year(written), place.tail(found.end())


def _period(place: _Place, months: int, rule: str) -> WrittenDay | None:
    """A quarter or a half of a year by its number."""
    numbered = _period_number(place)
    if numbered is None or _NO_QUARTER.match(place.text, place.end):
        return _this_or_next(place)
    number, start, end = numbered
    if number * months > 12:
        return None
    year, end = _year_of_period(place, end)
    part = place.before(_PART_OF_PERIOD, start)
    start = part.start() if part else start
    step = months if part is None else months * _whole("parts_of_period", part["part"]) // 3
    month = months * (number - 1) + step
    word, begins = place.word(start)
    day = calendar.in_month(month, calendar.LAST, year, place.today)
    return WrittenDay(
        start, end, day, rule, exact=year is not None, named=False, loose=year is None and word is None,
        word=word, begins=begins,
    )  # fmt: skip


def _quarter(place: _Place) -> WrittenDay | None:
    return _period(place, 3, "quarter")


def _half_year(place: _Place) -> WrittenDay | None:
    found = _period(place, 6, "half")
    single = place.end - place.start == 1
    return found if found is None or found.exact or not single else None


_THIS_OR_NEXT = WordPattern(
    _FILE,
    r"(?<!\w)(?:(?P<end>@end_of)[ ])?(?:(?P<next>@next)[ ]|(?P<this>@this)[ ])?(?P<year>(?:19|20)\d\d[ ])?$",
)
_NEW = WordPattern(_FILE, r"(?<!\w)@new[ ]$")
_DASHED_END = WordPattern(_FILE, r"[ -]@end_behind(?!\w)")


def _this_or_next(place: _Place) -> WrittenDay | None:
    """The present or the next week, month, quarter or year, or the end of it."""
    found = place.before(_THIS_OR_NEXT)
    short = _DASHED_END.match(place.text, place.end)
    if found is None or not (found["end"] or found["next"] or found["this"] or short):
        return None
    if found["year"]:
        return None  # read with the figures
    later = 1 if found["next"] else 0
    kind = _kind(place.text[place.start : place.end])
    day = _end_of(kind, place, later)
    if day is None:
        return None
    end = short.end() if short else place.end
    word, begins = place.word(found.start())
    return WrittenDay(
        found.start(), end, day, "present", loose=not found["end"] and not short,
        word=word, begins=begins,
    )  # fmt: skip


def _end_of(kind: str, place: _Place, later: int) -> date | None:
    if kind == "year_words":
        return date(place.today.year + later, 12, 31)
    if kind == "quarter":
        return calendar.end_of_quarter(place.today, later)
    days = _number("units", place.text[place.start : place.end])
    if days == 7:
        return calendar.end_of_week(place.today, later)
    return calendar.months_later(place.today, later) if days == 30 else None


def _year_word(place: _Place) -> WrittenDay | None:
    new = place.before(_NEW)
    if new:
        return _holiday_at(place, new.start(), 1231)
    return _this_or_next(place)


def _last_in_short(place: _Place) -> WrittenDay | None:
    """The end of the year, the month or the week in three letters."""
    last = place.text[place.end - 1].lower()
    today = place.today
    day = {
        "y": date(today.year, 12, 31), "m": calendar.months_later(today, 0), "w": calendar.end_of_week(today)
    }[last]  # fmt: skip
    word, begins = place.word(place.start)
    return WrittenDay(place.start, place.end, day, "present", word=word, begins=begins)


# Weekdays, seasons, holidays ----------------------------------------------------------------------------------

_POINTED = WordPattern(_FILE, r"(?<!\w)(?:(?P<next>@next)|(?P<this>@this))[ ]$")


def _weekday(place: _Place) -> WrittenDay | None:
    number = _whole("weekdays", place.text[place.start : place.end])
    pointed = place.before(_POINTED)
    start = pointed.start() if pointed else place.start
    word, begins = place.word(start)
    if word in {None, DayWord.SINCE, DayWord.DATED} and not pointed:
        return None
    day = calendar.next_weekday(number, place.today, of_next_week=bool(pointed and pointed["next"]))
    return WrittenDay(
        start, place.end, day, "weekday", loose=word is not DayWord.UNTIL, word=word, begins=begins
    )


_DAY_AFTER = WordPattern(_FILE, r"(?<!\w)(?:the[ ])?@day_after_tomorrow[ ]$")


def _near_day(place: _Place) -> WrittenDay | None:
    days = _whole("near_days", place.text[place.start : place.end])
    farther = place.before(_DAY_AFTER)
    start = farther.start() if farther else place.start
    word, begins = place.word(start)
    if word is DayWord.SINCE:
        return None
    day = place.today + timedelta(days=days + bool(farther))
    return WrittenDay(start, place.end, day, "near", loose=True, word=word, begins=begins)


_SEASON_END = re.compile(rf"(?:[ ](?:of[ ])?{_YEAR})?(?=[ ]*(?:[.,;:!?)\n–—-]|$)|[ ][^\x00-\x7f])")


_IN_SEASON = WordPattern(_FILE, "@in_season")


def _season(place: _Place) -> WrittenDay | None:
    month = _whole("seasons", place.text[place.start : place.end])
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
        named=False,
        loose=True,
        word=word,
        begins=begins,
    )


def _holiday(place: _Place) -> WrittenDay | None:
    return _holiday_at(place, place.start, _whole("holidays", place.text[place.start : place.end]))


def _holiday_at(place: _Place, start: int, month_and_day: int) -> WrittenDay | None:
    word, begins = place.word(start)
    if word is not DayWord.UNTIL:
        return None
    day = calendar.next_such(month_and_day // 100, month_and_day % 100, place.today)
    return WrittenDay(start, place.end, day, "holiday", word=word, begins=begins)


def _urgent(place: _Place) -> WrittenDay | None:
    return WrittenDay(place.start, place.end, None, "urgent")


# Spans --------------------------------------------------------------------------------------------------------

_AMOUNT = r"(?:\d{1,3}(?:[.,]5)?|@numbers)"
_SPAN_BEFORE = WordPattern(
    _FILE,
    rf"""
    (?<![\w.,])(?: {_AMOUNT}[ ]?(?:[-–—/]|@between_numbers)[ ]? )? (?P<most>{_AMOUNT})
    (?:[ ]?\([^()\n]{{2,25}}\))? [ -]?
    (?: (?:(?P<working>@working_days)|@calendar_days)[ ]? )? $
    """,
)
_WORKING_BEFORE = WordPattern(_FILE, r"(?<!\w)(?:@working_days|@calendar_days)[ ]?$")
_LEAD_BEFORE = WordPattern(
    _FILE,
    r"(?<!\w)(?:(?P<term>@span_before)|(?P<if_wanted>@span_before_if_wanted))[ ]?[:–—-]?[ ]?(?:in[ ])?$",
)
_NO_SPAN_BEFORE = WordPattern(_FILE, r"(?: (?<!\w)@no_span_before[ ] | / )$")
_NO_SPAN_AFTER = WordPattern(_FILE, r"[ ]@no_span_after(?!\w)")
_COUNTED = WordPattern(_FILE, r"[ .,]{1,2}@counted_from_order(?!\w)")
_PIECES_BEFORE = WordPattern(_FILE, r"(?:\d|@piece_before_span\.?)[ ]$")
_MORE_BEHIND = WordPattern(_FILE, r"[ ]?[–—-][ ]?(?P<more>@numbers_after)(?!\w)")
_WEEK_NUMBER = re.compile(rf"[ ]?(?:no\.?|№)?[ ]?(?P<number>\d{{1,2}})(?!\d|[.,]\d)(?:[ /]{{1,2}}{_YEAR})?")
_WEEK_BEFORE = WordPattern(_FILE, r"(?<!\w)(?P<number>\d{1,2})@ordinal_of_week[ ]$")
_THROUGH = WordPattern(_FILE, "@through")


def _amount(words: str) -> float:
    return float(words.replace(",", ".")) if words[0].isdigit() else _number("numbers", words) or 1


def _unit(place: _Place) -> WrittenDay | None:
    """A span, or a week or month that is pointed at."""
    days = _number("units", place.text[place.start : place.end])
    if days is None:
        return None
    amount = place.before(_SPAN_BEFORE)
    if days == 7 and (numbered := _numbered_week(place)):
        return numbered
    if amount is None and days < 100:
        return _this_or_next(place) or _one(place, days)
    return _span(place, amount, days)


def _numbered_week(place: _Place) -> WrittenDay | None:
    """The number of a week: "week 6", "на 6-й неделе"."""
    behind = _WEEK_NUMBER.match(place.text, place.end) or place.before(_WEEK_BEFORE)
    if behind is None:
        return None
    year = behind.groupdict().get("year")
    day = calendar.week_of_year(int(behind["number"]), int(year) if year else None, place.today)
    start, end = min(place.start, behind.start()), max(place.end, behind.end())
    word, begins = place.word(start)
    if day is None:
        return None
    return WrittenDay(
        start, end, day, "week", exact=bool(year), named=False, loose=True, word=word, begins=begins
    )


def _one(place: _Place, days: float) -> WrittenDay | None:
    """A span without a number: "через неделю"."""
    start = place.start
    lead = place.before(_LEAD_BEFORE)
    if lead is None or _number("units", place.text[place.start : place.end]) == 1:
        return None
    if lead["term"] is None and _PIECES_BEFORE.search(
        place.text, max(0, lead.start() - _REACH), lead.start()
    ):
        return None
    more = place.after(_MORE_BEHIND)
    times = _number("numbers", more["more"]) or 1 if more else 1
    end = more.end() if more else place.end
    if lead["term"] is not None and not _THROUGH.fullmatch(lead["term"]):
        return None
    return _counted(place, (start, end), days * times, lead, working=False)


def _span(place: _Place, amount: re.Match[str] | None, days: float) -> WrittenDay | None:
    start = amount.start() if amount else place.start
    if _NO_SPAN_AFTER.match(place.text, place.end):
        return None
    lead = place.before(_LEAD_BEFORE, start)
    if lead is None and place.before(_NO_SPAN_BEFORE, start):
        return None
    times = _amount(amount["most"]) if amount else 1
    working = bool(amount and amount["working"])
    if not 0 < days * times < 1500:
        return None
    return _counted(place, (start, place.end), days * times, lead, working=working)


def _counted(
    place: _Place, span: tuple[int, int], days: float, lead: re.Match[str] | None, *, working: bool
) -> WrittenDay:
    word, begins = (None, span[0])
    if lead is not None:
        begins = lead.start()
        word = DayWord.UNTIL if lead["term"] else DayWord.WITHIN
    ordered = bool(_COUNTED.match(place.text, span[1]))
    return WrittenDay(
        span[0], span[1], calendar.after(place.today, days, working=working), "span", span=True,
        loose=word is not DayWord.UNTIL, word=word, begins=begins, after_order=ordered,
    )  # fmt: skip


_READERS: dict[str, Reader] = {
    "months": _month,
    "units": _unit,
    "weekdays": _weekday,
    "near_days": _near_day,
    "seasons": _season,
    "holidays": _holiday,
    "quarter": _quarter,
    "half_year": _half_year,
    "last_in_short": _last_in_short,
    "year_words": _year_word,
    "urgent": _urgent,
}

# The pass -----------------------------------------------------------------------------------------------------

_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(/(?:20)?\d\d)?(?![\d/])")
_AMERICAN = WordPattern(_FILE, r"(?<!\w)@american(?!\w) | \d[\"″]", re.IGNORECASE)
_BRITISH = WordPattern(_FILE, r"(?<!\w)@british(?!\w)")


@dataclass(frozen=True, slots=True)
class DayOrder:
    """The day from which days are counted, and whether a text writes the month before the day.

    `month_first` is None where nothing tells.
    """

    today: date
    month_first: bool | None = False

    @classmethod
    def of(cls, text: str, today: date) -> "DayOrder":
        """The order of a text, told by its clear days, its language and its measures."""
        return cls(today, _month_first(text)) if "/" in text else cls(today)


def _month_first(text: str) -> bool | None:
    """Whether the month comes first; only figures with a slash leave it open."""
    written = list(_SLASHED.finditer(text))
    full = [(int(found[1]), int(found[2])) for found in written if found[3]]
    if any(second > 12 for _, second in full):
        return True
    if not written or any(first > 12 for first, _ in full) or prevailing_language(text) == Language.RUSSIAN:
        return False
    american, british = bool(_AMERICAN.search(text)), bool(_BRITISH.search(text))
    return american if american != british else None


def found_in(text: str, order: DayOrder, *, bare: bool = False) -> tuple[list[WrittenDay], list[TopicWord]]:
    """The days of a text and the words about them, each in their order; `bare` for a cell, where a day needs no word."""
    known = _known
    days, topics = list[WrittenDay](), list[TopicWord]()
    done = 0
    for match in _PASS.finditer(text):
        word = match[0]
        kind = known.get(word)
        if kind is None:
            kind = _DIGITS if word.isdecimal() else _kind(word)
        if not kind:
            continue
        start, end = match.span()
        if kind is _DIGITS:
            if start < done or not _may_be_day(text, start, end):
                continue
            found = _figures(_Place(text, start, end, order.today, order.month_first, bare))
        elif kind.startswith(_ABOUT):
            topics.append(TopicWord(start, end, kind[len(_ABOUT) :]))
            continue
        else:
            found = _READERS[kind](_Place(text, start, end, order.today, order.month_first, bare))
        if found is not None:
            days.append(found)
            if found.day is None:
                topics.append(TopicWord(start, end, "delivery"))
            done = max(done, found.end)
    return list(_joined(text, days)), topics


def _may_be_day(text: str, start: int, end: int) -> bool:
    return end - start == 4 or (end - start <= 2 and text[end : end + 1] in {".", "/", "-"})


_RANGE = WordPattern(_FILE, r"[ ]?(?:[-–—]|(?:@to|по)[ ](?:the[ ])?)[ ]?")
_WEEKDAY_GAP = re.compile(r"(?:[ ,(]{1,3}(?:the[ ])?)")


def _joined(text: str, days: Sequence[WrittenDay]) -> Iterator[WrittenDay]:
    """The days, with the first and the last one of a span of days as one, and a weekday with its day."""
    held: WrittenDay | None = None
    for day in sorted(days, key=lambda one: (one.start, -one.end)):
        if held is None:
            held = day
        elif day.start < held.end:
            held = held if held.end - held.start >= day.end - day.start else day
        elif (joined := _both(text, held, day)) is not None:
            held = joined
        else:
            yield held
            held = day
    if held is not None:
        yield held


def _both(text: str, first: WrittenDay, second: WrittenDay) -> WrittenDay | None:
    gap = text[first.end : second.start]
    if len(gap) > 8 or first.day is None or second.day is None or first.span or second.span:
        return None
    if first.rule == "weekday" and second.rule != "weekday" and _WEEKDAY_GAP.fullmatch(gap):
        return replace(second, start=first.start, word=first.word or second.word, begins=first.begins)
    if second.rule == "weekday" and first.rule != "weekday" and _WEEKDAY_GAP.fullmatch(gap):
        return replace(first, end=second.end)
    if _RANGE.fullmatch(gap) and first.begins <= first.start:
        word = DayWord.WITHIN if first.word is DayWord.SINCE else first.word
        loose = first.loose and second.loose and first.rule != "short"
        return replace(second, start=first.start, word=word, begins=first.begins, loose=loose)
    return None
