"""Every route of the site over a small network of centres: its address, what is sent there, and the answer that the access table expects."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask, url_for
from werkzeug.test import TestResponse

from matchmaker.domain.access import AccessVerdict
from matchmaker.services.people import accounts, api_keys
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.access import world as made
from tests.access.matrix import Row, expected
from tests.access.world import TODAY, Thing, World
from tests.support.at_work import let_work

# What is posted: allowed to arrive, and then refused or changing next to nothing.
FORMS: dict[str, dict[str, str]] = {
    "": {},
    "address": {},
    "words": {"q": "turning"},
    "field": {"section": "capabilities", "field": "process", "q": "turning"},
    "password": {"email": "spare@people.example", "password": made.PASSWORD},
    "colleague": {"email": "no address", "role": "none"},
    "named": {"name": "Somebody"},
    "new_password": {"current": made.PASSWORD, "password": "short"},
    "role_unsaid": {"role": "none"},
    "refusal": {"answer": "refuse"},
    "refusal_unsaid": {"answer": "not_ours"},
    "unsaid": {"decision": "verify"},
    "merge": {},
    "match": {},
    "approve": {"decision": "approved"},
    "seats": {"most": "abc"},
    "unknown": {"supplier": "nobody"},
    "complete": {"state": "completed"},
    "publish": {"state": "published"},
    "bulk": {"act": "publish"},
    "discard": {"act": "discard"},
    "parts": {"parts": "99"},
    "nowhere": {"to": "no address"},
    "disagree": {"do": "refuse"},
    "side": {"side": "supplier"},
}


# What a program sends: bodies that are allowed to arrive.
JSON: dict[str, object] = {
    "": {},
    "parts_list": {"name": "Assembly", "text": "no table"},
    "parts_chosen": {"parts": [99]},
    "participation": {"state": "registered"},
    "record": {"text": "Токарная обработка, 10 шт"},
    "hours": {"hours": []},
    "profile": {"name": {"en": "Shop"}},
    "decision": {"decision": "rejected"},
    "answer": {"answer": "not_ours"},
    "quote": {"amount": "0"},
    "webhook": {"address": "http://localhost/", "events": ["need.changed"]},
    "move": {"state": "completed"},
    "no_id": {"id": ""},
    "wish": {"standard": "none"},
    "openness": {"disclosure": "none", "reach": "none"},
    "strictness": {"strictness": {}},
    "place": {"place": 1},
    "nobody": {"supplier": "nobody"},
    "matches": {"matches": ["none"]},
    "team": {"lead": "none", "makers": {"1": "none"}},
    "seats": {"most": 3, "seen": 2},
    "wanted": {"wanted": False},
    "rating": {"quality": 1},
    "past": {"until": "2020-01-01T00:00:00Z"},
    "nothing": {"text": " "},
    "no_fields": {"fields": []},
    "no_name": {"name": " ", "query": "q=turning"},
    "meanings": {"meanings": ["none"]},
    "said": {"kind": "delivery", "pieces": 0, "side": "supplier"},
    "disagreed": {"do": "refuse"},
    "side": {"side": "supplier"},
    "claimed": {"what": " ", "side": "supplier"},
    "shown": {"shown": False},
    "year": {"staff": 12},
    "booked": {"group": "none", "hours": 1},
}
SIGN_IN = "/login?next="
# Values of addresses without an object of the world.
VALUES = {
    "filename": "site.css",
    "section": "certificates",
    "entry": "0",
    "index": 0,
    "code": "centre",
    "number": 999_999,
    "part": 0,
    "token": "made-up",
    "figure": "suppliers",
    "guide": "first-quote",
    "standard": "iso-9001",
    "kind": "xlsx",
    "holds": "supplier",
    "offers": "measures",
    "of": "needs",
    "place": 0,
    "paper": "x",
    "claim": "x",
    "key": "x",
    "team": "x",
    "period": "2020",
}


@contextmanager
def product_in(folder: Path, url: str | None = None) -> Iterator[Application]:
    settings = Settings(data=folder, database_url=url, limits=1000, _env_file=None)
    application = Application(settings, clock=lambda: TODAY)
    let_work(application)
    yield application
    application.close()


@pytest.fixture(scope="module")
def network_product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    with product_in(tmp_path_factory.mktemp("network")) as application:
        yield application


@pytest.fixture(scope="module")
def world(network_product: Application) -> World:
    return World(network_product)


@pytest.fixture(scope="module")
def app(world: World) -> Flask:
    """The site without the marks of forms, which have a test of their own below."""
    return site_of(world)


def site_of(world: World) -> Flask:
    app = create_app(world.application)
    app.testing = True
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def rules(app: Flask) -> set[tuple[str, str]]:
    return {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(app: Flask, row: Row, thing: Thing) -> str:
    rule = next(rule for rule in app.url_map.iter_rules(row.endpoint))
    values = {name: {**VALUES, **thing.values}.get(name) for name in rule.arguments}
    with app.test_request_context():
        return url_for(row.endpoint, **values).partition("?")[0]  # a file's mark is not of its row


def plainly(found: AccessVerdict) -> AccessVerdict:
    """A verdict as a whole page shows it: "part" and "hidden" open it, what is asked first does not."""
    if found in {AccessVerdict.NDA_REQUIRED, AccessVerdict.BREAK_GLASS}:
        return AccessVerdict.FORBIDDEN
    return (
        AccessVerdict.OK if found in {AccessVerdict.OK, AccessVerdict.PART, AccessVerdict.HIDDEN} else found
    )


def expected_answer(world: World, row: Row, name: str, thing: Thing) -> AccessVerdict:
    relation = world.standing(name, thing)
    if name in {"U0", "AU"} and "supplier" in {row.action, row.door}:
        return AccessVerdict.FORBIDDEN  # have no organisation whose pages these would be
    return plainly(expected(row, relation, thing.view, by_invitation=thing.by_invitation))


def ask(app: Flask, world: World, row: Row, name: str, thing: Thing) -> TestResponse:
    client = world.enter(app.test_client(), name)
    form = {**FORMS[row.form], **thing.form}
    if row.form == "address":
        form["email"] = f"{name}@nowhere.example"  # who asks often from one machine has to wait
    sent = {"query_string": FORMS[row.form]} if row.method == "GET" else {"data": form}
    answer = client.open(address(app, row, thing), method=row.method, **sent)
    answer.get_data()
    answer.close()
    return answer


def plain(answer: TestResponse, thing: Thing) -> tuple[str, list[tuple[str, str]]]:
    """An answer without the id of the request, the object's key, cookies and what is left of the reader's own quota."""
    text = answer.get_data(as_text=True)
    for value in thing.values.values():
        text = text.replace(str(value), "KEY") if len(str(value)) > 3 else text
    text = text.replace(answer.headers["X-Request-Id"], "ID")
    text = re.sub(r'name="csrf_token" value="[^"]+"', "", text)
    chance = {"X-Request-Id", "Set-Cookie", "Content-Length", "Date", "RateLimit"}
    kept = [(name, value) for name, value in answer.headers if name not in chance]
    return text, sorted(kept)


def key_of(
    world: World, name: str, *, write: bool, special: Sequence[str] = api_keys.SPECIAL
) -> dict[str, str]:
    """The header of a program that acts for a subject."""
    with world.application.sessions.begin() as session:
        user = accounts.by_email(session, world.emails[name])
        for old in api_keys.of_user(session, user):
            api_keys.end(session, user, old.id)
        secret = api_keys.make(session, user, "test", write=write, days=30, special=special)
        return {"Authorization": f"Bearer {secret}"}


def sent_by(row: Row) -> dict[str, object]:
    """What a program sends to a row: JSON, or a form without its file."""
    if row.form == "file":
        return {"data": {"note": "no file"}, "content_type": "multipart/form-data"}
    return {"json": JSON[row.form]}


def verdict(answer: TestResponse) -> AccessVerdict:
    """What an answer amounts to; anything that is no refusal is an opened door."""
    if answer.status_code == 302 and answer.location.startswith(SIGN_IN):
        return AccessVerdict.SIGN_IN
    refusals = {401: AccessVerdict.SIGN_IN, 403: AccessVerdict.FORBIDDEN, 404: AccessVerdict.ABSENT}
    assert answer.status_code < 500, answer.get_data(as_text=True)
    assert answer.status_code not in {400, 405, 413, 415, 429}, answer.get_data(as_text=True)
    return refusals.get(answer.status_code, AccessVerdict.OK)
