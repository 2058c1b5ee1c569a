"""A small demo centre behind the real application, made once for all tests of pages; tests do not change what others read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from matchmaker.cli import demo
from matchmaker.models import Organisation, Profile
from matchmaker.services.imports import demo as generator
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.shortlist import match_decisions
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application

TODAY = date(2026, 11, 23)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def _demo_centre(folder: Path, count: int) -> Iterator[Application]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(generator, "SUPPLIERS", count)
        application = Application(Settings(data=folder, _env_file=None), clock=lambda: TODAY)
        demo.load(application)
    yield application
    application.close()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    yield from _demo_centre(tmp_path_factory.mktemp("centre"), 60)


@pytest.fixture(scope="session")
def site(product: Application) -> Flask:
    app = create_app(product)
    app.testing = True
    return app


@pytest.fixture(scope="module")
def own_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A centre of its own, since these tests change what others read."""
    yield from _demo_centre(tmp_path_factory.mktemp("own"), 20)


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


@pytest.fixture
def centre(own_site: Flask) -> Browser:
    return Browser(own_site.test_client()).sign_in("operator")


@pytest.fixture
def rival(own_product: Application, own_site: Flask) -> Browser:
    """Somebody of another supplier that is invited too."""
    with own_product.sessions.begin() as session:
        if accounts.find(session, "rival@demo-centre.example") is None:
            firm = session.scalars(select(Organisation).join(Profile).order_by(Profile.id.desc())).first()
            assert firm is not None
            person = accounts.AccountDetails(
                "rival@demo-centre.example", "Rival", demo.PASSWORD, confirmed=True
            )
            user = accounts.create_user(session, person, by="test")
            accounts.grant(session, user, "supplier_editor", by="test", organisation=firm)
    return Browser(own_site.test_client()).sign_in("rival")


def firms(application: Application) -> tuple[str, str]:
    """Profiles of the shop and of the rival."""
    with application.sessions() as session:
        user = accounts.by_email(session, "supplier@demo-centre.example")
        own = next(m.organisation for m in user.memberships if m.organisation is not None)
        first = session.scalars(select(Profile).where(Profile.organisation_id == own.id)).one()
        last = session.scalars(select(Profile).order_by(Profile.id.desc())).first()
        assert last is not None
        return first.public_id, last.public_id


@pytest.fixture
def need(plant: Browser, centre: Browser, own_product: Application) -> str:
    """A published need of the buyer with both suppliers invited; its public id."""
    posted = plant.post(
        "/needs/new",
        {"text": "Валы ø45h6 из стали 40Х, токарка, 50 шт.", "title": "Shafts"},
        page="/needs/new",
    )
    key = posted.headers["Location"].rsplit("/", 1)[1]
    with own_product.sessions.begin() as session:
        stored = needs.by_key(session, key)
        for state in ("submitted", "published", "shortlisting"):
            needs.move(session, stored, state, by="test")  # type: ignore[arg-type]
        operator = accounts.by_email(session, "operator@demo-centre.example")
        chosen = []
        for profile in firms(own_product):
            row = session.scalars(select(Profile).where(Profile.public_id == profile)).one()
            chosen.append(match_decisions.add_by_hand(session, stored, row, operator))
        match_decisions.invite(session, chosen, operator)
    return key
