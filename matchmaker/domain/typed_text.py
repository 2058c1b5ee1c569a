"""Text as people send it: what cannot be seen is taken out, what cannot be stored is found."""

import re
import unicodedata
from datetime import date

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_HEAP_OF_MARKS = re.compile(f"([{_MARKS}]{{3}})[{_MARKS}]+")  # no letter of any language has more

# Signs that are seen, stand in NFC by themselves and join with no other: of most texts all of them.
_PLAIN = re.compile(
    "[\t\n\r -~\u00a0-\u00ac\u00ae-\u02ff\u0400-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2116]*"
)


def is_plain(text: str) -> bool:
    """Whether nothing in the text is to be taken out, refused or written otherwise."""
    return _PLAIN.fullmatch(text) is not None


def day_of(typed: str) -> date | None:
    """The day that a field of a form holds, as 2026-11-30; None where it is empty or no day."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def as_seen(text: str) -> str:
    """The text in NFC, without direction marks, zero-width characters and heaps of marks over a letter."""
    return unicodedata.normalize("NFC", _HEAP_OF_MARKS.sub(r"\1", _INVISIBLE.sub("", text)))
