"""Days of the calendar from their parts: months, quarters, weeks, counted from today where no year is named."""

import math
from calendar import monthrange
from datetime import date, timedelta

LAST = 31  # asks for the last day of a month, however long it is
FIRST_YEAR, LAST_YEAR = 1950, 2100  # of a day that people write about


def full_year(digits: str) -> int:
    """The year from its figures; two are a year of this century."""
    return int(digits) if len(digits) > 2 else 2000 + int(digits)


def day_or_none(year: int, month: int, day: int) -> date | None:
    """The day, None where the calendar or a writer's lifetime has none such."""
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12 and day >= 1):
        return None
    return date(year, month, day) if day <= monthrange(year, month)[1] else None


def end_of_month(year: int, month: int, day: int = LAST) -> date:
    """A day of a month, its last one where it is shorter."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def next_such(month: int, day: int, today: date) -> date | None:
    """The next day of a month and a number from today on; None for 31 April."""
    for year in range(today.year, today.year + 9):  # 29 February comes at least every eight years
        found = day_or_none(year, month, day)
        if found is not None and found >= today:
            return found
    return None


def next_numbered(number: int, today: date) -> date:
    """The next day of a number, in the first month that has one."""
    for later in range(3):
        last = months_later(today, later)
        found = day_or_none(last.year, last.month, number)
        if found is not None and found >= today:
            return found
    return months_later(today, 0)


def in_month(month: int, part: int, year: int | None, today: date) -> date:
    """The last day of a part of a month; without a year the next one that is not over."""
    if year is not None:
        return end_of_month(year, month, part)
    this = end_of_month(today.year, month, part)
    return this if this >= today else end_of_month(today.year + 1, month, part)


def months_later(today: date, months: int) -> date:
    """The last day of the month that comes so many months after today's."""
    place = today.year * 12 + today.month - 1 + months
    return end_of_month(place // 12, place % 12 + 1)


def end_of_quarter(today: date, later: int = 0) -> date:
    """The last day of today's quarter, or of one so many quarters later."""
    return months_later(today, (3 - today.month) % 3 + 3 * later)


def end_of_week(today: date, later: int = 0) -> date:
    """The Sunday of today's week, or of one so many weeks later."""
    return today + timedelta(days=6 - today.weekday() + 7 * later)


def week_of_year(number: int, year: int | None, today: date) -> date | None:
    """The Sunday of a numbered week; without a year the next such week."""
    try:
        found = date.fromisocalendar(year or today.year, number, 7)
        if year is None and found < today:
            found = date.fromisocalendar(today.year + 1, number, 7)
    except ValueError:
        return None
    return found


def next_weekday(weekday: int, today: date, *, of_next_week: bool = False) -> date:
    """The first such day after today, or that of the next week."""
    if of_next_week:
        return end_of_week(today) + timedelta(days=weekday + 1)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def after(today: date, days: float, *, working: bool = False) -> date:
    """The day after a span; five working days are a week."""
    return today + timedelta(days=math.ceil(days * 7 / 5 if working else days))
