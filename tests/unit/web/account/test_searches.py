import re

from sqlalchemy import update

from matchmaker.models import SavedSearch
from matchmaker.models.base import now
from matchmaker.wiring import Application
from tests.support.browser import Browser, text


def test_a_search_is_kept_looked_at_and_deleted(buyer: Browser, product: Application) -> None:
    page = "/suppliers?q=токарная+обработка&level=certified"
    query = re.search(r'name="query" value="([^"]+)"', text(buyer.get(page)))[1]  # type: ignore[index]
    saved = buyer.post("/searches/", {"name": "Токари", "query": query.replace("&amp;", "&")}, page=page)
    assert saved.headers["Location"] == "/searches/"
    listed = text(buyer.get("/searches/"))
    assert "Токари" in listed
    assert 'class="badge fresh"' not in listed
    with product.sessions.begin() as session:
        session.execute(update(SavedSearch).values(looked_at=now().replace(year=2020)))
    listed = text(buyer.get("/searches/"))
    assert re.search(r'class="badge fresh">\d+ new', listed)
    key = re.search(r"/searches/([0-9a-f]{16})/look", listed)[1]  # type: ignore[index]
    answer = buyer.post(f"/searches/{key}/look", page="/searches/")
    assert "level=certified" in answer.headers["Location"]
    assert 'class="badge fresh"' not in text(buyer.get("/searches/"))
    buyer.post(f"/searches/{key}/delete", page="/searches/")
    assert "No saved searches yet" in text(buyer.get("/searches/"))


def test_nobody_touches_another_s_search(buyer: Browser, supplier: Browser, browser: Browser) -> None:
    buyer.post("/searches/", {"name": "Моё", "query": "q=литьё"}, page="/suppliers?q=литьё")
    key = re.search(r"/searches/([0-9a-f]{16})/look", text(buyer.get("/searches/")))[1]  # type: ignore[index]
    for act in ("look", "delete"):
        assert supplier.post(f"/searches/{key}/{act}", page="/searches/").status_code == 404
        assert browser.post(f"/searches/{key}/{act}", page="/login").status_code == 401
    assert "Моё" in text(buyer.get("/searches/"))


def test_an_empty_search_is_told_so(buyer: Browser) -> None:
    answer = buyer.post("/searches/", {"name": "Пусто", "query": "page=2"}, page="/account")
    assert answer.status_code == 422
    assert "Search for something first" in text(answer)
    assert 'value="Пусто"' in text(answer)


def test_without_an_account_nothing_can_be_kept(browser: Browser) -> None:
    assert "Saved searches" not in text(browser.get("/suppliers?q=литьё"))
    assert browser.get("/searches/").status_code == 302
