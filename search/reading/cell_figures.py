"""The figures in one cell of a list: masses, sizes, pieces, accuracy, hardness, money.

The name of the column says what a bare figure is and in which unit; the spelling of its other cells, what a comma or a point
parts. A figure that may be a thousand times as much is asked about, never guessed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from matchmaker.domain.hardness import DESIGNATIONS
from matchmaker.domain.language import N_, Language, prevailing_language
from search.reading.cell_answers import (
    KILOGRAMS,
    MILLIMETRES,
    PIECES,
    CellReading,
    CellRemark,
    Column,
    number_of,
    open_by_a_thousand,
    plain_numbers,
    several,
    unread,
    with_remark,
)
from search.text import figures, measures, quantities
from search.text.canonical import with_one_sign
from search.text.figures import Dimension, Figure
from search.text.lexicon import WordNumbers, WordPattern
from search.text.measures import AT_MOST, FigureGroup
from search.text.recognition import Mention
from search.text.tokens import tokens

LEAST_OF_SIDES = 100.0  # mm; beside a side as long as that, a thousand in the English way is one
_TIMES_SIGN = re.compile("[xXхХ]")
_COMMENT = re.compile(r"\([^()]*\)")
_GRADES = range(1, 19)
_FITS = range(4, 19)
_ROUGHEST = 100.0  # µm
# Ra as drawings state it; what is converted from inches comes out a little beside it.
_PREFERRED = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.3, 12.5, 25.0)
_MICRO, _MICROINCH = 0.001, 0.0000254  # mm


@dataclass(frozen=True, slots=True)
class LotRange:
    """The smallest and the largest lot, in pieces."""

    min: int | None = None
    max: int | None = None


@dataclass(frozen=True, slots=True)
class HardnessRange:
    """The least and the greatest hardness on one scale."""

    scale: str
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True, slots=True)
class _CellFigures:
    """The figures of a cell, beside the name of its column: `text` holds both, the cell from `start`."""

    text: str
    start: int
    groups: tuple[FigureGroup, ...]
    open: Mapping[int, str]

    @property
    def cell(self) -> str:
        return self.text[self.start :]

    @property
    def language(self) -> str:
        """The language of the words of both; the sign between sides is no letter."""
        return prevailing_language(_TIMES_SIGN.sub("", self.text)) or Language.RUSSIAN.value

    def is_open(self, *found: Figure) -> bool:
        return any(figure.number[0] in self.open for figure in found)

    def own_unit(self, figure: Figure) -> figures.Unit | None:
        """The unit that is written at the figure itself."""
        return figure.unit if figure.unit and figure.end > figure.number[1] else None


def _read(column: Column, cell: str) -> _CellFigures:
    words = _FRACTION.sub(_decimals, _without_comments(with_one_sign(cell.strip())))
    plain = plain_numbers(words, column.spelling)
    name = with_one_sign(column.name)
    text = f"{name}: {plain.text}" if name else plain.text
    start = len(text) - len(plain.text)
    found = [one for one in figures.find(text, tokens(text)) if one.number[0] >= start]
    groups = tuple(measures.grouped(text, found))
    return _CellFigures(text, start, groups, {start + place: sign for place, sign in plain.open.items()})


# Halves to sixty-fourths, as inches and pounds have them: "10 1/2".
_FRACTION = re.compile(r"(?<![\d.,/])(?:(\d{1,3})[ -])?(\d{1,2})/(2|4|8|16|32|64)(?![\d/.,])")


def _decimals(match: re.Match[str]) -> str:
    """A fraction in decimals; other numbers with a slash between stay."""
    over, under = int(match[2]), int(match[3])
    return f"{int(match[1] or 0) + over / under:.5f}" if over < under else match[0]


def _without_comments(cell: str) -> str:
    """A cell without its parentheses, where figures stand outside of them."""
    rest = _COMMENT.sub(" ", cell)
    return rest if any(map(str.isdigit, rest)) else cell


@lru_cache(maxsize=10_000)
def unit_of(column: str, dimension: Dimension) -> float:
    """The size of the unit that a column's name gives for its figures, in mm or kg; 1 where it gives none."""
    named = (figures.unit_named(word) for word in reversed(re.findall(r"[^\W\d_]+", with_one_sign(column))))
    return next((unit.size for unit in named if unit and unit.dimension is dimension), 1.0)


