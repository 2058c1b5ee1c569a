"""The suppliers that use each word, and how often, for answers while the engine is away.

They are made when somebody asks for them, and are held as long as the columns.
"""

from collections import Counter
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from threading import Lock, Thread
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from search.columns.ragged import Floats, Grouped, offsets
from search.columns.store import Columns
from search.columns.words import BaseForms
from search.engines.schema import words_of

# BM25 as both engines weigh a word by default.
_K1, _B = 1.2, 0.75

_held: "WeakKeyDictionary[Columns, Future[Postings]]" = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Postings:
    """The rows that use each word in its base form, with the number of times, and the length of each text."""

    numbers: BaseForms
    rows: Grouped
    times: NDArray[np.int32]
    lengths: Floats

    @classmethod
    def build(cls, columns: Columns) -> "Postings":
        """The words of all texts."""
        order, count = columns.words.order, max(len(columns), 1)
        lengths = np.diff(order.first)
        owner = np.repeat(np.arange(len(columns)), lengths)
        used, times = np.unique(order.values.astype(np.int64) * count + owner, return_counts=True)
        word, rows = np.divmod(used, count)
        first = offsets(np.bincount(word, minlength=len(columns.words.users)))
        grouped = Grouped(first, rows.astype(np.int32))
        return cls(columns.words.numbers, grouped, times.astype(np.int32), lengths.astype(np.float64))

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
        for word, asked in Counter(self.numbers.asked(" ".join(words_of(text)))).items():
            if not 0 <= word < len(self.rows.first) - 1:
                continue
            span = slice(self.rows.first[word], self.rows.first[word + 1])
            rows, times = self.rows.values[span], self.times[span]
            rare = np.log1p((count - len(rows) + 0.5) / (len(rows) + 0.5))
            found[rows] += asked * rare * (_K1 + 1) * times / (times + long[rows])
        return found


def _make(columns: Columns, made: "Future[Postings]") -> None:
    try:
        made.set_result(Postings.build(columns))
    except BaseException as error:
        made.set_exception(error)
        raise
