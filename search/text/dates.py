"""The days that a text names, and spans counted from today; every expression is linear."""

import math
import re
from calendar import monthrange
from datetime import date, timedelta

from search.text.lexicon import WordNumbers, WordPattern
from search.text.recognition import Mention

_DAY_PATTERNS = (
    WordPattern("dates", r"(?<!\d)(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)"),
    WordPattern("dates", r"(?<!\d)(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>20\d\d)(?!\d)"),
    WordPattern("dates", r"(?<![\d.,])(?P<d>\d{2})\.(?P<m>\d{2})\.(?P<y>[23]\d)(?![\d.,])"),
    WordPattern(
        "dates",
        r"""
        \b(?: (?P<q>@quarters) @ordinal_of_quarter? [ ]@quarter (?:[ ]of)? | Q(?P<Q>[1-4]) )
        (?: [ ,](?P<y>20\d\d) )?
        """,
    ),
    WordPattern(
        "dates",
        r"""
        (?<!\d)(?P<d>\d{1,2}) @ordinal_of_day? [ ](?:of[ ])? (?P<name>[a-zа-я]{3,9})\.?
        (?: ,?[ ](?P<y>20\d\d) )?
        """,
    ),
    WordPattern(
        "dates",
        r"\b(?P<name>[a-zа-я]{3,9})[ ] (?P<d>\d{1,2}) @ordinal_after_month? ,?[ ](?P<y>20\d\d)(?!\d)",
    ),
    WordPattern("dates", r"\b@until[ ] (?:@end_of[ ])? (?P<name>[a-zа-я]{3,9}) (?: ,?[ ](?P<y>20\d\d) )?"),
)
_SPAN = WordPattern(
    "dates",
    r"""
    @term \D{0,25}? (?P<least>\d{1,3}) (?: [ ]?[-–][ ]?(?P<most>\d{1,3}) )? [ ]?
    (?: (?:(?P<working>@working_days)|@calendar_days)[ ] )? (?P<unit>@spans)
    """,
)
_SPOKEN_SPAN = WordPattern(
    "dates",
    r"""
    \b(?: @spoken_term
        | @lead_time (?:[ ]?[:—–-])? (?:[ ]@lead_time_in)?
        | @wanted [ ,]{1,2} @wanted_within )
    [ ] (?: (?P<number>@numbers)[ ] )? (?P<unit>@spoken_spans)\b
    (?: [ ]?[–—-][ ]? (?P<more>@numbers_after) )?
    """,
)
_YEAR_END = WordPattern(
    "dates",
    r"""
    \b@by[ ] @end_of_year[ ] (?:@this[ ])?
    (?: (?P<year>20\d\d) (?:[ ]@year_after_number)? | @year (?:[ ](?P<later>20\d\d))? )\b
    """,
)
_MONTHS, _QUARTERS = WordNumbers("dates", "months"), WordNumbers("dates", "quarters")
_SPANS, _SPOKEN_SPANS = WordNumbers("dates", "spans"), WordNumbers("dates", "spoken_spans")
_NUMBERS = WordNumbers("dates", "numbers")


def _end_of_quarter(name: str, year: str | None, today: date) -> date:
    month = 3 * int(_QUARTERS.of(name) or name)
    of = int(year) if year else today.year + (month < today.month)
    return date(of, month, monthrange(of, month)[1])


def _day_of(match: re.Match[str], today: date) -> date | None:
    parts = match.groupdict()
    quarter = parts.get("q") or parts.get("Q")
    if quarter:
        return _end_of_quarter(quarter.lower(), parts.get("y"), today)
    month = int(parts["m"] if parts.get("m") else _MONTHS.of(parts["name"]) or 0)
    if not 1 <= month <= 12:
        return None
    year = int(parts["y"]) % 2000 + 2000 if parts.get("y") else today.year + (month < today.month)
    last = monthrange(year, month)[1]
    day = int(parts["d"]) if parts.get("d") else last
    return date(year, month, day) if 1 <= day <= last else None


def deadlines(text: str, today: date) -> list[Mention]:
    """Dates, and spans such as "3 недели" counted from `today`."""
    found: list[Mention] = []
    taken: set[int] = set()
    for pattern in _DAY_PATTERNS:
        for match in pattern.finditer(text):
            day = _day_of(match, today)
            if day is not None and not taken & set(range(match.start(), match.end())):
                taken |= set(range(match.start(), match.end()))
                found.append(Mention("deadline", match.start(), match.end(), day=day, value=match[0]))
    for match in _SPAN.finditer(text):
        days = int(match["most"] or match["least"]) * int(_SPANS.of(match["unit"]) or 1)
        if match["working"]:
            days = days * 7 // 5
        if 0 < days < 1500 and not taken & set(range(match.start("least"), match.end())):
            found.append(
                Mention(
                    "deadline",
                    match.start("least"),
                    match.end(),
                    day=today + timedelta(days=days),
                    value=match[0],
                    sure=0.7,
                )
            )
    return found + _spoken(text, today)


def _spoken(text: str, today: date) -> list[Mention]:
    """Spans in words: "срочно, за неделю", "в течение двух месяцев", "within three weeks"."""
    found: list[Mention] = []
    for match in _SPOKEN_SPAN.finditer(text):
        step = _SPOKEN_SPANS.of(match["unit"]) or 1
        times = _NUMBERS.of(match["more"] or match["number"] or "") or 1
        day = today + timedelta(days=math.ceil(step * times))
        found.append(Mention("deadline", match.start(), match.end(), day=day, value=match[0], sure=0.7))
    for match in _YEAR_END.finditer(text):
        end = date(int(match["year"] or match["later"] or today.year), 12, 31)
        found.append(Mention("deadline", match.start(), match.end(), day=end, value=match[0]))
    return found
