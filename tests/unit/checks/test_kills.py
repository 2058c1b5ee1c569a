"""What `make check-kills` calls lost, half and double."""

from typing import Any

import pytest

from tests.checks.kills.writers import Findings, Sent, Writer
from tests.support.visitor import Answer

SESSION: Any = None


def found(stored: list[str], entries: int, *, adds: bool = True, doubt: str = "") -> tuple[int, int, int]:
    """Of changes 1 and 2 that were acknowledged: the numbers of what is lost, half and double."""
    writer = Writer("one", sent, lambda _: stored, lambda _: entries, adds=adds)
    writer.acknowledged, told = ["1", "2"], Findings()
    writer.doubt = sent(doubt) if doubt else None
    writer.look(SESSION, told)
    return len(told.lost), len(told.half), len(told.double)


def sent(mark: str) -> Sent:
    return Sent(mark, lambda: Answer(302, "", ""))


@pytest.mark.parametrize(
    ("stored", "entries", "doubt", "expected"),
    [
        (["1", "2"], 2, "", (0, 0, 0)),
        (["1", "2", "3"], 3, "3", (0, 0, 0)),
        (["1", "2"], 2, "3", (0, 0, 0)),
        (["1"], 1, "", (1, 0, 0)),
        (["1", "2"], 1, "", (0, 1, 0)),
        (["1", "2", "3"], 2, "3", (0, 1, 0)),
        (["1", "2", "2"], 3, "", (0, 0, 1)),
        (["1", "2"], 3, "", (0, 0, 1)),
    ],
)
def test_of_changes_that_add(
    stored: list[str], entries: int, doubt: str, expected: tuple[int, int, int]
) -> None:
    assert found(stored, entries, doubt=doubt) == expected


@pytest.mark.parametrize(
    ("stored", "entries", "doubt", "expected"),
    [
        (["2"], 2, "", (0, 0, 0)),
        (["3"], 3, "3", (0, 0, 0)),
        (["2"], 2, "3", (0, 0, 0)),
        (["1"], 2, "", (1, 0, 0)),
        (["3"], 2, "3", (0, 1, 0)),
        (["2"], 3, "3", (0, 0, 1)),
    ],
)
def test_of_changes_of_which_the_last_counts(
    stored: list[str], entries: int, doubt: str, expected: tuple[int, int, int]
) -> None:
    assert found(stored, entries, adds=False, doubt=doubt) == expected
