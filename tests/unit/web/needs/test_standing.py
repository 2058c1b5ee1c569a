"""A supplier on a need's page: sees why it fits, asks to be invited, answers its invitation."""

import pytest

from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.shortlist import match_decisions, shortlists
from matchmaker.wiring import Application
from tests.support.browser import Browser

TEXT = "Токарная обработка валов, сталь 40Х, 50 шт."


def text(answer) -> str:  # type: ignore[no-untyped-def]
    return " ".join(str(answer.get_data(as_text=True)).split())


@pytest.fixture
def need(plant: Browser, centre: Browser) -> str:
    """The address of a published need."""
    address = str(plant.post("/needs/new", {"text": TEXT}, page="/needs/new").headers["Location"])
    plant.post(f"{address}/move", {"state": "submitted"})
    centre.post(f"{address}/move", {"state": "published"})
    return address


def test_a_supplier_asks_once_and_the_centre_sees_it_before_the_matcher_forgets_it(
    shop: Browser, centre: Browser, plant: Browser, need: str, own_product: Application
) -> None:
    page = text(shop.get(need))
    assert "What fits and what does not" in page
    for _ in range(2):
        assert shop.post(f"{need}/ask", page=need).status_code == 302
    assert "You asked for an invitation on" in text(shop.get(need))
    work = text(centre.get(f"/work{need}"))
    assert work.count("asks to be invited") == 1
    assert 'class="reasons"' in work
    with own_product.sessions.begin() as session:
        stored = needs.by_key(session, need.rsplit("/", 1)[1])
        shortlists.propose(session, stored, [], ranker="test", by="test")
    assert "asks to be invited" in text(centre.get(f"/work{need}"))
    assert "We are interested" not in text(plant.get(need))


def invite(own_product: Application, shop: Browser, need: str) -> None:
    shop.post(f"{need}/ask", page=need)
    with own_product.sessions.begin() as session:
        stored = needs.by_key(session, need.rsplit("/", 1)[1])
        operator = accounts.by_email(session, "operator@demo-centre.example")
        match_decisions.invite(session, shortlists.of_need(session, stored), operator)


def test_an_invitation_is_answered_on_the_page(
    shop: Browser, centre: Browser, need: str, own_product: Application
) -> None:
    invite(own_product, shop, need)
    assert "You are invited" in text(shop.get(need))
    for _ in range(2):
        assert shop.post(f"{need}/answer", {"answer": "interested"}, page=need).status_code == 302
    assert "Next: send your quote" in text(shop.get(need))
    assert "Your answer: <strong>Interested" in text(shop.get(need))
    assert "Interested: 1" in text(centre.get(f"/work{need}"))
    assert shop.post(f"{need}/answer", {"answer": "no_capacity"}, page=need).status_code == 302
    assert "Your answer: <strong>Declined" in text(shop.get(need))
    assert "Interested: 1" not in text(centre.get(f"/work{need}"))


def test_a_refusal_says_why(shop: Browser, need: str, own_product: Application) -> None:
    invite(own_product, shop, need)
    silent = shop.post(f"{need}/answer", {"answer": "not_ours"}, page=need)
    assert silent.status_code == 422
    assert "Choose why the work is not yours." in text(silent)
    reason = text(silent).split('<select id="f-reason"', 1)[1].split('<option value="')[2].split('"', 1)[0]
    given = {"answer": "not_ours", "reason": reason}
    assert shop.post(f"{need}/answer", given, page=need).status_code == 302
    assert "You are invited" not in text(shop.get(need))


def test_an_answer_without_an_invitation_is_not_taken(shop: Browser, need: str) -> None:
    assert shop.post(f"{need}/answer", {"answer": "interested"}, page=need).status_code == 404
    shop.post(f"{need}/ask", page=need)
    assert shop.post(f"{need}/answer", {"answer": "not_ours"}, page=need).status_code == 404


def test_the_shop_s_page_shows_what_waits_what_goes_on_and_what_is_over(
    shop: Browser, need: str, own_product: Application
) -> None:
    invite(own_product, shop, need)
    page = text(shop.get("/shop/"))
    waiting = page.split('id="invited"', 1)[1].split("</section>", 1)[0]
    assert need in waiting
    assert 'value="interested"' in waiting
    assert 'value="no_capacity"' in waiting
    assert shop.post(f"{need}/answer", {"answer": "interested"}, page="/shop/").status_code == 302
    going = text(shop.get("/shop/")).split('id="going"', 1)[1].split("</section>", 1)[0]
    assert f'href="{need}/quote"' in going
    signed = {"agree": "yes"}
    assert shop.post(f"{need}/nda", signed, page=f"{need}/nda").status_code == 302
    offer = {"amount": "125000,50", "currency": "RUB", "do": "draft"}
    assert shop.post(f"{need}/quote", offer, page=f"{need}/quote").status_code == 302
    going = text(shop.get("/shop/")).split('id="going"', 1)[1].split("</section>", 1)[0]
    assert "Finish the quote" in going
    assert "quote: draft" in going
    assert "125,000.50" in going
    with own_product.sessions.begin() as session:
        stored = needs.by_key(session, need.rsplit("/", 1)[1])
        stored.state = "closed"
    page = text(shop.get("/shop/"))
    assert need in page.split("over for us", 1)[1]
    assert need not in page.split("over for us", 1)[0]
