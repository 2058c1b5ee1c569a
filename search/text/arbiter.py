"""The arbiter: of the mentions that recognisers propose, each character of a text goes to at most one of a group.

The surest proposal wins, of equally sure ones the longest; what loses is not read at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from search.text.recognition import Mention

# Words may name work, a machine and a trade at once ("токарный станок"); a figure, a grade, a place or a day is one thing only.
_GROUPS = {"process": "work", "equipment": "machine", "sector": "trade"}
_FACT = "fact"
_STEP = 10  # sureness is compared in tenths: a longer proposal beats one that is hardly surer


@dataclass(slots=True)
class _Taken:
    """The characters of one group that are given away."""

    places: bytearray
    spans: set[tuple[int, int]] = field(default_factory=set)

    def has_room(self, mention: Mention) -> bool:
        span = (mention.start, mention.end)
        return span in self.spans or not any(self.places[mention.start : mention.end])

    def give(self, mention: Mention) -> None:
        self.spans.add((mention.start, mention.end))
        self.places[mention.start : mention.end] = b"\1" * (mention.end - mention.start)


def settled(proposed: Iterable[Mention], length: int) -> list[Mention]:
    """The mentions that remain of the proposed ones, in the order of the text, `length` characters long.

    Proposals of exactly the same characters stay together: an ambiguous name means each of its concepts.
    """
    taken: dict[str, _Taken] = {}
    chosen: list[Mention] = []
    seen: set[tuple[int, int, str, str | None, date | None]] = set()
    for mention in sorted(proposed, key=_rank):
        same = (mention.start, mention.end, mention.kind, mention.code, mention.day)
        if same in seen:
            continue
        seen.add(same)
        group = taken.setdefault(_GROUPS.get(mention.kind, _FACT), _Taken(bytearray(length)))
        if group.has_room(mention):
            group.give(mention)
            chosen.append(mention)
    return sorted(chosen, key=lambda mention: (mention.start, -mention.end))


def _rank(mention: Mention) -> tuple[int, int, int]:
    return (-round(mention.sure * _STEP), mention.start - mention.end, mention.start)
