"""Sealed quotes: who writes, opens and accepts one, until when; and what rivals never learn."""

import io
import re
from datetime import UTC, datetime, timedelta
from difflib import unified_diff
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import func, select

from matchmaker.models import Mail, Match, Profile, Quote
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.quotes import quote_deadlines, quotes
from matchmaker.services.shortlist import match_decisions
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.invited import PRICE, award, offers, pdf, quote, sign, thread, upload


def test_a_quote_needs_the_signature_where_there_is_something_to_keep_secret(
    need: str, shop: Browser, plant: Browser
) -> None:
    assert shop.get(f"/needs/{need}/quote").status_code == 200
    assert "Read the agreement" not in text(shop.get(f"/needs/{need}"))
    upload(plant, need, pdf(), "a.pdf")
    assert shop.get(f"/needs/{need}/quote").status_code == 403
    sign(shop, need)
    assert shop.get(f"/needs/{need}/quote").status_code == 200


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"amount": "1,000.50"}, "amount"),
        ({"amount": "1.000,50"}, "amount"),
        ({"amount": "٣٤"}, "amount"),
        ({"amount": "12O0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "9" * 30}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"batches": "many: cheap"}, "batches"),
        ({"lead_time_days": "²"}, "lead_time_days"),
        ({"valid_until": "2020-01-01"}, "valid_until"),
    ],
)
def test_wrong_numbers_come_back_as_typed(need: str, shop: Browser, given: dict[str, str], name: str) -> None:
    sign(shop, need)
    answer = quote(shop, need, **given)
    assert answer.status_code == 422
    page = text(answer)
    assert f'href="#f-{name}"' in page
    assert PRICE in page or "amount" in given


def test_quotes_stay_sealed_until_the_deadline_and_late_ones_are_refused(
    need: str, shop: Browser, plant: Browser, centre: Browser, own_product: Application
) -> None:
    listing = f"/needs/{need}/quotes"
    with own_product.sessions.begin() as session:
        user = accounts.by_email(session, "buyer@demo-centre.example")
        quote_deadlines.set_deadline(
            session, needs.by_key(session, need), datetime.now(UTC) + timedelta(hours=2), user
        )
    sign(shop, need)
    assert quote(shop, need).status_code == 302
    sealed = text(plant.get(listing))
    assert "The quotes are sealed" in sealed
    assert "654.32" not in sealed  # three digits alone may stand in a random key
    assert "Who has answered" not in sealed
    answered = text(centre.get(listing))
    assert "Who has answered" in answered
    assert "654.32" not in answered
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=3), tick=True):
        opened = text(plant.get(listing))
        assert "987,654.32" in opened
        late = quote(shop, need, amount="1")
        assert late.status_code == 409
        assert 'value="1"' in text(late)


def test_a_rival_s_answers_are_the_same_whatever_the_price(
    need: str, shop: Browser, rival: Browser, own_product: Application
) -> None:
    sign(shop, need)
    sign(rival, need)
    addresses = (
        f"/needs/{need}", f"/needs/{need}/quote", f"/needs/{need}/quotes", f"/needs/{need}/drawings", "/shop/",
        "/suppliers", "/needs/", f"/api/v1/needs/{need}/matches",
    )  # fmt: skip
    plain = re.compile(r'name="csrf_token" value="[^"]+"|"request_id":\s*"[^"]+"|40. · [0-9a-f]{16}')

    def seen() -> list[tuple[int, str]]:
        answers = [rival.get(address) for address in addresses]
        return [(answer.status_code, plain.sub("", text(answer))) for answer in answers]

    rival.get("/")  # what was flashed is read
    before = seen()
    assert quote(shop, need).status_code == 302
    for address, one, two in zip(addresses, before, seen(), strict=True):
        assert one == two, "\n".join(unified_diff(one[1].splitlines(), two[1].splitlines(), address))
    assert quote(shop, need, amount="1000000").status_code == 302
    assert seen() == before
    assert before[2][0] == 404
    with own_product.sessions() as session:
        match = session.scalars(select(Match.public_id).join(Quote, Quote.match_id == Match.id)).first()
    form = {"match": str(match), "revision": "1"}
    assert rival.post(f"/needs/{need}/award", form, page="/").status_code in {403, 404}


