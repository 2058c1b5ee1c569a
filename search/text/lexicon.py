"""The words of config/language as parts of regular expressions, read and compiled on first use."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from matchmaker.resources import LANGUAGE_FILES, read_language_file

# Both languages, and words written alike in both, as designations are.
_LANGUAGES = ("ru", "en", "any")
# The signs with a meaning in an entry of a list; docs/language.md explains them.
_NOTATION = re.compile(r"\((?P<least>\d+)(?:-(?P<most>\d+))?\)|(?P<gap>… )|(?P<letter>.)")
_LETTERS = {"(": "(?:", ")": ")", "?": "?", "_": r"\b", " ": "[ ]", "ё": "[её]"}
_PLACE = re.compile(r"@(\w+)(?:\.(ru|en|any))?")


class WordsUnreadable(ValueError):
    """A list of config/language that cannot be read: its place, and the text found there."""

    def __init__(self, file: str, name: str, given: object) -> None:
        super().__init__(
            f"config/language/{file}.yaml, {name}: {given!r} cannot be read; see docs/language.md."
        )


class WordPattern:
    """A regular expression in which `@name` stands for a list of words of a file of config/language, `@name.ru` for those of
    one language. Blanks in it are layout, as with re.VERBOSE.
    """

    def __init__(self, file: str, source: str, flags: re.RegexFlag = re.IGNORECASE) -> None:
        self._file, self._source, self._flags = file, source, flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        source = _PLACE.sub(lambda place: expression(self._file, place[1], place[2]), self._source)
        return re.compile(source, self._flags | re.VERBOSE)

    @cached_property
    def search(self) -> Callable[..., re.Match[str] | None]:
        return self.compiled.search

    @cached_property
    def match(self) -> Callable[..., re.Match[str] | None]:
        return self.compiled.match

    @cached_property
    def fullmatch(self) -> Callable[..., re.Match[str] | None]:
        return self.compiled.fullmatch

    @cached_property
    def finditer(self) -> Callable[..., Iterator[re.Match[str]]]:
        return self.compiled.finditer

    @cached_property
    def sub(self) -> Callable[..., str]:
        return self.compiled.sub


LETTERS = 4
_FIRST_LETTERS = re.compile(r"[^\W_]{4}(?![?])|\w{1,2}")
_Cues = Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]]
_WORD_BEGINS = re.compile(r"(?<!\w)\w{1,2}")


@dataclass(frozen=True, slots=True)
class WordCue:
    """The place of a word or phrase in a text, and the list that it stands in."""

    name: str
    start: int
    end: int


class WordCues:
    """The finder of the words of several lists of a file in a text: at each word at most one, the longest.

    The lists are tried by the first letters of a word alone, so that their length costs nothing.
    """

    def __init__(self, file: str, *names: str) -> None:
        self._file, self._names = file, names

    @cached_property
    def _by_letters(self) -> Mapping[str, "_Cues"]:
        """The patterns by their first two letters, and those that begin with more letters by the first four."""
        found: dict[str, list[tuple[str, str, re.Pattern[str]]]] = {}
        for name in self._names:
            for entry in _entries(self._file, name, _given(self._file, name)):
                pattern = re.compile(rf"{expression_of(entry)}(?!\w)", re.IGNORECASE)
                for letters in _beginnings(entry):
                    found.setdefault(letters[:2], []).append((letters, name, pattern))
        return {letters: _cues(patterns) for letters, patterns in found.items()}

    def find(self, text: str) -> list[WordCue]:
        """The cues in the order of the text, without overlap."""
        by_letters, found, free = self._by_letters, list[WordCue](), 0
        plain = _plain(text)
        if len(plain) != len(text):  # letters such as İ, which are two when small
            plain = "".join(_plain(letter)[:1] for letter in text)
        for word in _WORD_BEGINS.finditer(text):
            start = word.start()
            if start < free:
                continue
            best: WordCue | None = None
            cues = by_letters.get(plain[start : word.end()])
            if cues is None:
                continue
            for name, pattern in cues.get(plain[start : start + LETTERS], cues[""]):
                match = pattern.match(text, start)
                if match and (best is None or match.end() > best.end):
                    best = WordCue(name, start, match.end())
            if best is not None:
                found.append(best)
                free = best.end
        return found


def _cues(patterns: list[tuple[str, str, re.Pattern[str]]]) -> _Cues:
    """The patterns that a word may begin, by its first four letters; "" for those of any other word."""
    fours = {letters for letters, _, _ in patterns if len(letters) == LETTERS}
    return {
        four: tuple(
            (name, pattern)
            for letters, name, pattern in patterns
            if len(letters) < LETTERS or letters == four
        )
        for four in ("", *fours)
    }


def _plain(letters: str) -> str:
    return letters.lower().replace("ё", "е")


def _beginnings(entry: str) -> set[str]:
    """The letters with which the words of an entry begin; a leading parenthesis gives several."""
    letters = {_plain(match[0]) for one in _firsts(entry) if (match := _FIRST_LETTERS.match(one.strip("_")))}
    if not letters:
        raise WordsUnreadable("scope", "cues", entry)
    return letters


def _firsts(entry: str) -> Iterator[str]:
    """The words that a leading parenthesis lets choose between, or the entry itself."""
    if not entry.startswith("("):
        yield entry
        return
    depth, begin = 0, 1
    for place, sign in enumerate(entry):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 or (depth == 1 and sign == "/"):
            yield entry[begin:place]
            begin = place + 1
        if depth == 0:
            return


class WordNumbers:
    """A list of config/language whose words stand for numbers: "недели" for 7 days."""

    def __init__(self, file: str, name: str) -> None:
        self._file, self._name = file, name

    @cached_property
    def _by_number(self) -> tuple[tuple[float, re.Pattern[str]], ...]:
        return tuple(
            (number, re.compile(_expression(self._file, self._name, given), re.IGNORECASE))
            for number, given in _given(self._file, self._name).items()
        )

    def of(self, word: str) -> float | None:
        """The number that a whole word stands for, None for a word that the list does not hold."""
        return next((number for number, words in self._by_number if words.fullmatch(word)), None)


def expression(file: str, name: str, language: str | None = None) -> str:
    """The words of a list, of one language or of all, as an expression that matches one of them."""
    return _expression(file, name, _given(file, name), language)


def pattern_of(source: str) -> re.Pattern[str]:
    """A compiled expression that ignores case, made of parts that `expression` gave."""
    return re.compile(source, re.IGNORECASE)


@cache
def whole_words(file: str, name: str) -> frozenset[str]:
    """The words of a list without endings, as written."""
    return frozenset(_entries(file, name, _given(file, name)))


@cache
def replacements(file: str, name: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a list that gives the replacement for each spelling."""
    return tuple(_given(file, name).items())


