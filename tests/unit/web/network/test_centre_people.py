"""The people of a centre, as its operators see them: found, given roles, closed and opened again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.services.people import accounts
from tests.support.browser import text
from tests.support.small_centre import (
    EDITOR,
    OPERATOR,
    PASSWORD,
    Centre,
    enter,
    key_of,
    make,
    role_of,
    small_centre,
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def test_roles_are_given_below_ones_own_and_the_last_one_stays(centre: Centre) -> None:
    operator = enter(centre, OPERATOR)
    make(centre, "boss@example.org", "centre_administrator")
    boss, editor = key_of(centre, "boss@example.org"), key_of(centre, EDITOR)
    end = f"/people/{boss}/roles/{role_of(centre, 'boss@example.org')}/end"
    assert operator.post(end).status_code == 403
    assert operator.post(f"/people/{boss}/close").status_code == 403
    assert operator.post(f"/people/{editor}/roles", {"role": "centre_administrator"}).status_code == 403
    assert operator.post(f"/people/{editor}/roles", {"role": "operator"}).status_code == 302
    assert enter(centre, EDITOR).get("/work/").status_code == 200
    # Oneself is nobody's to change, and a centre keeps somebody who runs it.
    assert operator.post(f"/people/{key_of(centre, OPERATOR)}/roles", {"role": "operator"}).status_code == 403
    administrator = enter(centre, "boss@example.org")
    for email in (OPERATOR, EDITOR):
        assert administrator.post(f"/people/{key_of(centre, email)}/close").status_code == 302
    form = {"current": PASSWORD, "sure": "1"}
    last = administrator.post("/account/erase", form, page="/account/data")
    assert (last.status_code, "Nobody else runs this centre" in text(last)) == (422, True)


def test_a_closed_account_is_opened_again(centre: Centre) -> None:
    operator, where = enter(centre, OPERATOR), f"/people/{key_of(centre, EDITOR)}"
    operator.post(f"{where}/close")
    assert "closed" in text(operator.get(where))
    assert centre.another().post("/login", {"email": EDITOR, "password": PASSWORD}).status_code == 401
    operator.post(f"{where}/open")
    enter(centre, EDITOR)
    subjects = [mail.subject for mail in centre.mails("account") if mail.recipient == EDITOR]
    assert subjects == ["Your account was closed", "Your account is open again"]


def test_people_are_found_by_name_without_regard_to_case_or_yo(centre: Centre) -> None:
    operator = enter(centre, OPERATOR)
    enter(centre, EDITOR).post("/account/name", {"name": "Ёлкина Анна"}, page="/account")
    for words in ("елкина", "ЁЛК", "editor@"):
        assert "Ёлкина" in text(operator.get(f"/people/?q={words}"))
    assert "Nobody was found" in text(operator.get("/people/?q=никто"))
    assert "Ёлкина" not in text(operator.get("/people/?role=operator"))


def test_a_lost_second_factor_is_turned_off_by_the_centre(centre: Centre) -> None:
    operator, where = enter(centre, OPERATOR), f"/people/{key_of(centre, EDITOR)}"
    assert "Turn off the lost second factor" not in text(operator.get(where))
    with centre.application.sessions.begin() as session:
        accounts.by_email(session, EDITOR).totp_secret = "JBSWY3DPEHPK3PXP" * 2
    before = centre.another()
    answer = before.post("/login", {"email": EDITOR, "password": PASSWORD})
    assert answer.headers["Location"].endswith("/login/code")
    assert operator.post(f"{where}/second-factor").status_code == 302
    enter(centre, EDITOR)
    assert [mail.recipient for mail in centre.mails("second factor")] == [EDITOR]
