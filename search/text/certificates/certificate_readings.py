"""The certificates of a text or a cell: one for each standard, with its edition, number, dates and state.

Nothing is certified by default: words, a date or a number must say so. What stays open is a doubt.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise

from matchmaker.domain.certificate import Certificate, validity
from matchmaker.domain.taxonomy import Taxonomy
from search.text.certificates import paper_numbers
from search.text.certificates.paper_dates import DayRole, PaperDates, dates_of
from search.text.certificates.paper_days import PaperDay, days_in
from search.text.certificates.reaches import Lookup, NamedStandard, Reach, named, reaches, specific
from search.text.certificates.states import (
    ABSENT,
    Said,
    Words,
    is_certified,
    is_followed,
    is_in_force,
    is_renewed,
    said_of,
    tells_another_state,
    words_of,
)
from search.text.lexicon import WordPattern
from search.text.recognition import Mention

_CUE = "@ends | @begins | @number_of | @edition_words | @issued_by | @no_end | @both | @grades | @year_word | @and"
_CUES = WordPattern("certificates", rf"(?<!\w) (?: {_CUE} ) (?!\w)")
_PLAINLY_HELD = WordPattern(
    "certificates",
    rf"(?<!\w) (?: {_CUE} | @held | @held_by | @yes_cell | @lead | @plain_words | @bodies | @renewing | @harmless ) (?!\w)",
)
_END_UNREAD = WordPattern("certificates", r"(?<!\w)@ends[ :.,'’]{0,3}Q?\d")
_NO_END = WordPattern("certificates", r"\b@no_end")
_LOWER_WORD = re.compile(r"(?<![\w.])[a-zа-яё]{2,}(?:-[a-zа-яё]{2,})*(?!\w)")
_ANYTHING = re.compile(r"[^\W_]{2,}|[^\w\s.,:;()\[\]\"'«»§/|&•·°*®™\ufe0f—–-]")
_ANY_WORD = re.compile(r"[^\W\d_]{2,}")
_BOTH = WordPattern("certificates", r"\b@both")
_NEAR = re.compile(r"[^;\n]{0,120}")
_LEAD = re.compile(r"^[^:]*:")


class PaperState(StrEnum):
    """The state of a certificate on the day of reading; NONE for one that is not issued yet."""

    CERTIFIED = "certified"
    IMPLEMENTING = "implementing"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    NONE = "none"


class PaperDoubt(StrEnum):
    """What a text leaves open about a certificate."""

    DATE_UNKNOWN = "date_unknown"
    STATE_UNKNOWN = "state_unknown"
    FOLLOWED = "followed"
    STANDARD_UNKNOWN = "standard_unknown"
    DAY_UNREAD = "day_unread"
    OTHER_STANDARD = "other_standard"
    NOT_YET_ISSUED = "not_yet_issued"
    WITHDRAWN = "withdrawn"
    RENEWED = "renewed"


@dataclass(frozen=True, slots=True)
class CertificateDoubt:
    """A doubt about the words at text[start:end]."""

    kind: PaperDoubt
    start: int
    end: int
    standard: str | None = None


@dataclass(frozen=True, slots=True)
class CertificateReading:
    """A certificate that a text tells of; text[start:end] names its standard."""

    standard: str
    status: PaperState
    start: int
    end: int
    edition: str | None = None
    number: str | None = None
    body: str | None = None
    issued: date | None = None
    valid_until: date | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class CertificatesRead:
    """The certificates of a text in its order, and what it leaves open."""

    certificates: tuple[CertificateReading, ...] = ()
    doubts: tuple[CertificateDoubt, ...] = ()


def in_text(
    text: str, mentions: Iterable[Mention], taxonomy: Taxonomy, code_of: Lookup, today: date
) -> CertificatesRead:
    """The certificates that a shop's text tells of, those of one standard joined."""
    found = [(m.start, m.end, m.code) for m in mentions if m.kind == "standard" and m.code]
    if not found:
        return CertificatesRead()
    standards = specific(named(text, found, code_of, taxonomy.most_asked_standard), taxonomy)
    read = _Reader(text, taxonomy, today).all(reaches(text, standards, cell=False))
    return CertificatesRead(tuple(_joined(read.certificates)), read.doubts)


def in_words(
    text: str,
    found: Sequence[tuple[int, int, str]],
    taxonomy: Taxonomy,
    code_of: Lookup,
    today: date,
    role: DayRole = DayRole.OPEN,
    heading: str = "",
) -> CertificatesRead:
    """The certificates of a cell that names standards; `role` is what its column's name says of its days, `heading` what
    it says of their state: "Planned certificates".
    """
    standards = specific(named(text, found, code_of, taxonomy.most_asked_standard), taxonomy)
    reader = _Reader(text, taxonomy, today, cell=True, role=role)
    given = reaches(text, standards, cell=True)
    if tells_another_state(heading):
        given = [replace(one, lead=f"{heading} {one.lead}") for one in given]
    return reader.all(given)


