"""Tables, lists and pairs of a request become positions; lists of demands do not."""

from datetime import date
from functools import cache
from typing import Any

import pytest

from matchmaker.wiring import load_recogniser
from search.reading import answers, request_parts
from search.text import Recogniser

TODAY = date(2026, 11, 28)


@cache
def _recogniser() -> Recogniser:
    return load_recogniser()


def _positions(text: str) -> list[dict[str, Any]]:
    positions: list[dict[str, Any]] = answers.of_need(text, _recogniser(), TODAY)["positions"]
    return positions


@pytest.mark.parametrize(
    "table",
    [
        "№\tНаименование\tМатериал\tКол-во\n1\tВтулка ф40х60\tБрАЖ9-4\t30\n2\tФланец ф120х20\tСталь 20\t12",
        "№ | Наименование | Материал | Кол-во\n--|--|--|--\n1 | Втулка ф40х60 | БрАЖ9-4 | 30\n2 | Фланец ф120х20 | Сталь 20 | 12",
        "№   Наименование     Материал   Кол-во\n1   Втулка ф40х60    БрАЖ9-4    30\n2   Фланец ф120х20   Сталь 20   12",
        "1) Втулка ф40х60, БрАЖ9-4, 30 шт\n2) Фланец ф120х20, сталь 20, 12 шт",
    ],
)
def test_parts_with_their_own_data_are_positions(table: str) -> None:
    first, second = _positions(f"Просим изготовить, токарная обработка:\n{table}\nСрок до 1 марта 2027")
    assert [one["quantity"] for one in (first, second)] == [30, 12]
    assert [one["sizes"]["diameter_mm"] for one in (first, second)] == [40, 120]
    assert [one["code"] for one in first["materials"]] == ["bronze-brazh9-4"]
    assert [one["code"] for one in second["materials"]] == ["steel-20"]
    for one in (first, second):
        assert one["deliver_by"] == "2027-03-01"
        assert "turning" in [process["code"] for process in one["processes"]]


@pytest.mark.parametrize(
    "text",
    [
        "Технические требования:\n1. Материал: сталь 40Х\n2. Габарит 200х100х50\n3. Количество: 50 шт\n4. Срок 30 дней",
        "005 Заготовительная\n010 Токарная\n015 Сверлильная\nПартия 80 шт.",
        "Параметр | Значение\nМасса, кг | 12\nДлина, мм | 400",
        "Корпус, сталь 20, 40 шт. Отверстия ф10 - 4 шт, М8 - 6 шт.",
    ],
)
def test_a_list_of_demands_is_one_position(text: str) -> None:
    assert len(_positions(text)) == 1


def test_what_is_said_of_one_position_is_not_said_of_the_others() -> None:
    text = "1. Вал ф50х300, сталь 45, 10 шт\n2. Вал ф60х320, сталь 45, 8 шт\nНа поз. 2 нужна закалка, точение всех."
    first, second = _positions(text)
    codes = [[one["code"] for one in position["processes"]] for position in (first, second)]
    assert "hardening" not in " ".join(codes[0])
    assert any("hardening" in code or "quench" in code for code in codes[1])


def test_a_part_is_called_by_its_own_name() -> None:
    text = (
        "Нужно изготовить вал, сталь 40Х, диаметр 45 мм, длина 320 мм, 50 шт.\n"
        "Срок до 03.04.2027. Фланцы по чертежу ФЛ-12, 20 шт., 12Х18Н10Т, толщина 20 мм."
    )
    parts = request_parts.of_recognition(_recogniser().recognise(text))
    assert [part.title for part in parts] == ["вал", "Фланцы по чертежу ФЛ-12"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (
            "1) шток, 12Х18Н10Т, ø16f7, L=210 — 300 шт;\n2) втулка, та же сталь, ø28/16H7, L=35 — 300 шт",
            ["steel-12kh18n10t", "steel-12kh18n10t"],
        ),
        (
            "1) shaft, C45, d30 x 100 - 20 pcs\n2) bush, same steel, d40/30 x 20 - 30 pcs\n3) pin, brass, d8 x 40 - 40 pcs",
            ["steel-45", "steel-45", "brass"],
        ),
    ],
)
def test_the_same_material_is_the_one_above(text: str, codes: list[str]) -> None:
    assert [one["materials"][0]["code"] for one in _positions(text)] == codes


def test_what_is_only_asked_about_makes_no_part() -> None:
    """The name of the writer's own works does not stand in place of what the part implies."""
    text = (
        "Добрый день!\nОтдел кооперации арматурного завода.\nПозиции:\n1) шток, 12Х18Н10Т, ø16f7, L=210, Ra 0,4 — 300 шт;\n"
        "2) втулка направл., та же сталь, ø28/16H7, L=35 — 300 шт."
    )
    first, _ = _positions(text)
    assert [one["code"] for one in first["processes"]] == ["turning"]
