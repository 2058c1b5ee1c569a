"""Likely duplicates among organisations: pairs with a probability; only firms that share a rare key are
compared.

The probability is a logistic of a few stated facts, so that a pair can be explained; the weights are a
judgement, checked on public lists of company names and of sites.
"""

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from matchmaker.domain.organisation import name_key

MAX_NAME = 200  # characters compared: the scorers are worse than linear
MAX_BLOCK = 300  # firms sharing a key; a more frequent key does not distinguish firms
SAME, DOUBTFUL = 0.95, 0.5

# Logits. An equal INN alone is enough for "same"; a different one outweighs any similarity of names.
BASE = -9.0
INN_EQUAL, INN_DIFFERENT = 13.0, -7.0
NAME = 11.2  # times the similarity of the names above 0.5, doubled
ADDRESS = 5.0  # times the similarity of the addresses
ADDRESS_DIFFERENT = -4.0  # both known, and different
CONTACT_EQUAL = 4.0
NUMBER_DIFFERENT = -4.0  # "Цех 5" and "Цех 6": numbers distinguish firms of one name
_LEAST = -0.001  # of a pair that is doubtful once its probability is rounded

_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        ("a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya").replace("_", "").split(" "),
        strict=True,
    )
)  # fmt: skip
_LATIN = str.maketrans(_CYRILLIC)


@dataclass(frozen=True, slots=True)
class FirmIdentity:
    """The data of a firm that are compared; `contacts` are an e-mail address, a phone number, a site, as
    written.
    """

    id: str
    names: tuple[str, ...]
    inn: str | None = None
    address: str = ""
    contacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """Two firms by id, in order, and the verdict on them: "same", "doubtful" or "different", with its
    probability.
    """

    a: str
    b: str
    probability: float

    @property
    def decision(self) -> str:
        return (
            "same"
            if self.probability >= SAME
            else "doubtful"
            if self.probability >= DOUBTFUL
            else "different"
        )


def romanised(text: str) -> str:
    """A compared text in Latin letters, so that names in both alphabets match."""
    return text.translate(_LATIN)


@dataclass(frozen=True, slots=True)
class _Prepared:
    firm: FirmIdentity
    names: tuple[str, ...]
    address: str
    contacts: frozenset[str]
    numbers: frozenset[str]


def _prepared(firm: FirmIdentity) -> _Prepared:
    names = tuple(dict.fromkeys(romanised(name_key(name[:MAX_NAME])) for name in firm.names if name))
    contacts = frozenset(_contact(text) for text in firm.contacts if text) - {""}
    address = romanised(name_key(firm.address[:MAX_NAME])) if firm.address else ""
    return _Prepared(firm, names, address, contacts, _numbers(names))


def _contact(text: str) -> str:
    """A phone as its last ten digits, anything else without protocol and case."""
    digits = "".join(letter for letter in text if letter.isdigit())
    if len(digits) >= 10 and not any(letter.isalpha() for letter in text):
        return digits[-10:]
    return text.strip().casefold().split("://")[-1].removeprefix("www.").rstrip("/")


def _keys(one: _Prepared) -> Iterator[str]:
    """The keys of which two firms must share one to be compared."""
    if one.firm.inn:
        yield f"inn {one.firm.inn}"
    for name in one.names:
        words = sorted(word for word in name.split() if len(word) > 2)
        yield f"name {''.join(name.split())[:6]}"
        yield from (f"word {word}" for word in words)
        yield from (f"pair {first} {second}" for first, second in combinations(words[:6], 2))
    if one.address:
        yield f"address {one.address}"
    yield from (f"contact {contact}" for contact in one.contacts)


def find(firms: Iterable[FirmIdentity]) -> list[DuplicatePair]:
    """The pairs that are same or doubtful, most probable first."""
    prepared = [_prepared(firm) for firm in firms]
    found = [
        pair
        for place, others in enumerate(_sharing(prepared))
        for other in others
        if (pair := _pair(prepared[place], prepared[other])) is not None
    ]
    return sorted(found, key=lambda pair: (-pair.probability, pair.a, pair.b))


def _sharing(prepared: Sequence[_Prepared]) -> Iterator[set[int]]:
    """For each firm the later ones that share a key with it which is rare enough. The keys of a hundred thousand firms are
    held as numbers: two keys of one number only make a comparison more.
    """
    keys, counts = array("q"), array("q")
    for one in prepared:
        own = {hash(key) for key in _keys(one)}
        keys.extend(own)
        counts.append(len(own))
    _, block, sizes = np.unique(np.asarray(keys), return_inverse=True, return_counts=True)
    owner = np.repeat(np.arange(len(prepared)), np.asarray(counts))
    members = owner[np.argsort(block, kind="stable")]
    first = np.concatenate(([0], np.cumsum(sizes)))
    at = 0
    for place, count in enumerate(counts):
        others: set[int] = set()
        for number in block[at : at + count].tolist():
            if 1 < sizes[number] <= MAX_BLOCK:
                others.update(members[first[number] : first[number + 1]].tolist())
        at += count
        yield {other for other in others if other > place}


def _pair(one: _Prepared, other: _Prepared) -> DuplicatePair | None:
    """The pair with its probability; None for two that are different."""
    logit = BASE + _beside_names(one, other)
    if logit + NAME < _LEAST:  # equal names would not make them doubtful
        return None
    logit += _names(one.names, other.names)
    probability = round(1 / (1 + math.exp(-logit)), 4)
    first, second = sorted((one.firm.id, other.firm.id))
    return DuplicatePair(first, second, probability) if probability >= DOUBTFUL else None


def _beside_names(one: _Prepared, other: _Prepared) -> float:
    """What INN, numbers, addresses and contacts say."""
    logit = _inn(one.firm, other.firm)
    if one.numbers and other.numbers and one.numbers.isdisjoint(other.numbers):
        logit += NUMBER_DIFFERENT
    if one.address and other.address:
        likeness = fuzz.token_set_ratio(one.address, other.address) / 100
        logit += ADDRESS * likeness if likeness > 0.8 else ADDRESS_DIFFERENT * (1 - likeness)
    if not one.contacts.isdisjoint(other.contacts):
        logit += CONTACT_EQUAL
    return logit


def _inn(one: FirmIdentity, other: FirmIdentity) -> float:
    if not (one.inn and other.inn):
        return 0.0
    return INN_EQUAL if one.inn == other.inn else INN_DIFFERENT


def _names(ones: Sequence[str], others: Sequence[str]) -> float:
    likeness = max((_likeness(a, b) for a in ones for b in others), default=0.0)
    return 2 * NAME * max(likeness - 0.5, 0.0)


def _likeness(one: str, other: str) -> float:
    """The similarity of names by their words in any order, and by their letters; the mean of both, so that
    neither decides alone.
    """
    if one == other:
        return 1.0
    words = fuzz.token_sort_ratio(one, other) / 100
    letters = float(JaroWinkler.similarity("".join(one.split()), "".join(other.split())))
    part = fuzz.token_set_ratio(one, other) / 100
    return 0.4 * words + 0.35 * letters + 0.25 * part


def _numbers(names: Iterable[str]) -> frozenset[str]:
    """The numbers in the names of a firm."""
    return frozenset(word.lstrip("0") for name in names for word in name.split() if word.isdigit())
