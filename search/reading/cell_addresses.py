"""The addresses of one cell of a list: e-mail and web site, taken out of the words around them. The first one counts."""

import re
from collections.abc import Sequence

from matchmaker.domain.language import N_
from search.reading.cell_answers import CellReading, CellRemark, Column
from search.text.lexicon import WordPattern

NO_EMAIL = CellRemark("email.invalid", N_("Give an e-mail address such as name@example.org."))
NO_SITE = CellRemark("cell.site", N_("Give the address of a web site such as example.org."))
_AT = WordPattern("cells", r"\s*(?:@|[(\[]\s*(?:@at_sign)\s*[)\]])\s*")
_EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_SITE = re.compile(
    r"(?:https?://)?[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[^\W\d_]{2,24}(?::\d{2,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;<>«»\"()]+")
_AFTER_WWW = re.compile(r"(?<=\bwww\.)\s+", re.IGNORECASE)


def email(_: Column, cell: str) -> CellReading[str]:
    """The first e-mail address of a cell; further ones are told."""
    return _first(_EMAIL.findall(_AT.sub("@", cell)), NO_EMAIL)


def website(_: Column, cell: str) -> CellReading[str]:
    """The first address of a web site of a cell; further ones are told. An e-mail address is none."""
    words = (word.rstrip(".") for word in _BETWEEN.split(_AFTER_WWW.sub("", cell)))
    return _first([word for word in words if "@" not in word and _SITE.fullmatch(word)], NO_SITE)


def _first(found: Sequence[str], none: CellRemark) -> CellReading[str]:
    if not found:
        return CellReading(remark=none)
    one, *others = dict.fromkeys(found)
    if not others:
        return CellReading(one)
    message = N_("Only the first of several addresses was taken; left out: %(others)s.")
    return CellReading(one, CellRemark("cell.further", message, {"others": ", ".join(others)[:200]}))
