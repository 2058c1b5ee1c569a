"""The names of firms as compared: words in one spelling, without legal forms, with their kind, numbers and directions."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

from matchmaker.services.profiles.twins.firm_words import (
    Phrases,
    by_first,
    firm_lists,
    folded,
    heard_words,
    in_latin,
    listed,
    sounds,
)

LONGEST = 200  # characters of a name that are compared
_MOST_WORDS = 14
_NONE: frozenset[str] = frozenset()
_NO_SIDES: frozenset[tuple[str, str]] = frozenset()
_TOGETHER = 5000  # names whose words are read at once
_FORM, _BEGINS, _BETWEEN, _KIND, _TELLS = 1, 2, 4, 8, 16  # what a word may be


class FirmName(NamedTuple):
    """A name. `words` without legal forms, in order, by their meaning; `heard` by their sounds alone; `letters` the first letter
    of each, for acronyms; `compact` the sounds without spaces; `forms` the kinds of its legal forms; `sides` the words that an opposite contradicts, as (line, word); `place` what stands behind the form.
    """

    words: tuple[str, ...]
    heard: tuple[str, ...]
    letters: tuple[str, ...]
    forms: frozenset[str]
    numbers: frozenset[str]
    sides: frozenset[tuple[str, str]]
    compact: str
    sorted: str
    place: tuple[str, ...] = ()


class _NameWord(NamedTuple):
    """A word. `meaning` the one spelling; `role` what it may be: a legal form wherever it stands, the begin of a phrase of the lists, a
    word that only stands between others, the begin of the name of a kind, a number or a side; `form` the kind of its legal form.
    """

    heard: str
    meaning: str
    letter: str
    role: int
    number: str | None
    side: tuple[str, str] | None
    form: str | None


class NameReader:
    """The reading of names with the lists of config/firms; each distinct word is read once."""

    def __init__(self) -> None:
        forms, words = firm_lists("legal_forms"), firm_lists("words")
        self._same = _spellings(words["same"])
        self._numbers = {
            self._said(word)[0]: str(number) for number, named in words["numbers"].items() for word in named
        }
        self._roman = {roman: str(number) for roman, number in words["roman"].items()}
        self._anywhere, self._at_start = (
            by_first(_forms(forms, place)) for place in ("anywhere", "at_start")
        )
        self._at_end = _forms(forms, "at_end")
        self._ends = frozenset(phrase[-1] for phrase in self._at_end)
        self._kinds = by_first(
            {
                said: sounds(str(short))[0]
                for short, phrases in words["abbreviations"].items()
                for full in listed(phrases)
                if len(said := self._said(full)) > 1
            }
        )
        self._sides = {
            self._said(word)[0]: (line, self._said(word)[0])
            for line, sides in words["opposites"].items()
            for word in listed(sides)
        }
        self._between = frozenset(sounds(word)[0] for word in listed(words["between"]))
        self._phrases = {*self._anywhere, *self._at_start, *(phrase[0] for phrase in self._at_end)}
        self.common = (
            frozenset(self._said(word)[0] for word in listed(words["common"]))
            | {sounds(str(short))[0] for short in words["abbreviations"]}
            | set(self._same.values())
        )
        self._words: dict[str, _NameWord] = {}
        self._letters: dict[str, str] = {}

    def _said(self, text: str) -> tuple[str, ...]:
        return tuple(self._same.get(heard, heard) for heard in sounds(text))

    def _learn(self, words: Iterable[str]) -> None:
        """Read words that were not met before."""
        new = list(dict.fromkeys(word for word in words if word not in self._words))
        for raw, heard in zip(new, heard_words(new), strict=True):
            meaning = self._same.get(heard, heard)
            number = (
                self._numbers.get(meaning) or self._roman.get(raw) or (heard if raw.isdecimal() else None)
            )
            single = self._anywhere.get(heard, ())
            form = single[0][1] if len(single) == 1 and len(single[0][0]) == 1 else None
            side = self._sides.get(meaning)
            role = _FORM if form else _BEGINS if heard in self._phrases or meaning in self._kinds else 0
            role |= (_BETWEEN if heard in self._between else 0) | (_KIND if meaning in self._kinds else 0)
            role |= _TELLS if number or side else 0
            self._words[raw] = _NameWord(heard, meaning, self._letter(raw[0]), role, number, side, form)

    def _letter(self, first: str) -> str:
        letter = self._letters.get(first)
        if letter is None:
            latin = in_latin(first)
            letter = self._letters[first] = "sh" if latin == "shch" else heard_words([latin])[0]
        return letter

    def read(self, names: Sequence[str]) -> list[FirmName]:
        """The names as compared, read together: one pass over many of them is faster than one a name."""
        known: dict[str, FirmName] = {}
        found: list[FirmName] = []
        for begin in range(0, len(names), _TOGETHER):
            some = names[begin : begin + _TOGETHER]
            lines = folded("\n".join(" ".join(name[:LONGEST].split()) for name in some)).split("\n")
            new = {line: line.split()[: 2 * _MOST_WORDS] for line in lines if line not in known}
            self._learn(chain.from_iterable(new.values()))
            known.update((line, self._name(raw)) for line, raw in new.items())
            found += [known[line] for line in lines]
        return found

    def _name(self, raw: list[str]) -> FirmName:
        known = self._words
        words = [known[word] for word in raw]
        roles = 0
        for word in words:
            roles |= word.role
        forms = _NONE
        place: Sequence[_NameWord] = ()
        if roles & _BEGINS:
            words, forms, place = self._without_forms(words)
        elif roles & _FORM:
            words, forms, place = _simply_without(words)
        if roles & _BETWEEN:
            words = [word for word in words if not word.role & _BETWEEN] or words
        meanings = [word.meaning for word in words]
        heard = [word.heard for word in words]
        letters = [word.letter for word in words]
        if roles & _KIND:
            meanings, heard, letters = self._abbreviated(meanings, heard, letters)
        said = tuple(meanings[:_MOST_WORDS])
        numbers, sides = _NONE, _NO_SIDES
        if roles & _TELLS:
            numbers = frozenset(word.number for word in words if word.number)
            sides = frozenset(word.side for word in words if word.side)
        return FirmName(
            said,
            said if heard == meanings else tuple(heard[:_MOST_WORDS]),
            tuple(letters[:_MOST_WORDS]),
            forms,
            numbers,
            sides,
            "".join(heard),
            " ".join(sorted(said)),
            tuple(word.meaning for word in place) if place else (),
        )

    def _without_forms(
        self, words: list[_NameWord]
    ) -> tuple[list[_NameWord], frozenset[str], Sequence[_NameWord]]:
        """The words of a name that are no legal form, and those behind a foreign one, which tell a place."""
        heard = [word.heard for word in words]
        left: list[_NameWord] = []
        forms: set[str] = set()
        spot, behind = 0, 0
        while spot < len(words):
            found = None
            if words[spot].role & (_FORM | _BEGINS):
                found = _phrase(self._anywhere, heard, spot)
                if found is None and spot == 0:
                    found = _phrase(self._at_start, heard, spot)
            if found is None:
                left.append(words[spot])
                spot += 1
                continue
            forms.add(found[1])
            spot += found[0]
            behind = behind or len(left)
        while len(left) > 1 and left[-1].heard in self._ends:
            last = tuple(word.heard for word in left[-3:])
            length = next(
                (size for size in range(min(3, len(left) - 1), 0, -1) if last[-size:] in self._at_end), 0
            )
            if not length:
                break
            forms.add(self._at_end[last[-length:]])
            del left[-length:]
        if 0 < behind < len(left):
            return left[:behind], frozenset(forms), left[behind:]
        return left or words, frozenset(forms), ()

    def _abbreviated(
        self, meanings: list[str], heard: list[str], letters: list[str]
    ) -> tuple[list[str], list[str], list[str]]:
        """The words with the names of kinds of firms as their abbreviations."""
        words: list[tuple[str, str, str]] = []
        spot = 0
        while spot < len(meanings):
            found = _phrase(self._kinds, meanings, spot)
            if found is None:
                words.append((meanings[spot], heard[spot], letters[spot]))
            else:
                words.append((found[1], found[1], found[1][0]))
            spot += 1 if found is None else found[0]
        return [word[0] for word in words], [word[1] for word in words], [word[2] for word in words]


def _simply_without(words: list[_NameWord]) -> tuple[list[_NameWord], frozenset[str], Sequence[_NameWord]]:
    """What stands before and behind legal forms of one word."""
    forms = frozenset(word.form for word in words if word.form)
    left = [word for word in words if not word.form]
    first = next(spot for spot, word in enumerate(words) if word.form)
    if 0 < first < len(left):
        return left[:first], forms, left[first:]
    return left or words, forms, ()


def _phrase(phrases: Phrases, words: Sequence[str], spot: int) -> tuple[int, str] | None:
    """The length and the meaning of the longest phrase that begins at a place."""
    for phrase, meaning in phrases.get(words[spot], ()):
        if tuple(words[spot : spot + len(phrase)]) == phrase:
            return len(phrase), meaning
    return None


def _forms(forms: Mapping[str, Mapping[str, str]], place: str) -> dict[tuple[str, ...], str]:
    return {
        words: kind
        for kind, places in forms.items()
        for spelling in listed(places.get(place, ""))
        if (words := sounds(spelling))
    }


def _spellings(lines: Iterable[Iterable[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        spellings = [heard[0] for word in line if len(heard := sounds(str(word))) == 1]
        for spelling in spellings:
            found.setdefault(spelling, spellings[0])
    return found


@cache
def name_reader() -> NameReader:
    """The reader of names of this process."""
    return NameReader()
