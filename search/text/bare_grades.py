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
_IN_LIST = re.compile(rf"{_LETTERED}|\d{{3,5}}[A-Z]{{0,2}}|\d\d-\d|[A-Z]{{2,3}}")
_TWO_DIGITS, _FOUR_DIGITS = re.compile(r"\d\d"), re.compile(r"(?!19|20)\d{4}")
_LIST_ENDS = re.compile(r"[ ]?(?:[.;)\n](?!\d)|$)")
_NUMBER_BEFORE = re.compile(r"[\d№][ ]?[,/&x×-]?[ ]?$")
_NUMBER_AFTER = WordPattern("spelling", r"[ ]?(?:[,/&x×-][ ]?\d|@no_grade|%)")
_HARDNESS = re.compile(r"[ ](?:at |to |@ ?)?\d\d(?:[ ]?[-–][ ]?\d\d)?[ ]?HRC")
# "In 316 please": a stainless steel, no year and no amount.
_OUT_OF, _SAID = re.compile(r"\b[Ii]n[ ]$"), re.compile(r"(?:[ ]please|[ ]?[.,;)](?!\d)|$)")
_IS_FIT = re.compile(r"\d[ ]?$")
_COUNTED, _WORD_AFTER = re.compile(r"(?<![\d.,])\d{1,4}[ ]?[xх×][ ]$"), re.compile(r"[ ][^\W\d_]{3}")
_YEAR = re.compile(r"(?:19|20)\d\d")
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
        named = [m for m in found if m.kind == "material"]
        return [*found, *(m for m in self._in_context(text, words, named) if not _touches(taken, m))]

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

    def set_off(self, text: str, words: Sequence[Token], named: Sequence[Mention]) -> list[Mention]:
        """The grades of a letter and a digit that are no size: they stand for themselves ("60 dies, D2, 9 lbs each"), among the
        materials `named` ("P20, H13, 1.2738"), or are counted ("2x D2 punch plates").
        """
        alone = whole_words("spelling", "grades_set_off")
        own = [w for w in words if w.text in alone and not _IS_FIT.search(text, max(0, w.start - 4), w.start)]
        return list(self._in_context(text, own, [one for one in named if one.kind == "material"]))

    def _in_context(
        self, text: str, words: Sequence[Token], grades: Sequence[Mention] = ()
    ) -> Iterator[Mention]:
        """The grades that stand where one is expected, or are listed beside others, `grades` among them."""
        known = [
            (word, code)
            for word in _with_joined(text, words)
            if (code := self.by_spelling.get(folded(word.text)))
        ]
        ends = {one.end for one in grades}
        starts = {one.start for one in grades}
        numbered = {one.end for one in grades if any(map(str.isdigit, text[one.start : one.end]))}
        numbers = _runs_of_numbers(text, [word for word, _ in known])
        found: dict[int, Mention] = {}
        for word, code in (*known, *reversed(known)):  # a list may begin or end with the ones that are sure
            if word.start in found or not (
                _is_expected(text, word)
                or word.start in numbers
                or _is_listed(text, word, ends, starts)
                or _is_among_grades(text, word, numbered, starts)
            ):
                continue
            ends.add(word.end)
            starts.add(word.start)
            numbered.add(word.end)
            found[word.start] = Mention(
                "material", word.start, word.end, code=code, sure=0.9, basis="material.context"
            )
        yield from (found[start] for start in sorted(found))


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
        or _HARDNESS.match(text, end)
        or _is_counted(text, word)
        or (
            _OUT_OF.search(text, max(0, word.start - 4), word.start)
            and _SAID.match(text, end)
            and not _YEAR.fullmatch(word.text)
        )
        or (
            _AFTER_THICKNESS.search(text, max(0, word.start - 12), word.start) and _NO_AMOUNT.match(text, end)
        )
        or (tempered and len(word.text) == _DIGITS_OF_ALUMINIUM and word.text.isdigit())
        or _is_set_off(text, word)
    )


def _is_counted(text: str, word: Token) -> bool:
    """Whether what is counted before a word is made of it: "2x D2 punch plates"."""
    before = _COUNTED.search(text, max(0, word.start - LONGEST), word.start)
    return bool(before and word.text[0].isalpha() and _WORD_AFTER.match(text, word.end))


def _is_listed(text: str, word: Token, ends: Container[int], starts: Container[int]) -> bool:
    """Whether a grade stands beside another one: "A36, AR400, 304 and 5052", "1045 and cast iron", "ABS, PC, POM"."""
    if not _IN_LIST.fullmatch(word.text) or not _NO_AMOUNT.match(text, word.end):
        return False
    if _stands_behind(text, word, ends):
        return True
    if _APART_BEFORE.search(text, max(0, word.start - 2), word.start):
        return False
    return _stands_before(text, word, starts)


def _stands_behind(text: str, word: Token, ends: Container[int]) -> bool:
    first = max(0, word.start - MOST_BETWEEN)
    return any(end in ends and _LISTED.fullmatch(text, end, word.start) for end in range(first, word.start))


def _stands_before(text: str, word: Token, starts: Container[int]) -> bool:
    last = word.end + MOST_BETWEEN
    return any(
        start in starts and _LISTED.fullmatch(text, word.end, start) for start in range(word.end + 1, last)
    )


def _is_among_grades(text: str, word: Token, ends: Container[int], starts: Container[int]) -> bool:
    """Whether two digits stand between grades, or as the last of them: "20Г2Р, 35, 40Х", "Обрабатываем 40Х, 45."."""
    if not _TWO_DIGITS.fullmatch(word.text):
        return False
    return _stands_behind(text, word, ends) and bool(
        _stands_before(text, word, starts) or _LIST_ENDS.match(text, word.end)
    )


def _runs_of_numbers(text: str, words: Sequence[Token]) -> set[int]:
    """The beginnings of numbers that are all grades, several in a row: "300 pieces, 4140, 8620, 4340."."""
    runs: list[list[Token]] = []
    for word in words:
        if not _FOUR_DIGITS.fullmatch(word.text):
            continue
        if runs and _LISTED.fullmatch(text, runs[-1][-1].end, word.start):
            runs[-1].append(word)
        else:
            runs.append([word])
    return {
        word.start
        for run in runs
        if len(run) > 1
        and not _NUMBER_BEFORE.search(text, max(0, run[0].start - 8), run[0].start)
        and not _NUMBER_AFTER.match(text, run[-1].end)
        for word in run
    }


def _with_joined(text: str, words: Iterable[Token]) -> Iterator[Token]:
    """The words, and those that a hyphen joins: "17-4"."""
    before: Token | None = None
    for word in words:
        yield word
        if before is not None and text[before.end : word.start] == "-":
            joined = text[before.start : word.end]
            yield Token(joined, before.start, word.end, frozenset())
        before = word


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
