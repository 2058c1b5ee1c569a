"""The page with the parts of the pages: looked at like every other page, in both languages, on both widths."""

import os
import threading
from collections.abc import Iterator

import pytest
import waitress
from playwright.sync_api import Browser

from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.journeys.walker import Walker, screen


@pytest.fixture
def shown(product: Application) -> Iterator[str]:
    before, product.settings = product.settings, product.settings.model_copy(update={"design": True})
    server = waitress.create_server(create_app(product), host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)
    product.settings = before


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_parts_are_whole(chromium: Browser, shown: str, width: int, language: str, scheme: str) -> None:
    with chromium.new_context(**screen(width), locale=language, color_scheme=scheme) as context:  # type: ignore[arg-type]
        walker = Walker(context.new_page(), shown)
        walker.go("/design")
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            walker.page.screenshot(path=f"{folder}/design-{language}-{width}-{scheme}.png", full_page=True)
        assert walker.page.locator("main section").count() > 8
        assert walker.wrong == []
