"""The certificates of a text or a cell: one for each standard, with its edition, number, dates and state.

Nothing is certified by default: words, a date or a number must say so. What stays open is a doubt.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from matchmaker.domain.certificate import Certificate, is_dated, validity
from matchmaker.domain.taxonomy import Taxonomy
from search.text.certificates import paper_numbers
from search.text.certificates.paper_days import PaperDay, days_in
from search.text.certificates.reaches import Lookup, NamedStandard, Reach, named, reaches
from search.text.certificates.states import ABSENT, Said, Words, is_followed, is_renewed, said_of, words_of
from search.text.lexicon import WordPattern
from search.text.recognition import Mention

_ENDS = WordPattern("certificates", r"\b@ends")
_BEGINS = WordPattern("certificates", r"\b@begins")
_ELSE = WordPattern("certificates", r"\b@else_on")
_BETWEEN_DAYS = re.compile(r"[\s–—-]*[–—-][\s–—-]*")
_NO_END = WordPattern("certificates", r"\b@no_end")
_CUES = WordPattern(
    "certificates",
    r"(?<!\w)(?:@ends|@begins|@number_of|@edition_words|@issued_by|@no_end|@both|@grades|@year_word|@and)(?!\w)",
)
_LOWER_WORD = re.compile(r"(?<![\w.-])[a-zа-яё][a-zа-яё]+(?![\w-])")
_ANY_WORD = re.compile(r"[^\W\d_]{2,}")
_SEVERAL = WordPattern("certificates", r"\b@both")


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


@dataclass(frozen=True, slots=True)
class CertificatesRead:
    """The certificates of a text in its order, and what it leaves open."""

    certificates: tuple[CertificateReading, ...] = ()
    doubts: tuple[CertificateDoubt, ...] = ()


class DayRole(StrEnum):
    """What a day beside a standard is: of a certificate's issue, of its end, of something else; OPEN where nothing says so."""

    ISSUE = "issue"
    END = "end"
    ELSE = "else"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class PaperDates:
    """The dates of one certificate: `unread` for a day that does not exist, `loose` where only the year of issue is known, `past` for one that may be of issue or of end."""

    issued: date | None = None
    valid_until: date | None = None
    loose: bool = False
    unread: bool = False
    past: bool = False


def in_text(
    text: str, mentions: Iterable[Mention], taxonomy: Taxonomy, code_of: Lookup, today: date
) -> CertificatesRead:
    """The certificates that a shop's text tells of, those of one standard joined."""
    found = [(m.start, m.end, m.code) for m in mentions if m.kind == "standard" and m.code]
    if not found:
        return CertificatesRead()
    standards = _specific(named(text, found, code_of, taxonomy.most_asked_standard), taxonomy)
    reader = _Reader(text, taxonomy, today, cell=False)
    read = reader.all(reaches(text, standards, cell=False))
    return CertificatesRead(tuple(_joined(read.certificates)), read.doubts)


def in_words(
    text: str,
    found: Sequence[tuple[int, int, str]],
    taxonomy: Taxonomy,
    code_of: Lookup,
    today: date,
    role: DayRole = DayRole.OPEN,
) -> CertificatesRead:
    """The certificates of a cell that names standards; `role` is what its column's name says of its days."""
    standards = _specific(named(text, found, code_of, taxonomy.most_asked_standard), taxonomy)
    reader = _Reader(text, taxonomy, today, cell=True, role=role)
    return reader.all(reaches(text, standards, cell=True))


def of_column(
    cell: str,
    standards: Sequence[NamedStandard],
    taxonomy: Taxonomy,
    today: date,
    role: DayRole = DayRole.OPEN,
) -> CertificatesRead:
    """The certificates of a cell whose column names the standards: all of the cell is said of each."""
    reader = _Reader(cell, taxonomy, today, cell=True, role=role, by_column=True)
    own = [replace(one, start=0, end=0) for one in standards if one.code]
    return reader.all([Reach(one, cell, cell) for one in own])


def _specific(standards: list[NamedStandard], taxonomy: Taxonomy) -> list[NamedStandard]:
    """The standards without general words for one that is named too: "СМК по IATF 16949"."""
    exact = {one.code for one in standards if one.code and not one.generic}
    answered = {code for held in exact for code in taxonomy.standards_answered(held)}
    return [one for one in standards if not (one.generic and (one.code in exact or one.code in answered))]


