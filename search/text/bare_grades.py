"""Grades written as a bare number or letter ("4140 bar", "D2 tool steel"), valid only where a material is expected.

Beside a family of materials, before a form in which metal is sold, after a word such as "material", and before a
temper such as T6, such a number names a grade; anywhere else it counts pieces, or is a size or a year.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from matchmaker.domain.taxonomy import Taxonomy, Tree
from search.text.lexicon import WordPattern, whole_words
from search.text.recognition import Mention
from search.text.tokens import Token, fold, folded

_LETTERED = r"(?-i:[A-Z]{1,3}-?\d{1,3})"
_SPELLED = rf"(?:{_LETTERED}|(?-i:\d{{3,5}}[A-Z]{{0,2}}))"
_TEMPER = r"(?:-(?-i:T\d{1,4}|H\d{2,3}|O|F)\b)"
_APART = r"(?<![\w.,/×№-])(?<!№[ ])"
_BEFORE_FAMILY = WordPattern("spelling", rf"{_APART} ({_SPELLED}) {_TEMPER}? [ -] $")
_AFTER_FAMILY = WordPattern("spelling", rf"[ ,]{{1,2}} (?:@before_grade[ ])? ({_LETTERED}) (?![\w.,-])")
_LABEL = WordPattern("spelling", r"(?<!\w)@expecting_grade [ ]?:?[ ]? $")
_NO_AMOUNT = WordPattern("spelling", r"(?! [\w×] | [.,]\d | [ ]?(?:@no_grade|%) )")
_FORM = WordPattern("spelling", r"[ ] @form_of_metal (?!\w)")
_GLUED = re.compile(r"\d{2}Х(?:\d{1,2})?")
_SIZE_AFTER = WordPattern("spelling", r"[ ]?(?:@no_grade|[хХxX×*]|\d{1,4}[ ]?[хХxX×])")
_LAW = WordPattern("spelling", r"[ ](?:\d{2,3}-)?@law(?!\w)", re.NOFLAG)
_TEMPERED = re.compile(_TEMPER)
_LONG = re.compile(rf"{_LETTERED}|\d{{3,5}}[A-Z]{{0,2}}")  # two digits alone are a grade only after a label
_APART_BEFORE = re.compile(r"(?:[\w.,/×№-]|№[ ])$")
# Between signs that part, but not as one of several numbers: "1000, 2000, 5000".
_SET_OFF = re.compile(r"(?<!\d)[,;(|][ ]?$")
_SET_OFF_AFTER = re.compile(r"[ ]?(?:[;(|)]|,(?![ ]?\d{3,6}\b(?![x×. ])))")
_AFTER_THICKNESS = re.compile(r"\d[ ]?(?:mm|мм|ga\.?|gauge|\")[ ]\Z", re.IGNORECASE)
_LIKE_A_SIZE = re.compile(r"[ДD]\d{1,2}")
_MADE_OF = WordPattern("spelling", r"(?<!\w)(?:@expecting_grade|@made_of)[ ]?:?[ ]?$")
MOST_BETWEEN = 6  # characters between two grades of a list
_LISTED = re.compile(r"[ ]?(?:,|/|&|\band\b|\bи\b)[ ]?")
_PART = WordPattern("pieces", r"(?<!\w)\d{1,5}[ ](?:@parts)[ ]$")
LONGEST = 16  # characters from the beginning of a grade to the family after it
LONGEST_LABEL = 20
_DIGITS_OF_ALUMINIUM = 4


class BareGrades:
    """The spellings of grades that count only where a material is expected, without those that name two grades."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._tree: Tree = taxonomy.materials
        self.by_spelling: Mapping[str, str] = _by_spelling(taxonomy)

    def joined(self, text: str, mentions: Sequence[Mention], words: Sequence[Token]) -> list[Mention]:
        """The mentions with families narrowed to the grades beside them, and with the grades that their context shows."""
        found = [self._narrowed(text, mention) for mention in mentions if not _is_article(text, mention)]
        taken = sorted((m.start, m.end) for m in found if m.kind in {"material", "equipment", "standard"})
        ends = [m.end for m in found if m.kind == "material"]
        return [*found, *(m for m in self._in_context(text, words, ends) if not _touches(taken, m))]

    def _narrowed(self, text: str, family: Mention) -> Mention:
        if family.kind != "material":
            return family
        before = _BEFORE_FAMILY.search(text, max(0, family.start - LONGEST), family.start)
        code = self._below(family, before)
        if before is not None and code is not None:
            return replace(family, start=before.start(1), code=code)
        after = _AFTER_FAMILY.match(text, family.end)
        code = self._below(family, after)
        return replace(family, end=after.end(), code=code) if after is not None and code else family

    def _below(self, family: Mention, match: re.Match[str] | None) -> str | None:
        """The code of the grade that an expression found, where it is of the family."""
        code = self.by_spelling.get(fold(match[1].replace("-", ""))) if match else None
        return code if code and family.code in self._tree.ancestors(code) else None

    def set_off(self, text: str, words: Sequence[Token]) -> list[Mention]:
        """The grades of a letter and a digit that stand for themselves and are no size: "60 dies, D2, 9 lbs each"."""
        alone = whole_words("spelling", "grades_set_off")
        return list(self._in_context(text, (word for word in words if word.text in alone)))

    def _in_context(self, text: str, words: Iterable[Token], grades: Iterable[int] = ()) -> Iterator[Mention]:
        """The grades that stand where one is expected, or are listed behind another one, which ends at one of `grades`."""
        ends = set(grades)
        for word in words:
            code = self.by_spelling.get(folded(word.text))
            if code and (_is_expected(text, word) or _is_listed(text, word, ends)):
                ends.add(word.end)
                yield Mention("material", word.start, word.end, code=code, sure=0.9, basis="material.context")


