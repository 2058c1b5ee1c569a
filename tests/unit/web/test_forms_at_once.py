"""Presses at the very same moment make what one press makes and are answered alike, on both databases.

Twenty at once, and two people in five hundred rounds, are `make check-presses`.
"""

from pathlib import Path

import pytest

from tests.support.form_presses import Rounds, Rows, network, pressed_alone, wrong_presses

AT_ONCE, ROUNDS = 3, 5


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rows]:
    return pressed_alone(tmp_path_factory.mktemp("alone"))


def test_presses_at_once_are_one_act_with_one_answer(
    each_url: str, tmp_path: Path, alone: dict[str, Rows]
) -> None:
    with network(tmp_path / "network", each_url) as (app, world):
        rounds = Rounds(app, world)
        rounds.run(ROUNDS)
        assert (rounds.wrong, rounds.lost) == ([], 0), "two operators at one match"
        wrong = wrong_presses(app, world, alone, AT_ONCE)
    assert not wrong, "\n".join(wrong)
