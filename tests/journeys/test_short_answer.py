"""The answer to a typed need is short on a telephone: the best first, each with its reason in a line, the rest unfolded by hand."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.walker import Walker, screen

NEED = "Нужны валы ø45h6, сталь 40Х, 500 шт. в месяц, обязательно ISO 9001"
HIGH = 800  # CSS pixels of a telephone's screen
MOST_SCREENS = 3


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_best_suppliers_stand_within_three_screens(
    chromium: Browser, address: str, language: str, *, scripts: bool
) -> None:
    with chromium.new_context(**screen(360, HIGH), locale=language, java_script_enabled=scripts) as context:
        walker = Walker(context.new_page(), address, scripts=scripts)
        walker.go("/try")
        walker.page.fill("#f-text", NEED)
        walker.press("main form button.main")
        shown = walker.page.locator(".match:visible")
        assert shown.count() == 5
        first, footer = shown.first.bounding_box(), walker.page.locator("body > footer").bounding_box()
        assert first is not None
        assert first["y"] < HIGH
        assert footer is not None
        assert footer["y"] + footer["height"] < MOST_SCREENS * HIGH
        assert shown.first.locator("summary").inner_text().strip()
        assert not walker.page.locator("table.reasons").first.is_visible()
        shown.first.locator("summary").click()
        assert walker.page.locator("table.reasons").first.is_visible()
        walker.page.locator("#matches > .more > summary").first.click()
        assert shown.count() > 5
        walker.page.locator("#understood > summary").click()
        assert walker.page.locator("mark.k-standard").is_visible()
        assert walker.wrong == []
