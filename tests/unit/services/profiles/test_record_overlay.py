"""A record laid over another one: what a profile has no room for is told."""

import pytest

from matchmaker.domain.records import SupplierRecord, parse
from matchmaker.services.profiles import profile_mapping, record_overlay
from matchmaker.services.profiles.profile_mapping import MOST, TermCodes
from matchmaker.services.profiles.record_overlay import RecordOverlay
from tests.support.fakes import FakeRecogniser


def machines(first: int, number: int) -> SupplierRecord:
    entries = [{"name": f"Станок {place}"} for place in range(first, first + number)]
    return parse(
        SupplierRecord, {"kind": "supplier", "id": "s-1", "name": {"ru": "Вал"}, "equipment": entries}
    )


@pytest.mark.parametrize("there", [499, 500])
def test_entries_without_room_are_named(there: int) -> None:
    overlay = RecordOverlay(TermCodes(FakeRecogniser()), adding=True)
    base, given = machines(0, there), machines(400, 102)
    whole = overlay.over(base, given)
    (left,) = overlay.left(base, given, whole)
    assert len(whole.equipment) == 500
    assert whole.equipment[:there] == base.equipment
    assert (left.field, left.most) == ("equipment", 500)
    assert left.left == "; ".join(f"Станок {place}" for place in range(500, 502))
    assert list(overlay.left(base, machines(400, 10), overlay.over(base, machines(400, 10)))) == []


def test_a_merger_holds_no_more_than_a_record_may() -> None:
    base, other = machines(0, 300), machines(200, 350)
    whole = profile_mapping.merged(base, other)
    assert len(whole.equipment) == MOST["equipment"]
    parse(SupplierRecord, whole.model_dump(mode="json"))
    (left,) = record_overlay.without_room(profile_mapping.together(base, other))
    assert left.left.startswith("Станок 500; ")
    assert left.left.endswith("; Станок 549")
