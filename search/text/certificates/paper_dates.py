"""The dates of one certificate among the days after its standard, by the words before each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from matchmaker.domain.certificate import YEARS
from search.text.certificates.paper_days import PaperDay
from search.text.lexicon import WordPattern

_ENDS = WordPattern("certificates", r"\b@ends")
_BEGINS = WordPattern("certificates", r"\b@begins")
_SINCE = WordPattern("certificates", r"\b@since")
_ELSE = WordPattern("certificates", r"\b@else_on")
_IN = WordPattern("certificates", r"(?<!\w)@in_day[ ]$")
_TO = WordPattern("certificates", r"[ ]@to_day[ ]")
_BETWEEN_DAYS = re.compile(r"[\s–—-]*[–—-][\s–—-]*")
REACH = 60  # characters before a day in which a word says what it is


class DayRole(StrEnum):
    """What a day beside a standard is: of a certificate's issue, of its end, of something else; OPEN where nothing says so.

    SINCE is the year from which it has been held, PLAN a day in which something happens: "in 2027".
    """

    ISSUE = "issue"
    END = "end"
    SINCE = "since"
    PLAN = "plan"
    ELSE = "else"
    OPEN = "open"


_ROLES = (
    (_ELSE, DayRole.ELSE),
    (_BEGINS, DayRole.ISSUE),
    (_SINCE, DayRole.SINCE),
    (_ENDS, DayRole.END),
)


@dataclass(frozen=True, slots=True)
class PaperDates:
    """The dates of one certificate.

    `unread`: a day that does not exist, or a bare year; `past`: a day that may be of issue or of end; `stale`: a year of
    issue so long ago that it may have ended; `planned`: a day ahead in which something is to happen.
    """

    issued: date | None = None
    valid_until: date | None = None
    unread: bool = False
    past: bool = False
    stale: bool = False
    planned: bool = False

    @property
    def known(self) -> bool:
        return self.issued is not None or self.valid_until is not None


def dates_of(tail: str, days: Sequence[PaperDay], today: date, role: DayRole) -> PaperDates:
    """The dates of a certificate in the words after its standard; `role` is that of a day without words before it."""
    found = PaperDates()
    roles = list(_roles(tail, days, role))
    for place, (day, own) in enumerate(zip(days, roles, strict=True)):
        found = _with_day(found, day, own, today, ended=DayRole.END in roles[place:])
    if found.issued and found.valid_until and found.valid_until < found.issued:
        return PaperDates(unread=True)
    return found


def _with_day(found: PaperDates, day: PaperDay, role: DayRole, today: date, *, ended: bool) -> PaperDates:
    if day.first is None or day.last is None:
        return replace(found, unread=True)
    if role in {DayRole.ISSUE, DayRole.SINCE} and found.issued is None:
        return _with_issue(found, day.first, role, today, whole_year=day.whole_year)
    if role is DayRole.PLAN:
        return replace(found, planned=found.planned or day.last > today)
    if role is DayRole.END:
        return replace(found, valid_until=found.valid_until or day.last)
    if role is DayRole.OPEN and not ended:
        return _with_open(found, day.last, day, today)
    return found


def _with_issue(
    found: PaperDates, first: date, role: DayRole, today: date, *, whole_year: bool
) -> PaperDates:
    if not whole_year or first > today:
        return replace(found, issued=first)
    stale = role is DayRole.ISSUE and first.year + YEARS <= today.year
    return replace(found, unread=True, stale=stale)


def _with_open(found: PaperDates, last: date, day: PaperDay, today: date) -> PaperDates:
    """The dates with a day of which no word says what it is: one ahead is the end, unless it is a quarter, as plans have."""
    if last < today or day.whole_quarter:
        return replace(found, past=True)
    return replace(found, valid_until=found.valid_until or last, unread=day.whole_year)


def _roles(tail: str, days: Sequence[PaperDay], given: DayRole) -> Iterator[DayRole]:
    place = 0
    for number, day in enumerate(days):
        before = tail[place : day.start]
        following = days[number + 1] if number + 1 < len(days) else None
        role = _role(before)
        if role is None and number and _BETWEEN_DAYS.fullmatch(before):
            role = DayRole.END
        after = tail[day.end : following.start] if following else None
        if after is not None and (_is_span(after) or (role is None and _role(after) is DayRole.END)):
            role = DayRole.ISSUE
        if role is None and number == 0 and not re.search(r"\w", before):
            role = given
        yield role or DayRole.OPEN
        place = day.end


def _is_span(between: str) -> bool:
    """Whether nothing but a dash or a word such as "to" stands between two days: "valid 2025-03-01 to 2028-02-29"."""
    return bool(_BETWEEN_DAYS.fullmatch(between)) or bool(_TO.fullmatch(between))


def _role(before: str) -> DayRole | None:
    """The role that the last of the words before a day gives it."""
    best, answer = -1, None
    for pattern, role in _ROLES:
        for match in pattern.finditer(before[-REACH:]):
            if match.end() >= best:
                best, answer = match.end(), role
    return DayRole.PLAN if answer is None and _IN.search(before) else answer
