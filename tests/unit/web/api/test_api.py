"""Programs with a key: make one, post and change needs, state hours, and lose the right when the key or its person ends."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from matchmaker.services.people import accounts, browser_sessions
from matchmaker.wiring import Application
from tests.support.api_keys import NEED, key_of, key_of_once
from tests.support.browser import Browser, text


@pytest.fixture
def program(own_site: Flask) -> FlaskClient:
    return own_site.test_client()


def test_a_key_is_shown_once_and_over_when_it_is_ended(plant: Browser, program: FlaskClient) -> None:
    header = key_of(plant)
    page = text(plant.get("/account/keys/"))
    assert header["Authorization"].split()[1] not in page
    assert "reads and writes" in page
    assert program.get("/api/v1/needs", headers=header, buffered=True).status_code == 200
    assert "not used yet" not in text(plant.get("/account/keys/"))
    number = re.search(r"/account/keys/(\d+)/end", page)[1]  # type: ignore[index]
    plant.post(f"/account/keys/{number}/end", page="/account/keys/")
    refused = program.get("/api/v1/needs", headers=header)
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"name": "", "scope": "read", "days": "90"}, "Write what the key is for"),
        ({"name": "x", "scope": "read", "days": "9999"}, "Choose how long the key lasts"),
    ],
)
def test_a_wrong_form_makes_no_key(plant: Browser, form: dict[str, str], problem: str) -> None:
    answer = plant.post("/account/keys/", form, page="/account/keys/")
    assert answer.status_code == 422
    assert problem in text(answer)
    assert "mmk_" not in text(answer)


def test_a_key_ends_with_all_sessions_of_its_person(
    plant: Browser, program: FlaskClient, own_product: Application
) -> None:
    header = key_of(plant, "read")
    with own_product.sessions.begin() as session:
        browser_sessions.end_all(session, accounts.by_email(session, "buyer@demo-centre.example"))
    assert program.get("/api/v1/needs", headers=header).status_code == 401


def test_a_need_is_posted_once_changed_and_handed_in(plant: Browser, program: FlaskClient) -> None:
    header = key_of(plant)
    made = program.post("/api/v1/needs", json=NEED, headers=header)
    assert made.status_code == 201
    address, record = made.headers["Location"], made.json["record"]
    assert record["title"] == "Flanges"
    again = program.post("/api/v1/needs", json=NEED, headers=header)
    assert (again.status_code, again.json["key"]) == (200, made.json["key"])
    other = program.post("/api/v1/needs", json={**NEED, "title": "Shafts"}, headers=header)
    assert (other.status_code, other.json["code"]) == (409, "need.exists")
    assert address in other.json["detail"]
    assert NEED["id"] in {item["id"] for item in program.get("/api/v1/needs", headers=header).json["items"]}
    read = program.get(address, headers=header)
    wanted = {**read.json["record"], "quantity": 300}
    unconditional = program.put(address, json=wanted, headers=header)
    assert (unconditional.status_code, unconditional.json["code"]) == (428, "condition.missing")
    conditional = header | {"If-Match": read.headers["ETag"]}
    changed = program.put(address, json=wanted, headers=conditional)
    assert (changed.status_code, changed.json["record"]["quantity"]) == (200, 300)
    stale = program.put(address, json=wanted, headers=conditional)
    assert (stale.status_code, stale.json["code"]) == (409, "stale")
    assert program.post(f"{address}/submit", headers=header).json["state"] == "submitted"
    assert program.post(f"{address}/submit", headers=header).json["state"] == "submitted"
    assert "Flanges" in text(plant.get("/needs/"))


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ('{"id": "a", "text": "x", "text": "y"}', 400, "text"),
        ('{"id": "a", "quantity": NaN}', 422, "record"),
        ("[]", 422, "record"),
        ('{"id": "a", "text": "x", "centre_id": 2}', 422, "centre_id"),
        ('{"id": "a", "text": "x", "quantity": -1}', 422, "quantity"),
        ("[" * 100_000, 400, "record"),
    ],
)
def test_a_wrong_body_is_told_by_field(
    plant: Browser, program: FlaskClient, sent: str, status: int, field: str
) -> None:
    answer = program.post(
        "/api/v1/needs", data=sent, headers=key_of_once(plant), content_type="application/json"
    )
    assert answer.status_code == status
    assert field in {one["field"] for one in answer.json["problems"]}


def test_a_form_is_no_body(plant: Browser, program: FlaskClient) -> None:
    answer = program.post("/api/v1/needs", data={"id": "a"}, headers=key_of_once(plant))
    assert answer.status_code == 415


def test_a_shop_states_its_hours(shop: Browser, program: FlaskClient) -> None:
    header = key_of(shop)
    plan = program.get("/api/v1/shop/capacity", headers=header).json
    group, week = plan["groups"][0], plan["weeks"][1]
    entry = {"group": group, "week": week, "maximum": 40, "agreed": 12.5}
    stated = program.put("/api/v1/shop/capacity", json={"hours": [entry]}, headers=header)
    assert entry in stated.json["hours"]
    assert 'value="40/12.5"' in text(shop.get("/shop/capacity/"))
    wrong = [{**entry, "maximum": 10}, {**entry, "group": "none"}, {**entry, "week": "2020-W01"}]
    refused = program.put("/api/v1/shop/capacity", json={"hours": wrong}, headers=header)
    assert [one["field"] for one in refused.json["problems"]] == [f"hours.{number}" for number in range(3)]
    assert refused.status_code == 422
    formless = program.put("/api/v1/shop/capacity", json={"hours": [entry, 7]}, headers=header)
    assert [one["field"] for one in formless.json["problems"]] == ["hours.1"]
    assert program.get("/api/v1/shop/capacity", headers=header).json["hours"] == stated.json["hours"]


def test_a_shop_reads_what_fits_and_what_a_change_would_open(shop: Browser, program: FlaskClient) -> None:
    answer = program.get("/api/v1/shop/needs", headers=key_of(shop, "read")).json
    assert {"need", "title", "score", "reasons"} <= answer["fitting"][0].keys()
    assert all(one["in_a_year"] >= one["open"] >= 0 for one in answer["openings"])
    assert answer["openings"]
    assert program.get("/api/v1/shop/needs").status_code == 401


def test_a_session_s_cookie_changes_nothing_here(plant: Browser) -> None:
    assert plant.client.post("/api/v1/needs", json=NEED).status_code == 401
