"""The whole story in a real browser: a shop registers and is published, a plant's letter becomes a contract, the ranker sees it."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from stdnum.ru import inn

from matchmaker.cli import demo
from matchmaker.models import Mail
from matchmaker.services import matching, needs, training
from matchmaker.wiring import Application
from tests.journeys.test_main_job import Walker
from tests.journeys.test_main_job import width as width  # noqa: PLC0414 - a fixture shared between journeys
from tests.unit.web.conftest import TODAY

MODEL = Path(__file__).parents[1] / "files" / "plate.step"
ABOUT = {
    "ru": "Делаем плиты и корпуса: фрезерная обработка с ЧПУ до 600×400×300 мм, 7 квалитет, алюминий Д16Т, сталь 45.\n"
    "Обрабатывающий центр Haas VF-2 — 2 шт\nСертификат ISO 9001",
    "en": "We make plates and housings: CNC milling up to 600 x 400 x 300 mm, IT7, aluminium D16T, steel 45.\n"
    "Machining center Haas VF-2, 2 pcs\nISO 9001 certificate",
}
LETTER = {
    "ru": "Добрый день! Нужны плиты из сплава Д16Т по модели, фрезерная обработка, IT8, 50 шт. в месяц, "
    "обязательно ИСО 9001.",
    "en": "Hello, we need plates of D16T aluminium to the model, CNC milling, IT8, 50 pcs per month, ISO 9001 required.",
}


class Story:
    """One telling in a language at a width, with pictures where a folder for them is named."""

    def __init__(self, walker: Walker, product: Application, language: str, width: int) -> None:
        self.walker, self.page, self.product, self.language = walker, walker.page, product, language
        self.mark = f"{language}-{'phone' if width < 500 else 'desktop'}"
        self.email = f"shop-{language}-{width}@demo-centre.example"
        number = f"00{width:04d}{'101' if language == 'ru' else '202'}"
        self.inn = number + inn.calc_company_check_digit(number)
        self.name = f"Жар-птица-плита {self.mark}"

    def shot(self, name: str) -> None:
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            self.page.screenshot(path=str(Path(folder) / f"story-{name}-{self.mark}.png"), full_page=True)

    def link(self, pattern: str) -> str:
        """The newest link of this kind in a letter to the shop."""
        with self.product.sessions() as session:
            letters = session.scalars(
                select(Mail).where(Mail.recipient == self.email).order_by(Mail.id.desc())
            )
            found = next(match for mail in letters if (match := re.search(pattern, mail.text)))
        return found[0]

    def sign_in(self, role: str | None = None) -> None:
        self.walker.go("/login")
        self.page.fill("#f-email", f"{role}@demo-centre.example" if role else self.email)
        self.page.fill("#f-password", demo.PASSWORD)
        self.walker.press("main form button")
        self.walker.read_in(self.language)

    def register(self) -> None:
        self.walker.go("/")
        self.walker.read_in(self.language)
        self.walker.go("/register")
        for field, value in (
            ("name", "Василиса Премудрая"),
            ("email", self.email),
            ("password", demo.PASSWORD),
            ("inn", self.inn),
            ("organisation", self.name),
        ):
            self.page.fill(f"#f-{field}", value)
        self.walker.press("main form button.main")
        self.walker.go(self.link(r"/confirm/[\w.-]+"))
        self.walker.press("main form button")

    def write_profile(self) -> None:
        self.sign_in()
        self.walker.go("/shop/profile/fill")
        self.page.fill("#f-text", ABOUT[self.language])
        self.walker.press("main form button.main")
        self.shot("1-proposals")
        while self.page.locator("button[value=add]").count():
            self.walker.press("button[value=add]")
        self.walker.go("/shop/profile/")
        self.walker.press("form[action='/shop/profile/submit'] button")
        self.walker.sign_out()

    def check_profile(self, decision: str) -> None:
        self.sign_in("operator")
        self.walker.go("/work/profiles/")
        self.walker.press(f"[data-keys] a:has-text('{self.mark}')")
        if decision == "return":
            self.page.fill("#f-certificates", "№?")
            self.shot("2-review")
        self.walker.press(f"button[value={decision}]")

    def correct(self) -> None:
        self.walker.sign_out()
        self.sign_in()
        self.walker.go("/shop/profile/")
        self.shot("3-returned")
        self.walker.press("#certificates li a")
        self.page.fill("#f-number", f"RU-{self.mark}")
        self.page.fill("#f-valid_until", "2028-05-01")
        self.walker.press("main form button.main")
        self.walker.press("form[action='/shop/profile/submit'] button")
        self.walker.sign_out()

    def verify(self) -> None:
        self.walker.go("/work/certificates")
        self.walker.press(f"[data-keys] a:has-text('{self.mark}')")
        self.page.fill("#f-how", "pub.fsa.gov.ru")
        self.shot("4-certificate")
        self.walker.press("button[value=verify]")
        self.walker.sign_out()

    def post_need(self) -> str:
        self.sign_in("buyer")
        self.walker.go("/needs/new")
        self.page.fill("#f-text", f"{LETTER[self.language]} ({self.mark})")
        self.page.set_input_files("#f-file", MODEL)
        self.walker.press("main form button.main")
        need = self.page.url.removeprefix(self.walker.address)
        self.walker.press("#readings button")
        need = need.partition("#")[0]
        self.shot("5-need")
        self.walker.press("main form button[value=submitted]")
        self.walker.sign_out()
        return need

    def invite(self, need: str) -> None:
        self.sign_in("operator")
        self.walker.go(need)
        self.walker.press("main form button[value=published]")
        self.product.catch_up()
        self.walker.go(f"/work{need}")
        self.walker.press("main button.main")
        card = self.page.locator(f"#shortlist > li:has(h2:has-text('{self.mark}'))")
        assert card.count() == 1, "the new shop is not among the matches"
        card.locator("input[type=checkbox]").check()
        self.shot("6-shortlist")
        self.walker.press("#invite button[value=invite]")
        self.walker.press("form[action$='/release'] button")
        self.walker.sign_out()

    def answer(self, need: str) -> None:
        self.walker.go(self.link(r"/answers/[\w.-]+"))
        self.shot("7-answer")
        self.walker.press("main form button.main")
        self.sign_in()
        self.walker.go(f"{need}/nda")
        self.page.check("#f-agree")
        self.shot("8-agreement")
        self.walker.press("main form button.main")
        with self.page.expect_download() as download:
            self.page.locator("a[href^='/drawings/']").first.click()
        assert download.value.suggested_filename == "plate.step"
        self.walker.go(f"{need}/quote")
        self.page.fill("#f-amount", "125 000,50")
        self.page.fill("#f-lead_time_days", "20")
        self.page.fill("#f-batches", "50: 2500,01")
        self.shot("9-quote")
        self.walker.press("button[value=submit]")
        self.walker.sign_out()

    def contract(self, need: str) -> None:
        self.sign_in("buyer")
        self.walker.go(f"{need}/quotes")
        self.shot("10-quotes")
        self.walker.press("form[action$='/accept'] button")
        self.walker.go(need)
        self.shot("11-contract")
        self.walker.sign_out()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_whole_story(
    chromium: Browser, address: str, product: Application, width: int, language: str
) -> None:
    size = {"width": width, "height": 900}
    with chromium.new_context(viewport=size, locale=language, accept_downloads=True) as context:
        walker = Walker(context.new_page(), address)
        story = Story(walker, product, language, width)
        story.register()
        story.write_profile()
        story.check_profile("return")
        story.correct()
        story.check_profile("approve")
        story.verify()
        need = story.post_need()
        story.invite(need)
        story.answer(need)
        story.contract(need)
        assert walker.wrong == []
    with product.sessions() as session:
        stored = needs.by_key(session, need.rsplit("/", 1)[1])
        assert stored.state == "contracted"
        parts = matching.Matching(product.matcher(), product.recogniser, TODAY)
        seen = [one for one in training.examples(session, parts) if one.need == stored.public_id]
        assert [one.decision for one in seen].count("contracted") == 1
