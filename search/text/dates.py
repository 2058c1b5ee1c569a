"""Days that a text names, and spans counted from today; every expression is linear."""

import math
import re
from calendar import monthrange
from datetime import date, timedelta

from search.text.recognition import Mention

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("январ jan", "феврал feb", "март mar", "апрел apr", "ма may", "июн jun", "июл jul", "август aug",
         "сентябр sep", "октябр oct", "ноябр nov", "декабр dec"), 1)
    for name in names.split()
}  # fmt: skip
_DAY_PATTERNS = (
    re.compile(r"(?<!\d)(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>20\d\d)(?!\d)"),
    re.compile(r"(?<![\d.,])(?P<d>\d{2})\.(?P<m>\d{2})\.(?P<y>[23]\d)(?![\d.,])"),
    re.compile(
        r"\b(?:(?P<q>[1-4]|IV|I{1,3}|перв\w{2,3}|втор\w{2,3}|трет\w{2,4}|четв[её]рт\w{2,3}|first|second|third|fourth)(?:-?[йм]|-?го|-?му|-?ом)?[ ](?:квартал\w{0,2}|кв\.|quarter)(?: of)?|Q(?P<Q>[1-4]))(?:[ ,](?P<y>20\d\d))?",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?<!\d)(?P<d>\d{1,2})(?:-?го|th|st|nd|rd)?[ ](?:of )?(?P<name>[a-zа-я]{3,9})\.?(?:,?[ ](?P<y>20\d\d))?",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?P<name>[a-zа-я]{3,9})[ ](?P<d>\d{1,2})(?:th|st|nd|rd)?(?:,?[ ](?P<y>20\d\d))(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:до |к |by |until |before )(?:конца |концу |начала |началу |the end of |end of )?(?P<name>[a-zа-я]{3,9})(?:,?[ ](?P<y>20\d\d))?",
        re.IGNORECASE,
    ),
)
_SPAN = re.compile(
    r"(?:срок|через|в течение|за|within|in|lead time|delivery)\D{0,25}?(\d{1,3})(?:[ ]?[-–][ ]?(\d{1,3}))?[ ]?((?:рабоч\w{1,2}|календарн\w{1,2}|working|business|calendar)[ ])?(дн\w{0,3}|день|недел\w{0,3}|мес\w{0,4}|days?|weeks?|months?|working days)",
    re.IGNORECASE,
)
_SPOKEN_SPAN = re.compile(
    r"\b(?:через|в течение|within|(?:срок\w{0,2}|lead time|delivery)(?:[ ]?[:—–-])?(?: in)?|(?:надо|нужн\w|срочно|сделать|изготовить)[ ,]{1,2}за)[ ]"
    r"(?:(?P<number>a|one|одн\w{1,3}|полтор\w{1,2}|дв[аеу]\w?|тр[иеё]\w?|четыр\w{1,2}|шест[ьи]|two|three|four|six)[ ])?(?P<unit>недел\w{1,2}|месяц\w{0,2}|полгода|weeks?|months?)\b(?:[ ]?[–—-][ ]?(?P<more>полтор\w|дв[аеу]))?",
    re.IGNORECASE,
)
_NUMBERS = {"по": 1.5, "дв": 2, "tw": 2, "тр": 3, "th": 3, "че": 4, "fo": 4, "ше": 6, "si": 6}
_DAYS = {"д": 1, "н": 7, "м": 30, "d": 1, "w": 7}


def _month(name: str) -> int | None:
    word = name.lower()
    if word in {"мая", "май", "маю", "мае"}:
        return 5
    return next((number for stem, number in _MONTHS.items() if len(stem) > 2 and word.startswith(stem)), None)


_QUARTERS = {
    "пер": 1,
    "вто": 2,
    "тре": 3,
    "чет": 4,
    "fir": 1,
    "sec": 2,
    "thi": 3,
    "fou": 4,
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
}


def _end_of_quarter(name: str, year: str | None, today: date) -> date:
    quarter = int(name) if name.isdigit() else _QUARTERS.get(name) or _QUARTERS[name[:3]]
    month = 3 * quarter
    of = int(year) if year else today.year + (month < today.month)
    return date(of, month, monthrange(of, month)[1])


def _day_of(match: re.Match[str], today: date) -> date | None:
    parts = match.groupdict()
    quarter = parts.get("q") or parts.get("Q")
    if quarter:
        return _end_of_quarter(quarter.lower(), parts.get("y"), today)
    month = int(parts["m"]) if parts.get("m") else _month(parts["name"])
    if month is None or not 1 <= month <= 12:
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
        unit = match[4].lower()
        step = 30 if unit.startswith(("mo", "мес")) else _DAYS.get(unit[0], 1)
        days = int(match[2] or match[1]) * step
        if (match[3] or "").lower().startswith(("раб", "work", "bus")):
            days = days * 7 // 5
        if 0 < days < 1500 and not taken & set(range(match.start(1), match.end())):
            found.append(
                Mention(
                    "deadline",
                    match.start(1),
                    match.end(),
                    day=today + timedelta(days=days),
                    value=match[0],
                    weight=0.7,
                )
            )
    return found + _spoken(text, today)


_YEAR_END = re.compile(
    r"\b(?:до|к|by|before)[ ](?:конца|концу|the end of|end of|нового|новому|the new)[ ](?:the |этого |текущего |this )?(?:(?P<year>20\d\d)(?: года)?|(?:года|году|year)(?:[ ](?P<later>20\d\d))?)\b",
    re.IGNORECASE,
)


def _spoken(text: str, today: date) -> list[Mention]:
    """Spans in words: "срочно, за неделю", "в течение двух месяцев", "within three weeks"."""
    found: list[Mention] = []
    for match in _SPOKEN_SPAN.finditer(text):
        step = {"н": 7, "w": 7, "п": 182}.get(match["unit"][0].lower(), 30)
        times = _NUMBERS.get((match["more"] or match["number"] or "")[:2].lower(), 1)
        day = today + timedelta(days=math.ceil(step * times))
        found.append(Mention("deadline", match.start(), match.end(), day=day, value=match[0], weight=0.7))
    for match in _YEAR_END.finditer(text):
        end = date(int(match["year"] or match["later"] or today.year), 12, 31)
        found.append(Mention("deadline", match.start(), match.end(), day=end, value=match[0]))
    return found
