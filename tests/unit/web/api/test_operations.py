"""What holds for every address of the interface: it is described, refuses unknown filters, pages, is repeated safely."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from matchmaker.models import AuditEntry, Need
from matchmaker.services.people import program_requests
from matchmaker.web.views.api import api_needs
from matchmaker.wiring import Application
from tests.support.api_keys import NEED, key_of_once
from tests.support.breaks import full_database
from tests.support.browser import Browser


@pytest.fixture
def program(own_site: Flask) -> FlaskClient:
    return own_site.test_client()


@pytest.fixture
def header(plant: Browser) -> dict[str, str]:
    return key_of_once(plant)


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("api_description."):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def test_the_description_is_valid_and_leaves_no_address_out(own_site: Flask, program: FlaskClient) -> None:
    told = program.get("/api/v1/openapi.json").json
    validate(told)
    described = {(method, path) for path, methods in told["paths"].items() for method in methods}
    assert described == set(addresses(own_site))


def test_every_error_of_the_description_is_a_problem(program: FlaskClient) -> None:
    told = program.get("/api/v1/openapi.json").json
    for path, methods in told["paths"].items():
        for method, said in methods.items():
            for status, answer in said["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (method, path, status)


def test_people_read_the_description_too(plant: Browser) -> None:
    page = plant.get("/api/v1/").get_data(as_text=True)
    assert "POST /api/v1/needs" in page
    assert "/api/v1/openapi.json" in page


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("sort=price", "filter.unknown", "sort"),
        ("price_min=1", "filter.unknown", "price_min"),
        ("limit=0", "filter.value", "limit"),
        ("limit=1000000", "filter.value", "limit"),
        ("limit=abc", "filter.value", "abc"),
        ("state=sold", "filter.value", "sold"),
        ("after=nothing", "filter.value", "nothing"),
    ],
)
def test_a_filter_that_is_none_is_refused_by_name(
    program: FlaskClient, header: dict[str, str], query: str, code: str, said: str
) -> None:
    answer = program.get(f"/api/v1/needs?{query}", headers=header)
    assert (answer.status_code, answer.json["code"]) == (400, code)
    assert said in answer.json["detail"]


@pytest.mark.parametrize("query", ["q=", "q=%20", "q=turning&process=nothing", "q=turning&region=nowhere"])
def test_a_search_names_the_filter_that_it_cannot_take(program: FlaskClient, query: str) -> None:
    answer = program.get(f"/api/v1/suppliers?{query}")
    assert (answer.status_code, answer.json["code"]) == (400, "filter.value")


def test_a_list_is_walked_by_its_links(program: FlaskClient, header: dict[str, str]) -> None:
    for number in range(5):
        program.post("/api/v1/needs", json={**NEED, "id": f"walk-{number}"}, headers=header)
    seen, where = [], "/api/v1/needs?limit=2"
    while where:
        answer = program.get(where, headers=header)
        assert len(answer.json["items"]) <= 2
        seen += [one["key"] for one in answer.json["items"]]
        where = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
    whole = program.get("/api/v1/needs?limit=100", headers=header).json
    assert seen == [one["key"] for one in whole["items"]]
    assert len(seen) == len(set(seen)) == whole["total"] >= 5


def test_a_search_goes_on_where_it_ended(program: FlaskClient) -> None:
    whole = program.get("/api/v1/suppliers?q=turning&limit=10").json["items"]
    first = program.get("/api/v1/suppliers?q=turning&limit=4")
    second = program.get(first.headers["Link"].partition(">")[0].removeprefix("<"))
    assert [*first.json["items"], *second.json["items"]] == whole[:8]


def test_a_supplier_is_explained_as_the_search_explains_it(program: FlaskClient) -> None:
    """And also where a condition removes it, with that condition as a reason."""
    words = "turning of shafts, steel 45, IT7"
    found = program.get(f"/api/v1/suppliers?q={words}&limit=20").json["items"]
    told = [program.get(f"/api/v1/suppliers/{one['supplier']}/fit?q={words}").json for one in found]
    assert [one["reasons"] for one in told] == [one["reasons"] for one in found]
    assert [one["share"] for one in told] == [one["share"] for one in found]
    key = found[0]["supplier"]
    removed = program.get(f"/api/v1/suppliers/{key}/fit?q={words}&region=JP").json
    assert {one["requirement"]: one["outcome"] for one in removed["reasons"]}["region"] == "unmet"
    wrong = program.get(f"/api/v1/suppliers/{key}/fit?q={words}&region=nowhere")
    assert (wrong.status_code, wrong.json["code"]) == (400, "filter.value")


def test_what_has_not_changed_is_not_sent_again(program: FlaskClient, header: dict[str, str]) -> None:
    made = program.post("/api/v1/needs", json={**NEED, "id": "still"}, headers=header)
    read = program.get(made.headers["Location"], headers=header)
    again = program.get(made.headers["Location"], headers=header | {"If-None-Match": read.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', '"{}-gzip"', '"{};br"', '"x", "{}"'])
def test_a_tag_that_a_proxy_marked_still_names_its_revision(
    program: FlaskClient, header: dict[str, str], tag: str
) -> None:
    made = program.post("/api/v1/needs", json={**NEED, "id": f"tag {tag}"}, headers=header)
    given = header | {"If-Match": tag.format(made.json["revision"])}
    changed = program.put(
        made.headers["Location"], json={**NEED, "id": f"tag {tag}", "quantity": 7}, headers=given
    )
    assert (changed.status_code, changed.json["record"]["quantity"]) == (200, 7)


def test_a_request_with_its_key_is_done_once(
    program: FlaskClient, header: dict[str, str], own_product: Application
) -> None:
    named = header | {"Idempotency-Key": "order-1"}
    first = program.post("/api/v1/needs", json={**NEED, "id": "once"}, headers=named)
    second = program.post("/api/v1/needs", json={**NEED, "id": "once"}, headers=named)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.get_data() == first.get_data()
    assert second.headers["Location"] == first.headers["Location"]
    other = program.post("/api/v1/needs", json={**NEED, "id": "other"}, headers=named)
    assert (other.status_code, other.json["code"]) == (422, "idempotency.mismatch")


def test_a_refused_request_may_be_mended_under_its_key(program: FlaskClient, header: dict[str, str]) -> None:
    named = header | {"Idempotency-Key": "order-2"}
    wrong = program.post("/api/v1/needs", json={"id": "mended"}, headers=named)
    right = program.post("/api/v1/needs", json={**NEED, "id": "mended"}, headers=named)
    assert (wrong.status_code, right.status_code) == (422, 201)


def test_a_request_whose_key_is_at_work_waits(
    program: FlaskClient, header: dict[str, str], own_product: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = []

    def in_the_middle(*_: object) -> None:
        if not answers:
            answers.append(None)
            answers[0] = program.post("/api/v1/needs", json={**NEED, "id": "twice"}, headers=named)

    named = header | {"Idempotency-Key": "order-3"}
    plain = api_needs.change
    monkeypatch.setattr(api_needs, "change", lambda: (in_the_middle(), plain())[1])
    program.post("/api/v1/needs", json={**NEED, "id": "twice"}, headers=named)
    assert (answers[0].status_code, answers[0].json["code"]) == (409, "idempotency.running")


@pytest.mark.parametrize("named", [{}, {"Idempotency-Key": "overrun"}])
def test_a_need_that_another_request_made_at_that_moment_is_found(
    program: FlaskClient, header: dict[str, str], own_product: Application, named: dict[str, str]
) -> None:
    left = ["first"]

    def taken(_connection: object, _cursor: object, words: str, *_rest: object) -> None:
        if words.startswith("INSERT INTO need ") and left:
            left.pop()
            raise IntegrityError("INSERT", None, psycopg.errors.UniqueViolation())

    need, engine = {**NEED, "id": f"overrun {len(named)}"}, own_product.sessions.engine
    event.listen(engine, "before_cursor_execute", taken)
    try:
        answer = program.post("/api/v1/needs", json=need, headers=header | named)
    finally:
        event.remove(engine, "before_cursor_execute", taken)
    assert (left, answer.status_code) == ([], 201)
    assert program.post("/api/v1/needs", json=need, headers=header | named).json == answer.json


class Killed(BaseException):
    """The process is gone."""


def test_a_request_that_was_killed_before_its_answer_was_kept_has_changed_nothing(
    program: FlaskClient, header: dict[str, str], own_product: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise Killed

    named, need = header | {"Idempotency-Key": "order-4"}, {**NEED, "id": "killed"}
    with monkeypatch.context() as patched:
        patched.setattr(program_requests, "finish", killed)
        patched.setattr(program_requests, "drop", lambda *_: None)  # a dead process does nothing more
        with pytest.raises(Killed):
            program.post("/api/v1/needs", json=need, headers=named)
    assert _told_of(own_product, "killed") == []
    assert program.post("/api/v1/needs", json=need, headers=named).json["code"] == "idempotency.running"
    monkeypatch.setattr(program_requests, "AT_WORK", timedelta(0))
    assert program.post("/api/v1/needs", json=need, headers=named).status_code == 201
    assert _told_of(own_product, "killed") == ["need.created"]


def test_a_request_that_failed_with_its_database_is_done_when_it_comes_again(
    program: FlaskClient, header: dict[str, str], own_product: Application
) -> None:
    named, need = header | {"Idempotency-Key": "order-full"}, {**NEED, "id": "full"}
    with full_database(own_product.sessions, after="INSERT INTO need "):
        assert program.post("/api/v1/needs", json=need, headers=named).status_code == 503
    assert _told_of(own_product, "full") == []
    again = program.post("/api/v1/needs", json=need, headers=named)
    assert (again.status_code, again.headers.get("Idempotent-Replayed")) == (201, None)
    assert _told_of(own_product, "full") == ["need.created"]


def test_a_change_whose_answer_was_lost_on_the_way_is_answered_and_not_called_stale(
    program: FlaskClient, header: dict[str, str]
) -> None:
    need = {**NEED, "id": "lost answer"}
    made = program.post("/api/v1/needs", json=need, headers=header)
    named = header | {"Idempotency-Key": "order-5", "If-Match": made.headers["ETag"]}
    where, changed = made.headers["Location"], {**need, "quantity": 7}
    first = program.put(where, json=changed, headers=named)
    again = program.put(where, json=changed, headers=named)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.get_data() == first.get_data()
    assert first.json["revision"] == made.json["revision"] + 1
    assert program.get(where, headers=header).json["revision"] == first.json["revision"]


def _told_of(product: Application, external: str) -> list[str]:
    """What the journal tells of a need."""
    with product.sessions() as session:
        query = select(AuditEntry.action).join(Need, Need.public_id == AuditEntry.object_id)
        return list(session.scalars(query.where(Need.external_id == external)))


@pytest.mark.parametrize("key", ["", "two words", "x" * 65, "ключ"])
def test_a_key_of_another_form_is_refused(program: FlaskClient, header: dict[str, str], key: str) -> None:
    sent = json.dumps({**NEED, "id": "formless"})
    answer = program.post(
        "/api/v1/needs",
        data=sent,
        content_type="application/json",
        headers=[*header.items(), ("Idempotency-Key", key.encode().decode("latin-1"))],
    )
    assert (answer.status_code, answer.json["problems"][0]["field"]) == (422, "Idempotency-Key")
