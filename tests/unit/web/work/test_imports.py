"""A file of suppliers on its way: sent, tried, taken, reported, taken back; by the pages that an operator uses."""

import re

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import func, select

from importers.columns import ListKind, column_words
from matchmaker.domain.records import NeedRecord, SupplierRecord
from matchmaker.models import Need, Organisation, Outbox, Profile
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from matchmaker.web.views.work.column_labels import label
from matchmaker.wiring import Application
from tests.support.browser import Browser, text
from tests.support.office_files import SUPPLIERS, book, workbook
from tests.support.register_files import legal_entities, legal_entity, zipped
from tests.support.sent_lists import PAGE, press, send, tried, work


@pytest.fixture
def operator(own_site) -> Browser:  # type: ignore[no-untyped-def]
    return Browser(own_site.test_client()).sign_in("operator")


def rows_named(*names: str) -> list[list[object]]:
    return [["Название", "Виды работ"], *([name, "токарная обработка"] for name in names)]


def count(product: Application) -> int:
    with product.sessions() as session:
        return suppliers.count(session)


def test_a_list_is_tried_before_anything_is_saved_then_taken_and_taken_back(
    operator: Browser, own_product: Application
) -> None:
    before = count(own_product)
    address = str(send(operator, workbook(SUPPLIERS)).headers["Location"])
    assert "Trial run" in text(operator.get(address))
    assert operator.get(f"{address}/progress").json["state"] == "checking"
    work(own_product)
    page = text(operator.get(address))
    assert re.findall(r'class="count">(\d+)', page) == ["3", "0", "0", "2", "0", "0"]
    assert "<strong>ИНН</strong>: Check the INN" in page
    assert count(own_product) == before
    press(operator, address, "start")
    work(own_product)
    assert count(own_product) == before + 3
    page = text(operator.get(address))
    assert "Undo the import" in page
    remarks = operator.get(f"{address}/remarks.csv").get_data().decode("utf-8-sig")
    assert re.search("7;name-[0-9a-f]+;new;Численность;", remarks)
    press(operator, address, "undo")
    assert count(own_product) == before
    assert "3 records are rolled back" in text(operator.get(address))
    assert not list((own_product.data / "imports").iterdir())


def test_the_same_file_is_one_import_and_is_started_once(operator: Browser, own_product: Application) -> None:
    content = workbook(rows_named("Близнец"))
    address = str(send(operator, content).headers["Location"])
    assert send(operator, content).headers["Location"] == address
    work(own_product)
    press(operator, address, "start")
    again = press(operator, address, "start")
    assert "already done that" in text(operator.get(again.headers["Location"]))
    work(own_product)
    assert send(operator, content).headers["Location"] != address


def test_a_column_that_was_misread_is_set_right(operator: Browser, own_product: Application) -> None:
    rows: list[list[object]] = [["Кто", "Что делает"], ["Завод «Левша»", "литьё"]]
    address = tried(operator, own_product, rows)
    assert re.findall(r'class="count">(\d+)', text(operator.get(address))) == ["0", "0", "0", "0", "0", "1"]
    wrong = press(operator, address, "columns", **{"column-0": "inn", "column-1": "inn"})
    assert wrong.status_code == 422
    assert "Two columns cannot mean the same" in text(wrong)
    press(operator, address, "columns", **{"column-0": "name", "column-1": "processes"})
    work(own_product)
    assert re.findall(r'class="count">(\d+)', text(operator.get(address))) == ["1", "0", "0", "0", "0", "0"]


def test_what_somebody_worked_with_stays(operator: Browser, own_product: Application) -> None:
    address = tried(operator, own_product, rows_named("Нужный завод", "Лишний завод"))
    press(operator, address, "start")
    work(own_product)
    with own_product.sessions() as session:
        kept = next(p for p in suppliers.every(session) if p.organisation.name_ru == "Нужный завод")
        centre = needs.centre_of(session, own_product.settings.centre)
        need = next(n for n in needs.every(session) if n.centre_id == centre.id and n.state == "published")
    page = f"/work/needs/{need.public_id}"
    operator.post(f"{page}/add", {"supplier": kept.public_id}, page=page)
    press(operator, address, "undo")
    assert "1 record is rolled back. 1 stays" in text(operator.get(address))


def test_what_somebody_noted_something_about_stays(operator: Browser, own_product: Application) -> None:
    address = tried(operator, own_product, rows_named("Завод с заметкой", "Завод без неё"))
    press(operator, address, "start")
    work(own_product)
    with own_product.sessions() as session:
        noted = next(p for p in suppliers.every(session) if p.organisation.name_ru == "Завод с заметкой")
        page = f"/work/companies/{noted.organisation.public_id}"
    form = {"kind": "note", "text": "Звонили", "once": "note1"}
    assert operator.post(f"{page}/notes", form, page=page).status_code == 302
    press(operator, address, "undo")
    assert "1 record is rolled back. 1 stays" in text(operator.get(address))


