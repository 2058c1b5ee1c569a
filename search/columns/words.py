"""The words of all suppliers in memory, in their base forms and in their order.

What a need's words say for a supplier is told from them, the same whichever engine retrieves: a rare word counts more
than a frequent one, two that stand together count once more as a pair ("ball valves", "valves, ball"), and the first words
count more on both sides: a firm says first what it mainly does, and a buyer what is mainly wanted. How often a word is
repeated and how long a profile is matter little.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from search.columns.ragged import Floats, Grouped, Ints, appended, grouped, marked
from search.engines.base_forms import LEAD, TOGETHER, base_of, tells
from search.engines.schema import all_words

# BM25's numbers for repetition and length, see docs/quality.md for where they come from; both engines' own (1.2 and 0.75)
# let long profiles lose to those that hold little more than a name.
REPETITION, LENGTH = 0.3, 0.2
# The worth of a word that stands among the first of a profile beside one that stands anywhere.
LEAD_WORTH = 0.3
# The first words of a need, which name what is wanted, and how much more than a later one each of them counts.
HEAD, HEAD_WORTH = 6, 0.5
# What two words together say beside what each of them says.
PAIR_WORTH = 0.7
# Pairs are counted by a hash of so many values; two that share one seem a little less rare.
PAIR_BITS = 20
# A word that more than this share of the suppliers use does not tell them apart.
FREQUENT = 0.1
# A query of fewer words is quick whatever they are, and needs each ("sand castings").
FEWEST = 6
_SILENT = -1


class _Numbers(dict[str, int]):
    """The number of each word by its base form, found when the word is first looked up; _SILENT where it tells nothing."""

    def __init__(self, bases: dict[str, int]) -> None:
        self._bases = bases

    def __missing__(self, word: str) -> int:
        number = self._bases.setdefault(base_of(word), len(self._bases)) if tells(word) else _SILENT
        self[word] = number
        return number


class BaseForms:
    """The numbers of base forms, from 0 in the order of their first use. It only grows, so that all states of the
    columns share it.
    """

    def __init__(self, bases: Iterable[str] = ()) -> None:
        """`bases` are base forms that already have numbers, in their order."""
        self._bases: dict[str, int] = {base: number for number, base in enumerate(bases)}
        self._words = _Numbers(self._bases)
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._bases)

    def bases(self) -> list[str]:
        """The base forms in the order of their numbers."""
        with self._lock:
            return list(self._bases)

    def numbered(self, text: str) -> list[int]:
        """The numbers of a profile's words in their order; new words get the next numbers."""
        with self._lock:
            found = list(map(self._words.__getitem__, all_words(text)))
        return [number for number in found if number != _SILENT]

    def asked(self, text: str) -> list[int]:
        """The numbers of a need's words in their order; words that no profile uses get numbers below 0."""
        found, strange = list[int](), dict[str, int]()
        for word in filter(tells, all_words(text)):
            number = self._words.get(word)
            if number is None:
                base = base_of(word)
                number = self._bases.get(base, -1)
                number = strange.setdefault(base, -1 - len(strange)) if number < 0 else number
            found.append(number)
        return found


