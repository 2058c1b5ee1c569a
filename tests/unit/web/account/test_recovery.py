"""A new password by e-mail: nobody learns who has an account, and the link counts once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from matchmaker.models.base import now
from matchmaker.worker import Worker
from tests.support.browser import Browser, text
from tests.support.small_centre import EDITOR, PASSWORD, Centre, path_in, small_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def sign_in(browser: Browser, email: str, password: str = PASSWORD) -> int:
    return int(browser.post("/login", {"email": email, "password": password}).status_code)


def test_asking_for_a_password_tells_nobody_who_has_an_account(centre: Centre) -> None:
    known = centre.browser.post("/password", {"email": EDITOR}, page="/password")
    unknown = centre.browser.post("/password", {"email": "nobody@example.org"}, page="/password")
    assert known.status_code == unknown.status_code == 200
    assert text(known).replace(EDITOR, "") == text(unknown).replace("nobody@example.org", "")
    Worker(centre.application).work()
    assert [mail.recipient for mail in centre.mails("A new password")] == [EDITOR]


def reset_link(centre: Centre) -> str:
    centre.browser.post("/password", {"email": EDITOR}, page="/password")
    Worker(centre.application).work()
    return path_in(centre, "A new password", "/password/")


def test_a_new_password_ends_all_sessions_and_its_link(centre: Centre) -> None:
    there = centre.another()
    assert sign_in(there, EDITOR) == 302
    first, second = reset_link(centre), reset_link(centre)
    short = centre.browser.post(first, {"password": "short"}, page=first)
    assert short.status_code == 422
    assert "at least 10" in text(short)
    assert centre.browser.post(first, {"password": "another long one"}, page=first).status_code == 302
    assert there.get("/account").status_code == 302
    assert centre.browser.get(first).status_code == centre.browser.get(second).status_code == 410
    assert sign_in(centre.another(), EDITOR) == 401
    assert sign_in(centre.another(), EDITOR, "another long one") == 302


def test_a_link_for_a_password_is_over_after_an_hour(centre: Centre) -> None:
    link = reset_link(centre)
    with time_machine.travel(now() + timedelta(minutes=61), tick=False):
        assert centre.browser.get(link).status_code == 410
    assert centre.browser.get(link + "x").status_code == 404
