"""Profiles and needs in open models, against the schemas and the template that their owners publish."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft4Validator, Draft201909Validator

from matchmaker.domain.records import CapabilityRecord, SupplierRecord, parse
from matchmaker.domain.requirements import Requirements
from matchmaker.services.reports import capability_shells, manufacturing_capabilities
from matchmaker.services.reports.described_capabilities import CapabilityDescriber
from matchmaker.wiring import load_recogniser
from search.text import Recogniser

FOLDER = Path(__file__).parent / "open_models"
ADDRESS = "https://centre.example/suppliers/0123456789abcdef"


def _schema(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load_recogniser()


@pytest.fixture(scope="module")
def shells() -> Draft201909Validator:
    """The metamodel; its pattern for any text is in halves of UTF-16, which the checker does not know, so that it goes."""
    read = (FOLDER / "aas-3.0.1.schema.json").read_text(encoding="utf-8")
    return Draft201909Validator(json.loads(read, object_hook=_without_halves))


def _without_halves(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "pattern" or "ud800" not in str(value)}


@pytest.fixture(scope="module")
def aspects() -> Draft4Validator:
    return Draft4Validator(_schema("manufacturing-capability-3.1.0.schema.json"))


def _meaning(element: Mapping[str, Any]) -> str | None:
    return element["semanticId"]["keys"][0]["value"] if "semanticId" in element else None


def _elements(element: Mapping[str, Any], path: tuple[str | None, ...] = ()) -> Iterator[tuple[Any, Any]]:
    """Every element below another one, with the meanings on the way to it."""
    below = element.get("submodelElements") or element.get("value")
    for one in below if isinstance(below, list) else ():
        if "modelType" in one:
            yield (*path, _meaning(one)), one
            yield from _elements(one, (*path, _meaning(one)))


@pytest.fixture(scope="module")
def template() -> dict[tuple[str, ...], tuple[str, str]]:
    """The elements of the published template: the meanings on the way to each → its kind, and how often it must be there."""
    found = {}
    for path, one in _elements(_schema("capability-description-1.0.template.json")):
        said = {each["type"]: each["value"] for each in one.get("qualifiers", ())}
        found[path] = (one["modelType"], said.get("SMT/Cardinality", ""))
    return found


def _hold_to_template(model: Mapping[str, Any], template: Mapping[tuple[str, ...], tuple[str, str]]) -> None:
    assert _meaning(model) == "https://admin-shell.io/idta/SubmodelTemplate/CapabilityDescription/1/0"
    held: dict[int, set[str | None]] = {}
    for path, one in _elements(model):
        assert template[path][0] == one["modelType"], path
        held[id(one)] = (
            {_meaning(each) for each in one["value"] if "modelType" in each}
            if isinstance(one.get("value"), list)
            else set()
        )
        needed = {
            below[-1]
            for below, (_, often) in template.items()
            if below[:-1] == path and often in {"One", "OneToMany"}
        }
        assert needed <= held[id(one)], path


LIMITS = st.fixed_dictionaries(
    {"process": st.sampled_from(["turning", "milling", "Токарная обработка", "что-то своё", "welding"])},
    optional={
        "envelope_mm": st.tuples(*[st.integers(1, 9_000)] * 3),
        "diameter_mm": st.floats(0.5, 5_000),
        "sheet_thickness_mm": st.floats(0.1, 100),
        "max_mass_kg": st.integers(1, 90_000),
        "tolerance_it": st.integers(1, 18),
        "roughness_ra_um": st.floats(0.01, 100),
        "materials": st.lists(st.sampled_from(["steel-40kh", "сталь 45", "невиданная сталь"]), max_size=3),
        "lot": st.fixed_dictionaries({}, optional={"min": st.integers(1, 9), "max": st.integers(10, 900)}),
        "lead_time_days": st.integers(0, 300),
    },
)


@settings(max_examples=40, deadline=None)
@given(capabilities=st.lists(LIMITS, max_size=4))
def test_what_a_profile_offers_is_as_the_schemas_and_the_template_say(
    recogniser: Recogniser,
    shells: Draft201909Validator,
    aspects: Draft4Validator,
    template: dict[tuple[str, ...], tuple[str, str]],
    capabilities: list[dict[str, Any]],
) -> None:
    told = {
        "id": "s-1",
        "name": {"ru": "Цех", "en": "Shop"},
        "capabilities": capabilities,
        "equipment": [{"name": "16К20", "year": 1980, "cnc": False, "envelope_mm": [100, 200, 300]}] * 2,
        "certificates": [{"standard": "ISO 9001", "number": "7", "valid_until": "2027-01-01"}],
    }
    record = parse(SupplierRecord, told)
    offered = CapabilityDescriber(recogniser).offered(record.capabilities)
    names = {"en": "Shop", "ru": "Цех"}
    environment = capability_shells.shell(ADDRESS, names, offered, offered=True)
    shells.validate(environment)
    assert len(environment.get("submodels", ())) == bool(capabilities)
    for model in environment.get("submodels", ()):
        _hold_to_template(model, template)
    aspects.validate(manufacturing_capabilities.aspect(record, offered))


def test_an_offer_and_a_need_stand_side_by_side(
    recogniser: Recogniser, shells: Draft201909Validator, template: dict[tuple[str, ...], tuple[str, str]]
) -> None:
    describer = CapabilityDescriber(recogniser)
    (offer,) = describer.offered(
        [parse(CapabilityRecord, {"process": "токарка", "diameter_mm": 300, "tolerance_it": 7})]
    )
    (need,) = describer.required(
        Requirements(processes=("turning",), diameter_mm=120, tolerance_it=8, quantity=40)
    )
    assert offer.process == need.process == "turning"
    assert {one.id: one.text for one in offer.properties} == {"Diameter": "..300", "ToleranceGrade": "7.."}
    assert {one.id: one.text for one in need.properties} == {
        "Diameter": "120",
        "ToleranceGrade": "8",
        "LotSize": "40",
    }
    environment = capability_shells.shell(ADDRESS, {"ru": "Вал"}, [need], offered=False)
    shells.validate(environment)
    _hold_to_template(environment["submodels"][0], template)
    roles = [
        each["type"]
        for _, one in _elements(environment["submodels"][0])
        for each in one.get("qualifiers", ())
    ]
    assert roles == ["Required"]


def test_the_schemas_refuse_what_is_not_of_the_model(
    recogniser: Recogniser, shells: Draft201909Validator, aspects: Draft4Validator
) -> None:
    """So that a schema that takes anything would not go unseen."""
    offered = CapabilityDescriber(recogniser).offered([parse(CapabilityRecord, {"process": "turning"})])
    environment = capability_shells.shell(ADDRESS, {"en": "Shop"}, offered, offered=True)
    environment["submodels"][0]["submodelElements"][0]["idShort"] = "1 no name"
    assert not shells.is_valid(environment)
    aspect = manufacturing_capabilities.aspect(
        parse(SupplierRecord, {"id": "s", "name": {"en": "S"}}), offered
    )
    assert not aspects.is_valid({key: value for key, value in aspect.items() if key != "machines"})