def quote_again(browser: Browser, address: str):  # type: ignore[no-untyped-def]
    return browser.post(
        address, {"amount": "1", "currency": "RUB", "revision": "1", "do": "submit"}, page="/shop/"
    )


def test_accepting_twice_makes_one_contract_and_refuses_the_rest(
    need: str, shop: Browser, rival: Browser, plant: Browser, own_product: Application
) -> None:
    for browser in (shop, rival):
        sign(browser, need)
        assert quote(browser, need).status_code == 302
    chosen = offers(plant, need)[0]
    for _ in range(2):
        assert award(plant, need, **chosen).status_code == 302
    with own_product.sessions() as session:
        stored = needs.by_key(session, need)
        states = session.scalars(
            select(Quote.state).join(Quote.match).where(Match.need_id == stored.id)
        ).all()
        assert sorted(states) == ["accepted", "refused"]
        assert stored.state == "contracted"
        kinds = [d.kind for d in match_decisions.history(session, stored)]
        assert kinds.count("contracted") == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=True):
        address = f"/needs/{need}/quote"
        (page,) = (text(one) for one in (shop.get(address), rival.get(address)) if one.status_code == 200)
        assert "disabled" in page
        assert 'name="do"' not in page
        late = [quote_again(browser, address) for browser in (shop, rival)]
        assert 409 in {one.status_code for one in late}
        assert "contracted" not in "".join(map(text, late))


def test_both_sides_read_each_other_s_contacts_once_there_is_a_contract(
    need: str, shop: Browser, rival: Browser, plant: Browser, own_product: Application
) -> None:
    for browser in (shop, rival):
        sign(browser, need)
        assert quote(browser, need).status_code == 302
    assert "Contacts: " not in text(plant.get(f"/needs/{need}")) + text(shop.get(f"/needs/{need}"))
    with own_product.sessions() as session:
        keys = {
            found.match.profile.organisation.id: found.match.public_id
            for found in quotes.opened(session, needs.by_key(session, need))
        }
        ours = accounts.by_email(session, "supplier@demo-centre.example").memberships[0].organisation_id
        email = session.scalars(select(Profile.contacts).where(Profile.organisation_id == ours)).one()
        before = session.scalar(select(func.max(Mail.id))) or 0
    assert ours
    assert email
    chosen = next(one for one in offers(plant, need) if one["match"] == keys[ours])
    assert award(plant, need, **chosen).status_code == 302
    assert "Take the contract back" in text(plant.get(f"/needs/{need}"))
    for browser in (shop, rival):
        assert "Contract signed" not in text(browser.get(f"/needs/{need}"))
        assert browser.get(f"/needs/{need}/quote").status_code == 200
        assert "Refused" not in text(browser.get(f"/needs/{need}/quote")) + text(browser.get("/shop/"))
    found = re.search(r'action="(/acts/[0-9a-f]{16}/undo)"', text(plant.get(f"/needs/{need}")))
    assert found
    undo = found[1]
    assert rival.post(undo, page="/").status_code == 404
    for _ in range(2):
        assert plant.post(undo, page=f"/needs/{need}").status_code == 302
    with own_product.sessions() as session:
        assert session.scalar(select(func.max(Mail.id))) in {before, None}
        stored = needs.by_key(session, need)
        assert {found.state for found in quotes.opened(session, stored)} == {"submitted"}
    chosen = next(one for one in offers(plant, need) if one["match"] == keys[ours])
    assert award(plant, need, **chosen).status_code == 302
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=True):
        _both_read_contacts(need, shop, rival, plant, email["email"])
    with own_product.sessions() as session:
        posted = {mail.recipient: mail.text for mail in session.scalars(select(Mail).where(Mail.id > before))}
    assert "buyer@demo-centre.example" in posted["supplier@demo-centre.example"]
    assert email["email"] in posted["buyer@demo-centre.example"]
    told = [words for to, words in posted.items() if "demo-centre" not in to or to.startswith("shop")]
    assert not [words for words in told if "buyer@demo-centre.example" in words]


