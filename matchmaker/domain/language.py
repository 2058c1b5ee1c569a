"""The two languages of the product and text that exists in one or both of them."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    RUSSIAN = "ru"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Label:
    """A name in both languages; every entry of the taxonomy has one."""

    ru: str
    en: str

    def text(self, language: str) -> str:
        return self.ru if language == Language.RUSSIAN else self.en


def N_(message: str) -> str:  # noqa: N802 - the customary name by which translation tools find a message
    """Mark an English message for translation where it is written, to be translated where it is shown."""
    return message
