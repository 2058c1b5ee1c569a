"""The whole story in a real browser: a shop registers and is published, a plant's letter becomes a contract, the ranker sees it."""

import pytest
from playwright.sync_api import Browser

from matchmaker.services.matching import training
from matchmaker.services.needs import needs
from matchmaker.wiring import Application
from tests.journeys import tour
from tests.journeys.story import Story
from tests.journeys.walker import Walker, screen


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_whole_story(
    chromium: Browser, address: str, product: Application, width: int, language: str
) -> None:
    with chromium.new_context(**screen(width), locale=language, accept_downloads=True) as context:
        walker = Walker(context.new_page(), address)
        story = Story(walker, product, language, width)
        story.tell()
        assert walker.wrong == []
    assert tour.untrue(story.acts) == []
    with product.sessions() as session:
        stored = needs.by_key(session, story.need.rsplit("/", 1)[1])
        assert stored.state == "completed"
        parts = product.matching()
        seen = [one for one in training.examples(session, parts) if one.need == stored.public_id]
        assert [one.decision for one in seen].count("contracted") == 2


@pytest.mark.slow
def test_the_whole_story_without_scripts(chromium: Browser, address: str, product: Application) -> None:
    """Every basic act is a link or a form; what a script adds is comfort."""
    with chromium.new_context(
        **screen(390), locale="ru", accept_downloads=True, java_script_enabled=False
    ) as context:
        walker = Walker(context.new_page(), address, scripts=False)
        walker.page.set_default_timeout(15_000)
        story = Story(walker, product, "ru", 390)
        story.tell()
        assert walker.wrong == []
    with product.sessions() as session:
        assert needs.by_key(session, story.need.rsplit("/", 1)[1]).state == "completed"
