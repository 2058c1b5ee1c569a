"""What the text of a shop suggests for its profile."""

import pytest

from importers.inventories import InventoryLine
from matchmaker.services.extraction import proposals
from matchmaker.wiring import load_recogniser

RECOGNISER = load_recogniser()


def machines(line: str) -> list[tuple[str, int | None, int | None]]:
    """Name, number and year of each machine that a line suggests."""
    found = proposals.propose([InventoryLine(line, {})], RECOGNISER, "ru").proposals
    given = [one.item for one in found if one.kind == "equipment"]
    return [(one["name"], one.get("quantity"), one.get("year")) for one in given]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Станки: 16К20 — 2 шт, VF-2", [("16К20", 2, None), ("VF-2", None, None)]),
        ("16К20; 1М63; 6Р12", [("16К20", None, None), ("1М63", None, None), ("6Р12", None, None)]),
        (
            "Оборудование: токарный станок 16К20, 1985 г., фрезерный 6Р12, Haas VF-2 (2 шт)",
            [
                ("токарный станок 16К20, 1985 г", None, 1985),
                ("фрезерный 6Р12", None, None),
                ("Haas VF-2", 2, None),
            ],
        ),
        ("Machines: Haas VF-2, Haas ST-20 (2 pcs)", [("Haas VF-2", None, None), ("Haas ST-20", 2, None)]),
        ("Станки: 16К20 — 2 шт", [("16К20", 2, None)]),
        ("Токарный станок 16К20, РМЦ 1000, 1 шт", [("Токарный станок 16К20, РМЦ 1000", 1, None)]),
    ],
)
def test_each_machine_of_a_line_is_one_entry(
    line: str, found: list[tuple[str, int | None, int | None]]
) -> None:
    assert machines(line) == found
