"""One click too easy: after an act a notice takes it back, with a form and without scripts, and so does the record."""

import re
from datetime import timedelta

from sqlalchemy import select

from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import Profile
from matchmaker.models.base import now
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.shortlist import match_decisions
from matchmaker.wiring import Application
from tests.support.browser import UNDO, Browser, text
from tests.support.invited import field, quote, sign, upload

# One triangle, as text.
PLATE = b"solid plate\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n"


def after(browser: Browser, answer: object) -> str:
    """The page to which a form leads."""
    return text(browser.get(answer.headers["Location"]))  # type: ignore[attr-defined]


def take_back(browser: Browser, page: str, place: str) -> str:
    """The page at `place` after Undo was pressed on `page`."""
    browser.undo(page)
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


def test_a_withdrawn_agreement_opens_the_files_again(need: str, plant: Browser, shop: Browser) -> None:
    place = f"/needs/{need}/drawings"
    upload(plant, need, PLATE, "plate.stl")
    file = re.findall(r'href="(/drawings/[0-9a-f]+)"', text(plant.get(place)))[0]
    sign(shop, need)
    assert shop.get(file).status_code < 400
    end = re.findall(r'action="(/needs/[^"]+/nda/[^"]+/withdraw)"', text(plant.get(place)))[0]
    page = after(plant, plant.post(end, page=place))
    assert "You can undo this for ten minutes" in page
    assert shop.get(file).status_code == 403
    assert end in take_back(plant, page, place)
    assert shop.get(file).status_code < 400
    assert "withdrawing of an agreement undone" in text(plant.get(f"/needs/{need}"))


def with_positions(browser: Browser) -> str:
    """A draft with two positions."""
    place = str(browser.post("/needs/new", {"title": "Pump"}, page="/needs/new").headers["Location"])
    for title in ("Shaft", "Ring"):
        form = f"{place}/position"
        browser.post(
            form, {"title": title, "revision": field(text(browser.get(form)), "revision")}, page=form
        )
    return place


def remove_first(browser: Browser, place: str) -> str:
    """The page after the removal of the first position."""
    typed = {"at": "1", "revision": field(text(browser.get(place)), "revision")}
    return after(browser, browser.post(f"{place}/position/remove", typed, page=place))


def test_a_removed_position_comes_back(plant: Browser) -> None:
    place = with_positions(plant)
    page = remove_first(plant, place)
    assert "You can undo this for ten minutes" in page
    assert "Shaft" not in page
    page = take_back(plant, page, place)
    assert page.index("Shaft") < page.index("Ring")
    assert "removing of a position undone" in page


def test_a_removed_position_does_not_come_back_over_a_change_since(plant: Browser) -> None:
    place = with_positions(plant)
    page = remove_first(plant, place)
    form = f"{place}/position"
    plant.post(form, {"title": "Bush", "revision": field(text(plant.get(form)), "revision")}, page=form)
    found = UNDO.search(page)
    assert found
    assert plant.post(found[1], page="/account/").status_code == 409


def test_a_removed_position_does_not_come_back_once_somebody_is_asked_for_a_quote(
    plant: Browser, own_product: Application
) -> None:
    place = with_positions(plant)
    page = remove_first(plant, place)
    with own_product.sessions.begin() as session:
        need = needs.by_key(session, place.rsplit("/", 1)[1])
        profile = session.scalars(select(Profile).order_by(Profile.id)).first()
        assert profile is not None
        user = accounts.by_email(session, "operator@demo-centre.example")
        for state in ("submitted", "published", "shortlisting"):
            needs.move(session, need, NeedState(state), by="test")
        need.quotes_sealed, need.quotes_until = True, now() + timedelta(days=3)
        match_decisions.invite(session, [match_decisions.add_by_hand(session, need, profile, user)], user)
    found = UNDO.search(page)
    assert found
    refused = plant.post(found[1], page="/account/")
    assert refused.status_code == 409
    assert "already has quotes" in text(refused)


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
