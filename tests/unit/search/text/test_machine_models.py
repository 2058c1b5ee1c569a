"""The model of a machine is a machine, and neither a grade nor a size."""

import pytest

from matchmaker.wiring import load_recogniser

RECOGNISER = load_recogniser()


@pytest.mark.parametrize(
    ("text", "machines"),
    [
        ("HAAS ST-20", [("cnc-lathe", "HAAS ST-20")]),
        (
            "станки 1К62, 16К20Ф3 и 6Р13",
            [("lathe", "1К62"), ("cnc-lathe", "16К20Ф3"), ("milling-machine", "6Р13")],
        ),
        ("Hermle C40", [("five-axis-centre", "Hermle C40")]),
        ("Haas VF-2, ST-30", [("machining-centre", "Haas VF-2"), ("cnc-lathe", "ST-30")]),
        ("Doosan Puma 2600", [("cnc-lathe", "Doosan Puma 2600")]),
        ("Trumpf TruLaser 3030", [("laser-cutter", "Trumpf TruLaser 3030")]),
        ("Citizen L20", [("swiss-lathe", "Citizen L20")]),
        ("станок 1512", [("vertical-lathe", "1512")]),
        ("гильотина Н3121", [("guillotine", "Н3121")]),
    ],
)
def test_a_model_is_a_machine_and_nothing_else(text: str, machines: list[tuple[str, str]]) -> None:
    recognition = RECOGNISER.recognise(text)
    assert [(m.code, recognition.words(m)) for m in recognition.of("equipment")] == machines
    assert {mention.kind for mention in recognition.mentions} <= {"equipment", "process"}


@pytest.mark.parametrize(
    "text", ["1512 шт", "сталь 20", "L20", "C40", "M42", "CUT 200 pcs", "set of 20", "пластина 300х1512"]
)
def test_a_number_or_a_grade_is_no_machine(text: str) -> None:
    assert RECOGNISER.recognise(text).of("equipment") == ()


@pytest.mark.parametrize(
    "text", ["листогиб 3 м 100 т", "Arburg 420C 100 ton", "молот 1 т", "250-ton press brake"]
)
def test_tonnes_beside_a_press_are_its_force(text: str) -> None:
    assert RECOGNISER.recognise(text).of("mass") == ()


def test_tonnes_of_a_part_stay_its_mass() -> None:
    recognition = RECOGNISER.recognise("листогиб, масса деталей до 10 т; пресс, отливки 5 т")
    assert [mention.amounts for mention in recognition.of("mass")] == [(10_000.0,), (5_000.0,)]


@pytest.mark.parametrize(
    ("name", "maker", "equipment", "diameter"),
    [
        ("16К20", None, "lathe", 400.0),
        ("L20", "Citizen", "swiss-lathe", 20.0),
        ("1512", None, "vertical-lathe", 1250.0),
    ],
)
def test_the_name_of_a_machine_is_its_model(
    name: str, maker: str | None, equipment: str, diameter: float
) -> None:
    model = RECOGNISER.machine_models.of(name, maker)
    assert model is not None
    assert (model.equipment, model.diameter_mm) == (equipment, diameter)
