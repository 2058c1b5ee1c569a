"""The words of names and addresses in one spelling, whatever alphabet and transliteration they were written in."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from matchmaker.resources import folder, read_yaml

# Phrases under their first word, with what each means.
Phrases = dict[str, list[tuple[tuple[str, ...], str]]]
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
        (
            "a b v g d e e zh z i j k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i i e g u".replace("_", "")
        ).split(" "),
        strict=True,
    )
)  # fmt: skip
LATIN = str.maketrans(_CYRILLIC)
# Letters that look alike, in small letters; a word with letters of both alphabets is of the one that explains all of them.
_LOOK_ALIKE = "асеоркхутвнмі", "aceopkxytbhmi"
_TO_LATIN = str.maketrans(*_LOOK_ALIKE)
_TO_CYRILLIC = str.maketrans(*reversed(_LOOK_ALIKE))
_HAS_CYRILLIC, _HAS_LATIN = re.compile("[а-яёіїєґў]"), re.compile("[a-z]")
# Ways to write one sound, from any transliteration; the longest first.
_SOUNDS = {
    "shch": "sh", "sch": "sh", "tsch": "ch", "tch": "ch", "zh": "z", "kh": "h", "ph": "f", "th": "t", "tz": "c", "ts": "c", "cz": "c",
    "ce": "ce", "ci": "ci", "cy": "ci", "ck": "k", "ch": "ch", "c": "k", "q": "k", "x": "ks", "w": "v", "sh": "sh",
    "iya": "a", "iia": "a", "ija": "a", "yya": "a", "yu": "u", "ju": "u", "iu": "u", "ya": "a", "ja": "a", "ia": "a", "ye": "e", "je": "e",
    "yo": "o", "jo": "o", "io": "o", "ie": "e", "yj": "i", "ij": "i", "iy": "i", "ii": "i", "yi": "i", "yy": "i", "y": "i", "j": "i",
}  # fmt: skip
# Those of several letters are found one by one, with their sounds in capitals, which none of the others changes; then each letter by itself.
_CLUSTER = re.compile("|".join(sorted((part for part in _SOUNDS if len(part) > 1), key=len, reverse=True)))
_CLUSTER_SOUNDS = {part: heard.upper() for part, heard in _SOUNDS.items() if len(part) > 1}
_LETTER = str.maketrans({part: heard for part, heard in _SOUNDS.items() if len(part) == 1})
_DOUBLED = re.compile(r"([^\W\d])\1+")
# A letter alone, as it sounds in an acronym.
_LETTERS = {"ts": "c", "zh": "z", "kh": "h", "yu": "u", "ya": "a", "c": "k", "q": "k", "x": "ks"}
_ALONE = str.maketrans("yjw", "iiv")
_ABBREVIATION = 3  # letters from which a word has sounds
_SHORT = 4  # letters: a shorter word is an abbreviation, whose doubled letters count
_JOINED = re.compile(r"(?<!\w)(\w)[./][ \t]?(?=\w(?!\w))")
_APOSTROPHES = re.compile(r"(?<=\w)[’'`´ʼ](?=\w)")
_HYPHEN_OF_ABBREVIATION = re.compile(r"(?<!\w)(\w)-(?=\w{1,3}(?!\w))")
_NOT_WORD = re.compile(r"[^\w\n]+|_+")


def folded(text: str) -> str:
    """Lines in small letters, ё as е, words apart by one space; "N. V." and "a/s" as one word each."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е").replace("&", " and ")
    plain = _APOSTROPHES.sub("", plain)
    plain = _JOINED.sub(r"\1", plain)
    plain = _HYPHEN_OF_ABBREVIATION.sub(r"\1", plain)
    return _NOT_WORD.sub(" ", plain)


def in_latin(word: str) -> str:
    """A folded word in Latin letters without accents; letters that only look alike are taken for what they stand among."""
    return _in_latin([word])[0]


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter)
    )
    return plain.replace("ı", "i").replace("ł", "l").replace("ø", "o").replace("đ", "d")


def _of_one_alphabet(word: str) -> str:
    if word.isascii() or not (_HAS_LATIN.search(word) and _HAS_CYRILLIC.search(word)):
        return word
    cyrillic = word.translate(_TO_CYRILLIC)
    if not _HAS_LATIN.search(cyrillic):
        return cyrillic
    latin = word.translate(_TO_LATIN)
    return word if _HAS_CYRILLIC.search(latin) else latin


def sound(latin: str) -> str:
    """A word by its sounds, equal for Yuzhny, Juzhnyj and Южный."""
    return heard_words([latin])[0]


def heard_words(words: Sequence[str]) -> list[str]:
    """Folded words by their sounds, each equal for Yuzhny, Juzhnyj and Южный; all together, which is faster than one by one."""
    if not words:
        return []
    latin = _in_latin(words)
    heard = _CLUSTER.sub(lambda found: _CLUSTER_SOUNDS[found[0]], "\n".join(latin))
    heard = heard.translate(_LETTER).lower()
    found = []
    for word, long, single in zip(
        latin, heard.split("\n"), _DOUBLED.sub(r"\1", heard).split("\n"), strict=True
    ):
        if word.isdigit():
            found.append(word.lstrip("0") or "0")
        elif len(word) < _ABBREVIATION:
            found.append(_LETTERS.get(word) or word.translate(_ALONE))
        else:
            found.append(single if len(long) > _SHORT else long)
    return found


def _in_latin(words: Sequence[str]) -> list[str]:
    text = "\n".join(words)
    if text.isascii():
        return list(words)
    if _HAS_LATIN.search(text) and _HAS_CYRILLIC.search(text):
        text = "\n".join(map(_of_one_alphabet, words))
    text = text.translate(LATIN)
    return text.split("\n") if text.isascii() else list(map(_without_accents, text.split("\n")))


def sounds(text: str) -> tuple[str, ...]:
    """The words of a text by their sounds."""
    return tuple(heard_words(folded(text).split()))


def listed(entries: str | Iterable[str]) -> list[str]:
    """The entries of a list of config/firms: written with commas, or one by one."""
    parts = entries.split(",") if isinstance(entries, str) else map(str, entries)
    return [part.strip() for part in parts if part.strip()]


@lru_cache(maxsize=10)
def firm_lists(name: str) -> Any:
    """The lists of a file of config/firms."""
    return read_yaml(folder("config") / "firms" / f"{name}.yaml")


def sound_set(*entries: str) -> frozenset[str]:
    """The words of lists by their sounds."""
    return frozenset(
        chain.from_iterable(sounds(entry) for entry in chain.from_iterable(map(listed, entries)))
    )


def by_first(phrases: Mapping[tuple[str, ...], str]) -> Phrases:
    """Phrases under their first word, the longest first."""
    found: Phrases = {}
    for words, meaning in sorted(phrases.items(), key=lambda entry: -len(entry[0])):
        found.setdefault(words[0], []).append((words, meaning))
    return found