# ---- Masses and lengths.
@dataclass(frozen=True, slots=True)
class _Amount:
    value: float
    is_open: bool


def _amounts(found: _CellFigures, column: Column, dimension: Dimension) -> list[_Amount]:
    """The amounts of a cell in kg or mm; a figure without a unit takes that of its range, else that of the column."""
    answer: list[_Amount] = []
    end, size = 0, 0.0
    for group in found.groups:
        usual = unit_of(column.name, dimension)
        if group.is_range:
            named = (found.own_unit(figure) for figure in reversed(group.figures))
            usual = next((unit.size for unit in named if unit and unit.dimension is dimension), usual)
        for figure in group.figures:
            own = found.own_unit(figure)
            foreign = own and own.dimension is not dimension
            if foreign or figure.number[0] < end or figure.sign[:1] in {"±", "+"}:
                continue
            value = round(figure.value * (own.size if own else usual), 6)
            joins = own and answer and size > own.size and not found.text[end : figure.start].strip(" .")
            if joins:  # "3 lb 8 oz"
                answer[-1] = _Amount(answer[-1].value + value, answer[-1].is_open)
            else:
                answer.append(_Amount(value, found.is_open(figure)))
            end = figure.end  # "300 h14": the fit is no figure of its own
            size = own.size if own else 0.0
    return answer


def _negative(found: _CellFigures) -> bool:
    return any(group.first.sign.startswith("-") for group in found.groups) or found.cell.startswith(
        ("-", "−")
    )


def _largest(found: _CellFigures, amounts: Sequence[_Amount], question: str) -> CellReading[float]:
    if not any(amount.value for amount in amounts) or _negative(found) or _GAUGE.search(found.cell):
        return unread()
    if any(amount.is_open for amount in amounts):
        value = max(amounts, key=lambda amount: amount.value).value
        high = max(amount.value * (1000 if amount.is_open else 1) for amount in amounts)
        return CellReading(remark=open_by_a_thousand(value, high, question), readings=(value, high))
    return CellReading(max(amount.value for amount in amounts))


_GAUGE = WordPattern("cells", r"(?<![^\W\d_])(?:@gauge)(?!\w)")
_NET, _GROSS = WordPattern("cells", r"(?<!\w)@net"), WordPattern("cells", r"(?<!\w)@gross")


def mass(column: Column, cell: str) -> CellReading[float]:
    """The mass of a part in kg: of a range the largest, of gross and net the net one."""
    quick = _bare(column, cell, unit_of(column.name, Dimension.MASS), KILOGRAMS)
    if quick is not None:
        return quick
    found = _read(column, cell)
    amounts = _amounts(found, column, Dimension.MASS)
    net, gross = _NET.search(column.name), _GROSS.search(column.name)
    if net and gross and len(amounts) == 2:
        amounts = [amounts[0 if net.start() < gross.start() else 1]]
    return _largest(found, amounts, KILOGRAMS)


_FEET = WordPattern(
    "cells",
    r"""
    (?<![\w.,])(\d{1,3}) [ ]?@feet[ -]{0,3}
    (?: (\d{1,2}(?:\.\d{1,4})?) (?:[ -](\d{1,2})/(\d{1,2}))? [ ]?(?:@inches) )? (?!\w)
    """,
)


def length(column: Column, cell: str) -> CellReading[float]:
    """A length in mm: of a range the largest."""
    quick = _bare(column, cell, unit_of(column.name, Dimension.LENGTH), MILLIMETRES)
    if quick is not None:
        return quick
    feet = _FEET.search(with_one_sign(cell))
    if feet:
        fraction = float(feet[3]) / (float(feet[4]) or 1.0) if feet[3] else 0.0
        return CellReading(round(float(feet[1]) * 304.8 + (float(feet[2] or 0) + fraction) * 25.4, 6))
    found = _read(column, cell)
    return _largest(found, _amounts(found, column, Dimension.LENGTH), MILLIMETRES)


