"""Rows of a shop's list: what the cells of machines and certificates tell."""

import pytest

from importers.inventories import InventoryLine
from matchmaker.services.extraction import table_rows
from matchmaker.wiring import load_recogniser

RECOGNISER = load_recogniser()


def row(**cells: str) -> InventoryLine:
    return InventoryLine(" ".join(cells.values()), cells)


@pytest.mark.parametrize(
    ("cell", "cnc"),
    [
        ("+", True),
        ("да", True),
        ("ЧПУ Fanuc", True),
        ("нет", False),
        ("без ЧПУ", False),
        ("б/ЧПУ", False),
        ("Fanuc", None),
    ],
)
def test_a_column_tells_whether_a_machine_has_numerical_control(cell: str, cnc: bool | None) -> None:
    found = table_rows.machine(row(machine="Токарный станок", cnc=cell), RECOGNISER, "ru")
    assert found is not None
    assert found.cnc is cnc


def test_a_machine_is_read_with_its_largest_part() -> None:
    cells = {"machine": "Фрезерный станок", "envelope": "ход 800х500х500, стол 1000х500", "mass": "до 2,5 т"}
    found = table_rows.machine(row(**cells, quantity="2 шт", year="выпуск 1998"), RECOGNISER, "ru")
    assert found is not None
    assert (found.envelope_mm, found.max_mass_kg) == ((800, 500, 500), 2500)
    assert (found.quantity, found.year) == (2, 1998)


def test_a_certificate_is_read_with_its_days() -> None:
    cells = {
        "standard": "ГОСТ Р ИСО 9001-2015",
        "issued": "01/02/24",
        "valid_until": "с 01.02.2024 по 31.01.2027",
    }
    found = table_rows.certificate(row(**cells), RECOGNISER)
    assert found is not None
    assert (str(found.issued), str(found.valid_until)) == ("2024-02-01", "2027-01-31")


@pytest.mark.parametrize(
    ("note", "status"),
    [("внедряем", "implementing"), ("нет, планируем в 2027", None), ("срок истёк", None), ("", "certified")],
)
def test_the_words_of_a_row_tell_the_state_of_its_certificate(note: str, status: str | None) -> None:
    found = table_rows.certificate(row(standard="ISO 9001", note=note), RECOGNISER)
    assert (found.status if found else None) == status