class _Reader:
    """The reading of one text on one day."""

    def __init__(
        self,
        text: str,
        taxonomy: Taxonomy,
        today: date,
        *,
        cell: bool,
        role: DayRole = DayRole.OPEN,
        by_column: bool = False,
    ) -> None:
        self._text, self._taxonomy, self._today = text, taxonomy, today
        self._cell, self._role, self._by_column = cell, role, by_column
        self._found: list[CertificateReading] = []
        self._doubts: list[CertificateDoubt] = []

    def all(self, given: Sequence[Reach]) -> CertificatesRead:
        for reach in given:
            standard = reach.standard
            if standard.code is None:
                self._doubt(PaperDoubt.STANDARD_UNKNOWN, reach)
            else:
                for part in _papers(reach):
                    self._read(part, standard.code)
        return CertificatesRead(tuple(self._found), tuple(dict.fromkeys(self._doubts)))

    def _doubt(self, kind: PaperDoubt, reach: Reach) -> None:
        one = reach.standard
        end = one.end or len(self._text)
        self._doubts.append(CertificateDoubt(kind, one.start, end, one.code))

    def _read(self, reach: Reach, code: str) -> None:
        words = words_of(reach)
        said = said_of(words)
        days = days_in(reach.tail)
        rest = _without_days(reach.tail, days)
        dates = self._dates(reach, days)
        number = paper_numbers.number_in(rest, unmarked=self._cell or "(" in rest)
        if said is Said.BARE:
            said = self._bare(words, reach, rest, dates, number)
        if said in ABSENT:
            if said is Said.DENIED and is_followed(words):
                self._doubt(PaperDoubt.STATE_UNKNOWN, reach)
            return
        if said in {Said.FOLLOWED, Said.UNKNOWN, Said.BARE}:
            self._doubt(PaperDoubt.STATE_UNKNOWN, reach)
            return
        reading = CertificateReading(
            code,
            PaperState.CERTIFIED,
            reach.standard.start,
            reach.standard.end,
            reach.standard.edition,
        )
        if said is Said.IMPLEMENTING:
            self._found.append(replace(reading, status=PaperState.IMPLEMENTING))
            return
        reading = replace(
            reading,
            number=number,
            body=paper_numbers.body_in(rest),
            issued=dates.issued,
            valid_until=dates.valid_until,
        )
        if dates.unread:
            self._doubt(PaperDoubt.DAY_UNREAD, reach)
        self._settle(reading, said, dates, reach)

    def _settle(self, reading: CertificateReading, said: Said, dates: PaperDates, reach: Reach) -> None:
        """Add a certificate that is held, lapsed or suspended, in the state of today."""
        if said is Said.SUSPENDED:
            self._found.append(replace(reading, status=PaperState.SUSPENDED))
            return
        lapsed = self._has_lapsed(reading)
        if said is Said.EXPIRED:
            self._found.append(replace(reading, status=PaperState.EXPIRED))
            if is_renewed(reach) or (reading.valid_until and reading.valid_until >= self._today):
                self._doubt(PaperDoubt.RENEWED, reach)
            return
        if said is Said.RENEWING:
            self._doubt(PaperDoubt.RENEWED, reach)
            if reading.valid_until is None and reading.issued is None:
                return
        if reading.issued and reading.issued > self._today:
            self._doubt(PaperDoubt.NOT_YET_ISSUED, reach)
            self._found.append(replace(reading, status=PaperState.NONE))
            return
        if dates.past and not reading.valid_until and not reading.issued:
            self._doubt(PaperDoubt.DAY_UNREAD, reach)
            if self._by_column:
                return
        elif reading.valid_until is None and reading.issued is None and not lapsed:
            self._doubt(PaperDoubt.DATE_UNKNOWN, reach)
        if lapsed and reading.valid_until and reading.valid_until >= self._today:
            self._doubt(PaperDoubt.WITHDRAWN, reach)
        self._found.append(replace(reading, status=PaperState.EXPIRED) if lapsed else reading)

    def _has_lapsed(self, reading: CertificateReading) -> bool:
        """Whether a certificate no longer counts today, by its dates or its edition."""
        certificate = Certificate(
            reading.standard,
            issued=min(reading.issued, self._today) if reading.issued else None,
            valid_until=reading.valid_until,
            edition=reading.edition,
            said_on=self._today,
        )
        held = validity(certificate, self._taxonomy)
        return held is None or held.until < self._today or not (is_dated(certificate) or held)

    def _bare(
        self, words: Words, reach: Reach, rest: str, dates: PaperDates, number: str | None
    ) -> Said:
        """Whether a standard beside which no word tells its state is held: by its dates, its number or as a bare entry."""
        if dates.issued or dates.valid_until:
            return Said.HELD if self._cell or self._is_entry(words, rest, most=3) else Said.BARE
        if number or dates.unread:
            return Said.HELD if self._cell or self._is_entry(words, rest, most=2) else Said.BARE
        if self._by_column:
            return Said.BARE
        return Said.HELD if self._is_entry(words, rest, most=0) and not dates.past else Said.BARE

    def _is_entry(self, words: Words, rest: str, most: int) -> bool:
        """Whether at most some words stand beside a standard that nothing explains."""
        near = _NEAR.match(_BRACKETED.sub(" ", rest))
        left = _CUES.sub(" ", paper_numbers.without(near[0] if near else rest))
        tail = _LOWER_WORD.findall(left)
        head = [] if self._cell else _ANY_WORD.findall(_CUES.sub(" ", _AFTER_LEAD.sub("", words.near_head)))
        return len(tail) + len(head) <= most

    def _dates(self, reach: Reach, days: Sequence[PaperDay]) -> PaperDates:
        """The dates of a certificate among the days after its standard, by the words before each."""
        if reach.shares in {"comma", "or"} and not _SEVERAL.search(reach.tail):
            return PaperDates()
        found, before = PaperDates(), 0
        roles = list(self._roles(reach.tail, days))
        for place, (day, role) in enumerate(zip(days, roles, strict=True)):
            if day.first is None or day.last is None:
                found = replace(found, unread=True)
            elif role is DayRole.ISSUE and found.issued is None:
                found = replace(found, issued=None if day.whole_year else day.first, loose=day.whole_year)
            elif role is DayRole.END:
                found = replace(found, valid_until=found.valid_until or day.last)
                found = replace(found, unread=found.unread or (day.whole_year and found.loose))
            elif role is DayRole.OPEN and DayRole.END not in roles[place:]:
                future = day.last >= self._today
                found = (
                    replace(found, valid_until=found.valid_until or day.last, unread=day.whole_year)
                    if future
                    else replace(found, past=True)
                )
            before = day.end
        if found.issued and found.valid_until and found.valid_until < found.issued:
            return PaperDates(unread=True)
        return found

    def _roles(self, tail: str, days: Sequence[PaperDay]) -> Iterator[DayRole]:
        place = 0
        for number, day in enumerate(days):
            role = _role(tail[place : day.start]) or (
                self._role if number == 0 and not re.search(r"\w", tail[place : day.start]) else None
            )
            following = days[number + 1] if number + 1 < len(days) else None
            if role is None and number and _BETWEEN_DAYS.fullmatch(tail[place : day.start]):
                role = DayRole.END
            elif role is None and following and (
                _BETWEEN_DAYS.fullmatch(tail[day.end : following.start])
                or _role(tail[day.end : following.start]) is DayRole.END
            ):
                role = DayRole.ISSUE
            yield role or DayRole.OPEN
            place = day.end


