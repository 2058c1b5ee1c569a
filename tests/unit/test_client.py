"""The client of the interface, against the real site over HTTP: lists walked, changes done once, refusals told, messages
checked.
"""

import threading
from collections.abc import Iterator

import pytest
import waitress
from flask import Flask
from werkzeug.exceptions import ServiceUnavailable

from matchmaker.client import ApiProblem, Client, heard
from matchmaker.models.base import now
from matchmaker.services.people import accounts, api_keys
from matchmaker.services.webhooks.webhook_sending import signed
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.access.world import TODAY, World
from tests.support.invited import pdf
from tests.support.opened import open_files

SECRET = "whsec_c2VjcmV0IG9mIGEgdGVzdA=="
NEED = {"title": "Flanges", "text": "Turning of flanges ø120 h7, steel 45, 200 pcs"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    settings = Settings(data=tmp_path_factory.mktemp("client"), _env_file=None)
    application = Application(settings, clock=lambda: TODAY)
    yield World(application)
    application.close()


class Busy:
    """A site that says a few times that it is busy, and counts what arrives."""

    def __init__(self) -> None:
        self.left, self.arrived = 0, 0

    def __call__(self) -> None:
        self.arrived += 1
        if self.left:
            self.left -= 1
            raise ServiceUnavailable


@pytest.fixture(scope="module")
def busy() -> Busy:
    return Busy()


@pytest.fixture(scope="module")
def address(world: World, busy: Busy) -> Iterator[str]:
    app: Flask = create_app(world.application)
    app.before_request(busy)
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture
def waits() -> list[float]:
    return []


def key_of(world: World, name: str) -> str:
    """A key with every right."""
    with world.application.sessions.begin() as session:
        user = accounts.by_email(session, world.emails[name])
        for old in api_keys.of_user(session, user):
            api_keys.end(session, user, old.id)
        return api_keys.make(session, user, "client", write=True, days=30, special=api_keys.SPECIAL)


@pytest.fixture
def site(world: World, address: str, waits: list[float]) -> Client:
    """The site for the program of a contractor; it does not wait between tries."""
    return Client(address, key_of(world, "CO"), sleep=waits.append)


def test_a_list_is_walked_to_its_end(site: Client) -> None:
    for number in range(3):
        site.post("needs", {**NEED, "id": f"walked-{number}"})
    keys = [one["key"] for one in site.entries("needs", limit=2)]
    assert len(keys) == len(set(keys)) == site.get("needs").body["total"]


def test_a_need_is_posted_and_changed_at_its_revision(site: Client) -> None:
    made = site.post("needs", {**NEED, "id": "changed"})
    assert (made.status, made.body["state"]) == (201, "draft")
    where = f"needs/{made.body['key']}"
    changed = site.put(where, {**NEED, "quantity": 300}, revision=made.revision)
    assert changed.body["record"]["quantity"] == 300
    with pytest.raises(ApiProblem) as caught:
        site.put(where, {**NEED, "quantity": 400}, revision=made.revision)
    assert (caught.value.status, caught.value.code) == (409, "stale")


def test_a_refusal_names_its_fields(site: Client) -> None:
    with pytest.raises(ApiProblem, match=r"422 record\.invalid") as caught:
        site.post("needs", {**NEED, "id": "wrong", "quantity": -1})
    assert [one["field"] for one in caught.value.problems] == ["quantity"]


def test_a_busy_site_is_asked_again_and_the_change_is_done_once(
    site: Client, busy: Busy, waits: list[float]
) -> None:
    busy.left = 2
    assert site.post("needs", {**NEED, "id": "busy"}).status == 201
    assert waits == [5.0, 5.0]
    assert [one["id"] for one in site.entries("needs")].count("busy") == 1


def test_a_file_is_sent_once_listed_and_read_back(site: Client, busy: Busy, world: World) -> None:
    need = world.things("needs")["draft"].values["key"]
    busy.left = 1
    sent = site.upload(f"needs/{need}/drawings", "чертёж №5.txt", b"a drawing")
    assert (sent.status, sent.location) == (201, f"/api/v1/drawings/{sent.body['key']}")
    assert [one["name"] for one in site.entries(f"needs/{need}/drawings")].count("чертёж №5.txt") == 1
    back = site.download(f"drawings/{sent.body['key']}")
    assert (back.name, back.content) == ("чертёж №5.txt", b"a drawing")
    table = site.download("lists/needs.csv", state="draft")
    assert (table.name, table.media_type.partition(";")[0]) == ("needs.csv", "text/csv")
    site.delete(f"drawings/{sent.body['key']}")
    with pytest.raises(ApiProblem) as caught:
        site.download(f"drawings/{sent.body['key']}")
    assert caught.value.status == 404


def test_a_copy_that_is_being_made_is_waited_for(world: World, address: str) -> None:
    need = world.things("needs")["open"].values["key"]
    owner = Client(address, key_of(world, "CO"))
    drawing = owner.upload(f"needs/{need}/drawings", "shaft.pdf", pdf()).body["key"]
    open_files(world.application)
    world.groups["agreements"]["open"]()  # accepted anew, for this file too
    reader = Client(address, key_of(world, "SN"), sleep=lambda _: open_files(world.application))
    copy = reader.download(f"drawings/{drawing}")
    assert (copy.name, copy.media_type, copy.content[:5]) == ("shaft.pdf", "application/pdf", b"%PDF-")


def test_what_is_left_is_counted_down(site: Client) -> None:
    site.get("needs")
    before = site.left
    site.get("needs")
    assert before is not None
    assert site.left is not None
    assert site.left <= before + 1  # reads are counted some at a time


def test_a_site_that_is_away_is_said_so(address: str, waits: list[float]) -> None:
    away = Client("http://127.0.0.1:1", sleep=waits.append)
    with pytest.raises(ConnectionError, match="did not answer"):
        away.get("suppliers", q="turning")
    assert waits == [2.0, 4.0, 8.0, 16.0]


def test_a_message_is_the_site_s_or_refused() -> None:
    body = b'{"event": "need.changed"}'
    headers = signed(SECRET, "message-1", now(), body)
    assert heard(SECRET, headers, body)["event"] == "need.changed"
    with pytest.raises(ValueError, match="not the site's"):
        heard(SECRET, headers, body.replace(b"need", b"lead"))
    with pytest.raises(ValueError, match="not the site's"):
        heard("whsec_b3RoZXI=", headers, body)
    with pytest.raises(ValueError, match="old"):
        heard(SECRET, headers, body, at=now().timestamp() + 400)
