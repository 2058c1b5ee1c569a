"""One click too easy: after an act a notice takes it back, with a form and without scripts, and so does the record."""

import re

from matchmaker.models import Profile
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.invited import quote, sign, upload

# One triangle, as text.
PLATE = b"solid plate\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n"
UNDO = re.compile(r'action="(/acts/[0-9a-f]{16}/undo)"')


def after(browser: Browser, answer: object) -> str:
    """The page to which a form leads."""
    return text(browser.get(answer.headers["Location"]))  # type: ignore[attr-defined]


def take_back(browser: Browser, page: str, place: str) -> str:
    """Press Undo, as often as somebody impatient does."""
    found = UNDO.search(page)
    assert found, page
    assert browser.post(found[1], page="/account/").status_code == 302
    assert browser.post(found[1], page="/account/").status_code == 302
    return text(browser.get(place))


def test_a_closed_need_is_open_again(need: str, plant: Browser, shop: Browser) -> None:
    place = f"/needs/{need}"
    page = after(plant, plant.post(f"{place}/move", {"state": "closed", "reason": "Stop"}, page=place))
    assert "You can undo this for ten minutes" in page
    assert "Can be undone" in text(plant.get(place))
    assert shop.get(place).status_code != 200
    assert "Closed" not in take_back(plant, page, place).split("<nav", 2)[1]
    assert shop.get(place).status_code == 200
    assert "closing of the need undone" in text(plant.get(place))


def test_a_withdrawn_quote_comes_back_until_the_deadline(need: str, shop: Browser) -> None:
    place = f"/needs/{need}/quote"
    sign(shop, need)
    quote(shop, need)
    page = after(shop, shop.post(f"{place}/withdraw", page=place))
    assert "Quote withdrawn" in text(shop.get(place)) or "withdrawn" in text(shop.get(place)).lower()
    assert "Can be undone" in text(shop.get(place))
    assert "Can be undone" not in take_back(shop, page, place)


def test_a_withdrawn_drawing_comes_back(need: str, plant: Browser) -> None:
    place = f"/needs/{need}/drawings"
    assert upload(plant, need, PLATE, "plate.stl").status_code == 302
    file = re.findall(r'action="/drawings/([0-9a-f]+)/withdraw"', text(plant.get(place)))[0]
    page = after(plant, plant.post(f"/drawings/{file}/withdraw", page=place))
    assert f"/drawings/{file}/withdraw" not in page
    assert "Can be undone" in text(plant.get(place))
    assert f"/drawings/{file}/withdraw" in take_back(plant, page, place)


def test_a_removed_machine_and_a_dropped_draft_come_back(shop: Browser) -> None:
    place = "/shop/profile/"
    before = text(shop.get(place))
    machines = before.count("/shop/profile/equipment/")
    remove = re.search(r'action="(/shop/profile/equipment/\d+/remove)"', before)
    assert remove
    revision = re.search(r'name="revision" value="(\d+)"', before)
    assert revision
    page = after(shop, shop.post(remove[1], {"revision": revision[1]}, page=place))
    assert page.count("/shop/profile/equipment/") < machines
    page = take_back(shop, page, place)
    assert page.count("/shop/profile/equipment/") == machines
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    shop.post(remove[1], {"revision": revision[1]}, page=place)
    page = after(shop, shop.post("/shop/profile/discard", page=place))
    assert page.count("/shop/profile/equipment/") == machines
    assert take_back(shop, page, place).count("/shop/profile/equipment/") < machines


def test_two_firms_that_were_merged_are_two_again(centre: Browser, own_product: Application) -> None:
    with own_product.sessions() as session:
        first, second = (one.public_id for one in session.query(Profile).order_by(Profile.id).limit(2))
    place = f"/work/duplicates/{first}/{second}"
    shown = text(centre.get(place))
    typed = dict(re.findall(r'name="(revision-[0-9a-f]+)" value="(\d+)"', shown))
    page = after(centre, centre.post(place, {**typed, "verdict": first}, page=place))
    assert centre.get(f"/suppliers/{second}").status_code in {301, 302, 308}
    take_back(centre, page, f"/suppliers/{first}")
    assert centre.get(f"/suppliers/{second}").status_code == 200


def test_something_that_was_changed_since_is_not_undone_and_says_so(need: str, plant: Browser) -> None:
    place = f"/needs/{need}"
    page = after(plant, plant.post(f"{place}/move", {"state": "closed", "reason": "Stop"}, page=place))
    plant.post(f"{place}/move", {"state": "draft"}, page=place)
    found = UNDO.search(page)
    assert found
    refused = plant.post(found[1], page="/account/")
    assert refused.status_code == 409
    assert "something else was changed here since" in text(refused)
