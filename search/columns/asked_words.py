"""The words of needs, for columns that hold only some of the suppliers: how many of all use each is asked elsewhere.

Words are numbered anew for a question, those of its needs first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matchmaker.domain.taxonomy import Taxonomy
from search.columns.store import Columns
from search.columns.words import HEAD, PAIR_BITS, BaseForms, hashed, pairs_of
from search.document import SearchDocument
from search.engines.supplier_facts import base_forms, pair_of


@dataclass(frozen=True, slots=True)
class WordUse:
    """How many of all suppliers use some base forms, and some pairs of them; their texts have `words` words in all."""

    suppliers: int
    words: float
    forms: Mapping[str, int]
    pairs: Mapping[str, int]


class AskedWords:
    """The base forms of some texts, and the pairs that stand together in them; `head` and `head_pairs` are those of their
    first words.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._numbers = BaseForms()
        sequences = [(base_forms(text), self._numbers.numbered(text)) for text in texts]
        named = {
            number: form for forms, numbers in sequences for form, number in zip(forms, numbers, strict=True)
        }
        self.forms = tuple(named[number] for number in range(len(named)))
        everywhere = {number: number for number in named}
        self._pairs = list(
            dict.fromkeys(pair for _, numbers in sequences for pair in pairs_of(numbers, everywhere))
        )
        self.pairs = tuple(map(self._pair, self._pairs))
        leading = [numbers[:HEAD] for _, numbers in sequences]
        self.head = {self.forms[number] for numbers in leading for number in numbers}
        self.head_pairs = {self._pair(pair) for numbers in leading for pair in pairs_of(numbers, everywhere)}

    def _pair(self, numbers: tuple[int, int]) -> str:
        one, other = numbers
        return pair_of(self.forms[one], self.forms[other])

    def columns(self, documents: Sequence[SearchDocument], taxonomy: Taxonomy, use: WordUse) -> Columns:
        """The columns of some suppliers, for which these words are as rare as they are among all."""
        made = Columns(documents, taxonomy, words=self._numbers)
        users = np.zeros(len(made.words.numbers), dtype=np.int32)
        users[: len(self.forms)] = [use.forms[form] for form in self.forms]
        pair_users = np.zeros(1 << PAIR_BITS, dtype=np.int32)
        if self._pairs:
            first, second = np.array(self._pairs, dtype=np.int64).T
            pair_users[hashed(first, second)] = [use.pairs[pair] for pair in self.pairs]
        made.words = replace(
            made.words,
            users=users,
            pair_users=pair_users,
            suppliers=use.suppliers,
            mean=use.words / max(use.suppliers, 1),
        )
        return made
