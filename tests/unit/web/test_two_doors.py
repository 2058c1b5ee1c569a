"""Pages and programs give the same verdict: on every row of the access table, for every subject, on every object.

The matrix puts each door to the test by requests (`test_matrix.py`); here the two doors of a row are held beside each other,
and a key is tried at the pages.
"""

import pytest
from flask import Flask

from matchmaker.services.people import accounts, api_keys
from tests.access import two_doors
from tests.access.matrix import KEYED_ROWS, ROWS, Row
from tests.access.world import SUBJECTS, World
from tests.support import routes

# By endpoint and method; of an operation what a key that may write gets, of a page with several rows the first.
DECIDED = {(row.endpoint, row.method): row for row in (*reversed(ROWS), *KEYED_ROWS)}
ALIKE = {
    frozenset({"needs"}),
    frozenset({"needs", "threads"}),
    frozenset({"needs", "quotes"}),
}  # by their need


def test_every_row_of_the_access_table_is_there() -> None:
    said = two_doors.rows()
    assert list(said) == list(range(1, 48))
    for number, words in said.items():
        assert " = " in words or words.startswith(("never: ", "none: ")), number


@pytest.mark.parametrize("pair", two_doors.pairs(), ids=lambda pair: f"{pair[0]} {pair[2][0]}")
def test_both_doors_decide_alike(world: World, pair: tuple[int, tuple[str, str], tuple[str, str]]) -> None:
    _, page, operation = pair
    shown, asked = DECIDED[page], DECIDED[operation]
    assert shown.on == asked.on or {shown.on, asked.on} in ALIKE
    for name in SUBJECTS.keys() - {"AN"}:  # a page and an operation both ask who is not signed in to do so
        for label, thing in world.things(shown.on).items():
            found = [routes.expected_answer(world, row, name, thing) for row in (shown, asked)]
            assert found[0] is found[1], f"{name} at {label}: {found}"


NEVER = [DECIDED[door] for doors in two_doors.never().values() for door in doors]


@pytest.mark.parametrize("row", NEVER, ids=str)
def test_no_key_opens_what_none_may(app: Flask, world: World, row: Row) -> None:
    """A key counts at the addresses for programs only: at a page its program is a visitor that nobody knows."""
    header = {"Authorization": f"Bearer {_key(world)}"}
    thing = next(iter(world.things(row.on).values()))
    answer = app.test_client().open(routes.address(app, row, thing), method=row.method, headers=header)
    assert answer.status_code in {302, 401}
    assert answer.status_code == 401 or answer.location.startswith("/login")


def _key(world: World) -> str:
    with world.application.sessions.begin() as session:
        user = accounts.by_email(session, world.emails["CA"])
        for old in api_keys.of_user(session, user):
            api_keys.end(session, user, old.id)
        return api_keys.make(session, user, "never", write=True, days=30, special=api_keys.SPECIAL)
