"""`python -m tests.journeys.pictures [FOLDER]`: the pictures of the documentation, and the acts of docs/tour.md, made anew by walking the story.

A demo centre is made in a temporary folder and the story is told in it in both languages, on a desk and on a phone; the event is that of
another one with its history.
"""

import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import waitress
from playwright.sync_api import sync_playwright

from matchmaker.cli import demo
from matchmaker.sandbox import child_process
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.journeys import tour
from tests.journeys.story import Story
from tests.journeys.telling import Telling
from tests.journeys.walker import Walker, screen
from tests.support.chromium import browser_program

SCREENS = {1280: 800, 360: 720}
COUNTED = 1280, "ru"  # the telling of which docs/tour.md tells taps, screens and seconds
TRIED = {
    "ru": "Нужны валы ø45h6 длиной 600, сталь 40Х, токарка, 500 шт. в месяц, обязательно ИСО 9001, "
    "в радиусе 1500 км от Челябинска, без покраски",
    "en": "Shafts ø45h6, 600 long, steel 40X, turning, 500 pcs per month, ISO 9001 required, within 1500 km of "
    "Chelyabinsk, no painting",
}


@contextmanager
def served(folder: Path) -> Iterator[tuple[Application, str]]:
    """A demo centre and the address of its site."""
    child_process.WALL_SECONDS = (
        60.0  # a busy machine puts a file off, and then the next page of the story is not there
    )
    product = Application(Settings(data=folder, _env_file=None))
    demo.load(product)
    server = waitress.create_server(create_app(product), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield product, f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)
    product.close()


def tell(pictures: Path) -> list[str]:
    """Make all pictures; what was wrong on the way comes back."""
    wrong = []
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as (product, address),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=browser_program(), args=["--no-sandbox"])
        for width, height in SCREENS.items():
            for language in ("ru", "en"):
                with browser.new_context(
                    **screen(width, height), locale=language, accept_downloads=True
                ) as context:
                    story = Story(Walker(context.new_page(), address), product, language, width, pictures)
                    try_need(story)
                    story.tell()
                    wrong += story.walker.wrong
                    if (width, language) == COUNTED:
                        tour.renew(story.acts)
        browser.close()
    return wrong


def show_event(pictures: Path) -> list[str]:
    """The timetable of an event to come, at a demo centre with its history; what was wrong on the way comes back."""
    wrong = []
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as (product, address),
        sync_playwright() as playwright,
    ):
        demo.play(product, *demo.PLAYERS)
        browser = playwright.chromium.launch(executable_path=browser_program(), args=["--no-sandbox"])
        for width, height in SCREENS.items():
            for language in ("ru", "en"):
                with browser.new_context(**screen(width, height), locale=language) as context:
                    telling = Telling(Walker(context.new_page(), address), product, language, width, pictures)
                    telling.walker.go("/")
                    telling.walker.read_in(language)
                    telling.enter(demo.PLAYERS[0])
                    telling.walker.go("/work/events/")
                    telling.click("main a[href^='/work/events/']:not([href*='new']):not([href*='list.'])")
                    telling.click("main a[href$='/timetable']")
                    telling.picture("7-event")
                    wrong += telling.walker.wrong
        browser.close()
    return wrong


def try_need(story: Story) -> None:
    """Matches with their reasons, for whoever comes to the site."""
    story.walker.go("/try")
    story.walker.read_in(story.language)
    story.page.fill("#f-text", TRIED[story.language])
    story.click("main form button.main")
    story.picture("0-matches", story.page.locator("#matches"))


if __name__ == "__main__":
    where = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots")
    where.mkdir(parents=True, exist_ok=True)
    problems = [*tell(where), *show_event(where)]
    sys.exit("\n".join(problems))
