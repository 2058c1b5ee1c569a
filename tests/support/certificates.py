"""Certificates as one line of text, so that a table of cases can be read."""

from collections.abc import Iterable

from search.text.certificates.certificate_readings import CertificateReading


def told(found: Iterable[CertificateReading]) -> str:
    """The certificates in short: "iso-9001:2015 certified № 12 from 2025-01-01 until 2028-01-01; …"."""
    return "; ".join(_one(certificate) for certificate in found)


def _one(found: CertificateReading) -> str:
    edition = f":{found.edition}" if found.edition else ""
    number = f" № {found.number}" if found.number else ""
    issued = f" from {found.issued}" if found.issued else ""
    until = f" until {found.valid_until}" if found.valid_until else ""
    return f"{found.standard}{edition} {found.status}{number}{issued}{until}"
