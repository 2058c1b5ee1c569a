"""What machines take counts for the work done on them where the profile says nothing of its size itself."""

import pytest

from matchmaker.wiring import load_recogniser
from search.reading.supplier_reading import document_of
from tests.support.records import supplier

RECOGNISER = load_recogniser()
LATHES = [
    {"name": "16К20", "type": "токарный станок", "diameter_mm": 400, "length_mm": 1000, "tolerance_it": 8},
    {"name": "ДИП-500", "type": "токарный станок", "diameter_mm": 1000, "length_mm": 5000},
    {"name": "старый фрезерный", "type": "фрезерный станок"},
]


MODELS = [
    {"name": "16К20"},
    {"name": "DMU 50", "maker": "DMG Mori"},
    {"name": "TruLaser 3030", "maker": "Trumpf"},
]


def facts_of(capabilities: list[dict[str, object]], equipment: list[dict[str, object]]):  # type: ignore[no-untyped-def]
    record = supplier(capabilities=capabilities, equipment=equipment, description=None)
    return document_of(record, RECOGNISER, key="k", revision=1).capabilities


def facts(capabilities: list[dict[str, object]]):  # type: ignore[no-untyped-def]
    record = supplier(capabilities=capabilities, equipment=LATHES, description=None)
    return document_of(record, RECOGNISER, key="k", revision=1).capabilities


def test_each_machine_gives_its_own_size_to_the_work() -> None:
    found = facts([{"process": "токарная обработка", "materials": ["40Х"], "tolerance_it": 6}])
    assert [(one.diameter_mm, one.length_mm, one.tolerance_it) for one in found] == [
        (400, 1000, 6),
        (1000, 5000, 6),
    ]
    assert all(one.materials for one in found)


def test_a_size_that_is_said_is_not_touched() -> None:
    found = facts([{"process": "токарная обработка", "diameter_mm": 320}])
    assert {(one.diameter_mm, one.length_mm) for one in found} == {(320, None)}


def test_work_of_a_machine_that_nobody_named_is_added_with_its_size() -> None:
    found = facts([{"process": "шлифование", "tolerance_it": 5}])
    assert [(one.processes, one.diameter_mm) for one in found[1:]] == [
        (("turning",), 400),
        (("turning",), 1000),
    ]


def test_a_machine_without_sizes_takes_those_of_its_model() -> None:
    found = facts_of([{"process": "токарная обработка"}], MODELS)
    turned = next(one for one in found if "turning" in one.processes)
    assert (turned.diameter_mm, turned.length_mm, turned.of_catalogue) == (400, 1000, True)
    milled = next(one for one in found if "five-axis-milling" in one.processes)
    assert (milled.envelope_mm, milled.of_catalogue) == ((500, 450, 400), True)
    cut = next(one for one in found if "laser-cutting" in one.processes)
    assert cut.envelope_mm == (3000, 1500, 6)
    assert cut.of_catalogue


def test_sizes_of_its_own_are_not_those_of_the_catalogue() -> None:
    own = [{"name": "16К20", "diameter_mm": 320}]
    found = facts_of([{"process": "токарная обработка"}], own)
    assert [(one.diameter_mm, one.length_mm, one.of_catalogue) for one in found] == [(320, None, False)]


def test_sizes_of_the_work_are_not_those_of_the_catalogue() -> None:
    found = facts_of([{"process": "токарная обработка", "diameter_mm": 250}], MODELS[:1])
    assert [(one.diameter_mm, one.of_catalogue) for one in found] == [(250, False)]


@pytest.mark.parametrize(
    ("words", "implied"),
    [
        ("Пятикоординатная фрезеровка, рабочая зона 800х800х550.", 0),
        ("Пятикоординатная фрезеровка алюминия.", 1),
        ("Пятикоординатная фрезеровка, рабочая зона 300х300х200.", 1),
    ],
)
def test_a_catalogue_adds_nothing_to_a_size_that_the_text_tells_as_large(words: str, implied: int) -> None:
    record = supplier(capabilities=[], equipment=MODELS[1:2], description={"ru": words})
    found = document_of(record, RECOGNISER, key="k", revision=1).capabilities
    assert sum(one.of_catalogue for one in found) == implied


def test_work_that_no_words_say_is_guessed_from_machines_and_products() -> None:
    def guessed(words: str) -> tuple[str, ...]:
        record = supplier(
            capabilities=[],
            equipment=[{"name": "станок", "type": "фрезерный станок"}],
            description={"ru": words},
        )
        return document_of(record, RECOGNISER, key="k", revision=1).guessed_processes

    assert guessed("Токарная обработка деталей.") == ("milling",)
    assert guessed("Токарная и фрезерная обработка деталей.") == ()
    assert "turning" in guessed("Выпускаем валы и втулки.")
