"""One's own account: the name, the password, the address, and the end of sessions and keys."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.models import Organisation
from matchmaker.services.people import accounts, api_keys
from matchmaker.worker import Worker
from tests.support.browser import Browser, text
from tests.support.small_centre import (
    EDITOR,
    FRESH,
    OPERATOR,
    PASSWORD,
    Centre,
    change_password,
    enter,
    firm_key,
    key_of,
    make,
    path_in,
    role_of,
    small_centre,
)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def change_email(centre: Centre, browser: Browser) -> None:
    form = {"current": PASSWORD, "email": "fresh@example.org"}
    assert browser.post("/account/email", form, page="/account/email").status_code == 302
    Worker(centre.application).work()
    link = path_in(centre, "new e-mail", "/account/email/")
    assert browser.post(link, page=link).status_code == 302


def lose_role(centre: Centre, _browser: Browser) -> None:
    where = f"/people/{key_of(centre, EDITOR)}/roles/{role_of(centre, EDITOR)}/end"
    assert enter(centre, OPERATOR).post(where).status_code == 302


def be_closed(centre: Centre, _browser: Browser) -> None:
    assert enter(centre, OPERATOR).post(f"/people/{key_of(centre, EDITOR)}/close").status_code == 302


def firm_blocked(centre: Centre, _browser: Browser) -> None:
    where = f"/account/people/of/{firm_key(centre)}/block"
    assert enter(centre, OPERATOR).post(where, {"blocked": "yes"}).status_code == 302


def end_all(centre: Centre, browser: Browser) -> None:
    assert browser.post("/account/end-all").status_code == 302


@pytest.mark.parametrize(
    "event",
    [change_password, change_email, lose_role, be_closed, firm_blocked, end_all],
    ids=lambda e: e.__name__,
)
def test_a_session_a_remembered_one_and_a_key_die_with(
    centre: Centre, event: Callable[[Centre, Browser], None]
) -> None:
    brief, remembered, acting = (
        enter(centre, EDITOR),
        enter(centre, EDITOR, remember=True),
        enter(centre, EDITOR),
    )
    with centre.application.sessions.begin() as session:
        user = accounts.by_email(session, EDITOR)
        header = {"Authorization": f"Bearer {api_keys.make(session, user, 'test', write=True, days=30)}"}
    program = centre.another()
    assert program.client.get("/api/v1/needs", headers=header).status_code == 200
    event(centre, acting)
    assert brief.get("/account").status_code == 302
    assert remembered.get("/account").status_code == 302
    assert program.client.get("/api/v1/needs", headers=header).status_code == 401


def test_a_session_a_remembered_one_and_a_key_die_with_sign_out(centre: Centre) -> None:
    """Whoever copied the browser's cookie, or a key made there, is refused after the owner signed out."""
    for remember in (False, True):
        browser = enter(centre, EDITOR, remember=remember)
        form = {"name": "test", "scope": "read", "days": str(api_keys.UNTIL_SIGN_OUT)}
        page = text(browser.post("/account/keys/", form, page="/account/keys/"))
        header = {"Authorization": f"Bearer {re.findall(r'mmk_[A-Za-z0-9_-]{43}', page)[0]}"}
        cookie = browser.client.get_cookie("matchmaker")
        assert cookie is not None
        thief = centre.another()
        thief.client.set_cookie("matchmaker", cookie.value)
        assert thief.get("/account").status_code == 200
        assert centre.another().client.get("/api/v1/needs", headers=header).status_code == 200
        assert browser.post("/logout").status_code == 302
        assert thief.get("/account").status_code == 302
        assert browser.get("/account").status_code == 302
        assert centre.another().client.get("/api/v1/needs", headers=header).status_code == 401


