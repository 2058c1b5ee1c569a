import re

import pytest
from flask import Flask

from tests.support.browser import Browser, text

TEXT = "Нужны втулки ø60 из бронзы, токарная обработка, 100 шт."


def posted(buyer: Browser, **fields: str) -> str:
    answer = buyer.post("/needs/new", {"text": TEXT, **fields}, page="/needs/new")
    assert answer.status_code == 302, text(answer)
    return str(answer.headers["Location"])


def test_a_wrong_password_says_so_and_keeps_the_address(browser: Browser) -> None:
    for email in ("buyer@demo-centre.example", "nobody@demo-centre.example"):
        answer = browser.post("/login", {"email": email, "password": "wrong-password"})
        assert answer.status_code == 401
        assert "E-mail or password is wrong" in text(answer)
        assert email in text(answer)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(buyer: Browser, site: Flask) -> None:
    cookie = buyer.client.get_cookie("matchmaker")
    assert cookie is not None
    buyer.post("/logout")
    thief = Browser(site.test_client())
    thief.client.set_cookie("matchmaker", cookie.value)
    assert thief.get("/needs/").status_code == 302


def test_ending_all_sessions_ends_the_other_ones(site: Flask) -> None:
    here, there = (
        Browser(site.test_client()).sign_in("network"),
        Browser(site.test_client()).sign_in("network"),
    )
    here.post("/account/end-all", page="/account")
    assert there.get("/account").status_code == 302


def test_registration_names_what_is_wrong_and_keeps_what_was_typed(browser: Browser) -> None:
    answer = browser.post(
        "/register",
        {"email": "not-an-address", "name": "Proba", "password": "long-enough-password", "consent": "1"},
    )
    assert answer.status_code == 422
    assert "Give an e-mail address" in text(answer)
    assert 'value="Proba"' in text(answer)
    done = browser.post(
        "/register",
        {
            "email": "proba@demo-centre.example",
            "name": "Proba",
            "password": "long-enough-password",
            "consent": "1",
        },
    )
    assert done.status_code == 302


def test_a_text_typed_before_signing_in_is_not_lost(browser: Browser) -> None:
    browser.post("/try/keep", {"text": TEXT}, page="/try")
    assert browser.get("/needs/new").status_code == 302
    browser.sign_in("buyer")
    assert TEXT in text(browser.get("/needs/new"))


def test_a_need_goes_from_text_to_a_curated_shortlist(buyer: Browser, operator: Browser) -> None:
    address = posted(buyer)
    page = text(buyer.get(address))
    assert "Draft" in page
    assert '<mark class="k-process"' in page
    assert buyer.post(f"{address}/move", {"state": "submitted"}).status_code == 302
    assert buyer.post(f"{address}/move", {"state": "published"}).status_code == 403
    assert address in text(operator.get("/work/"))
    assert operator.post(f"{address}/move", {"state": "published"}).status_code == 302

    work = "/work" + address
    operator.post(f"{work}/propose", page=work)
    page = text(operator.get(work))
    match, revision = re.search(
        r'name="match" value="([^"]+)"><input type="hidden" name="revision" value="(\d+)"', page
    ).groups()  # type: ignore[union-attr]
    operator.post(f"{work}/decide", {"match": match, "revision": revision, "decision": "approved"}, page=work)
    assert "Approved" in text(operator.get(work))
    again = {"match": match, "revision": revision, "decision": "approved"}
    assert operator.post(f"{work}/decide", again, page=work).status_code == 302  # done already
    stale = {"match": match, "revision": revision, "decision": "rejected", "reason": "capacity-taken"}
    assert operator.post(f"{work}/decide", stale, page=work).status_code == 409
    operator.post(f"{work}/invite", {"match": match}, page=work)
    assert "Invited" in text(operator.get(work))