_NEAR = re.compile(r"[^\w]{0,4}[^;\n]{0,120}")
_BRACKETED = re.compile(r"\([^()]{0,80}\)")
_AFTER_LEAD = re.compile(r"^[^:]*:")


def _role(before: str) -> DayRole | None:
    """The role that the last of the words before a day gives it."""
    best, answer = -1, None
    for pattern, role in ((_ELSE, DayRole.ELSE), (_BEGINS, DayRole.ISSUE), (_ENDS, DayRole.END)):
        for match in pattern.finditer(before[-60:]):
            if match.end() >= best:
                best, answer = match.end(), role
    return answer


def _without_days(words: str, days: Sequence[PaperDay]) -> str:
    for day in days:
        words = words[: day.start] + "," + " " * (day.end - day.start - 1) + words[day.end :]
    return words


def _papers(reach: Reach) -> Iterator[Reach]:
    """The reach, once for each of several certificates of one standard that the text lists, each with a number and a date."""
    days = days_in(reach.tail)
    places = [place for place, _ in paper_numbers.numbers_in(_without_days(reach.tail, days))]
    bounds = [*places, len(reach.tail)]
    each = list(zip(bounds, bounds[1:], strict=False))
    if len(each) < 2 or any(
        sum(start <= day.start < end for day in days) != 1 for start, end in each
    ):
        yield reach
        return
    for start, end in each:
        yield replace(reach, tail=reach.tail[start:end])


def _joined(found: Sequence[CertificateReading]) -> Iterator[CertificateReading]:
    """The certificates of a text, one for each standard: the gravest state wins, unless a dated one came after it."""
    best: dict[str, CertificateReading] = {}
    for one in found:
        held = best.get(one.standard)
        if held is None:
            best[one.standard] = one
        elif held.status == one.status:
            best[one.standard] = max(held, one, key=_fullness)
        else:
            best[one.standard] = max(held, one, key=_gravity)
    yield from sorted(best.values(), key=lambda one: one.start)


def _fullness(one: CertificateReading) -> tuple[bool, int]:
    values = (one.number, one.edition, one.issued, one.valid_until)
    return one.valid_until is not None, sum(value is not None for value in values)


def _gravity(one: CertificateReading) -> tuple[int, bool, int]:
    renewed = one.status is PaperState.CERTIFIED and one.valid_until is not None
    return (2 if renewed else 1 if one.status is not PaperState.CERTIFIED else 0, *_fullness(one))
