"""The features of a pair of firms. A value rises with the likeness, 0 says neither, NaN that it is not known; the model gives
each a direction that it must keep.
"""

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from rapidfuzz.distance import JaroWinkler

from matchmaker.services.profiles.twins.compared_firms import ComparedFirms
from matchmaker.services.profiles.twins.firm_contacts import FirmPlace
from matchmaker.services.profiles.twins.name_alignment import aligned
from matchmaker.services.profiles.twins.twin_candidates import Pairs

Floats = npt.NDArray[np.float64]
# The features with their direction: 1 where a greater value speaks for one firm, -1 against it, 0 where it depends.
FEATURES = {
    "name_equal": 1,
    "name_letters": 1,
    "name_start": 1,
    "words": 1,
    "words_covered": 1,
    "left_over_both": -1,
    "left_over_one": -1,
    "worth": 1,
    "acronym": 0,
    "numbers": 1,
    "sides": 1,
    "forms": 1,
    "length": 0,
    "region": 1,
    "country": 1,
    "address": 1,
    "address_letters": 1,
    "address_rare": 1,
    "address_apart": -1,
    "street": 1,
    "houses": 1,
    "contact": 1,
    "domain": 1,
}
_CHUNK = 100_000
_UNKNOWN = math.nan
_NEAR = 80  # of 100: words of addresses that differ by a slip
_LEAST_WHOLE, _MOST_APART = 0.1, 5.0


def features(firms: ComparedFirms, pairs: Pairs) -> Floats:
    """The features of pairs, a row each."""
    found = [_some(firms, pairs[begin : begin + _CHUNK]) for begin in range(0, len(pairs), _CHUNK)]
    return np.concatenate(found) if found else np.empty((0, len(FEATURES)))


def _some(firms: ComparedFirms, pairs: Pairs) -> Floats:
    of_firms = firms.of_firms
    rows = []
    for one, other in pairs.tolist():
        names = [(first, second) for first in of_firms[one] for second in of_firms[other]]
        best = max((_of_names(firms, first, second) for first, second in names), default=_NAMELESS)
        rows.append((*best, *_beside_names(firms, one, other)))
    return np.asarray(rows, np.float64).reshape(-1, len(FEATURES))


_NAMELESS = (0.0,) * 13


def _of_names(firms: ComparedFirms, first: int, second: int) -> tuple[float, ...]:
    one, other = firms.names[first], firms.names[second]
    equal = one.sorted == other.sorted
    found = aligned(one, other, firms.weights)
    low, high = sorted((found.left, found.right))
    letters = 1.0 if equal else fuzz.ratio(one.compact, other.compact) / 100
    start = 1.0 if equal else JaroWinkler.similarity(one.compact, other.compact)
    half = found.total / 2
    covered = 1 - low / max(half, 0.01)
    return (
        float(equal),
        letters,
        start,
        found.like,
        covered,
        low,
        high,
        min(found.shared / 2, 3.0),
        float(found.acronym),
        _agreement(one.numbers, other.numbers),
        _agreement(one.sides, other.sides),
        0.0 if not (one.forms and other.forms) else 1.0 if one.forms & other.forms else -1.0,
        float(min(len(one.compact), len(other.compact), 30)),
    )


def _agreement(one: frozenset[object], other: frozenset[object]) -> float:
    """1 for equal sets, -1 for two that share nothing, between them where one side says more; 0 where both are silent."""
    if not one and not other:
        return 0.0
    if one == other:
        return 1.0
    if not one or not other:
        return -0.5
    return -0.25 if one & other else -1.0


def _beside_names(firms: ComparedFirms, one: int, other: int) -> tuple[float, ...]:
    address, letters, rare, apart, street, houses = _places(
        firms.places[one], firms.places[other], firms.place_weights
    )
    mine, theirs = firms.contacts[one], firms.contacts[other]
    return (
        _equal(firms.regions[one], firms.regions[other], firms.cities[one], firms.cities[other]),
        _equal(firms.countries[one], firms.countries[other]),
        address,
        letters,
        rare,
        apart,
        street,
        houses,
        np.fmax(_met(mine.phones, theirs.phones), _met(mine.emails, theirs.emails)),
        _met(mine.domains, theirs.domains),
    )


def _equal(one: str, other: str, town: str = "", other_town: str = "") -> float:
    """1 for one region, or one town where a region is not known; -1 for two; towns may be two of one firm."""
    if one and other:
        return 1.0 if one == other else -1.0
    return 1.0 if town and town == other_town else _UNKNOWN


def _met(one: frozenset[str], other: frozenset[str]) -> float:
    if not one or not other:
        return _UNKNOWN
    return -1.0 if one.isdisjoint(other) else 1.0


def _places(one: FirmPlace, other: FirmPlace, weights: Mapping[str, float]) -> tuple[float, ...]:
    if not one.key or not other.key:
        return (_UNKNOWN,) * 6
    if one.key == other.key:
        return 1.0, 1.0, 1.0, 0.0, 1.0, 1.0 if one.numbers else 0.0
    like = fuzz.token_sort_ratio(one.key, other.key) / 100
    shared = len(one.words & other.words)
    least = min(len(one.words), len(other.words))
    street = shared / least if least else 0.0
    if least and shared < least:
        street = max(
            street, fuzz.token_set_ratio(" ".join(sorted(one.words)), " ".join(sorted(other.words))) / 110
        )
    houses = _agreement(one.numbers, other.numbers)
    if one.numbers and other.numbers:
        both = len(one.numbers & other.numbers)
        houses = 2 * both / (len(one.numbers) + len(other.numbers)) if both else -1.0
    return (
        like,
        fuzz.partial_ratio(one.letters, other.letters) / 100,
        *_rare(one, other, weights),
        street,
        houses,
    )


def _rare(one: FirmPlace, other: FirmPlace, weights: Mapping[str, float]) -> tuple[float, float]:
    """How much of the address that says less stands in the other one too, its words weighed by rarity; and what each says that
    the other does not, of the one that says less of it.
    """
    if other.key < one.key:  # the words that are alike are paired in one order, whichever comes first
        one, other = other, one
    mine, theirs = one.words | one.numbers, other.words | other.numbers
    left, right = set[str](), sorted(theirs - mine)
    for word in sorted(mine - theirs):
        near = (
            None
            if word[0].isdigit()
            else process.extractOne(word, right, scorer=fuzz.ratio, score_cutoff=_NEAR)
        )
        if near:
            right.pop(near[2])
        else:
            left.add(word)
    apart = sorted(math.fsum(weights.get(word, 1.0) for word in words) for words in (left, right))
    whole = min(math.fsum(weights.get(word, 1.0) for word in words) for words in (mine, theirs))
    return 1 - apart[0] / max(whole, _LEAST_WHOLE), min(apart[0], _MOST_APART)
