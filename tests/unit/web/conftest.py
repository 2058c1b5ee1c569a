"""A small demo centre behind the real application, made once for all tests of pages; tests do not change what others read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from matchmaker.cli import demo
from matchmaker.services import demo as generator
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application

TODAY = date(2026, 11, 23)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    folder: Path = tmp_path_factory.mktemp("centre")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(generator, "SUPPLIERS", 60)
        application = Application(Settings(data=folder, _env_file=None), clock=lambda: TODAY)
        demo.load(application)
    yield application
    application.close()


@pytest.fixture(scope="session")
def site(product: Application) -> Flask:
    app = create_app(product)
    app.testing = True
    return app


@pytest.fixture(scope="module")
def own_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A centre of its own, since these tests change what others read."""
    folder: Path = tmp_path_factory.mktemp("own")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(generator, "SUPPLIERS", 20)
        application = Application(Settings(data=folder, _env_file=None), clock=lambda: TODAY)
        demo.load(application)
    yield application
    application.close()


@pytest.fixture(scope="module")
def own_site(own_product: Application) -> Flask:
    app = create_app(own_product)
    app.testing = True
    return app


class Browser:
    """A client that fills in the form's token and stays in one language."""

    def __init__(self, client: FlaskClient, language: str = "en") -> None:
        self.client = client
        self.headers = {"Accept-Language": language}

    def get(self, address: str):  # type: ignore[no-untyped-def]
        return self.client.get(address, headers=self.headers)

    def token(self, address: str = "/login") -> str:
        found = _TOKEN.search(self.get(address).get_data(as_text=True))
        assert found, f"no form at {address}"
        return found[1]

    def post(self, address: str, data: dict[str, str] | None = None, page: str | None = None):  # type: ignore[no-untyped-def]
        """Post a form found on `page` (the address itself by default)."""
        filled = {"csrf_token": self.token(page or "/"), **(data or {})}
        return self.client.post(address, data=filled, headers=self.headers)

    def sign_in(self, role: str) -> "Browser":
        answer = self.post("/login", {"email": f"{role}@demo-centre.example", "password": demo.PASSWORD})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return self


def text(answer) -> str:  # type: ignore[no-untyped-def]
    """The page that came."""
    return str(answer.get_data(as_text=True))


@contextmanager
def statements(product: Application) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    found: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    event.listen(product.sessions.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(product.sessions.engine, "before_cursor_execute", note)


@pytest.fixture
def browser(site: Flask) -> Browser:
    return Browser(site.test_client())


@pytest.fixture
def buyer(site: Flask) -> Browser:
    return Browser(site.test_client()).sign_in("buyer")


@pytest.fixture
def operator(site: Flask) -> Browser:
    return Browser(site.test_client()).sign_in("operator")


@pytest.fixture
def supplier(site: Flask) -> Browser:
    return Browser(site.test_client()).sign_in("supplier")


@pytest.fixture
def shop(own_site: Flask) -> Browser:
    """A supplier whose changes nobody else reads."""
    return Browser(own_site.test_client()).sign_in("supplier")


@pytest.fixture
def plant(own_site: Flask) -> Browser:
    """A contractor whose changes nobody else reads."""
    return Browser(own_site.test_client()).sign_in("buyer")


@pytest.fixture
def stranger(own_site: Flask) -> Browser:
    return Browser(own_site.test_client())
