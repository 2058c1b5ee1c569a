"""A profile in a real browser: filled from a text, returned, corrected, published; hours; a certificate verified."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.walker import Walker, screen

SHOP = (
    "Цех в Перми, 14 человек. Токарная обработка до ø320 и длиной 1000 мм, 7 квалитет, сталь и нержавейка.\n"
    "Фрезерный станок 6Р12 — 2 шт\nСертификат ISO 9001"
)


def shot(walker: Walker, name: str) -> None:
    """Keep a picture of the page where a folder for them is named."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        walker.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_profile_is_written_checked_and_published(
    chromium: Browser, address: str, width: int, language: str
) -> None:
    mark = f"{language}-{width}"
    with chromium.new_context(**screen(width), locale=language) as context:
        walker = Walker(context.new_page(), address)
        page = walker.page
        walker.sign_in("supplier")
        walker.read_in(language)
        walker.go("/shop/profile/")
        own = page.locator("main a[href^='/suppliers/']").first.get_attribute("href")
        mine = f"[data-keys] a[href$='{str(own).rsplit('/', 1)[-1]}']"  # other tests' profiles may wait too
        walker.go("/shop/profile/fill")
        # What an earlier run has added is found no more, so each has a size of its own.
        page.fill("#f-text", f"{SHOP}\nХонингование до ø{width + (language == 'en')}")
        walker.press("main form button.main")
        shot(walker, f"proposals-{mark}")
        walker.press("button[value=add-all]")
        walker.go("/shop/profile/capabilities/new")
        page.fill("#f-process", f"Полировка {mark}")
        page.fill("#f-tolerance_it", "70")
        with page.expect_navigation():
            page.locator("main form button.main").click()
        assert page.locator("#p-tolerance_it").count() == 1
        walker.wrong = [one for one in walker.wrong if "422" not in one]
        walker.look()
        shot(walker, f"entry-{mark}")
        page.fill("#f-tolerance_it", "7")
        walker.press("main form button.main")
        shot(walker, f"profile-{mark}")
        walker.press("form[action='/shop/profile/submit'] button")
        walker.sign_out()
        walker.sign_in("operator")
        walker.go("/work/profiles/")
        walker.press(mine)
        page.locator("#f-capabilities").fill(f"? {mark}")
        shot(walker, f"review-{mark}")
        walker.press("button[value=return]")
        walker.sign_out()
        walker.sign_in("supplier")
        walker.go("/shop/profile/")
        assert page.locator("#capabilities .problem").inner_text() == f"? {mark}"
        walker.press("form[action='/shop/profile/submit'] button")
        walker.go("/shop/capacity/")
        page.locator("input.cell").first.fill("40/12")
        walker.press("main form button.main")
        shot(walker, f"hours-{mark}")
        walker.go("/shop/")
        shown = page.locator(".button", has_text=re.compile("Как нас|Our public profile")).get_attribute(
            "href"
        )
        walker.sign_out()
        walker.sign_in("operator")
        walker.go("/work/profiles/")
        walker.press(mine)
        walker.press("button[value=approve]")
        walker.go(str(shown))
        assert page.get_by_text(f"Полировка {mark}").count() >= 1
        walker.go("/work/certificates")
        shot(walker, f"certificates-{mark}")
        walker.press("[data-keys] a")
        page.fill("#f-how", "pub.fsa.gov.ru")
        shot(walker, f"certificate-{mark}")
        walker.press("button[value=verify]")
        assert walker.wrong == []
