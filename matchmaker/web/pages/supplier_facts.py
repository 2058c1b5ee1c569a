"""The facts of a supplier's profile on pages: its entries, certificates, photos and spare hours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext

from importers import typed_values
from matchmaker.domain.certificate import Certificate, validity
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.records import (
    CapabilityRecord,
    CertificateRecord,
    EquipmentRecord,
    ReferenceRecord,
    SupplierRecord,
)
from matchmaker.domain.requirement_kinds import OF_PARTS
from matchmaker.models import Profile, StoredFile
from matchmaker.services.matching.wording import LEVEL_LABELS, level_name
from matchmaker.services.profiles import capacity, certificates, photos
from matchmaker.web.kit import context, waiting
from matchmaker.web.kit.formats import day
from matchmaker.web.kit.terms import with_original


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo: its key, its caption in the reader's language, whether the centre has seen it, whether there is a
    picture to show, and the problem of a file that is none.
    """

    key: str
    words: str
    shown: bool
    ready: bool
    problem: str


@dataclass(frozen=True, slots=True)
class CertificateView:
    standard: str
    level: str
    level_name: str
    number: str
    until: date | None
    verified: bool


def photo_views(found: Sequence[StoredFile]) -> list[PhotoView]:
    language = context.language()
    return [
        PhotoView(
            one.public_id,
            photos.caption(one, language),
            bool(one.details["shown"]),
            photos.is_ready(one),
            waiting.told(one.details["problem"]) if one.details.get("problem") else "",
        )
        for one in found
    ]


def entry_line(item: object) -> str:
    """One entry of a profile in a line: its name, then its limits."""
    if isinstance(item, CapabilityRecord):
        materials = "; ".join(with_original("material", one) for one in item.materials)
        return " · ".join(filter(None, (with_original("process", item.process), materials, *limits(item))))
    if isinstance(item, EquipmentRecord):
        name = f"{item.name} × {item.quantity}" if (item.quantity or 1) > 1 else item.name
        kind = item.type if item.type and item.type.casefold() != item.name.casefold() else None
        kind = with_original("equipment", kind) if kind else None
        return " · ".join(filter(None, (name, kind, item.maker, str(item.year or ""), *limits(item))))
    if isinstance(item, CertificateRecord):
        until = gettext("until %(day)s", day=day(item.valid_until)) if item.valid_until else ""
        said = CertificateStatus(item.status) is CertificateStatus.CERTIFIED
        if said and not (item.issued or item.valid_until):
            until = gettext("date unknown")
        return " · ".join(filter(None, (item.standard, gettext(item.status), item.number, item.body, until)))
    assert isinstance(item, ReferenceRecord)
    return " · ".join(filter(None, (item.customer, item.product, str(item.year or ""))))


def limits(item: CapabilityRecord | EquipmentRecord) -> Iterator[str]:
    """The largest part taken and the accuracy held, short; empty where none is stated."""
    for kind in OF_PARTS:
        for field in kind.declared if kind.brief else ():
            value = getattr(item, field.path, None)
            if value:
                yield gettext(kind.brief) % {"value": typed_values.shown(field.typed, value)}


def size(item: CapabilityRecord) -> str:
    """The largest part that the work takes, in millimetres."""
    words = context.wording()
    sides = words.value("envelope", item.envelope_mm) if item.envelope_mm else ""
    round_part = f"ø{words.number(item.diameter_mm)}" if item.diameter_mm else ""
    length = f"× {words.number(item.length_mm)}" if item.length_mm else ""
    return " ".join(filter(None, (sides, round_part, length)))


def accuracy(item: CapabilityRecord) -> str:
    """The accuracy and the surface that the work reaches."""
    words = context.wording()
    stated = ((kind, getattr(item, kind.declared[0].path)) for kind in OF_PARTS if kind.group == "precision")
    return " ".join(words.value(kind.name, value).replace(" ", "\u00a0") for kind, value in stated if value)


def lot(item: CapabilityRecord) -> str:
    """The lots that the work takes; empty where none are stated."""
    ends = (item.lot.min, item.lot.max) if item.lot else (None, None)
    return context.wording().value("lot", ends) if any(ends) else ""