@dataclass(frozen=True, slots=True)
class ProfileWords:
    """The base forms in each supplier's text in their order. `users` of the `suppliers` use each of them, `pair_users`
    each pair that stands together; a text has `mean` words.
    """

    numbers: BaseForms
    order: Grouped
    users: NDArray[np.int32]
    pair_users: NDArray[np.int32]
    suppliers: int
    mean: float

    @classmethod
    def of(cls, texts: Iterable[str], numbers: BaseForms) -> "ProfileWords":
        order = grouped([numbers.numbered(text) for text in texts])
        return cls.whole(numbers, order, *_users(order, len(numbers)))

    @classmethod
    def whole(
        cls, numbers: BaseForms, order: Grouped, users: NDArray[np.int32], pair_users: NDArray[np.int32]
    ) -> "ProfileWords":
        """The words of all suppliers."""
        suppliers = len(order.first) - 1
        return cls(numbers, order, users, pair_users, suppliers, float(order.first[-1]) / max(suppliers, 1))

    def only(self, rows: Ints) -> "ProfileWords":
        """The words of some suppliers, as rare as they are among all."""
        return replace(self, order=self.order.take(rows))

    def take(self, rows: Ints) -> "ProfileWords":
        """The words of some suppliers without the others; each row once and in order."""
        if len(rows) == self.suppliers:
            return self
        left = np.ones(self.suppliers, dtype=np.bool_)
        left[rows] = False
        users, pair_users = _users(self.order.take(np.flatnonzero(left)), len(self.users))
        return self.whole(
            self.numbers, self.order.take(rows), self.users - users, self.pair_users - pair_users
        )

    def appended(self, later: "ProfileWords") -> "ProfileWords":
        """These words followed by those of other suppliers with the same numbers."""
        users = later.users.copy()
        users[: len(self.users)] += self.users
        order = appended(self.order, later.order)
        return self.whole(self.numbers, order, users, self.pair_users + later.pair_users)

    def telling(self, text: str) -> str:
        """A text's words, each once, without those that very many suppliers use; all where few would be left."""
        words = tuple(dict.fromkeys(all_words(text)))
        most = FREQUENT * self.suppliers
        kept = [
            word
            for word in words
            if all(self._users_of(number) <= most for number in self.numbers.asked(word))
        ]
        return " ".join(kept if len(kept) >= FEWEST else words)

    def agreement(self, text: str, rows: Ints) -> Floats:
        """The share of a need's words, by rarity, that each of the rows uses: 0 to 1, and above where they also stand
        together as in the need.
        """
        sequence = self.numbers.asked(text)
        head = set(sequence[:HEAD])
        known = sorted(number for number in set(sequence) if 0 <= number < len(self.users))
        strange = [number for number in set(sequence) if not 0 <= number < len(self.users)]
        rarity = self._rarity(self.users[known]) * headed(number in head for number in known)
        unused = self._rarity(np.zeros(len(strange))) * headed(number in head for number in strange)
        whole = rarity.sum() + unused.sum()
        if not known or not len(rows):
            return np.zeros(len(rows))
        place = {number: index for index, number in enumerate(known, 1)}
        pairs = pairs_of(sequence, place)
        used = _Used.of(self, rows, place)
        score = used.words(rarity)
        if pairs:
            first, second = np.array([(known[a - 1], known[b - 1]) for a, b in pairs], dtype=np.int64).T
            leading = set(pairs_of(sequence[:HEAD], place))
            weight = headed(pair in leading for pair in pairs)
            rarity = self._rarity(self.pair_users[hashed(first, second)])
            score += PAIR_WORTH * used.pairs(pairs, rarity * weight)
        share: Floats = score / whole
        return share

    def _rarity(self, users: NDArray[np.int32] | Floats) -> Floats:
        return rarity(self.suppliers, users)

    def _users_of(self, number: int) -> int:
        return int(self.users[number]) if 0 <= number < len(self.users) else 0


