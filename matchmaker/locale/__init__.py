"""The product's words in languages other than English.

English is the language of the messages; each other language is a folder with its catalogue. Rules and pages
may not live here.
"""

import gettext
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; a language without a catalogue keeps the English messages."""
    return gettext.translation("messages", FOLDER, languages=[language], fallback=True)
