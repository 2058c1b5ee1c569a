"""The table of kinds names what is there: attributes, keys of the records, columns, features and their weights."""

import dataclasses

import pytest

from matchmaker.domain.records import CapabilityRecord, EquipmentRecord, NeedRecord
from matchmaker.domain.requirement_kinds import (
    DEMAND_FIELDS,
    MEASURED,
    NUMBERS_OF_PARTS,
    OF_PARTS,
    REQUIREMENT_KINDS,
    Comparison,
    RequirementKind,
)
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Capability
from search.document import CapabilityFacts
from search.ranking.features import FEATURES
from search.ranking.prior import WEIGHTS

REQUIREMENTS = {field.name for field in dataclasses.fields(Requirements)}
FACTS = {field.name for field in dataclasses.fields(CapabilityFacts)}
each = pytest.mark.parametrize("kind", REQUIREMENT_KINDS.values(), ids=REQUIREMENT_KINDS)


@each
def test_what_a_need_asks_for_is_there(kind: RequirementKind) -> None:
    asked = {field.asked for field in kind.fields if field.asked}
    of_demands = {name for row in DEMAND_FIELDS for name in row}
    keys = {field.name for field in kind.fields if field.name not in of_demands}
    assert {*kind.reads, *asked} <= REQUIREMENTS
    assert keys <= NeedRecord.model_fields.keys()


@each
def test_what_a_capability_declares_is_there(kind: RequirementKind) -> None:
    paths = {field.path for field in kind.declared if "." not in field.path}
    columns = {field.path.replace(".", "_") for field in kind.declared}
    assert bool(kind.declared) == (kind in OF_PARTS)
    assert {field.facts for field in kind.declared} <= FACTS
    assert paths <= CapabilityRecord.model_fields.keys()
    assert columns <= set(Capability.__table__.columns.keys())
    if kind.on_machines:
        assert paths <= EquipmentRecord.model_fields.keys()


@pytest.mark.parametrize("kind", NUMBERS_OF_PARTS, ids=lambda kind: kind.name)
def test_a_number_has_a_feature_with_a_weight_and_a_unit(kind: RequirementKind) -> None:
    assert FEATURES[kind.name].group == kind.group
    assert WEIGHTS[kind.name] > 0
    assert "%(value)s" in kind.unit


@pytest.mark.parametrize("kind", MEASURED, ids=lambda kind: kind.name)
def test_the_form_asks_for_a_measured_number(kind: RequirementKind) -> None:
    (field,) = kind.fields
    assert field.label
    assert field.unit


@pytest.mark.parametrize("kind", NUMBERS_OF_PARTS, ids=lambda kind: kind.name)
def test_each_step_asks_for_less(kind: RequirementKind) -> None:
    assert kind.milder is not None
    steps = [20, *kind.milder(20)]
    assert len(steps) > 1
    assert steps == sorted(steps, reverse=kind.comparison is Comparison.AT_LEAST)
