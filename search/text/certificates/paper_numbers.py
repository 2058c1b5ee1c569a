"""The number of a certificate and the body that issued it, among the words after its standard."""

import re

from search.text.lexicon import WordPattern

_PIECE = r"[A-ZА-ЯЁ\d][\wА-Яа-яЁё]*(?:[./\\-]{1,2}[\wА-Яа-яЁё]+)*"
_MORE = r"(?:[A-ZА-ЯЁ\d][A-ZА-ЯЁ\d]*(?:[./\\-]{1,2}[A-ZА-ЯЁ\d]+)*)(?![a-zа-яё])"
_MARKED = WordPattern(
    "certificates",
    rf"""
    (?: (?<![\wё])(?i:@number_of)(?![\wё])[ .:]{{0,3}} (?:[#№][ ]?)? | [#№][ ]? )
    (?P<number> {_PIECE} (?:[ ](?!(?i:@number_stop)\b){_MORE}){{0,5}} )
    """,
    re.NOFLAG,
)
_UNMARKED = re.compile(  # not the years "2016-19"
    r"""
    (?<![\w./-]) (?!(?:19|20)\d\d[/-]\d\d(?![\w/-])) (?=[\w./-]{0,20}\d{3}) (?=[\w./-]{0,20}[A-ZА-ЯЁ./-])
    [A-ZА-ЯЁ\d]+(?:[./-][A-ZА-ЯЁ\d]+)*(?![\w-])
    """,
    re.VERBOSE,
)
_BODY = WordPattern(
    "certificates",
    r"""
    \b(?: @issued_by[ :]{0,2} (?P<quoted>[«"“][^»"”\n]{2,60}[»"”])
      | @issued_by[ :]{1,2} (?P<named>@bodies) | (?P<alone>@bodies) )(?!\w)
    """,
)
_ANY_BODY = WordPattern(
    "certificates",
    r"\b(?P<marked>@issued_by[ :]{1,2}) (?P<name>(?-i:[A-ZА-ЯЁ])[\w.-]{1,30}(?:[ ](?-i:[A-ZА-ЯЁ])[\w.-]{1,30}){0,4})",
)


def number_in(words: str, *, unmarked: bool) -> str | None:
    """The first number of a certificate in words without dates; one without a mark only where it is expected."""
    for match in _MARKED.finditer(words):
        if re.search(r"\d{2}|\d[A-ZА-ЯЁ]", match["number"]):
            return match["number"].strip(" .,")
    if unmarked:
        found = _UNMARKED.search(words)
        return found[0] if found else None
    return None


def numbers_in(words: str) -> list[tuple[int, str]]:
    """The numbers in words without dates, each with its place."""
    return [(m.start(), m[0]) for m in _UNMARKED.finditer(words)]


def body_in(words: str) -> str | None:
    """The body that issued a certificate."""
    match = _BODY.search(words)
    if match:
        return (match["quoted"] or match["named"] or match["alone"]).strip('«»"“” ')
    introduced = _ANY_BODY.search(words)
    return introduced["name"].strip(" .") if introduced else None


def without(words: str) -> str:
    """The words without numbers and bodies."""
    for pattern in (_MARKED, _UNMARKED, _BODY, _ANY_BODY):
        words = pattern.sub(" ", words)
    return words


def after_body_word(head: str) -> bool:
    """Whether the words before a name introduce the body that issued a certificate: "ISO 14001 by DNV"."""
    return bool(_INTRODUCED.search(head))


_INTRODUCED = WordPattern("certificates", r"\b@issued_by[ :«\"]{0,3}$")
