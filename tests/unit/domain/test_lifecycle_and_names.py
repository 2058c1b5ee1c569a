from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.errors import MoveNotAllowed
from matchmaker.domain.lifecycle import (
    NEED_MOVES,
    OPEN_NEEDS,
    PROFILE_MOVES,
    NeedState,
    ProfileState,
    check_move,
)
from matchmaker.domain.organisation import name_key, search_key, sort_key


def reached(moves: object, start: str) -> set[str]:
    found, stack = {start}, [start]
    while stack:
        for target in moves[stack.pop()]:  # type: ignore[index]
            if target not in found:
                found.add(target)
                stack.append(target)
    return found


def test_every_state_is_reached_from_a_draft() -> None:
    assert reached(NEED_MOVES, NeedState.DRAFT) == set(NeedState)
    assert reached(PROFILE_MOVES, ProfileState.DRAFT) == set(ProfileState)


def test_a_need_walks_from_draft_to_contract_one_step_at_a_time() -> None:
    way = ["draft", "submitted", "published", "shortlisting", "negotiation", "contracted", "completed"]
    for state, target in pairwise(way):
        check_move(NEED_MOVES, state, target)
    for state, target in zip(way, way[2:], strict=False):
        with pytest.raises(MoveNotAllowed, match=target):
            check_move(NEED_MOVES, state, target)


@pytest.mark.parametrize("state", sorted(OPEN_NEEDS))
def test_an_open_need_may_close_or_expire(state: str) -> None:
    check_move(NEED_MOVES, state, NeedState.CLOSED)
    check_move(NEED_MOVES, state, NeedState.EXPIRED)


@given(st.sampled_from(NeedState))
def test_staying_is_no_move(state: NeedState) -> None:
    with pytest.raises(MoveNotAllowed):
        check_move(NEED_MOVES, state, state)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ООО «Ёлка-1»", "елка 1"),
        ("Общество с ограниченной ответственностью «Ромашка»", "ромашка"),
        ("О.О.О. Ромашка", "ромашка"),
        ("Primer LLC", "primer"),
        ("Primer, Ltd.", "primer"),
        ("АО", "ао"),
        ("Аорта", "аорта"),
        ("«»", "«»"),
    ],
)
def test_a_name_is_keyed_without_its_legal_form(name: str, key: str) -> None:
    assert name_key(name) == key


@given(st.text())
def test_a_key_is_its_own_key(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


@given(st.text(alphabet=[chr(code) for code in range(ord("Ѐ"), ord("ѐ") + 0x10)]))
def test_cyrillic_keys_are_the_same_in_capitals(text: str) -> None:
    assert search_key(text.upper()) == search_key(text.lower())


def test_a_name_missing_in_one_language_sorts_by_the_other() -> None:
    assert sort_key(None, "Alpha LLC", "ru") == "alpha"
    assert sort_key("ООО Бета", "Alpha LLC", "ru") == "бета"
