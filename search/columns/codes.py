"""Codes as small numbers: those of a tree of the taxonomy, and those of fields without a tree."""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain.taxonomy import Tree


class TreeCodes:
    """The codes of a tree as indices, and the fit of each code for another as a matrix [required, offered]."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.codes = tuple(concept.code for concept in tree)
        self.index = {code: position for position, code in enumerate(self.codes)}
        self._fits: dict[str, NDArray[np.float32]] = {}

    def fits(self, required: str) -> NDArray[np.float32]:
        """Tree.fit of every code as an offer for `required`; all 0 for a code the tree does not know."""
        if required not in self._fits:
            known = required in self.tree
            values = [self.tree.fit(required, code) if known else 0.0 for code in self.codes]
            self._fits[required] = np.array(values, dtype=np.float32)
        return self._fits[required]

    def indices(self, codes: Iterable[str]) -> list[int]:
        return [self.index[code] for code in codes if code in self.index]


@lru_cache(maxsize=8)
def codes_of(tree: Tree) -> TreeCodes:
    """The codes of a tree, made once: their fits are costly."""
    return TreeCodes(tree)


class Vocabulary:
    """The codes of a field without a tree (languages, centres), numbered in the order of their first use."""

    def __init__(self, codes: Iterable[str] = ()) -> None:
        self.index = {code: position for position, code in enumerate(codes)}

    def indices(self, codes: Iterable[str]) -> list[int]:
        return [self.index.setdefault(code, len(self.index)) for code in codes]
