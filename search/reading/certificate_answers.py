"""Certificates as data of the exchange format, and the questions about what their texts leave open."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.taxonomy import Taxonomy
from search.text import Recogniser, Recognition
from search.text.certificates import certificate_cells, certificate_readings
from search.text.certificates.certificate_readings import (
    CertificateDoubt,
    CertificateReading,
    CertificatesRead,
    PaperDoubt,
    PaperState,
)

QUESTIONS: Mapping[PaperDoubt, str] = {
    PaperDoubt.DATE_UNKNOWN: N_("Until when is the certificate valid?"),
    PaperDoubt.STATE_UNKNOWN: N_("Is the certificate held?"),
    PaperDoubt.FOLLOWED: N_("Is there a certificate, or is the standard only followed?"),
    PaperDoubt.STANDARD_UNKNOWN: N_("Which standard is the certificate of?"),
    PaperDoubt.DAY_UNREAD: N_("From which day to which day is the certificate valid?"),
    PaperDoubt.OTHER_STANDARD: N_("Is the certificate of this standard, or of the one in the column's name?"),
    PaperDoubt.NOT_YET_ISSUED: N_("Has the certificate been issued already?"),
    PaperDoubt.WITHDRAWN: N_("This edition has been withdrawn: is there a certificate of the new one?"),
    PaperDoubt.RENEWED: N_("Has the certificate been renewed, and until when?"),
}


def in_text(recognition: Recognition, recogniser: Recogniser, today: date) -> CertificatesRead:
    """The certificates that a recognised text of a shop tells of."""
    return certificate_readings.in_text(
        recognition.read or recognition.text,
        recognition.of("standard", negated=None),
        recogniser.taxonomy,
        lambda term: next(iter(recogniser.codes("standard", term)), None),
        today,
    )


def of_cell(cell: str, column: str, recogniser: Recogniser, today: date) -> dict[str, Any]:
    """The answer about one cell of a column of certificates."""
    read = certificate_cells.certificates_of(cell, column, recogniser, today)
    return {"certificates": certificates(read.certificates), "doubts": doubts(read.doubts)}


def record_data(found: CertificateReading, taxonomy: Taxonomy, today: date) -> dict[str, Any] | None:
    """A certificate as data of a record, with the code of its standard; None for one that is said to have ended, where
    neither its dates nor its edition show that.

    A record keeps the dates and the edition; whether it counts on a day follows from them.
    """
    if found.status is PaperState.NONE:
        return None
    expired = found.status is PaperState.EXPIRED
    if expired and not certificate_readings.has_lapsed(found, taxonomy, today):
        return None
    status = CertificateStatus.CERTIFIED if expired else found.status.value
    data = {
        "code": found.standard,
        "standard": found.name,
        "edition": found.edition,
        "status": str(status),
        "number": found.number,
        "body": found.body,
        "issued": found.issued,
        "valid_until": found.valid_until,
    }
    return {name: value for name, value in data.items() if value is not None}


def certificates(found: Iterable[CertificateReading]) -> list[dict[str, Any]]:
    return [
        {
            "standard": one.standard,
            "edition": one.edition,
            "number": one.number,
            "issued": one.issued.isoformat() if one.issued else None,
            "valid_until": one.valid_until.isoformat() if one.valid_until else None,
            "status": str(one.status),
        }
        for one in found
    ]


def doubts(found: Iterable[CertificateDoubt]) -> list[dict[str, Any]]:
    return [
        {
            "span": [one.start, one.end],
            "readings": [f"certificate {one.standard}"] if one.standard else [],
            "question": QUESTIONS[one.kind],
        }
        for one in found
    ]
