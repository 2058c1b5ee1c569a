"""Every route, for everybody: the answers of the access table, on three centres. No page may be forgotten."""

import pytest
from flask import Flask, url_for

from matchmaker.domain.access import (
    MATRIX,
    RELATIONS,
    AccessVerdict,
)
from matchmaker.services.needs import needs
from matchmaker.services.people import api_keys
from matchmaker.web.app import create_app
from matchmaker.web.views.api.api_answers import NoFilters
from matchmaker.web.views.api.operations import of_view
from tests.access import world as made
from tests.access.matrix import DOORS, KEYED_ROWS, REASONS, ROWS, SCOPED, WITHIN, Row, cell
from tests.access.world import SUBJECTS, Thing, World
from tests.support import routes

# Needs that differ from an open one in what a page shows, not in who may write.
ALIKE = {"name-hidden", "nda"}


def test_every_route_and_method_is_decided(app: Flask) -> None:
    decided = {(row.endpoint, row.method) for row in ROWS}
    assert routes.rules(app) - decided == set(), "add these to tests/access/matrix.py"
    assert decided - routes.rules(app) == set(), "these are gone"


def test_every_action_of_the_policy_is_somewhere() -> None:
    assert {row.action for row in ROWS} & set(MATRIX) | set(WITHIN) == set(MATRIX)
    assert {row.action for row in ROWS} & set(WITHIN) == set(), "these have an address of their own"


def test_the_table_names_actions_and_doors_only() -> None:
    assert {row.action for row in ROWS} <= {*MATRIX, *DOORS, "need.see"}
    assert set(REASONS) <= set(DOORS)
    assert {row.form for row in ROWS} <= set(routes.FORMS)
    assert {who.relation for who in SUBJECTS.values()} <= set(RELATIONS)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_everybody_gets_the_decided_answer(app: Flask, world: World, row: Row) -> None:
    wrong = []
    for name in SUBJECTS:
        for label, thing in world.things(row.on).items():
            if row.method == "POST" and label in ALIKE:
                continue
            answer = routes.ask(app, world, row, name, thing)
            right = routes.expected_answer(world, row, name, thing)
            if routes.verdict(answer) is not right:
                wrong.append(f"{name} at {label}: {answer.status_code}, not {right}")
    assert wrong == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.method == "GET" and row.on], ids=str)
def test_what_may_not_be_known_looks_like_what_is_not_there(app: Flask, world: World, row: Row) -> None:
    for name in SUBJECTS:
        for label, thing in world.things(row.on).items():
            if routes.expected_answer(world, row, name, thing) is not AccessVerdict.ABSENT:
                continue
            absent = Thing({k: "0" * len(v) if isinstance(v, str) else v for k, v in thing.values.items()})
            hidden, missing = (
                routes.ask(app, world, row, name, thing),
                routes.ask(app, world, row, name, absent),
            )
            assert missing.status_code == 404
            assert routes.plain(hidden, thing) == routes.plain(missing, absent), f"{name} at {label}"


def test_other_methods_are_refused(app: Flask) -> None:
    client = app.test_client()
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        values = {name: routes.VALUES.get(name, "x") for name in rule.arguments}
        with app.test_request_context():
            where = url_for(rule.endpoint, **values)
        taken = set(adapter.allowed_methods(where))  # by all rules that the address follows
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"} - taken:
            headers = {"X-HTTP-Method-Override": "GET"}
            answer = client.open(where, method=method, headers=headers)
            assert answer.status_code == 405, f"{method} {where}"
            assert set(answer.headers["Allow"].split(", ")) >= taken - {"OPTIONS", "HEAD"}


@pytest.mark.parametrize("row", [row for row in ROWS if row.method == "GET"], ids=str)
def test_head_answers_as_get_does(app: Flask, world: World, row: Row) -> None:
    for name in ("AN", "SX", "OO"):
        for thing in world.things(row.on).values():
            where = routes.address(app, row, thing)
            client = world.enter(app.test_client(), name)
            with client.head(where) as head, client.get(where) as got:
                assert (head.status_code, head.location) == (got.status_code, got.location), f"{name} {where}"
                assert head.get_data() == b""


@pytest.fixture(scope="module")
def guarded(world: World) -> Flask:
    app = create_app(world.application)
    app.testing = True
    return app


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row.method == "POST" and row.action not in {"key", "one.press", "stranger"}],
    ids=str,
)
def test_no_form_without_its_mark_is_taken(guarded: Flask, world: World, row: Row) -> None:
    for name in ("AN", "SO", "OO"):
        thing = next(iter(world.things(row.on).values()))
        answer = routes.ask(guarded, world, row, name, thing)
        # Who is not signed in is asked to, with what was typed in the form.
        assert answer.status_code in ({400, 401} if name == "AN" else {400}), f"{name}: {answer.status_code}"