def _both_read_contacts(need: str, shop: Browser, rival: Browser, plant: Browser, email: str) -> None:
    shown = text(plant.get(f"/needs/{need}"))
    assert "Contacts: " in shown
    assert "Take the contract back" not in shown
    assert email in shown
    shown = text(shop.get(f"/needs/{need}"))
    assert "Contacts: " in shown
    assert "buyer@demo-centre.example" in shown
    shown = text(rival.get(f"/needs/{need}"))
    assert "Contacts: " not in shown
    assert "buyer@demo-centre.example" not in shown


def test_a_withdrawn_quote_is_gone_for_the_contractor(need: str, shop: Browser, plant: Browser) -> None:
    sign(shop, need)
    quote(shop, need)
    shop.post(f"/needs/{need}/quote/withdraw", page=f"/needs/{need}/quote")
    assert "No quotes yet" in text(plant.get(f"/needs/{need}/quotes"))


def test_the_centre_types_in_a_quote_once_and_cannot_read_it_again(
    need: str, shop: Browser, centre: Browser, plant: Browser, own_product: Application
) -> None:
    match = thread(shop, need).rsplit("/", 1)[1]
    page = f"/needs/{need}/matches/{match}/quote"
    assert page in text(centre.get(f"/work/needs/{need}"))
    offer = {"amount": "12 345,60", "currency": "RUB", "lead_time_days": "20", "text": "By letter of Monday"}
    wrong = centre.post(page, {**offer, "amount": "a lot"}, page=page)
    assert wrong.status_code == 422
    assert 'value="a lot"' in text(wrong)
    later = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    plant.post(f"/needs/{need}/quotes/deadline", {"until": later}, page=f"/needs/{need}/quotes")
    assert centre.post(page, offer, page=page).status_code == 302
    assert "12345.60" not in text(centre.get(page))
    assert "stays sealed" in text(centre.get(page))
    assert centre.post(page, {**offer, "amount": "1"}, page=page).status_code == 409
    for reader in (centre, plant):
        assert "By letter of Monday" not in text(reader.get(f"/needs/{need}/quotes"))
    sign(shop, need)
    assert 'value="12345.60"' in text(shop.get(f"/needs/{need}/quote"))
    assert "Центр внёс предложение" in text(shop.get(thread(shop, need)))
    for other in (shop, plant):
        assert other.get(page).status_code in {403, 404}


def test_the_quote_that_a_supplier_has_begun_is_not_typed_over(
    need: str, shop: Browser, centre: Browser
) -> None:
    sign(shop, need)
    own = f"/needs/{need}/quote"
    draft = {"amount": "500", "currency": "RUB", "do": "draft"}
    assert shop.post(own, draft, page=own).status_code == 302
    page = f"/needs/{need}/matches/{thread(shop, need).rsplit('/', 1)[1]}/quote"
    assert centre.post(page, {"amount": "900", "currency": "RUB"}, page=f"/needs/{need}").status_code == 409
    assert 'value="500.00"' in text(shop.get(own))


def offer(browser: Browser, need: str, *papers: tuple[bytes, str], **given: str):  # type: ignore[no-untyped-def]
    """Send a quote with papers."""
    page = f"/needs/{need}/quote"
    form = {"amount": "777", "currency": "RUB", "do": "submit", **given}
    form["file"] = [(io.BytesIO(content), name) for content, name in papers]  # type: ignore[assignment]
    return browser.post(page, form, page=page)


