"""What the recogniser answers: mentions, each pointing at the characters it came from."""

from dataclasses import dataclass
from datetime import date

MAX_TEXT = 20_000  # characters that are read; the rest of a longer text is left alone, and `cut` says so


@dataclass(frozen=True, slots=True)
class Mention:
    """One recognised piece of a text.

    `kind` is a kind of the taxonomy ("process", "material", "standard", "equipment", "sector", "region", "district",
    "country", "town") with a `code`, or a quantity: "envelope", "diameter", "length", "thickness", "mass" (mm, kg), "tolerance"
    (IT), "roughness" (Ra, µm), "quantity" (pieces), "rhythm" (lots a year), "hours" (machine-hours a month), "distance" (km), "deadline" (`day`),
    "thread". `amounts` are its numbers in those units. `negated`: ruled out; `wish`: would be welcome, not demanded;
    `demand`: said to be a must; `own`: the writer does it ("сами красим"); `done`: the part comes with it done ("после
    закалки"). `weight` below 1 marks a misspelt or ambiguous word.
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
    """Mentions in the order of the text; `cut` tells that the text was longer than is read."""

    text: str
    mentions: tuple[Mention, ...]
    cut: bool = False

    def of(self, *kinds: str, negated: bool | None = False) -> tuple[Mention, ...]:
        """Mentions of these kinds; only those not ruled out, unless asked otherwise."""
        return tuple(
            m for m in self.mentions if m.kind in kinds and (negated is None or m.negated == negated)
        )

    def words(self, mention: Mention) -> str:
        """The words that a mention came from, on one line."""
        return " ".join(self.text[mention.start : mention.end].split())

    def codes(self, *kinds: str, negated: bool = False) -> tuple[str, ...]:
        """Their codes without repetition, in the order of the text."""
        return tuple(dict.fromkeys(m.code for m in self.of(*kinds, negated=negated) if m.code))