FULL: list[list[object]] = [
    ["Название", "ИНН", "Регион", "Телефон", "Что делает", "Оборудование", "Сертификат"],
    [
        "ООО «Двойной список»",
        "5024047737",
        "Самарская область",
        "+7 846 200-00-00",
        "токарная обработка",
        "16К20",
        "ISO 9001 до 01.05.2028",
    ],
]
BARE: list[list[object]] = [
    ["Название", "ИНН", "E-mail"],
    ["ООО «Двойной список»", "5024047737", "a@b.example"],
]


def taken(operator: Browser, product: Application, rows: list[list[object]], **more: str) -> str:
    address = tried(operator, product, rows, **more)
    press(operator, address, "start")
    work(product)
    return address


def held(product: Application) -> SupplierRecord:
    with product.sessions() as session:
        firm = Organisation.inn == "5024047737"
        profile = session.scalars(select(Profile).join(Profile.organisation).where(firm)).one()
        return suppliers.record(profile)


def test_a_second_list_takes_nothing_away_says_what_it_changes_and_is_taken_back_whole(
    operator: Browser, own_product: Application
) -> None:
    taken(operator, own_product, FULL)
    before = held(own_product)
    assert (before.certificates[0].standard, before.equipment[0].name) == ("ISO 9001", "16К20")
    address = tried(operator, own_product, BARE)
    page = text(operator.get(address))
    assert "E-mail" in page
    assert "Comes: a@b.example." in page
    assert held(own_product) == before
    press(operator, address, "start")
    work(own_product)
    after = held(own_product)
    with own_product.sessions() as session:  # the index holds what was changed
        assert session.scalar(select(func.count()).select_from(Outbox)) == 0
    assert after.contacts is not None
    assert (after.contacts.email, after.contacts.phone) == ("a@b.example", "+7 846 200-00-00")
    assert after.model_copy(update={"contacts": before.contacts}) == before
    press(operator, address, "undo")
    assert "1 record has its former values again" in text(operator.get(address))
    assert held(own_product) == before
    again = tried(operator, own_product, BARE)
    assert again != address
    assert "Comes: a@b.example." in text(operator.get(again))


def test_what_somebody_changed_since_is_not_taken_back(operator: Browser, own_product: Application) -> None:
    taken(operator, own_product, FULL)
    address = taken(operator, own_product, BARE)
    with own_product.sessions.begin() as session:
        firm = Organisation.inn == "5024047737"
        profile = session.scalars(select(Profile).join(Profile.organisation).where(firm)).one()
        profile.contacts = {"email": "own@firm.example"}
    press(operator, address, "undo")
    assert "1 stays" in text(operator.get(address))
    assert held(own_product).contacts.email == "own@firm.example"  # type: ignore[union-attr]


def test_needs_come_as_a_list_too(operator: Browser, own_product: Application) -> None:
    rows: list[list[object]] = [["Деталь", "Кол-во"], ["Кольцо упорное", 40]]
    address = tried(operator, own_product, rows, kind="need")
    press(operator, address, "start")
    work(own_product)
    assert "Кольцо упорное" in text(operator.get("/work/"))
    press(operator, address, "undo")
    assert "Кольцо упорное" not in text(operator.get("/work/"))


ASKED: list[list[object]] = [
    ["Код", "Деталь", "Материал", "Кол-во", "Контрактор", "Примечание"],
    ["N-1", "Кольцо упорное", "Сталь 40Х", 40, "АО «Сборка»", "по образцу"],
]


def asked(product: Application) -> NeedRecord:
    with product.sessions() as session:
        return needs.record(session.scalars(select(Need).where(Need.external_id == "N-1")).one())


def test_a_second_list_of_needs_takes_nothing_away_and_is_taken_back_whole(
    operator: Browser, own_product: Application
) -> None:
    taken(operator, own_product, ASKED, kind="need")
    before = asked(own_product)
    second: list[list[object]] = [["Код", "Деталь", "Кол-во"], ["N-1", "Кольцо упорное", 70]]
    address = tried(operator, own_product, second, kind="need")
    assert "Was: 40. Becomes: 70." in text(operator.get(address))
    assert asked(own_product) == before
    press(operator, address, "start")
    work(own_product)
    assert asked(own_product) == before.model_copy(update={"quantity": 70})
    press(operator, address, "undo")
    assert "1 record has its former values again" in text(operator.get(address))
    assert asked(own_product) == before


def test_what_a_person_has_changed_on_a_need_no_list_changes(
    operator: Browser, own_product: Application
) -> None:
    taken(operator, own_product, ASKED, kind="need")
    with own_product.sessions.begin() as session:
        need = session.scalars(select(Need).where(Need.external_id == "N-1")).one()
        edited = needs.record(need).model_copy(update={"quantity": 55})
        needs.edit(session, need, edited, revision=need.revision, by="tester")
    second: list[list[object]] = [["Код", "Деталь", "Кол-во", "Масса, кг"], ["N-1", "Кольцо упорное", 70, 3]]
    page = text(operator.get(taken(operator, own_product, second, kind="need")))
    assert "A person has said on the site: 55." in page
    assert asked(own_product) == edited.model_copy(update={"mass_kg": 3})


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "list.xlsx", "names the columns"),
        (b"PK\x03\x04broken", "list.xlsx", "damaged or is not what its name says"),
        (b"MZ", "list.exe", "none of: XLSX"),
        (b"{not json", "list.json", "is not JSON"),
        (b"\xff\xfe\x00", "list.jsonl", "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    operator: Browser, own_product: Application, content: bytes, name: str, message: str
) -> None:
    answer = send(operator, content, name)
    if answer.status_code == 302:  # what only shows when it is read whole
        work(own_product)
        answer = operator.get(answer.headers["Location"])
    assert re.search(message, text(answer))
    assert name in text(answer)


