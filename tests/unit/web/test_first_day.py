"""A centre without any data: its pages say what to do next, and name everything in words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text as statement

from matchmaker.cli import demo
from matchmaker.domain.lifecycle import NeedState
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.support.browser import TODAY, Browser, text


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("empty")
    application = Application(Settings(data=folder, _env_file=None), clock=lambda: TODAY)
    with application.sessions.begin() as session:
        person = accounts.AccountDetails(
            "operator@demo-centre.example", "O", demo.PASSWORD, "en", confirmed=True
        )
        user = accounts.create_user(session, person, by="test")
        centre = needs.centre_of(session, application.settings.centre)
        accounts.grant(session, user, "operator", by="test", centre=centre)
    app = create_app(application)
    app.testing = True
    yield app
    application.close()


def test_a_stranger_is_told_how_to_begin(empty: Flask) -> None:
    stranger = Browser(empty.test_client())
    home = text(stranger.get("/"))
    assert "There are no suppliers yet." in home
    assert 'href="/register?role=supplier_editor"' in home
    assert "No supplier has given a location yet." in text(stranger.get("/map"))


def test_the_operator_is_led_to_the_first_list(empty: Flask) -> None:
    operator = Browser(empty.test_client()).sign_in("operator")
    assert 'href="/work/imports/"' in text(operator.get("/"))
    desk = text(operator.get("/work/"))
    assert "Nothing is waiting. Enter a need, or import a list" in desk
    certificates = text(operator.get("/work/certificates"))
    assert "No certificate expires within 180 days." in certificates
    assert "<table" not in certificates


def test_every_state_of_a_need_has_words(empty: Flask) -> None:
    operator = Browser(empty.test_client()).sign_in("operator")
    shown = text(operator.get("/needs/"))
    for state in NeedState:
        label = re.search(rf'<option value="{state.value}">([^<]+)<', shown)
        assert label, state
        assert label[1] != state.value


def test_who_is_signed_in_gets_a_page_when_the_database_is_away(tmp_path: Path) -> None:
    application = Application(Settings(data=tmp_path, _env_file=None), clock=lambda: TODAY)
    with application.sessions.begin() as session:
        person = accounts.AccountDetails(
            "centre@demo-centre.example", "C", demo.PASSWORD, "en", confirmed=True
        )
        accounts.create_user(session, person, by="test")
    app = create_app(application)
    reader = Browser(app.test_client()).sign_in("centre")
    with application.sessions.begin() as session:
        session.execute(statement("ALTER TABLE user_session RENAME TO gone"))
    for address in ("/", "/account"):
        answer = reader.get(address)
        assert answer.status_code == 500, address
        assert "Something went wrong on our side" in text(answer)
    application.close()
