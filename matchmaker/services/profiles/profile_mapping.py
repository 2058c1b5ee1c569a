"""A supplier's record as rows, and rows as the record again: nothing is lost either way. No session is used
here.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from annotated_types import MaxLen

from matchmaker.domain.certificate import NamedCertificate
from matchmaker.domain.lifecycle import CertificateStatus
from matchmaker.domain.organisation import search_key, sort_key
from matchmaker.domain.records import (
    CapabilityRecord,
    CertificateRecord,
    EquipmentRecord,
    LotRecord,
    NameRecord,
    Record,
    ReferenceRecord,
    RegistrationRecord,
    SupplierRecord,
    to_data,
)
from matchmaker.models import Capability, CertificateRow, Equipment, Profile, Reference
from matchmaker.models.base import new_public_id, now

# The tables whose rows belong to one profile and come from its record, with the profile's name for them.
CHILDREN: Mapping[Any, str] = {
    Capability: "capabilities",
    Equipment: "equipment",
    CertificateRow: "certificates",
    Reference: "references",
}


class Resolver(Protocol):
    """The part of the recogniser that services need: the codes that a term of a kind stands for, () if unknown, and
    what the name of a certificate says.
    """

    def codes(self, kind: str, term: str) -> tuple[str, ...]: ...
    def certificates(self, term: str, today: date) -> tuple[NamedCertificate, ...]: ...


# Terms that a cache holds: files repeat a few thousand, and one with as many as rows must not fill the memory.
MOST_TERMS = 50_000


class TermCodes:
    """A cache of the codes of terms; files repeat the same few thousand."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._known: dict[tuple[str, str], list[str]] = {}
        self._certificates: dict[str, NamedCertificate | None] = {}

    def all(self, kind: str, terms: Sequence[str]) -> list[str]:
        """The codes of all terms, without repetition, in the order of the terms."""
        return list(dict.fromkeys(code for term in terms for code in self._of(kind, term)))

    def first(self, kind: str, term: str | None) -> str | None:
        return next(iter(self._of(kind, term)), None) if term else None

    def certificate(self, term: str) -> NamedCertificate | None:
        """What the name of a certificate says; None where it names no standard, or denies it."""
        if term not in self._certificates:
            if len(self._certificates) >= MOST_TERMS:
                self._certificates.clear()
            found = self._resolver.certificates(term, now().date())
            self._certificates[term] = next(iter(found), None)
        return self._certificates[term]

    def _of(self, kind: str, term: str) -> list[str]:
        key = (kind, term)
        if key not in self._known:
            if len(self._known) >= MOST_TERMS:
                self._known.clear()
            self._known[key] = list(self._resolver.codes(kind, term))
        return self._known[key]


_SORTED = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


def content_hash(record: Record) -> str:
    """A hash that recognises a record read before; the order of keys does not matter."""
    text = _SORTED.encode(to_data(record))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def name_columns(name: NameRecord) -> dict[str, Any]:
    """Both names and the keys computed from them."""
    return {
        "name_ru": name.ru,
        "name_en": name.en,
        "sort_ru": sort_key(name.ru, name.en, "ru"),
        "sort_en": sort_key(name.ru, name.en, "en"),
        "search_key": search_key(" ".join(filter(None, (name.ru, name.en)))),
    }


def region_code(record: SupplierRecord, codes: TermCodes) -> str | None:
    """The code of the region, or of the country, that a record names as its region."""
    return codes.first("region", record.region) or codes.first("country", record.region)


def organisation_columns(record: SupplierRecord, codes: TermCodes) -> dict[str, Any]:
    latitude, longitude = record.location or (None, None)
    return {
        **name_columns(record.name),
        "inn": record.inn,
        "region": record.region,
        "region_code": region_code(record, codes),
        "city": record.city,
        "address": record.address,
        "latitude": latitude,
        "longitude": longitude,
        "details": {"registration": to_data(record.registration)} if record.registration else {},
    }


# The keys of a supplier that its profile's columns hold as they are.
_PLAIN = (
    "employees",
    "founded",
    "size_class",
    "capacity_kind",
    "export_ready",
    "takes_customer_material",
    "own_tooling",
    "payment_terms",
    "updated",
)


def profile_columns(record: SupplierRecord) -> dict[str, Any]:
    return {
        **{name: getattr(record, name) for name in _PLAIN},
        **_lot_columns(record.lot),
        "minimum_order": _text_data(record.minimum_order),
        "quality_papers": list(record.quality_papers),
        "description": _text_data(record.description),
        "contacts": _text_data(record.contacts),
        "sectors": list(record.sectors),
        "languages": list(record.languages),
    }


def _text_data(value: Record | None) -> dict[str, Any] | None:
    return None if value is None else value.model_dump(exclude_none=True)


def _lot_columns(lot: LotRecord | None) -> dict[str, int | None]:
    return {"lot_min": lot.min if lot else None, "lot_max": lot.max if lot else None}


