"""A profile as the Catena-X aspect ManufacturingCapability 3.1.0: capabilities, machines and certificates with their properties."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from matchmaker.domain.records import CertificateRecord, EquipmentRecord, SupplierRecord
from matchmaker.services.reports.described_capabilities import (
    DescribedCapability,
    DescribedProperty,
    Names,
    reference,
)

_MATERIALS = "Materials"
_MACHINE = (
    ("type", "type"),
    ("maker", "maker"),
    ("year", "year of make"),
    ("quantity", "number of machines"),
    ("axes", "axes"),
    ("cnc", "numerical control"),
    ("diameter_mm", "diameter, mm"),
    ("length_mm", "length, mm"),
    ("max_mass_kg", "mass of a part, kg"),
    ("tolerance_it", "tolerance grade IT (ISO 286)"),
)
_CERTIFICATE = (
    ("edition", "edition"),
    ("status", "status"),
    ("number", "number"),
    ("body", "certification body"),
    ("issued", "issued"),
    ("valid_until", "valid until"),
)


def aspect(record: SupplierRecord, capabilities: Sequence[DescribedCapability]) -> dict[str, Any]:
    """The aspect of a profile; what a profile does not know (processes of a plan, tools) is empty, as the model allows."""
    return {
        "processes": [],
        "products": [],
        "machineTools": [],
        "capabilities": _each_once(map(_capability, capabilities)),
        "machines": _each_once(map(_machine, record.equipment)),
        "certificates": _each_once(map(_certificate, record.certificates)),
    }


def _each_once(elements: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    """The elements of a set: two that say the same are one."""
    found: list[dict[str, Any]] = []
    for one in elements:
        if one not in found:
            found.append(one)
    return found


def _capability(one: DescribedCapability) -> dict[str, Any]:
    element: dict[str, Any] = {"label": _texts(one.names), "capabilityLabel": _texts(one.names)}
    if one.process:
        element |= {
            "capabilityId": one.reference,
            "hierarchyElementId": one.reference,
            "semanticReferences": [{"semanticReferenceId": one.reference}],
        }
    else:
        element["hierarchyElementId"] = one.names["en"]
    constraints = [_constraint(one) for one in one.properties if one.id != _MATERIALS]
    for own in one.properties:
        if own.id == _MATERIALS:
            constraints += [_of_material(code, names) for code, names in own.values]
    if constraints:
        element["capabilityConstraintSet"] = _each_once(iter(constraints))
    return element


def _constraint(own: DescribedProperty) -> dict[str, Any]:
    said = {"propertyLabel": _texts(own.described), "propertyValue": own.text}
    return {"capabilityConstraintProperties": [said]}


def _of_material(code: str, names: Names) -> dict[str, Any]:
    material: dict[str, Any] = {"label": _texts(names)}
    if code:
        family = {"label": _texts(names), "hierarchyElementId": reference("material", code)}
        material["belongsToMaterialFamilies"] = [family]
    return {"refersToMaterial": material}


def _machine(one: EquipmentRecord) -> dict[str, Any]:
    properties = list(_said(one, _MACHINE))
    if one.envelope_mm:
        sides = "×".join(f"{side:g}" for side in one.envelope_mm)
        properties.append({"propertyLabel": {"en": "envelope, mm"}, "propertyValue": sides})
    return {"label": {"en": one.name}, "properties": properties}


def _certificate(one: CertificateRecord) -> dict[str, Any]:
    return {"label": {"en": one.standard}, "properties": list(_said(one, _CERTIFICATE))}


def _said(
    thing: EquipmentRecord | CertificateRecord, told: Sequence[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    for name, label in told:
        value = getattr(thing, name)
        if value is not None and value != "":
            yield {"propertyLabel": {"en": label}, "propertyValue": _text(value)}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _texts(names: Names) -> dict[str, str]:
    return dict(names)
