"""Two centres and a plant, told through the pages alone: a need goes round the network, and its figures are locked and taken along.

The people of the plant, of both shops and of both centres each do their part; a letter brings them in.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import time_machine
from playwright.sync_api import Locator
from stdnum.ru import inn

from matchmaker.cli import demo
from matchmaker.wiring import Application
from matchmaker.worker import Worker
from tests.journeys.telling import Telling
from tests.journeys.walker import Walker
from tests.support.at_work import let_work

NETWORK = "network@lukomorye.example"  # runs the installation, see `matchmaker user add`
CENTRES = {
    "lukomorye": ("Центр субконтрактации «Лукоморье»", "Lukomorye Subcontracting Centre"),
    "buyan": ("Центр субконтрактации «Буян»", "Buyan Subcontracting Centre"),
}


class Firm(NamedTuple):
    """A firm of the story: its names, and what a list of suppliers says of its work in both languages."""

    names: tuple[str, str]
    number: str  # the first nine figures of its INN
    city: str
    work: tuple[str, str] = ("", "")

    def name(self, language: str) -> str:
        return self.names[language == "en"]

    @property
    def inn(self) -> str:
        return self.number + inn.calc_company_check_digit(self.number)


TURNING = Firm(
    ("Левша Точение", "Lefty Turning"),
    "745300101",
    "Челябинск",
    (
        "токарная обработка с ЧПУ до ø400×800 мм",
        "CNC turning up to ø400 x 800 mm",
    ),
)
MILLING = Firm(
    ("Данила Фрезер", "Danila Milling"),
    "667100102",
    "Екатеринбург",
    (
        "фрезерная обработка с ЧПУ до 600×400×300 мм",
        "CNC milling up to 600 x 400 x 300 mm",
    ),
)
PLANT = Firm(("Тридевятый завод", "Thrice-Ninth Plant"), "661200103", "Екатеринбург")
ASKED = {
    "ru": "Нужен приводной узел: фланцы и плиты, сталь 45, обязательно ИСО 9001.",
    "en": "We need a drive unit: flanges and plates, steel 45, ISO 9001 required.",
}
PARTS = {
    "ru": (("Фланец, токарная обработка", "40"), ("Плита, фрезерная обработка", "20")),
    "en": (("Flange, turning", "40"), ("Plate, milling", "20")),
}
WORDS = {"ru": "Собираем узел у себя и отгружаем вместе.", "en": "We assemble the unit and ship it together."}
QUARTER = 92  # days, after which a quarter is over
CLAIM = {"ru": "На двух плитах заусенцы по кромке.", "en": "Burrs along the edge of two plates."}
REMEDY = {"ru": "Заменили инструмент, плиты зачищены.", "en": "The tool is changed, the plates are deburred."}
METAL = {"ru": "сталь 45", "en": "steel 45"}
HEADS = {
    "ru": "Название;ИНН;Город;Виды работ;Материалы;Сертификат СМК;Действует до",
    "en": "Name;INN;City;Processes;Materials;QMS certificate;Valid until",
}


class CentresStory(Telling):
    """One telling, in an installation where nobody but the administrator of the network has been."""

    def __init__(
        self, walker: Walker, product: Application, language: str, width: int, pictures: Path | None = None
    ) -> None:
        super().__init__(walker, product, language, width, pictures)
        self.need = ""
        self.value = 40 * 12_000.25 + 20 * 31_005.50  # roubles, of both contracts
        self.sha256: dict[str, str] = {}  # of the locked quarter, by centre
        self.reports: dict[tuple[str, str], bytes] = {}  # by centre and kind of file
        self.travels: list[time_machine.travel] = []

    def tell(self) -> None:
        for act in (
            self.open_centres,
            self.bring_shops_in,
            self.write_need_down,
            self.publish,
            self.match,
            self.form_team,
            self.quote_parts,
            self.award,
            self.deliver,
            self.take_delivery,
            self.answer_claim,
            self.settle_and_rate,
            self.read_figures,
        ):
            act()

    def settle(self) -> None:
        """What the product does beside its pages: files, index, letters."""
        Worker(self.product).work()

    def at_last(self, what: str) -> Locator:
        """A part of a page that shows by itself how its work has gone on."""
        found = self.page.locator(what)
        found.wait_for()
        return found

    def operator(self, centre: str) -> str:
        return f"operator@{centre}.example"

    def person(self, firm: Firm) -> str:
        return f"{firm.number}@people.example"

    def open_centres(self) -> None:
        """The network's administrator names both centres and asks an operator into each; they come in by the letter."""
        self.walker.go("/")
        self.walker.read_in(self.language)
        self.enter(NETWORK)
        self.follow("/network/")
        for code, (russian, english) in CENTRES.items():
            for field, value in (("code", code), ("name_ru", russian), ("name_en", english)):
                self.page.fill(f"#f-{field}", value)
            self.click("form[action='/network/centres'] button")
            invitation = self.page.locator(f"form[action='/network/centres/{code}/operators']")
            invitation.locator("input[type=email]").fill(self.operator(code))
            self.click(invitation.locator("button"))
        self.leave()
        for code in CENTRES:
            self.come_in(self.operator(code), CENTRES[code][self.language == "en"])

    def come_in(self, address: str, name: str) -> None:
        """Somebody who was invited by letter takes the invitation."""
        self.open_letter("/join/", address)
        self.click("a[href*='/join/']")
        self.page.fill("#f-name", name)
        self.page.fill("#f-password", demo.PASSWORD)
        self.tick(self.page.locator("#f-consent"))
        self.click("main form button.main")

    def bring_shops_in(self) -> None:
        """Each centre takes its shop in from a list, and asks the shop's person in."""
        for code, shop in zip(CENTRES, (TURNING, MILLING), strict=True):
            self.enter(self.operator(code))
            self.follow("/work/")
            self.follow("/work/imports/")
            row = (
                shop.name(self.language),
                shop.inn,
                shop.city,
                shop.work[self.language == "en"],
                METAL[self.language],
                "ISO 9001",
                "2028-05-01",
            )
            listed = f"{HEADS[self.language]}\n{';'.join(row)}\n"
            self.page.set_input_files(
                "#f-file", {"name": "shops.csv", "mimeType": "text/csv", "buffer": listed.encode()}
            )
            self.click("main form button.main")
            self.settle()
            self.click(self.at_last("button[name=act][value=start]"))
            self.settle()
            self.at_last("button[name=act][value=undo]")
            self.ask_in(shop, "supplier_editor")
            self.leave()
            self.come_in(self.person(shop), shop.name(self.language))

    def ask_in(self, firm: Firm, role: str) -> None:
        """The operator finds the firm and invites a person of it."""
        self.follow("/work/")
        self.page.fill("#f-find", firm.inn)
        self.click("form.find button")
        self.click("main li a[href^='/work/companies/']")
        self.click("a.button[href^='/account/people/of/']")
        self.page.fill("#f-email", self.person(firm))
        self.page.select_option("#f-role", role)
        self.click("form[action='/account/people'] button.main")

    def write_need_down(self) -> None:
        """The plant telephones; the operator writes its need down, divides it into positions and asks the plant's buyer in."""
        home, *_ = CENTRES
        self.enter(self.operator(home))
        self.follow("/work/")
        self.follow("/work/intake/")
        for field, value in (
            ("name", PLANT.name(self.language)),
            ("inn", PLANT.inn),
            ("text", ASKED[self.language]),
        ):
            self.page.fill(f"#f-{field}", value)
        self.click("button[value=save]")
        self.need = self.walker.path().partition("#")[0]
        for title, pieces in PARTS[self.language]:
            self.follow(f"{self.need}/position")
            self.page.fill("#f-title", title)
            self.page.fill("#f-quantity", pieces)
            self.click("main form button.main")
        self.ask_in(PLANT, "contractor_buyer")

    def publish(self) -> None:
        """The need goes out to the suppliers of this centre and of the neighbour."""
        self.follow("/work/")
        self.click(f"a[href='{self.need}']")
        reach = self.page.locator(f"form[action='{self.need}/openness']")
        self.page.locator("details.card:has(form[action$='/openness']) > summary").click()
        reach.locator("#f-reach").select_option("chosen")
        for code in list(CENTRES)[1:]:
            self.tick(reach.locator(f"input[value={code}]"))
        self.click(reach.locator("button"))
        for state in ("submitted", "published"):
            self.click(f"main form button[value={state}]")
        self.settle()

    def match(self) -> None:
        self.follow(f"/work{self.need}")
        self.click("main button.main")
        assert self.page.locator("#shortlist > li").count() == 2

    def form_team(self) -> None:
        """The matcher finds that only both together make it all: the shop of this centre leads and turns, the neighbour's mills."""
        self.follow(f"/work{self.need}/teams")
        self.follow(f"{self.need}/together")
        proposed = self.page.locator("#positions ol > li").first.inner_text()
        assert all(shop.name(self.language) in proposed for shop in (TURNING, MILLING)), proposed
        self.page.go_back()
        self.page.select_option("#f-lead", label=TURNING.name(self.language))
        for field, shop in zip(
            self.page.locator("select[name^='part-']").all(), (TURNING, MILLING), strict=True
        ):
            field.select_option(label=shop.name(self.language))
        self.click("main form button.main")
        self.follow(f"/work{self.need}")
        self.click("form[action$='/release'] button")
        self.leave()
        self.come_in(self.person(PLANT), PLANT.name(self.language))

    def quote_parts(self) -> None:
        """Each shop's person goes to the need by a letter and prices its own part; the lead hands in for both."""
        for shop, prices, days in ((MILLING, ("", "31 005,50"), "20"), (TURNING, ("12 000,25", ""), "15")):
            self.open_letter(self.need, self.person(shop))
            self.click(self.page.locator(f"a[href*='{self.need}']").first)
            self.enter(self.person(shop))
            self.follow(f"{self.need}/quote")
            for field, price in zip(self.page.locator("input[name^='price-']").all(), prices, strict=True):
                field.fill(price)
            self.page.fill("#f-lead_time_days", days)
            self.page.select_option("#f-vat", "included")
            self.click("button[value=submit]")
            if shop is MILLING:
                self.leave()
        self.follow(f"{self.need}/team")
        self.page.fill("#f-note", WORDS[self.language])
        self.click(f"form[action='{self.need}/team/offer'] button")
        self.leave()

    def award(self) -> None:
        """The plant's buyer reads the joint quote and chooses the team: a contract for each of both; ten minutes pass."""
        self.enter(self.person(PLANT))
        self.follow("/needs/")
        self.follow(self.need)
        self.follow(f"{self.need}/quotes")
        self.click("tr[id^=t-] button[value=summary]")
        self.click("button[value=award]")
        assert self.page.locator("#contracts h3").count() == 2
        self.leave()
        self.later(timedelta(minutes=11))

    def later(self, span: timedelta) -> None:
        """Time passes, and the product does what is due by then."""
        passed = time_machine.travel(datetime.now(UTC) + span, tick=True)
        passed.start()
        self.travels.append(passed)
        let_work(self.product)
        self.settle()

    def deliver(self) -> None:
        """The lead sends a first article and all of its flanges, the neighbour's shop its plates."""
        for shop, pieces in ((TURNING, "40"), (MILLING, "20")):
            self.enter(self.person(shop))
            self.open_order(PLANT)
            if shop is TURNING:
                article = self.page.locator("details:has(input[value=first_article])")
                article.locator("summary").click()
                article.locator("textarea").fill(WORDS[self.language])
                self.click(article.locator("button"))
            self.page.fill("#f-pieces-0", pieces)
            self.click(self.page.locator("section[aria-labelledby=h-deliver] button.main"))
            self.leave()

    def open_order(self, of: Firm) -> None:
        """The person's orders stand at its shop, or beside the plant's needs; each is named by what the other side is called."""
        if not self.page.locator("main a[href='/orders/']").count():
            self.follow("/needs/")
        self.click(self.page.locator("main a[href='/orders/']"))
        listed = self.page.locator("main li").filter(has_text=of.name(self.language))
        self.click(listed.locator("a[href^='/orders/']"))

    def take_delivery(self) -> None:
        """The plant accepts the article and confirms both deliveries; two of the plates are no good."""
        self.enter(self.person(PLANT))
        for shop in (TURNING, MILLING):
            self.open_order(shop)
            for said in ("accept", "confirm") if shop is TURNING else ("confirm",):
                self.click(self.page.locator(f"section.attention button[value={said}]"))
        claim = self.page.locator("details:has(form[action$='/claims'])")
        claim.locator("summary").click()
        claim.locator("textarea").fill(CLAIM[self.language])
        claim.locator("input[name=pieces]").fill("2")
        self.click(claim.locator("button"))
        self.leave()

    def answer_claim(self) -> None:
        """The shop says why it happened and what it does, and takes its part for settled."""
        self.enter(self.person(MILLING))
        self.open_order(PLANT)
        for field in ("cause", "remedy"):
            self.page.locator(f"#claims textarea[name={field}]").fill(REMEDY[self.language])
        self.page.locator("#claims input[name=due_on]").fill(self.product.today().isoformat())
        self.click("#claims form:has(textarea[name=cause]) button")
        self.click("#claims form[action$='/close'] button")
        self.leave()

    def settle_and_rate(self) -> None:
        """The plant settles too, rates both contracts and ends its need."""
        self.enter(self.person(PLANT))
        self.open_order(MILLING)
        self.click("#claims form[action$='/close'] button")
        self.follow(f"{self.need}#shortlist")
        for place, quality in enumerate(("5", "4")):
            outcome = self.page.locator("details.rating").nth(place)
            outcome.locator("select[name=quality]").select_option(quality)
            self.click(outcome.locator("form button"))
        self.click("main form button[value=completed]")
        self.leave()

    def read_figures(self) -> None:
        """The quarter is over: each centre reads what was done in it, locks it and takes the report along."""
        self.later(timedelta(days=QUARTER))
        for code in CENTRES:
            self.enter(self.operator(code))
            self.follow("/work/")
            self.follow("/work/figures/")
            self.click("nav.periods a[rel=prev]")
            self.click("form[action^='/work/figures/lock'] button")
            self.sha256[code] = self.page.locator("code.hash").inner_text()
            for kind in ("xlsx", "csv", "pdf"):
                self.walker.taps += 1
                with self.page.expect_download() as download:
                    self.page.locator(f"a[href^='/work/figures/report.{kind}']").click()
                self.reports[code, kind] = Path(download.value.path()).read_bytes()
            self.leave()
