"""The result of the recogniser: mentions, each pointing at the characters it came from."""

from dataclasses import dataclass
from datetime import date

MAX_TEXT = 20_000  # characters that are read; `cut` marks a longer text


@dataclass(frozen=True, slots=True)
class Mention:
    """One recognised piece of a text.

    `kind` is a kind of the taxonomy ("process", "material", "standard", "equipment", "sector", "region",
    "district", "country", "town") with a `code`, or a quantity: "envelope", "diameter", "length",
    "thickness", "mass" (mm, kg), "tolerance" (IT), "roughness" (Ra, µm), "hardness" (Vickers numbers, both
    ends of a range), "quantity" (pieces), "rhythm" (lots a year), "hours" (machine-hours a month), "distance"
    (km), "deadline" (`day`), "thread". `amounts` are its numbers in those units. `negated`: ruled out;
    `wish`: welcome, not demanded; `demand`: stated as a must; `own`: the writer does it ("сами красим");
    `done`: the part comes with it done ("после закалки"). `weight` below 1 marks a misspelt or ambiguous
    word.
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
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Recognition:
    """The mentions in the order of the text; `cut` marks a text longer than the part that is read."""

    text: str
    mentions: tuple[Mention, ...]
    cut: bool = False

    def of(self, *kinds: str, negated: bool | None = False) -> tuple[Mention, ...]:
        """The mentions of these kinds; those ruled out only on request."""
        return tuple(
            m for m in self.mentions if m.kind in kinds and (negated is None or m.negated == negated)
        )

    def words(self, mention: Mention) -> str:
        """The words that a mention came from, on one line."""
        return " ".join(self.text[mention.start : mention.end].split())

    def codes(self, *kinds: str, negated: bool = False) -> tuple[str, ...]:
        """The codes of the mentions without repetition, in the order of the text."""
        return tuple(dict.fromkeys(m.code for m in self.of(*kinds, negated=negated) if m.code))
