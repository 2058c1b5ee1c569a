"""The workbench in a real browser, by keyboard alone where an operator works, and the contractor's side of a shortlist."""

import re

import pytest
from playwright.sync_api import Browser, Page

from matchmaker.wiring import Application
from matchmaker.worker import Worker
from tests.journeys.walker import Walker, screen

NEED = "Нужны корпуса из алюминия Д16Т, фрезерная обработка, 300×200×80 мм, 40 шт., Екатеринбург"
MAIL = "Здравствуйте! Нужны валы ø45, сталь 40Х, токарная обработка, 120 шт."
TABLE = "Деталь\tМатериал\tКол-во\nВтулка\tбронза БрАЖ9-4\t100\nОсь\t40Х\t20"


def keys(walker: Walker, *pressed: str) -> None:
    """Press keys that stay on the page."""
    for key in pressed:
        walker.page.keyboard.press(key)


def leave(walker: Walker, key: str) -> None:
    """Press a key that sends a form."""
    with walker.page.expect_navigation():
        walker.page.keyboard.press(key)
    walker.look()


def in_russian(walker: Walker, code: str, letter: str) -> None:
    """Press a letter's key while the keyboard is a Russian one, which the browser tells by the letter and the key's place."""
    walker.page.evaluate(
        "([code, key]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {code, key, bubbles: true}))",
        [code, letter],
    )


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def posted(walker: Walker) -> str:
    walker.sign_in("buyer")
    walker.go("/needs/new")
    walker.page.fill("#f-text", NEED)
    walker.press("main form button.main")
    need = walker.page.url.removeprefix(walker.address)
    walker.press("main form button[value=submitted]")
    walker.sign_out()
    return need


def curate(walker: Walker, need: str) -> None:
    """Publish, approve, reject, undo, annotate, move and invite without the mouse."""
    page = walker.page
    walker.go("/work/")
    keys(walker, "?")
    assert page.locator("#keys").is_visible()
    walker.look()
    keys(walker, "Escape", "j")
    row = f"#n-{need.removeprefix('/needs/')}"
    page.locator(row).focus()
    keys(walker, "a")
    page.wait_for_selector(row, state="detached")  # done in place: the list is renewed, the page stays
    assert page.url.endswith("/work/")
    assert page.evaluate("document.activeElement.matches('[data-keys] > *')")
    walker.look()
    walker.go(f"/work{need}")
    walker.press("main button.main")
    assert page.locator("#shortlist > li").count() > 3
    in_russian(walker, "KeyJ", "о")
    first = focused(page)
    assert page.locator("#shortlist > li").first.get_attribute("id") == first
    leave(walker, "a")
    assert focused(page) == first
    leave(walker, "u")
    leave(walker, "a")
    keys(walker, "j", "r", "ArrowDown")
    leave(walker, "Enter")
    keys(walker, "j", "n")
    page.keyboard.type("Позвонить в среду")
    keys(walker, "Tab")
    leave(walker, "Enter")
    third = focused(page)
    leave(walker, "Shift+K")
    assert page.locator("#shortlist > li").nth(1).get_attribute("id") == third
    keys(walker, "i", "j", "j", "i")
    page.locator("#invite button[value=invite]").focus()
    leave(walker, "Enter")
    page.locator("form[action$='/release'] button").focus()
    leave(walker, "Enter")


