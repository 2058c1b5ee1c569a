"""The ids of firms in lists that give them neither a code nor an INN: by name and town, and where that is not enough by what
tells two firms of one name apart.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from matchmaker.domain.organisation import name_key, search_key

Trait = Literal["region", "address", "contacts"]
NAMED = "name-"
_BASE = len(NAMED) + 16  # letters of an id that name and town alone give
_ENTRIES = re.compile(r"[,;\n]")


def of_name(name: str, city: str) -> str:
    """The id that a firm of this name and town always gets, anywhere in a list."""
    return f"{NAMED}{_hash(name_key(name), name_key(city))}"


def is_of_name(own: str) -> bool:
    """Whether an id is one that name and town alone give; what a firm's address tells of its town may have come later."""
    return own.startswith(NAMED) and len(own) == _BASE


def name_part(own: str) -> str:
    """What the ids of firms have in common that were kept apart for what tells them apart."""
    return own[:_BASE]


def _hash(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class FirmTraits:
    """What tells firms of one name apart; a trait that is not said tells nothing. `region` is its code, or its name."""

    region: str = ""
    address: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()

    def apart(self, other: "FirmTraits") -> Trait | None:
        """What two firms differ in, so that they are two; None where they may be one.

        Whatever both say and say otherwise counts, so that a row that joins a firm never changes what others are compared with.
        """
        if self.region and other.region and self.region != other.region:
            return "region"
        if self.address and other.address and not _same_place(self.address, other.address):
            return "address"
        if self.contacts & other.contacts:
            return None
        kinds = {kind for kind, _ in _by_kind(self.contacts)} & {kind for kind, _ in _by_kind(other.contacts)}
        return "contacts" if kinds else None

    def ids(self, base: str) -> tuple[str, ...]:
        """The ids that a firm with the base id of its name may have: each further one is told apart by one trait more."""
        said = [base]
        words = list[str]()
        for trait in (self.region, *map(_spelled, (self.address, self.contacts))):
            if trait:
                words.append(trait)
                said.append(f"{base}-{_hash(*words)[:8]}")
        return tuple(said)


def _spelled(words: frozenset[str]) -> str:
    return " ".join(sorted(words))


def _by_kind(contacts: frozenset[str]) -> Iterator[tuple[str, str]]:
    return ((kind, value) for kind, _, value in (one.partition(":") for one in contacts))


def traits(region: str, address: str, phone: str, email: str, website: str) -> FirmTraits:
    """The traits of a firm by what is written about it."""
    digits = (re.sub(r"\D", "", one)[:11][-10:] for one in _ENTRIES.split(phone))
    contacts = {f"phone:{one}" for one in digits if len(one) >= 6}
    contacts |= {f"email:{one}" for one in search_key(email).replace(",", " ").split() if "@" in one}
    if site := search_key(website).split("://")[-1].removeprefix("www.").rstrip("/ "):
        contacts.add(f"website:{site}")
    return FirmTraits(search_key(region).strip(), frozenset(name_key(address).split()), frozenset(contacts))


def _same_place(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two addresses may be one that is written in two ways: the numbers of one are among those of the other, and
    one of their longer words is the same.
    """
    numbers = [frozenset(word for word in words if word[0].isdigit()) for words in (one, other)]
    if not (numbers[0] <= numbers[1] or numbers[1] <= numbers[0]):
        return False
    names = [frozenset(word for word in words if len(word) > 3) - numbers[0] for words in (one, other)]
    return not all(names) or bool(names[0] & names[1])
