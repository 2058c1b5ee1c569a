"""The second factor: codes, recovery codes, and centres that require it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from sqlalchemy import func, select

from matchmaker.models import UserSession
from matchmaker.models.base import now
from tests.support.browser import Browser, text
from tests.support.small_centre import EDITOR, PASSWORD, Centre, small_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def sign_in(browser: Browser, email: str, password: str = PASSWORD) -> int:
    return int(browser.post("/login", {"email": email, "password": password}).status_code)


def enrolled(centre: Centre) -> tuple[str, list[str]]:
    assert sign_in(centre.browser, EDITOR) == 302
    page = text(centre.browser.get("/account/second-factor"))
    assert "data:image/svg+xml" in page
    (secret,) = re.findall(r"<code>([A-Z2-7]{32})</code>", page)
    wrong = centre.browser.post("/account/second-factor", {"code": "000000x"}, page="/account/second-factor")
    assert wrong.status_code == 422
    code = pyotp.TOTP(secret).now()
    done = centre.browser.post("/account/second-factor", {"code": code}, page="/account/second-factor")
    return secret, re.findall(r"<code>([0-9a-f]{10})</code>", text(done))


def test_the_second_factor_is_asked_for_and_a_code_counts_once(centre: Centre) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        secret, recovery = enrolled(centre)
        assert len(recovery) == 10
        other = centre.another()
        answer = other.post("/login", {"email": EDITOR, "password": PASSWORD})
        assert answer.headers["Location"].endswith("/login/code")
        assert other.get("/account").status_code == 302
        used = pyotp.TOTP(secret).now()
        assert other.post("/login/code", {"code": used}, page="/login/code").status_code == 401
        clock.shift(timedelta(seconds=30))
        fresh = pyotp.TOTP(secret).now()
        assert other.post("/login/code", {"code": fresh}, page="/login/code").status_code == 302
        assert other.get("/account").status_code == 200


def test_a_recovery_code_lets_in_once(centre: Centre) -> None:
    _, recovery = enrolled(centre)
    for expected in (302, 401):
        other = centre.another()
        sign_in(other, EDITOR)
        assert other.post("/login/code", {"code": recovery[0]}, page="/login/code").status_code == expected


def test_turning_the_second_factor_off_needs_the_password(centre: Centre) -> None:
    enrolled(centre)
    off, page = "/account/second-factor/off", "/account/second-factor"
    assert centre.browser.post(off, {"password": "wrong password"}, page=page).status_code == 422
    assert centre.browser.post(off, {"password": PASSWORD}, page=page).status_code == 302
    assert sign_in(centre.another(), EDITOR) == 302


def test_operators_can_only_turn_it_on_where_the_settings_ask_for_it(tmp_path: Path) -> None:
    with small_centre(tmp_path, require_totp=True) as centre:
        assert sign_in(centre.browser, "operator@example.org") == 302
        assert centre.browser.get("/work/").status_code == 403
        assert "asks operators for a second factor" in text(centre.browser.get("/account"))
        assert sign_in(centre.another(), EDITOR) == 302


def test_a_session_row_is_made_only_after_the_code(centre: Centre) -> None:
    enrolled(centre)
    with centre.application.sessions() as session:
        before = session.scalar(select(func.count(UserSession.id)))
    sign_in(centre.another(), EDITOR)
    with centre.application.sessions() as session:
        assert session.scalar(select(func.count(UserSession.id))) == before
