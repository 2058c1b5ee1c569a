"""The number of pieces in a match of a quantity, their rhythm, and the machine-hours."""

import re
from collections.abc import Iterator

from search.text.lexicon import WordNumbers, WordPattern, whole_words
from search.text.measures import number
from search.text.recognition import Mention

LOT = "lot"  # the value of a quantity that is stated as that of a lot
_PER_YEAR, _ADVERBS = WordNumbers("pieces", "periods"), WordNumbers("pieces", "adverbs")
_SPOKEN = WordNumbers("pieces", "spoken_rhythms")
_NUMBERED = WordPattern("pieces", r"@numbered[ -]?$")
_BY_THE_WEEK = WordPattern("pieces", "@hours_week")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")


def _a_year(period: str) -> float:
    return _PER_YEAR.of(period) or 1


def count(match: re.Match[str]) -> Iterator[Mention]:
    high = match[2] or match[1]
    if _THOUSANDS.fullmatch(high):  # pieces are whole: "2,000 pcs" are two thousand
        high = high.replace(",", "")
    found = number(high) * (1000 if match[3] else 1) * (1_000_000 if match[4] else 1)
    if 1 <= found <= 2_000_000_000:
        yield Mention("quantity", match.start(), match.end(), amounts=(found,))
    if match[5]:
        yield Mention("rhythm", match.start(5), match.end(5), amounts=(_a_year(match[6]),))


def every(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("rhythm", match.start(), match.end(), amounts=(_a_year(match[1]),))


def spoken(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("rhythm", match.start(), match.end(), amounts=(_SPOKEN.of(match[0]) or 1,))


def rate(match: re.Match[str]) -> Iterator[Mention]:
    """The pieces without the word: "100k per year", "500 в месяц"."""
    yield Mention(
        "quantity",
        match.start(),
        match.end(2) if match[2] else match.end(1),
        amounts=(number(match[1]) * (1000 if match[2] else 1),),
    )
    yield Mention("rhythm", match.start(3), match.end(3), amounts=(_a_year(match[4]),))


def lot(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("quantity", match.start(), match.end(), amounts=(number(match[2] or match[1]),))


def lots(match: re.Match[str]) -> Iterator[Mention]:
    """The size of a lot where a yearly number stands too: "600 a year in lots of 150 to 200"."""
    yield Mention("quantity", match.start(), match.end(), amounts=(number(match[2] or match[1]),), value=LOT)


def counted(match: re.Match[str]) -> Iterator[Mention]:
    """The pieces named by their product: "24 machined brackets", "40 ящиков"; a grade before the noun is no
    number.
    """
    before = max(0, match.start() - 12)
    if match[1] in whole_words("pieces", "grades") or _NUMBERED.search(match.string, before, match.start()):
        return
    found = number(match[1].replace(",", ""))
    if found >= 2:
        yield Mention("quantity", match.start(), match.end(1), amounts=(found,))
        if match[2]:
            yield Mention("rhythm", match.start(2), match.end(2), amounts=(_a_year(match[3]),))


def lot_of(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("quantity", match.start(), match.end(), amounts=(number(match[1]),))


def adverb(match: re.Match[str]) -> Iterator[Mention]:
    yield Mention("rhythm", match.start(), match.end(), amounts=(_ADVERBS.of(match[1]) or 1,))


def hours(match: re.Match[str]) -> Iterator[Mention]:
    """The machine-hours, a month unless the text says a week."""
    weekly = _BY_THE_WEEK.match(match[2] or "")
    yield Mention(
        "hours", match.start(), match.end(), amounts=(number(match[1]) * (52 / 12 if weekly else 1),)
    )