@dataclass(frozen=True, slots=True)
class _Used:
    """Where the words of a need stand in the texts of some rows: one entry a place, `word` its position among the need's
    words (1 and up), `row` the index of its row, `place` its place in the row's text, which is found at `position` of all.
    """

    word: Ints
    row: Ints
    place: Ints
    position: Ints
    damping: Floats
    asked: int

    @classmethod
    def of(cls, words: ProfileWords, rows: Ints, place: dict[int, int]) -> "_Used":
        table = np.zeros(len(words.users), dtype=np.int64)
        table[list(place)] = list(place.values())
        count = len(words.order.first) - 1
        all_of_them = len(rows) == count and np.array_equal(rows, np.arange(count))
        order = words.order if all_of_them else words.order.take(rows)
        hit = marked(order.values, table > 0)
        begins = order.first[:-1]
        lengths = np.diff(order.first)
        owner = np.arange(len(begins)).repeat(np.diff(np.searchsorted(hit, order.first)))
        mean = max(words.mean, 1.0)
        return cls(
            table[order.values[hit]],
            owner,
            hit - begins[owner],
            hit,
            np.asarray(REPETITION * (1 - LENGTH + LENGTH * lengths / mean), dtype=np.float64),
            len(place),
        )

    def words(self, weights: Floats) -> Floats:
        """What each row holds of the words, by their weights."""
        return self._held(self.row, self.word, self.place, weights)

    def pairs(self, pairs: Sequence[tuple[int, int]], weights: Floats) -> Floats:
        """What each row holds of the pairs, by their weights."""
        number = np.zeros((self.asked + 1, self.asked + 1), dtype=np.int64)
        for index, (first, second) in enumerate(pairs, 1):
            number[first, second] = number[second, first] = index
        found: list[tuple[Ints, Ints]] = []
        for apart in range(1, TOGETHER + 1):
            near = self.position[apart:] - self.position[:-apart] <= TOGETHER
            latter = np.flatnonzero(near & (self.row[apart:] == self.row[:-apart])) + apart
            pair = number[self.word[latter - apart], self.word[latter]]
            found.append((latter[pair > 0], pair[pair > 0]))
        latter, pair = (np.concatenate(one) for one in zip(*found, strict=True))
        return self._held(self.row[latter], pair, self.place[latter], weights)

    def _held(self, row: Ints, item: Ints, place: Ints, weights: Floats) -> Floats:
        """What each row holds of the items, numbered from 1; only what is held is looked at."""
        items = len(weights) + 1
        cell = row * items + item
        times = np.bincount(cell)
        held = np.flatnonzero(times)
        led = np.zeros(len(times), dtype=np.bool_)
        led[cell[place < LEAD]] = True
        whose = held // items
        damped = times[held] * (1 + REPETITION) / (times[held] + self.damping[whose])
        worth = (damped + LEAD_WORTH * led[held]) / (1 + LEAD_WORTH)
        return np.bincount(
            whose, worth * weights[held - whose * items - 1], minlength=len(self.damping)
        ).astype(np.float64)


def pairs_of(sequence: Sequence[int], place: dict[int, int]) -> list[tuple[int, int]]:
    """The pairs that stand together in a need's words, each once, by their positions among its known words."""
    near = (
        (place[one], place[other])
        for index, one in enumerate(sequence)
        for other in sequence[index + 1 : index + 1 + TOGETHER]
        if one in place and other in place and one != other
    )
    return list(dict.fromkeys((min(pair), max(pair)) for pair in near))


def rarity(suppliers: int, users: NDArray[np.int32] | Floats) -> Floats:
    """BM25's weight of a word that so many of the suppliers use."""
    weight: Floats = np.log1p(np.maximum(suppliers - users + 0.5, 0.5) / (users + 0.5))
    return weight


def headed(leading: Iterable[bool]) -> Floats:
    """How much each word or pair counts, by whether it stands among the first of the need."""
    return 1.0 + HEAD_WORTH * np.fromiter(leading, dtype=np.float64)


def hashed(one: Ints, other: Ints) -> Ints:
    """The place of each pair among PAIR_BITS."""
    place: Ints = (np.minimum(one, other) * 1_000_003 + np.maximum(one, other)) % (1 << PAIR_BITS)
    return place


def _users(order: Grouped, words: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The number of rows that use each word and each pair."""
    rows = len(order.first) - 1
    owner = np.repeat(np.arange(rows, dtype=np.int64), np.diff(order.first))
    values = order.values.astype(np.int64)
    owners, pairs = list[Ints](), list[Ints]()
    for apart in range(1, TOGETHER + 1):
        inside = (owner[apart:] == owner[:-apart]) & (values[apart:] != values[:-apart])
        owners.append(owner[apart:][inside])
        pairs.append(hashed(values[:-apart][inside], values[apart:][inside]))
    return (
        _counted(owner, values, words),
        _counted(np.concatenate(owners), np.concatenate(pairs), 1 << PAIR_BITS),
    )


def _counted(owner: Ints, values: Ints, codes: int) -> NDArray[np.int32]:
    used = np.sort(owner * codes + values)  # np.unique takes twenty times as long, by hashing
    again = np.zeros(len(used), dtype=np.bool_)
    np.equal(used[1:], used[:-1], out=again[1:])
    return np.bincount(used[~again] % codes, minlength=codes).astype(np.int32)
