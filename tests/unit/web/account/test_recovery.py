"""Registering, confirming, new passwords, the second factor, joining an organisation, limits on guessing."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from sqlalchemy import func, select

from matchmaker.models import LoginFailure, Membership, Organisation, User, UserSession
from matchmaker.models.base import now
from matchmaker.services.people import rate_limits
from matchmaker.worker import Worker
from tests.support.browser import Browser, text
from tests.support.small_centre import PASSWORD, Centre, small_centre

EDITOR = "editor@example.org"
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


def path_in(centre: Centre, words: str, prefix: str) -> str:
    mail = centre.mails(words)[-1]
    return next(path for path in centre.links(mail) if path.startswith(prefix))


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


def test_the_eleventh_guess_is_told_when_to_return(centre: Centre) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(rate_limits.MOST):
            assert sign_in(centre.browser, EDITOR, "wrong password") == 401
            clock.shift(timedelta(seconds=1))
        page = centre.browser.post("/login", {"email": EDITOR, "password": PASSWORD})
        assert page.status_code == 429
        assert page.headers["Retry-After"] == "290"
        clock.shift(timedelta(seconds=289))
        assert sign_in(centre.browser, EDITOR) == 429
        clock.shift(timedelta(seconds=2))
        assert sign_in(centre.browser, EDITOR) == 302
    with centre.application.sessions() as session:
        assert session.scalar(select(func.count(LoginFailure.id))) == 0


def test_guessing_from_elsewhere_does_not_lock_the_owner_out(centre: Centre) -> None:
    thief = centre.another()
    for _ in range(rate_limits.MOST + 1):
        data = {"csrf_token": thief.token(), "email": EDITOR, "password": "wrong password"}
        answer = thief.client.post("/login", data=data, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == 429
    assert sign_in(centre.browser, EDITOR) == 302


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
    centre.another().post("/register", firm("Novy Zavod", "5024051564"))
    chief = centre.another()
    assert sign_in(chief, NEW["email"], NEW["password"]) == 302
    assert chief.get("/shop/").headers["Location"].endswith("/shop/profile/")
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
    assert mate.get("/shop/").headers["Location"].endswith("/shop/profile/")


def test_letters_can_be_chosen(centre: Centre) -> None:
    sign_in(centre.browser, EDITOR)
    assert centre.browser.post("/account/mails", {"new_message": "1"}, page="/account").status_code == 302
    with centre.application.sessions() as session:
        kept = session.scalars(select(User).where(User.email == EDITOR)).one().preferences["mails"]
    assert kept["new_message"] is True
    assert kept["digest"] is False


def test_a_session_row_is_made_only_after_the_code(centre: Centre) -> None:
    enrolled(centre)
    with centre.application.sessions() as session:
        before = session.scalar(select(func.count(UserSession.id)))
    sign_in(centre.another(), EDITOR)
    with centre.application.sessions() as session:
        assert session.scalar(select(func.count(UserSession.id))) == before
