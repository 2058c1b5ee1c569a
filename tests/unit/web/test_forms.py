"""Every form: wrong values come back with what was typed and an error by the field."""

import html
import re

import pytest
from flask import Flask

from matchmaker.domain.errors import NotFound
from matchmaker.services.needs import needs
from matchmaker.web.app import create_app
from tests.access.forms import PROMISES, REASONS, STALE, TEXT, TWICE, WRONG
from tests.access.matrix import ROWS
from tests.access.world import Thing, World
from tests.support import form_values
from tests.support.routes import address, rules


def revision_of(world: World, thing: Thing) -> int:
    """The present revision of the need, where the object is one."""
    with world.application.sessions() as session:
        try:
            return needs.by_key(session, str(thing.values.get("key", ""))).revision
        except NotFound:
            return 0


def attributes(page: str, name: str) -> list[str]:
    return [tag for tag in re.findall(r"<(?:input|select|textarea)[^>]*>", page) if f'name="{name}"' in tag]


@pytest.mark.parametrize("endpoint", sorted(WRONG))
def test_a_wrong_value_comes_back_by_its_field(app: Flask, world: World, endpoint: str) -> None:
    wrong = WRONG[endpoint]
    row = next(row for row in ROWS if (row.endpoint, row.method) == (endpoint, "POST"))
    things = world.things(row.on)
    thing: Thing = things.get(wrong.at) or next(iter(things.values()))
    client = world.enter(app.test_client(), wrong.who)
    sent = {"revision": revision_of(world, thing), **thing.form, **wrong.form}
    answer = client.post(address(app, row, thing), data=sent)
    page = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert wrong.kept in page
    raw = answer.get_data(as_text=True)
    for name in wrong.fields:
        tags = attributes(raw, name) or re.findall(rf'<[^>]* id="f-{name}"[^>]*>', raw)
        assert tags, f"no field {name}"
        marked = [tag for tag in tags if 'aria-invalid="true"' in tag]
        assert marked, f"{name} is not marked: {tags}"
        told = re.findall(r'aria-describedby="([^"]*)"', marked[0])
        assert told, f"{name} is not described"
        assert any(f'id="{one}"' in raw for one in told[0].split() if not one.startswith("h-")), told


@pytest.mark.parametrize("endpoint", sorted(TWICE))
def test_sent_twice_it_makes_one(app: Flask, world: World, endpoint: str) -> None:
    who, where, form = form_values.prepared(app, world, endpoint)
    client = world.enter(app.test_client(), who)
    seen, answers = [form_values.counts(world)], []
    for _ in range(2):
        sent = {
            **form,
            **({"file": form_values.content(TWICE[endpoint].file)} if TWICE[endpoint].file else {}),
        }
        answers.append(client.post(where, data=sent).status_code)
        seen.append(form_values.counts(world))
    assert seen[1] != seen[0], f"the form makes nothing: {answers}"
    assert {
        n: (seen[1][n], c) for n, c in seen[2].items() if c != seen[1][n] and n not in TWICE[endpoint].more
    } == {}, answers
    assert answers[0] < 400
    assert answers[1] < 500


@pytest.mark.parametrize("endpoint", sorted(STALE))
def test_a_stale_form_tells_what_changed_and_keeps_what_was_typed(
    app: Flask, world: World, endpoint: str
) -> None:
    stale = STALE[endpoint]
    row = next(row for row in ROWS if (row.endpoint, row.method) == (endpoint, "POST"))
    things = world.things(row.on)
    thing = things.get(stale.at) or next(iter(things.values()))
    client = world.enter(app.test_client(), stale.who)
    before = form_values.counts(world)
    answer = client.post(address(app, row, thing), data={**thing.form, **stale.form, "revision": "99999"})
    assert answer.status_code == 409
    assert stale.kept in html.unescape(answer.get_data(as_text=True))
    assert form_values.counts(world) == before


@pytest.fixture(scope="module")
def guarded(world: World) -> Flask:
    """The site as it is, with the marks of forms."""
    made = create_app(world.application)
    made.testing = True
    return made


FORM_ROWS = {row.endpoint: row for row in ROWS if row.method == "POST" and not row.endpoint.startswith("api")}


@pytest.mark.parametrize("endpoint", sorted(FORM_ROWS))
def test_an_ended_session_loses_no_typed_text(guarded: Flask, world: World, endpoint: str) -> None:
    row = FORM_ROWS[endpoint]
    thing = next(iter(world.things(row.on).values()))
    answer = guarded.test_client().post(
        address(guarded, row, thing),
        data={"text": f"{TEXT}\nи ещё строка", "csrf_token": "of an ended session"},
    )
    kept = f"{TEXT}\nи ещё строка" in html.unescape(answer.get_data(as_text=True))
    assert kept is (PROMISES[endpoint].ended == "yes"), (endpoint, answer.status_code)
    assert answer.status_code in {400, 401, 404} or PROMISES[endpoint].ended == "open"


def test_every_form_says_what_it_promises(app: Flask) -> None:
    forms = {name for name, method in rules(app) if method == "POST" and not name.startswith("api")}
    assert forms == set(PROMISES), "tests/access/forms.py"
    for name, said in PROMISES.items():
        for promise, table in (("wrong", WRONG), ("twice", TWICE), ("stale", STALE)):
            word = getattr(said, promise)
            assert word == "yes" or word in REASONS, f"{name} {promise}"
            assert (word == "yes") is (name in table), f"{name} {promise}"
        assert said.ended == "yes" or said.ended in REASONS, f"{name} ended"
