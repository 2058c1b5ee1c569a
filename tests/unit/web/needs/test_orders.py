"""An order through its pages: from the award to the last piece, for the shop, the plant and the centre; a rival meets nothing."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from matchmaker.domain.lifecycle import MembershipState, OrderState
from matchmaker.domain.records import PositionRecord
from matchmaker.models import Centre, Membership, OrderEntry, Organisation, PurchaseOrder
from matchmaker.services.needs import needs
from matchmaker.services.quotes import award_plans, quotes
from matchmaker.services.quotes.position_prices import AskedPosition
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.invited import award

PLATE, BRACKET = AskedPosition("1", "Plate", 100), AskedPosition("B/2", "Bracket", 20)


@pytest.fixture
def placed(
    need: str, shop: Browser, rival: Browser, plant: Browser, own_product: Application
) -> Iterator[str]:
    """The plates and brackets go to the shop; eleven minutes have passed. The order's key."""
    with own_product.sessions.begin() as session:
        stored = needs.by_key(session, need)
        asked = tuple(
            PositionRecord(id=one.id, title=one.title, quantity=one.pieces) for one in (PLATE, BRACKET)
        )
        changed = needs.record(stored).model_copy(update={"positions": asked})
        needs.edit(session, stored, changed, revision=stored.revision, by="tester")
    for browser, price in ((shop, "12"), (rival, "14")):
        page = f"/needs/{need}/quote"
        typed = {f"price-{one.mark}": price for one in (PLATE, BRACKET)}
        browser.post(
            page,
            {"amount": "", "currency": "RUB", "do": "submit", "lead_time_days": "21", **typed},
            page=page,
        )
    with own_product.sessions() as session:
        own = next(
            one for one in quotes.opened(session, needs.by_key(session, need)) if one.amount_minor == 144_000
        )
        form = {f"revision-{own.match.public_id}": str(own.match.revision)}
        form |= {award_plans.field(own.public_id, one): str(one.pieces) for one in (PLATE, BRACKET)}
    assert award(plant, need, **form).status_code == 302
    with own_product.sessions() as session:
        key = session.scalars(select(PurchaseOrder.public_id).order_by(PurchaseOrder.id.desc())).first()
    assert key is not None
    assert key not in text(shop.get("/orders/")), "it can still be taken back"
    assert shop.get(f"/orders/{key}").status_code == plant.get(f"/orders/{key}").status_code == 404
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=True):
        yield key


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def say(browser: Browser, key: str, **form: str) -> str:
    """Send the form of a delivery as the page gives it; the page afterwards."""
    page = f"/orders/{key}"
    once = field(text(browser.get(page)), "once")
    answer = browser.post(f"{page}/entries", {"once": once, "kind": "delivery", **form}, page=page)
    assert answer.status_code == 302, text(answer)
    return text(browser.get(page))


def test_forty_pieces_are_two_taps_and_a_number(
    placed: str, shop: Browser, plant: Browser, centre: Browser, rival: Browser, own_product: Application
) -> None:
    listed = text(shop.get("/orders/"))
    assert f"/orders/{placed}" in listed
    assert "0 of 120 pcs delivered" in listed
    shown = say(shop, placed, line="1", pieces="40")
    assert "not confirmed" in shown
    assert "1 to confirm" in text(plant.get("/orders/"))
    with own_product.sessions() as session:
        entry = session.scalars(select(OrderEntry)).one()
        assert (entry.pieces, entry.due_on is not None, entry.is_said) == (40, True, True)
        where = f"/orders/{placed}/entries/{entry.public_id}"
    page = f"/orders/{placed}"
    assert centre.post(f"{where}/answer", {"do": "confirm", "revision": "1"}, page=page).status_code == 403
    right = plant.post(f"{where}/answer", {"do": "confirm", "revision": "1"}, page=page)
    assert right.status_code == 302
    assert "Confirmed by both sides" in text(shop.get(page))
    assert "40 of 120 pcs delivered" in text(centre.get("/orders/"))
    for path in (page, f"{page}/entries"):
        assert rival.get(path).status_code in {404, 405}
    assert placed not in text(rival.get("/orders/"))
    assert "100 %" in text(shop.get("/orders/"))  # what the delivery says of the shop


