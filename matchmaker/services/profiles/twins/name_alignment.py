"""The alignment of two names, word by word: what stands for what, and what is left over on either side."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, Prefix

from matchmaker.services.profiles.twins.firm_names import FirmName

_LIKE = 0.72  # of letters, from which two words are spellings of one
_ABBREVIATED, _ACRONYM, _INITIAL, _WITHIN = (
    0.8,
    0.75,
    0.7,
    0.5,
)  # the worth of such a word beside an equal one
_LONG = 4  # letters


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two names beside each other, in weights of words: `shared` on both, `left` and `right` left over on either; `acronym`
    whether letters stand for words.
    """

    shared: float
    total: float
    left: float
    right: float
    acronym: bool

    @property
    def like(self) -> float:
        return self.shared / self.total if self.total else 0.0


def aligned(one: FirmName, other: FirmName, weights: Mapping[str, float]) -> Alignment:
    """Align two names."""
    sums = (
        sum(weights.get(word, 1.0) for word in one.words),
        sum(weights.get(word, 1.0) for word in other.words),
    )
    if one.sorted == other.sorted:
        return Alignment(sums[0] + sums[1], sums[0] + sums[1], 0.0, 0.0, acronym=False)
    rest, others = _without_equal(one, other)
    acronym = False
    lost = [0.0]
    if rest and others:
        for first, second in ((rest, others), (others, rest)):
            acronym = _acronyms(first, second, weights, lost) or acronym
        _spellings(rest, others, weights, lost)
    left = sum(weights.get(word, 1.0) for word, *_ in rest)
    right = sum(weights.get(word, 1.0) for word, *_ in others)
    total = sums[0] + sums[1]
    return Alignment(max(total - left - right - lost[0], 0.0), total, left, right, acronym)


_Words = list[tuple[str, str, str]]  # meaning, first letter, sounds


def _without_equal(one: FirmName, other: FirmName) -> tuple[_Words, _Words]:
    others = list(zip(other.words, other.letters, other.heard, strict=True))
    rest: _Words = []
    there = [word for word, *_ in others]
    for entry in zip(one.words, one.letters, one.heard, strict=True):
        if entry[0] in there:
            spot = there.index(entry[0])
            del there[spot], others[spot]
        else:
            rest.append(entry)
    return rest, others


def _acronyms(short: _Words, long: _Words, weights: Mapping[str, float], lost: list[float]) -> bool:
    """Take words out that are the first letters of several words of the other side."""
    found = False
    if len(long) < 2:
        return found
    for entry in list(short):
        word = entry[0]
        if not (2 <= len(word) <= 7) or word.isdigit():
            continue
        for begin in range(len(long) - 1):
            run = ""
            for end in range(begin, len(long)):
                run += long[end][1]
                if end > begin and run == word:
                    said = sum(weights.get(part, 1.0) for part, *_ in (entry, *long[begin : end + 1]))
                    lost[0] += (1 - _ACRONYM) * said
                    short.remove(entry)
                    del long[begin : end + 1]
                    found = True
                    break
                if len(run) > len(word):
                    break
            if entry not in short:
                break
    return found


def _spellings(rest: _Words, others: _Words, weights: Mapping[str, float], lost: list[float]) -> None:
    """Take out words that are spellings of each other, and words that are written apart on one side."""
    whole, other_whole = "".join(heard for *_, heard in rest), "".join(heard for *_, heard in others)
    if min(len(whole), len(other_whole)) > _LONG and (len(rest) > 1 or len(others) > 1):
        like = 1 - DamerauLevenshtein.normalized_distance(whole, other_whole)
        if like > 0.85:
            every = sum(weights.get(word, 1.0) for word, *_ in (*rest, *others))
            lost[0] += (1 - like) * every
            rest.clear()
            others.clear()
            return
    for entry in list(rest):
        best, worth = None, 0.0
        for candidate in others:
            value = spelled(entry[2], candidate[2])
            if value > worth:
                best, worth = candidate, value
        if best is not None:
            lost[0] += (1 - worth) * (weights.get(entry[0], 1.0) + weights.get(best[0], 1.0))
            rest.remove(entry)
            others.remove(best)


@lru_cache(maxsize=200_000)
def spelled(one: str, other: str) -> float:
    """How sure two words are one: spelled with a mistake, shortened, an initial; 0 for two words."""
    if one.isdigit() or other.isdigit():
        return 0.0
    short, long = sorted((one, other), key=len)
    if len(short) == 1:
        return _INITIAL if long[0] == short else 0.0
    if len(short) >= _LONG:
        like = float(1 - DamerauLevenshtein.normalized_distance(one, other))
        if like >= _LIKE:
            return like
    common = Prefix.similarity(one, other)
    if common == len(short) and len(short) >= 3:
        return _ABBREVIATED
    return _WITHIN if len(short) in (2, 3) and _within(short, long) else 0.0


def _within(short: str, long: str) -> bool:
    """Whether letters stand in a word in this order, beginning with its first, as of СпецСтройМонтаж."""
    if short[0] != long[0] or len(long) < 3 * len(short):
        return False
    spot = 0
    for letter in short:
        spot = long.find(letter, spot) + 1
        if not spot:
            return False
    return True
