"""Whatever a form changes stands in the journal: who, when, what; and no answer tells a rival what it must not know."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from matchmaker.models import AuditEntry, Quote
from matchmaker.models.base import now
from tests.access.forms import TWICE
from tests.access.matrix import ROWS, Row
from tests.access.world import PRICE, SUBJECTS, Thing, World
from tests.support.form_values import content, prepared
from tests.support.routes import ask, expected_answer, plain

_WRITES = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# Tables that hold no change of anybody's making, with the reason.
UNTOLD = {
    "user_session": "when a session was last seen, and its end by its own person",
    "rate_limit": "counts what is limited",
    "once": "the marks of links and forms that were used",
    "typed_text": "what somebody is typing",
    "profile_viewing": "the journal of views itself",
    "finding": "what is proposed to a shop from its own text; what it takes is told as its draft",
    "saved_search": "a bookmark of one's own",
    "job": "what is to be done in the background; what it does is told there",
    "mail": "a letter on its way",
    "outbox": "asks the index to follow",
    "audit_entry": "the journal itself",
}


@contextmanager
def written(world: World) -> Iterator[list[str]]:
    """The tables that are written to meanwhile."""
    tables: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found = _WRITES.match(statement)
        if found:
            tables.append(found[1])

    engine = world.application.sessions.engine
    event.listen(engine, "before_cursor_execute", note)
    yield tables
    event.remove(engine, "before_cursor_execute", note)


def last_entry(world: World) -> int:
    with world.application.sessions() as session:
        return session.scalar(select(func.max(AuditEntry.id))) or 0


def untold(world: World, tables: list[str], last: int, since: datetime) -> str:
    """What is wrong with how a request was told of; empty where it changed nothing or was told."""
    changed = set(tables) - set(UNTOLD)
    if not changed:
        return ""
    with world.application.sessions() as session:
        new = session.scalars(select(AuditEntry).where(AuditEntry.id > last)).all()
    if not new:
        return f"{sorted(changed)} changed, and the journal does not tell"
    for one in new:
        if not (
            one.actor and one.action and one.object_kind and since <= one.at.replace(tzinfo=UTC) <= now()
        ):
            return f"a poor entry: {one.actor} {one.action} {one.object_kind}"
    return ""


@pytest.mark.parametrize("row", [row for row in ROWS if row.method == "POST"], ids=str)
def test_what_a_form_changes_is_told(app: Flask, world: World, row: Row) -> None:
    wrong = []
    for name in SUBJECTS:
        for label, thing in world.things(row.on).items():
            if not expected_answer(world, row, name, thing).allowed:
                continue
            last, since = last_entry(world), now()
            with written(world) as tables:
                ask(app, world, row, name, thing)
            said = untold(world, tables, last, since)
            wrong += [f"{name} at {label}: {said}"] if said else []
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("endpoint", sorted(TWICE))
def test_what_a_form_makes_is_told(app: Flask, world: World, endpoint: str) -> None:
    who, where, form = prepared(app, world, endpoint)
    client = world.enter(app.test_client(), who)
    file = {"file": content(TWICE[endpoint].file)} if TWICE[endpoint].file else {}
    last, since = last_entry(world), now()
    with written(world) as tables:
        assert client.post(where, data={**form, **file}).status_code < 400
    assert untold(world, tables, last, since) == ""


# Pages that are another one at each look, whatever stands in the quotes.
MOMENTARY = {
    "account.show": "lists one's sessions, and each look of this test begins one",
    "personal_data.own": "counts one's sessions too",
    "personal_data.take": "holds one's sessions too",
    "audit.show": "tells of one's own looks",
    "api_lists.journal": "tells of them too",
    "drawings.download": "has a copy made, with another place to wait for it at each look",
    "api_drawings.download": "has one made too",
    "centre_people.listed": "says when people were last here",
    "network.show": "lists people, whom the small network makes anew at each look",
    "second_factor.enrol": "offers a new secret each time",
    "metrics.show": "counts the requests, this look too",
}
LOOKED_AT = [
    row
    for row in ROWS
    if row.method == "GET"
    and row.on not in {"photos", "search", "asking", "persons", "webhook"}
    and row.endpoint not in MOMENTARY
    and not row.endpoint.startswith(("static", "health"))
]
# The mark of a form, the moment at which figures were counted, and work that has waited too long by the second look.
_CHANCE = re.compile(
    r'name="once" value="[^"]*"|"counted_at": ?"[^"]*"|<section [^>]*"troubles".*?</section>', re.DOTALL
)
STRANGERS = ("AN", "SI", "SX", "CX", "CN", "OX", "NA", "U0")


def answers(app: Flask, world: World, row: Row) -> list[tuple[str, str, object]]:
    """What everybody who has no part in the quotes is answered."""
    seen: list[tuple[str, str, object]] = []
    things: dict[str, Thing] = world.things(row.on)
    for label, thing in list(things.items())[:2]:
        for name in STRANGERS:
            answer = ask(app, world, row, name, thing)
            if not answer.mimetype.startswith(("text/", "application/json", "application/problem")):
                seen.append((name, label, answer.status_code))  # a workbook holds the moment of its making
                continue
            body, headers = plain(answer, thing)
            said = _CHANCE.sub("", body)
            if said != body:
                headers = [one for one in headers if one[0] != "ETag"]  # a mark of these bytes
            seen.append((name, label, (said, headers)))
    return seen


def test_nobody_learns_of_a_rival_s_quote_from_any_page(app: Flask, world: World) -> None:
    """Two networks that differ in the quotes alone answer everybody without a part in them byte by byte the same."""
    for row in LOOKED_AT:
        answers(app, world, row)  # what a first look notes is noted
    before = {str(row): answers(app, world, row) for row in LOOKED_AT}
    with world.application.sessions.begin() as session:
        for quote in session.scalars(select(Quote).where(Quote.text == PRICE)):
            quote.amount_minor, quote.currency, quote.lead_time_days = 98_765_432, "EUR", 77
            quote.valid_until, quote.text = date(2027, 7, 7), f"{PRICE} and more"
            quote.batch_prices = [[10, 123_456]]
    wrong = []
    for row in LOOKED_AT:
        for one, two in zip(before[str(row)], answers(app, world, row), strict=True):
            if one != two:
                wrong.append(f"{row}: {one[0]} at {one[1]}")
    assert not wrong, "\n".join(wrong)
