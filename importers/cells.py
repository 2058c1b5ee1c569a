"""Cells as offices write them, and as the product writes them itself: text, numbers, days, sides, yes and no,
money.

A reader of one value returns a cell that it cannot read unchanged, so that the check of the record can name
its words.
"""

import math
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

MOST_CELL = 1_000  # characters
FORMULAS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
)  # the signs that a spreadsheet takes for the beginning of a formula

_GAP = "[ \u00a0\u2009\u202f]"  # between thousands
_PLAIN = r"[0-9]+(?:[.,][0-9]+)?"
_NUMBER = rf"[0-9]{{1,3}}(?:{_GAP}[0-9]{{3}})+(?![0-9])(?:[.,][0-9]+)?|{_PLAIN}"
_IN_WORDS = re.compile(rf"(?<![0-9.,])(?:{_NUMBER})(?![0-9])")
_WHOLE_CELL = re.compile(rf"{_NUMBER}|[0-9]+[.,]|[.,][0-9]+")
_ENGLISH = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+|[0-9]{1,3}(?:,[0-9]{3}){2,}")
# "1,000" is a thousand in London and one in Moscow.
_TWO_WAYS = re.compile(r"[1-9][0-9]{0,2},000")

_MASS = re.compile(
    rf"(?<![0-9.,])({_NUMBER})(?![0-9])(?:\s*(тонн\w*|tonnes?|т|t|гр|г|g|lbs?)\b)?", re.IGNORECASE
)
_KILOGRAMS = {
    "т": 1000.0,
    "t": 1000.0,
    "г": 0.001,
    "g": 0.001,
    "l": 0.45359237,
}  # by the first letter of a unit
_SIGNS = ("-", "−", "–", "+", "±")
_GRADE = re.compile(r"[^0-9±+]*([0-9]{1,2})(?![0-9.,]*[0-9])[^0-9±]*")
_LENGTH = re.compile(r"\d\s*(?:мм|мкм|mm|µm|um|м|m)\b", re.IGNORECASE)

_DAY = re.compile(
    r"(?<!\d)(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?!\d)|(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)", re.ASCII
)

_TIMES = r"\s*(?:мм|mm)?\s*[xXхХ×*]\s*"
_BY = re.compile(rf"(?<![0-9.,−-])({_NUMBER}){_TIMES}({_NUMBER}){_TIMES}({_NUMBER})")
_IN_A_ROW = re.compile(rf"(?<![0-9.,−-])({_PLAIN})(\s*[;/–-]\s*|,\s+|\s+)({_PLAIN})\2({_PLAIN})")
_UNIT = re.compile(r"\s*(см|cm|м|m)\b", re.IGNORECASE)
_MILLIMETRES = {"см": 10.0, "cm": 10.0, "м": 1000.0, "m": 1000.0}

_YES = re.compile(r"\s*(?:(?:да|есть|yes|true|1)\b|\+)", re.IGNORECASE)
_NO = re.compile(r"\s*(?:нет|no|false|0|без)\b", re.IGNORECASE)
# Between the entries of a cell: not the comma of "1,5", nor the slash of "Ст3сп/пс" or "12Х18Н10Т/304".
_BETWEEN = re.compile(r"[;\n]|,(?![0-9])|(?<![0-9]),|\s/\s|(?<=[^\W\d_]{3})/(?=[^\W\d_]{3})")
_AMOUNT = re.compile(r"(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,13})(?:[.,](\d{1,2}))?", re.ASCII)


def text(value: Any) -> str:
    """The value of a cell as text; whole numbers without a point, since workbooks keep an INN as 7707083893.0."""
    if value is None:
        return ""
    if isinstance(value, float):
        return plain(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if any(value.timetuple()[3:6]) else value.date().isoformat()
    return str(value).strip()


def one_line(value: Any) -> str:
    """The value of a cell as one line of at most MOST_CELL characters."""
    return re.sub(r"\s+", " ", text(value)).strip()[:MOST_CELL]


def guarded(cell: str) -> str:
    """A cell for a delimited file; an apostrophe before it keeps a program from reading it as a formula."""
    return f"'{cell}" if _like_a_formula(cell) else cell


def unguarded(cell: str) -> str:
    """A cell of a delimited file without the apostrophe that `guarded` puts before it."""
    return cell[1:] if cell.startswith("'") and _like_a_formula(cell) else cell


def _like_a_formula(cell: str) -> bool:
    return cell.lstrip("'").startswith(FORMULAS)


def entries(cell: str) -> list[str]:
    """The entries of a cell with several, separated by semicolons, commas, lines, or slashes between words."""
    return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]


def typed_entries(text: str) -> list[str]:
    """The entries of a field of a form, separated by semicolons or lines: names may have commas."""
    return [part.strip() for part in text.replace("\n", ";").split(";") if part.strip()]


def plain(value: float) -> str:
    """A number without an exponent and without final noughts, which `number` reads back unchanged."""
    if not math.isfinite(value):
        return str(value)
    return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")