def _bare(column: Column, cell: str, size: float, question: str) -> CellReading[float] | None:
    """The reading of a cell that is a number and nothing else; None for other cells."""
    plain = plain_numbers(with_one_sign(cell.strip()), column.spelling)
    value = number_of(plain)
    if value is None:
        return None
    if not value:
        return unread()
    value = round(value * size, 6)
    if plain.open:
        high = round(value * 1000, 6)
        return CellReading(remark=open_by_a_thousand(value, high, question), readings=(value, high))
    return CellReading(value)


# ---- Sides.
_IN_A_ROW = re.compile(
    r"(?<![\d.,−-])(\d+(?:\.\d+)?)(\s*[;/]\s*|\s*[–-]\s*|,\s+|\s+)(\d+(?:\.\d+)?)\2(\d+(?:\.\d+)?)(?![\d.])"
)


def sides(column: Column, cell: str) -> CellReading[tuple[float, ...]]:
    """The two or three sides of a part in mm, as written; nothing where the cell holds other figures, too."""
    quick = _plain_sides(column, cell)
    if quick is not None:
        return CellReading(quick)
    found = _read(column, _times(cell))
    group = _of_sides(found)
    own = [found.own_unit(figure) for figure in group]
    foreign = any(unit and unit.dimension is not Dimension.LENGTH for unit in own)
    if len(group) not in {2, 3} or foreign or any(figure.tail for figure in group):
        return unread()
    usual = unit_of(column.name, Dimension.LENGTH)
    answer = []
    for place, figure in enumerate(group):
        unit = next((unit for unit in own[place:] if unit), None)
        value = round(figure.value * (unit.size if unit else usual), 6)
        answer.append(_Amount(value, found.is_open(figure)))
    return _box(found, answer)


def _box(found: _CellFigures, amounts: Sequence[_Amount]) -> CellReading[tuple[float, ...]]:
    low = tuple(amount.value for amount in amounts)
    if not any(amount.is_open for amount in amounts):
        return CellReading(low)
    high = tuple(amount.value * (1000 if amount.is_open else 1) for amount in amounts)
    long = any(amount.value >= LEAST_OF_SIDES and not amount.is_open for amount in amounts)
    if long and found.language == Language.ENGLISH and set(found.open.values()) == {","}:
        return CellReading(high)
    readings = next((one.value, one.value * 1000) for one in amounts if one.is_open)
    return CellReading(remark=open_by_a_thousand(*readings, MILLIMETRES), readings=(low, high))


_SIDE_SIGNS = frozenset("LlBbWwHhSsTtДШВГдшв")
_SIDE_WORDS = ("length", "width", "height", "thickness")


def _of_sides(found: _CellFigures) -> tuple[Figure, ...]:
    """The figures of a cell that are its sides: joined by signs, or each with the name of a side; none of other cells."""
    groups = [one for one in found.groups if one.first.sign[:1] not in {"±", "+"}]
    if _negative(found) or not groups or any(one.is_range for one in groups):
        return ()
    if len(groups) == 1 and all(not one.sign or _names_side(one) for one in groups[0].figures):
        return groups[0].figures
    alone = [one.first for one in groups if len(one.figures) == 1]
    return tuple(alone) if len(alone) == len(groups) and all(map(_names_side, alone)) else ()


def _names_side(figure: Figure) -> bool:
    named = figure.sign.rstrip("=. ") in _SIDE_SIGNS if figure.sign else False
    return named or bool(figure.before and not figure.before[0].isdisjoint(_SIDE_WORDS))


_PLAIN_SIDES = re.compile(r"(\d+(?:\.\d+)?)[xXхХ×*](\d+(?:\.\d+)?)(?:[xXхХ×*](\d+(?:\.\d+)?))?")


def _plain_sides(column: Column, cell: str) -> tuple[float, ...] | None:
    """The sides of a cell that is nothing but numbers and signs between them, as most are."""
    plain = plain_numbers(with_one_sign(cell.strip()), column.spelling)
    match = _PLAIN_SIDES.fullmatch(plain.text)
    if match is None or plain.open:
        return None
    size = unit_of(column.name, Dimension.LENGTH)
    return tuple(round(float(side) * size, 6) for side in match.groups() if side)


