"""A title told to who reads the other language: what the taxonomy knows of its words, and the names of parts.

Nothing is translated beyond that: what is told stands beside the title, not in its place.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from matchmaker.domain.language import Label, Language, prevailing_language
from search.text.lexicon import WordPattern
from search.text.recogniser import Recogniser
from search.text.recognition import Origin
from search.text.tokens import Token, tokens

# What a title says that a reader of the other language looks for.
_KINDS = ("process", "material", "equipment", "standard", "quality_paper")
_DONE = "ed"  # "forged" names an operation, not a forging
_KEPT = 4_000
_GREETING = WordPattern("segments", r"\s*(?:@greeting)\b")
_INTRODUCTION = WordPattern("needs", r"\s*(?:@introduction)\b")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n")
_FEWEST_WORDS = 3  # after a greeting and a comma; fewer are whom it greets


def leading_words(text: str) -> str:
    """The words of a text that has no title, from where it says something: after a greeting and who writes."""
    said = _said(text)
    return _begun(text[text.index(said) :]) if said else text


def leading_sentence(text: str) -> str:
    """The first sentence of a text that neither greets nor says who writes; empty where the text begins with it, or has none."""
    return _begun(_said(text))


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _said(text: str) -> str:
    for number, sentence in enumerate(part.strip() for part in _BETWEEN_SENTENCES.split(text.strip())):
        said = sentence
        if _GREETING.match(sentence):
            said = sentence.partition(",")[2].strip()
            if len(said.split()) < _FEWEST_WORDS or _GREETING.match(said):
                continue
        if said and not _INTRODUCTION.match(said):
            return said if number or said != sentence else ""
    return ""


class Titles:
    """The titles of needs and of their positions in the other language. `parts` are names of parts by language."""

    def __init__(self, recogniser: Recogniser, parts: Iterable[Mapping[str, str]]) -> None:
        self._recogniser = recogniser
        self._parts: dict[str, list[tuple[list[Token], Label]]] = {}
        for one in parts:
            label = Label(one["ru"], one["en"])
            for language in Language:
                words = tokens(label.text(language))
                for key in words[0].keys:
                    self._parts.setdefault(key, []).append((words, label))
        for names in self._parts.values():
            names.sort(key=lambda one: -len(one[0]))  # "worm wheel" before "worm"
        self._kept: dict[tuple[str, str], tuple[str, ...]] = {}

    def told(self, title: str, language: str) -> tuple[str, ...]:
        """What is known of a title, in the order of its words, in a language; () for a title of that language."""
        if prevailing_language(title) in {None, language}:
            return ()
        known = self._kept.get((title, language))
        if known is None:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            known = self._kept[title, language] = self._told(title, language)
        return known

    def _told(self, title: str, language: str) -> tuple[str, ...]:
        label, found = self._recogniser.taxonomy.label, list[tuple[int, str]]()
        named = {(first.start, last.end): name for first, last, name in self._named(tokens(title))}
        stuff = []
        for mention in self._recogniser.recognise(title).of(*_KINDS, negated=None):
            place = (mention.start, mention.end)
            if mention.origin is Origin.SAID and mention.code and place not in named:
                found.append((mention.start, label(mention.kind, mention.code, language)))
                stuff += [place] if mention.kind == "material" else []
        found += [
            (begin, name.text(language).capitalize())
            for (begin, _), name in named.items()
            if not any(start <= begin < end for start, end in stuff)
        ]
        plain = title.casefold()
        pieces = (piece for _, piece in sorted(found) if piece.casefold() not in plain)
        return tuple({piece.casefold(): piece for piece in pieces}.values())

    def _named(self, words: Sequence[Token]) -> Iterator[tuple[Token, Token, Label]]:
        """The names of parts, each with its first and last word; of names that begin alike the longest."""
        at = 0
        while at < len(words):
            label, length = self._longest(words[at:])
            if label is not None:
                yield words[at], words[at + length - 1], label
            at += length

    def _longest(self, words: Sequence[Token]) -> tuple[Label | None, int]:
        """The longest name that begins with the first word, and how many words it takes; one where there is none."""
        for key in () if words[0].text.endswith(_DONE) else words[0].keys:
            for name, label in self._parts.get(key, ()):
                if len(name) <= len(words) and all(
                    one.keys & other.keys for one, other in zip(name, words, strict=False)
                ):
                    return label, len(name)
        return None, 1
