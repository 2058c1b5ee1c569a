"""What was typed survives sessions that end and forms that grow old."""

import html
import re
import secrets

from flask import Flask

from matchmaker.domain.records import NeedRecord, parse
from matchmaker.services.needs import needs
from matchmaker.web.kit import forms
from matchmaker.wiring import Application
from tests.support.browser import TODAY, Browser, text

FORM = {
    "title": "Фланцы <особые>",
    "text": "Нужны фланцы:\nиз стали 40Х, токарная обработка",
    "quantity": "250",
    "city": "Тверь",
    "standard": "ISO 9001",
    "level": "verified",
}
_FIELD = re.compile(r'<textarea hidden name="([^"]+)">\n(.*?)</textarea>', re.DOTALL)


def kept(page: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _FIELD.findall(page)}


def action(page: str) -> str:
    return re.findall(r'<form method="post" action="([^"]+)">', page)[-1]


def test_a_form_of_an_ended_session_comes_back_whole_and_is_sent_after_signing_in(site: Flask) -> None:
    browser = Browser(site.test_client()).sign_in("buyer")
    page = text(browser.get("/needs/new"))
    once = re.findall(r'name="once" value="([^"]+)"', page)[0]
    elsewhere = Browser(site.test_client()).sign_in("buyer")
    elsewhere.post("/account/end-all", page="/account")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    data = {**FORM, "once": once, "csrf_token": token}
    answer = browser.client.post("/needs/new", data=data, headers=browser.headers)
    assert answer.status_code == 401
    assert kept(text(answer)) == {**FORM, "once": once}
    assert action(text(answer)) == "/needs/new"
    browser.sign_in("buyer")
    # The page that came back is now older than the session, so it comes back once more.
    again = browser.client.post("/needs/new", data=data, headers=browser.headers)
    assert again.status_code == 400
    assert kept(text(again)) == {**FORM, "once": once}
    token = re.findall(r'name="csrf_token" value="([^"]+)"', text(again))[-1]
    done = browser.client.post(
        "/needs/new", data={**kept(text(again)), "csrf_token": token}, headers=browser.headers
    )
    assert done.status_code == 302
    shown = text(browser.get(done.headers["Location"] + "/edit"))
    assert "Нужны фланцы:" in shown
    assert 'value="250"' in shown


def test_a_password_never_comes_back(browser: Browser) -> None:
    secret = secrets.token_hex(8)
    for address in ("/login", "/register"):
        data = {"csrf_token": "old", "email": "a@b.example", "password": secret}
        answer = browser.client.post(address, data=data, headers=browser.headers)
        assert answer.status_code == 400
        assert secret not in text(answer)


def test_a_long_text_typed_before_signing_in_is_not_lost(browser: Browser) -> None:
    long = " ".join(secrets.token_hex(4) for _ in range(900))
    answer = browser.post("/try/keep", {"text": long}, page="/try")
    assert answer.status_code == 401
    assert kept(text(answer))["text"] == long
    assert action(text(answer)) == "/needs/new"


def test_a_text_tried_by_a_signed_in_buyer_opens_the_form(buyer: Browser) -> None:
    page = text(buyer.post("/try/keep", {"text": "втулки из бронзы"}, page="/try"))
    assert "втулки из бронзы</textarea>" in page
    assert 'action="/needs/new"' in page


def test_saving_the_form_loses_nothing_that_it_has_no_field_for(buyer: Browser, product: Application) -> None:
    given = {"text": "Корпуса литые, 20 шт.", "sectors": "машиностроение", "lots_per_year": "4"}
    address = buyer.post("/needs/new", given, page="/needs/new").headers["Location"]
    key = address.rsplit("/", 1)[-1]
    with product.sessions.begin() as session:
        need = needs.by_key(session, key)
        need.requirements = {**need.requirements, "languages": ["ru"], "sheet_thickness_mm": 3.0}
        need.latitude, need.longitude = 55.0, 37.0
    page = text(buyer.get(f"{address}/edit"))
    fields = dict(re.findall(r'<input id="f-[^"]+" name="([^"]+)" type="[^"]+" value="([^"]*)"', page))
    revision = re.findall(r'name="revision" value="(\d+)"', page)[0]
    sent = {**fields, "text": "Корпуса литые, 25 шт.", "quantity": "25", "revision": revision}
    assert buyer.post(f"{address}/edit", sent, page=f"{address}/edit").status_code == 302
    with product.sessions() as session:
        record = needs.record(needs.by_key(session, key))
    assert (record.quantity, record.lots_per_year, record.thickness_mm) == (25, 4, 3.0)
    assert (record.sectors, record.languages, record.location) == (("машиностроение",), ("ru",), (55.0, 37.0))


def test_a_need_that_moves_to_another_town_forgets_where_the_old_one_lay() -> None:
    before = parse(NeedRecord, {"id": "n", "text": "Валы", "city": "Тверь", "location": [56.9, 35.9]})
    given = forms.new_need(forms.typed({"text": "Валы", "city": "Омск"}), "n", TODAY)
    assert forms.changed(before, given).location is None


def test_a_button_pressed_after_the_session_ended_is_pressed_again_after_signing_in(site: Flask) -> None:
    browser = Browser(site.test_client()).sign_in("buyer")
    browser.post("/searches/", {"name": "Литьё", "query": "q=литьё"}, page="/suppliers?q=литьё")
    look = re.findall(r"/searches/[0-9a-f]{16}/look", text(browser.get("/searches/")))[0]
    browser.post("/logout", page="/account")
    answer = browser.post(look, page="/login")
    assert answer.status_code == 401
    assert action(text(answer)) == look
    browser.sign_in("buyer")
    assert browser.post(look, page="/searches/").headers["Location"].startswith("/suppliers?")
    browser.post(look.replace("/look", "/delete"), page="/searches/")