def _times(cell: str) -> str:
    """A cell with "×" between three numbers in a row: "420 80 12", "420/80/12"."""
    return _IN_A_ROW.sub(r"\1×\3×\4", with_one_sign(cell))


# ---- Pieces, lots, people.
_SETS = WordPattern(
    "cells", r"(?<![\d.,])(\d{1,6})[ ]?(?:@sets)[ ]?,?[ ]?(?:@of_each)[ ]?(\d{1,6})(?![\d.,]\d|\d)"
)
_DECIMALS_OF_NOTHING = re.compile(r"\.0+$")


_LOTS = WordPattern("cells", r"[ ](?:@lots)(?!\w)")
_BY_THOUSANDS = WordPattern("cells", r"(?<![^\W\d_])(?:@thousand_pieces)(?!\w)")


def _counted(found: _CellFigures, figure: Figure) -> CellReading[int]:
    """The whole number that a figure counts: a comma or a point before three digits parts thousands, as there is no part
    of a piece, unless the digits are noughts.
    """
    own = found.own_unit(figure)
    size = own.size if own and own.dimension is Dimension.PIECES else 1.0
    if size == 1.0 and _BY_THOUSANDS.search(found.text):
        size = 1000.0
    value = round(figure.value * size, 6)
    if found.is_open(figure) and size == 1.0:
        if figure.is_whole and not (
            found.language == Language.ENGLISH and found.open[figure.number[0]] == ","
        ):
            readings = (int(value), int(value) * 1000)
            return CellReading(remark=open_by_a_thousand(*readings, PIECES), readings=readings)
        value = round(value * 1000, 6)
    if value != int(value):
        return unread()
    return CellReading(int(value))


def pieces(column: Column, cell: str) -> CellReading[int]:
    """The number of pieces."""
    sets = _SETS.search(with_one_sign(cell))
    if sets:
        return CellReading(int(sets[1]) * int(sets[2]))
    return _one_number(column, cell, largest_first=False)


def employees(column: Column, cell: str) -> CellReading[int]:
    """The number of people: the first, where those after it are some of them."""
    return _one_number(column, cell, largest_first=True)


def _one_number(column: Column, cell: str, *, largest_first: bool) -> CellReading[int]:
    found = _read(column, cell)
    all_of_them = [
        figure
        for group in found.groups
        for figure in group.figures
        if not figure.tail and figure.sign[:1] not in {"±", "+"} and not _is_of_lots(found, figure)
    ]
    if not all_of_them or _negative(found):
        return unread()
    readings = [_counted(found, figure) for figure in all_of_them]
    if len(readings) == 1 or (largest_first and _first_is_largest(all_of_them, found)):
        return readings[0]
    values = tuple(reading.value for reading in readings if reading.value is not None)
    return CellReading(remark=several(values), readings=values) if len(values) > 1 else unread()


def _is_of_lots(found: _CellFigures, figure: Figure) -> bool:
    """Whether a figure counts lots, "1 lot", and no pieces."""
    return found.own_unit(figure) is None and bool(_LOTS.match(found.text, figure.end))


def _first_is_largest(group: Sequence[Figure], found: _CellFigures) -> bool:
    return not found.groups[0].is_range and group[0].value > max(figure.value for figure in group[1:])


_AT_LEAST = WordPattern("cells", r"(?:(?<!\w)(?:@at_least)|[≥>]=?)[ ]?$")
_AT_MOST = WordPattern("cells", r"(?:(?<!\w)(?:@at_most)|[≤<]=?)[ ]?$")
_LEAST_NAMED = WordPattern("cells", r"(?<!\w)(?:@at_least)(?!\w)")
_MOST_NAMED = WordPattern("cells", r"(?<!\w)(?:@at_most)(?!\w)")


def _limit(found: _CellFigures, column: Column, start: int) -> str:
    """Whether a figure is the least or the most, by the word before it or in the column's name; "" for neither."""
    before = found.text[max(found.start, start - 16) : start]
    if _AT_MOST.search(before):
        return "max"
    if _AT_LEAST.search(before) or _AND_MORE.match(found.text, start):
        return "min"
    most, least = _MOST_NAMED.search(column.name), _LEAST_NAMED.search(column.name)
    return "" if bool(most) == bool(least) else "max" if most else "min"


