"""The numbers of drawings, parts and orders, which say nothing about the part itself."""

import re
from collections.abc import Iterator

from search.text.lexicon import WordCues, WordPattern
from search.text.recognition import Mention

# A designation with at least one figure: "4711-02", "АБВГ.123456.001", "РТ-14.00.000".
_DESIGNATION = (
    r"(?=[\w./-]{0,30}\d)[0-9A-ZА-ЯЁ][0-9A-Za-zА-Яа-яЁё]{0,14}(?:[./_-][0-9A-Za-zА-Яа-яЁё]{1,14}){0,5}"
)
_CUES = WordCues("references", "drawing_number", "part_number", "number_word")
# What follows the word for a drawing, a part or an order, and the sign or word for a number.
_NAMED = WordPattern(
    "references",
    rf"""
    (?:[ ]?@number)? [ ]?[:=]?[ ]? ["«]?
    (?P<number>{_DESIGNATION}) (?P<revision>[ ]?,?[ ]?@revision[ ]?[A-ZА-Я0-9]{{1,3}}(?!\w))?
    """,
)
_NUMBERED = re.compile(rf"[ ]?(?P<number>{_DESIGNATION})")
_SIGNED = re.compile(rf"[№#][ ]?(?P<number>{_DESIGNATION})")
# By ESKD: the letters of the developer, six figures of the class, three of the number.
_ESKD = re.compile(r"(?<!\w)(?P<number>[А-ЯA-Z]{2,5}\.\d{6}\.\d{3}(?:-\d{1,3})?(?:[ ]?СБ)?)(?!\w)")
_SPELLED = re.compile(
    r"""
    (?<![\w.,/-])(?P<number> [A-ZА-Я]{1,5}[- ]?\d{1,5}(?:[.-]\d{2,5}){2,4}(?:[ ]?СБ)?
      | [A-ZА-Я]{2,5}-\d{1,4}(?:\.\d{2,5})+ ) (?![\w,-]\d|\w)
    """,
    re.VERBOSE,
)
_FIGURES = re.compile(r"(?<![\w.,/-])(?P<number>\d{2,7}(?:-\d{2,7}){2,4})(?![\w,-])")
LEAST_FIGURES = 4  # of a number in figures alone
_UNIT_AFTER = re.compile(r"[ ]?(?:мм|mm|шт|pcs|кг|kg|см|cm)\b", re.IGNORECASE)
# "К 31.12.2027" in a text of capital letters is a day with its preposition.
_DAY = re.compile(
    r"\d{4}-\d\d-\d\d|(?:[A-ZА-ЯЁ]{1,5}[ ])?[0-3]?\d(?P<sign>[.-])[01]?\d(?P=sign)(?:\d\d){1,2}"
)


def find(text: str) -> Iterator[Mention]:
    """The references of a canonical text."""
    for cue in _CUES.find(text):
        counts = cue.name == "number_word"
        named = (_NUMBERED if counts else _NAMED).match(text, cue.end)
        if named and (counts or _is_reference(named)):
            yield _reference(named, is_drawing=cue.name == "drawing_number")
    for pattern, is_drawing in ((_ESKD, True), (_SPELLED, True), (_FIGURES, False)):
        for match in pattern.finditer(text):
            if not _DAY.fullmatch(match["number"]):
                yield _reference(match, is_drawing=is_drawing)
    for match in _SIGNED.finditer(text):
        yield _reference(match, is_drawing=False)


_COUNTED = re.compile(r"(?P<digits>\d+)[^\W\d_]{1,5}")


def _is_reference(match: re.Match[str]) -> bool:
    """Whether what follows such a word is no size or count: "деталь 45 мм"."""
    number = match["number"]
    if (counted := _COUNTED.fullmatch(number)) and _UNIT_AFTER.match(number, counted.end("digits")):
        return False  # "First order 150000pcs"
    long = not number.isdigit() or len(number) >= LEAST_FIGURES
    return (long or "№" in match[0] or "#" in match[0]) and not _UNIT_AFTER.match(
        match.string, match.end("number")
    )


def _reference(match: re.Match[str], *, is_drawing: bool) -> Mention:
    kind = "drawing" if is_drawing else "reference"
    number = match["number"].rstrip("./-")
    return Mention(kind, match.start("number"), match.start("number") + len(number), value=number, sure=0.95)
