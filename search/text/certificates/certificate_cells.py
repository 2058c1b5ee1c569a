"""The certificates of one cell of a list, with its column's name as context."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from search.text import dates
from search.text.canonical import canonical
from search.text.certificates.certificate_readings import (
    CertificateDoubt,
    CertificatesRead,
    PaperDoubt,
    in_words,
    of_column,
)
from search.text.certificates.paper_dates import DayRole
from search.text.certificates.reaches import Lookup, NamedStandard, named
from search.text.lexicon import WordPattern
from search.text.recogniser import Recogniser
from search.text.segments import TextSource

LONGEST_CELL = 2_000  # characters that are read
_ENDS = WordPattern("certificates", r"\b@column_ends")
_BEGINS = WordPattern("certificates", r"\b@column_begins")
_ELSE = WordPattern("certificates", r"\b@column_else")
_NUMBERS = WordPattern("certificates", r"\b@column_number|[№#]")
_NOTHING = WordPattern("certificates", r"[^\w+✓✔☑√]*(?:\b@nothing\b)?[^\w+✓✔☑√]*")
_DENIED = WordPattern("certificates", r"[\W_]{0,4}\b@nothing\b[^\d]{0,60}")
_PLAIN_DESIGNATION = re.compile(r"(?<=\d{3})[A-HА-Н](?![\w-])")
_WORD = re.compile(r"[^\W\d_]")
_BARE_NUMBER = re.compile(r"(?<![\w№#./-])(?<![№#.] )\d{4,5}(?![\w/]|[.,-]\d(?!\d{3}\b))")
_BARE_NAME = re.compile(r"(?<![\w-])[A-ZА-ЯЁ]{2,5}(?![\w-])")
_CHOICE = WordPattern("certificates", r"\([^()]*[/,;|][^()]*\)|[^\W\d_]{2}[ ]?/[ ]?[^\W\d_]{2}|\b@or\b")
_NUMBER_ALONE = re.compile(r"[\s№#:]*(?=[^\n]{0,40}\d{3})[A-ZА-ЯЁ\d][A-ZА-ЯЁ\d ./\\-]{2,60}[\s.,]*")


def certificates_of(cell: str, column: str, recogniser: Recogniser, today: date) -> CertificatesRead:
    """The certificates that a cell tells of on a day. A standard that the cell does not name is its column's."""
    words = canonical(cell[:LONGEST_CELL]).text
    heading = canonical(column[:LONGEST_CELL]).text
    if _NOTHING.fullmatch(words) and "?" not in words:
        return CertificatesRead()
    role = _role(heading)
    found = _found(words, recogniser)
    in_column = _standards(heading, recogniser)
    if not (found or in_column or _NUMBERS.search(heading)):
        found = _bare_numbers(words, recogniser)
    if found or _unknown(words, recogniser):
        read = in_words(
            words, found, recogniser.taxonomy, _lookup(recogniser), today, role, _state_in(heading)
        )
        return _with_other(read, in_column)
    serial = dates.serial_day(words.strip(), today)
    if in_column:
        if serial:
            words = serial.isoformat()
        elif _NUMBERS.search(heading) and _NUMBER_ALONE.fullmatch(words):
            words = f"№ {words.strip(' №#')}"
        said = "" if role is DayRole.END and not _WORD.search(words) else _state_in(heading)
        read = of_column(words, in_column, recogniser.taxonomy, today, role, said)
        general = [
            CertificateDoubt(PaperDoubt.STANDARD_UNKNOWN, 0, len(cell), one.code)
            for one in in_column
            if one.generic
        ]
        return replace(read, doubts=(*read.doubts, *general)) if read.certificates else read
    together = f"{heading} {words}"
    joined = _found(together, recogniser)
    if joined and joined[0][0] < len(heading):
        read = in_words(together, joined, recogniser.taxonomy, _lookup(recogniser), today, role)
        return replace(read, doubts=tuple(_moved(read.doubts, len(words))))
    return CertificatesRead() if _DENIED.match(words) else _open(words, PaperDoubt.STANDARD_UNKNOWN)


def _role(heading: str) -> DayRole:
    if _ELSE.search(heading):
        return DayRole.ELSE
    if _ENDS.search(heading):
        return DayRole.END
    return DayRole.ISSUE if _BEGINS.search(heading) else DayRole.OPEN


def _state_in(heading: str) -> str:
    """The words of a column's name that may tell a state of all its cells; not a choice that it offers: "(yes/no)"."""
    return "" if _CHOICE.search(heading) else heading.replace("?", " ")


def _lookup(recogniser: Recogniser) -> Lookup:
    return lambda term: next(iter(recogniser.codes("standard", term)), None)


def _found(words: str, recogniser: Recogniser) -> list[tuple[int, int, str]]:
    """The standards that words name; those of a few letters too, which mean something else in prose ("UL")."""
    plain = _PLAIN_DESIGNATION.sub(" ", words)
    mentions = recogniser.recognise(plain, source=TextSource.TERM).of("standard", negated=None)
    found = [(m.start, m.end, str(m.code)) for m in mentions]
    bare = recogniser.taxonomy.bare_standards
    for match in _BARE_NAME.finditer(words):
        code = bare.get(match[0].casefold())
        if code and not any(start < match.end() and match.start() < end for start, end, _ in found):
            found.append((*match.span(), code))
    return sorted(found)


def _bare_numbers(words: str, recogniser: Recogniser) -> list[tuple[int, int, str]]:
    """The standards of a cell that names them by their numbers alone: "9001 +, 14001 -"; one alone may be any number."""
    code_of = _lookup(recogniser)
    found = [(*match.span(), code_of(f"ISO {match[0]}")) for match in _BARE_NUMBER.finditer(words)]
    known = [(start, end, code) for start, end, code in found if code]
    return known if len(known) > 1 else []


def _unknown(words: str, recogniser: Recogniser) -> bool:
    return any(one.code is None for one in named(words, (), _lookup(recogniser), ""))


def _standards(heading: str, recogniser: Recogniser) -> list[NamedStandard]:
    found = named(
        heading,
        _found(heading, recogniser),
        _lookup(recogniser),
        recogniser.taxonomy.most_asked_standard,
    )
    known = {one.code: one for one in reversed(found) if one.code}
    return sorted(known.values(), key=lambda one: one.start)


def _with_other(read: CertificatesRead, in_column: list[NamedStandard]) -> CertificatesRead:
    """The reading with a doubt where the cell names other standards than its column."""
    expected = {one.code for one in in_column if not one.generic}
    others = [one for one in read.certificates if expected and one.standard not in expected]
    doubts = (CertificateDoubt(PaperDoubt.OTHER_STANDARD, o.start, o.end, o.standard) for o in others)
    return replace(read, doubts=(*read.doubts, *doubts))


def _open(words: str, kind: PaperDoubt) -> CertificatesRead:
    return CertificatesRead((), (CertificateDoubt(kind, 0, len(words)),))


def _moved(doubts: tuple[CertificateDoubt, ...], length: int) -> Iterator[CertificateDoubt]:
    """The doubts on the cell's own characters."""
    return (replace(one, start=0, end=length) for one in doubts)