_AND_MORE = re.compile(r"[\d.]+[ ]?\+")


def _in_one_unit(found: _CellFigures, group: FigureGroup) -> tuple[Figure, ...]:
    """The ends of a range, both in the unit of the upper one: "1-10 тыс."."""
    last = found.own_unit(group.last)
    if not group.is_range or last is None or found.own_unit(group.first):
        return group.figures
    return (replace(group.first, unit=last, end=group.first.number[1] + 1), group.last)


def lot(column: Column, cell: str) -> CellReading[LotRange]:
    """The smallest and the largest lot that a shop makes."""
    found = _read(column, cell)
    if _negative(found):
        return unread()
    told: list[tuple[str, int]] = []
    for group in found.groups:
        numbers = [_counted(found, figure) for figure in _in_one_unit(found, group)]
        values = [one.value for one in numbers if one.value is not None]
        if len(values) < len(numbers):
            return CellReading(remark=next(one.remark for one in numbers if one.value is None))
        if group.is_range:
            if group.first.value == 1 < values[0]:  # "1-10 тыс."
                return _open_lot(values)
            told += [("min", min(values)), ("max", max(values))]
        elif len(values) == 1:
            told.append((_limit(found, column, group.first.number[0]), values[0]))
    return _lot_of(told)


def _open_lot(values: Sequence[int]) -> CellReading[LotRange]:
    readings = (LotRange(1, values[-1]), LotRange(*values))
    return CellReading(remark=open_by_a_thousand(1, values[0], PIECES), readings=readings)


def _lot_of(told: Sequence[tuple[str, int]]) -> CellReading[LotRange]:
    """The lot of numbers with the ends that they are; two that rise are both ends, whatever is said of one."""
    if len(told) == 2 and told[0][1] < told[1][1] and told[1][0] != "min":
        return CellReading(LotRange(told[0][1], told[1][1]))
    ends = dict(reversed(told))
    if "" in ends and len(ends) == 1:
        single = ends[""]
        message = N_("Is %(pieces)s the smallest lot or the largest?")
        readings = (LotRange(min=single), LotRange(max=single))
        return CellReading(remark=CellRemark("cell.lot", message, {"pieces": single}), readings=readings)
    low, high = ends.get("min"), ends.get("max")
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        return unread()
    return CellReading(LotRange(low, high))


# ---- Accuracy, roughness, hardness.
def _mentions(found: _CellFigures, *kinds: str) -> list[Mention]:
    said = quantities.find(found.text, tokens(found.text))
    return [one for one in said if one.kind in kinds and one.start >= found.start]


_DEVIATIONS = frozenset("±+-")
_OWN_SIZE = 1.0  # mm; a figure as large beside a deviation is the size that it belongs to
_ONE_GRADE = re.compile(r"[^\d±+]*(\d{1,2})(?:[ ]?[-–…][ ]?\d{1,2})?(?![\d.,]*\d)[^\d±]*")


def tolerance(column: Column, cell: str) -> CellReading[int]:
    """The tightest IT grade of a cell. A deviation has one only beside the size that it belongs to."""
    plain = plain_numbers(with_one_sign(cell.strip()), column.spelling)
    value = number_of(plain)
    if value is not None:
        return CellReading(int(value)) if value in _GRADES else unread()
    found = _read(column, cell)
    figures_in_it = [figure for group in found.groups for figure in group.figures]
    if found.language == Language.RUSSIAN and any(figure.labelled("degree") for figure in figures_in_it):
        return unread()  # the accuracy of a gear
    sized = any(figure.value >= _OWN_SIZE and figure.sign[:1] not in _DEVIATIONS for figure in figures_in_it)
    grades = [
        _lowest(found, one)
        for one in _mentions(found, "tolerance")
        if one.value != "general" and (sized or one.value != "deviation") and not _of_length(found, one)
    ]
    if not grades and not _mentions(found, "thread", "gear_grade", "roughness"):
        bare = _ONE_GRADE.fullmatch(found.cell)
        unit = found.own_unit(found.groups[0].first) if found.groups else None
        if bare and int(bare[1]) in _FITS and (unit is None or unit.dimension is Dimension.OTHER):
            grades = [int(bare[1])]
    return CellReading(min(grades)) if grades else unread()


