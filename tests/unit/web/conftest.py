"""A small demo centre behind the real application, made once for all tests of pages; tests do not change what others read."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from matchmaker.cli import demo
from matchmaker.models import Organisation, Profile
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.shortlist import match_decisions
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.support.browser import Browser, firms
from tests.support.demo_product import demo_centre, product
from tests.support.routes import app, network_product, world

__all__ = [
    "app",
    "network_product",
    "product",
    "world",
]  # fixtures from the support modules, found here by the tests below


@pytest.fixture(scope="session")
def site(product: Application) -> Flask:
    app = create_app(product)
    app.testing = True
    return app


@pytest.fixture(scope="module")
def own_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """A centre of its own, since these tests change what others read."""
    yield from demo_centre(tmp_path_factory.mktemp("own"), 20)


@pytest.fixture(scope="module")
def own_site(own_product: Application) -> Flask:
    app = create_app(own_product)
    app.testing = True
    return app


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
