"""A day as it is written, the words around it, and the place of a text that is looked at."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache

from matchmaker.domain.language import Language, prevailing_language
from search.text.lexicon import WordNumbers, WordPattern

FILE = "dates"
_REACH = 40  # characters before a word that may belong to its day


class DayWord(StrEnum):
    """The preposition before a day: by it, within it, from it on, or a paper of that day."""

    UNTIL = "until"
    WITHIN = "within"
    SINCE = "since"
    DATED = "dated"


@dataclass(frozen=True, slots=True)
class WrittenDay:
    """A day as it is written at text[start:end].

    `exact`: day, month and year are said; `named`: a day, not only a month or a season. `word` is the preposition
    before it, at `begins`. `loose`: it is one only beside such a word or one about the delivery. `span`: counted
    from today; `after_order`: from the order on. `other` is the day if month and day stand the other way round.
    `first` is the first day of a month, a quarter or a year, whose last one `day` is. No `day`: haste, or what looks
    like a day and is none of the calendar.
    """

    start: int
    end: int
    day: date | None
    rule: str
    exact: bool = False
    named: bool = True
    loose: bool = False
    span: bool = False
    after_order: bool = False
    word: DayWord | None = None
    begins: int = -1
    other: date | None = None
    first: date | None = None


@dataclass(frozen=True, slots=True)
class TopicWord:
    """A word that tells what a day near it is about."""

    start: int
    end: int
    topic: str


_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(/(?:20)?\d\d)?(?![\d/])")
_AMERICAN = WordPattern(FILE, r"(?<!\w)@american(?!\w) | \d[\"″]", re.IGNORECASE)
_BRITISH = WordPattern(FILE, r"(?<!\w)@british(?!\w)")


@dataclass(frozen=True, slots=True)
class DayOrder:
    """The day from which days are counted, and whether a text writes the month before the day.

    `month_first` is None where nothing tells.
    """

    today: date
    month_first: bool | None = False

    @classmethod
    def of(cls, text: str, today: date) -> "DayOrder":
        """The order of a text, told by its clear days, its language and its measures."""
        return cls(today, _month_first(text)) if "/" in text else cls(today)


def _month_first(text: str) -> bool | None:
    """Whether the month comes first; only figures with a slash leave it open."""
    written = list(_SLASHED.finditer(text))
    full = [(int(found[1]), int(found[2])) for found in written if found[3]]
    if any(second > 12 for _, second in full):
        return True
    if not written or any(first > 12 for first, _ in full) or prevailing_language(text) == Language.RUSSIAN:
        return False
    american, british = bool(_AMERICAN.search(text)), bool(_BRITISH.search(text))
    return american if american != british else None


@cache
def _list_of(name: str) -> WordNumbers:
    return WordNumbers(FILE, name)


@lru_cache(maxsize=4_000)
def number_of(name: str, word: str) -> float | None:
    """The number that a word of a list stands for."""
    return _list_of(name).of(word)


def whole_of(name: str, word: str | None) -> int:
    """The whole number that a word of a list stands for, 0 for none."""
    return int(number_of(name, word or "") or 0)


_BEFORE = WordPattern(
    FILE,
    r"""
    (?<!\w)(?: (?P<until>@until) | (?P<within>@within) | (?P<since>@since) | (?P<dated>@dated) )
    [ ]{0,2}[:–—-]?[ ]{0,2} (?: (?: @between_day_and_word | \d{1,2}[:.]\d\d | @weekdays ) [ ,]{1,2} ){0,3} $
    """,
)
NO_DAY = "no_day"  # the rule of what looks like a day and is none
NO_DAY_AFTER = WordPattern(FILE, r"[ ]?@no_day_before(?!\w)")
YEAR = r"(?P<year>(?:19|20)\d\d(?!\d))"
_YEAR_TAIL = WordPattern(FILE, r"[ ]?@of_year(?!\w)")


@lru_cache(maxsize=20_000)
def _word_before(words: str, cut: bool) -> tuple[DayWord | None, int]:
    """The preposition at the end of words, and the length of what it begins; the first sign of cut words is only seen."""
    found = _BEFORE.search(words, int(cut))
    return (DayWord(str(found.lastgroup)), len(words) - found.start()) if found else (None, 0)


@dataclass(frozen=True, slots=True)
class DayPlace:
    """The place in a text that is looked at, the list of its word, and the day from which days are counted."""

    text: str
    start: int
    end: int
    kind: str
    today: date
    american: bool | None
    bare: bool  # a cell: no preposition is needed

    def before(self, pattern: WordPattern, end: int | None = None) -> re.Match[str] | None:
        """A pattern that ends right before the place."""
        end = self.start if end is None else end
        return pattern.search(self.text, max(0, end - _REACH), end)

    def after(self, pattern: WordPattern, start: int | None = None) -> re.Match[str] | None:
        """A pattern that begins right behind the place."""
        return pattern.match(self.text, self.end if start is None else start)

    def word(self, start: int) -> tuple[DayWord | None, int]:
        """The preposition before a day, and where it begins."""
        least = max(0, start - _REACH)
        word, length = _word_before(self.text[max(0, least - 1) : start], bool(least))
        return word, start - length

    def tail(self, end: int) -> int:
        """The end of a day with the word for "year" behind it."""
        found = _YEAR_TAIL.match(self.text, end)
        return found.end() if found else end


DayReader = Callable[[DayPlace], WrittenDay | None]

PART_OF_PERIOD = WordPattern(FILE, r"(?<!\w)(?P<part>@parts_of_period)[ -](?:of[ ])?$")
THIS_YEAR = WordPattern(FILE, r",?[ ](?:(?P<next>@next)|@this)[ ]?@of_year(?!\w)")
