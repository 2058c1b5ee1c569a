"""The main job in a real browser: every page is walked in both languages, on a desk and on a phone."""

import pytest
from playwright.sync_api import Browser

from tests.journeys.walker import Walker, screen

NEED = "Нужны валы ø45h6 из стали 40Х, токарка и шлифовка, 50 шт., без покраски, обязательно ИСО 9001"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_need_is_posted_matched_and_curated(
    chromium: Browser, address: str, width: int, language: str
) -> None:
    with chromium.new_context(**screen(width), locale=language) as context:
        walker = Walker(context.new_page(), address)
        for path in (
            "/",
            "/suppliers?q=токарная обработка",
            "/suppliers?level=verified&on=2040-01-01",
            "/map",
            "/register",
            "/personal-data",
        ):
            walker.go(path)
        walker.go("/suppliers")
        walker.press("ol.matches h3 a")
        walker.go("/try")
        walker.page.fill("#f-text", NEED)
        walker.press("main form button.main")
        assert walker.page.locator("mark.negated").count() == 1
        assert walker.page.locator("ol.matches > li").count() > 0
        walker.press("button[formaction$='/try/keep']")
        walker.sign_in("buyer")
        walker.read_in(language)
        walker.go("/needs/new")
        assert walker.page.input_value("#f-text") == NEED
        walker.press("main form button.main")
        need = walker.page.url.removeprefix(address)
        assert walker.page.locator("html").get_attribute("lang") == language
        walker.press("main form button[value=submitted]")
        for path in ("/needs/", f"{need}/edit", "/account"):
            walker.go(path)
        walker.sign_out()
        walker.sign_in("operator")
        for path in ("/people/", "/journal/", "/work/overview/", "/account/data", "/work/"):
            walker.go(path)
        walker.act(f"#n-{need.removeprefix('/needs/')} button.approve")
        walker.go(f"/work{need}")
        walker.press("main button.main")
        walker.press("button[value=approved]")
        walker.page.locator("input[name=match][type=checkbox]").first.check()
        walker.press("#invite button")
        assert walker.wrong == []
