"""Messages to programs: who is told of what, signed, tried again, and never sent into a closed network."""

import base64
import hashlib
import hmac
import itertools
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import select, update

from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.lifecycle import MailState, MatchState, NeedState
from matchmaker.models import Match, Need, Profile, Session, User, Webhook, WebhookMessage
from matchmaker.models.base import now
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts, browser_sessions
from matchmaker.services.quotes import messages, quote_deadlines, quotes
from matchmaker.services.quotes.quote_terms import QuoteTerms
from matchmaker.services.shortlist import match_decisions
from matchmaker.services.shortlist.match_decisions import NewDecision
from matchmaker.services.webhooks import webhook_events, webhook_sending, webhooks
from tests.access.world import World

ALL = tuple(webhooks.EVENTS)
LOCAL = frozenset({"127.0.0.1"})
_numbers = itertools.count()


class Heard(HTTPServer):
    """A program's address: it keeps what it hears, and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status = 204

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?a=1"


class _Handler(BaseHTTPRequestHandler):
    server: Heard

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        if self.server.status in range(300, 400):
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
        pass


@pytest.fixture
def program() -> Iterator[Heard]:
    server = Heard()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def _nobody_listens(world: World) -> None:
    with world.application.sessions.begin() as session:
        session.execute(update(Webhook).values(ended_at=now()))


def listen(world: World, name: str, address: str, events: tuple[str, ...] = ALL) -> str:
    """Let the program of a subject hear at an address; the key of the address."""
    with world.application.sessions.begin() as session:
        user = accounts.by_email(session, world.emails[name])
        return webhooks.make(session, user, address, events, LOCAL).public_id


def told(world: World, key: str) -> list[tuple[str, str]]:
    """What an address is told: event and act."""
    webhook_events.collect(world.application.sessions)
    with world.application.sessions() as session:
        query = select(WebhookMessage).join(WebhookMessage.webhook).where(Webhook.public_id == key)
        found = session.scalars(query.order_by(WebhookMessage.id)).all()
        return [(one.event, one.content["act"]) for one in found]


def key_of(world: World, need: str) -> str:
    return str(world.things("needs")[need].values["key"])


@contextmanager
def match_of(world: World, need: str, shop: str) -> Iterator[tuple[Session, Match, User]]:
    """The match of a subject's shop for a need, in a transaction of the operator."""
    with world.application.sessions.begin() as session:
        user = accounts.by_email(session, world.emails[shop])
        firm = next(held.organisation_id for held in user.memberships)
        query = select(Match).join(Match.need).join(Match.profile)
        chosen = query.where(Need.public_id == key_of(world, need), Profile.organisation_id == firm)
        yield session, session.scalars(chosen).one(), accounts.by_email(session, world.emails["OO"])


def message(world: World, need: str, audience: str) -> None:
    with match_of(world, need, "SN") as (session, match, operator):
        text = f"To {audience}: {next(_numbers)}"
        messages.write(session, match, text, operator, writer="centre", audience=audience)


def test_each_is_told_of_what_it_may_know(world: World) -> None:
    keys = {
        name: listen(world, name, "http://127.0.0.1/x") for name in ("CO", "SI", "SN", "SX", "CX", "OO", "OX")
    }
    with world.application.sessions.begin() as session:
        needs.move(session, needs.by_key(session, key_of(world, "open")), NeedState.SHORTLISTING, by="test")
    webhook_events.collect(world.application.sessions)
    message(world, "open", "supplier")
    message(world, "open", "contractor")
    with match_of(world, "open", "SI") as (session, match, operator):
        declined = NewDecision(MatchState.DECLINED)
        match_decisions.decide(session, match, declined, operator, revision=match.revision)
    moved, written = ("need.changed", "need.shortlisting"), ("message.written", "message.written")
    answered = ("match.changed", "decision.declined")
    assert {name: told(world, key) for name, key in keys.items()} == {
        "CO": [moved, written, answered],
        "SI": [moved, answered],
        "SN": [moved, written],
        "SX": [],
        "CX": [],
        "OO": [moved, written, written, answered],
        "OX": [],
    }


def test_a_message_says_what_changed_and_not_what_it_says(world: World) -> None:
    key = listen(world, "OO", "http://127.0.0.1/x")
    message(world, "name-hidden", "all")
    told(world, key)
    with world.application.sessions() as session:
        hook = session.scalars(select(Webhook).where(Webhook.public_id == key)).one()
        content = webhooks.messages(session, hook)[0].content
    assert set(content) == {"act", "at", "need", "match", "supplier"}


def test_a_sealed_quote_is_told_to_nobody_but_its_author(world: World) -> None:
    keys = {name: listen(world, name, "http://127.0.0.1/x") for name in ("CO", "OO", "SN", "SI")}
    with match_of(world, "open", "SN") as (session, match, operator):
        author = accounts.by_email(session, world.emails["SN"])
        quote_deadlines.set_deadline(session, match.need, now() + timedelta(days=2), operator)
        quotes.save(session, match, QuoteTerms(100, "RUB"), author, revision=None, submit=True)
    sent = ("quote.changed", "quote.submitted")
    assert [name for name, key in keys.items() if sent in told(world, key)] == ["SN"]