def terms(record: SupplierRecord) -> list[tuple[str, str]]:
    """The terms of the shop as a whole, each with its label; those that are not stated are left out."""
    money, words = record.minimum_order, context.wording()
    ends = (record.lot.min, record.lot.max) if record.lot else (None, None)
    answers = (
        (N_("Takes the customer's material"), record.takes_customer_material),
        (N_("Brings the tooling"), record.own_tooling),
    )
    told = [
        (gettext("Lot"), words.value("lot", ends) if any(ends) else ""),
        (gettext("Minimum order"), f"{words.number(money.amount)} {money.currency}" if money else ""),
        *(
            (gettext(label), "" if said is None else gettext("yes") if said else gettext("no"))
            for label, said in answers
        ),
        (
            gettext("Quality papers that come with parts"),
            "; ".join(with_original("quality_paper", one) for one in record.quality_papers),
        ),
        (gettext("Payment terms"), record.payment_terms or ""),
    ]
    return [(label, text) for label, text in told if text]


def certificate_views(profile: Profile) -> tuple[CertificateView, ...]:
    """The certificates with their level today, decided by the one function for it."""
    today, words = context.today(), context.wording()
    return tuple(
        _certificate_view(
            certificates.facts(row), row.standard, row.number or "", row.valid_until, today, words.standard
        )
        for row in profile.certificates
    )


def _certificate_view(
    facts: Certificate, spelled: str, number: str, until: date | None, today: date, name: "object"
) -> CertificateView:
    held = validity(facts, context.product().taxonomy)
    standard = name(facts.standard_code) if facts.standard_code and callable(name) else spelled
    counts = held is not None and held.holds_on(today)
    level = level_name(held) if held and counts else "none"
    if held and held.dated and until is None and held.until < date.max:
        until = held.until
    label = gettext(LEVEL_LABELS[level]) if counts else _why_not(facts, until, today)
    return CertificateView(str(standard), level, label, number, until, facts.verified)


def _why_not(facts: Certificate, until: date | None, today: date) -> str:
    """The reason why a certificate does not count today."""
    taxonomy = context.product().taxonomy
    code = facts.standard_code
    if facts.status == CertificateStatus.SUSPENDED:
        return gettext("suspended")
    if code is None or code not in taxonomy.standards:
        return gettext("standard not known")
    withdrawn = taxonomy.withdrawn(code, facts.edition)
    if withdrawn and withdrawn <= today:
        return gettext("edition withdrawn")
    if until and until < today:
        return gettext("expired")
    if facts.issued and facts.issued > today:
        return gettext("not in force yet")
    words = LEVEL_LABELS["none"]
    return gettext(words)


def band(profile: Profile, record: SupplierRecord) -> str:
    """The spare hours a month as a band, from the plan where there is one; only the supplier sees the figure
    itself.
    """
    hours = [
        item.spare_hours_per_month * (item.quantity or 1)
        for item in record.equipment
        if item.spare_hours_per_month is not None
    ]
    planned = capacity.monthly(profile, context.today())
    if not hours and planned is None:
        return gettext("not stated")
    total = sum(hours) if planned is None else planned
    if total == 0:
        return gettext("none at present")
    if total < 40:
        return gettext("up to 40 machine-hours a month")
    if total < 160:
        return gettext("40 to 160 machine-hours a month")
    if total < 480:
        return gettext("160 to 480 machine-hours a month")
    return gettext("over 480 machine-hours a month")


_SOME, _MANY = 10, 40  # free machine-hours a week from which there are some, and many


def free_weeks(profile: Profile) -> tuple[tuple[date, int, str], ...]:
    """The planned weeks with their first day, the free hours as a step from 0 to 3, and in words; only the supplier sees the
    figures themselves. Nothing where no week is stated.
    """
    today = context.today()
    grid = capacity.grid(profile, today)
    stated = {capacity.monday(week) for row in grid.values() for week in row}
    if not stated:
        return ()
    return tuple(
        (day, *_step(hours if day in stated else None)) for day, hours in capacity.free_by_week(grid, today)
    )


def _step(hours: float | None) -> tuple[int, str]:
    if hours is None:
        return 0, gettext("not stated")
    if hours <= 0:
        return 0, gettext("none at present")
    if hours < _SOME:
        return 1, gettext("few")
    return (2, gettext("some")) if hours < _MANY else (3, gettext("many"))
