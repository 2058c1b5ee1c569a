"""A profile fills itself from a text or a list; each thing found is confirmed or put aside, what was not read is shown."""

import io
import re

import pytest
import typst
import xlsxwriter
from flask import Flask

from tests.support.browser import Browser, text
from tests.support.opened import open_files

SHOP = (
    "Электроэрозионная вырезка до 300 мм, ±0,01, сталь 40Х.\n"
    "Токарный станок с ЧПУ — 3 шт\nСертификат ISO 9001 № RU.К123 до 12.03.2028\nЛитьё не делаем.\nЧай наливаем гостям."
)
FILL, FOUND = "/shop/profile/fill", "/shop/found/"


@pytest.fixture
def shop(own_site: Flask) -> Browser:
    browser = Browser(own_site.test_client()).sign_in("supplier")
    browser.post("/shop/found/aside", {"do": "all"}, page=FILL)
    browser.post("/shop/profile/discard", page="/shop/profile/")
    return browser


def send(shop: Browser, words: str = "", name: str = "", content: bytes = b""):  # type: ignore[no-untyped-def]
    """The answer to a text, or to a list once it was opened."""
    files = {"file": (io.BytesIO(content), name)} if name else {}
    answer = shop.post(FILL, {"text": words, **files}, page=FILL)  # type: ignore[dict-item]
    if answer.status_code != 302 or "opened=" not in answer.headers["Location"]:
        return answer
    waits = shop.get(answer.headers["Location"])
    assert waits.status_code == 202
    assert name in text(waits)
    open_files(shop.client.application.extensions["matchmaker"])
    return shop.get(answer.headers["Location"])


def give(shop: Browser, words: str = "", name: str = "", content: bytes = b"") -> str:
    """The page of what was found."""
    answer = send(shop, words, name, content)
    assert answer.status_code == 302, text(answer)
    return text(shop.get(FOUND))


def keys(page: str) -> list[str]:
    """Findings that wait, in the order in which they are asked about."""
    return re.findall(r'name="choose" type="checkbox" value="([0-9a-f]{16})"', page)


def test_one_that_cannot_be_added_as_read_is_opened_and_the_ticks_stay(shop: Browser) -> None:
    page = give(shop, "Токарный станок 16К20 (2035)\nШлифование до 200 мм\nСертификат ISO 9001 до 12.03.2028")
    found = keys(page)
    assert len(found) >= 3
    answer = shop.post(FOUND, {"choose": found[:-1], "do": "add-all"}, page=FOUND)
    told = text(answer)
    assert answer.status_code == 422, told
    assert ticked(told) == found[1:-1]


def test_opening_one_keeps_what_was_unticked(shop: Browser) -> None:
    found = keys(give(shop, SHOP))
    page = text(shop.post(FOUND, {"choose": found[1:], "at": found[2]}, page=FOUND))
    assert ticked(page) == found[1:]
    assert f'action="/shop/found/{found[2]}"' in page
    assert keys(text(shop.get(FOUND))) == found
    kept = [one for one in re.findall(r"<input[^>]*>", page) if "hidden" in one and 'name="choose"' in one]
    left = [re.search('value="([0-9a-f]+)"', one)[1] for one in kept]  # type: ignore[index]
    assert left == found[1:]
    page = text(shop.post(f"{FOUND}{found[2]}", {"do": "pass", "unticked": "1", "choose": left}, page=FOUND))
    assert ticked(page) == [key for key in found[1:] if key != found[2]]


def ticked(page: str) -> list[str]:
    """The findings that are ticked."""
    boxes = re.findall(r'<input[^>]*name="choose"[^>]*>', page)
    return [re.search('value="([0-9a-f]+)"', box)[1] for box in boxes if " checked" in box]  # type: ignore[index]


def passages(page: str) -> dict[str, list[str]]:
    """The text sentence by sentence, each with what it suggests."""
    found: dict[str, list[str]] = {}
    for one in re.findall(r"<li>(.*?)</li>", page.split("passages")[1].partition("</ul>")[0], re.DOTALL):
        said = re.search(r'<p class="understood">(.*?)</p>', one, re.DOTALL)
        words = re.sub(r'<span class="meaning">.*?</span>|<[^>]+>', "", said[1]) if said else ""
        boxes = re.findall(r"<label[^>]*>(.*?)</label>", one, re.DOTALL)
        assert boxes or "Nothing was found here." in one
        found[" ".join(words.split())] = [" ".join(re.sub("<[^>]+>", " ", box).split()) for box in boxes]
    return found