API = [row for row in ROWS if row.endpoint.startswith("api")]


@pytest.mark.parametrize("row", [row for row in ROWS if row.method == "GET"], ids=str)
def test_a_key_counts_where_programs_come_and_only_there(app: Flask, world: World, row: Row) -> None:
    known = routes.key_of(world, "OO", write=True)
    for thing in world.things(row.on).values():
        where, query = routes.address(app, row, thing), routes.FORMS[row.form]
        client = app.test_client()
        with client.get(where, query_string=query) as without:
            status = without.status_code
        for header in ({"Authorization": "Bearer made-up"}, {"Authorization": "Basic YTpi"}):
            with client.get(where, query_string=query, headers=header) as given:
                assert given.status_code == (401 if row in API else status), where
        if row not in API:
            with client.get(where, query_string=query, headers=known) as given:
                assert given.status_code == status, where


@pytest.mark.parametrize("name", [name for name in SUBJECTS if name != "AN"])
@pytest.mark.parametrize("row", [row for row in API if row.method == "GET"], ids=str)
def test_a_program_reads_what_its_person_may(app: Flask, world: World, row: Row, name: str) -> None:
    header = routes.key_of(world, name, write=False)
    for label, thing in world.things(row.on).items():
        with app.test_client().get(
            routes.address(app, row, thing), query_string=routes.FORMS[row.form], headers=header
        ) as answer:
            assert routes.verdict(answer) is routes.expected_answer(world, row, name, thing), label


@pytest.mark.parametrize("name", [name for name in SUBJECTS if name != "AN"])
@pytest.mark.parametrize("row", KEYED_ROWS, ids=str)
def test_a_program_changes_what_its_person_may_and_its_key_lets_it(
    app: Flask, world: World, row: Row, name: str
) -> None:
    for write in (False, True):
        header = routes.key_of(world, name, write=write) | {"If-Match": '"0"'}
        for label, thing in world.things(row.on).items():
            answer = app.test_client().open(
                routes.address(app, row, thing), method=row.method, headers=header, **routes.sent_by(row)
            )
            if write:
                assert routes.verdict(answer) is routes.expected_answer(world, row, name, thing), label
            else:
                assert (answer.status_code, answer.json["code"]) == (403, "key.scope"), label


@pytest.mark.parametrize("row", [row for row in (*API, *KEYED_ROWS) if row.action != "key"], ids=str)
def test_who_may_not_hears_that_and_nothing_of_what_was_sent(app: Flask, world: World, row: Row) -> None:
    said = of_view(app.view_functions[row.endpoint])
    if said is None or said.reader == "anybody":
        return
    wrong: dict[str, object] = {"query_string": {"nonsense": "1"}}
    if said.takes_file:
        wrong = {"data": "{", "content_type": "text/plain"}
    elif said.body:
        wrong = {"json": []}
    elif said.query is NoFilters:
        return  # it takes nothing
    seen = set[tuple[str, AccessVerdict]]()  # one person of each verdict asks at each object
    for name in sorted(SUBJECTS.keys() - {"AN"}):
        asked = {
            label: (thing, right)
            for label, thing in world.things(row.on).items()
            if (label, right := routes.expected_answer(world, row, name, thing)) not in seen
        }
        header = routes.key_of(world, name, write=row.method != "GET") if asked else {}
        for label, (thing, right) in asked.items():
            where = routes.address(app, row, thing)
            answer = app.test_client().open(where, method=row.method, headers=header, **wrong)  # type: ignore[arg-type]
            if right.allowed:
                assert answer.status_code in {400, 415, 422}, f"{name} at {label}"
            else:
                assert routes.verdict(answer) is right, f"{name} at {label}"
            seen.add((label, right))


@pytest.mark.parametrize("row", [row for row in (*API, *KEYED_ROWS) if row.action != "key"], ids=str)
def test_a_right_that_must_be_ticked_is_asked_before_anything_else(
    app: Flask, world: World, row: Row
) -> None:
    needed = next((scope for scope, rows in SCOPED.items() if row.endpoint in rows), "")
    said = of_view(app.view_functions[row.endpoint])
    assert needed == (said.scope if said else "")
    if not needed:
        return
    for name in ("SN", "CO", "SX", "OO", "OX", "NA"):
        others = [scope for scope in api_keys.SPECIAL if scope != needed]
        header = routes.key_of(world, name, write=True, special=others)
        for thing in world.things(row.on).values():
            answer = app.test_client().open(
                routes.address(app, row, thing), method=row.method, headers=header, **routes.sent_by(row)
            )
            assert (answer.status_code, answer.json["code"]) == (403, "key.scope")


