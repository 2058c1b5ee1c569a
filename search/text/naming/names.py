"""The names of all concepts in one trie of word keys, and the search for them in a text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from rapidfuzz import process
from rapidfuzz.distance import OSA

from matchmaker.domain.taxonomy import Concept, Taxonomy
from search.text.canonical import plain_letters
from search.text.lexicon import WordPattern, replacements, whole_words
from search.text.naming.loose_names import LooseNames
from search.text.operations import OPERATION
from search.text.tokens import (
    Token,
    fold,
    is_common_word,
    is_known_word,
    is_noun,
    keys_behind,
    keys_of,
    tokens,
    unprefixed,
)

_BREAK = re.compile(r"[;!?\n]|[.:]\s")
_JOIN = WordPattern("spelling", r"\s*(?:@and|[,/&+])\s* | \s*-\s*", re.NOFLAG)
MAX_SKIPPED = 4  # words between an adjective and its noun in "лазерная, плазменная и гидроабразивная резка"
SHORTEST_CORRECTED = 6
MAX_CORRECTED = (
    200  # the number of words of a text that are looked up as misspelt; keeps a page of nonsense quick
)
PLACES = frozenset({"town", "region", "district", "country"})
AMBIGUOUS_WEIGHT, MISSPELT_WEIGHT = 0.5, 0.7
NO_WORK = (
    ""  # the code of a phrase that only sounds like work: it takes its words from the names of processes
)


_UNKNOWN = re.compile("[А-ЯЁа-яё]{3,}")
# Letters of grades as they are written in English texts: 12Х18Н10Т is 12Kh18N10T there.
_LATIN = "a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch y e yu ya"
_LETTERS = dict(zip("абвгдежзийклмнопрстуфхцчшщыэюя", _LATIN.split(), strict=True))


def transliterated(name: str) -> tuple[str, ...]:
    """A Russian grade in Latin letters, or an empty text for a name that is not a grade."""
    lower = name.lower().replace("ё", "е")
    if not (re.search("[а-я]", lower) and re.search(r"\d", lower)) or " " in lower:
        return ()
    return ("".join(_LETTERS.get(letter, letter) for letter in lower),)


PARTING = (" ", "-", "\u00a0")  # between the letters and the digits of a grade


def _called(town: str) -> Iterator[str]:
    """The other names of a town: "Н. Новгород", "Наб. Челны", "Питер"."""
    first, _, rest = town.partition(" ")
    for full, short in replacements("places", "short_towns"):
        if rest and first == full:
            yield f"{short} {rest}"
    for full, names in replacements("places", "called"):
        if town == full:
            yield from names.split(", ")


def _is_abbreviation(token: Token) -> bool:
    """Whether a full stop after a word ends no sentence: "ст. 45"."""
    return token.text.lower() in whole_words("spelling", "abbreviations")


def _own_keys(token: Token) -> frozenset[str]:
    """The keys under which a word of a name stands: the word as written, no plain verb ("расточить" is no
    "точить").

    As written, since some nouns look like an adjective's form: "гибка" leads to "гибкий", "гибку" does not.
    """
    return _keys_as_name(token.text.lower().replace("ё", "е"), token.keys)


@lru_cache(maxsize=50_000)  # the names of all concepts share one word in five
def _keys_as_name(word: str, keys: frozenset[str]) -> frozenset[str]:
    if is_noun(word):
        return frozenset({word}) | frozenset(key for key in keys if not key.endswith("ть"))
    plain = {shorter for key in keys for shorter in unprefixed(key)}
    return (keys - plain) | ({word} if word.isalpha() else frozenset())


def _keys_of_name(name: str, *, is_place: bool) -> list[frozenset[str]]:
    """The keys of each word of a name."""
    if is_place and _UNKNOWN.fullmatch(name):
        word = name.lower().replace("ё", "е")
        if not is_known_word(word):
            return [frozenset({word})]  # a text's word that the dictionary lacks is looked up as written too
    named = tokens(plain_letters(name))
    if len(named) == 1 and is_place:
        return [_keys_of_place(named[0])]
    return [_own_keys(token) for token in named]


def _keys_of_place(token: Token) -> frozenset[str]:
    """The keys of a place's name of one word, without those of common words: Ростов is not found by "рост"."""
    keys = _own_keys(token)
    if len(keys) == 1 or token.text.lower() in whole_words("places", "ordinary_places"):
        return keys
    return frozenset(key for key in keys if not is_common_word(key)) or keys


