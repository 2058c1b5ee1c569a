"""The text of bytes: Unicode with and without its mark, the code pages of Russian offices, else a guess."""

import re

from charset_normalizer import from_bytes

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # the marks at its beginning
_PAGES = ("cp1251", "cp866", "koi8_r")  # of equals the first
LOOKED_AT = 200_000  # bytes by which an encoding is chosen
_USUAL = re.compile(r"[0-9A-Za-zА-Яа-яЁё\s.,;:()/\"'«»№×°±%+=_*–—-]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_FREQUENT = re.compile(r"[оеаинтсрвлОЕАИНТСРВЛ]")
# Within a word: a capital behind a small letter, a letter of the other alphabet.
_ODD = re.compile(r"[а-яё][А-ЯЁ]|[A-Za-z][А-Яа-яЁё]|[А-Яа-яЁё][A-Za-z]")
_LEAST_USUAL = 0.9


def decoded(content: bytes) -> str | None:
    """The text of a file; None where it is no text."""
    if content[:2] in _UTF_16:
        return _as(content, "utf-16")
    if b"\x00" in content[:LOOKED_AT]:
        return _without_mark(content)
    return _as(content, "utf-8-sig") or _of_page(content)


def _as(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _without_mark(content: bytes) -> str | None:
    """UTF-16 without its mark, in the order of bytes that gives words."""
    texts = (_as(content, encoding) for encoding in ("utf-16-le", "utf-16-be"))
    return next((text for text in texts if text and _usual(text[:LOOKED_AT]) >= _LEAST_USUAL), None)


def _usual(text: str) -> float:
    return len(_USUAL.findall(text)) / max(len(text), 1)


def _of_page(content: bytes) -> str | None:
    """A text of one byte a letter. The guess of a library misreads a few lines of Russian, so the pages of Russian offices are
    tried first: the one in which the letters are those that Russian uses most, in words of one alphabet.
    """
    start = content[:LOOKED_AT]
    shares = {page: _russian(start.decode(page, "replace")) for page in _PAGES}
    page = max(_PAGES, key=lambda one: shares[one])
    if shares[page] > 0:
        return content.decode(page, "replace")
    best = from_bytes(start).best()
    return None if best is None else content.decode(best.encoding, "replace").lstrip("\ufeff")


def _russian(text: str) -> float:
    """How well a text reads as Russian; 0 where it does not."""
    letters = len(_CYRILLIC.findall(text))
    if not letters or _usual(text) < _LEAST_USUAL:
        return 0.0
    return max(0.0, (len(_FREQUENT.findall(text)) - 2 * len(_ODD.findall(text))) / letters)
