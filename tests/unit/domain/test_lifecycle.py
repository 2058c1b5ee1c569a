"""The words of states, their moves and their named sets."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain import lifecycle
from matchmaker.domain.errors import MoveNotAllowed
from matchmaker.domain.lifecycle import (
    DECISIONS,
    IMPORT_MOVES,
    MATCH_MOVES,
    MEMBERSHIP_MOVES,
    NEED_MOVES,
    PROFILE_MOVES,
    QUOTE_MOVES,
    REVIEW_MOVES,
    CertificateStatus,
    ImportState,
    MatchState,
    NeedState,
    ProfileState,
    QuoteState,
    ReviewState,
    check_move,
)
from matchmaker.domain.records import CertificateRecord, OutcomeRecord

ENUMS = [
    kind
    for kind in vars(lifecycle).values()
    if isinstance(kind, type) and issubclass(kind, StrEnum) and kind is not StrEnum
]
MOVES = {name: value for name, value in vars(lifecycle).items() if name.endswith("_MOVES")}
SETS = {name: value for name, value in vars(lifecycle).items() if isinstance(value, frozenset)}


def subject(moves: Mapping[StrEnum, frozenset[StrEnum]]) -> type[StrEnum]:
    return type(next(iter(moves)))


@pytest.mark.parametrize("name", MOVES)
def test_every_move_leads_from_a_known_state_to_another_known_one(name: str) -> None:
    moves = MOVES[name]
    assert set(moves) == set(subject(moves))
    for state, targets in moves.items():
        assert {type(target) for target in targets} <= {subject(moves)}
        assert state not in targets


@pytest.mark.parametrize("name", MOVES)
@given(data=st.data())
def test_what_is_no_move_is_refused_and_says_from_where_to_where(name: str, data: st.DataObject) -> None:
    moves = MOVES[name]
    state, target = (data.draw(st.sampled_from(subject(moves))) for _ in range(2))
    if target in moves[state]:
        check_move(moves, state, target)
    else:
        with pytest.raises(MoveNotAllowed) as refused:
            check_move(moves, state, target)
        assert refused.value.params == {"state": state, "target": target}


@pytest.mark.parametrize(
    ("moves", "start"),
    [
        (NEED_MOVES, NeedState.DRAFT),
        (PROFILE_MOVES, ProfileState.DRAFT),
        (MATCH_MOVES, MatchState.PROPOSED),
        (QUOTE_MOVES, QuoteState.DRAFT),
        (REVIEW_MOVES, ReviewState.DRAFT),
        (IMPORT_MOVES, ImportState.CHECKING),
    ],
)
def test_every_state_is_reached_from_the_first_one(
    moves: Mapping[StrEnum, frozenset[StrEnum]], start: StrEnum
) -> None:
    found, rest = {start}, [start]
    while rest:
        new = moves[rest.pop()] - found
        found |= new
        rest += new
    assert found == set(type(start))


@pytest.mark.parametrize("name", SETS)
def test_a_named_set_holds_some_states_of_one_kind_and_not_all(name: str) -> None:
    states = SETS[name]
    (kind,) = {type(state) for state in states}
    assert kind in ENUMS
    assert states < frozenset(kind)


def test_every_word_is_short_enough_for_its_column_and_stands_once() -> None:
    for kind in ENUMS:
        words = [str(state) for state in kind]
        assert max(map(len, words)) <= 20
        assert len(set(words)) == len(words)


def test_the_sets_of_a_need_part_its_states() -> None:
    sets = (lifecycle.NEEDS_IN_PREPARATION, lifecycle.OPEN_NEEDS, lifecycle.ENDED_NEEDS)
    assert sorted(state for one in sets for state in one) == sorted(NeedState)
    assert lifecycle.ENDED_NEEDS == lifecycle.AWARDED_NEEDS | lifecycle.ABANDONED_NEEDS
    assert lifecycle.AWARDABLE_NEEDS | lifecycle.EXPIRING_NEEDS <= lifecycle.OPEN_NEEDS
    assert not lifecycle.RELEASED_NEEDS & lifecycle.ABANDONED_NEEDS


def test_a_contract_is_one_move_from_the_last_state_that_may_be_awarded() -> None:
    before = {state for state, targets in NEED_MOVES.items() if NeedState.CONTRACTED in targets}
    assert before <= lifecycle.AWARDABLE_NEEDS


def test_the_sets_of_a_match_lie_within_one_another() -> None:
    assert frozenset(MatchState) == lifecycle.UNTOLD | lifecycle.TOLD
    assert lifecycle.IN_TALKS < lifecycle.WILLING < lifecycle.SEATED < lifecycle.TOLD
    assert (
        lifecycle.SEATED_WITHOUT_QUOTE < lifecycle.AWAITING_OUTCOME < lifecycle.OWED_OUTCOME < lifecycle.TOLD
    )
    assert lifecycle.INWARD | lifecycle.INVITABLE == lifecycle.UNTOLD
    assert lifecycle.SEATED_WITHOUT_QUOTE | lifecycle.WITH_QUOTE == lifecycle.SEATED


def test_an_invitation_is_answered_in_one_move_whatever_the_answer() -> None:
    assert MATCH_MOVES[MatchState.INVITED] == lifecycle.ANSWERED
    invited_from = {state for state, targets in MATCH_MOVES.items() if MatchState.INVITED in targets}
    assert invited_from == lifecycle.INVITABLE


def test_nobody_told_is_untold_again() -> None:
    assert not {target for state in lifecycle.TOLD for target in MATCH_MOVES[state]} & lifecycle.UNTOLD


def test_records_of_files_name_the_same_words() -> None:
    assert get_args(OutcomeRecord.model_fields["decision"].annotation) == DECISIONS
    assert get_args(CertificateRecord.model_fields["status"].annotation) == tuple(CertificateStatus)


def test_whoever_was_refused_may_ask_again() -> None:
    check_move(MEMBERSHIP_MOVES, lifecycle.MembershipState.REFUSED, lifecycle.MembershipState.ASKED)
    check_move(PROFILE_MOVES, ProfileState.RETURNED, ProfileState.SUBMITTED)


def test_a_need_walks_from_draft_to_contract_one_step_at_a_time() -> None:
    way = ["draft", "submitted", "published", "shortlisting", "negotiation", "contracted", "completed"]
    for state, target in pairwise(way):
        check_move(NEED_MOVES, state, target)
    for state, target in zip(way, way[2:], strict=False):
        with pytest.raises(MoveNotAllowed, match=target):
            check_move(NEED_MOVES, state, target)


@pytest.mark.parametrize("state", sorted(lifecycle.OPEN_NEEDS))
def test_an_open_need_may_close_or_expire(state: str) -> None:
    check_move(NEED_MOVES, state, NeedState.CLOSED)
    check_move(NEED_MOVES, state, NeedState.EXPIRED)
