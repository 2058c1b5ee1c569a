"""Capabilities as an Asset Administration Shell (IDTA 01001-3-0) with the submodel Capability Description 1.0 (IDTA 02020).

A profile's capabilities are offered, a need's are required; the elements are those of the published template.
"""

from collections.abc import Sequence
from typing import Any

from importers.cells import plain
from matchmaker.services.reports.described_capabilities import DescribedCapability, DescribedProperty, Names

_IDTA = "https://admin-shell.io/idta/"
_TEMPLATE = f"{_IDTA}SubmodelTemplate/CapabilityDescription/1/0"
_MODEL, _KINDS = f"{_IDTA}CapabilityDescription/", f"{_IDTA}CapabilityPropertyType/"
_ROLES = f"{_MODEL}CapabilityRoleQualifier/"
Element = dict[str, Any]


def shell(
    address: str, names: Names, capabilities: Sequence[DescribedCapability], *, offered: bool
) -> dict[str, Any]:
    """An environment with the shell of what stands at `address` and its capabilities, `offered` or required. A thing without any has
    no submodel, since the template asks for one capability at least.
    """
    identity, submodel = f"{address}#shell", f"{address}#capabilities"
    described: Element = {
        "id": identity,
        "idShort": "Shell",
        "displayName": _texts(names, 64),
        "assetInformation": {"assetKind": "Instance", "globalAssetId": address},
        "modelType": "AssetAdministrationShell",
    }
    if not capabilities:
        return {"assetAdministrationShells": [described]}
    described["submodels"] = [
        {"type": "ModelReference", "keys": [{"type": "Submodel", "value": submodel}]},
    ]
    containers = [_container(number, one, offered=offered) for number, one in enumerate(capabilities, 1)]
    model = {
        "id": submodel,
        "idShort": "CapabilityDescription",
        "kind": "Instance",
        "semanticId": {"type": "ModelReference", "keys": [{"type": "Submodel", "value": _TEMPLATE}]},
        "submodelElements": [_collection("CapabilitySet", f"{_MODEL}CapabilitySet/1/0", containers)],
        "modelType": "Submodel",
    }
    return {"assetAdministrationShells": [described], "submodels": [model]}


def _container(number: int, one: DescribedCapability, *, offered: bool) -> Element:
    role = "Offered" if offered else "Required"
    capability: Element = {
        "idShort": "Capability",
        "displayName": _texts(one.names, 64),
        "semanticId": _meaning(f"{_MODEL}Capability/1/0"),
        "qualifiers": [
            {
                "semanticId": _meaning(f"{_ROLES}{role}/1/0"),
                "type": role,
                "valueType": "xs:string",
                "value": "1",
            }
        ],
        "modelType": "Capability",
    }
    if one.process:
        capability["supplementalSemanticIds"] = [_meaning(one.reference)]
    parts = [capability, _texts_element("CapabilityComment", f"{_MODEL}CapabilityComment/1/0", one.names)]
    if one.properties:
        held = [_property(own) for own in one.properties]
        parts.append(_collection("PropertySet", f"{_MODEL}PropertySet/1/0", held))
    return _collection(f"CapabilityContainer{number}", f"{_MODEL}CapabilityContainer/1/0", parts)


def _property(own: DescribedProperty) -> Element:
    comment = _texts_element("PropertyComment", f"{_MODEL}PropertyComment/1/0", own.described)
    return _collection(own.id, f"{_MODEL}PropertyContainer/1/0", [_value(own), comment])


def _value(own: DescribedProperty) -> Element:
    """The value of a property: a list of names, a number, or a range that may be open at one end."""
    named: Element = {"idShort": f"{own.id}Value"}
    if own.values:
        told = [
            {
                "semanticId": _meaning(f"{_KINDS}MultiLanguageProperty/1/0"),
                "value": _texts(names),
                "modelType": "MultiLanguageProperty",
            }
            for _, names in own.values
        ]
        listed = {"typeValueListElement": "SubmodelElement", "orderRelevant": False, "value": told}
        return named | _of("SubmodelElementList", f"{_KINDS}SubmodelElementList/1/0") | listed
    if own.low == own.high and own.low is not None:
        number = {"valueType": "xs:double", "value": plain(own.low)}
        return named | _of("Property", f"{_KINDS}Property/1/0") | number
    ends = {"min": own.low, "max": own.high}
    bounds = {name: plain(end) for name, end in ends.items() if end is not None}
    kind = f"{_IDTA}CapabilityPropertyEnumType/Range/1/0"
    return named | _of("Range", kind) | {"valueType": "xs:double"} | bounds


def _of(kind: str, meaning: str) -> Element:
    return {"semanticId": _meaning(meaning), "modelType": kind}


def _collection(name: str, meaning: str, elements: list[Element]) -> Element:
    return {"idShort": name, **_of("SubmodelElementCollection", meaning), "value": elements}


def _texts_element(name: str, meaning: str, names: Names) -> Element:
    return {"idShort": name, **_of("MultiLanguageProperty", meaning), "value": _texts(names)}


def _texts(names: Names, most: int = 1023) -> list[dict[str, str]]:
    """Names by language, as long as the metamodel allows."""
    return [{"language": language, "text": text[:most]} for language, text in sorted(names.items()) if text]


def _meaning(reference: str) -> dict[str, Any]:
    return {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": reference}]}
