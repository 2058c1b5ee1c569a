"""Style, scripts and pictures: addresses that change with the content, and kept for a year only under these."""

import re
from importlib.resources import files

import pytest
from flask import Flask
from flask.testing import FlaskClient

from matchmaker.resources import folder

YEAR = "public, max-age=31536000, immutable"


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


def test_a_page_names_its_files_by_their_content(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)
    named = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    assert {name.partition("?")[0].rpartition("/")[2] for name in named} >= {
        "site.css",
        "icon.svg",
        "icons.svg",
    }
    for address in named:
        with client.get(address) as answer:
            assert answer.headers["Cache-Control"] == YEAR, address


@pytest.mark.parametrize("address", ["/static/site.css", "/static/site.css?v=0123456789"])
def test_an_address_of_another_content_is_kept_for_a_day(client: FlaskClient, address: str) -> None:
    with client.get(address) as answer:
        assert answer.headers["Cache-Control"].startswith("public, max-age=86400, ")
        assert answer.headers["ETag"]


def test_what_is_not_there_is_not_kept(client: FlaskClient) -> None:
    assert client.get("/static/none.css?v=1").headers["Cache-Control"] == "no-store"


def test_the_typefaces_of_the_style_sheet_are_there_with_their_licence(client: FlaskClient) -> None:
    sheet = (files("matchmaker.web") / "static" / "site.css").read_text(encoding="utf-8")
    faces = re.findall(r'url\("(fonts/[^"]+)"\)', sheet)
    assert len(faces) == 3
    for face in faces:
        with client.get(f"/static/{face}") as answer:
            assert answer.get_data()[:4] == b"wOF2"
            assert answer.headers["Cache-Control"] == YEAR
    with client.get("/static/fonts/LICENSE.txt") as answer:
        assert b"SIL Open Font License" in answer.get_data()


def test_every_icon_that_a_page_names_is_drawn() -> None:
    drawn = set(
        re.findall(
            r'id="([^"]+)"', (files("matchmaker.web") / "static" / "icons.svg").read_text(encoding="utf-8")
        )
    )
    named = set[str]()
    for template in folder("templates").rglob("*.html"):
        named |= set(re.findall(r"icon\('([a-z-]+)'\)", template.read_text(encoding="utf-8")))
    assert named - drawn == set()
