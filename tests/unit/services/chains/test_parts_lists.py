"""Coverage of a parts list, and what one change would add, against a plain recount of made-up parts."""

from collections import defaultdict
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.errors import InvalidRecord
from matchmaker.services.chains import parts_lists
from matchmaker.services.chains.parts_lists import ListedPart, ListGiven, PartVerdict

_operation = st.builds(
    lambda able, near, eased: {
        "process": "turning",
        "able": able,
        "best": ["b"] * able,
        "near": [] if able else [{"key": key, "conditions": ["x"] * count} for key, count in near.items()],
        "eased": [] if able else [{"requirement": name} for name in eased],
    },
    st.integers(0, 1),
    st.dictionaries(st.sampled_from("pqr"), st.integers(1, 2), max_size=2),
    st.sets(st.sampled_from("xyz"), max_size=2),
)
_parts = st.lists(
    st.tuples(
        st.lists(_operation, min_size=1, max_size=2),
        st.one_of(st.none(), st.integers(1, 5)),
        st.one_of(st.none(), st.integers(1, 900)),
    ),
    max_size=7,
)


def listed(made: list[Any]) -> list[ListedPart]:
    return [
        ListedPart(place, "", "", pieces, price, parts_lists.verdict_of(operations), 0, operations)
        for place, (operations, pieces, price) in enumerate(made, 1)
    ]


@given(_parts)
def test_every_part_stands_in_one_verdict_with_its_pieces_and_money(made: list[Any]) -> None:
    found = parts_lists.shares(listed(made))
    assert sum(one.parts for one in found.values()) == len(made)
    assert sum(one.pieces for one in found.values()) == sum(pieces or 0 for _, pieces, _ in made)
    money = sum((price or 0) * (pieces or 1) for _, pieces, price in made)
    assert sum(one.money_minor for one in found.values()) == money
    able = found.get(PartVerdict.ABLE)
    assert (able.parts if able else 0) == sum(all(own["able"] for own in some) for some, _, _ in made)


@given(_parts)
def test_a_change_adds_the_parts_whose_every_lacking_operation_it_opens(made: list[Any]) -> None:
    expected = defaultdict[tuple[str, str], int](int)
    for operations, _, _ in made:
        lacking = [own for own in operations if not own["able"]]
        for name in "xyz":
            opens = [any(step["requirement"] == name for step in own["eased"]) for own in lacking]
            expected[name, ""] += bool(lacking) and all(opens)
        for key in "pqr":
            opens = [
                any(one["key"] == key and len(one["conditions"]) == 1 for one in own["near"])
                for own in lacking
            ]
            expected["", key] += bool(lacking) and all(opens)
    found = {(one.requirement, one.supplier): one.parts for one in parts_lists.gains(listed(made))}
    assert found == {key: count for key, count in expected.items() if count}


def read(text: str, name: str = "Насос") -> list[dict[str, Any]]:
    return parts_lists.read(ListGiven("0" * 16, name, text), date(2026, 11, 23))


def test_a_table_is_read_with_pieces_and_prices() -> None:
    found = read("Деталь\tМатериал\tКол-во\tЦена, руб\nВал\t40Х\t2\t1 250,50\nВтулка\tБрАЖ9-4\t3\t\n")
    assert [(one["title"], one["pieces"], one["price_minor"]) for one in found] == [
        ("Вал", 2, 125_050),
        ("Втулка", 3, None),
    ]
    assert found[0]["record"]["materials"] == ["40Х"]


@pytest.mark.parametrize(
    ("text", "name", "field"),
    [
        ("просто текст", "Насос", "text"),
        ("Деталь\tЦена\nВал\tдорого\nОсь\t5\n", "Насос", "text"),
        ("Деталь\tКол-во\nВал\t2\nОсь\t5\n", " ", "name"),
    ],
)
def test_what_is_wrong_is_told_by_field(text: str, name: str, field: str) -> None:
    with pytest.raises(InvalidRecord) as told:
        read(text, name)
    assert [problem.path for problem in told.value.problems] == [field]
