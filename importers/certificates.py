"""The certificates of a list: columns of standards, of numbers and of days, each cell read with its column's name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matchmaker.domain.errors import Problem
from matchmaker.domain.language import N_
from search.reading import certificate_answers
from search.text import Recogniser
from search.text.certificates.certificate_cells import certificates_of
from search.text.certificates.certificate_readings import PaperDoubt, PaperState

LAPSED = N_("This certificate does not count: it has ended, or its edition has been withdrawn.")
DATE_UNKNOWN = f"certificate.{PaperDoubt.DATE_UNKNOWN}"
MOST_KNOWN = 20_000  # cells with cached readings
UNKNOWN = f"certificate.{PaperDoubt.STANDARD_UNKNOWN}"
# What a certificate may take from another column of its row.
_FILLED = ("number", "issued", "valid_until")


@dataclass(frozen=True, slots=True)
class CertificateCell:
    """The certificates of a cell as data of records, and what is to be asked about it.

    A cell that is not `understood` says something else, which its row keeps as words.
    """

    certificates: tuple[dict[str, Any], ...]
    remarks: tuple[Problem, ...]
    understood: bool


@dataclass(frozen=True, slots=True)
class CertificateReader:
    """The reading of the cells of certificates on a day; cells that lists repeat are read once."""

    recogniser: Recogniser
    today: date
    _known: dict[tuple[str, str], CertificateCell] = field(default_factory=dict, repr=False, compare=False)

    def read(self, column: str, cell: str) -> CertificateCell:
        known = self._known.get((column, cell))
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[column, cell] = self._read(column, cell)
        return known

    def _read(self, column: str, cell: str) -> CertificateCell:
        found = certificates_of(cell, column, self.recogniser, self.today)
        held = (
            certificate_answers.record_data(one, self.recogniser.taxonomy, self.today)
            for one in found.certificates
        )
        certificates = tuple(one for one in held if one)
        kinds = dict.fromkeys(doubt.kind for doubt in found.doubts)
        told = [(f"certificate.{kind}", certificate_answers.QUESTIONS[kind]) for kind in kinds]
        if any(one.status is PaperState.EXPIRED for one in found.certificates):
            told.append(("certificate.lapsed", LAPSED))
        remarks = tuple(Problem(column, code, message, cell[:80]) for code, message in told)
        lost = len(certificates) < len(found.certificates) or not (certificates or _says_nothing(cell))
        return CertificateCell(certificates, remarks, not lost and bool(certificates or not remarks))


def _says_nothing(cell: str) -> bool:
    return len(cell.strip()) <= 4  # "нет", "-", "no"


def joined(found: Iterable[Mapping[str, Any]], others: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The certificates of a row, those of one standard joined, a single one filled up from the row's other columns."""
    certificates: dict[str, dict[str, Any]] = {}
    for one in found:
        held = certificates.setdefault(f"{one['code']} {one.get('number')}", dict(one))
        same = next(
            (c for c in certificates.values() if c["code"] == one["code"] and _completes(c, one)), held
        )
        if same is not held:
            certificates.pop(f"{one['code']} {one.get('number')}")
        same.update({name: value for name, value in one.items() if same.get(name) is None})
    if len(certificates) == 1:
        (only,) = certificates.values()
        only.update({name: others[name] for name in _FILLED if others.get(name) and not only.get(name)})
    return [{name: value for name, value in one.items() if name != "code"} for one in certificates.values()]


def _completes(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two certificates of a standard say nothing different: a column of days beside one of numbers."""
    return one is not other and all(
        one.get(name) is None or other.get(name) is None or one[name] == other[name]
        for name in ("status", "edition", *_FILLED)
    )
