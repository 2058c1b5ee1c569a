"""From the front page to "handed to the centre", by somebody who has never been here: screens and taps are counted.

A screen is a page that somebody looks at, a tap a press of a link, a button or a box; typing is neither.
"""

import os
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.journeys.walker import Walker, screen

MOST_SCREENS, MOST_TAPS = 6, 8
PASSWORD = "колодец ручей семафор"
NEED = "Нужны валы ø45h6, сталь 40Х, 500 шт. в месяц, обязательно ISO 9001"
SHOP = (
    "Токарная обработка до ø320 и длиной 1000 мм, 7 квалитет, сталь и нержавейка.\n"
    "Фрезерный станок 6Р12 — 2 шт\nСертификат ISO 9001"
)


@dataclass
class Newcomer(Walker):
    """A walker whose screens and taps are counted."""

    def tick(self, what: str) -> None:
        self.taps += 1
        self.page.locator(what).check()

    def registers(self, name: str, number: str) -> None:
        """Fill in the only screen of the registration, and sign in on the next."""
        self.page.fill("#f-inn", number)
        self.page.fill("#f-organisation", name)
        self.page.fill("#f-name", "Анна Петрова")
        self.page.fill("#f-email", f"{number}@newcomers.example")
        self.page.fill("#f-password", PASSWORD)
        self.tick("#f-consent")
        self.press("main form button.main")
        assert self.page.input_value("#f-email") == f"{number}@newcomers.example"
        self.page.fill("#f-password", PASSWORD)
        self.press("main form button.main")

    def settle(self, what: str) -> None:
        """Nothing was wrong on the way, and the way was short."""
        assert self.wrong == []
        print(f"\n{what}: {self.screens} screens, {self.taps} taps")
        assert self.screens <= MOST_SCREENS
        assert self.taps <= MOST_TAPS


def free_number(beginning: str) -> str:
    """An INN of ten digits with these first nine."""
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    return beginning + str(
        sum(weight * int(digit) for weight, digit in zip(weights, beginning, strict=True)) % 11 % 10
    )


def comer(context: BrowserContext, address: str, language: str, *, scripts: bool) -> Newcomer:
    walker = Newcomer(context.new_page(), address, scripts=scripts)
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    walker.go("/")
    return walker


WAYS = [("ru", 360, True), ("en", 360, True), ("ru", 1280, False)]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "wide", "scripts"), WAYS)
def test_a_plant_hands_a_need_to_the_centre(
    chromium: Browser, address: str, language: str, wide: int, *, scripts: bool
) -> None:
    with chromium.new_context(**screen(wide), locale=language, java_script_enabled=scripts) as context:
        walker = comer(context, address, language, scripts=scripts)
        walker.page.fill("#f-text", NEED)
        walker.press("main form button.main")
        walker.press("button[formaction$='/try/keep']")
        walker.registers(
            "АО Новый завод", free_number(f"7703{wide:04}{WAYS.index((language, wide, scripts))}")
        )
        assert walker.page.input_value("#f-text") == NEED
        walker.press("button[name=hand]")
        shown = walker.page.locator("main .place").inner_text()
        assert ("на проверке" if language == "ru" else "submitted") in shown.casefold(), shown
        walker.settle(f"plant, {language}, {wide}")


@pytest.mark.slow
@pytest.mark.parametrize(("language", "wide", "scripts"), WAYS)
def test_a_shop_hands_its_profile_to_the_centre(
    chromium: Browser, address: str, language: str, wide: int, *, scripts: bool
) -> None:
    with chromium.new_context(**screen(wide), locale=language, java_script_enabled=scripts) as context:
        walker = comer(context, address, language, scripts=scripts)
        walker.press("a[href*='/register']")
        walker.registers("Цех Новый", free_number(f"5904{wide:04}{WAYS.index((language, wide, scripts))}"))
        walker.page.fill("#f-text", SHOP)
        walker.press("main form button.main")
        shot = os.environ.get("SCREENSHOTS")
        if shot:
            walker.page.screenshot(path=f"{shot}/found-{language}-{wide}.png", full_page=True)
        walker.press("button[value=submit]")
        assert walker.page.locator("#state").inner_text() in {
            "Центр проверяет ваши изменения",
            "The centre is reading your changes",
        }
        walker.settle(f"shop, {language}, {wide}")
