"""Addresses in a request, limited to this site."""

from urllib.parse import urlsplit

from flask import redirect, request, url_for
from werkzeug.wrappers import Response


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
