"""A text as recognisers see it: as long as the written one, with one sign for each meaning.

Spaces, quotation marks and the separators of thousands differ by country and program; after this they do not.
"""

import re
import unicodedata
from dataclasses import dataclass

from matchmaker.domain.language import Language, prevailing_language

GAP = " "  # between thousands, whatever was written there
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2002\u2003\u2007\u2009\u200a\u202f\u00a0\u3000", " "),
        **dict.fromkeys("“”„″‟", '"'),
        **dict.fromkeys("‘’′‛`", "'"),
        **dict.fromkeys("‐‑", "-"),
        "⁄": "/",
        "∕": "/",
        "μ": "µ",
        "✕": "×",
        "∗": "*",
    }
)
# Latin letters with signs above or below as the letters alone; ø stays, it is a diameter more often than a letter.
_PLAIN_LETTERS = str.maketrans(
    {
        letter: base
        for letter in map(chr, range(0xC0, 0x250))
        if (base := unicodedata.normalize("NFKD", letter)[0]).isascii() and base.isalpha()
    }
    | {"Ł": "L", "ł": "l", "đ": "d", "Đ": "D", "ı": "i", "ß": "s"}
)
_OF_DIAMETER = re.compile(r"(?<![^\W\d_])([oi])/[dD](?!\w)", re.IGNORECASE)  # "62 o/d x 50 i/d"
_LEADERS = re.compile(r"\.{4,200}|_{4,200}")  # between a label and its value in a form
_BY_THREES = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,]\d|\d)")
_SEVERAL_THREES = re.compile(
    r"(?<![\d.,])[1-9]\d{0,2}(?:,\d{3}){2,}(?!\d)|(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+\.\d"
)
_COMMA_DECIMAL = re.compile(r"(?<![\d.,])\d{1,4},(?:\d{1,2}|\d{4})(?!\d|,\d|\.\d)")
_POINT_DECIMAL = re.compile(r"(?<![\d.,])0\.\d{1,4}(?![\d.])")
_BESIDE_TIMES = re.compile(r"[ ]?[xXхХ×*]")


@dataclass(frozen=True, slots=True)
class CanonicalText:
    """The text with one sign for each meaning, and the numbers that stay open by a factor of 1000, as spans."""

    text: str
    language: str
    open_numbers: tuple[tuple[int, int], ...] = ()


def plain_letters(text: str) -> str:
    """A text whose Latin letters have no signs above or below: "Gävle" as "Gavle"."""
    return text if text.isascii() else text.translate(_PLAIN_LETTERS)


def with_one_sign(text: str) -> str:
    """The text with one sign for each meaning; every character keeps its place."""
    signs = plain_letters(text).translate(_SIGNS)
    return _OF_DIAMETER.sub(r"\1d ", signs) if "/" in signs else signs


def canonical(text: str) -> CanonicalText:
    """The canonical form of a text; every character keeps its place.

    A comma before three digits parts thousands in an English text, unless its other numbers have decimal
    commas; in a Russian one it is a decimal comma, but open where other numbers have points, or where the number
    ends with a nought and no other number has a decimal comma.
    """
    language = prevailing_language(text) or Language.RUSSIAN.value
    signs = _LEADERS.sub(lambda match: ":" + " " * (len(match[0]) - 1), with_one_sign(text))
    if "," not in signs:
        return CanonicalText(signs, language)
    parted = bool(_SEVERAL_THREES.search(signs))
    decimal_commas = bool(_COMMA_DECIMAL.search(signs)) and not parted
    open_numbers: list[tuple[int, int]] = []

    def joined(match: re.Match[str]) -> str:
        several = match[0].count(",") > 1
        if several or (language == Language.ENGLISH and not decimal_commas) or parted:
            return match[0].replace(",", GAP)
        english = language == Language.ENGLISH
        beside = _BESIDE_TIMES.match(signs, match.end()) or _BESIDE_TIMES.search(
            signs, max(0, match.start() - 2), match.start()
        )
        rounded = (
            match[0].endswith("0") and not decimal_commas
        )  # "3,200": nobody writes a decimal nought without need
        if english or beside or rounded or _POINT_DECIMAL.search(signs):
            open_numbers.append(match.span())
        return match[0]

    return CanonicalText(_BY_THREES.sub(joined, signs), language, tuple(open_numbers))
