"""The groups of mentions that a word of scope bears on together, and the sentences that they stand in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
    least, most = max(0, place - LONGEST_SENTENCE), min(len(text), place + LONGEST_SENTENCE)
    start = max((match.end() for match in SENTENCE_END.finditer(text, least, place)), default=least)
    after = SENTENCE_END.search(text, place, most)
    return start, after.start() if after else most
