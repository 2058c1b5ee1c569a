"""The words of all suppliers in memory: who uses which word, and how often.

They are made when somebody asks for them, which is when the engine is away, and are held as long as the columns.
"""

from array import array
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from threading import Lock, Thread
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from search.columns.ragged import Floats, Grouped, offsets
from search.columns.store import Columns
from search.engines.frequent_words import base_of
from search.engines.schema import all_words, words_of

# BM25 as both engines weigh a word by default.
_K1, _B = 1.2, 0.75

_held: "WeakKeyDictionary[Columns, Future[Postings]]" = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Postings:
    """The rows that use each word in its base form, with the number of times, and the length of each text."""

    words: Mapping[str, int]
    rows: Grouped
    times: NDArray[np.int32]
    lengths: Floats

    @classmethod
    def build(cls, columns: Columns) -> "Postings":
        """The words of all texts; about 40 µs a supplier."""
        number: dict[str, int] = {}
        flat, counts = array("i"), []
        for row in range(len(columns)):
            words = all_words(columns.text(row))
            flat.extend([number.setdefault(word, len(number)) for word in words])
            counts.append(len(words))
        bases: dict[str, int] = {}
        base = np.array([bases.setdefault(base_of(word), len(bases)) for word in number], dtype=np.int64)
        owner = np.repeat(np.arange(len(columns)), counts)
        used, times = np.unique(
            base[np.frombuffer(flat, dtype=np.intc)] * max(len(columns), 1) + owner, return_counts=True
        )
        word, rows = np.divmod(used, max(len(columns), 1))
        grouped = Grouped(offsets(np.bincount(word, minlength=len(bases))), rows.astype(np.int32))
        return cls(bases, grouped, times.astype(np.int32), np.array(counts, dtype=np.float64))

    @classmethod
    def of(cls, columns: Columns, patience: float) -> "Postings | None":
        """The words of these columns, or None while they are made beside; who asks first waits for so many seconds."""
        with _lock:
            made = _held.get(columns)
            first = made is None
            if made is None:
                made = _held[columns] = Future()
                Thread(target=_make, args=(columns, made), name="words", daemon=True).start()
        try:
            return made.result(patience if first else 0)
        except NotYet:
            return None

    def scores(self, text: str) -> Floats:
        """The agreement of a text with each supplier's, 0 where they share no word."""
        count = len(self.lengths)
        found = np.zeros(count)
        long = _K1 * (1 - _B + _B * self.lengths / max(self.lengths.mean() if count else 0.0, 1.0))
        telling = filter(_tells, words_of(text))
        for base, asked in Counter(map(base_of, telling)).items():
            word = self.words.get(base)
            if word is None:
                continue
            span = slice(self.rows.first[word], self.rows.first[word + 1])
            rows, times = self.rows.values[span], self.times[span]
            rare = np.log1p((count - len(rows) + 0.5) / (len(rows) + 0.5))
            found[rows] += asked * rare * (_K1 + 1) * times / (times + long[rows])
        return found


def _tells(word: str) -> bool:
    """Whether a word tells suppliers apart; short ones without a figure ("из", "of") do not."""
    return len(word) > 2 or not word.isalpha()


def _make(columns: Columns, made: "Future[Postings]") -> None:
    try:
        made.set_result(Postings.build(columns))
    except BaseException as error:
        made.set_exception(error)
        raise
