"""Personal data: exported, erased, and every column that points at a person classed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.models import Base
from matchmaker.services.core import journal
from matchmaker.services.people import personal_data
from matchmaker.worker import Worker
from tests.support.browser import text
from tests.support.small_centre import (
    EDITOR,
    FRESH,
    OPERATOR,
    Centre,
    change_password,
    enter,
    key_of,
    small_centre,
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def test_a_person_takes_all_data_along_and_is_erased_without_trace(centre: Centre) -> None:
    browser = enter(centre, EDITOR)
    browser.post("/account/name", {"name": "Trace Canary"}, page="/account")
    change_password(centre, browser)
    answer = browser.get("/account/data.json")
    data = json.loads(text(answer))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (data["account"]["email"], data["roles"][0]["role"]) == (EDITOR, "supplier_editor")
    assert {one["action"] for one in data["journal"]} >= {"user.renamed", "user.password"}
    assert "password_hash" not in text(answer)
    Worker(centre.application).work()
    folder = Path(centre.application.transport.place)
    assert any(EDITOR in path.read_text() for path in folder.glob("*.eml"))
    unsure = browser.post("/account/erase", {"current": FRESH}, page="/account/data")
    assert (unsure.status_code, "Tick that you are sure" in text(unsure)) == (422, True)
    assert (
        browser.post("/account/erase", {"current": FRESH, "sure": "1"}, page="/account/data").status_code
        == 302
    )
    assert browser.get("/account").status_code == 302
    with centre.application.sessions() as session:
        for table in Base.metadata.sorted_tables:
            rows = str([tuple(row) for row in session.execute(select(table))])
            assert EDITOR not in rows, table.name
            assert "Trace Canary" not in rows, table.name
        assert journal.first_broken(session) is None
    assert not any(EDITOR in path.read_text() for path in folder.glob("*.eml"))


def test_an_operator_hands_data_over_and_erases(centre: Centre) -> None:
    operator, where = enter(centre, OPERATOR), f"/people/{key_of(centre, EDITOR)}"
    assert json.loads(text(operator.get(f"{where}/data")))["account"]["email"] == EDITOR
    assert operator.post(f"{where}/erase").status_code == 422
    assert operator.post(f"{where}/erase", {"sure": "1"}).status_code == 302
    assert operator.get(where).status_code in {200, 404}
    assert EDITOR not in text(operator.get("/people/"))


def test_every_column_that_points_at_a_person_is_classed() -> None:
    pointing = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "user_account"
    }
    assert pointing == set(personal_data.REGISTER)
