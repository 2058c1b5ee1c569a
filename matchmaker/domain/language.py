"""The two languages of the product, texts in one or both of them, and the language that a text is written in."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    RUSSIAN = "ru"
    ENGLISH = "en"


_CYRILLIC, _LATIN = re.compile("[А-Яа-яЁё]+"), re.compile("[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages; every entry of the taxonomy has one."""

    ru: str
    en: str

    def text(self, language: str) -> str:
        return self.ru if language == Language.RUSSIAN else self.en


def N_(message: str) -> str:  # noqa: N802 - the customary name by which translation tools find a message
    """Mark an English message for translation at the place where it is written; it is translated where it is
    shown.
    """
    return message


def language_of(text: str, default: str = Language.RUSSIAN.value) -> str:
    """The language of a text as it is stored and answered; `default` for a text without letters.

    One Cyrillic letter makes it Russian: Russian texts are full of Latin names and grades, English texts hold
    hardly any Cyrillic.
    """
    if _CYRILLIC.search(text):
        return Language.RUSSIAN.value
    return Language.ENGLISH.value if _LATIN.search(text) else default


def prevailing_language(text: str) -> str | None:
    """The language of most letters of a text, as it is read aloud; None for a text without letters."""
    russian, english = (sum(map(len, letters.findall(text))) for letters in (_CYRILLIC, _LATIN))
    if not russian and not english:
        return None
    return Language.RUSSIAN.value if russian >= english else Language.ENGLISH.value
