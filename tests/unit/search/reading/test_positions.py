"""A need for several parts: what each position asks for, and what is asked of a supplier of all."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.records import NeedRecord, parse
from matchmaker.domain.requirement_kinds import NUMBERS_OF_PARTS, Comparison
from matchmaker.domain.requirements import Requirements
from matchmaker.wiring import load_recogniser
from search.reading import positions
from search.reading.need_reading import position_readings, requirements_of

TODAY = date(2026, 11, 23)
RECOGNISER = load_recogniser()
WORDS = (
    "Комплект для насоса из стали 40Х, 200 шт., ISO 9001 обязательно, до 1 марта 2027 года, доставка в Самару"
)


def read(**need: Any) -> dict[str, Requirements]:
    record = parse(NeedRecord, {"id": "n", **need})
    found = {one.id: reading.requirements for one, reading in position_readings(record, RECOGNISER, TODAY)}
    return {**found, "": requirements_of(record, RECOGNISER, TODAY).requirements}


def test_a_position_asks_for_its_own_and_for_what_the_need_says_of_all() -> None:
    found = read(
        text=WORDS,
        positions=[
            {"id": "1", "title": "Вал ø45×320 мм, 45…50 HRC"},
            {
                "id": "2",
                "title": "Крышка",
                "materials": ["Д16Т"],
                "processes": ["фрезерная обработка"],
                "quantity": 5,
            },
        ],
    )
    shaft, lid, whole = found["1"], found["2"], found[""]
    assert (shaft.processes, shaft.materials, shaft.diameter_mm) == (("turning",), ("steel-40kh",), 45)
    assert (lid.processes, lid.materials, lid.diameter_mm, lid.quantity) == (
        ("milling",),
        ("aluminium-d16",),
        None,
        5,
    )
    assert shaft.quantity == 200
    for one in (shaft, lid, whole):
        assert (one.deliver_by, bool(one.location), len(one.demanded)) == (date(2027, 3, 1), True, 1)
    assert (whole.processes, set(whole.materials)) == (
        ("turning", "milling"),
        {"steel-40kh", "aluminium-d16"},
    )
    assert (whole.diameter_mm, whole.quantity) == (45, None)


def test_sizes_that_the_need_tells_in_words_are_not_those_of_a_position_with_its_own() -> None:
    found = read(
        text="Точить валы ø45 и фланцы ø200 толщиной 20 мм",
        positions=[{"id": "1", "title": "Вал", "length_mm": 320}, {"id": "2", "title": "Фланец"}],
    )
    assert (found["1"].length_mm, found["1"].diameter_mm) == (320, None)
    assert found["2"].diameter_mm == 200


def test_a_position_without_anything_of_its_own_is_the_need() -> None:
    alone = requirements_of(NeedRecord(id="n", text=WORDS), RECOGNISER, TODAY).requirements
    assert read(text=WORDS, positions=[{"id": "1"}])["1"] == alone


def test_a_line_behind_a_list_of_one_line_each_is_about_all_of_it() -> None:
    text = "Нужны детали:\n1. Втулка ф60, сталь 45, 40 шт\n2. Вал ф40, 40Х, 10 шт\nГотовность всего: к 15 января."
    found = requirements_of(parse(NeedRecord, {"id": "n", "text": text}), RECOGNISER, TODAY).parts
    assert [one.requirements.deliver_by for one in found] == [date(2027, 1, 15)] * 2


NUMBERS = [kind.asked for kind in NUMBERS_OF_PARTS]
requirements = st.builds(
    Requirements,
    processes=st.lists(st.sampled_from(("turning", "milling", "grinding")), unique=True).map(tuple),
    **{name: st.none() | st.floats(1, 1000) for name in NUMBERS},
)


@given(parts=st.lists(requirements, min_size=1, max_size=4))
def test_who_can_make_all_positions_can_make_each(parts: list[Requirements]) -> None:
    whole = positions.of_all(Requirements(), parts)
    for part in parts:
        assert set(part.processes) <= set(whole.processes)
        for kind in NUMBERS_OF_PARTS:
            asked, hardest = getattr(part, kind.asked), getattr(whole, kind.asked)
            if asked is not None:
                at_least = kind.comparison is Comparison.AT_LEAST
                assert hardest >= asked if at_least else hardest <= asked


@given(own=requirements, whole=requirements)
def test_a_position_never_loses_what_it_asks_for_itself(own: Requirements, whole: Requirements) -> None:
    taken = positions.of_position(own, whole)
    for name in (*NUMBERS, "processes"):
        if getattr(own, name) not in (None, ()):
            assert getattr(taken, name) == getattr(own, name)
    assert not set(taken.excluded_processes) & set(taken.processes)
