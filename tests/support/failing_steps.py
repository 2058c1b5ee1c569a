"""Every form of the site, and every change of a program, with one of its steps failing: a statement or a commit, in each way in which a database fails."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask

from matchmaker.services.core.journal_seal import anchor_path
from tests.access.forms import EACH_TOLD, TWICE, Twice
from tests.access.matrix import KEYED_ROWS, ROWS
from tests.access.world import SUBJECTS, Thing, World
from tests.support import routes
from tests.support.breaks import FAILURES, Failure, failing
from tests.support.browser import statements
from tests.support.form_values import content, prepared
from tests.support.table_rows import Changes, Image, changes, image

# Forms of the table that change nothing as it sends them, with what makes them do something.
MORE: dict[str, Twice] = {
    "account.register": Twice(
        "AN",
        {"name": "Somebody", "email": "steps-1@people.example", "password": "green-lathes-7", "consent": "1"},
        page="account.register",
    ),
    "capacity.show": Twice("SO", {"block": "2026-12-07", "hours": "10"}),
    "centre_people.erase": Twice("OO", {"sure": "1"}),
    "centre_people.grant": Twice("OO", {"role": "operator"}),
    "comparison.rate": Twice("CO", {"quality": "4"}, at="open"),
    "conditions.correct": Twice(
        "CO", {"title": "Валы и втулки", "quantity": "40"}, at="draft", page="needs.show"
    ),
    "curating.place": Twice("OO", {"to": "2"}, at="open"),
    "curating.seats": Twice("OO", {"most": "3", "seen": ""}, at="open"),
    "drawings.replace": Twice("CO", {}, at="draft", file="paper.png"),
    "duplicates.settle": Twice("OO", {}, at="published"),
    "filling.fill": Twice("SO", {"text": "Токарная обработка валов до 500 мм, фрезеровка."}),
    "needs.edit": Twice(
        "CO", {"text": "Токарная обработка, 70 шт", "title": "Валы"}, at="draft", page="needs.edit"
    ),
    "needs.move": Twice("CO", {"state": "submitted"}, at="draft"),
    "needs.set_openness": Twice("CO", {"disclosure": "open", "reach": "network"}, at="name-hidden"),
    "network.save": Twice("NA", {"code": "west", "name_ru": "Запад", "name_en": "West"}),
    "own_account.password": Twice("SX", {"current": "PASSWORD", "password": "green-lathes-9"}),
    "people.block": Twice("OO", {"blocked": "yes"}),
    "personal_data.erase": Twice("SX", {"sure": "1", "current": "PASSWORD"}),
    "positions.entry": Twice("CO", {"title": "Втулка", "quantity": "10"}, at="draft", page="positions.entry"),
    "profile.basics": Twice("SO", {"name-ru": "Цех валов", "city": "Тверь"}, page="profile.basics"),
    "profile.submit": Twice("SO", {}),
    "quotes.cancel": Twice("CO", {}, at="open"),
    "quotes.deadline": Twice("CO", {"until": "2026-12-20T12:00"}, at="open"),
    "quotes.withdraw": Twice("SN", {}, at="open"),
    "reviews.decide": Twice("OO", {"decision": "return", "remark-basics": "Добавьте адрес"}, at="shop"),
    "webhooks.mine": Twice("SO", {"address": "https://93.184.216.34/hear", "events": "need.changed"}),
}
SENT: Mapping[str, Twice] = {**MORE, **TWICE}
KEYED = {row.endpoint: row for row in KEYED_ROWS}
REFUSED, AWAY = 400, 503
Kept = tuple[sqlite3.Connection, bytes]  # a copy of the database, and the journal's anchor


@dataclass(frozen=True, slots=True)
class Press:
    """A form as somebody sends it, or what a program asks for with the key of that person."""

    who: str
    where: str
    form: Mapping[str, object]
    file: str = ""
    program: Mapping[str, Any] | None = None  # what a program sends in place of a form
    is_told_each_time: bool = False  # see EACH_TOLD


class Presses:
    """The forms of a small network on SQLite, each from the same state of database and anchor."""

    def __init__(self, app: Flask, world: World) -> None:
        self._app, self._world = app, world
        self._engine = world.application.sessions.engine
        self._data = world.application.settings.data
        self._start = self._kept()

    def tried(self, endpoint: str, every: int = 1, first: int = 1) -> tuple[int, list[str]] | None:
        """How many failing steps of a form were tried, each `every` further one from the `first` on, and what was half done
        or badly answered; None for a form that changes nothing here.
        """
        for press in self._ways(endpoint):
            before = self._kept()
            due, steps = self._pressed(press)
            if due:
                numbers = range(first, steps + 1, every)
                found = [
                    f"{endpoint}, step {number} of {steps}, {name}: {said}"
                    for name, failure in FAILURES.items()
                    for number in numbers
                    if (said := self._said(before, press, number, failure, due))
                ]
                self._back(self._start)
                return len(numbers) * len(FAILURES), found
            self._back(self._start)
        return None

    def asked(self, endpoint: str) -> list[str] | None:
        """The statements of a form by whoever may send it; None for a form that changes nothing here."""
        for press in self._ways(endpoint):
            asked: list[str] = []
            due, _ = self._pressed(press, asked)
            self._back(self._start)
            if due:
                return asked
        return None

    def _ways(self, endpoint: str) -> Iterator[Press]:
        """The form as those send it who may, until one changes something."""
        if endpoint in SENT:
            who, where, form = prepared(self._app, self._world, endpoint, SENT)
            yield Press(who, where, form, SENT[endpoint].file, is_told_each_time=endpoint in EACH_TOLD)
            return
        keyed = endpoint in KEYED
        row = (
            KEYED[endpoint]
            if keyed
            else next(one for one in ROWS if (one.endpoint, one.method) == (endpoint, "POST"))
        )
        for name in SUBJECTS:
            if keyed and name == "AN":
                continue
            for make in self._world.groups.get(row.on, {"": lambda: Thing({})}).values():
                thing = make()
                if not routes.expected_answer(self._world, row, name, thing).allowed:
                    continue
                where, sent = routes.address(self._app, row, thing), None
                if keyed:
                    headers = routes.key_of(self._world, name, write=True) | {"Idempotency-Key": "one-press"}
                    sent = {"method": row.method, "headers": headers, **routes.sent_by(row)}
                form = {} if keyed else {**routes.FORMS[row.form], **thing.form}
                yield Press(name, where, form, program=sent)

    def _kept(self) -> Kept:
        """What is stored at this moment."""
        kept, anchor = sqlite3.connect(":memory:"), anchor_path(self._data)
        with closing(sqlite3.connect(self._file)) as now:
            now.backup(kept)
        return kept, anchor.read_bytes()

    def _back(self, to: Kept) -> None:
        kept, anchor = to
        with closing(sqlite3.connect(self._file)) as now:
            kept.backup(now)
        anchor_path(self._data).write_bytes(anchor)

    @property
    def _file(self) -> Path:
        return self._data / "matchmaker.sqlite3"

    def _pressed(self, press: Press, asked: list[str] | None = None) -> tuple[Changes, int]:
        """What a press changes, nothing where it is refused, and in how many steps; `asked` is told the statements until its
        answer.
        """
        before = image(self._file)
        status, steps = self._send(press, asked=asked)
        return self._changed(before, press) if status < REFUSED else {}, steps

    def _changed(self, before: Image, press: Press) -> Changes:
        """What is different by now; of a program without when its key was last used, which is noted after the answer."""
        found = changes(before, image(self._file))
        return {name: one for name, one in found.items() if name != "access_key"} if press.program else found

    def _send(
        self,
        press: Press,
        fails_at: int = 0,
        failure: Failure | None = None,
        asked: list[str] | None = None,
    ) -> tuple[int, int]:
        """The status of the answer, and the number of steps."""
        client, sent = self._app.test_client(), press.program
        if sent is None:
            self._world.enter(client, press.who)
            file = {"file": content(press.file)} if press.file else {}
            sent = {"method": "POST", "data": {**press.form, **file}}
        with failing(self._engine, fails_at, failure) as steps, statements(self._world.application) as said:
            answer = client.open(press.where, **sent)
            answer.get_data()
            if asked is not None:
                asked += said
            answer.close()
        return answer.status_code, steps.number

    def _said(self, before: Kept, press: Press, number: int, failure: Failure, due: Changes) -> str:
        """What is wrong with a press of which a step fails, and with an equal one after it; "" where nothing is."""
        self._back(before)
        was = image(self._file)
        status, _ = self._send(press, number, failure)
        made = self._changed(was, press)
        if status == AWAY:
            # Of a program's request it may be known that it came, and no more.
            if made != due and made.keys() - {"program_request"}:
                return f"{status}, and {made} of {due}"
            again, _ = self._send(press)
            made = self._changed(was, press)
            if again >= 500 or (again >= REFUSED and made != due):
                return f"{status}, and then {again}"
            status = again
        if status < 500 and (made == due or (press.is_told_each_time and made.keys() == due.keys())):
            return ""
        return f"{status}: {made} of {due}"


def endpoints() -> list[str]:
    """Every form that a person sends, and every change of a program."""
    forms = {row.endpoint for row in ROWS if row.method == "POST" and not row.endpoint.startswith("api")}
    return sorted(forms | KEYED.keys())
