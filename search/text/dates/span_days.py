"""Spans counted from today: 3 недели, within 10 working days, полтора месяца."""

import re
from dataclasses import replace

from search.text.dates import calendar_days as calendar
from search.text.dates.period_days import this_or_next
from search.text.dates.written_day import FILE, YEAR, DayPlace, DayWord, WrittenDay, number_of
from search.text.lexicon import WordPattern

_AMOUNT = r"(?:\d{1,3}(?:[.,]5)?|@numbers)"
_SPAN_BEFORE = WordPattern(
    FILE,
    rf"""
    (?<![\w.,])(?: {_AMOUNT}[ ]?(?:[-–—/]|@between_numbers)[ ]? )? (?P<most>{_AMOUNT})
    (?:[ ]?\([^()\n]{{1,25}}\))? [ -]?
    (?: (?:(?P<working>@working_days)|@calendar_days)[ ]? )? $
    """,
)
_WORKING_BEFORE = WordPattern(FILE, r"(?<!\w)(?:@working_days|@calendar_days)[ ]?$")
_LEAD_BEFORE = WordPattern(
    FILE,
    r"(?<!\w)(?:(?P<term>@span_before)|(?P<if_wanted>@span_before_if_wanted))[ ]?[:–—-]?[ ]?(?:in[ ])?$",
)
_NO_SPAN_BEFORE = WordPattern(FILE, r"(?: (?<!\w)@no_span_before[ ] | / )$")
_NO_SPAN_AFTER = WordPattern(FILE, r"[ ]@no_span_after(?!\w)")
_COUNTED = WordPattern(FILE, r"[ .,]{1,2}@counted_from_order(?!\w)")
_PIECES_BEFORE = WordPattern(FILE, r"(?:\d|@piece_before_span\.?)[ ]$")
_MORE_BEHIND = WordPattern(FILE, r"[ ]?[–—-][ ]?(?P<more>@numbers_after)(?!\w)")
_WEEK_NUMBER = re.compile(rf"[ ]?(?:no\.?|№)?[ ]?(?P<number>\d{{1,2}})(?!\d|[.,]\d)(?:[ /]{{1,2}}{YEAR})?")
_WEEK_BEFORE = WordPattern(FILE, r"(?<!\w)(?P<number>\d{1,2})@ordinal_of_week[ ]$")
# A span that is all that is said between two signs is the term.
_ALONE_BEFORE = WordPattern(FILE, r"[,;.\n][ ]?$")
_ALONE_AFTER = WordPattern(FILE, r"[ ]?(?:[,;\n]|\.(?!\d)|$)")
DAYS_OF_WEEK = 7
_THROUGH = WordPattern(FILE, "@through")


def _amount(words: str) -> float:
    return float(words.replace(",", ".")) if words[0].isdigit() else number_of("numbers", words) or 1


def unit(place: DayPlace) -> WrittenDay | None:
    """A span, or a week or month that is pointed at."""
    days = number_of("units", place.text[place.start : place.end])
    if days is None:
        return None
    amount = place.before(_SPAN_BEFORE)
    if days == DAYS_OF_WEEK and (numbered := numbered_week(place)):
        return numbered
    if amount is None and days < 100:
        return this_or_next(place) or _one(place, days)
    return _span(place, amount, days)


def numbered_week(place: DayPlace) -> WrittenDay | None:
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


def _one(place: DayPlace, days: float) -> WrittenDay | None:
    """A span without a number: "через неделю"."""
    start = place.start
    lead = place.before(_LEAD_BEFORE)
    if (
        lead is None
        or _NO_SPAN_AFTER.match(place.text, place.end)
        or number_of("units", place.text[place.start : place.end]) == 1
    ):
        return None
    if lead["term"] is None and place.before(_PIECES_BEFORE, lead.start()):
        return None
    more = place.after(_MORE_BEHIND)
    times = number_of("numbers", more["more"]) or 1 if more else 1
    end = more.end() if more else place.end
    if lead["term"] is not None and not _THROUGH.fullmatch(lead["term"]):
        return None
    return _counted(place, (start, end), days * times, lead, working=False)


def _span(place: DayPlace, amount: re.Match[str] | None, days: float) -> WrittenDay | None:
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
    found = _counted(place, (start, place.end), days * times, lead, working=working)
    alone = (working or days == DAYS_OF_WEEK) and place.before(_ALONE_BEFORE, start)
    if lead is None and alone and place.after(_ALONE_AFTER):
        return replace(found, word=DayWord.UNTIL, loose=False)  # "300 pcs, 20 working days."
    return found


def _counted(
    place: DayPlace, span: tuple[int, int], days: float, lead: re.Match[str] | None, *, working: bool
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
