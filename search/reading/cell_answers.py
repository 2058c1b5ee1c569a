"""The answer to one cell of a list: its value, or what is to be asked or told about it; and how a list writes its numbers."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from matchmaker.domain.errors import Problem
from matchmaker.domain.language import N_
from search.text.canonical import with_one_sign

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class CellRemark:
    """What a person is asked or told about a cell: an English template, the key of its translation, and what fills it."""

    code: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def problem(self, path: str, cell: str) -> Problem:
        return Problem(path, self.code, self.message, cell[:80], self.params)


@dataclass(frozen=True, slots=True)
class CellReading(Generic[T]):
    """The value of a cell, None where it says none. A remark beside a value says why the value is not sure.

    `readings` are the values between which a remark asks.
    """

    value: T | None = None
    remark: CellRemark | None = None
    readings: tuple[T, ...] = ()

    @property
    def sure(self) -> T | None:
        """The value where nothing is to be asked about it."""
        return None if self.remark else self.value

    def then(self, change: Callable[[T], U]) -> "CellReading[U]":
        """The reading with its values changed."""
        value = None if self.value is None else change(self.value)
        return CellReading(value, self.remark, tuple(map(change, self.readings)))


UNREAD = CellRemark("cell.unread", N_("This cell could not be read; its words are kept."))


def unread() -> CellReading[T]:
    """The reading of a cell that says nothing of what its column is for."""
    return CellReading(remark=UNREAD)


# The questions for a number whose comma or point may part thousands or decimals, by its unit.
KILOGRAMS = N_("Is it %(low)s kg or %(high)s kg?")
MILLIMETRES = N_("Is it %(low)s mm or %(high)s mm?")
PIECES = N_("Is it %(low)s pcs or %(high)s pcs?")
NUMBERS = N_("Is it %(low)s or %(high)s?")


def open_by_a_thousand(low: float, high: float, question: str = NUMBERS) -> CellRemark:
    """The question for a number whose comma or point may part thousands or decimals."""
    return CellRemark("cell.thousand", question, {"low": f"{low:.12g}", "high": f"{high:.12g}"})


def several(readings: Iterable[float]) -> CellRemark:
    """The question for a cell of several numbers where one is asked for."""
    told = ", ".join(f"{one:.12g}" for one in readings)
    return CellRemark("cell.several", N_("Which of these numbers is meant: %(numbers)s?"), {"numbers": told})


# ---- How numbers are written.
@dataclass(frozen=True, slots=True)
class NumberSpelling:
    """The signs before decimals and between thousands in a list, "" where its cells do not show them."""

    decimal: str = ""
    thousands: str = ""

    def known_from(self, other: "NumberSpelling") -> "NumberSpelling":
        """The spelling itself, or another one where it shows nothing."""
        return self if self.decimal or self.thousands else other


# As the product writes numbers itself, and workbooks those that they keep as numbers.
POINT = NumberSpelling(decimal=".")
UNKNOWN = NumberSpelling()


@dataclass(frozen=True, slots=True)
class Column:
    """The name of a column, with the spelling of the numbers in it."""

    name: str = ""
    spelling: NumberSpelling = UNKNOWN


# A number with the signs in it; blanks between thousands. Dates and parts of words are none.
_WRITTEN = re.compile(
    r"(?<![\w.,])(?:[1-9]\d{0,2}(?:[ ]\d{3})+(?!\d)|\d+)(?:[.,]\d+)+(?![.,]?\d)|(?<![\w.,]),\d+(?![.,]?\d)"
)
_APOSTROPHE = re.compile(r"(?<=\d)'(?=\d{3}(?!\d))")  # between thousands, as the Swiss write
_OF_LETTERS = re.compile(r"(?<=[^\W\d_])\d+(?:[.,]\d+)+(?![.,]?\d)")


def spelling_of(cells: Iterable[str]) -> NumberSpelling:
    """The spelling that cells of numbers show; nothing where they show different ones."""
    return spelling_from({one for cell in cells for one in spellings_in(cell)})


def spellings_in(cell: str) -> Iterator[NumberSpelling]:
    """The spellings that the numbers of a cell show."""
    return (one for match in _WRITTEN.finditer(cell) if (one := _shown(match[0])))


def spelling_from(found: Collection[NumberSpelling]) -> NumberSpelling:
    """The one spelling of numbers that show these; nothing where they contradict each other."""
    decimals = {one.decimal for one in found} - {""}
    thousands = {one.thousands for one in found} - {""}
    if len(decimals) > 1 or len(thousands) > 1 or decimals & thousands:
        return UNKNOWN
    decimal, between = "".join(decimals), "".join(thousands)
    if not between and decimal == ".":
        between = ","  # the English way; a decimal comma says nothing of a point
    return NumberSpelling(decimal, between)


def _shown(written: str) -> NumberSpelling | None:
    """What a number shows of its spelling; None for one that may be read in two ways."""
    signs, groups = [sign for sign in written if sign in ".,"], re.split("[.,]", written)
    if len(signs) == 1:
        return None if _is_open(groups) else NumberSpelling(decimal=signs[0])
    if len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:-1]):
        return None
    if len(set(signs)) == 1:
        return NumberSpelling(thousands=signs[0]) if len(groups[-1]) == 3 else None
    return NumberSpelling(signs[-1], signs[0]) if signs[-1] not in signs[:-1] else None


def _is_open(groups: list[str]) -> bool:
    whole, fraction = groups
    return len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")


@dataclass(frozen=True, slots=True)
class PlainNumbers:
    """A cell with its numbers in digits and a point; `open` are the places of those that may be a thousand times as much,
    with the sign that was written.
    """

    text: str
    open: Mapping[int, str] = field(default_factory=dict)


def plain_numbers(cell: str, spelling: NumberSpelling) -> PlainNumbers:
    """The cell with plain numbers. Its own numbers show their spelling before those of its column do."""
    cell = _APOSTROPHE.sub(" ", cell)
    known = spelling_of([cell]).known_from(spelling)
    text, place, left = "", 0, dict[int, str]()
    matches = [*_WRITTEN.finditer(cell), *_OF_LETTERS.finditer(cell)]
    for match in sorted(matches, key=lambda one: one.start()):
        text += cell[place : match.start()]
        digits, is_open = _plain(match[0], known)
        if is_open:
            left[len(text)] = "," if "," in match[0] else "."
        text, place = text + digits, match.end()
    return PlainNumbers(text + cell[place:], left)


def _plain(written: str, known: NumberSpelling) -> tuple[str, bool]:
    """A number in digits and a point, and whether it may be a thousand times as much."""
    signs, groups = [sign for sign in written if sign in ".,"], re.split("[.,]", written)
    shown = _shown(written)
    if shown is None and len(signs) == 1:
        joined = "".join(groups).replace(" ", "")
        if signs[0] == known.thousands:
            return joined, False
        return ".".join(groups), signs[0] != known.decimal
    if shown is None:
        return written, False  # a day, a designation
    whole = groups if not shown.decimal else groups[:-1]
    digits = "".join(whole).replace(" ", "")
    return (f"{digits}.{groups[-1]}" if shown.decimal else digits), False


_NUMBER = re.compile(r"(?:\d+|[1-9]\d{0,2}(?:[ ]\d{3})+)(?:\.\d*)?|\.\d+")


def number_of(plain: PlainNumbers) -> float | None:
    """The number that a whole cell is; None for other words."""
    spelled = plain.text.strip().rstrip(",")
    return float(spelled.replace(" ", "")) if _NUMBER.fullmatch(spelled) else None


def number(cell: str, spelling: NumberSpelling = POINT) -> CellReading[float]:
    """The number of a cell that holds nothing else."""
    plain = plain_numbers(with_one_sign(cell.strip()), spelling)
    value = number_of(plain)
    if value is None:
        return unread()
    if plain.open:
        return CellReading(remark=open_by_a_thousand(value, value * 1000), readings=(value, value * 1000))
    return CellReading(value)


def with_remark(reading: CellReading[T], remark: CellRemark) -> CellReading[T]:
    return replace(reading, remark=remark)