def test_papers_of_a_quote_open_with_it_and_are_taken_away(
    need: str, shop: Browser, rival: Browser, plant: Browser, centre: Browser, own_product: Application
) -> None:
    sign(shop, need)
    sign(rival, need)
    later = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M")
    plant.post(f"/needs/{need}/quotes/deadline", {"until": later}, page=f"/needs/{need}/quotes")
    calculation = pdf()
    papers = ((calculation, "расчёт.pdf"), (calculation + b" ", "terms.pdf"))
    assert offer(shop, need, *papers).status_code == 302
    own = text(shop.get(f"/needs/{need}/quote"))
    first, second = re.findall(r'href="(/needs/quotes/papers/[0-9a-f]+)"', own)
    assert shop.get(first).data == calculation
    assert "%D1%80" in shop.get(first).headers["Content-Disposition"]
    for other in (rival, plant, centre):
        assert other.get(first).status_code == 404
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=7), tick=True):
        for reader in (plant, centre):
            assert first in text(reader.get(f"/needs/{need}/quotes"))
            assert reader.get(first).data == calculation
        assert rival.get(first).status_code == 404
    offer(shop, need, drop=second.rsplit("/", 1)[1])
    assert shop.get(second).status_code == 404
    assert shop.get(first).status_code == 200


@pytest.mark.parametrize(
    ("papers", "problem"),
    [
        ([(b"MZ not a paper", "calculation.pdf")], "This file is none of"),
        ([(b"%PDF-1.4 " + bytes([n]), f"{n}.pdf") for n in range(6)], "at most 5 attachments"),
    ],
)
def test_a_wrong_paper_keeps_what_was_typed_and_saves_nothing(
    need: str, shop: Browser, papers: list[tuple[bytes, str]], problem: str
) -> None:
    sign(shop, need)
    answer = offer(shop, need, *papers, text="Delivery included")
    assert answer.status_code == 422
    assert problem in text(answer)
    assert "Delivery included" in text(answer)
    assert "Delivery included" not in text(shop.get(f"/needs/{need}/quote"))


def test_a_wrong_deadline_has_a_way_out_and_the_quotes_stay_unopened(
    need: str, shop: Browser, rival: Browser, plant: Browser, centre: Browser, own_product: Application
) -> None:
    listing = f"/needs/{need}/quotes"
    today = datetime.now(ZoneInfo(own_product.settings.time_zone))
    slip = today + timedelta(days=170)
    said = plant.post(f"{listing}/deadline", {"until": slip.strftime("%Y-%m-%dT%H:%M")}, page=listing)
    assert f"in {(slip.date() - today.date()).days} days" in text(plant.get(said.location))
    sign(shop, need)
    assert quote(shop, need).status_code == 302
    with own_product.sessions() as session:
        before = session.scalar(select(func.count()).select_from(Mail))
    assert plant.post(f"{listing}/cancel", page=listing).status_code == 302
    with own_product.sessions() as session:
        sent = session.scalars(select(Mail).order_by(Mail.id)).all()[before:]
        assert {one.subject.split(":")[0] for one in sent} <= {
            "The round of quotes is cancelled",
            "Раунд предложений отменён",
        }
        assert len(sent) >= 2, "the rival, who has not quoted, is told as well"
        of_need = select(Quote.state).join(Quote.match).where(Match.need == needs.by_key(session, need))
        assert session.scalars(of_need).all() == ["withdrawn"]
    for browser in (plant, centre):
        shown = text(browser.get(listing))
        assert "654.32" not in shown
        assert "Quoted" not in shown
    assert plant.post(f"{listing}/cancel", page=listing).status_code == 422
    history = text(plant.get(f"/needs/{need}"))
    assert "sealed round of quotes cancelled, unopened" in history
    assert quote(shop, need).status_code == 302  # another round takes it again


def test_a_deadline_is_brought_forward_with_a_word_to_all(
    need: str, shop: Browser, plant: Browser, own_product: Application
) -> None:
    listing = f"/needs/{need}/quotes"
    for days in (100, 3):
        until = (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")
        assert plant.post(f"{listing}/deadline", {"until": until}, page=listing).status_code == 302
    with own_product.sessions() as session:
        last = session.scalars(select(Mail).order_by(Mail.id.desc()).limit(1)).one()
        assert last.subject.startswith(("Another deadline for quotes", "Другой срок предложений"))
