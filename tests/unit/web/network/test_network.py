"""The network: centres added, named on every page, and their operators invited."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.browser import text
from tests.support.small_centre import EDITOR, FRESH, Centre, enter, key_of, make, path_in, small_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with small_centre(tmp_path) as made:
        yield made


def test_the_network_adds_a_centre_and_asks_its_operator_in(centre: Centre) -> None:
    make(centre, "net@example.org", "network_administrator")
    network = enter(centre, "net@example.org")
    wrong = network.post("/network/centres", {"code": "Юг", "name_ru": "", "name_en": ""}, page="/network/")
    assert wrong.status_code == 422
    assert 'value="Юг"' in text(wrong)
    for name in ("Южный центр", "Центр Юга"):
        form = {"code": "south", "name_ru": name, "name_en": ""}
        assert network.post("/network/centres", form, page="/network/").status_code == 302
    page = text(network.get("/network/"))
    assert "Центр Юга" in page
    assert "Южный центр" not in page
    bad = network.post("/network/centres/south/operators", {"email": "no"}, page="/network/")
    assert (bad.status_code, "Give an e-mail address" in text(bad)) == (422, True)
    good = {"email": "south@example.org"}
    assert network.post("/network/centres/south/operators", good, page="/network/").status_code == 302
    link = path_in(centre, "Join", "/join/")
    newcomer = centre.another()
    filled = {"name": "South", "password": FRESH, "consent": "1"}
    assert newcomer.post(link, filled, page=link).status_code == 302
    south = enter(centre, "south@example.org", FRESH)
    assert south.get("/work/").status_code == 200
    # Of the other centre it learns nothing.
    assert EDITOR not in text(south.get("/people/"))
    assert south.get(f"/people/{key_of(centre, EDITOR)}").status_code == 404
    assert network.get(f"/people/{key_of(centre, 'south@example.org')}").status_code == 200
    assert network.get(f"/people/{key_of(centre, EDITOR)}").status_code == 404


def test_the_centre_is_named_on_every_page_once_it_has_a_name(centre: Centre) -> None:
    make(centre, "net@example.org", "network_administrator")
    assert "Questions:" not in text(centre.browser.get("/"))
    form = {
        "code": "centre",
        "name_ru": "",
        "name_en": "North Centre",
        "phone": "+7 495 000-00-00",
        "email": "",
    }
    network = enter(centre, "net@example.org")
    assert network.post("/network/centres", form, page="/network/").status_code == 302
    page = text(centre.browser.get("/login"))
    assert "North Centre" in page
    assert 'href="tel:+7495000-00-00"' in page
