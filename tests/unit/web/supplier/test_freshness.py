"""Facts age: what is stale is asked for on the shop's page, marked for everybody, and one press makes it fresh."""

from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from matchmaker.models import Fact, Profile, SpareCapacity
from matchmaker.services.profiles import capacity, freshness, suppliers
from matchmaker.wiring import Application
from tests.support.browser import TODAY, Browser, text
from tests.support.profile_steps import approve, public_page, save


def age(product: Application, shop: Browser, *, machines: int, hours: int) -> str:
    """Let what the shop's profile says be so many days old; the profile's key."""
    key = public_page(shop).rsplit("/", 1)[1]
    with product.sessions.begin() as session:
        profile = suppliers.by_key(session, key)
        profile.updated = TODAY - timedelta(days=machines)
        for fact in session.scalars(select(Fact).where(Fact.profile_id == profile.id)):
            session.delete(fact)
        profile.capacity.clear()
        session.flush()
        stated = datetime.combine(TODAY - timedelta(days=hours), time(9), UTC)
        profile.capacity += [
            SpareCapacity(group_code="lathe", week=week, maximum_hours=40, agreed_hours=10, stated_at=stated)
            for week in capacity.weeks(TODAY, capacity.ANSWERED_WEEKS)
        ]
    return key


def test_one_press_makes_what_is_old_fresh(shop: Browser, own_product: Application, own_site: Flask) -> None:
    key = age(own_product, shop, machines=400, hours=20)
    stranger = Browser(own_site.test_client())
    assert text(stranger.get(f"/suppliers/{key}")).count("old:") == 2  # free hours are not for everybody
    for page in ("/shop/", "/shop/profile/"):
        shown = text(shop.get(page))
        assert "Is this still true?" in shown
        assert shown.count(">Still true<") == 3
    for field in ("equipment", "capabilities", "capacity", "nonsense"):
        given = {"field": field, "from": "shop"}
        assert shop.post("/shop/profile/confirm", given, page="/shop/").status_code == 302
    assert "Is this still true?" not in text(shop.get("/shop/"))
    page = text(stranger.get(f"/suppliers/{key}"))
    assert "old:" not in page
    assert "confirmed" in page
    own_product.index.catch_up()
    columns = own_product.index.columns()
    row = columns.row(key)
    assert row is not None
    assert columns.machines_on[row] == TODAY.toordinal()
    assert columns.hours_on[row] >= TODAY.toordinal()
    assert columns.spare_hours[row] == pytest.approx(30 * 52 / 12)


def test_a_change_makes_fresh_only_what_it_is_about(
    shop: Browser, own_product: Application, own_site: Flask
) -> None:
    key = age(own_product, shop, machines=400, hours=1)
    save(shop, "/shop/profile/equipment/new", name="Haas VF-2", type="Machining centre")
    shop.post("/shop/profile/submit", page="/shop/profile/")
    approve(Browser(own_site.test_client()).sign_in("operator"))
    with own_product.sessions() as session:
        found = freshness.of_profile(suppliers.by_key(session, key), TODAY)
    assert {one.field: one.stale for one in found} == {
        "equipment": False,
        "capabilities": True,
        "capacity": False,
    }


def test_old_hours_say_nothing_and_the_old_list_counts_again(shop: Browser, own_product: Application) -> None:
    key = age(own_product, shop, machines=10, hours=40)
    with own_product.sessions() as session:
        profile = session.scalars(select(Profile).where(Profile.public_id == key)).one()
        assert freshness.hours_on(profile, TODAY) == TODAY - timedelta(days=10)
