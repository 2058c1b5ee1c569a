"""What two names can have in common at most, from counts of their letters: most pairs are told apart without being compared letter by
letter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

Spots = npt.NDArray[np.int64]
WORDS_ALIKE = 90.0  # of `fuzz.token_set_ratio`, from which the words of two names are alike
# What that leaves: a tenth of both names where their words differ, or 2/11 of one of them, rounded up, beside words that are equal.
_DIFFERING, _LEFT_OVER = 0.1001, 0.1819
_LETTERS, _TOGETHER = 32, 100_000  # kinds of letters that are counted, in as many names at once
_BITS = 64


@dataclass(frozen=True, slots=True)
class CountedLetters:
    """Texts with how often each has which letter: a row of 32 numbers a text. Letters beyond 32 share a number, which lets more pairs
    through and none less; `counted` the letters without spaces.
    """

    texts: npt.NDArray[np.object_]
    letters: npt.NDArray[np.uint8]
    counted: npt.NDArray[np.int32]

    @classmethod
    def of(cls, texts: Sequence[str]) -> "CountedLetters":
        """Texts with their letters counted."""
        letters = np.zeros((len(texts), _LETTERS), np.uint8)
        for begin in range(0, len(texts), _TOGETHER):
            some = texts[begin : begin + _TOGETHER]
            codes = np.frombuffer("".join(some).encode("utf-32-le"), np.uint32)
            rows = np.repeat(np.arange(len(some)), _lengths(some))
            spots = (rows * _LETTERS + codes % _LETTERS)[codes != ord(" ")]
            counts = np.bincount(spots, minlength=len(some) * _LETTERS)
            letters[begin : begin + _TOGETHER] = np.minimum(counts, 255).reshape(-1, _LETTERS)
        return cls(np.asarray(texts, object), letters, letters.sum(axis=1, dtype=np.int32))

    def most_alike(self, one: Spots, other: Spots) -> npt.NDArray[np.float64]:
        """What `fuzz.ratio` of pairs of texts without spaces can be at most, 0 to 100."""
        both = self.counted[one] + self.counted[other]
        return np.where(both > 0, 200.0 * self.shared(one, other) / np.maximum(both, 1), 100.0)

    def shared(self, one: Spots, other: Spots) -> npt.NDArray[np.int32]:
        """How many letters both texts of pairs have."""
        return np.asarray(np.minimum(self.letters[one], self.letters[other]).sum(axis=1), np.int32)


@dataclass(frozen=True, slots=True)
class CountedNames:
    """Names as their different words in order, with letters counted. `words` has a bit for each word, `heavy` those of words that are
    more than `_LEFT_OVER` of the name.
    """

    counts: CountedLetters
    lengths: npt.NDArray[np.int64]
    words: npt.NDArray[np.uint64]
    heavy: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, names: Sequence[Sequence[str]]) -> "CountedNames":
        """Names, each as its words; a word that stands twice counts once, as in that likeness."""
        different = [words if len(words) < 2 else sorted({*words}) for words in names]
        texts = [" ".join(words) for words in different]
        lengths = _lengths(texts)
        owner = np.repeat(np.arange(len(names)), _lengths(different))
        every = list(chain.from_iterable(different))
        bits = np.uint64(1) << (np.fromiter(map(hash, every), np.int64, len(every)) % _BITS).astype(np.uint64)
        long = _lengths(every) > _LEFT_OVER * lengths[owner]
        words, heavy = np.zeros(len(names), np.uint64), np.zeros(len(names), np.uint64)
        np.bitwise_or.at(words, owner, bits)
        np.bitwise_or.at(heavy, owner[long], bits[long])
        return cls(CountedLetters.of(texts), lengths, words, heavy)

    @property
    def texts(self) -> npt.NDArray[np.object_]:
        """The words of each name as one text."""
        return self.counts.texts

    def may_be_alike(self, one: Spots, other: Spots) -> npt.NDArray[np.bool_]:
        """Whether `fuzz.token_set_ratio` of pairs may reach `WORDS_ALIKE`; where this says no, it does not."""
        within = (self.heavy[one] & ~self.words[other]) == 0
        within |= (self.heavy[other] & ~self.words[one]) == 0
        counted = self.counts.counted
        apart = counted[one] + counted[other] - 2 * self.counts.shared(one, other)
        return np.asarray(within | (apart <= _DIFFERING * (self.lengths[one] + self.lengths[other])))


def _lengths(texts: Sequence[Sequence[str]]) -> npt.NDArray[np.int64]:
    return np.fromiter(map(len, texts), np.int64, len(texts))