def of_column(
    cell: str,
    standards: Sequence[NamedStandard],
    taxonomy: Taxonomy,
    today: date,
    role: DayRole = DayRole.OPEN,
    heading: str = "",
) -> CertificatesRead:
    """The certificates of a cell whose column names the standards: all of the cell is said of each, and what the column's
    name says of their state.
    """
    reader = _Reader(cell, taxonomy, today, cell=True, role=role, by_column=True)
    own = [replace(one, start=0, end=0) for one in standards if one.code]
    lead = heading if tells_another_state(heading) else ""
    return reader.all([Reach(one, cell, cell, lead) for one in own])


def has_lapsed(reading: CertificateReading, taxonomy: Taxonomy, today: date) -> bool:
    """Whether a certificate no longer counts today, by its dates or its edition."""
    certificate = Certificate(
        reading.standard,
        issued=reading.issued,
        valid_until=reading.valid_until,
        edition=reading.edition,
        said_on=today,
    )
    held = validity(certificate, taxonomy)
    return held is None or held.until < today


class _Reader:
    """The reading of one text on one day."""

    def __init__(
        self,
        text: str,
        taxonomy: Taxonomy,
        today: date,
        *,
        cell: bool = False,
        role: DayRole = DayRole.OPEN,
        by_column: bool = False,
    ) -> None:
        self._text, self._taxonomy, self._today = text, taxonomy, today
        self._cell, self._role, self._by_column = cell, role, by_column
        self._found: list[CertificateReading] = []
        self._doubts: list[CertificateDoubt] = []

    def all(self, given: Sequence[Reach]) -> CertificatesRead:
        for reach in given:
            if reach.standard.code is None:
                self._doubt(PaperDoubt.STANDARD_UNKNOWN, reach)
            else:
                for part in _papers(reach):
                    self._read(part, reach.standard.code)
        return CertificatesRead(tuple(self._found), tuple(dict.fromkeys(self._doubts)))

    def _doubt(self, kind: PaperDoubt, reach: Reach) -> None:
        one = reach.standard
        self._doubts.append(CertificateDoubt(kind, one.start, one.end or len(self._text), one.code))

    def _read(self, reach: Reach, code: str) -> None:
        words, days = words_of(reach), days_in(reach.tail)
        rest = _without_days(reach.tail, days)
        dates = self._dates(reach, days)
        number = paper_numbers.number_in(rest, unmarked=self._cell or "(" in rest)
        said = said_of(words)
        if (said is Said.HELD and self._cell and self._is_open(words, rest, dates)) or (
            said in {Said.HELD, Said.BARE} and self._is_of_something_else(words)
        ):
            said = Said.BARE
        elif said is Said.HELD and self._is_system(reach, words, dates, number):
            said = Said.FOLLOWED
        elif said is Said.BARE:
            said = self._bare(words, rest, dates, number, general=reach.standard.generic)
        one = reach.standard
        reading = CertificateReading(
            code, PaperState.IMPLEMENTING, one.start, one.end, one.edition, name=one.name
        )
        if said in ABSENT:
            if said is Said.DENIED and is_followed(words):
                self._doubt(PaperDoubt.FOLLOWED, reach)
        elif said in {Said.FOLLOWED, Said.UNKNOWN}:
            self._doubt(PaperDoubt.FOLLOWED, reach)
        elif said is Said.BARE:
            self._doubt(PaperDoubt.STATE_UNKNOWN, reach)
        elif said is Said.IMPLEMENTING:
            self._found.append(reading)
        else:
            body = paper_numbers.body_in(rest)
            told = replace(
                reading, number=number, body=body, issued=dates.issued, valid_until=dates.valid_until
            )
            self._settle(told, said, dates, reach)

    def _settle(self, reading: CertificateReading, said: Said, dates: PaperDates, reach: Reach) -> None:
        """Add a certificate that is held, was held or is suspended, in its state of today."""
        ahead = reading.valid_until is not None and reading.valid_until >= self._today
        if dates.unread:
            self._doubt(PaperDoubt.DAY_UNREAD, reach)
        if said is Said.RENEWING or (said is Said.EXPIRED and (ahead or is_renewed(reach))):
            self._doubt(PaperDoubt.RENEWED, reach)
            if said is Said.RENEWING and not (dates.known or is_in_force(words_of(reach))):
                return
        if said is Said.SUSPENDED:
            status: PaperState | None = PaperState.SUSPENDED
        elif said is Said.EXPIRED:
            status = PaperState.EXPIRED
        else:
            status = self._held(reading, dates, reach, ahead=ahead)
        if status:
            self._found.append(replace(reading, status=status))

    def _held(
        self, reading: CertificateReading, dates: PaperDates, reach: Reach, *, ahead: bool
    ) -> PaperState | None:
        """The state of a certificate that is said to be held; None where it may as well have ended."""
        if reading.issued and reading.issued > self._today:
            self._doubt(PaperDoubt.NOT_YET_ISSUED, reach)
            return PaperState.NONE
        if dates.stale and not dates.known:
            return None
        if has_lapsed(reading, self._taxonomy, self._today):
            if ahead:
                self._doubt(PaperDoubt.WITHDRAWN, reach)
            return PaperState.EXPIRED
        if not dates.known:
            self._doubt(PaperDoubt.DAY_UNREAD if dates.past else PaperDoubt.DATE_UNKNOWN, reach)
            if dates.past and self._by_column:
                return None
        return PaperState.CERTIFIED

    def _bare(self, words: Words, rest: str, dates: PaperDates, number: str | None, *, general: bool) -> Said:
        """Whether a standard beside which no word tells its state is held: by its dates, its number or as a bare entry."""
        if self._cell and _NO_END.search(rest):
            return Said.HELD
        explained = dates.known or number
        if not explained and (
            self._by_column or dates.past or dates.planned or general or _END_UNREAD.search(rest)
        ):
            return Said.BARE
        names_alone = self._cell and not explained and not dates.unread
        says_more = self._says_more if names_alone else self._has_strangers
        return Said.BARE if says_more(words, rest) else Said.HELD

    def _has_strangers(self, words: Words, rest: str) -> bool:
        """Whether words that nothing explains stand beside a standard; a name in capitals after it is that of a body."""
        near = _NEAR.match(rest)
        left = _CUES.sub(" ", paper_numbers.without(near[0] if near else rest))
        head = "" if self._by_column else _CUES.sub(" ", _LEAD.sub("", words.near_head))
        return bool(_LOWER_WORD.search(left) or _ANY_WORD.search(head))

    def _says_more(self, words: Words, rest: str) -> bool:
        """Whether a cell that only names a standard says anything more, the names of bodies aside."""
        lead = "" if words.name.startswith(words.lead) else words.lead
        given = f"{lead} § {words.near_head} § {paper_numbers.without(rest)}"
        return bool(_ANYTHING.search(_PLAINLY_HELD.sub(" ", given)))

    def _is_of_something_else(self, words: Words) -> bool:
        """Whether a cell answers what its column asks, and that is no certificate: "yes" in a column of audits."""
        return self._by_column and self._role is DayRole.ELSE and not is_certified(words)

    def _is_system(self, reach: Reach, words: Words, dates: PaperDates, number: str | None) -> bool:
        """Whether only a quality system is said to be there: "a quality system is in force"."""
        told = dates.known or number or is_certified(words)
        return self._cell and reach.standard.generic and not (self._by_column or told)

    def _is_open(self, words: Words, rest: str, dates: PaperDates) -> bool:
        """Whether a cell that says "certificate" says more that nothing explains: "the certificate is promised"."""
        if dates.valid_until and not dates.unread:
            return False
        if not dates.known and (dates.past or dates.planned or _END_UNREAD.search(rest)):
            return True
        given = f"{'' if self._by_column else words.near_head} § {paper_numbers.without(rest)}"
        return bool(_LOWER_WORD.search(_PLAINLY_HELD.sub(" ", given)))

    def _dates(self, reach: Reach, days: Sequence[PaperDay]) -> PaperDates:
        """The dates of a certificate; those after the last standard of a list are the others' only where it says so."""
        if reach.shares in {"comma", "or"} and not _BOTH.search(reach.tail):
            return PaperDates()
        return dates_of(reach.tail, days, self._today, self._role)


