"""How sure a reading is: what its rule turned out to be worth on labelled texts, beside what the rule itself says."""

from collections.abc import Mapping
from functools import cache

from matchmaker.resources import folder, read_yaml
from search.text import Mention

# Readings that the rule's own estimate counts as, beside those that were observed.
WEIGHT_OF_RULE = 8


@cache
def _observed() -> Mapping[str, tuple[int, int]]:
    """The right and wrong readings of each rule on the labelled texts that the rules were written with."""
    found = read_yaml(folder("config") / "reading" / "sureness.yaml")
    return {basis: (int(right), int(wrong)) for basis, (right, wrong) in found.items()}


def sureness(mention: Mention) -> float:
    """The probability, 0 to 1, that a mention is meant as it was read."""
    right, wrong = _observed().get(mention.basis, (0, 0))
    return (right + WEIGHT_OF_RULE * mention.sure) / (right + wrong + WEIGHT_OF_RULE)
