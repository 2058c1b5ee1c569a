"""What is wrong with a form is where the keyboard is when the page comes back, with scripts and without."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.walker import Walker, screen


@pytest.mark.slow
def test_the_list_of_what_is_wrong_has_the_focus(chromium: Browser, address: str, width: int) -> None:
    with chromium.new_context(**screen(width), locale="ru") as context:
        walker = Walker(context.new_page(), address)
        page = walker.page
        walker.go("/register")
        page.evaluate("document.querySelector('main form').noValidate = true")
        page.fill("#f-email", "no address")
        walker.press("main form button.main")
        assert page.evaluate("document.activeElement.className") == "summary"
        page.keyboard.press("Tab")
        assert str(page.evaluate("document.activeElement.getAttribute('href')")).startswith("#f-")
        walker.go("/login")
        page.fill("#f-email", "nobody@example.org")
        page.fill("#f-password", "not the password")
        walker.press("main form button")
        assert page.evaluate("document.activeElement.className") == "problem"
        assert [one for one in walker.wrong if "status of 4" not in one] == []
