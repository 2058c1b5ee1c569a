"""Names whose words may stand in any order and a few words apart: "накатать резьбу", "резьба на тягах накатная", "roll threads".

Each word is written by its beginning, "накат*", or whole; alternatives are parted by "/". All words of a name stand in one part
of a sentence: signs and joining words between them part two things, as in "накатка, резьба".
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.text.lexicon import whole_words
from search.text.tokens import Token

MOST_BETWEEN = 2  # words between the words of a name
SHORTEST = 3  # letters of a beginning, by which words are looked up
_PARTS = re.compile(r"[^ \t\u00a0-]|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class LooseMatch:
    """A loose name of the concept `code`, found in tokens[first:last]; `words` counts the words of the name."""

    code: str
    first: int
    last: int
    words: int


@dataclass(frozen=True, slots=True)
class _LooseWord:
    """A word of the name number `name`, the one at `place` in it; `is_open` where it is only a beginning."""

    spelling: str
    is_open: bool
    name: int
    place: int


class LooseNames:
    """The loose names of concepts, by the beginnings of their words."""

    def __init__(self) -> None:
        self._names: list[tuple[str, int]] = []  # the code, and the number of words
        self._words: dict[str, list[_LooseWord]] = defaultdict(list)

    def add(self, code: str, name: str) -> None:
        """Add a name as the taxonomy writes it: "накат* резьб*"."""
        words = name.lower().replace("ё", "е").split()
        for place, alternatives in enumerate(words):
            for written in alternatives.split("/"):
                spelling = written.removesuffix("*")
                word = _LooseWord(spelling, written.endswith("*"), len(self._names), place)
                self._words[spelling[:SHORTEST]].append(word)
        self._names.append((code, len(words)))

    def find(self, text: str, words: Sequence[Token]) -> Iterator[LooseMatch]:
        """All loose names in the text, each where its words stand nearest to each other."""
        # Of each name the last place of each of its words.
        latest: dict[int, dict[int, int]] = defaultdict(dict)
        joins = whole_words("spelling", "and")
        for index, token in enumerate(words):
            spelled = token.text.lower().replace("ё", "е")
            parted = index and _PARTS.search(text, words[index - 1].end, token.start)
            if parted or spelled in joins:
                latest.clear()
            for word in self._words.get(spelled[:SHORTEST], ()):
                if not (spelled.startswith(word.spelling) if word.is_open else spelled == word.spelling):
                    continue
                places = latest[word.name]
                places[word.place] = index
                code, count = self._names[word.name]
                first = min(places.values())
                if len(set(places.values())) == count and index + 1 - first <= count + MOST_BETWEEN:
                    yield LooseMatch(code, first, index + 1, count)
