"""A story told through the pages: what a person presses, types or reads in a letter, with pictures of it where a folder is given."""

import email
import email.policy
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator

from matchmaker.cli import demo
from matchmaker.wiring import Application
from matchmaker.worker import Worker
from tests.journeys.walker import Walker

DEVICES = {1280: "desktop", 360: "phone"}


class Telling:
    """One telling in a language at a width.

    Between the steps the product does what `matchmaker serve` does every two seconds: it indexes and sends letters, here into
    the folder of letters, since no mail server is set. A letter is opened in the browser, as a mail program would show it.
    """

    def __init__(
        self, walker: Walker, product: Application, language: str, width: int, pictures: Path | None = None
    ) -> None:
        self.walker, self.page, self.product, self.language = walker, walker.page, product, language
        self.mark = f"{language}-{DEVICES.get(width, width)}"
        self.pictures = pictures

    def picture(self, name: str, at: Locator | None = None) -> None:
        """Keep what the screen shows, few colours being enough."""
        if self.pictures is None:
            return
        self.page.evaluate("scrollTo(0, 0)")
        if at is not None:
            at.evaluate("one => scrollTo(0, one.getBoundingClientRect().top - 16)")
        shown = Image.open(io.BytesIO(self.page.screenshot()))
        few = shown.convert("RGB").quantize(48, dither=Image.Dither.NONE)
        few.save(self.pictures / f"story-{name}-{self.mark}.png", optimize=True)

    def click(self, what: str | Locator) -> None:
        self.walker.press(what)

    def tick(self, box: Locator) -> None:
        self.walker.taps += 1
        box.check()

    def follow(self, path: str) -> None:
        """Press the link to this address, which therefore must be on the page."""
        self.click(f"a[href='{path}']")

    def enter(self, address: str) -> None:
        """Sign in by the link of the page's head."""
        self.click("header a[href^='/login']")
        self.page.fill("#f-email", address)
        self.page.fill("#f-password", demo.PASSWORD)
        self.click("main form button")
        self.walker.read_in(self.language)

    def leave(self) -> None:
        self.walker.sign_out()

    def open_letter(self, words: str, address: str) -> None:
        """Show the newest letter to an address with a link of this kind as a mail program would."""
        Worker(self.product).work()
        folder = self.product.data / "mail"
        newest = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in newest:
            letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = letter.get_body(("html",))
            if letter["To"] == address and body is not None and words in body.get_content():
                site = self.product.site().base_url
                self.page.goto("about:blank")  # a mail program has rules of its own
                self.page.set_content(body.get_content().replace(site, self.walker.address))
                return
        raise AssertionError(f"no letter with {words} for {address}")
