"""Work told by learned words: what a piece of a sentence asks for, however it is worded.

A linear model, fitted on phrases that say each process in many ways, scores a piece's words, parts of words and pairs of words for
every process. What a score is worth was counted on labelled texts.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matchmaker.resources import folder
from search.learned.feature_places import BUCKETS, place

OTHER = "-"  # the class of words that tell of no work: sizes, materials, places, trades
SHORTEST_PART, LONGEST_PART = 3, 5  # letters of a part of a word
STEM = 6  # letters of a word in a pair
LONGEST_PIECE = 240  # characters
_WORD = re.compile(r"[^\W\d_][^\W_]*|\d[^\W\d_][^\W_]*")
_ENDS = re.compile(r"[;!?()\[\]\n\t•|·]|(?<!\d)[,:/]|[,:/](?!\d)|\s[-–—]\s|(?<!\.)\.(?=\s|$)")
_JOINS = re.compile(r"\s(?:and|&|or|plus|then|with|incl|и|или|плюс|затем|с|со|под|\+)(?=\s)", re.IGNORECASE)
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
    return tuple(place(part) for part in sorted(parts | {f"={word}"}))


def counted(piece: str) -> tuple[NDArray[np.int32], Floats]:
    """The places of the features of a piece of a sentence, and the logarithm of how often each occurs, plus one."""
    found = words(piece)
    pairs = (place(f"{first} {second}") for first, second in pairwise(word[:STEM] for word in found))
    counts = Counter((*(one for word in found for one in _of_word(word)), *pairs))
    places = np.fromiter(counts, dtype=np.int32, count=len(counts))
    return places, 1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))


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
        places, said = counted(piece)
        said *= self._worth[places]
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
        column = shipped().place_of.get(code)
        nth = bisect_right(self._starts, start) - 1
        if column is None or nth < 0 or start >= self._pieces[nth][1]:
            return 0.0, 0.0
        row = _row(self._text[slice(*self._pieces[nth])].strip())
        likeliest, best = np.partition(row, -2)[-2:]
        return float(row[column]), float(likeliest if row[column] == best else best)


@lru_cache(maxsize=2_000)
def _row(piece: str) -> Floats:
    return shipped().scores(piece)


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
