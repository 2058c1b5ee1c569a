"""The main job in a real browser: every page is walked in both languages, on a desk and on a phone."""

from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from matchmaker.cli import demo

NEED = "Нужны валы ø45h6 из стали 40Х, токарка и шлифовка, 50 шт., без покраски, обязательно ИСО 9001"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PATIENCE = 120_000  # ms; a busy machine of two cores is slow, not broken
# An operator's desk is dense where there is room; everywhere else a thumb decides.
SMALL = """() => { const least = document.body.matches('.desk') && innerWidth >= 960 ? 27 : 43.5;
  return [...document.querySelectorAll('button, select, summary, textarea, input:not([type=hidden]), nav a, h3 a')]
  .filter(one => { const box = one.getBoundingClientRect(); return box.width > 0 && box.height < least })
  .map(one => one.outerHTML.slice(0, 120)) }"""


@dataclass
class Walker:
    """A reader of the site that notes whatever is wrong with a page it comes to."""

    page: Page
    address: str
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("console", lambda line: self._said(line.type, line.text))
        self.page.on("request", lambda request: self._asked(request.url))

    def _said(self, kind: str, text: str) -> None:
        if kind == "error":
            self.wrong.append(f"console: {text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.wrong.append(f"request to another host: {url}")

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.look()

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.look()

    def look(self) -> None:
        """Check the page that is open: accessible, one heading, no sideways scrolling, targets to be hit by a thumb."""
        page, here = self.page, self.page.url
        found = Axe().run(page, options=RULES).response["violations"]
        self.wrong += [f"{here}: {v['id']} {v['nodes'][0]['html'][:120]}" for v in found]
        if page.locator("h1").count() != 1:
            self.wrong.append(f"{here}: not one h1")
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > page.viewport_size["width"]:
            self.wrong.append(f"{here}: {width} px wide")
        self.wrong += [f"{here}: small target {one}" for one in page.evaluate(SMALL)]

    def sign_in(self, role: str) -> None:
        self.go("/login")
        self.page.fill("#f-email", f"{role}@demo-centre.example")
        self.page.fill("#f-password", demo.PASSWORD)
        self.press("main form button")

    def read_in(self, language: str) -> None:
        choice = f"button[name=language][value={language}]"
        if self.page.locator(choice).count():
            self.press(choice)

    def sign_out(self) -> None:
        self.press("header form[action='/logout'] button")


@pytest.fixture(params=[1280, 360])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_need_is_posted_matched_and_curated(
    chromium: Browser, address: str, width: int, language: str
) -> None:
    size = {"width": width, "height": 900}
    with chromium.new_context(viewport=size, locale=language) as context:
        walker = Walker(context.new_page(), address)
        for path in (
            "/",
            "/suppliers?q=токарная обработка",
            "/suppliers?level=verified&on=2040-01-01",
            "/map",
            "/register",
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
        walker.go("/work/")
        walker.press(f"#n-{need.removeprefix('/needs/')} button.approve")
        walker.go(f"/work{need}")
        walker.press("main button.main")
        walker.press("button[value=approved]")
        walker.page.locator("input[name=match][type=checkbox]").first.check()
        walker.press("#invite button")
        assert walker.wrong == []