def test_the_text_is_shown_as_it_stood_with_what_each_sentence_suggests(shop: Browser) -> None:
    page = give(shop, SHOP)
    first = [words.split()[0] for words in passages(page)]
    assert first == ["Электроэрозионная", "Токарный", "Сертификат", "Чай", "Токарный"]
    assert page.index("these machines can do it") > page.index("Чай")
    assert passages(page)["Токарный станок с ЧПУ — 3 шт"] != []
    assert '<mark class="k-process"' in page
    later = give(shop, "Фрезерная обработка алюминия.\nПеревозим.")
    assert [words.split()[0] for words in passages(later)][3:5] == ["Фрезерная", "Перевозим."]
    assert "Чай" not in later, "a line that could not be read belongs to the last text"


def test_a_machine_that_the_text_and_the_list_name_is_asked_about_once(shop: Browser) -> None:
    page = give(shop, "Токарный станок 16К20\nТокарный станок 16К20, 2 шт, 1987 г.")
    told = [box for boxes in passages(page).values() for box in boxes if "16К20" in box]
    assert len(told) == 1
    assert "1987" in page


def workbook() -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet("Станки")
    rows = [
        ["Перечень оборудования ООО «Пример» на 01.10.2026"],
        [],
        [
            "№ п/п",
            "Наименование",
            "Модель",
            "Кол-во",
            "Год выпуска",
            "Макс. диаметр, мм",
            "РМЦ",
            "Изготовитель",
        ],
        ["Токарная группа"],
        [1, "Токарно-винторезный", "16К20", 3, 1985, 400, 1000, "Красный пролетарий"],
        [2, "Станок", "16К20Ф3", 1, 1991],
        ["Прочее"],
        [3, "Тележка", "", 2],
        ["Итого", "", "", 6],
    ]
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    papers = book.add_worksheet("Сертификаты")
    papers.write_row(0, 0, ["Стандарт", "Орган по сертификации", "Действует до"])
    papers.write_row(1, 0, ["ГОСТ Р ИСО 9001-2015", "Русский Регистр", "01.02.2028"])
    book.close()
    return made.getvalue()


def test_each_finding_is_asked_about_and_can_be_changed_first(shop: Browser) -> None:
    page = give(shop, SHOP)
    assert passages(page)["Чай наливаем гостям."] == []
    assert "Литьё" not in page
    first, *rest = keys(page)
    assert len(rest) >= 3
    wrong = shop.post(
        f"{FOUND}{first}", {"do": "add", "process": "Wire EDM", "tolerance_it": "50"}, page=FOUND
    )
    assert wrong.status_code == 422
    assert 'id="p-tolerance_it"' in text(wrong)
    assert 'value="Wire EDM"' in text(wrong)
    given = {"do": "add", "process": "Wire EDM", "tolerance_it": "6", "materials": "40Х; Steel 45"}
    for _ in range(2):  # the second press adds nothing
        assert shop.post(f"{FOUND}{first}", given, page=FOUND).status_code == 302
    draft = text(shop.get("/shop/profile/"))
    assert draft.count("Wire EDM · Steel 40Kh (40Х); Steel 45 · L 300") in {0, 1}
    assert draft.count('href="/shop/profile/capabilities/') >= 2
    assert draft.count("Wire EDM · Steel 40Kh (40Х); Steel 45") == 2  # the line, and the name of its button
    passed = keys(text(shop.get(FOUND)))[0]
    assert shop.post(f"{FOUND}{passed}", {"do": "pass"}, page=FOUND).status_code == 302
    assert passed not in text(shop.get(FOUND))


def test_a_certificate_is_read_with_its_number_and_last_day(shop: Browser) -> None:
    page = give(shop, "Сертификат ISO 9001 № РОСС RU.ИСХ1.К00123 от 12.03.2025 до 12.03.2028")
    assert 'value="РОСС RU.ИСХ1.К00123"' in page
    assert 'value="2028-03-12"' in page


def test_a_certificate_that_is_denied_or_planned_is_not_proposed(shop: Browser) -> None:
    for words in ("Сертификат ISO 14001: нет", "ISO 14001 планируем в 2028", "Сертификат ISO 14001 истёк"):
        assert 'value="ISO 14001"' not in give(shop, words)
    page = give(shop, "ISO 14001 внедряем")
    assert 'value="ISO 14001"' in page
    assert '<option value="implementing" selected>' in page


