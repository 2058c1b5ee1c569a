"""The day of a cell of a list, with its column's name as context."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from search.text.dates import calendar_days as calendar
from search.text.dates.day_forms import found_in
from search.text.dates.written_day import NO_DAY, DayOrder, WrittenDay
from search.text.lexicon import WordPattern

# The days of workbooks are counted from here, or, by old ones of Apple's, from 1904.
_FIRST_OF_1900, _FIRST_OF_1904 = date(1899, 12, 30), date(1904, 1, 1)
_SERIAL = re.compile(r"[1-9]\d{4}(?:[.,]\d+)?")
_PLAUSIBLE_BACK, _PLAUSIBLE_ON = 30, 15  # years before and after today that a day of a list may lie
_MOST = 1_000  # characters of a cell that are read
_ENDLESS = WordPattern("dates", r"(?<!\w)@endless(?!\w)")
_ISSUED = WordPattern("dates", r"(?<!\w)@issued_column(?!\w)")


@dataclass(frozen=True, slots=True)
class CellDay:
    """The day of a cell, None where it holds none; `endless` where the cell says that there is no last day.

    `doubted`: only a month or a year is said, day and month may stand the other way round, several days could be
    meant, or what looks like a day is none of the calendar.
    """

    day: date | None
    doubted: bool = False
    endless: bool = False


def day_of_cell(cell: str, column: str, today: date) -> CellDay:
    """The day of a cell; of a span its last day, or its first in a column for days of issue."""
    words = cell.strip()[:_MOST]
    if _SERIAL.fullmatch(words):
        day = serial_day(words, today)
        return CellDay(day, doubted=day is None)
    if _ENDLESS.search(words):
        return CellDay(None, endless=True)
    order = DayOrder.of(f"{column} {words}", today)
    found = found_in(words, order, bare=True)[0]
    days = [day for day in found if day.day is not None]
    if not days:
        return CellDay(None, doubted=any(day.rule == NO_DAY for day in found))
    chosen = min(days, key=_early) if _ISSUED.search(column) else max(days, key=_late)
    return CellDay(chosen.day, doubted=not chosen.named or chosen.other is not None)


def serial_day(words: str, today: date) -> date | None:
    """The day of a workbook's number, in the system of 1900 unless only that of 1904 gives a likely day."""
    if not _SERIAL.fullmatch(words):
        return None
    after = timedelta(days=int(float(words.replace(",", "."))))
    return next(
        (day for day in (_FIRST_OF_1900 + after, _FIRST_OF_1904 + after) if _is_likely(day, today)), None
    )


def _is_likely(day: date, today: date) -> bool:
    return today.year - _PLAUSIBLE_BACK <= day.year <= today.year + _PLAUSIBLE_ON


def _late(day: WrittenDay) -> tuple[bool, date]:
    return day.named, day.day or date.min


def _early(day: WrittenDay) -> tuple[bool, date]:
    return not day.named, day.day or date.max


def dated_days(text: str) -> list[WrittenDay]:
    """The days of papers: those whose year is said, and what looks like one and is none of the calendar."""
    found, _ = found_in(text, DayOrder.of(text, date.min.replace(year=calendar.FIRST_YEAR)), bare=True)
    return [day for day in found if day.exact]
