"""The words of the product in other languages than English, and nothing else.

English is the language of the messages; each other language is a folder with its catalogue. Rules and pages stay outside.
"""

import gettext
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; a language without one keeps the English messages."""
    return gettext.translation("messages", FOLDER, languages=[language], fallback=True)