def _lot(row: Profile | Capability) -> dict[str, Any]:
    """The lot of a row as a key of its record; none where neither end is stated."""
    if row.lot_min is None and row.lot_max is None:
        return {}
    return {"lot": {"min": row.lot_min, "max": row.lot_max}}


def capability_rows(record: SupplierRecord) -> list[dict[str, Any]]:
    rows = []
    for position, item in enumerate(record.capabilities):
        row = item.model_dump(exclude={"lot", "materials", "envelope_mm"})
        row |= {
            "position": position,
            "materials": list(item.materials),
            "envelope_mm": list(item.envelope_mm) if item.envelope_mm else None,
            **_lot_columns(item.lot),
        }
        rows.append(row)
    return rows


def equipment_rows(record: SupplierRecord, codes: TermCodes) -> list[dict[str, Any]]:
    return [
        {
            **item.model_dump(),
            "envelope_mm": list(item.envelope_mm) if item.envelope_mm else None,
            "position": position,
            "type_codes": codes.all("equipment", (item.type or item.name,)),
        }
        for position, item in enumerate(record.equipment)
    ]


def _certificate_key(standard: str, number: str | None) -> tuple[str, str]:
    return search_key(standard), search_key(number or "")


VERIFICATION = (
    "verified_at",
    "verified_by_id",
    "verified_how",
    "evidence",
    "suspended_at",
    "suspended_why",
    "since",
    "fell_at",
    "public_id",
)


VERIFIED_FACTS = ("edition", "issued", "valid_until", "body", "accreditation", "scope")