def test_who_changes_the_password_stays_signed_in_and_is_told(centre: Centre) -> None:
    browser = enter(centre, EDITOR)
    wrong = browser.post(
        "/account/password", {"current": "wrong", "password": FRESH}, page="/account/password"
    )
    assert wrong.status_code == 422
    assert "The password is wrong" in text(wrong)
    short = browser.post(
        "/account/password", {"current": PASSWORD, "password": "short"}, page="/account/password"
    )
    assert (short.status_code, "at least 10" in text(short)) == (422, True)
    change_password(centre, browser)
    assert browser.get("/account").status_code == 200
    assert [mail.recipient for mail in centre.mails("Your password was changed")] == [EDITOR]
    enter(centre, EDITOR, FRESH)


def test_another_address_counts_once_its_letter_was_followed(centre: Centre) -> None:
    browser = enter(centre, EDITOR)
    page = "/account/email"
    assert browser.post(page, {"current": PASSWORD, "email": "no"}, page=page).status_code == 422
    assert browser.post(page, {"current": PASSWORD, "email": EDITOR}, page=page).status_code == 422
    # An address that somebody else has is answered alike, and nobody is written to.
    known = browser.post(page, {"current": PASSWORD, "email": OPERATOR}, page=page)
    assert known.status_code == 302
    Worker(centre.application).work()
    assert centre.mails("Confirm your new") == []
    change_email(centre, browser)
    link = path_in(centre, "new e-mail", "/account/email/")
    assert centre.another().get(link).status_code == 410
    assert [mail.recipient for mail in centre.mails("address of your account")] == [EDITOR]
    enter(centre, "fresh@example.org")


def test_the_name_is_changed_and_may_not_be_empty(centre: Centre) -> None:
    browser = enter(centre, EDITOR)
    browser.post("/account/name", {"name": "  "}, page="/account")
    assert "<h1>Supplier_Editor</h1>" in text(browser.get("/account"))
    browser.post("/account/name", {"name": "Пётр  Ёжиков"}, page="/account")
    assert '<span lang="ru">Пётр Ёжиков</span>' in text(enter(centre, OPERATOR).get("/people/"))


def test_a_page_seen_is_noted_as_use_of_the_session(centre: Centre) -> None:
    browser = enter(centre, EDITOR)
    page = text(browser.get("/account"))
    assert "This browser" in page
    assert page.count("End this session") == 0
    enter(centre, EDITOR)
    assert text(browser.get("/account")).count("End this session</button>") == 1


def test_a_second_role_is_asked_for_and_nobody_lets_oneself_in(centre: Centre) -> None:
    make(centre, "chief@example.org", "supplier_editor", chief=True)
    with centre.application.sessions.begin() as session:
        shop = session.scalars(select(Organisation).where(~Organisation.is_contractor)).one()
        shop.inn = "7707083893"
    chief, page = enter(centre, "chief@example.org"), "/account/join"
    assert chief.post(page, {"inn": "", "role": "contractor_buyer"}, page=page).status_code == 422
    wrong = chief.post(
        page, {"inn": "7707083894", "organisation": "X", "role": "contractor_buyer"}, page=page
    )
    assert (wrong.status_code, "Check the INN" in text(wrong)) == (422, True)
    form = {"inn": "7707083893", "organisation": "Whatever", "role": "contractor_buyer"}
    for _ in range(2):
        assert chief.post(page, form, page=page).status_code == 302
    assert [mail.recipient for mail in centre.mails("asks to join")] == [OPERATOR]
    with centre.application.sessions() as session:
        (asked,) = (
            one for one in accounts.by_email(session, "chief@example.org").memberships if one.state == "asked"
        )
    decide = f"/account/people/{asked.id}"
    assert chief.post(decide, {"answer": "accept"}, page="/account").status_code == 403
    assert enter(centre, OPERATOR).post(decide, {"answer": "accept"}).status_code == 302
    assert chief.get("/needs/new").status_code == 200
    with centre.application.sessions() as session:
        assert session.scalars(
            select(Organisation.is_contractor).where(Organisation.inn == form["inn"])
        ).one()
