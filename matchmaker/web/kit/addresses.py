"""Addresses of this site: where a form may lead, and public pages in each language.

Without `lang` the reader's own choice decides the language of a public page, with it the address does: so a link that somebody
shares, and what a search engine keeps, says which language it shows.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from flask import Flask, g, redirect, request, url_for
from werkzeug.wrappers import Response

from matchmaker.web.kit import context

CHOICE = "lang"
LANGUAGES = ("ru", "en")
# The pages for everybody that exist in both languages under one address.
PAGES = (
    "public.home",
    "public.search",
    "public.try_need",
    "public.show_map",
    "personal_data.text",
    "guides.listed",
    "guides.one",
    "public_events.listed",
    "public_events.show",
    "accessibility.statement",
    "public.supplier",
)


# Of these a query narrows what is shown; to another page it adds nothing but where the reader came from.
_NARROWED = frozenset({"public.search", "public.try_need", "public.show_map"})


def register(app: Flask) -> None:
    app.jinja_env.globals.update(
        page_address=page_address, page_languages=page_languages, same_list=same_list
    )


def same_list(**changed: object) -> str:
    """The address of the list at hand with some values changed, on its first page; None and "" leave a value out."""
    left_out = {"page", "view", *changed}
    kept: dict[str, Any] = {name: request.args.getlist(name) for name in request.args if name not in left_out}
    given: dict[str, Any] = {name: value for name, value in changed.items() if value not in {None, ""}}
    return url_for(str(request.endpoint), **kept, **given)


def of_address() -> str | None:
    """The language that the address of a public page names."""
    if request.method != "GET" or request.endpoint not in PAGES:
        return None
    asked = request.args.get(CHOICE)
    return asked if asked in LANGUAGES else None


def in_any_language(address: str) -> str:
    """An address of the site that leaves the language to the reader."""
    parts = urlsplit(address)
    if CHOICE not in parts.query:
        return address
    left = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != CHOICE]
    return urlunsplit(parts._replace(query=urlencode(left)))


def alternates(address: str) -> Mapping[str, str]:
    """The address of a page by the language that it shows; `x-default` shows the reader's own."""
    return {"x-default": address, **{one: f"{address}?{CHOICE}={one}" for one in LANGUAGES}}


def page_languages() -> Mapping[str, str]:
    """The alternates of the page that is shown, where it is one for everybody and shows no part of a list."""
    narrowed = request.endpoint in _NARROWED and set(request.args) - {CHOICE}
    shown = request.endpoint in PAGES and request.method == "GET" and not narrowed
    if not shown or g.get("failed"):
        return {}
    return alternates(context.product().address + request.path)


def page_address() -> str:
    """The canonical address of such a page, else nothing."""
    found = page_languages()
    return found[of_address() or "x-default"] if found else ""


def local_address(address: str | None) -> str:
    """An address on this site, else the start page, so that no link leads to another site."""
    text = address or ""
    parts = urlsplit(text)
    plain = (
        text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    )
    return text if plain and text.isprintable() and "\\" not in text else url_for("public.home")


def onward(address: str) -> Response:
    """On to the page from which a form was sent, where it names one, else to this address."""
    given = request.form.get("next")
    return redirect(local_address(given) if given else address)
