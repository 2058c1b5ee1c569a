"""Guessing is stopped by account, by machine and for the site, and the owner still enters on a known device."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
import time_machine
from sqlalchemy import delete

from matchmaker.models import RateLimit
from matchmaker.models.base import now
from matchmaker.services.people import accounts, guesses, passwords
from tests.support.browser import Browser, text
from tests.support.small_centre import (
    EDITOR,
    FRESH,
    OPERATOR,
    PASSWORD,
    Centre,
    change_password,
    enter,
    small_centre,
)


@pytest.fixture(scope="module")
def shared_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with small_centre(tmp_path_factory.mktemp("centre")) as made:
        yield made


@pytest.fixture
def centre(shared_centre: Centre) -> Centre:
    """A centre where nobody has guessed yet."""
    with shared_centre.application.sessions.begin() as session:
        session.execute(delete(RateLimit))
    return Centre(shared_centre.application, shared_centre.another())


@pytest.fixture
def own_centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(now(), tick=False) as made:
        yield made


def guess(browser: Browser, email: str, password: str = "wrong password", address: str = "192.0.2.7"):  # type: ignore[no-untyped-def]
    data = {"csrf_token": browser.token(), "email": email, "password": password}
    return browser.client.post(
        "/login", data=data, headers=browser.headers, environ_base={"REMOTE_ADDR": address}
    )


def test_the_eleventh_guess_is_told_when_to_return(centre: Centre, clock: time_machine.Traveller) -> None:
    thief = centre.another()
    assert [guess(thief, EDITOR).status_code for _ in range(10)] == [401] * 10
    refused = guess(thief, EDITOR, PASSWORD)
    assert refused.status_code == 429
    assert "Too many wrong passwords" in text(refused)
    seconds = int(refused.headers["Retry-After"])
    clock.shift(timedelta(seconds=seconds - 1))
    assert guess(thief, EDITOR, PASSWORD).status_code == 429
    clock.shift(timedelta(seconds=1))
    assert guess(thief, EDITOR, PASSWORD).status_code == 302
    assert [guess(centre.another(), EDITOR).status_code for _ in range(11)] == [401] * 10 + [429]


def test_an_unknown_account_is_limited_alike(centre: Centre) -> None:
    thief = centre.another()
    assert [guess(thief, "no@example.org").status_code for _ in range(11)] == [401] * 10 + [429]


def test_one_password_for_sixty_accounts_is_stopped_at_the_machine(centre: Centre) -> None:
    thief = centre.another()
    answers = [guess(thief, f"person{number}@example.org").status_code for number in range(60)]
    assert answers == [401] * guesses.MACHINE.most + [429] * (60 - guesses.MACHINE.most)
    assert guess(centre.another(), EDITOR, PASSWORD, "192.0.2.8").status_code == 302


def test_a_network_of_the_new_addresses_is_one_machine(centre: Centre) -> None:
    thief = centre.another()
    answers = [
        guess(thief, f"person{number}@example.org", address=f"2001:db8::{number + 1:x}").status_code
        for number in range(guesses.MACHINE.most + 1)
    ]
    assert answers[-1] == 429


def test_the_owner_enters_on_a_known_device_while_others_attack(centre: Centre) -> None:
    enter(centre, EDITOR)
    own = enter(centre, EDITOR)
    own.post("/logout")
    thief = centre.another()
    answers = [
        guess(thief, EDITOR, address=f"192.0.2.{number}").status_code
        for number in range(guesses.ACCOUNT.most + 5)
    ]
    assert answers == [401] * guesses.ACCOUNT.most + [429] * 5
    assert guess(centre.another(), EDITOR, PASSWORD, "198.51.100.1").status_code == 429
    assert guess(own, EDITOR, PASSWORD, "192.0.2.7").status_code == 302


def test_a_known_device_has_a_limit_of_its_own_and_is_known_for_its_owner_alone(centre: Centre) -> None:
    own = enter(centre, EDITOR)
    own.post("/logout")
    assert [guess(own, EDITOR).status_code for _ in range(11)] == [401] * 10 + [429]
    assert [guess(own, OPERATOR).status_code for _ in range(11)] == [401] * 10 + [429]
    assert guess(centre.another(), EDITOR, PASSWORD).status_code == 302  # these counted for nobody else
    assert guess(centre.another(), OPERATOR, PASSWORD).status_code == 429  # and these did


def test_a_device_is_strange_again_after_another_password(own_centre: Centre) -> None:
    lost, own = enter(own_centre, EDITOR), enter(own_centre, EDITOR)
    change_password(own_centre, own)
    for number in range(guesses.ACCOUNT.most):
        guess(own_centre.another(), EDITOR, address=f"192.0.2.{number}")
    assert guess(lost, EDITOR, FRESH).status_code == 429
    own.post("/logout")
    assert guess(own, EDITOR, FRESH).status_code == 302


def test_codes_are_limited_for_all_machines_together(
    own_centre: Centre, clock: time_machine.Traveller
) -> None:
    secret = pyotp.random_base32()
    with own_centre.application.sessions.begin() as session:
        accounts.by_email(session, EDITOR).totp_secret = secret
    answers = []
    for number in range(11):
        thief = own_centre.another()
        assert guess(thief, EDITOR, PASSWORD, f"192.0.2.{number}").status_code == 302
        answers.append(thief.post("/login/code", {"code": "000000"}, page="/login/code").status_code)
    assert answers == [401] * 10 + [429]


def test_a_password_asked_for_again_is_limited_for_its_person_alone(centre: Centre) -> None:
    browser, form = enter(centre, EDITOR), {"current": "wrong password", "password": FRESH}
    answers = [
        browser.post("/account/password", form, page="/account/password").status_code for _ in range(11)
    ]
    assert answers == [422] * 10 + [429]
    assert enter(centre, EDITOR).get("/account").status_code == 200


def test_right_passwords_at_once_are_no_guesses(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    browsers, form = [enter(centre, EDITOR) for _ in range(4)], {"email": "e@x.example", "current": PASSWORD}
    sent = [{**form, "csrf_token": browser.token("/account/email")} for browser in browsers]
    answers, start = list[int](), threading.Barrier(len(browsers))

    def slowly(_kept: str, _password: str) -> bool:
        time.sleep(0.05)  # so that all are under way
        return True

    def press(browser: Browser, data: dict[str, str]) -> None:
        start.wait()
        answers.append(browser.client.post("/account/email", data=data, headers=browser.headers).status_code)

    monkeypatch.setattr(guesses, "SIGNED_IN", replace(guesses.SIGNED_IN, most=2))
    monkeypatch.setattr(passwords, "verify", slowly)
    presses = [threading.Thread(target=press, args=one) for one in zip(browsers, sent, strict=True)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert answers == [302] * len(browsers)


def test_letters_and_registrations_are_limited(centre: Centre) -> None:
    asked = [
        centre.browser.post("/password", {"email": email}, page="/password").status_code
        for email in [EDITOR] * 6 + ["nobody@example.org"] * 6
    ]
    assert asked == ([200] * 5 + [429]) * 2
    form = {"name": "Somebody", "password": "long-enough-password", "consent": "1"}
    answers = [
        centre.browser.post("/register", form | {"email": f"new{number}@example.org"}).status_code
        for number in range(guesses.PEOPLE_AT_MACHINE.most + 1)
    ]
    assert answers == [302] * guesses.PEOPLE_AT_MACHINE.most + [429]


def test_a_password_longer_than_any_is_refused_before_it_is_hashed(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.services.people.passwords._turn", None)
    assert guess(centre.browser, EDITOR, "x" * 129).status_code == 422
    form = {"name": "Somebody", "email": "new@example.org", "password": "x" * 129, "consent": "1"}
    answer = centre.browser.post("/register", form)
    assert (answer.status_code, "at most 128" in text(answer)) == (422, True)


def test_without_the_store_nobody_guesses(own_centre: Centre) -> None:
    with own_centre.application.sessions.begin() as session:
        session.connection().exec_driver_sql("DROP TABLE rate_limit")
    for answer in (
        guess(own_centre.browser, EDITOR, PASSWORD),
        own_centre.browser.post("/password", {"email": EDITOR}, page="/password"),
    ):
        assert (
            answer.status_code >= 500
        )  # closed: a lost table is a fault of the site, one that is away is 503
