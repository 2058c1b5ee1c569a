"""Work told by learned words: what a piece of a sentence asks for, however it is worded.

A linear model, fitted on phrases that say each process in many ways, scores a piece's words, parts of words and pairs of words for
every process. What a score is worth was counted on labelled texts.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.resources import folder

BUCKETS = 1 << 17  # places of the features, which are found by a hash
SHORTEST_PART, LONGEST_PART = 3, 5  # letters of a part of a word
STEM = 6  # letters of a word in a pair
_WORD = re.compile(r"[^\W\d_][^\W_]*|\d[^\W\d_][^\W_]*")
Floats = NDArray[np.float32]


def words(piece: str) -> list[str]:
    """The words of a piece of a sentence, folded."""
    return _WORD.findall(piece.lower().replace("ё", "е"))


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> tuple[int, ...]:
    """The features of a word: itself and its parts."""
    marked = f"<{word}>"
    parts = {
        marked[start : start + size]
        for size in range(SHORTEST_PART, LONGEST_PART + 1)
        for start in range(len(marked) - size + 1)
    }
    return tuple(_place(part) for part in sorted(parts | {f"={word}"}))


def _place(feature: str) -> int:
    return crc32(feature.encode()) % BUCKETS


def features(piece: str) -> list[int]:
    """The features of a piece of a sentence, by their places; repeated ones stand as often as they occur."""
    found = words(piece)
    stems = [word[:STEM] for word in found]
    pairs = [_place(f"{first} {second}") for first, second in pairwise(stems)]
    return [place for word in found for place in _of_word(word)] + pairs


def table(pieces: Sequence[str]) -> sparse.csr_matrix:
    """Pieces × features: the logarithm of how often each occurs, plus one."""
    rows = [features(piece) for piece in pieces]
    ends = np.cumsum([0, *map(len, rows)])
    places = np.fromiter((place for row in rows for place in row), dtype=np.int32, count=int(ends[-1]))
    counted = sparse.csr_matrix(
        (np.ones(len(places), np.float32), places, ends), shape=(len(pieces), BUCKETS)
    )
    counted.sum_duplicates()
    counted.data = 1 + np.log(counted.data)
    return counted


OTHER = "-"  # the class of words that tell of no work: sizes, materials, places, trades
LONGEST_PIECE = 240  # characters
_ENDS = re.compile(r"[;!?()\[\]\n\t•|·]|(?<!\d)[,:/]|[,:/](?!\d)|\s[-–—]\s|(?<!\.)\.(?=\s|$)")
_JOINS = re.compile(r"\s(?:and|&|or|plus|then|with|incl|и|или|плюс|затем|с|со|под|\+)(?=\s)", re.IGNORECASE)


class WorkModel:
    """The linear model of work, as `python -m tests.reading --learn` writes it."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as held:
            self.codes: tuple[str, ...] = tuple(map(str, held["codes"]))
            self._worth: Floats = held["worth"].astype(np.float32)
            self._start: Floats = held["start"].astype(np.float32)
            weights = held["weights"].astype(np.float32) * held["step"]
            self._weights = sparse.csr_matrix(
                (weights, held["columns"].astype(np.int32), held["rows"]), shape=(BUCKETS, len(self.codes))
            )
        self.place_of = {code: place for place, code in enumerate(self.codes)}

    def scores(self, piece: str) -> Floats:
        """How much the words of a piece speak for each process; above 0 more for it than against it."""
        counted = Counter(features(piece))
        places = np.fromiter(counted, dtype=np.int32, count=len(counted))
        said = (
            1 + np.log(np.fromiter(counted.values(), dtype=np.float32, count=len(counted)))
        ) * self._worth[places]
        said /= np.sqrt((said**2).sum()) or 1.0
        row = sparse.csr_matrix((said, places, (0, len(places))), shape=(1, BUCKETS))
        found: Floats = (row @ self._weights).toarray()[0] + self._start
        return found


class ToldWork:
    """What the words around readings of work say, in one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._pieces = list(_pieces(text))
        self._starts = [start for start, _ in self._pieces]

    def scores(self, code: str, start: int) -> tuple[float, float]:
        """What the piece around a place says for a process, and for the likeliest other thing; (0, 0) outside all pieces."""
        place = bisect_right(self._starts, start) - 1
        if place < 0 or start >= self._pieces[place][1]:
            return 0.0, 0.0
        first, last = self._pieces[place]
        return _scores(self._text[first:last].strip(), code)


@lru_cache(maxsize=10_000)
def _scores(piece: str, code: str) -> tuple[float, float]:
    model = shipped()
    column = model.place_of.get(code)
    if column is None:
        return 0.0, 0.0
    row = model.scores(piece)
    rest = np.partition(row, -2)[-2:]
    return float(row[column]), float(rest[0] if row[column] == rest[1] else rest[1])


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of a text between its signs and its words that join."""
    for start, end in _between(_ENDS, text, 0, len(text)):
        for first, last in _between(_JOINS, text, start, min(end, start + LONGEST_PIECE)):
            if _WORD.search(text, first, last):
                yield first, last


def _between(signs: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in signs.finditer(text, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


@cache
def shipped() -> WorkModel:
    """The model that stands beside the product."""
    return WorkModel(folder("config") / "reading" / "work_words.npz")


@lru_cache(maxsize=8)  # the positions of one request share its text
def told(text: str) -> ToldWork:
    """What the words of a text say of work."""
    return ToldWork(text)