def number(cell: str) -> str:
    """The number of a cell, in digits and a point: 1000.5 for "1 000,5"; a cell without one comes back
    unchanged.
    """
    spelled = cell.strip()
    if _ENGLISH.fullmatch(spelled):
        return spelled.replace(",", "")
    if _TWO_WAYS.fullmatch(spelled) or not _WHOLE_CELL.fullmatch(spelled):
        return spelled
    return _digits(spelled)


def _digits(spelled: str) -> str:
    return re.sub(_GAP, "", spelled).replace(",", ".")


def numbers(cell: str) -> list[float]:
    """All numbers of a cell of words, in their order."""
    return [float(_digits(found[0])) for found in _IN_WORDS.finditer(cell)]


def whole(cell: str) -> str:
    """The one whole number of a cell, in digits, whatever words stand beside it: 1000 for "1 000 шт".

    A cell with several numbers, or with one that could be read two ways, comes back unchanged.
    """
    spelled = cell.strip()
    found = _IN_WORDS.search(spelled)
    if found is None or spelled.startswith(_SIGNS) or _has_digits(_IN_WORDS.sub("", spelled, count=1)):
        return spelled
    digits, _, fraction = _digits(found[0]).partition(".")
    return digits if fraction in {"", "0", "00"} else spelled


def _has_digits(words: str) -> bool:
    return re.search("[0-9]", words) is not None


def masses(cell: str) -> list[float]:
    """All masses of a cell, in kg: without a unit a number is kilograms."""
    return [_mass(found) for found in _MASS.finditer(cell)]


def _mass(found: re.Match[str]) -> float:
    return round(float(_digits(found[1])) * _KILOGRAMS.get((found[2] or "")[:1].casefold(), 1.0), 6)


def kilograms(cell: str) -> str:
    """The one mass of a cell in kg, in digits; a cell without a mass or with several comes back unchanged."""
    spelled, found = cell.strip(), _MASS.search(cell)
    if found is None or spelled.startswith(_SIGNS) or _has_digits(_MASS.sub("", spelled, count=1)):
        return spelled
    return plain(_mass(found))


def grade(cell: str) -> str | None:
    """The tolerance grade that a cell names: 7 for "IT7", "h7", "7 квалитет"; None for deviations and other words."""
    found = _GRADE.fullmatch(cell)
    return found[1] if found and not _LENGTH.search(cell) else None


def day_in(cell: str) -> str | None:
    """The last day of a cell as YYYY-MM-DD: of “с 01.02.2024 по 01.02.2027” the last day of validity."""
    days = [day for match in _DAY.finditer(cell) if (day := _day(*match.groups(default="")))]
    return days[-1] if days else None


def _day(day: str, month: str, year: str, *iso: str) -> str | None:
    """A day of the calendar from its digits; a year of two digits is one of this century."""
    spelled = f"{year if len(year) == 4 else '20' + year}-{month:0>2}-{day:0>2}" if day else "-".join(iso)
    try:
        return date.fromisoformat(spelled).isoformat()
    except ValueError:
        return None


def sides(cell: str) -> tuple[float, ...] | None:
    """The three sides in a cell, in mm; None where it holds other numbers too, or other than three."""
    for pattern in (_BY, _IN_A_ROW):
        match = pattern.search(cell)
        if match and not _has_digits(cell[: match.start()] + cell[match.end() :]):
            return _sides(match)
    return None


def sides_in(words: str) -> tuple[float, ...] | None:
    """The first three sides, written A×B×C, among other words, in mm."""
    match = _BY.search(words)
    return _sides(match) if match else None


def _sides(match: re.Match[str]) -> tuple[float, ...]:
    unit = _UNIT.match(match.string, match.end())
    factor = _MILLIMETRES[unit[1].casefold()] if unit else 1.0
    found = (float(_digits(group)) for group in match.groups() if _has_digits(group))
    return tuple(round(side * factor, 6) if unit else side for side in found)


def sides_text(box: Sequence[float]) -> str:
    """Sides as a cell or a field of a form shows them, which `sides` reads back."""
    return "×".join(map(plain, box))


def yes_no(cell: str) -> bool | None:
    """The yes or no of a cell; None where it says neither."""
    if _NO.match(cell):
        return False
    return True if _YES.match(cell) else None


def inn(cell: str) -> str:
    """An INN with the first nought that a workbook lost by storing it as a number."""
    return f"0{cell}" if cell.isdigit() and len(cell) in {9, 11} else cell


def minor_units(typed: str) -> int | None:
    """An amount as people write it, "1 000,50", in minor units; None for other text or an ambiguous amount."""
    match = _AMOUNT.fullmatch(typed.strip())
    if match is None:
        return None
    return int(re.sub(r"\D", "", match[1])) * 100 + int((match[2] or "0").ljust(2, "0"))


def amount_text(minor: int) -> str:
    """An amount of minor units as a field of a form shows it, which `minor_units` reads back."""
    return f"{minor // 100}.{minor % 100:02}"
