"""The names of organisations: the keys that find, sort and compare them in either language."""

import re
import unicodedata
from collections.abc import Iterator

# Legal forms as they stand in names, Russian and foreign, in casefolded spelling without dots.
_FORMS = (
    "общество с ограниченной ответственностью",
    "публичное акционерное общество",
    "непубличное акционерное общество",
    "закрытое акционерное общество",
    "открытое акционерное общество",
    "акционерное общество",
    "индивидуальный предприниматель",
    "федеральное государственное унитарное предприятие",
    "государственное унитарное предприятие",
    "производственный кооператив",
    "ооо",
    "зао",
    "оао",
    "пао",
    "нао",
    "ао",
    "ип",
    "фгуп",
    "гуп",
    "нпо",
    "llc",
    "ltd",
    "limited",
    "jsc",
    "pjsc",
    "ojsc",
    "cjsc",
    "inc",
    "corp",
    "gmbh",
    "oao",
    "ooo",
    "zao",
)
_FORM = re.compile(r"(?<!\w)(?:" + "|".join(re.escape(form) for form in _FORMS) + r")(?!\w)")
_NOT_WORD = re.compile(r"[^\w]+")


def search_key(text: str) -> str:
    """The key by which a text is compared: composed, without case, ё as е. Computed here, so equal on every
    database.
    """
    folded = unicodedata.normalize("NFC", text).casefold().replace("ё", "е")
    return unicodedata.normalize("NFC", folded)


def name_key(name: str) -> str:
    """A name without legal form, quotes and punctuation; the bare name itself where nothing else would be left."""
    folded = search_key(name).replace(".", "")
    words = _NOT_WORD.sub(" ", _FORM.sub(" ", folded)).strip()
    return words or _NOT_WORD.sub(" ", folded).strip() or folded


def sort_key(ru: str | None, en: str | None, language: str) -> str:
    """The key by which a list in `language` is sorted: the name in that language, else in the other, without
    its legal form.
    """
    first, second = (ru, en) if language == "ru" else (en, ru)
    return name_key(first or second or "")[:300]


_QUOTED = re.compile(r"\s{0,2}[«\"“„'][^»\"”'\n]{1,80}[»\"”']")


def named_in(text: str) -> Iterator[tuple[int, int]]:
    """The places of a text where a legal form stands before a name in quotes."""
    for form in _FORM.finditer(text.lower()):
        name = _QUOTED.match(text, form.end())
        if name and len(text) == len(text.lower()):
            yield form.start(), name.end()
