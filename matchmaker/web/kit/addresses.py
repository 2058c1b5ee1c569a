"""Addresses that a request names, held to this site."""

from urllib.parse import urlsplit

from flask import url_for


def local_address(address: str | None) -> str:
    """An address on this site, or the start page: nobody is sent elsewhere by a link."""
    text = address or ""
    parts = urlsplit(text)
    plain = (
        text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    )
    return text if plain and "\\" not in text else url_for("public.home")
