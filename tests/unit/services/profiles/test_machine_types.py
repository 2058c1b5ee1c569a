"""Machines as Russian lists write them are of a known type."""

import pytest

from matchmaker.services.profiles.machine_types import type_of
from matchmaker.wiring import load_recogniser

RECOGNISER = load_recogniser()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Токарный патронно-центровой с ЧПУ", "cnc-lathe"),
        ("Консольно-фрезерный вертикальный", "milling-machine"),
        ("Круглошлифовальный универсальный полуавтомат", "cylindrical-grinder"),
        ("6М82Г", "milling-machine"),
        ("16К20Ф3", "cnc-lathe"),
        ("2Н135", "drilling-machine"),
        ("7Б55", "broaching-machine"),
        ("Сталь 12Х18Н10Т", None),
        ("SM-300E", "lathe"),
        ("ZX-900Q", None),
        ("Итого 12", None),
        ("Стол письменный", None),
    ],
)
def test_the_type_of_a_machine(words: str, code: str | None) -> None:
    assert type_of(words, RECOGNISER) == code