def check() -> None:
    """Read all files of config/language. Raises WordsUnreadable for the first list that cannot be read."""
    for file in LANGUAGE_FILES:
        for name, given in _lists(file).items():
            if not _are_replacements(given):
                expression(file, name)


def _are_replacements(given: object) -> bool:
    return isinstance(given, dict) and all(isinstance(key, str) and key not in _LANGUAGES for key in given)


@cache
def _lists(file: str) -> Mapping[str, Any]:
    lists: Mapping[str, Any] = read_language_file(file)
    return lists


def _given(file: str, name: str) -> Mapping[Any, Any]:
    given = _lists(file).get(name)
    if not isinstance(given, dict):
        raise WordsUnreadable(file, name, given)
    return given


def _expression(file: str, name: str, given: object, language: str | None = None) -> str:
    found = f"(?:{'|'.join(map(expression_of, _entries(file, name, given, language)))})"
    try:
        re.compile(found)
    except re.error as error:
        raise WordsUnreadable(file, name, given) from error
    return found


def _entries(file: str, name: str, given: object, language: str | None = None) -> Iterator[str]:
    """The entries of a list in the order of the file; one whose words stand for numbers holds a list for each."""
    if not isinstance(given, dict):
        raise WordsUnreadable(file, name, given)
    for key, words in given.items():
        if isinstance(key, int | float):
            yield from _entries(file, name, words, language)
        elif key not in _LANGUAGES or not isinstance(words, str):
            raise WordsUnreadable(file, name, {key: words})
        elif language in {None, key}:
            yield from filter(None, (entry.strip() for entry in words.split(",")))


def expression_of(entry: str) -> str:
    """The regular expression of one entry of a list."""
    found: list[str] = []
    depth = 0
    for part in _NOTATION.finditer(entry):
        letter = part["letter"]
        depth += (letter == "(") - (letter == ")")
        if part["least"]:
            found.append(rf"\w{{{part['least']},{part['most'] or part['least']}}}")
        elif part["gap"]:
            found.append(r"(?:\w{1,12}[ ])?")
        elif letter == "/" and depth:
            found.append("|")
        else:
            found.append(_LETTERS.get(letter) or re.escape(letter))
    return "".join(found)
