"""The figures of a text, each with its sign, its unit and the words around it, before anything is said of their meaning.

Expects a canonical text. One pass; the words around a figure are looked up in a cache, so the time grows with the length.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from search.text.lexicon import WordNumbers, WordPattern, expression, pattern_of
from search.text.tokens import Token


class Dimension(StrEnum):
    """The kind of a figure's unit."""

    LENGTH = "length"
    MASS = "mass"
    DISTANCE = "distance"
    PIECES = "pieces"
    HOURS = "hours"
    OTHER = "foreign"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written, with its size in mm, kg, km, pieces or machine-hours."""

    dimension: Dimension
    size: float
    written: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of a text at text[start:end], its sign and unit included; `number` is the span of the number alone.

    `sign` are the letters or signs that touch it from before ("ø", "L", "±"); `tail` a fit or letters that touch it from
    behind ("h6"); `before` and `after` are the classes of the words around it, the nearest first; `part`
    those of the part named last in the line, `default` the millimetres of a size without a unit.
    """

    start: int
    end: int
    number: tuple[int, int]
    value: float
    written: str
    sign: str = ""
    tail: str = ""
    unit: Unit | None = None
    before: tuple[frozenset[str], ...] = ()
    after: tuple[frozenset[str], ...] = ()
    part: frozenset[str] = frozenset()
    default: float = 1.0

    @property
    def is_whole(self) -> bool:
        return self.value == int(self.value)

    def labelled(self, *classes: str) -> bool:
        """Whether one of the words before the figure is of one of the classes."""
        return any(not found.isdisjoint(classes) for found in self.before)

    def followed(self, *classes: str) -> bool:
        return any(not found.isdisjoint(classes) for found in self.after)

    def followed_by(self, *classes: str) -> bool:
        """Whether the very next word is of one of the classes."""
        return bool(self.after) and not self.after[0].isdisjoint(classes)

    def in_unit(self, dimension: Dimension) -> float | None:
        """The value in mm, kg, km or pieces; None in another unit or in none."""
        return self.value * self.unit.size if self.unit and self.unit.dimension is dimension else None