def test_a_key_in_the_address_is_refused_before_anybody_looks(app: Flask) -> None:
    for name in ("key", "token", "access_token", "api_key"):
        answer = app.test_client().get(f"/api/v1/suppliers?q=turning&{name}=mmk_x")
        assert (answer.status_code, answer.json["code"]) == (400, "token.in_url")


# What stands where only some may read it: the word, the objects, and the action that says who.
CANARIES = (
    (made.CONTACT, "profiles", "profile.contacts"),
    (str(made.SPARE), "profiles", "profile.capacity"),
    (made.HIDDEN_NAME, "needs", "need.contractor"),
    (made.DRAWING, "needs", "drawing.list"),
    (made.NOTE, "needs", "match.notes"),
    (made.PRICE, "needs", "quote.opened"),
)


SHOWN = [row for row in ROWS if row.method == "GET" and row.on in {"profiles", "needs"}]


@pytest.mark.parametrize("name", ["AN", "SI", "SN", "SX", "CO", "CX", "CN", "OX", "NA"])
@pytest.mark.parametrize("row", SHOWN, ids=str)
def test_a_hidden_field_is_nowhere_in_the_page(app: Flask, world: World, row: Row, name: str) -> None:
    for label, thing in world.things(row.on).items():
        page = routes.ask(app, world, row, name, thing).get_data().decode("utf-8", "replace")
        relation = world.standing(name, thing)
        for word, group, action in CANARIES:
            own = (word, relation) == (made.PRICE, "SN")  # the quote's author
            named = (word, label) == (made.HIDDEN_NAME, "open")
            if group == row.on and not (own or named or cell(action, relation) is AccessVerdict.OK):
                assert word not in page, f"{word} at {label}"


def test_what_may_be_read_is_on_the_page(app: Flask, world: World) -> None:
    """Else the test above could not fail."""
    pages = {
        made.CONTACT: ("public.supplier", "profiles", "shop", "CN"),
        str(made.SPARE): ("api.supplier", "profiles", "shop", "SO"),
        made.HIDDEN_NAME: ("needs.show", "needs", "name-hidden", "SN"),
        made.DRAWING: ("drawings.listed", "needs", "open", "SN"),
        made.NOTE: ("curating.shortlist", "needs", "open", "OO"),
        made.PRICE: ("quotes.listed", "quotes", "open", "CO"),
    }
    for word, (endpoint, group, label, name) in pages.items():
        row = next(row for row in ROWS if row.endpoint == endpoint)
        page = routes.ask(app, world, row, name, world.things(group)[label]).get_data(as_text=True)
        assert word in page, endpoint


@pytest.mark.parametrize(("name", "centre"), [("OX", "south"), ("OO", "home"), ("CO", "home")])
def test_a_need_goes_into_the_centre_of_who_posts_it(
    app: Flask, world: World, name: str, centre: str
) -> None:
    client = world.enter(app.test_client(), name)
    answer = client.post("/needs/new", data={"text": "Токарная обработка, 10 шт"})
    home = world.application.settings.centre
    with world.application.sessions() as session:
        need = needs.by_key(session, answer.location.rsplit("/", 1)[-1])
        assert need.centre.code == {"home": home}.get(centre, centre)


WRITES = [row for row in ROWS if row.method == "POST" and row.action in {"need.edit", "need.award"}]


@pytest.mark.parametrize("row", WRITES, ids=str)
def test_a_blocked_contractor_reads_and_writes_nothing(app: Flask, world: World, row: Row) -> None:
    with world.blocking("CO"):
        thing = world.things(row.on)["draft"]
        assert routes.ask(app, world, row, "CO", thing).status_code == 403
        show = next(row for row in ROWS if row.endpoint == "needs.show")
        assert routes.ask(app, world, show, "CO", world.things("needs")["draft"]).status_code == 200


OWN = [row for row in ROWS if row.method == "POST" and row.action == "supplier"]


@pytest.mark.parametrize("row", OWN, ids=str)
def test_a_blocked_supplier_writes_nothing(app: Flask, world: World, row: Row) -> None:
    with world.blocking("SX"):
        assert routes.ask(app, world, row, "SX", Thing({})).status_code == 403