def _lowest(found: _CellFigures, mention: Mention) -> int:
    """The grade of a mention, of a range the lower: "6-7 квалитет"."""
    ranges = [
        one for one in found.groups if one.is_range and mention.start <= one.start and one.end <= mention.end
    ]
    return min([int(mention.amounts[0]), *(int(one.first.value) for one in ranges)])


def _of_length(found: _CellFigures, mention: Mention) -> bool:
    """Whether a grade comes from a bare length, "0,05 mm", which is no grade without the size."""
    inside = [one for one in found.groups if one.start >= mention.start and one.end <= mention.end]
    bare = [one.first for one in inside if not one.first.sign and not one.first.tail]
    return any(
        not figure.value or not figure.is_whole or found.own_unit(figure) is not None for figure in bare
    )


_ROOT_MEAN_SQUARE = WordPattern("cells", r"(?<!\w)@root_mean_square(?!\w)")


_CLASS_OF_FINISH = WordPattern("cells", r"(?<!\w)(?:@class_of_finish)(?!\w)")
_IN_RZ = re.compile("[RР][zз]")  # about four times Ra
_IN_RA = re.compile("[RР][aа]|µ")
_GRADE_OF_FINISH = re.compile(r"(?<!\w)N[ ]?(1[0-2]|[1-9])(?!\w)")
# Ra of the grades N1 … N12 of ISO 1302, µm.
_OF_GRADE = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.3, 12.5, 25.0, 50.0)
_MICROINCHES = frozenset({16.0, 32.0, 63.0, 64.0, 125.0, 250.0})  # no Ra in µm is usually one of these


def roughness(column: Column, cell: str) -> CellReading[float]:
    """The finest Ra of a cell, in µm."""
    found = _read(column, cell)
    values = list(_finish(found)) or [one.amounts[0] for one in _mentions(found, "roughness")]
    if not values:
        values = list(_bare_roughness(found, column))
    fine = [_preferred(value) for value in values if 0 < value <= _ROUGHEST]
    if not fine or found.open:
        return unread()
    reading = CellReading(min(fine))
    if _ROOT_MEAN_SQUARE.search(found.text):
        message = N_("RMS is a little above Ra; is Ra %(value)s µm meant?")
        return with_remark(reading, CellRemark("cell.rms", message, {"value": reading.value}))
    return reading


def _finish(found: _CellFigures) -> Iterator[float]:
    """Ra of classes and grades of finish: "класс чистоты 7", "N7"."""
    for match in _GRADE_OF_FINISH.finditer(found.cell):
        yield _OF_GRADE[int(match[1]) - 1]
    if _CLASS_OF_FINISH.search(found.text) and not _IN_RA.search(found.text):
        for figure in (figure for group in found.groups for figure in group.figures):
            if (
                figure.unit is None
                and not figure.sign
                and figure.is_whole
                and figure.value <= len(measures.FINISH)
            ):
                yield measures.FINISH[int(figure.value) - 1]


def _bare_roughness(found: _CellFigures, column: Column) -> Iterator[float]:
    usual = unit_of(column.name, Dimension.LENGTH)
    english = found.language == Language.ENGLISH
    for figure in (figure for group in found.groups for figure in group.figures):
        own = found.own_unit(figure)
        if figure.tail or figure.sign or (own and own.dimension is not Dimension.LENGTH):
            continue
        named = own.size if own else usual if usual <= _MICRO else None
        if named is None and figure.value in _MICROINCHES:
            if not english:
                continue  # µm or microinches
            named = _MICROINCH
        size = named if named is not None else _MICRO
        if size <= _MICRO:
            yield figure.value * size * 1000 / (4.0 if _IN_RZ.search(column.name) else 1.0)


def _preferred(value: float) -> float:
    return next((one for one in _PREFERRED if abs(one - value) <= 0.02 * one), round(value, 4))


