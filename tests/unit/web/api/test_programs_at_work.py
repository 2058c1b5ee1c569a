"""What programs of the three people do beside needs and quotes: files, messages, rounds, shortlists, imports, lists, the journal."""

import io
from collections.abc import Callable, Mapping
from datetime import UTC, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from matchmaker.models import AuditEntry
from matchmaker.models.base import now
from matchmaker.services.imports import import_batches
from matchmaker.services.mail import jobs
from matchmaker.services.people import accounts, api_keys
from tests.access import world as made
from tests.access.world import World
from tests.support.invited import pdf
from tests.support.opened import open_files

Ask = Callable[..., TestResponse]


@pytest.fixture(scope="module")
def keys(world: World) -> Mapping[str, str]:
    """A key with every right for each person."""
    found = {}
    with world.application.sessions.begin() as session:
        for name, email in world.emails.items():
            user = accounts.by_email(session, email)
            found[name] = api_keys.make(session, user, "work", write=True, days=30, special=api_keys.SPECIAL)
    return found


@pytest.fixture
def ask(app: Flask, keys: Mapping[str, str]) -> Ask:
    """Ask as the program of a person."""
    client = app.test_client()

    def asked(name: str, method: str, path: str, tag: object = None, **sent: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {keys[name]}", **sent.pop("headers", {})}
        if tag is not None:
            headers["If-Match"] = f'"{tag}"'
        answer = client.open(f"/api/v1{path}", method=method, headers=headers, **sent)
        answer.get_data()
        return answer

    return asked


def file(name: str, content: bytes) -> dict[str, Any]:
    return {"data": {"file": (io.BytesIO(content), name)}, "content_type": "multipart/form-data"}


def need_of(world: World, name: str) -> str:
    return str(world.things("needs")[name].values["key"])


def thread_of(world: World, name: str) -> str:
    """The match of the supplier SI."""
    return str(world.things("threads")[name].values["match"])


def openings(world: World, key: str) -> int:
    with world.application.sessions() as session:
        said = AuditEntry.action == "drawing.opened", AuditEntry.details["file"].as_string() == key
        return session.scalar(select(func.count()).where(*said)) or 0


def test_a_drawing_is_sent_copied_for_its_reader_and_closed(world: World, ask: Ask) -> None:
    need, content = need_of(world, "nda"), pdf()
    sent = ask("CO", "POST", f"/needs/{need}/drawings", **file("чертёж №5.pdf", content))
    assert (sent.status_code, sent.json["name"]) == (201, "чертёж №5.pdf")
    again = ask("CO", "POST", f"/needs/{need}/drawings", **file("other.pdf", content))
    assert again.json["key"] == sent.json["key"]
    open_files(world.application)
    where = f"/drawings/{sent.json['key']}"
    assert ask("CO", "GET", where).get_data() == content
    closed = ask("SN", "GET", where)
    assert (closed.status_code, closed.json["code"]) == (
        403,
        "nda.required",
    )  # signed before this file was there
    listed = ask("SN", "GET", f"/needs/{need}/drawings").json["items"]
    assert {one["key"]: one["open"] for one in listed}[sent.json["key"]] is False
    gone = ask("CO", "DELETE", where)
    assert (gone.status_code, gone.json) == (200, {})
    assert ask("CO", "GET", where).status_code == 404


def test_a_supplier_waits_for_its_marked_copy_and_each_download_is_recorded(world: World, ask: Ask) -> None:
    need = need_of(world, "open")
    key = ask("CO", "POST", f"/needs/{need}/drawings", **file("shaft.pdf", pdf())).json["key"]
    open_files(world.application)
    world.groups["agreements"]["open"]()  # accepted anew, for this file too
    where = f"/drawings/{key}"
    waits = ask("SN", "GET", where)
    assert waits.status_code == 202
    assert openings(world, key) == 0
    open_files(world.application)
    copy = ask("SN", "GET", waits.headers["Location"].removeprefix("/api/v1"))
    assert (copy.status_code, copy.mimetype) == (200, "application/pdf")
    assert copy.headers["Cache-Control"] == "private, no-store"
    assert openings(world, key) == 1
    agreed = ask("CO", "GET", f"/needs/{need}/agreements").json["items"]
    own = ask("SN", "GET", f"/needs/{need}/agreements").json["items"]
    assert own
    assert {one["key"] for one in own} <= {one["key"] for one in agreed}
    assert ask("SI", "GET", f"/needs/{need}/agreements").json["items"] == []
    assert ask("CO", "DELETE", f"/needs/{need}/agreements/{own[0]['key']}").status_code == 200
    assert ask("SN", "GET", where).json["code"] == "nda.required"


def test_messages_are_written_once_and_read_by_their_sides(world: World, ask: Ask) -> None:
    need, match = need_of(world, "open"), thread_of(world, "open")
    where = f"/needs/{need}/messages"
    assert match in {one["match"] for one in ask("CO", "GET", where).json["items"]}
    assert [one["match"] for one in ask("SI", "GET", where).json["items"]] == [match]
    body = {"text": "Is 40X all right?", "audience": "contractor"}
    said = ask("CO", "POST", f"{where}/{match}", json={**body, "audience": "all"})
    assert ask("CO", "POST", f"{where}/{match}", json={**body, "audience": "all"}).json == said.json
    heard = ask("SI", "GET", f"{where}/{match}").json
    assert [one["text"] for one in heard["items"]] == [body["text"]]
    assert heard["audiences"] == ["all", "supplier"]
    assert ask("SI", "POST", f"{where}/{match}", json=body).status_code == 404  # no audience of a supplier
    waiting = ask("SI", "GET", "/messages").json["items"]
    assert [(one["need"], one["count"]) for one in waiting] == [(need, 1)]
    empty = ask("SI", "POST", f"{where}/{match}", json={"text": " "}, headers={"Accept-Language": "ru"})
    assert (empty.status_code, empty.json["problems"][0]["field"]) == (422, "text")
    assert empty.json["problems"][0]["detail"] == "Сначала напишите что-нибудь."  # its person reads English


def test_a_round_of_quotes_is_set_moved_and_cancelled(world: World, ask: Ask) -> None:
    need, until = need_of(world, "name-hidden"), now() + timedelta(days=9)
    where = f"/needs/{need}/quotes"
    put = ask("CO", "PUT", f"{where}/deadline", json={"until": until.isoformat()})
    assert (put.status_code, put.json["sealed"]) == (200, True)
    short = ask("CO", "PUT", f"{where}/deadline", json={"until": (now() + timedelta(hours=1)).isoformat()})
    assert (short.status_code, short.json["problems"][0]["code"]) == (422, "until.short")
    naive = ask("CO", "PUT", f"{where}/deadline", json={"until": "2026-12-20T15:00:00"})
    assert (naive.status_code, naive.json["problems"][0]["field"]) == (422, "until")
    assert ask("CO", "GET", where).json["items"] == []
    assert ask("CO", "DELETE", f"{where}/deadline").json == {"need": need, "sealed": True}
    asked = ask("CO", "POST", f"{where}/ask", json={"matches": [thread_of(world, "name-hidden")]})
    assert asked.json["told"] == [thread_of(world, "name-hidden")]


def test_an_operator_orders_annotates_nothing_and_invites(world: World, ask: Ask) -> None:
    need = need_of(world, "open")
    where = f"/needs/{need}/shortlist"
    lines = ask("OO", "GET", where).json["items"]
    assert all("note" not in one for one in lines)  # for people alone, row 37
    last = lines[-1]
    assert ask("OO", "PUT", f"{where}/{last['match']}/place", json={"place": 1}).status_code == 428
    for tag in (f'W/"{last["revision"]}"', f'"{last["revision"]}-gzip"'):
        moved = ask(
            "OO",
            "PUT",
            f"{where}/{last['match']}/place",
            json={"place": 1},
            headers={"If-Match": tag},
        )
        assert moved.status_code == (200 if tag.startswith("W") else 409)
    assert ask("OO", "GET", where).json["items"][0]["match"] == last["match"]
    sx = str(world.things("profiles")["shop"].values["key"])
    added = ask("OO", "POST", f"{where}/suppliers", json={"supplier": sx}).json
    decision = ask("OO", "PUT", f"{where}/{added['match']}", added["revision"], json={"decision": "approved"})
    undone = ask("OO", "DELETE", f"{where}/{added['match']}/decision", decision.json["revision"])
    assert (decision.json["state"], undone.json["state"]) == ("approved", "proposed")
    assert ask("OO", "PUT", f"/needs/{need}/seats", json={"most": 2}).json == {
        "need": need,
        "most": 2,
        "taken": 2,
    }
    invited = {"matches": [added["match"]]}
    full = ask("OO", "POST", f"/needs/{need}/invitations", json=invited)
    assert (full.status_code, full.json["code"]) == (409, "seats.taken")
    assert ask("OO", "PUT", f"/needs/{need}/seats", json={"seen": 2}).json == {"need": need, "taken": 2}
    for count in (1, 0):
        assert ask("OO", "POST", f"/needs/{need}/invitations", json=invited).json["count"] == count


def test_a_contractor_compares_marks_and_closes(world: World, ask: Ask) -> None:
    need, match = need_of(world, "open"), thread_of(world, "open")
    seen = ask("CO", "GET", f"/needs/{need}/comparison?matches={match}").json
    assert [one["match"] for one in seen["suppliers"]] == [match]
    for wanted in (True, False):
        put = ask("CO", "PUT", f"/needs/{need}/shortlist/{match}/wanted", json={"wanted": wanted})
        assert put.json["wanted"] is wanted
    copy = ask("CO", "POST", f"/needs/{need}/copy", json={"id": "copy-1"})
    assert (copy.status_code, copy.json["state"]) == (201, "draft")
    mine = f"/needs/{copy.json['key']}"
    assert ask("CO", "POST", f"/needs/{need}/copy", json={"id": "copy-1"}).json["key"] == copy.json["key"]
    bare = ask("CO", "POST", f"{mine}/move", json={"state": "closed"})
    assert (bare.status_code, bare.json["problems"][0]["field"]) == (422, "reason")
    assert ask("CO", "POST", f"{mine}/move", json={"state": "published"}).status_code == 422
    openness = {"disclosure": "nda", "reach": "centre"}
    assert ask("CO", "PUT", f"{mine}/openness", json=openness).json == {
        "need": copy.json["key"],
        **openness,
        "centres": [],
    }
    strict = ask("CO", "PUT", f"{mine}/strictness", json={"strictness": {"processes": "strict"}})
    assert strict.json["strictness"]["processes"] == "strict"
    unknown = ask("CO", "PUT", f"{mine}/strictness", json={"strictness": {"price": "strict"}})
    assert (unknown.status_code, unknown.json["problems"][0]["value"]) == (422, "price")
    closed = ask("CO", "POST", f"{mine}/move", json={"state": "closed", "reason": "Not needed"})
    assert closed.json["state"] == "closed"


def test_who_may_see_a_need_reads_of_it_what_its_page_shows(world: World, ask: Ask) -> None:
    need = need_of(world, "name-hidden")
    stranger, signed = (ask(name, "GET", f"/needs/{need}/summary").json for name in ("SX", "SN"))
    assert {"contractor", "drawings"} & set(stranger) == set()
    assert signed["contractor"] == made.HIDDEN_NAME
    assert signed["drawings"] >= 1
    assert "record" not in ask("SX", "GET", f"/needs/{need_of(world, 'nda')}/summary").json
    for piece in made.OF_ALL_NEEDS.pieces:
        assert piece not in str(stranger)


def test_a_list_is_tried_imported_and_rolled_back(world: World, ask: Ask) -> None:
    def work() -> None:
        place = world.application.imports
        jobs.run_due(
            world.application.sessions,
            {import_batches.JOB: lambda _session, given: import_batches.work(place, given)},
            moment=now() + timedelta(minutes=1),
        )

    rows = "Название;ИНН;Процессы\nООО «Программа»;7707083893;токарная обработка\n".encode()
    sent = ask("OO", "POST", "/imports?holds=supplier", **file("list.csv", rows))
    assert (sent.status_code, sent.json["state"]) == (201, "checking")
    assert (
        ask("OO", "POST", "/imports?holds=supplier", **file("list.csv", rows)).json["key"] == sent.json["key"]
    )
    work()
    where = f"/imports/{sent.json['key']}"
    tried = ask("OO", "GET", where).json
    assert (tried["state"], [one["meaning"] for one in tried["columns"]]) == (
        "checked",
        ["name", "inn", "processes"],
    )
    assert ask("OX", "GET", where).status_code == 404
    assert ask("OO", "PUT", f"{where}/columns", json={"meanings": ["name"]}).status_code == 422
    meant = {"meanings": ["name", "inn", "processes"], "save_as": "Программы"}
    assert ask("OO", "PUT", f"{where}/columns", json=meant).status_code == 200
    (mapping,) = ask("OO", "GET", "/imports/mappings").json["items"]
    assert (mapping["name"], [one["meaning"] for one in mapping["columns"]]) == (
        "Программы",
        meant["meanings"],
    )
    assert ask("OX", "GET", "/imports/mappings").json["items"] == []
    work()
    misspelt = ask("OO", "PUT", f"{where}/columns", json={"mapping": "Програмы"})
    assert misspelt.status_code == 422
    assert "Программы" in str(misspelt.json), "the nearest name is the way out"
    assert ask("OO", "PUT", f"{where}/columns", json={"mapping": "программы"}).json["state"] == "checking"
    work()
    assert ask("OO", "POST", f"{where}/start").json["state"] == "running"
    work()
    assert ask("OO", "GET", where).json["counts"]["new"] == 1
    assert ask("OO", "GET", f"{where}/remarks").status_code == 200
    undone = ask("OO", "POST", f"{where}/undo").json
    assert (undone["state"], undone["gone"], undone["kept"]) == ("undone", 1, 0)
    wrong = ask("OO", "POST", "/imports", **file("list.exe", rows), headers={"Accept-Language": "ru"})
    assert wrong.status_code == 415


def test_a_shop_adds_scans_photos_and_papers(world: World, ask: Ask) -> None:
    paper = pdf()
    scan = ask("SO", "POST", "/shop/certificates/0/scans", **file("iso.pdf", paper))
    assert scan.status_code == 201
    assert scan.json in ask("SO", "GET", "/shop/certificates").json["items"][0]["scans"]
    got = [ask(name, "GET", f"/scans/{scan.json['key']}") for name in ("SO", "OO", "CN", "CX")]
    assert [one.status_code for one in got] == [200, 200, 200, 403]
    assert got[0].get_data() == paper
    assert ask("SO", "POST", "/shop/certificates/7/scans", **file("iso.pdf", paper)).status_code == 404
    assert ask("SO", "POST", "/shop/certificates/0/scans", **file("iso.exe", b"MZ")).status_code in {415, 422}
    need = need_of(world, "open")
    world.groups["agreements"]["open"]()
    given = {"amount": "100.50", "submit": True, "lead_time_days": 5}
    present = ask("SN", "GET", f"/needs/{need}/quote").json
    put = ask("SN", "PUT", f"/needs/{need}/quote", present["revision"], json=given)
    assert put.status_code == 200
    with_paper = ask("SN", "POST", f"/needs/{need}/quote/papers", **file("costs.pdf", paper))
    added = next(one for one in with_paper.json["papers"] if one["name"] == "costs.pdf")
    read = {name: ask(name, "GET", f"/needs/quotes/papers/{added['key']}") for name in ("SN", "SI", "CO")}
    assert {name: one.status_code for name, one in read.items()} == {"SN": 200, "SI": 404, "CO": 200}
    left = ask("SN", "DELETE", f"/needs/{need}/quote/papers/{added['key']}").json["papers"]
    assert added["key"] not in {one["key"] for one in left}


def test_lists_leave_as_files_and_the_journal_is_walked(world: World, ask: Ask) -> None:
    for path, mimetype in (
        ("/lists/suppliers.csv?q=turning", "text/csv"),
        ("/lists/needs.csv", "text/csv"),
        (f"/needs/{need_of(world, 'open')}/shortlist.pdf", "application/pdf"),
    ):
        answer = ask("CO", "GET", path)
        assert (answer.status_code, answer.mimetype) == (200, mimetype), path
    first = ask("OO", "GET", "/journal?limit=3&family=list")
    assert {one["act"] for one in first.json["items"]} == {"list.exported"}
    seen, where = [], "/journal?limit=40"
    while where:
        answer = ask("OO", "GET", where)
        seen += [one["number"] for one in answer.json["items"]]
        where = answer.headers.get("Link", "").partition(">")[0].removeprefix("</api/v1")
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) > 40
    day = now().astimezone(UTC).isoformat()
    assert ask("OO", "GET", "/journal", query_string={"since": day}).json["items"] == []
    assert ask("OO", "GET", "/journal?family=prices").json["code"] == "filter.value"
    assert ask("SX", "GET", "/journal").status_code == 404


