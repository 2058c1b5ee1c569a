"""A supplier sees who looked at its profile: the kind of firm and its region, the name where that person lets it."""

import re

from flask import Flask

from tests.support.browser import Browser


def text(answer) -> str:  # type: ignore[no-untyped-def]
    return " ".join(str(answer.get_data(as_text=True)).split())


def looked(shop: Browser) -> list[str]:
    page = text(shop.get("/shop/"))
    section = page.split('id="looked"', 1)[1].split("</section>", 1)[0]
    items = section.rpartition("<ul")[2]
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<li>(.*?)</li>", items)]


def test_a_look_is_told_once_a_day_without_a_name_unless_the_person_lets_it(
    shop: Browser, plant: Browser, own_site: Flask
) -> None:
    assert "No signed-in visitor has viewed" in text(shop.get("/shop/"))
    profile = re.search(r'href="(/suppliers/[0-9a-f]+)"', text(shop.get("/shop/")))[1]  # type: ignore[index]
    Browser(own_site.test_client()).get(profile)
    shop.get(profile)
    assert looked(shop) == []
    for _ in range(2):
        assert plant.get(profile).status_code == 200
    [told] = looked(shop)
    assert told.startswith("a contractor")
    assert "1 view," in told
    plant.post("/account/named", {"named": "1"}, page="/account")
    [told] = looked(shop)
    assert not told.startswith("a contractor")
    assert 'name="named" type="checkbox" value="1" checked' in text(plant.get("/account"))
    plant.post("/account/named", page="/account")
    [told] = looked(shop)
    assert told.startswith("a contractor")
