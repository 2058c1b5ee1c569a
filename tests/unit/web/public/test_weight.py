"""What a first visit of the front page carries over, compressed as the proxy of config/production does."""

import gzip
import re
from importlib.resources import files

import pytest

from tests.support.browser import Browser

MOST = 100_000  # bytes, without photos
LEVEL = 5  # of gzip, as in config/production/matchmaker.nginx.conf
_STATIC = re.compile(r'(?:href|src)="/static/([^"?#]+)')
_FACE = re.compile(r'url\("?(?:\.\./)?(?:/static/)?(fonts/[^"?)]+\.woff2)')


def weight(name: str) -> int:
    content = (files("matchmaker.web") / "static" / name).read_bytes()
    return len(content if name.endswith((".woff2", ".png")) else gzip.compress(content, LEVEL))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_first_visit_is_light(browser: Browser, language: str) -> None:
    page = browser.get(f"/?lang={language}").get_data()
    named = set(_STATIC.findall(page.decode()))
    style = (files("matchmaker.web") / "static" / "site.css").read_text(encoding="utf-8")
    faces = {
        face for face in _FACE.findall(style) if "latin-ext" not in face
    }  # for letters that neither language has
    assert {"site.css", "app.js"} <= named
    assert len(faces) >= 2
    loaded = {name for name in named if not name.endswith(".png")} | faces
    assert len(gzip.compress(page, LEVEL)) + sum(map(weight, loaded)) <= MOST