@pytest.mark.parametrize("door", ["/suppliers", "/lists/suppliers.csv"])
@pytest.mark.parametrize(
    ("typed", "words"), [("turn\x01ing", False), ("\u200b\u202e", False), ("turn\u200bing", True)]
)
def test_words_that_cannot_be_read_are_refused_as_the_filter_q(
    ask: Ask, door: str, typed: str, words: bool
) -> None:
    answer = ask("CO", "GET", door, query_string={"q": typed})
    if words or (door.startswith("/lists") and "\x01" not in typed):  # a list without words is that of all
        assert answer.status_code == 200
    else:
        assert (answer.status_code, answer.json["code"]) == (400, "filter.value")
        assert "“q”" in answer.json["detail"]


def test_searches_are_kept_and_counted_by_region(ask: Ask) -> None:
    kept = ask("CO", "POST", "/searches", json={"name": "Turners", "query": "q=turning"})
    assert kept.status_code == 201
    where = f"/searches/{kept.json['key']}"
    assert ask("CO", "POST", f"{where}/look").json["looked_at"] > kept.json["looked_at"]
    assert kept.json["key"] in {one["key"] for one in ask("CO", "GET", "/searches").json["items"]}
    assert ask("CX", "DELETE", where).status_code == 404
    assert ask("CO", "DELETE", where).json == {}
    assert "regions" in ask("CO", "GET", "/suppliers?q=turning&facets=true").json
    assert "regions" not in ask("CO", "GET", "/suppliers?q=turning").json


def test_a_form_sent_again_with_its_key_is_one_file(world: World, ask: Ask) -> None:
    where = f"/needs/{need_of(world, 'draft')}/drawings"
    named = {"Idempotency-Key": "file-1"}
    drawn = pdf()  # a second later it would be another
    first, second = (ask("CO", "POST", where, **file("a.pdf", drawn), headers=named) for _ in range(2))
    assert first.get_data() == second.get_data()
    assert second.headers["Idempotent-Replayed"] == "true"
    other = ask("CO", "POST", where, **file("b.pdf", pdf()), headers=named)
    assert (other.status_code, other.json["code"]) == (422, "idempotency.mismatch")
    for sent in (
        {"json": {}},
        {"data": b"x", "content_type": "application/pdf"},
        {"data": {"file": (io.BytesIO(b""), "")}, "content_type": "multipart/form-data"},
    ):
        assert ask("CO", "POST", where, **sent).status_code in {415, 422}