_BRINELL, _ROCKWELL_C = re.compile(r"\bBHN\b"), re.compile(r"\bRc\b")
_SCALES = {scale: re.compile(letters, re.IGNORECASE) for scale, letters in DESIGNATIONS.items()}


def hardness(column: Column, cell: str) -> CellReading[HardnessRange]:
    """The hardness of a cell: the first, where the core of a part has another one."""
    found = _read(column, _ROCKWELL_C.sub("HRC", _BRINELL.sub("HB", cell)))
    said, start = _mentions(found, "hardness"), found.start
    digit = next((place for place, sign in enumerate(found.cell) if sign.isdigit()), None)
    scale = next((name for name, letters in _SCALES.items() if letters.search(column.name)), None)
    if not said and scale and digit is not None:
        start += digit
        spelled = f"{scale} {found.cell[digit:]}"
        said = [one for one in quantities.find(spelled, tokens(spelled)) if one.kind == "hardness"]
        said = [one for one in said if one.start == 0]
    elif said:
        start = next(place for place in range(said[0].start, said[0].end) if found.text[place].isdigit())
    if not said:
        return unread()
    scale, _, ends = said[0].value.partition(" ")
    low, _, high = ends.strip(f"{AT_MOST}+").partition("–")
    limit = _limit(found, column, start) or (
        "max" if ends.startswith(AT_MOST) else "min" if ends.endswith("+") else ""
    )
    if high or not limit:
        return CellReading(HardnessRange(scale, float(low), float(high or low)))
    least, most = (float(low), None) if limit == "min" else (None, float(low))
    return CellReading(HardnessRange(scale, least, most))


def figure(column: Column, cell: str) -> CellReading[float]:
    """The one figure of a cell, in whatever unit is written."""
    found = _read(column, cell)
    values = tuple(one.value for group in found.groups for one in group.figures)
    if not values or _negative(found) or found.open:
        return unread()
    return (
        CellReading(values[0]) if len(values) == 1 else CellReading(remark=several(values), readings=values)
    )


# ---- Money.
_MONEY = WordPattern("cells", r"(?<![\d.,])(\d[\d ]{0,20}(?:\.\d{1,6})?)[ ]?(?P<times>@amounts)?(?![\w])")
_TIMES_OF = WordNumbers("cells", "amounts")
_TIMES_OF_NAMED = WordNumbers("cells", "amounts_named")


_TIMES_NAMED = WordPattern("cells", r"(?<![^\W\d_])(?P<times>@amounts_named)(?!\w)")
_LETTER_NAMED = WordPattern("cells", r"(?:@currency)[ ,]{0,2}(?P<times>k|m|bn)(?!\w)")
_IN_CENTS = WordPattern(
    "cells",
    r"(?P<whole>\d[\d ]{0,14}) (?:-00 | [ ]?(?:@roubles)[ ]{0,2}(?P<cents>\d\d)[ ]?(?:@kopecks)\.?)",
)


def _times_of(written: str | None, column: Column) -> float:
    """By how much an amount counts: by its own word, else by the one in the name of its column."""
    named = _TIMES_NAMED.search(column.name) or _LETTER_NAMED.search(column.name)
    word = written or (named["times"] if named else "")
    return (_TIMES_OF.of(word) or _TIMES_OF_NAMED.of(word) or 1.0) if word else 1.0


def money(column: Column, cell: str) -> CellReading[float]:
    """An amount of money, in units of its currency."""
    plain = plain_numbers(with_one_sign(cell.strip()), column.spelling)
    cents = _IN_CENTS.fullmatch(plain.text)
    if cents and not plain.open:
        return CellReading(float(cents["whole"].replace(" ", "")) + float(cents["cents"] or 0) / 100)
    found = list(_MONEY.finditer(plain.text))
    if not found or plain.text.startswith(("-", "−")):
        return unread()
    values = [round(float(one[1].replace(" ", "")) * _times_of(one["times"], column), 6) for one in found]
    if len(values) > 1:
        return CellReading(remark=several(values), readings=tuple(values))
    if plain.open:
        readings = (values[0], values[0] * 1000)
        return CellReading(remark=open_by_a_thousand(*readings), readings=readings)
    return CellReading(values[0])
