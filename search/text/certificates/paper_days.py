"""The days of papers as they are written: to the day, the month, the quarter or the year, and in serial numbers."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from search.text.lexicon import WordNumbers, WordPattern

_MONTH = r"(?P<name>[a-zа-я]{3,9})\.?"
_YEAR = r"(?P<y>(?:19|20)\d\d)"
_YEAR_WORD = r"(?:[ ]?@year_word\b\.?)?"
_PATTERNS = (
    WordPattern("certificates", rf"(?<![\d./-]){_YEAR}[-./](?P<m>\d\d)[-./](?P<d>\d\d)(?![\d/-])"),
    WordPattern(
        "certificates",
        rf"(?<![\w./-])(?P<d>\d{{1,2}})(?P<sign>[./-])(?P<m>\d{{1,2}})(?P=sign){_YEAR}(?![\d/-]){_YEAR_WORD}",
    ),
    WordPattern(
        "certificates",
        rf"(?<![\w./-])(?P<d>\d{{1,2}})(?P<sign>[./])(?P<m>\d{{1,2}})(?P=sign)(?P<short>\d\d)(?![\w/-]|\.\d){_YEAR_WORD}",
    ),
    WordPattern(
        "certificates",
        rf"""
        (?<![\w./])(?P<d>\d{{1,2}}) @ordinal? [ .-]{{0,2}}(?:of[ ])? {_MONTH} ,?[ -]{{0,2}}
        (?: {_YEAR} | '?(?P<short>\d\d)(?![\d:]) ) (?!\d) {_YEAR_WORD}
        """,
    ),
    WordPattern(
        "certificates", rf"\b{_MONTH} [ ] (?P<d>\d{{1,2}}) @ordinal? ,?[ ] {_YEAR} (?!\d) {_YEAR_WORD}"
    ),
    WordPattern("certificates", rf"(?<![\w./-]) (?P<m>\d{{1,2}})[./]{_YEAR}(?![\d/-]) {_YEAR_WORD}"),
    WordPattern("certificates", rf"(?<![\w./-]) {_YEAR}[-./](?P<m>\d{{2}})(?![\d/-]|\.\d) {_YEAR_WORD}"),
    WordPattern("certificates", rf"\b{_MONTH} [ ,-]{{1,2}} {_YEAR} (?!\d) {_YEAR_WORD}"),
    WordPattern(
        "certificates",
        rf"""
        \b(?: Q(?P<q>[1-4]) | (?P<roman>I{{1,3}}|IV|[1-4])@ordinal? [ ]? @quarter_word\.? )
        [ ,-]{{0,2}} (?:of[ ])? {_YEAR} {_YEAR_WORD}
        """,
    ),
    WordPattern("certificates", rf"(?<![\w./:-]) {_YEAR}(?![\w/:]|[.-]\d) {_YEAR_WORD}"),
)
_MONTHS = WordNumbers("dates", "months")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_EPOCH = date(1899, 12, 30)  # day 0 of the serial numbers of spreadsheets
_SERIAL = re.compile(r"[34567]\d{4}")
_EARLIEST, _LATEST = 1980, 2060


@dataclass(frozen=True, slots=True)
class PaperDay:
    """A day of a text at text[start:end]: the first and the last day that the words allow; one and the same for an exact day.

    `unread` marks what looks like a day and is none ("31.02.2027").
    """

    start: int
    end: int
    first: date | None
    last: date | None

    @property
    def whole_year(self) -> bool:
        return self.first is not None and self.last is not None and (self.last - self.first).days > 300


def days_in(text: str) -> list[PaperDay]:
    """The days of a text in its order; each character belongs to at most one."""
    taken = bytearray(len(text))
    found: list[PaperDay] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            day = _day_of(match)
            if day is not None:
                taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
                found.append(day)
    return sorted(found, key=lambda one: one.start)


def serial_day(text: str) -> date | None:
    """The day of a spreadsheet's serial number that is a whole cell."""
    return _EPOCH + timedelta(days=int(text)) if _SERIAL.fullmatch(text.strip()) else None


def _day_of(match: re.Match[str]) -> PaperDay | None:
    parts = match.groupdict()
    year = int(parts.get("y") or 2000 + int(parts["short"]))
    if not _EARLIEST <= year <= _LATEST:
        return None
    quarter = parts.get("q") or parts.get("roman")
    if quarter:
        number = _ROMAN.get(quarter.lower()) or int(quarter)
        return _spread(match, year, 3 * number - 2, 3 * number)
    month = _MONTHS.of(parts["name"].lower()) if parts.get("name") else parts.get("m")
    if month is None:
        return None if parts.get("name") else _spread(match, year, 1, 12)
    if parts.get("d"):
        return _exact(match, year, int(month), int(parts["d"]))
    return _spread(match, year, int(month), int(month)) if 1 <= int(month) <= 12 else None


def _exact(match: re.Match[str], year: int, month: int, day: int) -> PaperDay:
    if month > 12 >= day:  # the month stands first: "12/31/2027"
        month, day = day, month
    try:
        exact = date(year, month, day)
    except ValueError:
        return PaperDay(*match.span(), None, None)
    return PaperDay(*match.span(), exact, exact)


def _spread(match: re.Match[str], year: int, first: int, last: int) -> PaperDay:
    return PaperDay(*match.span(), date(year, first, 1), date(year, last, monthrange(year, last)[1]))