class _Node:
    """A key of the trie. Most of the 130,000 are the last of their name: what they do not have, they share."""

    __slots__ = ("children", "concepts")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = _NO_CHILDREN
        self.concepts: tuple[tuple[str, str, float], ...] = ()

    def child(self, key: str) -> "_Node":
        """The node behind a key, made where there is none."""
        if self.children is _NO_CHILDREN:
            self.children = {}
        found = self.children.get(key)
        if found is None:
            found = self.children[key] = _Node()
        return found


_NO_CHILDREN: dict[str, _Node] = {}  # nothing is ever put into it


@dataclass(frozen=True, slots=True)
class _SpelledText:
    """A text, its words, and for each word the word of the vocabulary that it probably misspells."""

    text: str
    words: Sequence[Token]
    corrections: Sequence[frozenset[str]]


@dataclass(frozen=True, slots=True)
class NamedConcept:
    """A concept named by tokens[first:last]; `words` counts the words of the name."""

    kind: str
    code: str
    first: int
    last: int
    words: int
    weight: float


class TaxonomyNames:
    """All names of a taxonomy, by the keys of their words."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._root = _Node()
        self._loose = LooseNames()
        self._vocabulary: set[str] = set()
        self._corrigible: set[str] = set()  # English words that others may misspell
        for kind, tree in taxonomy.trees().items():
            for concept in tree:
                self._add_concept(kind, concept)
        for place in taxonomy.places:
            names = dict.fromkeys((place.label.ru, place.label.en, *_called(place.label.ru)))
            for name in names:
                self._add("town", f"{place.label.en}|{place.region}", name, 1.0, corrects=not place.lesser)
        for phrase in whole_words("work", "no_work"):
            self._add("process", NO_WORK, phrase, 1.0)
        for phrase in whole_words("work", "no_material"):
            self._add("material", NO_WORK, phrase, 1.0)
        self._long = {
            "ru": sorted(word for word in self._vocabulary if len(word) >= 6 and "а" <= word[0] <= "я"),
            "en": sorted(word for word in self._corrigible if len(word) >= 8 and "a" <= word[0] <= "z"),
        }
        self._corrected: dict[str, frozenset[str]] = {}
        _keys_as_name.cache_clear()  # of names alone: 13 MB that no text asks for again

    def _add_concept(self, kind: str, concept: Concept) -> None:
        ambiguous = {name.casefold() for name in concept.ambiguous}
        for names in concept.names.values():
            for name in names:
                weight = AMBIGUOUS_WEIGHT if name.casefold() in ambiguous else 1.0
                for spelling in (name, *transliterated(name)):
                    self._add(kind, concept.code, spelling, weight)

        for name in concept.extra.get("operations", ()):
            self._add(OPERATION, concept.code, name, 1.0)
        for name in concept.extra.get("loose", ()):
            self._loose.add(concept.code, name)

    def _add(self, kind: str, code: str, name: str, weight: float, *, corrects: bool = True) -> None:
        """Add a name; a misspelt word is corrected only to names that `corrects`."""
        words = _keys_of_name(name, is_place=kind in PLACES)
        if not words or len(words) > 7:
            return
        spelled = {key for keys in words for key in keys if not key.startswith("#")} if corrects else set()
        self._vocabulary |= spelled
        if kind not in PLACES:  # "Colombia" is no misspelt "Columbia"
            self._corrigible |= spelled
        concept, orders = (kind, code, weight), [words]
        if len(words) == 2 and re.search("[а-яА-Я]", name):
            orders.append(words[::-1])  # "обработка токарная"
        for order in orders:
            for keys in product(*(sorted(keys)[:3] for keys in order)):
                self._insert(keys, concept)

    def _insert(self, keys: Sequence[str], concept: tuple[str, str, float]) -> None:
        node = self._root
        for key in keys:
            node = node.child(key)
        if concept not in node.concepts:
            node.concepts += (concept,)

    def corrected(self, token: Token) -> frozenset[str]:
        """The word of the vocabulary that a misspelt token probably means, or an empty text."""
        word = token.text.lower().replace("ё", "е")
        if word not in self._corrected:
            if len(self._corrected) > 50_000:
                self._corrected.clear()
            self._corrected[word] = self._correction(word)
        return self._corrected[word]

    def _correction(self, word: str) -> frozenset[str]:
        russian = "а" <= word[0] <= "я"
        least = 6 if russian else 8
        if not least <= len(word) <= 30 or not word.isalpha() or keys_of(word) & self._vocabulary:
            return frozenset()
        if is_known_word(word) if russian else word in whole_words("spelling", "known_words"):
            return frozenset()
        allowed = 2 if len(word) >= 10 and russian else 1
        best: tuple[str, int] | None = None
        for form in sorted(keys_of(word) | {word}):
            hit = process.extractOne(
                form, self._long["ru" if russian else "en"], scorer=OSA.distance, score_cutoff=allowed
            )
            # Whoever slips with a key seldom slips with the first: "furnished" is no "burnished".
            if hit is not None and form[0] == hit[0][0] and (best is None or hit[1] < best[1]):
                best = (hit[0], int(hit[1]))
        return frozenset({best[0]}) if best else frozenset()

    def find(self, text: str, words: Sequence[Token]) -> list[NamedConcept]:
        """All names in the text: for each kind the longest, without overlap."""
        by_kind: dict[str, list[NamedConcept]] = {}
        page = _SpelledText(text, words, self._corrections(words))
        for index in range(len(words)):
            for found in self._at(page, index):
                by_kind.setdefault(found.kind, []).append(found)
        for loose in self._loose.find(text, words):
            named = NamedConcept("process", loose.code, loose.first, loose.last, loose.words, 1.0)
            by_kind.setdefault(named.kind, []).append(named)
        chosen: list[NamedConcept] = []
        for candidates in by_kind.values():
            chosen.extend(found for found in _without_overlap(candidates) if found.code != NO_WORK)
        return sorted(chosen, key=lambda found: (found.first, -found.last))

    def _corrections(self, words: Sequence[Token]) -> list[frozenset[str]]:
        allowed: set[str] = set()
        answer: list[frozenset[str]] = []
        for token in words:
            if len(token.text) < SHORTEST_CORRECTED or not token.keys.isdisjoint(self._vocabulary):
                answer.append(frozenset())
                continue
            if len(allowed) < MAX_CORRECTED:
                allowed.add(token.text)
            answer.append(self.corrected(token) if token.text in allowed else frozenset())
        return answer

    def _at(self, page: _SpelledText, index: int) -> Iterator[NamedConcept]:
        yield from self._parted_grade(page, index)
        keys = [(key, 1.0) for key in sorted(self._meant(page.words[index].keys))]
        keys += [(key, MISSPELT_WEIGHT) for key in sorted(page.corrections[index])]
        for key, weight in keys:
            node = self._root.children.get(key)
            if node is not None:
                yield from self._walk(page, node, index, index + 1, 1, weight)

    def _meant(self, keys: frozenset[str]) -> frozenset[str]:
        """The keys without the plain verb of a name's own verb: "расточить" is boring, not turning."""
        if len(keys) == 1:
            return keys
        return keys - {plain for key in keys if key in self._root.children for plain in unprefixed(key)}

    def _parted_grade(self, page: _SpelledText, index: int) -> Iterator[NamedConcept]:
        """A grade typed with a gap: "СЧ 20", "АМг 6"."""
        letters = page.words[index]
        if index + 1 == len(page.words) or not (2 <= len(letters.text) <= 4 and letters.text.isalpha()):
            return
        if letters.text.isascii() and letters.text.islower():
            return  # "closes at 3 pm"
        digits = page.words[index + 1]
        if page.text[letters.end : digits.start] not in PARTING or not digits.text[0].isdigit():
            return
        node = self._root.children.get("#" + fold(letters.text + digits.text))
        for kind, code, weight in node.concepts if node else ():
            if kind == "material":
                yield NamedConcept(kind, code, index, index + 2, 2, weight)

    def _walk(
        self, page: _SpelledText, node: _Node, first: int, last: int, count: int, weight: float
    ) -> Iterator[NamedConcept]:
        text, words = page.text, page.words
        for kind, code, own in node.concepts:
            yield NamedConcept(kind, code, first, last, count, weight * own)
        if not node.children or last >= len(words):
            return
        gap = text[words[last - 1].end : words[last].start]
        if _BREAK.search(gap) and not _is_abbreviation(words[last - 1]):
            return
        if "," in gap:
            return  # "сталь, 30 шт", "накатка, резьба": a thing of its own
        for key in sorted(words[last].keys | keys_behind(words[last].text.lower())):
            child = node.children.get(key)
            if child is not None:
                yield from self._walk(page, child, first, last + 1, count + 1, weight)
        for key in sorted(page.corrections[last]):
            child = node.children.get(key)
            if child is not None:
                yield from self._walk(page, child, first, last + 1, count + 1, weight * MISSPELT_WEIGHT)
        if count == 1 and last - first == 1:
            yield from self._over_a_list(page, node, first, weight)

    def _over_a_list(
        self, page: _SpelledText, node: _Node, first: int, weight: float
    ) -> Iterator[NamedConcept]:
        """An adjective whose noun follows after others: "лазерная и плазменная резка". The place is the
        adjective's.
        """
        text, words = page.text, page.words
        joined = False
        for index in range(first + 1, min(first + 2 + MAX_SKIPPED, len(words))):
            gap = text[words[index - 1].end : words[index].start]
            if _BREAK.search(gap):
                return
            joined = (
                joined
                or (bool(_JOIN.fullmatch(gap)) and gap.strip() != "")
                or words[index].text in whole_words("spelling", "and")
            )
            if not joined:
                return
            if index > first + 1 and words[index - 1].text.endswith("ing"):
                return  # "laser, bending and welding": a noun of its own between them
            for key in sorted(words[index].keys):
                child = node.children.get(key)
                if child is not None and index > first + 1:
                    for kind, code, own in child.concepts:
                        yield NamedConcept(kind, code, first, first + 1, 2, weight * own)


def _rank(named: NamedConcept) -> tuple[int, int, int, int]:
    """More words come first; of names of as many, that with fewer words between its own."""
    span = named.last - named.first
    return -named.words, max(0, span - named.words), -span, named.first


def _without_overlap(candidates: list[NamedConcept]) -> Iterator[NamedConcept]:
    """The mentions without overlap, those of most words first, of as many words the closest; several concepts of one place
    and as many words all stay: an ambiguous name may mean each, while "шьём рабочую одежду" says more than "шьём … одежду".
    """
    taken: dict[int, tuple[int, int, int]] = {}
    best: dict[tuple[str, int, int], NamedConcept] = {}
    for found in candidates:
        known = best.get((found.code, found.first, found.last))
        if known is None or (known.words, known.weight) < (found.words, found.weight):
            best[found.code, found.first, found.last] = found
    for found in sorted(best.values(), key=_rank):
        place = (found.first, found.last, found.words)
        if all(taken.get(index, place) == place for index in range(found.first, found.last)):
            taken.update(dict.fromkeys(range(found.first, found.last), place))
            yield found
