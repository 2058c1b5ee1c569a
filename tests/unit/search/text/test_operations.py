"""The operations of route cards, and the processes that each trade's words lead to."""

from collections.abc import Iterator
from functools import cache

import pytest

from matchmaker.domain.taxonomy import Concept, Taxonomy
from matchmaker.wiring import load_taxonomy
from search.text import Recogniser


@cache
def _recogniser() -> Recogniser:
    return Recogniser(load_taxonomy())


def _processes(text: str) -> list[str]:
    return [str(mention.code) for mention in _recogniser().recognise(text).of("process")]


def _operations(taxonomy: Taxonomy) -> Iterator[tuple[Concept, str]]:
    for process in taxonomy.processes:
        yield from ((process, name) for name in process.extra.get("operations", ()))


@pytest.mark.parametrize(
    ("route", "processes"),
    [
        (
            (
                "Деталь 1, 80 шт.\n005 Заготовительная\n010 Токарная\n015 Сверлильная\n020 Термическая\n"
                "025 Круглошлифовальная\n030 Слесарная\n035 Контрольная"
            ),
            [
                "cutting",
                "turning",
                "drilling",
                "heat-treatment",
                "cylindrical-grinding",
                "bench-work",
                "inspection",
            ],
        ),
        (
            "Операции: отрезная, сварочная, правильная, окрасочная, сборочная.",
            ["sawing", "welding", "straightening", "painting", "assembly"],
        ),
        (
            "сварочная; термическая; литейная; штамповочная; сверлильная; слесарная; сборочная",
            ["welding", "heat-treatment", "casting", "stamping", "drilling", "bench-work", "assembly"],
        ),
        ("оп. 010 — Протяжная, оп. 015 — Долбёжная", ["broaching", "slotting"]),
        ("Балансировочная", ["balancing"]),
        ("контрольная операция", ["inspection"]),
        ("кузнечный, литейный и термический цеха", ["forging", "casting", "heat-treatment"]),
        (
            "turning: CNC, vertical, automatic",
            ["turning", "cnc-turning", "vertical-turning", "swiss-turning"],
        ),
    ],
)
def test_operations_of_a_route_are_read(route: str, processes: list[str]) -> None:
    found = [code for code in dict.fromkeys(_processes(route)) if code != "fabrication"]
    assert found == processes


@pytest.mark.parametrize(
    "text",
    [
        "Нужна правильная цена и контрольная дата.",
        "Правильная обработка заявок обязательна.",
        "12 сварочных швов, сборочные чертежи прилагаем",
        "контрольный образец, отпускная цена",
        "горячая линия, механическая прочность",
        "vertical position, automatic mode",
        "under the heading above",
    ],
)
def test_an_adjective_alone_is_no_operation(text: str) -> None:
    assert _processes(text) == []


def test_every_adjective_of_an_operation_leads_to_its_process() -> None:
    tree = load_taxonomy().processes
    lost = [
        (process.code, name)
        for process, name in _operations(load_taxonomy())
        if not any(process.code in tree.closure(code) for code in _processes(f"Операции: {name}, токарная"))
    ]
    assert lost == []


def test_every_process_is_read_by_its_own_name_in_both_languages() -> None:
    tree = load_taxonomy().processes
    lost = [
        (process.code, name)
        for process in tree
        for name in (process.label.ru, process.label.en)
        if not any(process.code in tree.closure(code) for code in _recogniser().codes("process", name))
    ]
    assert lost == []
