"""The words of a text with their places, and the keys that find an inflected or misspelt word."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from search.text.lexicon import WordPattern, replacements

# A steel's mark is a word of its own before the grade: "ст.40Х", "Ст20Х13".
_WITH_MARKS = WordPattern(
    "spelling",
    r"""
    (?<!\w)@steel_mark(?=\.?\d{1,3}[А-Яа-яЁё]) | [0-9A-Za-zА-Яа-яЁё]+(?:[.,][0-9]+)*
    """,
)
_MARKED = WordPattern("spelling", r"@steel_mark\.?\d")
_TOKEN = re.compile(
    "[0-9A-Za-zА-Яа-яЁё]+(?:[.,][0-9]+)*"
)  # most texts have no such mark, and need no slower pattern
_CYRILLIC = re.compile("[а-яё]")
_LATIN = re.compile("[a-z]")
# Letters that look alike; designations such as 12Х18Н10Т are typed in either alphabet, or in both at once.
_ALIKE = dict(zip("авекмнорстухі", "abekmhopctyxi", strict=True))
_TO_LATIN = str.maketrans(_ALIKE)
_TO_CYRILLIC = str.maketrans({latin: cyrillic for cyrillic, latin in _ALIKE.items() if latin != "i"})
_PREFIX = WordPattern("spelling", "^@verb_prefixes", re.NOFLAG)
_THREE = re.compile(r"^з(?=\d{2})")  # "З04" typed with a letter
SHORTEST_PARTICIPLE = 5  # letters: "baked", "lined"
_ISE = re.compile(r"is(e|ed|es|ing|ation|er)$")


@dataclass(frozen=True, slots=True)
class Token:
    """A word at text[start:end]; `keys` are the forms that find it, `hyphen` says what follows it."""

    text: str
    start: int
    end: int
    keys: frozenset[str]


@lru_cache(maxsize=1)
def _morphology() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")


def is_known_word(word: str) -> bool:
    """Whether a lower-case Russian word is in the dictionary."""
    return bool(_morphology().word_is_known(word))


def is_common_word(word: str) -> bool:
    """Whether a lower-case Russian word is in the dictionary and no name of a place or a person."""
    if not is_known_word(word):
        return False
    parses = [parse for parse in _morphology().parse(word) if parse.normal_form == word]
    return bool(parses) and not any(
        {name} in parse.tag for parse in parses for name in ("Geox", "Name", "Surn")
    )


def may_be_genitive(word: str) -> bool:
    """Whether a Russian word can stand after "без": "сварки" can, "сварка" cannot; any other word may."""
    parses = _morphology().parse(word.lower())
    nouns = [parse for parse in parses if "NOUN" in parse.tag]
    if word.endswith("ики"):
        return True  # "гальваники": the dictionary knows the workers alone
    return not nouns or any({"gent"} in parse.tag or {"Fixd"} in parse.tag for parse in nouns)


def may_be_accusative(word: str) -> bool:
    """Whether a Russian word can be what is asked for after "на": "на валы" can, "на валу" cannot."""
    parses = _morphology().parse(word.lower())
    nouns = [parse for parse in parses if "NOUN" in parse.tag]
    return not nouns or any({"accs"} in parse.tag or {"Fixd"} in parse.tag for parse in nouns)


def is_noun(word: str) -> bool:
    """Whether a lower-case Russian word is a noun in its plain form: "крой" is one, and no command to roof."""
    return is_known_word(word) and any(
        "NOUN" in parse.tag and parse.normal_form == word for parse in _morphology().parse(word)
    )


def is_object(word: str) -> bool:
    """Whether a Russian word is a noun of what somebody works on or with: "алюминий" of "алюминий не варим"."""
    tag = _morphology().parse(word.lower())[0].tag
    return "NOUN" in tag and any(case in tag for case in ("accs", "nomn", "ablt"))


@lru_cache(maxsize=20_000)
def is_ours(word: str) -> bool:
    """Whether a Russian word is a verb of "we": "красим", "шлифуем"."""
    if not word.endswith(("ем", "им", "ём")):
        return False
    tag = _morphology().parse(word.lower())[0].tag
    return {"VERB", "1per", "plur"} in tag


def unprefixed(verb: str) -> set[str]:
    """The plain verb of a finished action: "просверлить" is also looked up as "сверлить"."""
    plain = _PREFIX.sub("", verb, count=1)
    return {plain} if plain != verb and len(plain) > 4 else set()


_VERB_OF_NOUN = ("овать", "евать")  # "хонинговать" is looked up as "хонингование" too


def _lemmas(word: str) -> frozenset[str]:
    """The plain forms of a Russian word; one that the dictionary lacks is looked up as written too."""
    parses = _morphology().parse(word)[:4]
    found = {parse.normal_form.replace("ё", "е") for parse in parses}
    as_written = set() if is_known_word(word) else {word}
    for parse in parses:
        if "INFN" in parse.tag or "VERB" in parse.tag:
            found |= unprefixed(parse.normal_form)
            if parse.normal_form.endswith(_VERB_OF_NOUN):
                found.add(parse.normal_form.replace("ё", "е").removesuffix("ть") + "ние")
        if parse.normal_form.endswith("ировка"):  # "хромировка" is looked up as "хромирование" too
            found.add(parse.normal_form.removesuffix("ка") + "ание")
        # A participle ("сваренный") belongs to its verb already.
        if "Name" in parse.tag or "Surn" in parse.tag:
            found.discard(parse.normal_form) if len(found) > 1 else None
    return frozenset(found | as_written) or frozenset({word})


def _english(word: str) -> frozenset[str]:
    for british, american in replacements("spelling", "american"):
        word = word.replace(british, american)
    if len(word) > 5:
        word = _ISE.sub(r"iz\1", word)
    keys = {word}
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = (
            word[:-3] + "y"
            if word.endswith("ies")
            else word[:-2]
            if word.endswith(("xes", "shes", "ches", "sses"))
            else word[:-1]
        )
        keys.add(word)
    if len(word) >= SHORTEST_PARTICIPLE and word.endswith("ed") and not word.endswith("eed"):
        keys.add(word[:-3] + "ying" if word.endswith("ied") else word[:-2] + "ing")
    return frozenset(keys)


@lru_cache(maxsize=20_000)
def keys_behind(word: str) -> frozenset[str]:
    """The further keys of an English word that is not the first one of a name: "laser cut", "deep drawn", "bead blast".

    Alone such words mean too much else: "cut", "ground", "cast".
    """
    return frozenset(gerund for form, gerund in replacements("spelling", "forms_behind") if form == word)


def fold(designation: str) -> str:
    """A designation with digits in comparable form: lower case, look-alike letters in Latin, decimal point."""
    plain = designation.lower().replace("ё", "е")
    return _THREE.sub("3", plain).translate(_TO_LATIN).replace(",", ".")


folded = lru_cache(maxsize=50_000)(fold)


@lru_cache(maxsize=50_000)  # 25 MB
def keys_of(word: str) -> frozenset[str]:
    """The keys of a lower-case word: its lemmas, or its folded form if it has digits."""
    if any(letter.isdigit() for letter in word):
        return frozenset({"#" + fold(word)})
    cyrillic, latin = len(_CYRILLIC.findall(word)), len(_LATIN.findall(word))
    if cyrillic and latin:
        word = word.translate(_TO_CYRILLIC) if cyrillic >= latin else word.translate(_TO_LATIN)
        cyrillic, latin = len(_CYRILLIC.findall(word)), len(_LATIN.findall(word))
    if cyrillic:
        return _lemmas(word)
    return _english(word)


def tokens(text: str) -> list[Token]:
    """All words of a text. "токарно-" is also looked up as "токарный", as the first half of a compound."""
    found = []
    pattern = _WITH_MARKS.compiled if _MARKED.search(text) else _TOKEN
    for match in pattern.finditer(text):
        word = match[0].lower().replace("ё", "е")
        keys = keys_of(word)
        if word.endswith("о") and text[match.end() : match.end() + 1] == "-" and len(word) > 4:
            keys = keys | {word[:-1] + "ый"}
        found.append(Token(match[0], match.start(), match.end(), keys))
    return found
