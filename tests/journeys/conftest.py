"""The site over a demo centre on a free port of this machine, and a browser of the system to walk it with."""

import threading
from collections.abc import Iterator

import pytest
import waitress
from playwright.sync_api import Browser, sync_playwright

from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.support.chromium import browser_program
from tests.support.demo_product import product
from tests.support.routes import app, network_product, world

__all__ = [
    "app",
    "network_product",
    "product",
    "world",
]  # fixtures from the support modules, found here by the tests below


@pytest.fixture(scope="session")
def address(product: Application) -> Iterator[str]:
    server = waitress.create_server(create_app(product), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    program = browser_program()
    if program is None:
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[1280, 360], ids=["desktop", "phone"])
def width(request: pytest.FixtureRequest) -> int:
    """A desk and a phone, in CSS pixels."""
    return int(request.param)