def test_what_waits_stays_until_it_is_settled_and_is_not_found_twice(shop: Browser) -> None:
    waiting = keys(give(shop, SHOP))
    assert keys(give(shop, SHOP)) == waiting
    page = text(shop.get(FILL))
    assert f"{len(waiting)} entries wait" in page
    several = {"choose": waiting[1]}
    assert shop.post(FOUND, several, page=FOUND).status_code == 302
    assert waiting[1] not in keys(text(shop.get(FOUND)))
    again = give(shop, SHOP)
    assert len(keys(again)) == len(waiting) - 1
    assert "in the profile already" in again


def test_a_workbook_of_machines_is_read_whatever_stands_above_and_below(shop: Browser) -> None:
    page = give(shop, name="Оборудование.xlsx", content=workbook())
    assert "Токарно-винторезный 16К20" in page
    assert 'value="400"' in page
    assert 'value="1985"' in page
    assert "CNC lathe" in page
    assert "ГОСТ Р ИСО 9001-2015" in page
    read = passages(page)
    assert [
        boxes for words, boxes in read.items() if words.startswith(("Перечень оборудования", "Итого 6"))
    ] == [[], []]


def test_a_formula_without_a_value_is_told(shop: Browser) -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    first, second = book.add_worksheet("Станки"), book.add_worksheet("Цены")
    for at, row in enumerate([["Оборудование", "Модель"], ["Токарный станок", "16К20"]]):
        first.write_row(at, 0, row)
    second.write_formula("A1", "=SUM(B1:B9)", value="")
    second.write("A2", "Фрезерная обработка")
    book.close()
    page = give(shop, name="Станки.xlsx", content=made.getvalue())
    assert "Цены!A1 =SUM(B1:B9): This cell holds a formula without a value" in page


def test_cells_pasted_from_a_table_are_read_like_the_table(shop: Browser) -> None:
    block = "Станок\tТип\tКол-во\tГабариты обработки\n6Р13\tКонсольно-фрезерный\t2\t1000х300х420\nHaas VF-2\t\t1\t\n"
    page = give(shop, block)
    assert 'value="1000×300×420"' in page
    assert "Milling machine" in page
    assert "Machining centre" in page


def test_a_price_list_in_the_old_code_page_gives_the_work(shop: Browser) -> None:
    rows = "Услуга;Цена\nТокарная обработка;от 1500 руб\nЛазерная резка листа до 20 мм;договорная\nДоставка;500\n"
    page = give(shop, name="прайс.csv", content=rows.encode("cp1251"))
    assert "Turning" in page
    assert "Laser cutting" in page
    assert passages(page)["Доставка 500"] == []


def test_a_pdf_is_read_and_one_of_pictures_says_so(shop: Browser) -> None:
    made = bytes(
        typst.compile(
            "Токарно-винторезный станок 16К20 — 3 шт\n\nШлифовка валов до ø200".encode(), format="pdf"
        )
    )
    page = give(shop, name="список.pdf", content=made)
    assert "16К20" in page
    assert "Cylindrical grinding" in page
    empty = bytes(typst.compile(b"#rect()", format="pdf"))
    answer = send(shop, "kept", "скан.pdf", empty)
    assert answer.status_code == 422
    assert "pictures and no text" in text(answer)
    assert ">kept</textarea>" in text(answer)


@pytest.mark.parametrize(
    ("words", "name", "content", "said"),
    [
        ("", "", b"", "Paste a text about the shop"),
        ("x" * 70_000, "", b"", "at most 60000"),
        ("", "a.xlsx", b"PK\x03\x04broken", "damaged or is not what its name says"),
        ("", "a.bin", b"\x00\x01\x02", "neither a workbook, a PDF nor a text"),
        ("", "a.pdf", b"%PDF-1.4 broken", "damaged"),
    ],
)
def test_what_cannot_be_read_says_why(
    shop: Browser, words: str, name: str, content: bytes, said: str
) -> None:
    answer = send(shop, words, name, content)
    assert answer.status_code == 422
    assert said in text(answer)


def test_what_the_text_says_of_the_firm_fills_only_what_is_open(shop: Browser) -> None:
    about = "Работаем с 1997 года, 350 человек. Пишите: sale@zavod-primer.ru, www.zavod-primer.ru. Делаем валы и фланцы."
    page = give(shop, about)
    assert 'value="www.zavod-primer.ru"' in page
    assert 'value="1997"' not in page  # the demo shop has its year
    key = keys(page)[0]
    given = {"do": "add", "contacts-website": "www.zavod-primer.ru"}
    assert shop.post(f"{FOUND}{key}", given, page=FOUND).status_code == 302
    basics = text(shop.get("/shop/profile/basics"))
    assert 'value="www.zavod-primer.ru"' in basics
    assert 'value="shop1@demo-centre.example"' in basics