# The unit of a number without a nought before its point, as only American drawings have it: "±.002".
INCH = Unit(Dimension.LENGTH, 25.4, "")
INCHES_OF_FOOT = 12
_NUMBER = re.compile(
    r"""
    (?P<feet> (?<![\w.,/'])\d{1,3}'(?!') (?:[ -]{0,3} \d{1,2}(?:[ -]\d/\d{1,2}|\.\d{1,2})? (?:"|''))? )
    | (?P<inches> (?:\d{1,3}[ -])? \d{1,2}/\d{1,2}
      (?=[ ]?(?:"|''|-?in\b|-?inch|дюйм|dia\b|x[ ]?\.?\d|thick\b|long\b|wide\b|od\b|id\b)) )
    | (?P<grouped> [1-9]\d{0,2}(?:[ ]\d{3})+(?!\d)(?:[.,]\d{1,4})? )
    | (?P<plain> \d{1,9}(?:[.,]\d{1,5})? )
    | (?P<point> (?<![\w.,])\.\d{1,5} )
    """,
    re.VERBOSE,
)
_LETTERS = re.compile(r"[^\W\d_]{1,4}\Z")
_SIGN = re.compile(r"(?:[øØ⌀∅Φφ±+≤≥<>=~≈▽∇-]|\+/-|\+-){1,2}[ ]?\Z")
_NAMED = re.compile(
    r"(?<![\w.-])(?:(?P<letter>[A-Za-zА-Яа-я]{1,2})[ ]?[=≈][ ]?|(?P<capital>[DLHWTДØ])[ ]|(?P<small>[dд])[ ])\Z"
)
_TAIL = re.compile(
    r"""
    (?![ ]?[AА][0-7]\b)  # "5,000 A5 leaflets": a size of paper
    [ ]?(?: (?:[hHнН]|js|JS|Js)(?:1[0-6]|[4-9])
        | (?:[a-gk-npr-uA-GK-NPR-UкрмсеКРМСЕ]|[c-fz][a-fz])(?:1[01]|[4-9]) ) (?!\w|[.,]\d)
    | [ ]?(?:[hHнН]|js|JS|Js|[a-gk-npr-ukrмсе])(?:1[0-6]|[4-9])(?=[ ]?[xх×][ ]?[Ll]?[ =]?\d)
    """,
    re.VERBOSE,
)
_ORDINAL = re.compile(r"-?(?:й|го|му|ый|ой|ому|ого|я|ая|ую|ю|th|st|nd|rd)(?![\w])")
_LETTER_AFTER = re.compile(r"[^\W\d_]|-[^\W\d_][\w]")
_SIGN_LETTERS = "øØΦφфФdDДдLlHhНнMМmмRrRBbtsz"
_DIAMETER = frozenset("øØ⌀∅Φφ")
_TIMES = "xXхХ×*"
_UNIT_GROUPS = (
    (Dimension.LENGTH, "lengths"),
    (Dimension.MASS, "masses"),
    (Dimension.DISTANCE, "distances"),
    (Dimension.HOURS, "hours_of_machines"),
    (Dimension.PIECES, "pieces"),
    (Dimension.OTHER, "units_of_nothing"),
)
_SIZES = {dimension: WordNumbers("figures", name) for dimension, name in _UNIT_GROUPS}
_THOUSANDS = WordNumbers("figures", "thousand")
REACH = 48  # characters before a figure in which its words stand
MOST_AFTER, MOST_TO_PART = 6, 10  # words that are looked at
FILLERS = frozenset({"filler", "upto", "least"})
_CLAUSE_ENDS = frozenset(",.;()")
_PARTS = frozenset({"parts", "round", "washer", "load"})
_LETTERS_BEHIND = re.compile(r"[ ][^\W\d_]{3}")
_GOES_ON = re.compile(r"[ ]?(?:,[ ]?|/|и[ ]|and[ ]|or[ ]|или[ ]|[–—-][ ]?|до[ ]|to[ ]|\.{2,3}){1,2}")
_SENTENCE = re.compile(r"[;!?\n]|\.(?=\s*$|\s+[A-ZА-Я])")
# The classes of words that say which size a figure is.
_LABELS = frozenset({"diameter", "outer", "inner", "length", "width", "height", "thickness", "wall"})
_OF_NEXT = re.compile(r"\.?[ ]?[:=–-]?[ ]?[øØ⌀∅фФ~≈]?\d")
_INWARD, _BEHIND = frozenset({"в", "in"}), frozenset({"behind"})
_CLASSES = (
    "diameter", "outer", "inner", "length", "width", "height", "thickness", "wall", "sides", "mass", "quantity", "lot", "accuracy",
    "roughness", "hardness", "module", "teeth", "degree", "radius", "hole", "distance", "tube", "section", "sheet", "bar", "round",
    "grade_word", "foreign", "parts", "washer", "slender", "total", "stock", "wanted", "least", "single", "finished", "load", "behind", "upto", "filler",
)  # fmt: skip


@lru_cache(maxsize=100_000)
def classes_of(word: str) -> frozenset[str]:
    """The lists of config/language/figures.yaml that hold a lower-case word."""
    return frozenset(name for name, pattern in _class_patterns() if pattern.fullmatch(word))


@lru_cache(maxsize=1)
def _class_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(expression("figures", name), re.IGNORECASE)) for name in _CLASSES)


@lru_cache(maxsize=1)
def _unit_pattern() -> re.Pattern[str]:
    groups = "|".join(f"(?P<{dimension}>{expression('figures', name)})" for dimension, name in _UNIT_GROUPS)
    thousand = expression("figures", "thousand")
    # A thousand may stand before the pieces, or alone: "5 тыс. шт", "20к".
    source = rf"[ ]?-?(?:(?P<thousand>{thousand})(?![\w-])[ ]?)?(?:(?:{groups})(?![\w²³]))?"
    return pattern_of(source)


