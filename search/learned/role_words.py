"""How sure the role of a reading of work is: what the words around it say of who does the work, and whether it is wanted at all.

A linear model, fitted on short texts whose work is marked with its role, judges the words of the sentence by their place: before and
behind the work, in its own part of the sentence and in the parts beside it, in the head of the line.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matchmaker.resources import folder
from search.learned.feature_places import place
from search.text import Mention
from search.text.scope import clause

NEED, SHOP = "need", "supplier"
NEAREST, NEAR, BEHIND = 4, 8, 90  # words beside the work; words around it; characters of the sentence before
_TOKEN = re.compile(r"[^\W\d_]+|[:,()+—–\-/✓✗;]|\n")
_PARTS = re.compile(r"[,;()|\n]|\s[-–—]\s|:\s|\s(?:but|while|whereas|only|а|но|зато|однако)\s", re.IGNORECASE)
_WORK = "WORK"
_JOINS = frozenset({"and", "or", "и", "или", _WORK})
_LONGEST_LATIN, _LONGEST = 5, 6  # letters of a stem
Spans = tuple[tuple[int, int], ...]


class RoleModel:
    """The linear model of roles, as `python -m tests.reading --learn` writes it."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as held:
            self._roles = {kind: tuple(map(str, held[f"{kind}_roles"])) for kind in (NEED, SHOP)}
            self._weights: dict[str, NDArray[np.float32]] = {
                kind: held[f"{kind}_weights"].astype(np.float32) for kind in (NEED, SHOP)
            }
            self._start = {kind: held[f"{kind}_start"].astype(np.float32) for kind in (NEED, SHOP)}

    def sureness(self, found: Iterable[str], kind: str, role: str) -> float:
        """The probability, 0 to 1, that work with these features stands in the role."""
        places = [place(one) for one in found]
        scores = self._weights[kind][places].sum(axis=0) + self._start[kind]
        odds = np.exp(scores - scores.max())
        return float(odds[self._roles[kind].index(role)] / odds.sum())


@cache
def shipped() -> RoleModel:
    """The model that stands beside the product."""
    return RoleModel(folder("config") / "reading" / "role_words.npz")


def sureness(text: str, mention: Mention, works: Sequence[tuple[int, int]], kind: str) -> float:
    """The probability, 0 to 1, that a reading of work stands in the role that its marks give it; `works` are the
    sorted spans of all work of the text.
    """
    start, end = clause(text, mention.start)
    near = works[max(0, bisect_left(works, (start, 0)) - 1) : bisect_left(works, (end, 0))]
    return _sureness(text, mention, tuple(near), kind)


@lru_cache(maxsize=4_000)  # the positions of one request share its text
def _sureness(text: str, mention: Mention, works: Spans, kind: str) -> float:
    return shipped().sureness(features(text, mention, works), kind, role_of(mention, kind))


def role_of(mention: Mention, kind: str) -> str:
    """The role in which a reading of work stands by its marks."""
    if kind == SHOP and mention.partner:
        return "partner"
    if mention.negated:
        return "denied" if kind == SHOP else "excluded"
    if kind == NEED and (mention.own or mention.done):
        return "customer"
    if mention.planned or (mention.aside and not mention.own):
        return "aside"
    return "own" if kind == SHOP else "wanted"


def features(text: str, mention: Mention, works: Spans) -> Iterator[str]:
    """What stands around a reading of work, by name; `works` are the sorted spans of the work near it."""
    start, end = clause(text, mention.start)
    before, after = _tokens(text, start, mention.start, works), _tokens(text, mention.end, end, works)
    yield f"r={_flags(mention)}"
    yield f"o={mention.origin}"
    yield f"b={mention.basis}"
    for name, words in (("b", before[::-1]), ("a", after)):
        yield from (f"{name}{nth}={word}" for nth, word in enumerate(words[:NEAREST]))
        yield from (f"{name}*={word}" for word in sorted(set(words[:NEAR])))
    yield from (f"c={word}" for word in sorted({*before, *after}))
    yield from (f"f={word}" for word in before[:2])
    yield from _of_parts(text, mention, works, start, end)
    yield from _of_heads(text, mention, start)


def _of_parts(text: str, mention: Mention, works: Spans, start: int, end: int) -> Iterator[str]:
    """The words of the part of the sentence in which the work stands, and of the nearest parts that are no mere members of a list."""
    cuts = [start, *(match.end() for match in _PARTS.finditer(text, start, end)), end]
    parts = [(first, last) for first, last in pairwise(cuts) if text[first:last].strip()]
    own = next((place for place, (first, last) in enumerate(parts) if first <= mention.start < last), 0)
    told = [_tokens(text, first, last, works) for first, last in parts] or [[]]
    yield from (f"q={word}" for word in sorted(set(told[own])))
    if parts:
        for name, words in (
            ("qb", _tokens(text, parts[own][0], mention.start, works)),
            ("qa", _tokens(text, mention.end, parts[own][1], works)),
        ):
            yield from (f"{name}={word}" for word in sorted(set(words)))
            yield from (f"{name}2={one} {two}" for one, two in pairwise(words))
    is_bare = not _plain(told[own])
    yield f"bare={is_bare}"
    for name, others in (("l", told[:own][::-1]), ("r", told[own + 1 :])):
        nearest = next((words for words in others if _plain(words)), None)
        if nearest is not None:
            yield f"{name}_work={_WORK in nearest}"
            yield from (f"{name}{is_bare}={word}" for word in sorted(set(_plain(nearest))))
            yield from (f"{name}={word}" for word in sorted(set(_plain(nearest))))


def _of_heads(text: str, mention: Mention, start: int) -> Iterator[str]:
    """The words of what heads the line, the list or the sentence, and of the sentence before."""
    begins = text.rfind("\n", 0, mention.start) + 1
    above = text[:begins].rstrip("\n").rpartition("\n")[2]
    heads = [("h", text[begins : mention.start]), ("hs", text[start : mention.start])]
    if above.rstrip().endswith(":"):
        heads.append(("p", above))
    for name, words in heads:
        head = words.rpartition(":")[0]
        yield from (f"{name}={_stem(word)}" for word in _TOKEN.findall(head)[-6:])
    yield from (f"s={_stem(word)}" for word in _TOKEN.findall(text[max(0, start - BEHIND) : start])[-NEAR:])


def _tokens(text: str, start: int, end: int, works: Spans) -> list[str]:
    """The stems and signs of a stretch, work masked."""
    found: list[str] = []
    for first, last in works:
        if last <= start or first >= end:
            continue
        if first > start:
            found += map(_stem, _TOKEN.findall(text, start, first))
        found.append(_WORK)
        start = max(start, last)
    return [*found, *map(_stem, _TOKEN.findall(text, start, max(start, end)))]


def _plain(words: Sequence[str]) -> list[str]:
    return [word for word in words if word.isalpha() and word not in _JOINS]


def _stem(word: str) -> str:
    word = word.lower().replace("ё", "е")
    return word[: _LONGEST_LATIN if word.isascii() else _LONGEST]


def _flags(mention: Mention) -> str:
    marks = {
        "n": mention.negated, "o": mention.own, "d": mention.done, "p": mention.partner,
        "a": mention.aside, "w": mention.wish, "l": mention.planned,
    }  # fmt: skip
    return "".join(name for name, is_set in marks.items() if is_set)
