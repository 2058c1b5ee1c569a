"""The flags and the keys that entries of config/taxonomy may have, by kind; docs/taxonomy.md says when to set
each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Flag(StrEnum):
    """A property of an entry that text reading and matching use: `makes: true`."""

    MAKES = "makes"
    FINISHES = "finishes"
    APART = "apart"
    OWN_TRADE = "own_trade"
    ASSEMBLES = "assembles"
    COATS = "coats"
    SHEET = "sheet"
    CUTS_SHEET = "cuts_sheet"
    BLANK = "blank"
    METAL = "metal"
    MOST_ASKED = "most_asked"
    DEMANDED = "demanded"
    OF_PRODUCTS = "of_products"
    OF_PEOPLE = "of_people"
    LETTERED = "lettered"
    RATED_BY_FORCE = "rated_by_force"


@dataclass(frozen=True, slots=True)
class FlagRule:
    """The kind of entry that may have a flag; with `below` all entries under it have the flag too."""

    kind: str
    below: bool = False
    once: bool = False  # exactly one entry has it


FLAGS: Mapping[Flag, FlagRule] = {
    Flag.MAKES: FlagRule("process", below=True),
    Flag.FINISHES: FlagRule("process", below=True),
    Flag.APART: FlagRule("process"),
    Flag.OWN_TRADE: FlagRule("process"),
    Flag.ASSEMBLES: FlagRule("process"),
    Flag.COATS: FlagRule("process", below=True),
    Flag.SHEET: FlagRule("process", below=True),
    Flag.CUTS_SHEET: FlagRule("process", below=True),
    Flag.BLANK: FlagRule("process", below=True),
    Flag.METAL: FlagRule("material", below=True),
    Flag.MOST_ASKED: FlagRule("standard", once=True),
    Flag.DEMANDED: FlagRule("family"),
    Flag.OF_PRODUCTS: FlagRule("standard"),
    Flag.OF_PEOPLE: FlagRule("standard"),
    Flag.LETTERED: FlagRule("country"),
    Flag.RATED_BY_FORCE: FlagRule("equipment"),
}


class Occasion(StrEnum):
    """The occasion on which the product gives a reason that nobody chose: `given_for: expired`."""

    CONTRACTED = "contracted"  # the need went to another supplier
    EXPIRED = "expired"  # the need's time ran out
    NO_CAPACITY = "no_capacity"  # an invitation was answered so
    WITHDRAWN = "withdrawn"  # the need came from another centre, which sends it no more


# Keys that every entry may have.
COMMON_KEYS = frozenset({"code", "ru", "en", "parent", "synonyms", "designations", "ambiguous", "near"})
# Keys beyond them, by kind.
KEYS: Mapping[str, frozenset[str]] = {
    "process": frozenset(
        {"loose", "okved", "of_material", "of_section", "of_trade", "operations", "other_than_metal"}
    ),
    "material": frozenset({"bare", "density"}),
    "standard": frozenset({"bare", "family", "implies", "kind", "predecessors", "withdrawn"}),
    "family": frozenset(),
    "equipment": frozenset({"marks", "processes", "with_cnc"}),
    "sector": frozenset({"okved"}),
    "quality_paper": frozenset({"bare"}),
    "region": frozenset({"capital", "country", "disputed", "location"}),
    "district": frozenset({"regions"}),
    "country": frozenset(),
    "reason": frozenset({"by", "effect", "given_for"}),
}
# Keys that name other entries, and the kind of those.
REFERENCES: Mapping[tuple[str, str], str] = {
    ("process", "of_section"): "process",
    ("process", "other_than_metal"): "process",
    ("standard", "family"): "family",
    ("standard", "implies"): "standard",
    ("equipment", "processes"): "process",
    ("equipment", "with_cnc"): "equipment",
    ("region", "country"): "country",
    ("district", "regions"): "region",
}


def flags_of(kind: str, entry: Mapping[str, object]) -> frozenset[Flag]:
    """The flags of an entry that its kind may have."""
    return frozenset(flag for flag, rule in FLAGS.items() if rule.kind == kind and entry.get(flag) is True)
