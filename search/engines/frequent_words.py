"""Words too frequent to distinguish suppliers ("детали", "drawings"): a query is quicker without them.

They are found in a sample of the suppliers' texts, in base form, the same for both engines.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from search.engines.schema import words_of
from search.text.tokens import keys_of

SHARE = 0.1  # of the suppliers
SAMPLE = 500  # texts; shares of a tenth are estimated to one or two hundredths


def base_of(word: str) -> str:
    """The base form of a word."""
    return min(keys_of(word))


def _bases(text: str) -> dict[str, str]:
    """The words of a text, each with its base form, which is counted."""
    return {word: base_of(word) for word in words_of(text)}


@dataclass(frozen=True, slots=True)
class FrequentWords:
    """The base forms of words that occur in more than a SHARE of the texts of so many suppliers."""

    words: frozenset[str]
    of: int

    @classmethod
    def from_sample(cls, sample: Iterable[str], of: int) -> "FrequentWords":
        """The frequent words of a sample of suppliers' texts."""
        counts: Counter[str] = Counter()
        read = 0
        for text in sample:
            counts.update(set(_bases(text).values()))
            read += 1
        return cls(frozenset(word for word, count in counts.items() if count > SHARE * read), of)

    def without(self, text: str) -> str:
        """A query's words without the frequent ones; all words where none would be left."""
        return " ".join(word for word, base in _bases(text).items() if base not in self.words) or text