def _without_days(words: str, days: Sequence[PaperDay]) -> str:
    for day in days:
        words = words[: day.start] + "," + " " * (day.end - day.start - 1) + words[day.end :]
    return words


def _papers(reach: Reach) -> Iterator[Reach]:
    """The reach, once for each of several certificates of one standard that the text lists, each with a number and a date."""
    days = days_in(reach.tail)
    places = [place for place, _ in paper_numbers.numbers_in(_without_days(reach.tail, days))]
    each = list(pairwise([*places, len(reach.tail)]))
    several = len(each) > 1 and all(sum(start <= day.start < end for day in days) == 1 for start, end in each)
    if not several:
        yield reach
        return
    for start, end in each:
        yield replace(reach, tail=reach.tail[start:end])


def _joined(found: Sequence[CertificateReading]) -> Iterator[CertificateReading]:
    """The certificates of a text, one for each standard: the gravest state wins, unless a dated one came after it."""
    best: dict[str, CertificateReading] = {}
    for one in found:
        held = best.get(one.standard)
        key = _fullness if held is None or held.status == one.status else _gravity
        best[one.standard] = max(held, one, key=key) if held else one
    yield from sorted(best.values(), key=lambda one: one.start)


def _fullness(one: CertificateReading) -> tuple[int, bool, int]:
    values = (one.number, one.edition, one.issued, one.valid_until)
    return 0, one.valid_until is not None, sum(value is not None for value in values)


def _gravity(one: CertificateReading) -> tuple[int, bool, int]:
    renewed = one.status is PaperState.CERTIFIED and one.valid_until is not None
    _, dated, told = _fullness(one)
    return (2 if renewed else 1 if one.status is not PaperState.CERTIFIED else 0), dated, told
