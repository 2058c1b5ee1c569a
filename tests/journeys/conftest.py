"""The site over a demo centre on a free port of this machine, and a browser of the system to walk it with."""

import shutil
import threading
from collections.abc import Iterator

import pytest
import waitress
from playwright.sync_api import Browser, sync_playwright

from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.unit.web.conftest import product as product  # noqa: PLC0414 - a fixture shared with the tests of pages


@pytest.fixture(scope="session")
def address(product: Application) -> Iterator[str]:
    server = waitress.create_server(create_app(product), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)


def browser_program() -> str | None:
    """Where the system has its Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


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
