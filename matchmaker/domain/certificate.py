"""The level of certification on a date, decided here and nowhere else.

none < implementing < certified (declared) < certified (verified), for a standard or its family. An expired,
not yet issued or suspended certificate never counts. Engines, pages and the ranker all use `validity` (one
certificate as an interval of days) or `level_on`, which is built on it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Protocol

from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.taxonomy import Taxonomy


class CertificationLevel(IntEnum):
    NONE = 0
    IMPLEMENTING = 1
    CERTIFIED = 2
    VERIFIED = 3


class CertificateFacts(Protocol):
    """The facts of a certificate that decide its level, from a record or a database row."""

    @property
    def standard_code(self) -> str | None: ...
    @property
    def status(self) -> str: ...
    @property
    def issued(self) -> date | None: ...
    @property
    def valid_until(self) -> date | None: ...
    @property
    def verified(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Certificate:
    """The facts of a certificate, with its standard resolved to a code of the taxonomy."""

    standard_code: str | None
    status: str = CertificateStatus.CERTIFIED
    issued: date | None = None
    valid_until: date | None = None
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Validity:
    """A level with the first and the last day on which it holds, both included."""

    level: CertificationLevel
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class CertificationDemand:
    """A standard (or family) and the least level that must hold on a date."""

    standard: str
    level: CertificationLevel = CertificationLevel.CERTIFIED


def validity(certificate: CertificateFacts) -> Validity | None:
    """The level that a certificate gives, with its first and last day; None for a certificate that never
    counts.

    A missing date leaves that end open; the centre's operator is asked to find it out.
    """
    if certificate.status == CertificateStatus.SUSPENDED or certificate.standard_code is None:
        return None
    since = certificate.issued or date.min
    until = certificate.valid_until or date.max
    if until < since:
        return None
    if certificate.status == CertificateStatus.IMPLEMENTING:
        return Validity(CertificationLevel.IMPLEMENTING, date.min, until)
    level = CertificationLevel.VERIFIED if certificate.verified else CertificationLevel.CERTIFIED
    return Validity(level, since, until)


def level_on(
    certificates: Iterable[CertificateFacts], standard: str, on: date, taxonomy: Taxonomy
) -> CertificationLevel:
    """The highest level held on the day `on` for `standard`, a standard or a family of the taxonomy."""
    accepted = taxonomy.standards_satisfying(standard)
    best = CertificationLevel.NONE
    for certificate in certificates:
        held = validity(certificate)
        if held and certificate.standard_code in accepted and held.since <= on <= held.until:
            best = max(best, held.level)
    return best


def meets(
    certificates: Iterable[CertificateFacts], demand: CertificationDemand, on: date, taxonomy: Taxonomy
) -> bool:
    """Whether the demand holds on the day."""
    return level_on(certificates, demand.standard, on, taxonomy) >= demand.level
