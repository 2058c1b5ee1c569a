"""Firms made ready for comparison: names, place and contacts in one spelling, and the rarity of words among them."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from matchmaker.services.profiles.twins.firm_contacts import (
    NO_CONTACTS,
    NOWHERE,
    FirmContacts,
    FirmPlace,
    contacts,
    place,
)
from matchmaker.services.profiles.twins.firm_names import FirmName, name_reader
from matchmaker.services.profiles.twins.firm_words import sounds

_COMMON = 0.3  # the weight of a word that the lists call common
_LEAST = 0.15


@dataclass(frozen=True, slots=True)
class FirmIdentity:
    """The data of a firm that are compared, as written; `contacts` are e-mail addresses, phone numbers and sites."""

    id: str
    names: tuple[str, ...]
    inn: str | None = None
    address: str = ""
    contacts: tuple[str, ...] = ()
    ogrn: str | None = None
    region: str = ""
    city: str = ""
    country: str = ""


@dataclass(slots=True)
class ComparedFirms:
    """Firms by their place in the order of reading; `names` one a name of a firm, `owner` its firm; `of_firms` the
    names of each.
    """

    ids: list[str] = field(default_factory=list)
    inns: list[str] = field(default_factory=list)
    ogrns: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)
    cities: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)
    places: list[FirmPlace] = field(default_factory=list)
    contacts: list[FirmContacts] = field(default_factory=list)
    names: list[FirmName] = field(default_factory=list)
    owner: list[int] = field(default_factory=list)
    of_firms: list[list[int]] = field(default_factory=list)
    weights: dict[str, float] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    place_weights: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, firms: Iterable[FirmIdentity]) -> "ComparedFirms":
        """Make firms ready, in the order of their ids, so that the order in which they come tells nothing."""
        made = cls()
        written: list[str] = []
        keys: dict[str, str] = {"": ""}
        for number, firm in enumerate(sorted(firms, key=lambda firm: firm.id)):
            made.ids.append(firm.id)
            made.of_firms.append([])
            made.inns.append(firm.inn or "")
            made.ogrns.append(firm.ogrn or "")
            for texts, text in (
                (made.regions, firm.region),
                (made.cities, firm.city),
                (made.countries, firm.country),
            ):
                if text not in keys:
                    keys[text] = " ".join(sounds(text.replace("\n", " ")))
                texts.append(keys[text])
            made.places.append(place(firm.address) if firm.address else NOWHERE)
            made.contacts.append(contacts(firm.contacts) if firm.contacts else NO_CONTACTS)
            for name in firm.names:
                if name.strip():
                    made.of_firms[-1].append(len(written))
                    written.append(name)
                    made.owner.append(number)
        made.names = name_reader().read(written)
        made._weigh()
        made._weigh_places()
        return made

    def _weigh_places(self) -> None:
        """Weigh the words and numbers of addresses by their rarity among different addresses: of a town that many share they say little."""
        different = {one.key: one.words | one.numbers for one in self.places if one.key}
        counts = Counter(word for words in different.values() for word in words)
        whole = math.log(len(different) + 2)
        self.place_weights = {
            word: max(_LEAST, 1 - 0.7 * math.log(count) / whole) for word, count in counts.items()
        }

    def _weigh(self) -> None:
        """Weigh words by their rarity among different names, and by the lists."""
        different = {name.sorted: name.words for name in self.names}
        self.counts = counts = Counter(word for words in different.values() for word in set(words))
        common, whole = name_reader().common, math.log(len(different) + 2)
        self.weights = {
            word: _COMMON if word in common else max(_LEAST, 1 - 0.7 * math.log(count) / whole)
            for word, count in counts.items()
        }
