"""Identifiers in one cell of a list, taken out of the words around them: the INN, telephone numbers.

A program of tables that took an identifier for a number may have cut it; what is lost is named, not stored.
"""

import re
from collections.abc import Iterator

from stdnum.ru import inn as inn_number

from matchmaker.domain.language import N_, Language, language_of
from matchmaker.domain.records import inn_with_nought
from search.reading.cell_answers import CellReading, CellRemark, Column, several, unread
from search.text.canonical import with_one_sign
from search.text.lexicon import WordPattern

_AS_NUMBER = re.compile(r"\s*(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})\s*")
_FRACTION = re.compile(r"(\d{9,15})[.,]0{1,2}")
DESTROYED = CellRemark(
    "cell.destroyed",
    N_("A program of tables cut this number; write it as text, with all of its digits."),
)
WRONG_INN = CellRemark("cell.inn", N_("Check the INN: 10 or 12 digits whose check digits agree."))


def _whole(cell: str) -> str | None:
    """The cell as it was before a program of tables took it for a number; None where digits are lost."""
    cut = _AS_NUMBER.fullmatch(cell)
    if cut:
        digits, exponent = cut[1] + (cut[2] or ""), int(cut[3])
        return digits if len(digits) == exponent + 1 else None
    fraction = _FRACTION.fullmatch(cell.strip())
    return fraction[1] if fraction else cell


# ---- The INN.
_RUN = re.compile(r"(?<![\d.,])\d+(?:[ -]\d+)*(?![\d]|[.,]\d)")
_NAMED = WordPattern("cells", r"(?<!\w)(?:@inn)(?!\w)[^\d\w]{0,5}$")
_LONGEST_RUN = 40


def inn(_: Column, cell: str) -> CellReading[str]:
    """The INN of a cell, whatever requisites stand beside it; a first nought that a workbook lost is given back, and asked
    about.
    """
    whole = _whole(with_one_sign(cell))
    if whole is None:
        return CellReading(remark=DESTROYED)
    named: list[str] = []
    others: list[str] = []
    for match in _RUN.finditer(whole):
        found = next(_inns(match[0][:_LONGEST_RUN]), None)
        if found is not None:
            (named if _NAMED.search(whole[: match.start()]) else others).append(found)
    valid = list(dict.fromkeys(named or others))
    if len(valid) == 1:
        return CellReading(valid[0])
    if valid:
        return CellReading(remark=several(map(float, valid)), readings=tuple(valid))
    digits = whole.replace(" ", "")
    given_back = inn_with_nought(digits)
    if given_back is not None:
        message = N_("The first nought of this INN was lost; is it %(inn)s?")
        return CellReading(given_back, CellRemark("cell.nought", message, {"inn": given_back}))
    return CellReading(remark=WRONG_INN) if any(map(str.isdigit, whole)) else unread()


def _inns(run: str) -> Iterator[str]:
    """The numbers with right check digits among groups of digits, which may be one number or several."""
    groups = re.split("[ -]", run)
    for first in range(len(groups)):
        joined = ""
        for group in groups[first:]:
            joined += group
            if len(joined) in {10, 12} and joined.isascii() and inn_number.is_valid(joined):
                yield joined


# ---- Telephones.
_PHONE = re.compile(r"(?<![\w])\+?\d[\d ()./-]{5,28}\d")
_LEFT_OUT = re.compile(r"\(0\)(?=[ ]?\d)")
_EXTENSION = WordPattern("cells", r",?[ ]?(?:@extension)\.?[ ]?:?[ ]?\d{1,6}")
_FAX = WordPattern("cells", r"(?<!\w)@fax[^\d+]{0,6}$")
_MOBILE = WordPattern("cells", r"(?<!\w)@mobile[^\d+]{0,6}$")
_RUSSIAN = 11  # digits with the country's or the long-distance one before them
_AS_LONG_DISTANCE = re.compile(r"89\d{9}$")  # "+8 916 …"
_FEWEST_DIGITS = 4  # of a number within a town
NO_PHONE = CellRemark("cell.phone", N_("This is no telephone number."))
_LONGEST, _SHORTEST = 15, 10  # digits of an international number


def phone(column: Column, cell: str) -> CellReading[str]:
    """The telephone number of a cell as +79210000417: the mobile one before others, a fax only where there is no other."""
    whole = _whole(with_one_sign(cell))
    if whole is None:
        return CellReading(remark=DESTROYED)
    english = bool(column.name) and language_of(column.name) == Language.ENGLISH
    spoken = _EXTENSION.sub(" ", _LEFT_OUT.sub("", whole))
    ranked = [
        (_rank(spoken[: match.start()]), number)
        for match in _PHONE.finditer(spoken)
        if (number := _international(match[0], english=english))
    ]
    if ranked:
        return CellReading(min(ranked, key=lambda one: one[0])[1])
    return unread() if sum(map(str.isdigit, cell)) >= _FEWEST_DIGITS else CellReading(remark=NO_PHONE)


def _rank(before: str) -> int:
    return 0 if _MOBILE.search(before) else 2 if _FAX.search(before) else 1


def _international(written: str, *, english: bool) -> str | None:
    """A number with the code of its country; None where digits are missing or the country is not known."""
    digits = re.sub(r"\D", "", written)
    if written.startswith("+") and not _AS_LONG_DISTANCE.match(digits):
        whole = len(digits) == _RUSSIAN if digits.startswith("7") else _SHORTEST <= len(digits) <= _LONGEST
        return f"+{digits}" if whole else None
    if len(digits) == _RUSSIAN:
        return (
            f"+7{digits[1:]}" if digits[0] in "78" else f"+{digits}" if english and digits[0] == "1" else None
        )
    if len(digits) == _RUSSIAN - 1 and digits[0] in "3489" and not digits.startswith("89"):
        return f"+7{digits}"
    abroad = digits.startswith("00") and _SHORTEST <= len(digits) - 2 <= _LONGEST
    return f"+{digits[2:]}" if abroad else None
