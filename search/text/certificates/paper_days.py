"""The days of papers: to the day, the month, the quarter or the year."""

import re
from dataclasses import dataclass
from datetime import date

from search.text import dates
from search.text.dates.written_day import WrittenDay

_YEARS = re.compile(r"(?<![\d-])((?:19|20)\d\d)-(?=(?:19|20)\d\d(?![\d-]))")  # a span: "2018-2021"

_DAYS = re.compile(  # "01.02.2025-31.01.2028"
    r"(?<![\w./-])((?:\d\d?[./]){1,2}(?:20)?\d\d)-(?=(?:\d\d?[./]){1,2}(?:20)?\d\d(?![\w-]))"
)
_MONTH = re.compile(r"(?<![\d-])(0[1-9]|1[0-2])-(?=20\d\d(?![\d-]))")  # "08-2026"
_YEAR_MONTH = re.compile(r"(?<![\w./-])(20\d\d)-(0[1-9]|1[0-2])(?![\w-])")  # "2026-08"
_FIRST_YEAR = 1980  # of a certificate; a month without a year is read into an earlier one


@dataclass(frozen=True, slots=True)
class PaperDay:
    """A day of a text at text[start:end]: the first and the last day that the words allow; one and the same for an exact day.

    Without them it looks like a day and is none ("31.02.2027").
    """

    start: int
    end: int
    first: date | None
    last: date | None

    @property
    def whole_quarter(self) -> bool:
        return self.first is not None and self.last is not None and 80 < (self.last - self.first).days < 100

    @property
    def whole_year(self) -> bool:
        return self.first is not None and self.last is not None and (self.last - self.first).days > 300


def days_in(text: str) -> list[PaperDay]:
    """The days of a text in its order; each character belongs to at most one."""
    parted = _YEAR_MONTH.sub(r"\2.\1", _MONTH.sub(r"\1.", _DAYS.sub(r"\1–", _YEARS.sub(r"\1–", text))))
    return [_paper_day(day) for day in dates.dated_days(parted)]


def _paper_day(day: WrittenDay) -> PaperDay:
    if day.day is None or day.day.year < _FIRST_YEAR:
        return PaperDay(day.start, day.end, None, None)
    return PaperDay(day.start, day.end, day.first or day.day, day.day)
