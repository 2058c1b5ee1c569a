"""The whole story, told through the pages alone: every step is what a person would press, type or read in a letter."""

from pathlib import Path
from time import monotonic
from typing import NamedTuple

from playwright.sync_api import Locator
from stdnum.ru import inn

from matchmaker.cli import demo
from matchmaker.wiring import Application
from matchmaker.worker import Worker
from tests.journeys.telling import Telling
from tests.journeys.walker import Walker

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
PARTS = {
    "ru": (("Плита", "50"), ("Кронштейн", "20")),
    "en": (("Plate", "50"), ("Bracket", "20")),
}
PERSON = {"ru": "Василиса Премудрая", "en": "Vasilisa the Wise"}
REMARK = {
    "ru": "Укажите номер сертификата и срок.",
    "en": "Please give the certificate's number and last day.",
}
FIRM = {"ru": "Жар-птица Плита", "en": "Firebird Plates"}


class Act(NamedTuple):
    """What an act takes of who does it, signing in and out included; seconds are those of the machine, typing none."""

    taps: int
    screens: int
    seconds: float


class Story(Telling):
    """One telling of the story at the demo centre."""

    def __init__(
        self,
        walker: Walker,
        product: Application,
        language: str,
        width: int,
        pictures: Path | None = None,
    ) -> None:
        super().__init__(walker, product, language, width, pictures)
        self.email = f"shop-{self.mark}@demo-centre.example"
        number = f"00{width:04d}{'101' if language == 'ru' else '202'}"
        self.inn = number + inn.calc_company_check_digit(number)
        self.name = f"{FIRM[language]} {width}"
        self.need = ""
        self.acts: dict[str, Act] = {}

    def tell(self) -> None:
        for act in (
            self.register,
            self.write_profile,
            self.return_profile,
            self.correct_profile,
            self.publish_profile,
            self.verify_certificate,
            self.post_need,
            self.publish_need,
            self.match,
            self.invite,
            self.answer_by_letter,
            self.sign_and_open,
            self.quote,
            self.type_in_another_quote,
            self.compare,
            self.contract,
            self.rate,
        ):
            taps, screens, begun = self.walker.taps, self.walker.screens, monotonic()
            act()
            done = Act(self.walker.taps - taps, self.walker.screens - screens, monotonic() - begun)
            self.acts[act.__name__] = done

    def enter_as(self, role: str) -> None:
        """Sign in as somebody of the demo centre."""
        self.enter(f"{role}@demo-centre.example")

    def register(self) -> None:
        self.walker.go("/")
        self.walker.read_in(self.language)
        self.follow("/login")
        self.follow("/register")
        for field, value in (
            ("name", PERSON[self.language]),
            ("email", self.email),
            ("password", demo.PASSWORD),
            ("inn", self.inn),
            ("organisation", self.name),
        ):
            self.page.fill(f"#f-{field}", value)
        self.tick(self.page.locator("#f-consent"))
        self.click("main form button.main")
        self.open_letter("/confirm/", self.email)
        self.click("a[href*='/confirm/']")
        self.click("main form button")

    def write_profile(self) -> None:
        self.enter(self.email)
        self.follow("/shop/")  # leads to the text about the shop while there is no profile
        self.page.fill("#f-text", ABOUT[self.language])
        self.click("main form button.main")
        self.picture("1-proposals")
        self.click("button[value=add-all]")
        self.follow("/shop/profile/")
        self.click("form[action='/shop/profile/submit'] button")
        self.leave()

    def _review(self) -> None:
        self.follow("/work/")
        self.follow("/work/profiles/")
        self.click(f"[data-keys] a:has-text('{self.name}')")

    def return_profile(self) -> None:
        self.enter_as("operator")
        self._review()
        self.page.fill("#f-certificates", REMARK[self.language])
        self.click("button[value=return]")
        self.leave()

    def correct_profile(self) -> None:
        self.enter(self.email)
        self.follow("/shop/")
        self.click("#certificates li a")
        self.page.fill("#f-number", f"RU-{self.mark}")
        self.page.fill("#f-valid_until", "2028-05-01")
        self.click("main form button.main")
        self.click("form[action='/shop/profile/submit'] button")
        self.leave()

    def publish_profile(self) -> None:
        self.enter_as("operator")
        self._review()
        self.click("button[value=approve]")

    def verify_certificate(self) -> None:
        self.follow("/work/")
        self.follow("/work/certificates")
        self.click(f"[data-keys] a:has-text('{self.name}')")
        self.page.fill("#f-how", "pub.fsa.gov.ru")
        self.click("button[value=verify]")
        self.leave()

    def post_need(self) -> None:
        self.enter_as("buyer")
        self.follow("/needs/")
        self.follow("/needs/new")
        self.page.fill("#f-text", LETTER[self.language])
        self.page.set_input_files("#f-file", MODEL)
        self.click("main form button.main")
        self.need = self.walker.path().partition("#")[0]
        assert self.page.locator("[data-opening]").count() == 1
        Worker(self.product).work()  # opens the model
        self.follow(self.need)
        self.click("#readings button")
        for title, pieces in PARTS[self.language]:
            self.add_position(title, pieces)
        self.picture("2-need", self.page.locator("#understood"))
        self.click("main form button[value=submitted]")
        self.leave()

    def add_position(self, title: str, pieces: str) -> None:
        self.follow(f"{self.need}/position")
        self.page.fill("#f-title", title)
        self.page.fill("#f-quantity", pieces)
        self.click("main form button.main")

    def publish_need(self) -> None:
        self.enter_as("operator")
        self.follow("/work/")
        self.follow(self.need)
        self.click("main form button[value=published]")
        Worker(self.product).work()

    def match(self) -> None:
        self.follow(f"/work{self.need}")
        self.click("main button.main")

    def invite(self) -> None:
        """The new shop and one that the demo centre knows; both are shown to the contractor."""
        card = self._card(self.name)
        assert card.count() == 1, "the new shop is not among the matches"
        self.tick(card.locator("input[type=checkbox]"))
        other = self.page.locator("#shortlist > li").filter(has_not_text=self.name).first
        self.other = other.locator("h2").inner_text()
        self.tick(other.locator("input[type=checkbox]"))
        self.picture("3-shortlist", card)
        self.click("#invite button[value=invite]")
        self.click("form[action$='/release'] button")
        self.leave()

    def _card(self, name: str) -> Locator:
        return self.page.locator("#shortlist > li").filter(
            has=self.page.get_by_role("heading", name=name, exact=True)
        )

    def answer_by_letter(self) -> None:
        """Nobody is signed in here: the letter's button opens a page, the page's button answers."""
        self.open_letter("/answers/", self.email)
        self.picture("4-letter")
        self.click(self.page.locator("a[href*='/answers/']").first)
        self.click("main form button.main")
        self.follow(self.need)

    def sign_and_open(self) -> None:
        """Signing in leads back to the need; the drawing opens once the agreement is accepted."""
        self.enter(self.email)
        self.follow(f"{self.need}/nda")
        self.tick(self.page.locator("#f-agree"))
        self.click("main form button.main")
        self.walker.taps += 2
        self.page.locator("main a[href^='/drawings/']").first.click()
        with self.page.expect_download() as download:
            Worker(self.product).work()  # makes the copy that is marked for the shop
            self.page.locator("main a.button.main").click()
        assert download.value.suggested_filename == "plate.step"
        assert b"ISO-10303-21" in Path(download.value.path()).read_bytes()
        self.click("main a.button:not(.main)")
        self.follow(self.need)

    def _fill_quote(self, plate: str, bracket: str, days: str) -> None:
        """A price for each position; the whole is added up."""
        for field, price in zip(
            self.page.locator("input[name^='price-']").all(), (plate, bracket), strict=True
        ):
            field.fill(price)
        self.page.fill("#f-lead_time_days", days)
        self.page.select_option("#f-vat", "included")

    def quote(self) -> None:
        self.follow(f"{self.need}/quote")
        self._fill_quote("2 500,01", "900", "20")
        self.click("button[value=submit]")
        self.leave()

    def type_in_another_quote(self) -> None:
        """The other invited shop has answered by telephone; the operator types its quote in."""
        self.enter_as("operator")
        self.follow("/work/")
        self.click(f"a[href='/work{self.need}']")
        self.click(self._card(self.other).locator("a[href$='/quote']"))
        self._fill_quote("2620", "850", "14")
        self.click("button[value=submit]")
        self.leave()

    def compare(self) -> None:
        self.enter_as("buyer")
        self.follow("/needs/")
        self.follow(self.need)
        for box in self.page.locator("input[form=compare]").all():
            self.tick(box)
        self.click("#compare button")
        assert self.page.locator("table.compare thead th").count() == 3
        self.follow(self.need)
        self.follow(f"{self.need}/quotes")
        assert self.page.locator("#offers tbody tr").count() == 2
        self.picture("5-quotes")

    def contract(self) -> None:
        """The plates are split between both, the brackets go to the cheaper one; the letters are read before they go."""
        self.follow(f"{self.need}/award")
        pieces = self.page.locator("input[name^='take-']")
        assert [one.input_value() for one in pieces.all()] == ["50", "", "", "20"]
        pieces.nth(0).fill("30")
        pieces.nth(1).fill("20")
        self.picture("6-award")
        self.click("button[value=summary]")
        assert self.page.locator("#h-left").count() == 0
        assert self.page.locator("section[aria-labelledby=h-letters] details").count() >= 1
        self.picture("6-summary")
        self.click("button[value=award]")
        assert self.page.locator("#contracts h3").count() == 2

    def rate(self) -> None:
        """The parts have come: the outcome is recorded."""
        self.walker.unfold("details.rating")
        self.page.select_option("#g-quality", "5")
        self.click(self.page.locator("details.rating form button").first)
        self.click("main form button[value=completed]")
        self.leave()