def certificate_rows(
    record: SupplierRecord, codes: TermCodes, kept: Sequence[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """The rows of the certificates. `kept` are the stored ones: the centre's verifications and suspensions
    stay.
    """
    stored = {_certificate_key(row["standard"], row["number"]): row for row in kept}
    rows = []
    for position, item in enumerate(record.certificates):
        row = {**item.model_dump(), "position": position, **_as_named(item, codes)}
        # Each stored one is used once: two without a number are still two.
        before = stored.pop(_certificate_key(item.standard, item.number), None)
        if before is None:
            row |= {**dict.fromkeys(VERIFICATION), "since": now(), "public_id": new_public_id()}
        else:
            row |= {name: before[name] for name in VERIFICATION}
            if any(before[name] != row[name] for name in VERIFIED_FACTS):
                # The verified paper was another one: the centre has to look again.
                fell = now() if before["verified_at"] else before["fell_at"]
                row |= dict.fromkeys(("verified_at", "verified_by_id", "verified_how", "evidence"))
                row |= {"since": now(), "fell_at": fell}
            row["verified"] = item.verified or row["verified_at"] is not None
            row["status"] = (
                CertificateStatus.SUSPENDED if before["suspended_at"] is not None else row["status"]
            )
        row["said_on"] = _said_on(row, record, before)
        rows.append(row)
    return rows


def _as_named(item: CertificateRecord, codes: TermCodes) -> dict[str, Any]:
    """The standard's code, the state and the dates, with what the name itself says where the record leaves it out."""
    named = codes.certificate(item.standard)
    if named is None:
        return {"standard_code": None}
    certified = CertificateStatus(item.status) is CertificateStatus.CERTIFIED
    found: dict[str, Any] = {"standard_code": named.standard_code}
    if certified and named.status:
        found["status"] = named.status
    if not (item.issued or item.valid_until):
        found |= {"issued": named.issued, "valid_until": named.valid_until}
    return found


def _said_on(row: Mapping[str, Any], record: SupplierRecord, before: Mapping[str, Any] | None) -> date | None:
    """The day on which a certificate without any date was last said: by the record, else when it was stored."""
    if row["said_on"] or row["issued"] or row["valid_until"]:
        given: date | None = row["said_on"]
        return given
    day = record.updated or now().date()
    return max(day, before["said_on"] or day) if before else day


def reference_rows(record: SupplierRecord) -> list[dict[str, Any]]:
    return [{**item.model_dump(), "position": position} for position, item in enumerate(record.references)]


# The rows of a profile by their table.
ChildRows = Mapping[Any, list[dict[str, Any]]]


def child_rows(record: SupplierRecord, codes: TermCodes, kept: Sequence[Mapping[str, Any]] = ()) -> ChildRows:
    """All rows of the profile, by table; see `certificate_rows` for `kept`."""
    return {
        Capability: capability_rows(record),
        Equipment: equipment_rows(record, codes),
        CertificateRow: certificate_rows(record, codes, kept),
        Reference: reference_rows(record),
    }


def as_stored(record: SupplierRecord, children: ChildRows) -> SupplierRecord:
    """The record as `supplier_record` would read it from the rows that were made of it: a certificate says what its name
    tells and since when it is said, a lot without ends is none.
    """
    update: dict[str, Any] = {}
    if record.certificates:
        update["certificates"] = tuple(
            CertificateRecord.model_validate(_named(row, _CERTIFICATE)) for row in children[CertificateRow]
        )
    if _is_empty(record.lot):
        update["lot"] = None
    if any(_is_empty(item.lot) for item in record.capabilities):
        update["capabilities"] = tuple(
            item.model_copy(update={"lot": None}) if _is_empty(item.lot) else item
            for item in record.capabilities
        )
    return record.model_copy(update=update) if update else record


def _is_empty(lot: LotRecord | None) -> bool:
    return lot is not None and lot.min is None and lot.max is None


def _named(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names if row[name] is not None}


_CAPABILITY = tuple(name for name in CapabilityRecord.model_fields if name != "lot")
_EQUIPMENT = tuple(EquipmentRecord.model_fields)
_CERTIFICATE = tuple(CertificateRecord.model_fields)
_REFERENCE = tuple(ReferenceRecord.model_fields)


def _given(row: object, names: Sequence[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _capability(row: Capability) -> dict[str, Any]:
    return _given(row, _CAPABILITY) | _lot(row)


def supplier_record(profile: Profile) -> SupplierRecord:
    """The record that the rows came from; its id is the organisation's id in files, else its public id."""
    organisation = profile.organisation
    data = _given(organisation, ("inn", "region", "city", "address"))
    data |= _given(
        profile,
        ("description", "contacts", "sectors", "languages", "minimum_order", "quality_papers", *_PLAIN),
    )
    data |= _lot(profile)
    if known := (organisation.details or {}).get("registration"):
        data["registration"] = known
    data |= {
        "id": organisation.external_id or organisation.public_id,
        "name": {"ru": organisation.name_ru, "en": organisation.name_en},
        "capabilities": [_capability(row) for row in profile.capabilities],
        "equipment": [_given(row, _EQUIPMENT) for row in profile.equipment],
        "certificates": [_given(row, _CERTIFICATE) for row in profile.certificates],
        "references": [_given(row, _REFERENCE) for row in profile.references],
    }
    if organisation.latitude is not None:
        data["location"] = (organisation.latitude, organisation.longitude)
    return SupplierRecord.model_validate(data)


def _all_certificates(
    mine: Sequence[CertificateRecord], theirs: Sequence[CertificateRecord]
) -> tuple[CertificateRecord, ...]:
    """The certificates of both, each once, with the later day on which it was said."""
    found: dict[CertificateRecord, CertificateRecord] = {}
    for one in (*mine, *theirs):
        key = one.model_copy(update={"said_on": None})
        days = [day for day in (one.said_on, key in found and found[key].said_on) if day]
        found[key] = one.model_copy(update={"said_on": max(days, default=None)})
    return tuple(found.values())


def _newer(mine: RegistrationRecord | None, theirs: RegistrationRecord | None) -> RegistrationRecord | None:
    """The registration of the later day."""
    if mine is None or theirs is None:
        return mine or theirs
    return max(mine, theirs, key=lambda one: one.on or date.min)


# The entries that a record may have under each of its keys.
MOST: Mapping[str, int] = {
    name: said.max_length
    for name, field in SupplierRecord.model_fields.items()
    if str(field.annotation).startswith("tuple[")
    for said in field.metadata
    if isinstance(said, MaxLen)
}


def is_full(record: SupplierRecord) -> bool:
    """Whether one of the lists of a record has no room left."""
    return any(len(getattr(record, name)) >= most for name, most in MOST.items())


def within(record: SupplierRecord) -> SupplierRecord:
    """The record with as many entries as it may have, the first ones."""
    cut = {name: getattr(record, name)[:most] for name, most in MOST.items()}
    return record.model_copy(
        update={name: kept for name, kept in cut.items() if kept != getattr(record, name)}
    )


def merged(base: SupplierRecord, other: SupplierRecord) -> SupplierRecord:
    """`base` with its gaps filled in from `other`, the same firm under another id, as far as it has room; no value of `base`
    changes.
    """
    return within(together(base, other))


def together(base: SupplierRecord, other: SupplierRecord) -> SupplierRecord:
    """The same with all entries of both, of which a record may not hold so many."""
    update: dict[str, Any] = {}
    for name in SupplierRecord.model_fields:
        mine, theirs = getattr(base, name), getattr(other, name)
        if name == "certificates":
            update[name] = _all_certificates(mine, theirs)
        elif name == "registration":
            update[name] = _newer(mine, theirs)
        elif isinstance(mine, tuple) and name != "location":
            update[name] = tuple(dict.fromkeys((*mine, *theirs)))
        elif mine is None:
            update[name] = theirs
    update["name"] = NameRecord(ru=base.name.ru or other.name.ru, en=base.name.en or other.name.en)
    return base.model_copy(update=update)