def test_a_file_is_asked_for_and_may_be_given_up(operator: Browser, own_product: Application) -> None:
    without = operator.post(PAGE, {"kind": "need"}, page=PAGE)
    assert without.status_code == 422
    assert 'value="need" checked' in text(without)
    address = tried(operator, own_product, rows_named("Ничего"))
    press(operator, address, "discard")
    assert "not imported" in text(operator.get(address))


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("kind", ["suppliers", "needs"])
def test_each_name_of_a_column_on_the_page_is_understood_in_a_file(
    own_site: Flask, kind: ListKind, language: str
) -> None:
    words = column_words(kind)
    with own_site.test_request_context(), force_locale(language):
        assert {meaning: words.meaning(label(meaning)) for meaning in words.meanings} == {
            meaning: meaning for meaning in words.meanings
        }


def test_an_empty_list_is_read_as_what_it_says(operator: Browser, own_product: Application) -> None:
    for kind, expected in (("supplier", "ООО «Пример»"), ("need", "Вал")):
        empty = operator.get(f"{PAGE}sample/{kind}.xlsx").get_data()
        address = str(send(operator, empty, kind=kind).headers["Location"])
        work(own_product)
        page = text(operator.get(address))
        assert re.findall(r'class="count">(\d+)', page)[0] == "1", page
        assert expected in page
        meant = re.findall(r'<option value="(\w+)" selected', page)
        assert len(meant) == len(set(meant)) > 9
        press(operator, address, "discard")


def test_a_register_is_tried_and_taken_and_a_closed_firm_is_marked(
    operator: Browser, own_product: Application
) -> None:
    firms = (legal_entity("ВАЛ", "7707083893"), legal_entity("ПРОШЛОЕ", "7728168971", closed=True))
    content = zipped(**{f"{at}.xml": legal_entities(one) for at, one in enumerate(firms)})
    address = str(send(operator, content, "register.zip").headers["Location"])
    work(own_product)
    page = text(operator.get(address))
    assert re.findall(r'class="count">(\d+)', page) == ["2", "0", "0", "1", "0", "0"]
    assert "This firm ceased to be on" in page
    press(operator, address, "start")
    work(own_product)
    with own_product.sessions() as session:
        states = {p.organisation.name_ru: p for p in suppliers.every(session, published=False)}
    alive, gone = states['ООО "ВАЛ"'], states['ООО "ПРОШЛОЕ"']
    assert (alive.state, gone.state) == ("published", "blocked")
    shown = text(operator.get(f"/suppliers/{alive.public_id}"))
    assert "25.62 Обработка металлических изделий механическая" in shown
    assert "102" + "7707083893" in shown


def test_a_file_that_no_reader_takes_is_told_by_its_form(operator: Browser, own_product: Application) -> None:
    address = str(send(operator, legal_entities(version="4.05"), "old.xml").headers["Location"])
    work(own_product)
    assert "of form 4.05, which is not read" in text(operator.get(address))


def test_the_sheet_that_names_firms_is_read_and_another_one_chosen(
    operator: Browser, own_product: Application
) -> None:
    content = book(
        Пояснение=[["Поле", "Пояснение"], ["Название", "как в уставе"]],
        Поставщики=[["Название", "Виды работ"], ["Завод «Первый»", "литьё"], ["Завод «Второй»", "сварка"]],
        Архив=[["Список", "старый"], ["Название", "Виды работ"], ["Завод «Третий»", "литьё"]],
    )
    address = str(send(operator, content).headers["Location"])
    work(own_product)
    page = text(operator.get(address))
    assert re.findall(r'class="count">(\d+)', page)[0] == "2"
    assert re.search("<option value=.Поставщики. selected", page)
    press(operator, address, "table", sheet="Поставщики", head="1", together="1")
    work(own_product)
    page = text(operator.get(address))
    assert re.findall(r'class="count">(\d+)', page)[0] == "3"
    assert "Read together with it: Архив." in page
    wrong = press(operator, address, "table", sheet="Архив", head="нет")
    assert wrong.status_code == 422
    assert "number of a row" in text(wrong)
    press(operator, address, "table", sheet="Архив", head="1")
    work(own_product)
    page = text(operator.get(address))
    assert re.findall(r'class="count">(\d+)', page)[0] == "1"
    assert re.search("<option value=.Архив. selected", page)
    press(operator, address, "table", sheet="Архив", head="1")
    work(own_product)
    assert "Список" in text(operator.get(address))
