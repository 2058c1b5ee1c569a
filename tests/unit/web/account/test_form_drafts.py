"""What is being typed is kept by the site for its person alone, until it is sent, and within bounds."""

from datetime import timedelta

from sqlalchemy import select

from matchmaker.models import TypedText
from matchmaker.models.base import now
from matchmaker.services.extraction import form_drafts
from matchmaker.wiring import Application
from tests.support.browser import Browser

KEEP, PAGE = "/account/typed", "/shop/profile/basics"


def keep(browser: Browser, typed: str, page: str = PAGE) -> int:
    return int(browser.post(KEEP, {"page": page, "given": "[]", "typed": typed}).status_code)


def kept(browser: Browser, page: str = PAGE) -> dict[str, str]:
    return dict(browser.get(f"{KEEP}?page={page}").get_json())


def test_only_the_person_gets_it_back_until_it_is_sent(supplier: Browser, buyer: Browser) -> None:
    assert kept(supplier) == {}
    assert keep(supplier, '["half a thought"]') == 204
    assert kept(supplier) == {"given": "[]", "typed": '["half a thought"]'}
    assert kept(buyer) == {}
    assert keep(supplier, "") == 204
    assert kept(supplier) == {}


def test_it_is_bounded_and_grows_old(supplier: Browser, product: Application) -> None:
    assert keep(supplier, "x" * 300_000) == 422
    assert keep(supplier, "x", page="no path") == 422
    assert keep(supplier, "x", page="/" + "x" * 300) == 422
    for number in range(form_drafts.MOST + 2):
        assert keep(supplier, "x", page=f"/needs/{number}/edit") == 204
    assert kept(supplier, "/needs/0/edit") == {}
    with product.sessions.begin() as session:
        rows = session.scalars(select(TypedText)).all()
        assert len(rows) == form_drafts.MOST
        for row in rows:
            row.at = now() - timedelta(days=31)
    assert kept(supplier, "/needs/9/edit") == {}
    with product.sessions.begin() as session:
        form_drafts.forget_old(session)
        assert session.scalar(select(TypedText)) is None
