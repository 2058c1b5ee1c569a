"""Text that is typed and not saved is offered again, on another device too, and never to somebody else."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.walker import Walker


@pytest.mark.slow
def test_typed_text_is_offered_again_until_it_is_saved_or_the_person_leaves(
    chromium: Browser, address: str
) -> None:
    with chromium.new_context(locale="en") as context:
        walker = Walker(context.new_page(), address)
        walker.sign_in("buyer")
        walker.read_in("en")
        walker.go("/needs/new")
        text = walker.page.locator("#f-text")
        text.fill("Shafts of 40X steel")
        walker.go("/needs/")
        walker.go("/needs/new")
        expect(text).to_have_value("")
        walker.page.get_by_role("button", name="Restore it").click()
        expect(text).to_have_value("Shafts of 40X steel")
        walker.press("main form.big button.main")
        walker.go("/needs/new")
        expect(walker.page.get_by_role("button", name="Restore it")).to_have_count(0)
        text.fill("Half a thought")
        walker.go("/needs/")
        walker.sign_out()
        walker.sign_in("operator")
        walker.go("/needs/new")
        expect(walker.page.get_by_role("button", name="Restore it")).to_have_count(0)
        assert walker.wrong == []
    with chromium.new_context(locale="en") as other:  # the telephone died; the same person at a desk
        walker = Walker(other.new_page(), address)
        walker.sign_in("buyer")
        walker.go("/needs/new")
        walker.page.get_by_role("button", name=re.compile("Restore it|Вернуть")).click()
        expect(walker.page.locator("#f-text")).to_have_value("Half a thought")
        assert walker.wrong == []