def test_who_has_ended_its_sessions_is_told_no_more(world: World, program: Heard) -> None:
    key = listen(world, "CA", program.address)
    message(world, "nda", "all")
    assert told(world, key)
    with world.application.sessions.begin() as session:
        browser_sessions.end_all(session, accounts.by_email(session, world.emails["CA"]))
    message(world, "nda", "supplier")
    assert len(told(world, key)) == 1
    assert webhook_sending.send_due(world.application.sessions, LOCAL).sent == 0


def test_a_message_is_signed_and_comes_once(world: World, program: Heard) -> None:
    key = listen(world, "CA", program.address)
    message(world, "name-hidden", "supplier")
    told(world, key)
    assert webhook_sending.send_due(world.application.sessions, LOCAL).sent == 1
    assert webhook_sending.send_due(world.application.sessions, LOCAL).sent == 0
    headers, body = program.heard[0]
    with world.application.sessions() as session:
        hook = session.scalars(select(Webhook).where(Webhook.public_id == key)).one()
        secret = base64.b64decode(webhooks.secret_of(session, hook).removeprefix("whsec_"))
    covered = f"{headers['Webhook-Id']}.{headers['Webhook-Timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new(secret, covered, hashlib.sha256).digest()).decode()
    assert headers["Webhook-Signature"] == f"v1,{right}"
    assert json.loads(body)["event"] == "message.written"
    assert headers["Host"].startswith("127.0.0.1:")


@pytest.mark.parametrize("status", [500, 404, 302])
def test_what_is_not_taken_is_tried_again_and_given_up(world: World, program: Heard, status: int) -> None:
    program.status = status
    key = listen(world, "CA", program.address)
    message(world, "open", "all")
    told(world, key)
    at = now()
    for _ in range(webhook_sending.TRIES):
        at += timedelta(days=1)
        webhook_sending.send_due(world.application.sessions, LOCAL, moment=at)
    with world.application.sessions.begin() as session:
        user = accounts.by_email(session, world.emails["CA"])
        one = webhooks.messages(session, webhooks.own(session, user, key))[0]
        assert (one.state, one.answered, one.attempts) == (MailState.DEAD, status, webhook_sending.TRIES)
        again = webhooks.send_again(session, webhooks.own(session, user, key), one.public_id)
        assert (again.state, again.attempts) == (MailState.WAITING, 0)
    program.status = 200
    assert webhook_sending.send_due(world.application.sessions, LOCAL).sent == 1
    assert len({headers["Webhook-Id"] for headers, _ in program.heard}) == 1


def test_a_name_that_leads_inside_is_not_told(
    world: World, program: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"https://program.example:{program.server_port}/hook"
    key = listen(world, "CA", address)
    message(world, "nda", "contractor")
    told(world, key)
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", program.server_port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    assert webhook_sending.send_due(world.application.sessions).failed == 1
    assert program.heard == []
    with world.application.sessions() as session:
        user = accounts.by_email(session, world.emails["CA"])
        one = webhooks.messages(session, webhooks.own(session, user, key))[0]
    assert one.error == "the address is in a closed network"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "program.example",
        "http://program.example/",
        "file:///etc/passwd",
        "https://127.0.0.1:9200/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest",
        "https://10.0.0.1/",
        "https://localhost/",
        "https://printer.local/",
        "https://user:word@program.example/",
        "https://program.example:0/",
        "https://program.example:99999/",
        "https://program.example/#part",
        "https://program.example/\nx",
        "https://" + "x" * 600 + ".example/",
    ],
)
def test_an_address_inside_or_without_sense_is_refused(world: World, address: str) -> None:
    with (
        pytest.raises(InvalidRecord) as caught,
        world.application.sessions.begin() as session,
    ):
        webhooks.make(session, accounts.by_email(session, world.emails["SX"]), address, ALL, ())
    assert [one.code for one in caught.value.problems] == ["url.forbidden"]


def test_the_same_address_again_gets_the_new_events(world: World) -> None:
    with world.application.sessions.begin() as session:
        user = accounts.by_email(session, world.emails["CN"])
        first = webhooks.make(session, user, "https://program.example/", ALL, ())
        again = webhooks.make(session, user, "https://program.example/", ["need.changed"], ())
        assert (again.id, again.events) == (first.id, ["need.changed"])
        for number in range(webhooks.MOST - 1):
            webhooks.make(session, user, f"https://program.example/{number}", ALL, ())
        with pytest.raises(InvalidRecord, match="end one first"):
            webhooks.make(session, user, "https://program.example/more", ALL, ())