def test_a_late_order_stands_in_the_operators_day(
    placed: str, shop: Browser, centre: Browser, own_product: Application
) -> None:
    row = f'id="orders-{placed}"'
    assert row not in text(centre.get("/work/"))
    say(shop, placed, line="1", pieces="40", defective="2")
    with own_product.sessions.begin() as session:
        order = session.scalars(select(PurchaseOrder).where(PurchaseOrder.public_id == placed)).one()
        order.due_on = own_product.today() - timedelta(days=3)
    page = text(centre.get("/work/?kind=orders"))
    assert row in page
    assert "38 of 120 good pcs came" in page
    assert f'href="/orders/{placed}"' in page


def test_what_is_wrong_comes_back_where_it_was_typed(placed: str, shop: Browser) -> None:
    page = f"/orders/{placed}"
    sent = {"kind": "delivery", "line": "B/2", "pieces": "44", "defective": "50"}
    answer = shop.post(f"{page}/entries", sent, page=page)
    assert answer.status_code == 422
    shown = text(answer)
    assert "more than the 44 that came" in shown
    assert shown.count('value="44"') == 1
    assert shop.post(f"{page}/hours", {"group": "lathe", "hours": "4"}, page=page).status_code == 422


def test_the_centre_writes_down_what_it_was_told(placed: str, centre: Browser, plant: Browser) -> None:
    page = f"/orders/{placed}"
    unsaid = centre.post(f"{page}/entries", {"kind": "delivery", "line": "1", "pieces": "4"}, page=page)
    assert unsaid.status_code == 422
    shown = say(centre, placed, line="1", pieces="4", side="supplier")
    assert "written down by the centre" in shown
    assert "1 entry waits for your word" in text(plant.get(page))


def test_claims_numbers_and_lists(placed: str, shop: Browser, plant: Browser, centre: Browser) -> None:
    page = f"/orders/{placed}"
    revision = re.search(
        r'name="revision" value="(\d+)"[^>]*>\s*<div[^>]*>\s*<label for="f-number"', text(plant.get(page))
    )
    assert revision
    given = {"number": "ЗК-118", "terms": "FCA", "revision": revision[1]}
    assert plant.post(f"{page}/details", given, page=page).status_code == 302
    stale = plant.post(f"{page}/details", {**given, "number": "ЗК-119"}, page=page)
    assert stale.status_code == 409
    assert "ЗК-119" in text(stale)
    assert shop.post(f"{page}/details", given, page=page).status_code == 403
    shown = text(shop.get(page))
    assert "/guides/claim" in shown
    assert "/guides/first-article" in shown
    say(shop, placed, line="1", pieces="10")
    made = plant.post(f"{page}/claims", {"what": "Скол на кромке", "line": "1", "pieces": "2"}, page=page)
    assert made.status_code == 302
    assert "Скол на кромке" in text(shop.get(page))
    rows = list(
        csv.reader(io.StringIO(centre.get("/orders/list.csv").get_data().decode("utf-8-sig")), delimiter=";")
    )
    assert [row[6:10] for row in rows if row[0] == "ЗК-118"] == [["120", "10", "1", "1"]]
    assert plant.get("/orders/list.xlsx").status_code == 200


def test_an_order_that_has_come_with_an_open_claim_is_not_over(
    placed: str, shop: Browser, plant: Browser, own_product: Application
) -> None:
    page = f"/orders/{placed}"
    with own_product.sessions.begin() as session:
        session.scalars(
            select(PurchaseOrder).where(PurchaseOrder.public_id == placed)
        ).one().state = OrderState.DELIVERED
    assert f'href="{page}"' not in text(shop.get("/orders/")).partition("<details")[0]
    once = field(text(plant.get(page)), "once")
    assert plant.post(f"{page}/claims", {"once": once, "what": "burrs"}, page=page).status_code == 302
    for browser in (shop, plant):
        listed = text(browser.get("/orders/")).partition("<details")[0]
        assert f'href="{page}"' in listed
        assert "1 open claim" in listed


