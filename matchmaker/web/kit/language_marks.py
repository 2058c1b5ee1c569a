"""The marks on words of the other language on a page, so that they are read aloud in their own language."""

from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from matchmaker.domain.language import prevailing_language
from matchmaker.web.kit import context


def register(app: Flask) -> None:
    app.jinja_env.filters["spoken"] = spoken


# Names and titles, which lists show again and again.
_LINE = 300
_language_of_line = lru_cache(maxsize=4_000)(prevailing_language)


def spoken(text: str | None) -> str | Markup:
    """The text, within an element that names its language where it differs from the page's."""
    words = text or ""
    language = _language_of_line(words) if len(words) <= _LINE else prevailing_language(words)
    if language in {None, context.language()}:
        return words
    return Markup('<span lang="{}">{}</span>').format(language, words)