@lru_cache(maxsize=10_000)
def _size(dimension: Dimension, written: str) -> float:
    return _SIZES[dimension].of(written) or 1.0


def value_of(written: str) -> float:
    """A number as people write it: spaces between thousands, decimal comma or point, a fraction after the whole."""
    if "'" in written and written[-1:] in {"'", '"'}:
        feet, _, inches = written.rstrip("\"'").partition("'")
        return float(feet) * INCHES_OF_FOOT + (value_of(inches.strip(" -")) if inches.strip(" -") else 0.0)
    plain = written.replace(",", ".").strip()
    if "/" in plain:
        whole, _, fraction = plain.replace("-", " ").rpartition(" ")
        over, _, under = fraction.partition("/")
        return float(whole or 0) + float(over) / (float(under) or 1.0)
    return float(plain.replace(" ", ""))


def find(text: str, words: Sequence[Token], default: float = 1.0) -> list[Figure]:
    """All figures of a canonical text that may mean something; parts of grades, models and designations are none.

    `default` are the millimetres of a size without a unit, as `default_length` tells them of the whole text.
    """
    starts = [word.start for word in words]
    found: list[Figure] = []
    place = floor = 0
    left = -2  # the end of the last number that is part of a designation
    while match := _NUMBER.search(text, place):
        goes_on = match.start() == left + 1 and text[left] in _IN_CODES
        sign = None if goes_on else _sign_before(text, match.start(), found)
        ending = None if sign is None or _is_part_of_code(text, match) else _ending(text, match, sign)
        if ending is not None and match["feet"]:
            ending = _Ending(match.end(), match.end(), INCH)
        if sign is None or ending is None:
            place = left = match.end()
            continue
        fit = ending.tail.strip() not in {"", "-"}
        place = max(ending.end if fit else ending.number_end, match.start() + 1)
        figure, floor = _placed(text, words, starts, match, _Beginning(sign, floor), ending, found)
        found.append(replace(figure, default=default) if default != 1.0 else figure)
    return found


