"""Conditions on the facts of a supplier (`search.engines.supplier_facts`), for an engine that judges everybody itself.

`search.filters.verdicts` makes them from requirements; an engine that holds facts writes them in its own form.
"""

from dataclasses import dataclass

Term = str | int


@dataclass(frozen=True, slots=True)
class OneOf:
    """A fact is one of these terms."""

    field: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A number is stated and lies between two others, both included; None for no end."""

    field: str
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact is stated at all."""

    field: str


@dataclass(frozen=True, slots=True)
class Near:
    """The place is known and lies within so many great-circle kilometres of another, degrees north and east."""

    location: tuple[float, float]
    km: float


@dataclass(frozen=True, slots=True)
class HasPart:
    """One of the parts of a supplier (a capability, a certificate, a planned month) meets a condition as a whole."""

    part: str
    condition: "Condition"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """So many of the conditions hold."""

    count: int
    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Weighty:
    """The weights of the conditions that hold come to this at least."""

    weights: tuple[tuple["Condition", float], ...]
    least: float


Condition = OneOf | Between | Stated | Near | HasPart | AtLeast | Not | Weighty


def both(*conditions: Condition) -> Condition:
    """All of the conditions hold."""
    return AtLeast(len(conditions), conditions)


def either(*conditions: Condition) -> Condition:
    """One of the conditions holds."""
    return AtLeast(1, conditions)


EVERYBODY, NOBODY = both(), either()
