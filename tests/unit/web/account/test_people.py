"""The members of a firm: invited, let in, put in charge."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.models import Organisation, Profile
from matchmaker.services.people import accounts
from tests.support.browser import text
from tests.support.small_centre import (
    EDITOR,
    FRESH,
    OPERATOR,
    Centre,
    enter,
    firm_key,
    make,
    path_in,
    role_of,
    small_centre,
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def test_a_chief_lets_a_colleague_manage_and_takes_its_role(centre: Centre) -> None:
    make(centre, "chief@example.org", "supplier_editor", chief=True)
    chief = enter(centre, "chief@example.org")
    editor = enter(centre, EDITOR)
    assert editor.get("/account/people").status_code == 403
    number = role_of(centre, EDITOR)
    assert chief.post(f"/account/people/{number}/chief", {"chief": "yes"}).status_code == 302
    assert editor.get("/account/people").status_code == 200
    own = role_of(centre, "chief@example.org")
    assert chief.post(f"/account/people/{own}/end").status_code == 403
    assert chief.post(f"/account/people/{number}/end").status_code == 302
    assert editor.get("/account").status_code == 302
    assert "none yet" not in text(enter(centre, EDITOR).get("/account"))
    assert [mail.recipient for mail in centre.mails("Your rights were changed")] == [EDITOR]


def test_an_operator_asks_the_first_person_of_a_firm_in_once(centre: Centre) -> None:
    browser = enter(centre, OPERATOR)
    page = f"/account/people/of/{firm_key(centre)}"
    once = re.search(r'name="once" value="([0-9a-f]+)"', text(browser.get(page)))
    assert once
    form = {"email": "owner@example.org", "role": "supplier_editor", "organisation": firm_key(centre)}
    for _ in range(2):
        assert browser.post("/account/people", form | {"once": once[1]}, page=page).status_code == 302
    assert len(centre.mails("Join")) == 1
    link = path_in(centre, "Join", "/join/")
    newcomer = centre.another()
    without = newcomer.post(link, {"name": "Owner", "password": FRESH}, page=link)
    assert (without.status_code, "Without your consent" in text(without)) == (422, True)
    filled = {"name": "Owner", "password": FRESH, "consent": "1"}
    assert newcomer.post(link, filled, page=link).status_code == 302
    with centre.application.sessions() as session:
        owner = accounts.by_email(session, "owner@example.org")
        assert owner.memberships[0].chief
        assert set(owner.consents) == {"text", "language", "at"}


def test_an_invitation_is_worth_as_much_as_who_sent_it(centre: Centre) -> None:
    make(centre, "boss@example.org", "centre_administrator")
    form = {"email": "second@example.org", "role": "centre_administrator"}
    # An operator gives no role above its own.
    assert enter(centre, OPERATOR).post("/people/", form, page="/people/").status_code == 422
    boss = enter(centre, "boss@example.org")
    assert boss.post("/people/", form, page="/people/").status_code == 302
    link = path_in(centre, "Join", "/join/")
    assert centre.another().get(link).status_code == 200
    with centre.application.sessions.begin() as session:
        accounts.by_email(session, "boss@example.org").active = False
    assert centre.another().get(link).status_code == 410


def test_an_operator_finds_the_people_of_a_firm_from_its_profile(centre: Centre) -> None:
    with centre.application.sessions() as session:
        shop = session.scalars(select(Organisation).where(~Organisation.is_contractor)).one()
        key = session.scalars(select(Profile.public_id).where(Profile.organisation_id == shop.id)).one()
    where = f"/account/people/of/{shop.public_id}"
    assert where in text(enter(centre, OPERATOR).get(f"/suppliers/{key}"))
    assert where not in text(enter(centre, EDITOR).get(f"/suppliers/{key}"))


def test_a_refused_person_may_ask_again(centre: Centre) -> None:
    with centre.application.sessions.begin() as session:
        session.scalars(select(Organisation).where(~Organisation.is_contractor)).one().inn = "7707083893"
    asking, page = enter(centre, OPERATOR), "/account/join"
    make(centre, "second@example.org", "operator")
    form = {"inn": "7707083893", "organisation": "Whatever", "role": "supplier_editor"}
    asking.post(page, form, page=page)
    with centre.application.sessions() as session:
        number = next(
            one.id for one in accounts.by_email(session, OPERATOR).memberships if one.state == "asked"
        )
    other = enter(centre, "second@example.org")
    assert other.post(f"/account/people/{number}", {"answer": "refuse"}).status_code == 302
    asking.post(page, form, page=page)
    assert other.post(f"/account/people/{number}", {"answer": "accept"}).status_code == 302
    assert asking.get("/shop/").status_code in {200, 302}
