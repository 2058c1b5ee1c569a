"""The result of the recogniser: mentions, each pointing at the characters it came from."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from search.text.segments import Segment

MAX_TEXT = 20_000  # characters that are read; `cut` marks a longer text


class Origin(StrEnum):
    """The way in which a reading came about: the words say it, they imply it, or their spelling was guessed."""

    SAID = "said"
    IMPLIED = "implied"
    GUESSED = "guessed"


@dataclass(frozen=True, slots=True)
class Mention:
    """One recognised piece of a text.

    `kind` is a kind of the taxonomy ("process", "material", "standard", "equipment", "sector", "region",
    "district", "country", "town") with a `code`, or a quantity: "envelope", "diameter", "length",
    "thickness", "mass" (mm, kg), "tolerance" (IT), "roughness" (Ra, µm), "hardness" (Vickers numbers, both
    ends of a range), "quantity" (pieces), "rhythm" (lots a year), "hours" (machine-hours a month), "distance"
    (km), "thread"; a day is a "deadline", "desired", "quote_by" or, about anything else, a "day" (`day`).
    `amounts` are its numbers in those units. `negated`: ruled out; `wish`: welcome, not demanded; `demand`: stated
    as a must; `own`: the writer does it ("сами красим"); `done`: the part comes with it done ("после закалки").
    `partner`: others do it; `planned`: not yet so; `aside`: told of a trade, a thing or a state of stock (with `own`,
    of the writer's). `sure` is the probability, 0 to 1, that the piece is meant so, and `origin` says why; `basis`
    names the rule that proposed it.
    """

    kind: str
    start: int
    end: int
    code: str | None = None
    value: str = ""
    amounts: tuple[float, ...] = ()
    day: date | None = None
    negated: bool = False
    wish: bool = False
    demand: bool = False
    own: bool = False
    done: bool = False
    partner: bool = False
    planned: bool = False
    aside: bool = False
    sure: float = 1.0
    origin: Origin = Origin.SAID
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Recognition:
    """The mentions in the order of the text; `cut` marks a text longer than the part that is read.

    `ignored` are the parts of a letter that are not the request; `read` is the text as it was read, of the same
    length; `rows` are the spans of the rows of its tables; `open_numbers` are the spans of numbers that may mean a thousandth of what was read.
    """

    text: str
    mentions: tuple[Mention, ...]
    cut: bool = False
    language: str = "ru"
    read: str = ""
    ignored: tuple[Segment, ...] = ()
    rows: tuple[tuple[int, int], ...] = ()
    open_numbers: tuple[tuple[int, int], ...] = ()

    def of(self, *kinds: str, negated: bool | None = False) -> tuple[Mention, ...]:
        """The mentions of these kinds; those ruled out only on request."""
        return tuple(
            m for m in self.mentions if m.kind in kinds and (negated is None or m.negated == negated)
        )

    def is_open(self, mention: Mention) -> bool:
        """Whether the number of a mention may mean a thousandth of what was read; pieces are whole, so never theirs."""
        return mention.kind != "quantity" and any(
            start < mention.end and mention.start < end for start, end in self.open_numbers
        )

    def words(self, mention: Mention) -> str:
        """The words that a mention came from, on one line."""
        return " ".join(self.text[mention.start : mention.end].split())

    def codes(self, *kinds: str, negated: bool = False) -> tuple[str, ...]:
        """The codes of the mentions without repetition, in the order of the text."""
        return tuple(dict.fromkeys(m.code for m in self.of(*kinds, negated=negated) if m.code))
