"""The similarity of texts letter by letter: TF-IDF over character n-grams, for words that match neither by
stem nor by concept.

It is in memory for small collections only, where every supplier is ranked and an unknown word may decide; in
large ones the engine's words do this work.
"""

from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from search.columns.store import Columns
from search.ranking.evidence import Floats, Ints

# About 0.3 ms and 6 kB a supplier: half a second and 12 MB here, too much at 100,000.
LARGEST_COLLECTION = 2_000
# Characters of a need that are compared; longer texts repeat themselves.
LONGEST_TEXT = 2_000

_held: "WeakKeyDictionary[Columns, CharNgrams]" = WeakKeyDictionary()
_lock = Lock()


class CharNgrams:
    """Vectors of all suppliers of a state of the columns."""

    def __init__(self, columns: Columns) -> None:
        from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

        self._hashing: Any = HashingVectorizer(
            analyzer="char_wb", ngram_range=(3, 4), n_features=2**18, alternate_sign=False, norm=None
        )
        counts = self._hashing.transform([columns.text(row) for row in range(len(columns))])
        self._weighting: Any = TfidfTransformer(sublinear_tf=True).fit(counts)
        self._vectors: Any = self._weighting.transform(counts)

    @classmethod
    def of(cls, columns: Columns) -> "CharNgrams | None":
        """The n-grams of these columns, built on first use; None for too many suppliers, of which they may hold some, or none."""
        if not 0 < columns.words.suppliers <= LARGEST_COLLECTION:
            return None
        with _lock:
            if columns not in _held:
                _held[columns] = cls(columns)
            return _held[columns]

    @classmethod
    def hand_on(cls, before: Columns, columns: Columns) -> None:
        """Build the n-grams of columns where those before have some."""
        with _lock:
            wanted = before in _held
        if wanted:
            cls.of(columns)

    def likeness(self, text: str, rows: Ints) -> Floats:
        """The cosine of a text with each row's text, 0 to 1."""
        query = self._weighting.transform(self._hashing.transform([text[:LONGEST_TEXT]]))
        found: Floats = np.asarray((self._vectors[rows] @ query.T).todense(), dtype=np.float64).ravel()
        return found
