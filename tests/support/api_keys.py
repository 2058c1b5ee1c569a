"""Keys for programs made on the page, and a need that a program posts."""

import re

from tests.support.browser import Browser, text

NEED = {"id": "erp-17", "title": "Flanges", "text": "Turning of flanges ø120 h7, steel 45, 200 pcs"}


def key_of(browser: Browser, scope: str = "write") -> dict[str, str]:
    form = {"name": "Planning", "scope": scope, "days": "90"}
    page = text(browser.post("/account/keys/", form, page="/account/keys/"))
    found = re.search(r"mmk_[\w-]{43}", page)
    assert found, page
    return {"Authorization": f"Bearer {found[0]}"}


def key_of_once(browser: Browser) -> dict[str, str]:
    """A key, after those of other tests are ended: a person holds ten at most."""
    for number in re.findall(r"/account/keys/(\d+)/end", text(browser.get("/account/keys/"))):
        browser.post(f"/account/keys/{number}/end", page="/account/keys/")
    return key_of(browser)
