"""The addresses and contacts of firms as compared."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from matchmaker.services.profiles.twins.firm_words import firm_lists, listed, sound_set, sounds

LONGEST = 300  # characters of an address that are compared
_PHONE_DIGITS = 10  # of a number, from its end, which the ways to write the country leave alone
_SHORTEST_PHONE = 7
_SITE = re.compile(r"^(?:[a-z]{2,6}://)?(?:www\d?\.)?([^/\s?#@]+\.[^/\s?#@]{2,})")
_HOUSE = re.compile(r"^\d{1,5}[a-zа-я]?$")
# Words and numbers that a list has run together: "zone11037", "2katunayake"; a house is "17b".
_GLUED = re.compile(r"(?<=[^\W\d]{3})(?=\d)|(?<=\d)(?=[^\W\d]{3})")


@dataclass(frozen=True, slots=True)
class FirmPlace:
    """An address. `words` what names the place, `numbers` of houses, rooms and postcodes, `letters` both in the order in which they
    were written, without what parts them.
    """

    words: frozenset[str]
    numbers: frozenset[str]
    key: str
    letters: str = ""


@dataclass(frozen=True, slots=True)
class FirmContacts:
    """Contacts. `domains` of sites and of e-mail addresses that belong to one firm."""

    phones: frozenset[str]
    emails: frozenset[str]
    domains: frozenset[str]


NOWHERE = FirmPlace(frozenset(), frozenset(), "")
NO_CONTACTS = FirmContacts(frozenset(), frozenset(), frozenset())


@cache
def _kinds() -> frozenset[str]:
    places = firm_lists("places")
    return sound_set(places["kinds"])


@lru_cache(maxsize=10)
def _shared(name: str) -> frozenset[str]:
    return frozenset(listed(firm_lists("places")[name]))


def place(address: str) -> FirmPlace:
    """An address as compared."""
    if not address:
        return NOWHERE
    heard = sounds(_GLUED.sub(" ", address[:LONGEST].replace("\n", " ")))
    kinds = _kinds()
    named = frozenset(word for word in heard if word not in kinds and not word[0].isdigit() and len(word) > 1)
    numbers = frozenset(word for word in heard if word[0].isdigit())
    told = "".join(word for word in heard if word in named or word in numbers)
    return FirmPlace(named, numbers, " ".join(sorted({*named, *numbers})), told)


def contacts(values: Iterable[str]) -> FirmContacts:
    """Phone numbers, e-mail addresses and sites as compared, told apart by their looks."""
    phones: set[str] = set()
    emails: set[str] = set()
    domains: set[str] = set()
    for value in values:
        text = value.strip().casefold()
        if "@" in text:
            emails.add(text.removeprefix("mailto:"))
            domain = text.rsplit("@", 1)[1]
            if domain not in _shared("free_mail"):
                domains.add(domain)
        elif any(letter.isalpha() for letter in text):
            site = _SITE.match(text)
            if site and site[1] not in _shared("shared_sites"):
                domains.add(site[1])
        else:
            digits = "".join(letter for letter in text if letter.isdigit())
            if len(digits) >= _SHORTEST_PHONE:
                phones.add(digits[-_PHONE_DIGITS:])
    return FirmContacts(frozenset(phones), frozenset(emails), frozenset(domains)) if values else NO_CONTACTS
