"""The numbers of drawings, parts and orders, which say nothing about the part itself."""

import re
from collections.abc import Iterator

from search.text.lexicon import WordPattern
from search.text.recognition import Mention

# A designation with at least one figure: "4711-02", "АБВГ.123456.001", "РТ-14.00.000".
_DESIGNATION = (
    r"(?=[\w./-]{0,30}\d)[0-9A-ZА-ЯЁ][0-9A-Za-zА-Яа-яЁё]{0,14}(?:[./_-][0-9A-Za-zА-Яа-яЁё]{1,14}){0,5}"
)
_NAMED = WordPattern(
    "references",
    rf"""
    (?<!\w)(?:(?P<drawing>@drawing_number)|@part_number) (?:[ ]?@number)? [ ]?[:=]?[ ]? ["«]?
    (?P<number>{_DESIGNATION}) (?P<revision>[ ]?,?[ ]?@revision[ ]?[A-ZА-Я0-9]{{1,3}}(?!\w))?
    """,
)
_NUMBERED = WordPattern(
    "references",
    rf"(?<!\w)(?:@number)[ ]?(?P<number>{_DESIGNATION})",
)
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
_UNIT_AFTER = re.compile(r"[ ]?(?:мм|mm|шт|pcs|кг|kg|см|cm)\b", re.IGNORECASE)
# "К 31.12.2027" in a text of capital letters is a day with its preposition.
_DAY = re.compile(
    r"\d{4}-\d\d-\d\d|(?:[A-ZА-ЯЁ]{1,5}[ ])?[0-3]?\d(?P<sign>[.-])[01]?\d(?P=sign)(?:\d\d){1,2}"
)


def find(text: str) -> Iterator[Mention]:
    """The references of a canonical text."""
    for match in _NAMED.finditer(text):
        number = match["number"]
        if (
            not number.isdigit() or len(number) >= 4 or "№" in match[0] or "#" in match[0]
        ) and not _UNIT_AFTER.match(text, match.end("number")):
            yield _reference(match, is_drawing=bool(match["drawing"]))
    for pattern, is_drawing in ((_ESKD, True), (_SPELLED, True), (_FIGURES, False)):
        for match in pattern.finditer(text):
            if not _DAY.fullmatch(match["number"]):
                yield _reference(match, is_drawing=is_drawing)
    for match in _NUMBERED.finditer(text):
        yield _reference(match, is_drawing=False)


def _reference(match: re.Match[str], *, is_drawing: bool) -> Mention:
    kind = "drawing" if is_drawing else "reference"
    number = match["number"].rstrip("./-")
    return Mention(kind, match.start("number"), match.start("number") + len(number), value=number, sure=0.95)
