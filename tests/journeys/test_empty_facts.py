"""On a telephone a table stands as cards, and a value that nobody stated takes no line of them."""

from playwright.sync_api import Browser

from tests.journeys.walker import Walker, screen

# Cells of a card that are seen and say nothing.
SAY_NOTHING = """() => [...document.querySelectorAll('.stacked td')]
  .filter(one => one.getClientRects().length && ['', '—'].includes(one.innerText.trim()))
  .map(one => location.pathname + ': ' + one.dataset.label)"""


def test_no_card_holds_a_line_of_nothing(chromium: Browser, address: str) -> None:
    with chromium.new_context(**screen(360), locale="ru") as context:
        walker = Walker(context.new_page(), address)
        walker.go("/suppliers")
        profile = walker.page.locator("ol.matches h3 a").first.get_attribute("href")
        walker.sign_in("operator")
        shown = 0
        for path in (
            str(profile),
            "/needs/?column=contractor&column=due&column=quotes&column=quantity&column=suppliers&column=keeper",
            "/work/",
            "/people/",
            "/work/figures/",
            "/work/ladders/",
            "/work/support/",
        ):
            walker.go(path)
            assert walker.page.evaluate(SAY_NOTHING) == []
            shown += walker.page.locator(".stacked td:visible").count()
        assert shown > 50
        assert walker.wrong == []


def test_a_shop_beside_others_says_nothing_of_what_is_not_known(chromium: Browser, address: str) -> None:
    with chromium.new_context(**screen(360), locale="ru") as context:
        walker = Walker(context.new_page(), address)
        walker.sign_in("supplier")
        walker.go("/shop/benchmark")
        assert walker.page.evaluate(SAY_NOTHING) == []
        assert walker.page.locator(".stacked td:visible").count() >= 7
        assert walker.wrong == []
