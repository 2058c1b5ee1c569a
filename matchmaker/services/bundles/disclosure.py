"""What may leave for another installation: decided here alone, key by key, for a need and for a supplier.

Only keys that are listed leave, so a new key of a record stays until somebody lists it. Files, prices, quotes, contacts, names of
people, orders, ratings and notes are in no list; nor is whatever came from a neighbour: nobody passes others' facts on. Texts
leave as strangers read them on the site.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import ProfileState
from matchmaker.domain.records import (
    ContractorRecord,
    NameRecord,
    NeedRecord,
    Record,
    SupplierRecord,
    parse,
    to_data,
)
from matchmaker.models import Need, NeedCentre, Neighbour, Organisation, Profile, told_open
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from matchmaker.services.profiles.supplier_bulk import CHUNK
from search.reading import public_records

# The levels, the narrowest first, and what each lets leave beside those before it.
NAMELESS, OPEN = "nameless", "open"
_PART = frozenset(
    [
        "processes",
        "excluded_processes",
        "materials",
        "customer_supplied_material",
        "envelope_mm",
        "diameter_mm",
        "inner_diameter_mm",
        "length_mm",
        "height_mm",
        "wall_mm",
        "thickness_mm",
        "mass_kg",
        "tolerance_it",
        "roughness_ra_um",
        "hardness",
        "hardness_hv",
        "gear_module_mm",
        "gear_grade",
        "thread",
        "quantity",
        "lots_per_year",
        "price_steps",
        "deliver_by",
        "desired_by",
        "quality_papers",
        "tooling_by",
        "certification",
    ]
)
_NUMBERS = frozenset({"number", "drawing_number", "revision"})
_WORDS = frozenset({"id", "title", "text"})
NEED_KEYS: Mapping[str, AbstractSet[str]] = {
    NAMELESS: _PART
    | _WORDS
    | {
        "kind",
        "region",
        "spare_hours",
        "hours_from",
        "hours_until",
        "sectors",
        "languages",
        "positions",
        "updated",
    },
    OPEN: _NUMBERS | {"contractor", "city", "location", "max_distance_km"},
}
POSITION_KEYS: Mapping[str, AbstractSet[str]] = {NAMELESS: _PART | _WORDS, OPEN: _NUMBERS}
# Of suppliers nothing leaves at the narrowest level.
SUPPLIER_KEYS: Mapping[str, AbstractSet[str]] = {
    NAMELESS: frozenset(),
    OPEN: frozenset(
        [
            "kind",
            "id",
            "name",
            "inn",
            "region",
            "city",
            "address",
            "location",
            "description",
            "sectors",
            "employees",
            "languages",
            "founded",
            "size_class",
            "capacity_kind",
            "export_ready",
            "lot",
            "takes_customer_material",
            "own_tooling",
            "quality_papers",
            "capabilities",
            "equipment",
            "certificates",
            "updated",
        ]
    ),
}
# What stays of a supplier's parts: hours are told to those who may ask for them.
_EQUIPMENT_KEPT = frozenset({"spare_hours_per_month"})
_SEALED = frozenset({"nda", "invited"})


def needs_for(session: Session, neighbour: Neighbour) -> Iterator[NeedRecord]:
    """The open needs that reach a neighbour, as they leave at its level."""
    reached = select(NeedCentre.need_id).where(NeedCentre.centre_id == neighbour.centre_id)
    conditions: tuple[ColumnElement[bool], ...] = (
        told_open(),
        Need.disclosure.not_in(_SEALED),
        or_(Need.reach == "network", and_(Need.reach == "chosen", Need.id.in_(reached))),
        needs.of_own_centres(),
    )
    for need in needs.every(session, where=conditions):
        told = need_told(need, neighbour.level)
        if told is not None:
            yield told


def suppliers_for(session: Session, neighbour: Neighbour) -> Iterator[SupplierRecord]:
    """The published suppliers of this installation's own centres, as they leave at a neighbour's level."""
    if neighbour.level == NAMELESS:
        return
    own = suppliers.of_own_centres(), Organisation.blocked.is_(False)
    last = 0
    while True:
        query = suppliers.with_firm().where(Profile.id > last, Profile.state == ProfileState.PUBLISHED, *own)
        found = suppliers.whole(session, query.order_by(Profile.id).limit(CHUNK))
        for profile in found:
            yield supplier_told(profile)
        if len(found) < CHUNK:
            return
        last = found[-1].id


def need_told(need: Need, level: str) -> NeedRecord | None:
    """A need as it leaves at a level; None for one that never does."""
    if need.disclosure in _SEALED:
        return None
    named = level == OPEN and need.disclosure == "open"
    given = need.contractor_given or {}
    firm = need.contractor
    names = (firm.name_ru, firm.name_en) if firm else ()
    said = given.get("name") or {}
    hidden = () if named else tuple(filter(None, (*names, said.get("ru"), said.get("en"))))
    shown = public_records.need_for_strangers(needs.record(need), hidden)
    whole = shown.model_copy(
        update={"id": need.public_id, "contractor": _contractor(firm) if named else None}
    )
    return parse(NeedRecord, _narrowed(whole, level))


def _contractor(firm: Organisation | None) -> ContractorRecord | None:
    return ContractorRecord(name=NameRecord(ru=firm.name_ru, en=firm.name_en)) if firm else None


def _narrowed(need: NeedRecord, level: str) -> dict[str, Any]:
    kept, of_positions = keys(NEED_KEYS, level), keys(POSITION_KEYS, level)
    data = {name: value for name, value in to_data(need).items() if name in kept}
    if "positions" in data:
        data["positions"] = [
            {name: value for name, value in one.items() if name in of_positions} for one in data["positions"]
        ]
    return data


def supplier_told(profile: Profile) -> SupplierRecord:
    """A published supplier as it leaves."""
    shown = public_records.supplier_for_strangers(suppliers.record(profile))
    kept = keys(SUPPLIER_KEYS, OPEN)
    data = {name: value for name, value in to_data(shown).items() if name in kept}
    data["equipment"] = [
        {name: value for name, value in one.items() if name not in _EQUIPMENT_KEPT}
        for one in data["equipment"]
    ]
    return parse(SupplierRecord, {**data, "id": profile.public_id})


def keys(of: Mapping[str, AbstractSet[str]], level: str) -> AbstractSet[str]:
    """The keys that leave at a level."""
    return of[NAMELESS] | (of[OPEN] if level == OPEN else frozenset())


def forbidden(record: Record, level: str) -> str | None:
    """The first key of a record that a bundle of this level may not hold; None where there is none."""
    if isinstance(record, SupplierRecord):
        said = to_data(record)
        told = {name for name, value in said.items() if value not in ([], {})}
        for one in said["equipment"]:
            told |= _EQUIPMENT_KEPT & one.keys()
        return _first(told - keys(SUPPLIER_KEYS, level))
    assert isinstance(record, NeedRecord)
    said = to_data(record)
    told = {name for name, value in said.items() if value not in ([], {})} - keys(NEED_KEYS, level)
    for one in said.get("positions", ()):
        told |= one.keys() - keys(POSITION_KEYS, level)
    if record.contractor is not None and record.contractor.inn is not None:
        told |= {"contractor.inn"}
    return _first(told)


def _first(names: AbstractSet[str]) -> str | None:
    return min(names, default=None)
