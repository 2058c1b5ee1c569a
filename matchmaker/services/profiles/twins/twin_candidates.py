"""The candidates: pairs of firms that share a key. No block is dropped for its size: within a large one the neighbours in the
order of names are compared.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from matchmaker.services.profiles.twins.compared_firms import ComparedFirms
from matchmaker.services.profiles.twins.name_bounds import WORDS_ALIKE, CountedLetters, CountedNames

Pairs = npt.NDArray[np.int64]
_CHUNK = 200_000  # pairs scored at once
_PAIRS_A_FIRM, _PAIRS_AT_LEAST, _WINDOW_AT_LEAST = 4, 400_000, 3
# The least likeness of names of a candidate: among a thousand firms, more for every ten times as many, and at one place.
_LIKE, _MORE, _LIKE_WITHIN_A_PLACE = 76.0, 4.5, 55.0
_SOMEWHAT_LIKE = 50.0
_MAYBE = 0.55  # of the least likeness, from which words are looked at
_START = 6  # letters
_FEW, _MOST_OF_ACRONYM = 3000, 50
_ACRONYM = range(2, 7)  # letters


def candidates(firms: ComparedFirms) -> Pairs:
    """The pairs of firms that may be one, as rows of two places in order."""
    size = len(firms.ids)
    names = _NamesBeside(firms)
    alike = [names.alike(pairs) for pairs in _by_names(firms)]
    sure = [_by_acronyms(firms), *_by_facts(firms), _by_places(firms)]
    coded = np.concatenate([*alike, *(_coded(pairs, size) for pairs in sure)])
    coded = np.unique(coded)
    return _not_ruled_out(firms, np.stack([coded // size, coded % size], axis=1))


def _coded(pairs: Pairs, size: int) -> npt.NDArray[np.int64]:
    """Pairs of firms as one number each, without those of one firm."""
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    return np.asarray((low * size + high)[low != high], np.int64)


def _by_names(firms: ComparedFirms) -> Iterator[Pairs]:
    """Pairs of names that share a half, or one of their two rarest words."""
    compact = [name.compact for name in firms.names]
    order = np.empty(len(compact), np.int64)
    order[sorted(range(len(compact)), key=compact.__getitem__)] = np.arange(len(compact))
    every = np.arange(len(compact))
    yield _near(every, _hashed(text[: (len(text) + 1) // 2] for text in compact), order)
    yield _near(every, _hashed(text[len(text) // 2 :] for text in compact), order)
    yield _near(every, _hashed(text[:_START] for text in compact), order)
    rank = firms.counts.__getitem__
    spots: list[int] = []
    words: list[str] = []
    for spot, name in enumerate(firms.names):
        rarest = (
            sorted(set(name.words), key=lambda word: (rank(word), word))[:2]
            if len(name.words) > 1
            else name.words
        )
        words += rarest
        spots += [spot] * len(rarest)
    held = np.asarray(spots, np.int64)
    yield _near(held, _hashed(words), order[held] if len(held) else held)


def _hashed(texts: Iterable[str]) -> npt.NDArray[np.int64]:
    return np.fromiter(map(hash, texts), np.int64)


def _near(items: npt.NDArray[np.int64], keys: npt.NDArray[np.int64], order: npt.NDArray[np.int64]) -> Pairs:
    """Pairs of items of one key; where a key has many, of neighbours in the order, as many as all can afford."""
    by_key = np.lexsort((order, keys))
    items, keys = items[by_key], keys[by_key]
    most = max(_PAIRS_A_FIRM * len(items), _PAIRS_AT_LEAST)
    found: list[Pairs] = []
    count, distance = 0, 0
    while distance + 1 < len(items) and (count < most or distance < _WINDOW_AT_LEAST):
        distance += 1
        here = np.flatnonzero(keys[:-distance] == keys[distance:])
        if not len(here):
            break
        found.append(np.stack([items[here], items[here + distance]], axis=1))
        count += len(here)
    return np.concatenate(found) if found else np.empty((0, 2), np.int64)


class _NamesBeside:
    """The names of firms made ready for the likeness of many pairs."""

    def __init__(self, firms: ComparedFirms) -> None:
        self._size = len(firms.ids)
        self._owner = np.asarray(firms.owner, np.int64)
        self._numbers = _signature(name.numbers for name in firms.names)
        self._sides = _signature(name.sides for name in firms.names)
        located = np.fromiter((bool(place.key) for place in firms.places), bool, self._size)
        self._located = located[self._owner]
        self._like_apart = _LIKE + _MORE * max(0.0, math.log10(max(self._size, 1) / 1000))
        self._letters = CountedLetters.of([name.compact for name in firms.names])
        self._words = CountedNames.of([name.words for name in firms.names])

    def alike(self, pairs: Pairs) -> npt.NDArray[np.int64]:
        """The pairs of firms among pairs of names that are alike enough to be looked at, as one number each."""
        kept = [self._some(pairs[begin : begin + _CHUNK]) for begin in range(0, len(pairs), _CHUNK)]
        return np.concatenate(kept) if kept else np.empty(0, np.int64)

    def _some(self, pairs: Pairs) -> npt.NDArray[np.int64]:
        one, other = pairs[:, 0], pairs[:, 1]
        contradicting = _differ(self._numbers, one, other) | _differ(self._sides, one, other)
        pairs = pairs[(self._owner[one] != self._owner[other]) & ~contradicting]
        one, other = pairs[:, 0], pairs[:, 1]
        located = self._located[one] & self._located[other]
        least = np.where(located, _LIKE_WITHIN_A_PLACE, self._like_apart)
        most = self._letters.most_alike(one, other)
        maybe = np.flatnonzero(most >= _MAYBE * least)
        maybe = maybe[(most[maybe] >= least[maybe]) | self._words.may_be_alike(one[maybe], other[maybe])]
        one, other, least = one[maybe], other[maybe], least[maybe]
        like = _scores(fuzz.ratio, self._letters.texts, one, other, _MAYBE * _LIKE_WITHIN_A_PLACE)
        near = like >= least
        rest = np.flatnonzero(~near & (like >= _MAYBE * least))
        rest = rest[self._words.may_be_alike(one[rest], other[rest])]
        by_words = _scores(fuzz.token_set_ratio, self._words.texts, one[rest], other[rest], WORDS_ALIKE)
        near[rest[by_words > 0]] = True
        return _coded(self._owner[pairs[maybe[near]]], self._size)


def _scores(
    scorer: Callable[..., float],
    texts: npt.NDArray[np.object_],
    one: npt.NDArray[np.int64],
    other: npt.NDArray[np.int64],
    least: float,
) -> npt.NDArray[np.float32]:
    """The likeness of pairs of texts; 0 where it is below the least."""
    return process.cpdist(
        texts[one].tolist(), texts[other].tolist(), scorer=scorer, dtype=np.float32, score_cutoff=least
    )


def _signature(sets: Iterable[frozenset[object]]) -> npt.NDArray[np.int64]:
    return np.fromiter((hash(one) if one else 0 for one in sets), np.int64)


def _differ(
    signature: npt.NDArray[np.int64], one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    first, second = signature[one], signature[other]
    return np.asarray((first != 0) & (second != 0) & (first != second))


def _by_acronyms(firms: ComparedFirms) -> Pairs:
    """Pairs of a name with a short word and a name of several words whose first letters it is, the other words being of both
    names. Among many firms letters meet by chance, so there a region must be one.
    """
    few = len(firms.ids) <= _FEW
    short: dict[tuple[str, str], list[int]] = {}
    for spot, name in enumerate(firms.names):
        region = firms.regions[firms.owner[spot]]
        if region or few:
            for word in name.words:
                if len(word) in _ACRONYM and not word.isdigit():
                    short.setdefault((region, word), []).append(spot)
    found: list[tuple[int, int]] = []
    for spot, name in enumerate(firms.names):
        owner, letters = firms.owner[spot], name.letters
        for begin in range(min(3, len(letters))):
            for end in range(begin + 2, len(letters) + 1):
                run = "".join(letters[begin:end])
                for other in short.get((firms.regions[owner], run), ())[:_MOST_OF_ACRONYM]:
                    beside = {*firms.names[other].words} - {run}
                    if firms.owner[other] != owner and beside <= {*name.words[:begin], *name.words[end:]}:
                        found.append((owner, firms.owner[other]))
    return np.asarray(found, np.int64).reshape(-1, 2)


def _by_facts(firms: ComparedFirms) -> Iterator[Pairs]:
    """Pairs of firms of one number, phone, e-mail address, site or address."""
    columns: list[Iterable[tuple[int, str]]] = [
        ((spot, inn) for spot, inn in enumerate(firms.inns) if inn),
        ((spot, ogrn) for spot, ogrn in enumerate(firms.ogrns) if ogrn),
        ((spot, place.key) for spot, place in enumerate(firms.places) if place.key),
        ((spot, key) for spot, one in enumerate(firms.contacts) for key in one.phones),
        ((spot, key) for spot, one in enumerate(firms.contacts) for key in one.emails),
        ((spot, key) for spot, one in enumerate(firms.contacts) for key in one.domains),
    ]
    first = np.zeros(len(firms.ids), np.int64)
    first[np.asarray(firms.owner, np.int64)[::-1]] = _hashed(name.compact[:3] for name in firms.names)[::-1]
    for column in columns:
        held = list(column)
        if held:
            spots = np.asarray([spot for spot, _ in held], np.int64)
            yield _near(spots, _hashed(key for _, key in held), first[spots])


def _by_places(firms: ComparedFirms) -> Pairs:
    """Pairs of firms of a number and a rare word of the address, whose names have something in common."""
    counts = Counter(word for place in firms.places for word in place.words)
    spots: list[int] = []
    keys: list[str] = []
    for spot, place in enumerate(firms.places):
        rarest = sorted(place.words, key=lambda word: (counts[word], word))[:2]
        own = [f"{word} {number}" for word in rarest for number in place.numbers]
        own += [" ".join(rarest)] if rarest else []
        keys += own
        spots += [spot] * len(own)
    if not spots:
        return np.empty((0, 2), np.int64)
    first = dict(zip(reversed(firms.owner), reversed(firms.names), strict=True))
    names = np.asarray(
        [first[spot].sorted if spot in first else "" for spot in range(len(firms.ids))], object
    )
    order = np.argsort(np.argsort(names))
    pairs = _near(np.asarray(spots, np.int64), _hashed(keys), order[np.asarray(spots, np.int64)])
    return pairs[_scores(fuzz.token_set_ratio, names, pairs[:, 0], pairs[:, 1], _SOMEWHAT_LIKE) > 0]


def _not_ruled_out(firms: ComparedFirms, pairs: Pairs) -> Pairs:
    """The pairs but those of two INN or two OGRN."""
    for numbers in (firms.inns, firms.ogrns):
        code = np.fromiter((hash(number) if number else 0 for number in numbers), np.int64)
        pairs = pairs[~_differ(code, pairs[:, 0], pairs[:, 1])]
    return pairs
