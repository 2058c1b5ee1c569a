"""Joining an organisation by its tax number, and who lets a person in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from matchmaker.models import Membership, Organisation
from tests.support.browser import Browser, text
from tests.support.small_centre import PASSWORD, Centre, path_in, small_centre

NEW = {
    "email": "new@example.org",
    "name": "Newcomer",
    "password": "long-enough-password",
    "consent": "1",
}
KNOWN_INN, OTHER_INN = "7707083893", "7736050003"


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def sign_in(browser: Browser, email: str, password: str = PASSWORD) -> int:
    return int(browser.post("/login", {"email": email, "password": password}).status_code)


def firm(name: str, inn: str, role: str = "supplier_editor") -> dict[str, str]:
    return NEW | {"inn": inn, "organisation": name, "role": role}


def test_who_registers_a_known_number_asks_to_join_and_no_twin_is_made(centre: Centre) -> None:
    with centre.application.sessions() as session:
        before = session.scalar(select(func.count(Organisation.id)))
    centre.another().post("/register", firm("Primer", KNOWN_INN))
    with centre.application.sessions() as session:
        assert session.scalar(select(func.count(Organisation.id))) == before
        assert session.scalars(select(Membership.state).where(Membership.state != "active")).all() == [
            "asked"
        ]
    assert [mail.recipient for mail in centre.mails("asks to join")] == ["operator@example.org"]
    newcomer = centre.another()
    assert sign_in(newcomer, NEW["email"], NEW["password"]) == 302
    assert newcomer.get("/shop/").status_code == 403
    assert newcomer.get("/account/people").status_code == 403


def asked(centre: Centre) -> int:
    with centre.application.sessions() as session:
        return session.scalars(select(Membership.id).where(Membership.state == "asked")).one()


@pytest.mark.parametrize(("answer", "status"), [("accept", 200), ("refuse", 403)])
def test_an_operator_lets_somebody_in_or_not(centre: Centre, answer: str, status: int) -> None:
    centre.another().post("/register", firm("Primer", KNOWN_INN))
    decide = f"/account/people/{asked(centre)}"
    assert sign_in(centre.browser, "operator@example.org") == 302
    assert "Newcomer" in text(centre.browser.get("/account/people"))
    assert centre.browser.post(decide, {"answer": answer}, page="/account/people").status_code == 302
    assert centre.browser.post(decide, {"answer": answer}, page="/account").status_code == 410
    newcomer = centre.another()
    sign_in(newcomer, NEW["email"], NEW["password"])
    assert newcomer.get("/shop/").status_code == status


def test_nobody_else_decides_who_joins(centre: Centre) -> None:
    centre.another().post("/register", firm("Primer", KNOWN_INN))
    decide = f"/account/people/{asked(centre)}"
    newcomer = centre.another()
    sign_in(newcomer, NEW["email"], NEW["password"])
    assert newcomer.post(decide, {"answer": "accept"}, page="/account").status_code == 404
    assert newcomer.post("/account/people/999", {"answer": "accept"}, page="/account").status_code == 404


def test_a_new_number_makes_an_organisation_whose_chief_invites_a_colleague(centre: Centre) -> None:
    wrong = centre.another().post("/register", firm("Novy Zavod", "7707083894"))
    assert wrong.status_code == 422
    assert "Check the INN" in text(wrong)
    assert 'value="Novy Zavod"' in text(wrong)
    cut = centre.another().post("/register", firm("Novy Zavod", "503003008"))
    assert "The first nought of this INN was lost; is it 0503003008?" in text(cut)
    centre.another().post("/register", firm("Novy Zavod", "ИНН/КПП 5024051564/502401001"))
    chief = centre.another()
    assert sign_in(chief, NEW["email"], NEW["password"]) == 302
    assert chief.get("/shop/").headers["Location"].endswith("/shop/profile/fill")
    page = text(chief.get("/account/people"))
    (key,) = re.findall(r'<option value="([0-9a-f]{16})"', page)
    data = {"email": "mate@example.org", "role": "supplier_editor", "organisation": key}
    assert chief.post("/account/people", data | {"email": "no"}, page="/account/people").status_code == 422
    assert chief.post("/account/people", data, page="/account/people").status_code == 302
    link = path_in(centre, "Join Novy Zavod", "/join/")
    mate = centre.another()
    filled = {"name": "Mate", "password": "a password of mine", "consent": "1"}
    assert mate.post(link, {"name": "", "password": "x"}, page=link).status_code == 422
    assert mate.post(link, filled, page=link).status_code == 302
    assert mate.get(link).status_code == 410
    assert sign_in(mate, "mate@example.org", "a password of mine") == 302
    assert mate.get("/shop/").headers["Location"].endswith("/shop/profile/fill")
