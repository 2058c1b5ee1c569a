"""Steps of a profile that several tests take: saved, approved, read by others."""

import re

from tests.support.browser import Browser, text


def field(page: str, name: str) -> str:
    """The value of a hidden or plain field."""
    start = page.index(f'name="{name}"')
    return page[page.index('value="', start) + 7 :].split('"', 1)[0]


def save(browser: Browser, address: str, **given: str):  # type: ignore[no-untyped-def]
    """Fill in a form as it is shown, with some fields changed."""
    page = text(browser.get(address))
    return browser.post(address, {"revision": field(page, "revision"), **given}, page=address)


def public_page(shop: Browser) -> str:
    found = re.search(r'href="(/suppliers/[0-9a-f]+)"', text(shop.get("/shop/")))
    assert found
    return found[1]


def approve(centre: Browser) -> None:
    """Publish the first profile that waits."""
    queue = text(centre.get("/work/profiles/"))
    review = "/work/profiles/" + queue.split('href="/work/profiles/', 1)[1].split('"', 1)[0]
    given = {"revision": field(text(centre.get(review)), "revision"), "decision": "approve"}
    assert centre.post(review, given, page=review).status_code == 302
