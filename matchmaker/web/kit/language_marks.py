"""Marks words of the other language on a page, so that they are read aloud in their own."""

import re

from flask import Flask
from markupsafe import Markup

from matchmaker.web.kit import context

_CYRILLIC, _LATIN = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-z]", re.IGNORECASE)


def register(app: Flask) -> None:
    app.jinja_env.filters["spoken"] = spoken


def tongue_of(text: str) -> str:
    """The language that most letters of a text belong to; "" for a text without letters."""
    russian, english = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    if not russian and not english:
        return ""
    return "ru" if russian >= english else "en"


def spoken(text: str | None) -> str | Markup:
    """The text, within an element that names its language where that is not the page's."""
    words = text or ""
    tongue = tongue_of(words)
    if tongue in {"", context.language()}:
        return words
    return Markup('<span lang="{}">{}</span>').format(tongue, words)
