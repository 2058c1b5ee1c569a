"""The level of certification on a date, decided here and nowhere else.

none < implementing < certified (declared) < certified (verified), for a standard or its family. A certificate of an
unknown standard, a suspended one, one of a withdrawn edition and one whose dates do not cover the day never count.
Engines, pages and the ranker all use `validity` (one certificate as an interval of days) or what is built on it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from typing import Protocol

from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.taxonomy import Taxonomy

# The years for which a certificate counts whose end is not known: from its issue, else from the day on which it was
# last said. Accredited bodies certify for three years.
YEARS = 3


class CertificationLevel(IntEnum):
    NONE = 0
    IMPLEMENTING = 1
    CERTIFIED = 2
    VERIFIED = 3


class DemandStrength(StrEnum):
    """The effect of a demand: a MUST removes suppliers that do not meet it, a WISH moves their rank."""

    MUST = "must"
    WISH = "wish"


class CertificateFacts(Protocol):
    """The facts of a certificate that decide its level, from a record or a database row."""

    @property
    def standard_code(self) -> str | None: ...
    @property
    def edition(self) -> str | None: ...
    @property
    def status(self) -> str: ...
    @property
    def issued(self) -> date | None: ...
    @property
    def valid_until(self) -> date | None: ...
    @property
    def verified(self) -> bool: ...
    @property
    def said_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Certificate:
    """The facts of a certificate, with its standard resolved to a code of the taxonomy.

    `edition` is a year or a letter ("2015", "D"). `said_on` is the day on which the supplier last said that it holds
    the certificate; only a certificate without any date needs it.
    """

    standard_code: str | None
    status: str = CertificateStatus.CERTIFIED
    issued: date | None = None
    valid_until: date | None = None
    verified: bool = False
    edition: str | None = None
    said_on: date | None = None


@dataclass(frozen=True, slots=True)
class NamedCertificate:
    """What the words in the place of a standard's name say, such as "ISO 9001:2015" or "ИСО 9001 до 12.05.2028".

    `status` is None where they say nothing of its state.
    """

    standard_code: str
    status: CertificateStatus | None = None
    issued: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Validity:
    """A level with the first and the last day on which it holds, both included.

    A certificate that is not `dated` is declared without any date.
    """

    level: CertificationLevel
    since: date
    until: date
    dated: bool = True

    def holds_on(self, day: date) -> bool:
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class CertificationDemand:
    """A demand that the supplier holds one of `any_of`, standards or families, with at least this level on a day.

    With an `edition` an older one of the same standard does not meet it. `on` is the demand's own day; None for that
    of the need. `dated` leaves out certificates without any date.
    """

    any_of: tuple[str, ...]
    level: CertificationLevel = CertificationLevel.CERTIFIED
    strength: DemandStrength = DemandStrength.MUST
    edition: str | None = None
    on: date | None = None
    dated: bool = False


def validity(certificate: CertificateFacts, taxonomy: Taxonomy) -> Validity | None:
    """The level that a certificate gives, with its first and last day; None for a certificate that never
    counts.

    Without an end it ends three years after its issue. Without any date it is declared only, and ends three years
    after the day on which it was last said.
    """
    code = certificate.standard_code
    if certificate.status == CertificateStatus.SUSPENDED or code is None or code not in taxonomy.standards:
        return None
    stated = _stated(certificate)
    withdrawn = taxonomy.withdrawn(code, certificate.edition)
    if stated is None or withdrawn is None:
        return stated
    until = min(stated.until, withdrawn - timedelta(days=1))
    return replace(stated, until=until) if until >= stated.since else None


def _stated(certificate: CertificateFacts) -> Validity | None:
    """The level and the days that a certificate states."""
    if certificate.status == CertificateStatus.IMPLEMENTING:
        return Validity(CertificationLevel.IMPLEMENTING, date.min, certificate.valid_until or date.max)
    dated = is_dated(certificate)
    start = certificate.issued if dated else certificate.said_on
    until = certificate.valid_until or (_years_after(start) if start else None)
    since = certificate.issued or date.min
    if until is None or until < since:
        return None
    verified = certificate.verified and dated
    level = CertificationLevel.VERIFIED if verified else CertificationLevel.CERTIFIED
    return Validity(level, since, until, dated)


def certifies(certificate: CertificateFacts, taxonomy: Taxonomy, day: date) -> bool:
    """Whether a certificate is held on a day, declared or verified."""
    held = validity(certificate, taxonomy)
    return held is not None and held.level >= CertificationLevel.CERTIFIED and held.holds_on(day)


def is_dated(certificate: CertificateFacts) -> bool:
    """Whether a certificate has a date of issue or of its end."""
    return certificate.issued is not None or certificate.valid_until is not None


def _years_after(day: date) -> date:
    """The same day three years later."""
    if day.year + YEARS > date.max.year:
        return date.max
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + YEARS, day=28 if leap else day.day)


def earliest_start(day: date) -> date:
    """The first day of issue from which a certificate without an end still counts on a day."""
    if day.year - YEARS < date.min.year:
        return date.min
    leap = (day.month, day.day) == (2, 29)
    return date(day.year - YEARS, 3, 1) if leap else day.replace(year=day.year - YEARS)


def edition_number(edition: str | None) -> int:
    """An edition as a number that orders it among others: a year as it is, a letter by its place in the alphabet; 0
    where the edition is not known.
    """
    spelled = (edition or "").strip().upper()
    if re.fullmatch(r"[0-9]{4}", spelled):
        return int(spelled)
    return ord(spelled) - ord("A") + 1 if re.fullmatch("[A-Z]", spelled) else 0


LETTERS = 26  # editions up to this number are letters


def is_older(held: int, demanded: int) -> bool:
    """Whether an edition is known to be older than the demanded one, both as `edition_number` tells them."""
    comparable = held and demanded and (held > LETTERS) == (demanded > LETTERS)
    return bool(comparable) and held < demanded


def held_on(
    certificates: Iterable[CertificateFacts], demand: CertificationDemand, on: date, taxonomy: Taxonomy
) -> Validity | None:
    """The best level that certificates give for a demand, on its own day, else on the day `on`; a dated one wins over one
    without dates.
    """
    accepted = frozenset(
        code for standard in demand.any_of for code in taxonomy.standards_satisfying(standard)
    )
    day, edition, best = demand.on or on, edition_number(demand.edition), None
    for certificate in certificates:
        held = validity(certificate, taxonomy)
        if held is None or certificate.standard_code not in accepted or not held.holds_on(day):
            continue
        own = certificate.standard_code in demand.any_of
        if (own and is_older(edition_number(certificate.edition), edition)) or (
            demand.dated and not held.dated
        ):
            continue
        if best is None or (held.level, held.dated) > (best.level, best.dated):
            best = held
    return best


def meets(
    certificates: Iterable[CertificateFacts], demand: CertificationDemand, on: date, taxonomy: Taxonomy
) -> bool:
    """Whether the demand holds on its own day, else on the day `on`."""
    held = held_on(certificates, demand, on, taxonomy)
    return demand.level is CertificationLevel.NONE or (held is not None and held.level >= demand.level)


# The year or the letter after the designation of a standard: "ISO 9001:2015", "ИСО 9001-2015", "AS9100 Rev. D".
_YEAR = re.compile(r"[0-9] ?[:\-–—] ?((?:19|20)[0-9]{2})(?![0-9])")
_SHORT_YEAR = re.compile(r"[0-9]{4} ?[:\-–—] ?([89][0-9])(?![0-9])")
_LETTER = re.compile(r"[0-9]{4}[ -]?(?:[Rr]ev\.? ?)?([A-F])(?!\w)")


def edition_in(spelled: str) -> str | None:
    """The edition that stands after the designation of a standard; None where none does."""
    for pattern, century in ((_YEAR, ""), (_SHORT_YEAR, "19"), (_LETTER, "")):
        found = pattern.search(spelled)
        if found:
            return century + found[1].upper()
    return None