def glued(text: str, mentions: Iterable[Mention]) -> list[Mention]:
    """The grades whose Х is no sign between two sizes: "20Х13", "круг 40Х 60 мм", but not "20Х13 мм"."""
    return [
        mention
        for mention in mentions
        if mention.kind == "material"
        and _GLUED.fullmatch(text, mention.start, mention.end)
        and not _SIZE_AFTER.match(text, mention.end)
    ]


def listed(text: str, mentions: Iterable[Mention]) -> list[Mention]:
    """The grades that look like a diameter, and stand among grades or where one is expected: "АМг6, Д16, В95", "из Д16"."""
    materials = sorted((m for m in mentions if m.kind == "material"), key=lambda m: m.start)
    sizes = [m for m in materials if _LIKE_A_SIZE.fullmatch(text, m.start, m.end)]
    sure = {m.end: m for m in materials if m not in sizes}
    starts = {m.start for m in sure.values()}
    found: list[Mention] = []
    for one in (*sizes, *reversed(sizes)):  # a list may begin or end with the sure ones
        if one in found or _SIZE_AFTER.match(text, one.end):
            continue
        before = range(max(0, one.start - MOST_BETWEEN), one.start)
        after = range(one.end + 1, one.end + MOST_BETWEEN)
        if (
            _MADE_OF.search(text, max(0, one.start - LONGEST_LABEL), one.start)
            or any(end in sure and _LISTED.fullmatch(text, end, one.start) for end in before)
            or any(start in starts and _LISTED.fullmatch(text, one.end, start) for start in after)
        ):
            found.append(one)
            sure[one.end] = one
            starts.add(one.start)
    return found


def _is_article(text: str, mention: Mention) -> bool:
    """Whether a steel is an article of a law: "ст. 5 закона"."""
    return mention.kind == "material" and bool(_LAW.match(text, mention.end))


def _is_expected(text: str, word: Token) -> bool:
    """Whether a label before it, a form of stock after it or a temper shows that a word is a grade."""
    tempered = _TEMPERED.match(text, word.end)
    end = tempered.end() if tempered else word.end
    if _LABEL.search(text, max(0, word.start - LONGEST_LABEL), word.start) and _NO_AMOUNT.match(text, end):
        return True
    if not _LONG.fullmatch(word.text) or _APART_BEFORE.search(text, max(0, word.start - 2), word.start):
        return False
    return bool(
        _FORM.match(text, end)
        or (
            _AFTER_THICKNESS.search(text, max(0, word.start - 12), word.start) and _NO_AMOUNT.match(text, end)
        )
        or (tempered and len(word.text) == _DIGITS_OF_ALUMINIUM and word.text.isdigit())
        or _is_set_off(text, word)
    )


def _is_listed(text: str, word: Token, ends: Container[int]) -> bool:
    """Whether a grade stands behind another one: "A36, AR400, 304 and 5052"."""
    if not _LONG.fullmatch(word.text) or not _NO_AMOUNT.match(text, word.end):
        return False
    first = max(0, word.start - 6)
    return any(end in ends and _LISTED.fullmatch(text, end, word.start) for end in range(first, word.start))


def _is_set_off(text: str, word: Token) -> bool:
    """Whether a grade stands for itself among others: "24 pins, 8620, already hobbed", "12 shafts 4340 (ours)"."""
    four = len(word.text) == _DIGITS_OF_ALUMINIUM and word.text.isdigit()
    if not (four or word.text in whole_words("spelling", "grades_set_off")):
        return False
    if not _SET_OFF_AFTER.match(text, word.end):
        return False
    before = max(0, word.start - LONGEST_LABEL)
    return bool(
        _SET_OFF.search(text, before, word.start) or (four and _PART.search(text, before, word.start))
    )


def _by_spelling(taxonomy: Taxonomy) -> dict[str, str]:
    spelled = [
        (fold(str(name)), material.code)
        for material in taxonomy.materials
        for name in material.extra.get("bare", ())
    ]
    counts = Counter(name for name, _ in spelled)
    return {name: code for name, code in spelled if counts[name] == 1}


def _touches(spans: Sequence[tuple[int, int]], mention: Mention) -> bool:
    """Whether one of the sorted spans has a character of the mention."""
    last = bisect_left(spans, (mention.end, 0))
    return any(mention.start < end for _, end in spans[max(0, last - 3) : last])
