"""The groups of mentions that a word of scope bears on together, and the sentences that they stand in."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from search.text.recognition import Mention, Origin

PROCESS = "process"
SENTENCE_END = re.compile(r"[;!?\n]|(?<!\.)\.(?=\s|$)")  # dots that lead on end nothing
COMMA = re.compile(r",(?!\d)")
LONGEST_SENTENCE = 300  # characters to either side
NEAR = 24  # characters before a word of work in which the thing stands that it belongs to


@dataclass(slots=True)
class ScopeGroup:
    """Mentions of one kind on the same words, and the marks of their scope."""

    kind: str
    start: int
    end: int
    codes: set[str]
    implied: bool  # a product that only implies work
    indices: list[int]
    marks: set[str]


def grouped(mentions: Sequence[Mention]) -> Iterator[ScopeGroup]:
    """The groups of the mentions that have a code, in the order of the text."""
    latest: dict[str, ScopeGroup] = {}
    groups: list[ScopeGroup] = []
    for index, mention in enumerate(mentions):
        if mention.code is None:
            continue
        known = latest.get(mention.kind)
        if known is not None and mention.start < known.end:
            known.indices.append(index)
            known.codes.add(mention.code)
            known.implied = known.implied and mention.origin is Origin.IMPLIED
            known.end = max(known.end, mention.end)
            continue
        group = latest[mention.kind] = ScopeGroup(
            mention.kind,
            mention.start,
            mention.end,
            {mention.code},
            mention.origin is Origin.IMPLIED,
            [index],
            set(),
        )
        groups.append(group)
    yield from groups


def clause(text: str, place: int) -> tuple[int, int]:
    """The beginning and the end of the sentence around a place, within the words that can bear on the place."""
    begins, ends = _sentence_ends(text)
    start = max(0, place - LONGEST_SENTENCE)
    before, after = bisect_right(ends, place), bisect_left(begins, place)
    if before:
        start = max(start, ends[before - 1])
    last = min(len(text), place + LONGEST_SENTENCE)
    return start, min(last, begins[after]) if after < len(begins) else last


@lru_cache(maxsize=4)
def _sentence_ends(text: str) -> tuple[list[int], list[int]]:
    """The places where the signs that end sentences begin and end."""
    signs = [match.span() for match in SENTENCE_END.finditer(text)]
    return [first for first, _ in signs], [last for _, last in signs]
