"""Words that so many suppliers use that they tell nobody apart ("детали", "drawings"): a query is quicker without them.

They are told from a sample of the suppliers' texts, in base form, the same for both engines.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from search.engines.schema import words_of
from search.text.tokens import keys_of

SHARE = 0.1  # of the suppliers
SAMPLE = 500  # texts; shares of a tenth are told to one or two hundredths


def _bases(text: str) -> dict[str, str]:
    """The words of a text, each with the base form by which it is counted."""
    return {word: min(keys_of(word)) for word in words_of(text)}


@dataclass(frozen=True, slots=True)
class FrequentWords:
    """Base forms of the words that stand in more than a SHARE of the texts of so many suppliers."""

    words: frozenset[str]
    of: int

    @classmethod
    def from_sample(cls, sample: Iterable[str], of: int) -> "FrequentWords":
        """By a sample of their texts."""
        counts: Counter[str] = Counter()
        read = 0
        for text in sample:
            counts.update(set(_bases(text).values()))
            read += 1
        return cls(frozenset(word for word, count in counts.items() if count > SHARE * read), of)

    def without(self, text: str) -> str:
        """A query's words without the common ones; all of them where nothing else would be left."""
        return " ".join(word for word, base in _bases(text).items() if base not in self.words) or text
