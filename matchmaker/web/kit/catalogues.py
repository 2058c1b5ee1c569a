"""The words of the request's language, quickly: a page asks for some hundreds of them, and each time Flask-Babel looks for
its context, its domain, the locale and its name anew.
"""

from typing import Any

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, g, has_app_context
from flask_babel import Babel, Domain, get_locale
from markupsafe import Markup


def locale() -> Locale | None:
    """The language of the request, or the one that is forced in it, as Flask-Babel has decided."""
    known = g._get_current_object().get("_flask_babel") if has_app_context() else None  # noqa: SLF001
    return getattr(known, "babel_locale", None) or get_locale()


class Catalogues(Domain):  # type: ignore[misc]
    """The messages of each language, loaded once."""

    def __init__(self) -> None:
        super().__init__()
        self._loaded: dict[str, NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        present = locale()
        name = "" if present is None else present.language
        if name not in self._loaded:
            self._loaded[name] = super().get_translations()
        return self._loaded[name]


class Translator(Babel):  # type: ignore[misc]
    """Flask-Babel with these catalogues, for Python as for templates."""

    domain_instance = Catalogues()

    def init_app(self, app: Flask, *args: Any, **settings: Any) -> None:
        super().init_app(app, *args, **settings)
        app.jinja_env.globals["_"] = self.words

    def words(self, message: str, /, **values: object) -> Markup:
        """A message of a template: a format even without values, and HTML as it stands, with the values escaped."""
        return Markup(self.domain_instance.get_translations().ugettext(message)) % values  # noqa: S704 - the catalogue's own