def decide(walker: Walker, need: str) -> None:
    """Compare, mark, contract and rate as the contractor."""
    walker.go(need)
    walker.press("#shortlist button[name=wanted]")
    walker.press("#compare button")
    assert walker.page.locator("table.compare thead th").count() >= 3
    walker.go(need)
    card = walker.page.locator("#shortlist li.match").first
    walker.press(card.locator("form[action$='/award'] button"))
    walker.press("button[value=award]")
    walker.unfold("details.rating")
    walker.press("details.rating form button")
    for kind in ("pdf", "xlsx"):
        answer = walker.page.request.get(f"{walker.address}{need}/shortlist.{kind}")
        assert answer.status == 200


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
def test_an_operator_works_by_keyboard_and_a_contractor_decides(
    chromium: Browser, address: str, width: int, language: str
) -> None:
    with chromium.new_context(**screen(width), locale=language) as context:
        walker = Walker(context.new_page(), address)
        need = posted(walker)
        walker.sign_in("operator")
        walker.read_in(language)
        curate(walker, need)
        walker.sign_out()
        walker.sign_in("buyer")
        walker.read_in(language)
        decide(walker, need)
        assert walker.wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_need_is_taken_in_and_two_operators_lose_nothing(
    chromium: Browser, address: str, width: int, language: str
) -> None:
    with chromium.new_context(**screen(width), locale=language) as context:
        walker = Walker(context.new_page(), address)
        page = walker.page
        walker.sign_in("operator")
        walker.read_in(language)
        walker.go("/work/intake/")
        page.fill("#f-text", TABLE)
        walker.press("button[value=look]")
        assert page.locator("textarea[readonly]").count() == 2
        page.fill("#f-text", MAIL)
        page.select_option("#f-channel", "e-mail")
        walker.press("button[value=save]")
        need = re.sub(r"^.*(/needs/[0-9a-f]+).*$", r"\1", page.url)
        walker.go(f"/work{need}")
        walker.press("main button.main")
        other = Walker(context.new_page(), address)
        other.go(f"/work{need}")
        for one, text in ((walker, "Мой текст"), (other, "Чужой текст")):
            note = one.page.locator("details.note").first
            note.locator("summary").click()
            note.locator("textarea").fill(text)
            with one.page.expect_navigation():
                note.locator("button").click()
        other.wrong = [line for line in other.wrong if "409" not in line]
        other.look()
        assert other.page.input_value("#f-note") == "Чужой текст"
        assert "Мой текст" in other.page.locator("main").inner_text()
        other.press("#mine button")
        other.go("/work/duplicates/")
        other.go("/suppliers?q=токарная")
        other.page.fill("#f-name", f"Токари {width}")
        other.press("form[action='/searches/'] button")
        assert walker.wrong + other.wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_list_is_imported_and_a_supplier_is_found_while_typing(
    chromium: Browser, address: str, product: Application, width: int, language: str
) -> None:
    name = f"Китеж-Кузня {width} {language}"
    with chromium.new_context(**screen(width), locale=language) as context:
        walker = Walker(context.new_page(), address)
        page = walker.page
        walker.sign_in("operator")
        walker.read_in(language)
        walker.go("/work/imports/")
        content = f"Название;Виды работ;Численность\n{name};ковка;много\n{name} 2;ковка;12\n".encode("cp1251")
        page.set_input_files("#f-file", {"name": "list.csv", "mimeType": "text/csv", "buffer": content})
        walker.press("main form button.main")
        for waited in ("button[value=start]", "button[value=undo]"):
            Worker(product).work()
            page.wait_for_selector(waited)
            walker.look()
            if "start" in waited:
                walker.press(waited)
        walker.go(f"/work/find?q={name}")
        assert page.locator(f"main a:has-text('{name} 2')").count() >= 1
        walker.go("/work/")
        walker.press("#open a")
        page.fill("#f-supplier", name)
        page.wait_for_selector(".suggest button")
        page.keyboard.press("ArrowDown")
        leave(walker, "Enter")
        assert name in page.locator("#shortlist").inner_text()
        assert walker.wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_page_is_a_few_keys_away(chromium: Browser, address: str, width: int, language: str) -> None:
    with chromium.new_context(**screen(width), locale=language) as context:
        walker = Walker(context.new_page(), address)
        page = walker.page
        walker.sign_in("operator")
        walker.read_in(language)
        assert page.url.endswith("/work/")  # the own desk
        keys(walker, "Control+k")
        assert focused(page) == "f-palette"
        walker.look()
        page.keyboard.type("журн" if width > 500 else "journ")  # in either language
        assert page.locator("#palette li:visible").count() == 1
        leave(walker, "Enter")
        assert page.url.endswith("/journal/")
        keys(walker, "Control+k")
        page.keyboard.type("zzz")
        page.wait_for_selector("#palette-said:not(:empty)")
        assert page.locator("#palette li:visible").count() == 0
        walker.look()
        leave(walker, "Enter")
        assert page.url.endswith("/work/find?q=zzz")
        walker.go("/needs/?column=number")
        number = page.locator("tbody tr:first-child td").last.inner_text()
        need = page.evaluate("document.querySelector('tbody th a').href")
        keys(walker, "Control+k")
        page.keyboard.type(number)
        page.wait_for_selector("#palette li.found")
        keys(walker, "ArrowDown")
        leave(walker, "Enter")
        assert page.url == need
        keys(walker, "Control+k", "ArrowDown")
        leave(walker, "Enter")
        assert page.url.endswith("/suppliers")
        keys(walker, "Control+k", "Escape")
        assert not page.locator("#palette").is_visible()
        assert walker.wrong == []


@pytest.mark.slow
def test_a_supplier_is_dragged_to_its_place(chromium: Browser, address: str) -> None:
    with chromium.new_context(viewport={"width": 1280, "height": 2400}, locale="ru") as context:
        walker = Walker(context.new_page(), address)
        need = posted(walker)
        walker.sign_in("operator")
        walker.go(f"/work{need}")
        walker.press("main button.main")
        items = walker.page.locator("#shortlist > li")
        third = items.nth(2).get_attribute("id")
        with walker.page.expect_navigation():
            items.nth(2).locator(".rank").drag_to(items.nth(0))
        assert items.nth(0).get_attribute("id") == third
        assert walker.wrong == []
