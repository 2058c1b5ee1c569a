"""Registration, and the choice of e-mails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from matchmaker.models import User
from matchmaker.worker import Worker
from tests.support.browser import Browser
from tests.support.small_centre import EDITOR, PASSWORD, Centre, path_in, small_centre

NEW = {
    "email": "new@example.org",
    "name": "Newcomer",
    "password": "long-enough-password",
    "consent": "1",
}


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def sign_in(browser: Browser, email: str, password: str = PASSWORD) -> int:
    return int(browser.post("/login", {"email": email, "password": password}).status_code)


def test_registering_posts_a_letter_whose_link_confirms_once(centre: Centre) -> None:
    assert centre.browser.post("/register", NEW).status_code == 302
    link = path_in(centre, "Confirm", "/confirm/")
    assert centre.browser.get(link).status_code == 200
    with centre.application.sessions() as session:
        assert session.scalars(select(User.confirmed_at).where(User.email == NEW["email"])).one() is None
    assert centre.browser.post(link, page=link).status_code == 302
    assert centre.browser.get(link).status_code == 410
    assert sign_in(centre.browser, NEW["email"], NEW["password"]) == 302


def test_registering_a_known_address_looks_the_same_and_changes_nothing(centre: Centre) -> None:
    fresh = centre.another().post("/register", NEW)
    known = centre.another().post("/register", NEW | {"email": EDITOR})
    assert (fresh.status_code, fresh.headers["Location"]) == (known.status_code, known.headers["Location"])
    assert sign_in(centre.another(), EDITOR, NEW["password"]) == 401
    Worker(centre.application).work()
    assert [mail.recipient for mail in centre.mails("A new password")] == [EDITOR]


def test_letters_can_be_chosen(centre: Centre) -> None:
    sign_in(centre.browser, EDITOR)
    assert centre.browser.post("/account/mails", {"new_message": "1"}, page="/account").status_code == 302
    with centre.application.sessions() as session:
        kept = session.scalars(select(User).where(User.email == EDITOR)).one().preferences["mails"]
    assert kept["new_message"] is True
    assert kept["digest"] is False