def test_the_record_is_shown_when_the_shop_wants_it(placed: str, shop: Browser, plant: Browser) -> None:
    for shown, words in (("yes", "Do not show it any more"), ("no", "Show it on our public profile")):
        assert shop.post("/orders/record", {"shown": shown}, page="/orders/").status_code == 302
        assert words in text(shop.get("/orders/"))
    assert placed
    assert plant.post("/orders/record", {"shown": "yes"}, page="/orders/").status_code == 403


@pytest.fixture
def abroad(placed: str, own_product: Application) -> Iterator[str]:
    """The same order, while its shop belongs to another centre of the network; the need's key."""
    with own_product.sessions.begin() as session:
        order = session.scalars(select(PurchaseOrder).where(PurchaseOrder.public_id == placed)).one()
        firm, need = order.match.profile.organisation, order.match.need.public_id
        home, there = firm.centre_id, Centre(code=f"abroad-{placed[:6]}", name_en="Abroad")
        session.add(there)
        session.flush()
        firm.centre_id = there.id
        firm_id = firm.id
    yield need
    with own_product.sessions.begin() as session:
        session.get_one(Organisation, firm_id).centre_id = home


def test_the_centre_books_hours_of_its_own_shops(placed: str, centre: Browser) -> None:
    page = f"/orders/{placed}"
    assert "Machine-hours of this order" in text(centre.get(page))
    assert centre.post(f"{page}/hours", {"group": "no", "hours": "4"}, page=page).status_code == 422


def test_the_hours_of_another_centres_shop_are_its_own(
    placed: str, abroad: str, shop: Browser, centre: Browser
) -> None:
    page = f"/orders/{placed}"
    assert abroad
    assert "Machine-hours of this order" not in text(centre.get(page))
    assert centre.post(f"{page}/hours", {"group": "lathe", "hours": "4"}, page=page).status_code == 403
    assert "Machine-hours of this order" in text(shop.get(page))


def test_the_record_of_another_centres_shop_is_not_the_centres(
    placed: str, abroad: str, shop: Browser, plant: Browser, centre: Browser, own_product: Application
) -> None:
    say(shop, placed, line="1", pieces="40")
    told = "said by one side alone: "  # tests of this module share the shop
    assert told in text(shop.get("/orders/"))
    assert told not in text(centre.get(f"/work/needs/{abroad}"))
    with own_product.sessions.begin() as session:
        order = session.scalars(select(PurchaseOrder).where(PurchaseOrder.public_id == placed)).one()
        order.match.profile.organisation.centre_id = order.match.need.centre_id
    assert told in text(centre.get(f"/work/needs/{abroad}"))


def test_the_centre_alone_makes_nothing_both_sides_word(
    placed: str, shop: Browser, plant: Browser, centre: Browser, own_product: Application
) -> None:
    page = f"/orders/{placed}"
    say(centre, placed, line="1", pieces="4", side="supplier")
    say(shop, placed, line="1", pieces="5")
    with own_product.sessions.begin() as session:
        order = session.scalars(select(PurchaseOrder).where(PurchaseOrder.public_id == placed)).one()
        of_order = select(OrderEntry).where(OrderEntry.order_id == order.id).order_by(OrderEntry.id)
        written, own = (one.public_id for one in session.scalars(of_order))
        firm = order.match.need.contractor
        assert firm is not None
        people = session.scalars(select(Membership).where(Membership.organisation_id == firm.id)).all()
        kept = [(one.id, one.state) for one in people]
        for one in people:  # the contractor has nobody here: the centre answers for it
            one.state = MembershipState.ASKED
    try:
        form = {"revision": "1", "side": "contractor"}
        of_written = centre.post(f"{page}/entries/{written}/answer", {**form, "do": "confirm"}, page=page)
        assert of_written.status_code == 403
        assert centre.post(f"{page}/entries/{own}", {**form, "do": "withdraw"}, page=page).status_code == 403
        of_own = centre.post(f"{page}/entries/{own}/answer", {**form, "do": "confirm"}, page=page)
        assert of_own.status_code == 302
        shown = text(centre.get(page))
        assert (shown.count('value="withdraw"'), shown.count('value="confirm"')) == (1, 0)
        taken = centre.post(f"{page}/entries/{written}", {**form, "do": "withdraw"}, page=page)
        assert taken.status_code == 302
    finally:
        with own_product.sessions.begin() as session:
            for key, state in kept:
                session.get_one(Membership, key).state = state
