"""The search engine is away: pages answer from memory, say so, and lose nothing that was typed."""

import re
from collections.abc import Iterator

import pytest

from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.support.browser import TODAY, Browser, text

NOTICE = "The search index is being mended"


@pytest.fixture
def cut_off(own_product: Application) -> Iterator[Application]:
    """The same centre behind an engine at an address where nobody listens."""
    settings = Settings(
        data=own_product.data,
        engine="elasticsearch",
        elasticsearch_url="http://127.0.0.1:9",
        elasticsearch_timeout=0.2,
        _env_file=None,
    )
    application = Application(settings, clock=lambda: TODAY)
    yield application
    application.close()


@pytest.fixture(autouse=True)
def _a_large_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small one is matched in memory, and misses no engine."""
    monkeypatch.setattr("search.matching.candidates.SMALL_COLLECTION", 0)


def enter(application: Application, role: str = "") -> Browser:
    app = create_app(application)
    app.testing = True
    browser = Browser(app.test_client())
    return browser.sign_in(role) if role else browser


def test_a_profile_is_shown(own_product: Application, cut_off: Application) -> None:
    found = re.search(r'href="(/suppliers/[0-9a-f]{16})"', text(enter(own_product).get("/suppliers")))
    assert found
    assert enter(cut_off).get(found[1]).status_code == 200


def test_a_small_collection_is_matched_as_ever(cut_off: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.matching.candidates.SMALL_COLLECTION", 2_000)
    shown = enter(cut_off).post("/try", {"text": "Shafts in steel 40Kh, 500 pcs"})
    assert shown.status_code == 200
    assert NOTICE not in text(shown)
    assert re.search(r'href="/suppliers/[0-9a-f]{16}"', text(shown))


def test_a_search_keeps_its_words(cut_off: Application) -> None:
    shown = enter(cut_off).get("/suppliers?q=turning")
    assert shown.status_code == 200
    assert NOTICE in text(shown)
    assert 'value="turning"' in text(shown)
    assert "Nobody matches" not in text(shown)


def test_a_tried_text_stays(cut_off: Application) -> None:
    shown = enter(cut_off).post("/try", {"text": "Shafts in steel 40Kh, 500 pcs"})
    assert shown.status_code == 200
    assert NOTICE in text(shown)
    assert "Shafts in steel 40Kh, 500 pcs</textarea>" in text(shown)


def test_a_need_is_posted_and_handed_in(cut_off: Application) -> None:
    buyer = enter(cut_off, "buyer")
    posted = buyer.post("/needs/new", {"text": "Shafts in steel 40Kh"}, page="/needs/new")
    assert posted.status_code == 302
    address = posted.headers["Location"].partition("#")[0]
    shown = text(buyer.get(address))
    assert NOTICE in shown
    assert "Shafts in steel 40Kh" in shown
    assert buyer.post(f"{address}/move", {"state": "submitted"}, page=address).status_code == 302
    assert buyer.get("/searches/").status_code == 200
