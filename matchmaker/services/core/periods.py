"""The periods of reports: a month, a quarter or a year of the calendar, in the time zone of the site."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from matchmaker.domain.errors import PeriodInvalid

_WRITTEN = re.compile(r"(20\d\d)(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?", re.ASCII)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class PeriodLength(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A period by its first day and its length; written 2026-11, 2026-Q4 or 2026."""

    start: date
    length: PeriodLength

    @classmethod
    def parse(cls, written: str) -> "Period":
        """The period that is written. Raises PeriodInvalid with what was written."""
        found = _WRITTEN.fullmatch(written.strip().upper())
        if found is None:
            raise PeriodInvalid(value=written[:40])
        year, quarter, month = found.groups()
        if quarter:
            return cls(date(int(year), 3 * int(quarter) - 2, 1), PeriodLength.QUARTER)
        if month:
            return cls(date(int(year), int(month), 1), PeriodLength.MONTH)
        return cls(date(int(year), 1, 1), PeriodLength.YEAR)

    @classmethod
    def around(cls, day: date, length: PeriodLength) -> "Period":
        """The period of a length in which a day lies."""
        months = _MONTHS[length]
        return cls(day.replace(month=day.month - (day.month - 1) % months, day=1), length)

    @property
    def end(self) -> date:
        """The day after the last one."""
        month = self.start.month - 1 + _MONTHS[self.length]
        return date(self.start.year + month // 12, month % 12 + 1, 1)

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def before(self) -> "Period":
        """The period of the same length before this one."""
        return Period.around(self.start - timedelta(days=1), self.length)

    @property
    def after(self) -> "Period":
        return Period.around(self.end, self.length)

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment of the period, and the first one after it, in UTC."""
        first, end = (datetime.combine(day, time(), zone) for day in (self.start, self.end))
        return first.astimezone(UTC), end.astimezone(UTC)

    def __str__(self) -> str:
        if self.length is PeriodLength.MONTH:
            return f"{self.start:%Y-%m}"
        if self.length is PeriodLength.QUARTER:
            return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
        return str(self.start.year)