def test_a_rejection_needs_a_reason(buyer: Browser, operator: Browser) -> None:
    address = posted(buyer)
    buyer.post(f"{address}/move", {"state": "submitted"})
    work = "/work" + address
    operator.post(f"{work}/propose", page=work)
    page = text(operator.get(work))
    match, revision = re.search(
        r'name="match" value="([^"]+)"><input type="hidden" name="revision" value="(\d+)"', page
    ).groups()  # type: ignore[union-attr]
    operator.post(f"{work}/decide", {"match": match, "revision": revision, "decision": "rejected"}, page=work)
    assert "Choose the reason" in text(operator.get(work))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("tolerance_it", "many", "whole number"),
        ("quantity", "-5", "not below 1"),
        ("deliver_by", "2026-02-30", "exists in the calendar"),
        ("envelope_mm", "420×80", "three sides"),
        ("max_distance_km", "1e999", "Give"),
    ],
)
def test_a_wrong_field_comes_back_with_what_was_typed(
    buyer: Browser, field: str, value: str, message: str
) -> None:
    answer = buyer.post("/needs/new", {"text": TEXT, field: value}, page="/needs/new")
    assert answer.status_code == 422
    page = text(answer)
    assert message in page
    assert f'value="{value}"' in page
    assert TEXT in page
    assert f'id="p-{field}"' in page


def test_two_editors_lose_nothing(buyer: Browser) -> None:
    address = posted(buyer)
    revision = re.search(r'name="revision" value="(\d+)"', text(buyer.get(f"{address}/edit")))[1]  # type: ignore[index]
    first = {"text": TEXT + " Срочно.", "revision": revision}
    assert buyer.post(f"{address}/edit", first, page=f"{address}/edit").status_code == 302
    second = buyer.post(
        f"{address}/edit", {"text": TEXT + " Не срочно.", "revision": revision}, page=f"{address}/edit"
    )
    assert second.status_code == 409
    assert "Не срочно." in text(second)
    assert "Срочно." in text(second)


def test_strictness_changes_the_answer(buyer: Browser) -> None:
    address = posted(buyer, tolerance_it="5")
    before = text(buyer.get(address))
    buyer.post(f"{address}/strictness", {"tolerance": "strict"}, page=address)
    after = text(buyer.get(address))
    assert "Accuracy —" in after
    assert "Accuracy —" not in before


def test_a_need_that_may_not_be_known_looks_like_one_that_is_not_there(
    buyer: Browser, supplier: Browser
) -> None:
    address = posted(buyer)
    hidden, absent = supplier.get(address), supplier.get("/needs/0123456789abcdef")
    assert hidden.status_code == absent.status_code == 404
    strip = re.compile(r'404 · \w+|value="[^"]*"')
    assert strip.sub("", text(hidden)) == strip.sub("", text(absent))


@pytest.mark.parametrize("address", ["/work/", "/needs/new"])
def test_doors_are_closed_to_other_roles(supplier: Browser, address: str) -> None:
    assert supplier.get(address).status_code == 403


def test_a_change_by_get_is_refused(buyer: Browser) -> None:
    address = posted(buyer)
    assert buyer.get(f"{address}/move?state=closed").status_code == 405


def test_one_session_is_ended_and_nobody_elses(site: Flask, buyer: Browser) -> None:
    here, there = (
        Browser(site.test_client()).sign_in("network"),
        Browser(site.test_client()).sign_in("network"),
    )
    numbers = re.findall(r'action="/account/end/(\d+)"', text(here.get("/account")))
    buyer.post(f"/account/end/{numbers[0]}", page="/account")
    assert there.get("/account").status_code == 200
    here.post(f"/account/end/{numbers[0]}", page="/account")
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_taking_a_condition_away_brings_more_suppliers(browser: Browser) -> None:
    need = {"text": "Токарная обработка валов, обязательно ИСО 9001"}

    def total(page: str) -> int:
        return int(re.search(r'id="found">(\d+) supplier', page)[1])  # type: ignore[index]

    before, after = (text(browser.post("/try", need | extra)) for extra in ({}, {"certification": "wish"}))
    assert 'name="certification" value="wish"' in before
    assert total(after) > total(before)


def test_a_contractor_reads_the_shortlist_and_only_the_centre_the_whole_ranking(
    buyer: Browser, operator: Browser
) -> None:
    address = posted(buyer)
    buyer.post(f"{address}/move", {"state": "submitted"})
    mine, centres = text(buyer.get(address)), text(operator.get(address))
    assert "do the work</h2>" in mine
    assert "shows you its shortlist" in mine
    assert 'class="match card"' in centres
    assert 'class="match card"' not in mine
    assert "<meter" not in mine


def test_every_refusal_says_what_to_do(buyer: Browser) -> None:
    for answer in (buyer.client.put("/needs/", headers=buyer.headers), buyer.get("/needs/none")):
        assert answer.status_code >= 400
        assert text(answer).count("<p>") > 1
