"""What may not leave never leaves, whatever a need or a supplier says; and no changed byte of a bundle is taken."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.lifecycle import OPEN_NEEDS, NeedState
from matchmaker.domain.records import (
    EquipmentRecord,
    NeedRecord,
    PositionRecord,
    SupplierRecord,
    parse,
    to_data,
)
from matchmaker.models import Need
from matchmaker.models.needs import DISCLOSURES, REACHES
from matchmaker.services.bundles import bundle_format, disclosure
from tests.support.neighbours import Installation, Neighbourhood
from tests.support.records import any_need, any_supplier

# What never leaves, by the keys of the records: who adds a key says here or in `disclosure` what becomes of it.
NEVER_OF_NEEDS = {"payment", "disregarded", "confirmed"}
NEVER_OF_SUPPLIERS = {"minimum_order", "payment_terms", "references", "contacts", "registration"}
_SECRET = "Секретный завод"
_CONTACTS = "тел. +7 912 345-67-89, master@plant.example, цена 1500 руб."


@dataclass
class Pair:
    one: Installation
    other: Installation


def test_every_key_of_a_record_is_decided_upon() -> None:
    of_needs = disclosure.keys(disclosure.NEED_KEYS, disclosure.OPEN)
    of_positions = disclosure.keys(disclosure.POSITION_KEYS, disclosure.OPEN)
    of_suppliers = disclosure.keys(disclosure.SUPPLIER_KEYS, disclosure.OPEN)
    assert of_needs | NEVER_OF_NEEDS == set(NeedRecord.model_fields)
    assert of_positions == set(PositionRecord.model_fields)
    assert of_suppliers | NEVER_OF_SUPPLIERS == set(SupplierRecord.model_fields)
    assert not of_needs & NEVER_OF_NEEDS
    assert not of_suppliers & NEVER_OF_SUPPLIERS
    assert "spare_hours_per_month" in EquipmentRecord.model_fields


@pytest.fixture(scope="module")
def pair(_migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    one, other = (Installation.made(name, _migrated, folder / name) for name in ("One", "Other"))
    yield Pair(one, other)
    one.close()
    other.close()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    record=any_need,
    firm=any_supplier,
    openness=st.tuples(
        st.sampled_from(DISCLOSURES), st.sampled_from(REACHES), st.sampled_from(list(NeedState))
    ),
    level=st.sampled_from(("nameless", "open")),
)
def test_what_is_not_to_leave_never_leaves(
    record: NeedRecord, firm: SupplierRecord, openness: tuple[str, str, NeedState], level: str, pair: Pair
) -> None:
    one, other = pair.one, pair.other
    one.trusts(other, level)
    shown, reach, state = openness
    said = {
        **to_data(record),
        "id": "secret-id",
        "text": f"Заказ для {_SECRET}, {_CONTACTS}",
        "payment": "secret-pay",
    }
    asked = one.asks(parse(NeedRecord, said), disclosure=shown, reach=reach, state=state, contractor=_SECRET)
    whole: dict[str, Any] = {**to_data(firm), "contacts": {"email": "secret@shop.example"}}
    whole["references"] = [{"customer": "secret-customer"}]
    whole["description"] = {"ru": f"Точим. {_CONTACTS}"}
    one.keeps(parse(SupplierRecord, whole))
    bundle = bundle_format.opened(one.bundle(other))
    with one.sessions.begin() as session:
        session.execute(delete(Need))
    data = list(map(json.loads, bundle.lines))
    leaves = state in OPEN_NEEDS and shown in {"open", "name-hidden"} and reach == "network"
    assert [line["id"] for line in data if line["kind"] == "need"] == ([asked] if leaves else [])
    assert len([line for line in data if line["kind"] == "supplier"]) == (level == "open")
    text = b"".join(bundle.lines).decode()
    for word in ("secret", "345-67-89", "master@", "1500 руб", "spare_hours_per_month", "minimum_order"):
        assert word not in text
    assert (_SECRET in text) == (leaves and shown == "open" and level == "open")
    assert all(disclosure.forbidden(line, level) is None for line in bundle.records())


def test_no_changed_byte_is_taken(around: Neighbourhood) -> None:
    raw = around.north.bundle(around.south)
    public = around.north.key.public

    @settings(max_examples=200)
    @given(place=st.integers(0, len(raw) - 1), bit=st.integers(0, 7), cut=st.booleans())
    def check(place: int, bit: int, cut: bool) -> None:
        changed = raw[:place] + (b"" if cut else bytes([raw[place] ^ 1 << bit])) + raw[place + 1 :]
        with pytest.raises(FileRefused):
            bundle_format.opened(changed).demand_signed(public)

    check()
    bundle_format.opened(raw).demand_signed(public)
