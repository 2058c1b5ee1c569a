"""Addresses for messages, by a program and on the pages: made, read with their messages, sent again, ended."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from matchmaker.services.webhooks import webhook_events
from matchmaker.wiring import Application
from tests.support.api_keys import NEED, key_of_once
from tests.support.browser import Browser, text

HEAR = {"address": "https://program.example/hear", "events": ["need.changed"]}


@pytest.fixture
def program(own_site: Flask) -> FlaskClient:
    return own_site.test_client()


def test_a_program_makes_an_address_reads_its_messages_and_ends_it(
    plant: Browser, program: FlaskClient, own_product: Application
) -> None:
    header = key_of_once(plant)
    refused = program.post("/api/v1/webhooks", json={**HEAR, "address": "https://10.0.0.1/"}, headers=header)
    assert (refused.status_code, refused.json["problems"][0]["code"]) == (422, "url.forbidden")
    made = program.post("/api/v1/webhooks", json=HEAR, headers=header)
    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    listed = program.get("/api/v1/webhooks", headers=header).json["items"]
    assert listed == [{name: value for name, value in made.json.items() if name != "secret"}]
    need = program.post("/api/v1/needs", json={**NEED, "id": "heard"}, headers=header)
    program.post(f"{need.headers['Location']}/submit", headers=header)
    webhook_events.collect(own_product.sessions)
    messages = program.get(made.headers["Location"], headers=header).json["items"]
    assert [one["content"]["act"] for one in messages] == ["need.submitted", "need.created"]
    assert messages[0]["content"]["need"] == need.json["key"]
    page = text(plant.get(f"/account/webhooks/{made.json['key']}"))
    assert made.json["secret"] in page
    assert "a need was changed" in page
    waiting = program.post(f"{made.headers['Location']}/{messages[0]['id']}/again", headers=header)
    assert waiting.status_code == 409
    assert program.delete(f"/api/v1/webhooks/{made.json['key']}", headers=header).status_code == 200
    assert program.get("/api/v1/webhooks", headers=header).json["items"] == []
    assert program.get(made.headers["Location"], headers=header).status_code == 404


def test_a_person_makes_an_address_on_the_page(plant: Browser) -> None:
    assert "No program is told yet" in text(plant.get("/account/webhooks/"))
    wrong = plant.post("/account/webhooks/", {"address": "http://printer.local/"}, page="/account/webhooks/")
    assert wrong.status_code == 422
    assert "http://printer.local/" in text(wrong)
    chosen = {**HEAR, "events": ["need.changed", "message.written"]}
    made = plant.post("/account/webhooks/", chosen, page="/account/webhooks/")
    assert made.status_code == 302
    assert HEAR["address"] in text(plant.get("/account/webhooks/"))
    plant.post(made.location.replace("http://localhost", "") + "/end", page=made.location)
    assert "No program is told yet" in text(plant.get("/account/webhooks/"))