_IN_INCHES = re.compile(
    r"""
    \d" | \d[ -]in\b | (?<![\w.,])\.\d{3,4}\b | \binch(?:es)?\b | \d[ ]?lbs?\b
    | \d\.\d{3}[ ]?x[ ]?\d | \d/\d{1,2}[ ](?:dia|x)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_IN_MILLIMETRES = re.compile(r"\d[ ]?mm\b|\bmm\b|[а-яё]", re.IGNORECASE)


def default_length(text: str) -> float:
    """The millimetres of a size without a unit: inches in a text that has inches and no millimetres."""
    return 25.4 if _IN_INCHES.search(text) and not _IN_MILLIMETRES.search(text) else 1.0


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The sign of a figure, and the place up to which words belong to the figure before it."""

    sign: str
    floor: int


@dataclass(frozen=True, slots=True)
class _Ending:
    """The end of a number, of its unit or tail, and these."""

    number_end: int
    end: int
    unit: Unit | None = None
    tail: str = ""


def _placed(
    text: str,
    words: Sequence[Token],
    starts: Sequence[int],
    match: re.Match[str],
    beginning: _Beginning,
    ending: _Ending,
    found: Sequence[Figure],
) -> tuple[Figure, int]:
    """The figure with the words around it, and the place up to which these belong to it."""
    sign, number = beginning.sign, match.start()
    start = number - len(sign) - (1 if sign and text[number - 1] == " " else 0)
    named = _NAMED.search(text[max(0, number - 6) : number]) if sign in {"", "=", "≈"} else None
    if named and named["small"] and ending.unit and ending.unit.dimension is not Dimension.LENGTH:
        named = None
    if named:
        sign, start = f"{named['letter'] or named['capital'] or named['small']}=", number - len(named[0])
    near = list(_before(text, words, starts, start, beginning.floor))
    behind = list(_after(text, words, starts, ending.end))
    names_itself = bool(behind) and not _LABELS.isdisjoint(behind[0][0])  # "dia 3.2 mm, 48 mm long"
    goes_on = ending.unit is not None or not _LETTERS_BEHIND.match(text, ending.end)
    if (
        found
        and goes_on
        and not names_itself
        and all(c <= FILLERS for c, _ in near)
        and not (
            ending.unit and ending.unit.dimension is Dimension.PIECES and "," in text[found[-1].end : start]
        )
        and _GOES_ON.fullmatch(text, found[-1].end, start)
    ):
        near = [(classes, None) for classes in found[-1].before]
    before = tuple(classes for classes, _ in near)
    claims = names_itself and not sign and all(map(_LABELS.isdisjoint, before))
    figure = Figure(
        start,
        ending.end,
        (number, ending.number_end),
        value_of(text[number : ending.number_end]),
        text[number : ending.number_end],
        sign,
        ending.tail,
        ending.unit or next((unit for _, unit in near if unit), INCH if match["point"] else None),
        before,
        tuple(classes for classes, _ in behind),
        _part(text, words, starts, start),
    )
    # "40 OD 25 ID": the word behind is this figure's, not the next one's.
    return figure, behind[0][1] if claims else beginning.floor


def _sign_before(text: str, start: int, found: list[Figure]) -> str | None:
    """The sign or letters that touch a number from before; None where they make it part of a designation."""
    before = text[max(0, start - 6) : start]
    letters = _LETTERS.search(before)
    if letters is None:
        label = _short_label(before)
        if label:
            return label
        if _CODE_BEFORE.search(before):
            return None
        signed = _SIGN.search(before)
        sign = signed[0].strip() if signed else ""
        return "" if sign == "-" and found and found[-1].end >= start - 3 else sign  # the dash of a range
    sign = letters[0]
    if sign[0] in _TIMES and found and found[-1].end >= start - len(sign) - 1:
        return sign[1:] if sign[1:] in _SIGN_LETTERS else None  # "Ф6хL28"
    beyond = text[start - len(sign) - 1] if start > len(sign) else " "
    if beyond.isalnum() or beyond in "-_." or (len(sign) == 1 and sign not in _SIGN_LETTERS):
        return None  # "6082-T6", "S235"
    return sign


_SHORT_LABEL = re.compile(r"([^\W\d_]{2,5})\.\Z")


# The signs that stand for the classes of shortened labels.
_LABEL_SIGNS = {"length": "L=", "diameter": "D=", "height": "H=", "thickness": "S=", "width": "B="}


def _short_label(before: str) -> str:
    """The sign for a shortened label that touches a number: "L=" for "дл.180"; "" for anything else."""
    word = _SHORT_LABEL.search(before)
    classes = classes_of(word[1].lower().replace("ё", "е")) if word else frozenset()
    return next((sign for name, sign in _LABEL_SIGNS.items() if name in classes), "")


_CODE_BEFORE = re.compile(r"[^\W\d][-_.]\Z|\d[.,]\Z|[№#$£€₽][ ]?\Z")
_IN_CODES = frozenset("-./–")
_CODE_AFTER = re.compile(r"[.:]\d")
_DIAMETER_SIGNS = frozenset("øØ⌀∅ΦφфФ")


def _is_part_of_code(text: str, match: re.Match[str]) -> bool:
    """Whether a number belongs to a code by itself: "14.00.000", "12:30", the first two figures of "08Х18Н10"."""
    if match["inches"] or match["feet"]:
        return False
    nought = match["plain"] is not None and match[0].isdigit() and match[0][0] == "0" and len(match[0]) > 1
    return nought or bool(_CODE_AFTER.match(text, match.end()))


_WORD_BEFORE = re.compile(r"([^\W\d_]{2,10})[. ]{1,2}\Z")


def _is_grade(text: str, start: int) -> bool:
    """Whether a word before a figure makes it a grade: "сталь 45 200 шт" are no 45,200 pieces."""
    word = _WORD_BEFORE.search(text, max(0, start - 12), start)
    return word is not None and "grade_word" in classes_of(word[1].lower().replace("ё", "е"))


@lru_cache(maxsize=10_000)
def _unit_of(dimension: Dimension, written: str, thousand: str | None) -> Unit:
    factor = (_THOUSANDS.of(thousand) or 1.0) if thousand else 1.0
    return Unit(dimension, factor * (_size(dimension, written) if written else 1.0), written or str(thousand))


def _ending(text: str, number: re.Match[str], sign: str) -> _Ending | None:
    """The unit or tail of a number; None where letters touch it that make it part of a designation."""
    end = number.end()
    if number["grouped"] and ((sign and sign[0] in _DIAMETER_SIGNS) or _is_grade(text, number.start())):
        end = number.start() + number[0].index(" ")
    match = _unit_pattern().match(text, end)
    thousand = match["thousand"] if match else None
    if match and thousand in {"к", "К"} and text[end : end + 1] == " ":
        match = thousand = None  # "20 к маю"
    dimension = Dimension(match.lastgroup) if match and match.lastgroup in set(Dimension) else None
    no_unit = match and dimension and _is_no_unit(text, number[0], match[dimension], match.end())
    if match and thousand and (dimension is None or no_unit):  # "250 thousand a year"
        return _Ending(end, match.end("thousand"), _unit_of(Dimension.PIECES, "", thousand))
    if match and dimension and not no_unit:
        return _Ending(end, match.end(), _unit_of(dimension, match[dimension], thousand))
    tail = _TAIL.match(text, end)
    if tail:
        return _Ending(end, tail.end(), None, tail[0])
    ordinal = _ORDINAL.match(text, end)
    if ordinal:
        return _Ending(end, ordinal.end(), None, "-")
    touches = _LETTER_AFTER.match(text, end)
    if touches and not (text[end] in _TIMES and text[end + 1 : end + 3].strip()[:1].isdigit()):
        return None
    return _Ending(end, end)


_OF_INCHES = WordPattern("figures", r"[ ]?(?:[.,;:)\n×xX+/-]|$|@of_inches\b)")


def _is_no_unit(text: str, number: str, written: str, end: int) -> bool:
    """Whether letters after a number that spell a unit mean something else: "5 in stock", "3 т.ч.", "2027 г"."""
    small = written.lower()
    if small not in _SHORT_UNITS:
        return False
    if small == "in" and not _OF_INCHES.match(text, end):
        return "." not in number and "/" not in number
    year = len(number) == 4 and number.isdigit() and "1900" <= number <= "2100"
    return (
        (small in {"l", "л", "h", "m"} and text[end : end + 1] == "=")  # "ø32 L=45"
        or (small in {"т", "м", "г", "p", "р"} and bool(_ABBREVIATED.match(text, end)))
        or (small in {"г", "гр", "g"} and year)
        or (written == "a" and bool(_PERIOD_BEHIND.match(text, end)))  # "1,200 a month"
        or (written == "г" and bool(_TOWN_BEHIND.match(text, end)))  # "№9 г. Тверь"
        or (written in _CAPITALS and text[end - len(written) - 1] != " ")
    )


_CAPITALS = frozenset({"M", "М", "G", "Г", "T", "A", "В", "V", "L", "Л", "H"})
_SHORT_UNITS = frozenset({"in", "т", "м", "г", "гр", "g", "p", "р", "m", "t", "a", "в", "v", "l", "л", "h"})
_PERIOD_BEHIND = WordPattern("pieces", r"[ ](?:@periods)(?!\w)")
_ABBREVIATED, _TOWN_BEHIND = re.compile(r"\.[ ]?[а-я]\."), re.compile(r"\.[ ]?[А-Я]")


def _part(text: str, words: Sequence[Token], starts: Sequence[int], start: int) -> frozenset[str]:
    """The classes of the part that is named last before a place in its line."""
    index = bisect_left(starts, start) - 1
    for word in reversed(words[max(0, index - MOST_TO_PART) : index + 1]):
        if "\n" in text[word.end : start]:
            break
        classes = classes_of(word.text.lower().replace("ё", "е"))
        if "load" in classes and not _CLAUSE_ENDS.isdisjoint(text[word.end : start]):
            continue
        if not classes.isdisjoint(_PARTS):
            return classes
    return frozenset()


@lru_cache(maxsize=10_000)
def _spells_unit(word: str) -> bool:
    match = _unit_pattern().fullmatch(word)
    return match is not None and match.lastgroup is not None


@lru_cache(maxsize=10_000)
def unit_named(word: str) -> Unit | None:
    """The unit that a word beside a label names: "Масса, т: 5", "Length (in) 4"."""
    match = _unit_pattern().fullmatch(word)
    dimension = next((one for one in (Dimension.LENGTH, Dimension.MASS) if match and match[one]), None)
    return Unit(dimension, _size(dimension, word), word) if dimension else None


def _before(
    text: str, words: Sequence[Token], starts: Sequence[int], start: int, floor: int
) -> Iterator[tuple[frozenset[str], Unit | None]]:
    """The classes of the words before a place, the nearest first, up to another figure or the sentence's beginning;
    with each the unit that it names.
    """
    last, strange = start, 0
    beside_unit = False
    index = bisect_left(starts, start) - 1
    while index >= 0 and start - words[index].start <= REACH:
        word = words[index]
        if word.end > start:
            index -= 1
            continue
        if word.start < floor or any(letter.isdigit() for letter in word.text):
            return
        found = classes_of(word.text.lower().replace("ё", "е"))
        gap = text[word.end : last]
        if any(sign in gap for sign in ";!?\n") or ("." in gap and not found):
            return
        # "масса, кг: 2,4" goes on behind its comma, "Ra 1.6 finish, 2 bends" does not.
        if "," in gap and not beside_unit:
            return
        if ":" in gap and last != start and "foreign" in found:
            return  # "Prototype shop: from 1 to 20 parts"
        beside_unit = _spells_unit(word.text)
        if not _DIAMETER.isdisjoint(gap):
            yield frozenset({"diameter"}), None
        strange += not found
        if strange > 2:
            return
        if found:
            yield found, unit_named(word.text) if text[word.end : last].strip(" ") else None
        last = word.start
        index -= 1


def _after(
    text: str, words: Sequence[Token], starts: Sequence[int], end: int
) -> Iterator[tuple[frozenset[str], int]]:
    """The classes of the words behind a place, with the end of each word."""
    index = bisect_left(starts, end)
    last = end
    inward = False  # "63 мм в диаметре", "1900 in length": such a label stands behind its number
    for place, word in enumerate(words[index : index + MOST_AFTER]):
        gap = text[last : word.start]
        if any(sign in gap for sign in ";:!?\n.,()/|") or any(letter.isdigit() for letter in word.text):
            return
        found = classes_of(word.text.lower().replace("ё", "е"))
        if not place and word.text.lower() in _INWARD:
            after = words[index + 1 : index + 2]
            inward = bool(after) and not _LABELS.isdisjoint(
                classes_of(after[0].text.lower().replace("ё", "е"))
            )
            if inward:
                last = word.end
                continue
        if inward:
            yield found | _BEHIND, word.end
            inward, last = False, word.end
            continue
        if not word.text.isascii() and not _LABELS.isdisjoint(found) and _OF_NEXT.match(text, word.end):
            return  # "ось 30 мм длиной 120": in Russian a label stands before its number
        yield found, word.end
        last = word.end
