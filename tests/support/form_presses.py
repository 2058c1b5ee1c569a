"""Equal presses at the very same moment, and two people at one record at once."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from matchmaker.models import AuditEntry, Match
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.access.forms import EACH_TOLD, TWICE
from tests.access.world import TODAY, World
from tests.support.form_values import content, counts, prepared

Rows = Mapping[str, int]


@contextmanager
def network(folder: Path, url: str | None = None) -> Iterator[tuple[Flask, World]]:
    application = Application(Settings(data=folder, database_url=url, _env_file=None), clock=lambda: TODAY)
    try:
        world = World(application)
        app = create_app(application)
        app.config["WTF_CSRF_ENABLED"] = False
        yield app, world
    finally:
        application.close()


def pressed(
    app: Flask, world: World, endpoint: str, times: int
) -> tuple[Counter[tuple[int, str]], dict[str, int]]:
    """The answers to the same form sent at once by so many browsers of one person, and the rows that came of it."""
    who, where, form = prepared(app, world, endpoint)
    clients = [world.enter(app.test_client(), who) for _ in range(times)]
    start, answers = threading.Barrier(times), Counter[tuple[int, str]]()
    before = counts(world)

    def press(number: int) -> None:
        file = {"file": content(TWICE[endpoint].file)} if TWICE[endpoint].file else {}
        start.wait()
        answer = clients[number].post(where, data={**form, **file})
        answers[answer.status_code, answer.headers.get("Location", "")] += 1

    _together([lambda number=number: press(number) for number in range(times)])
    return answers, {
        name: count - before[name] for name, count in counts(world).items() if count != before[name]
    }


def pressed_alone(folder: Path) -> dict[str, Rows]:
    """What one press of each form makes: the journal's entry and the letters are rows too."""
    with network(folder) as (app, world):
        return {endpoint: pressed(app, world, endpoint, 1)[1] for endpoint in sorted(TWICE)}


def wrong_presses(app: Flask, world: World, alone: Mapping[str, Rows], times: int) -> list[str]:
    """The forms of which so many presses at once made more or less than one, or were not answered alike."""
    wrong = []
    for endpoint in sorted(TWICE):
        answers, grown = pressed(app, world, endpoint, times)
        free = TWICE[endpoint].more if endpoint in EACH_TOLD else frozenset()
        made = {name: count for name, count in grown.items() if name not in free}
        due = {name: count for name, count in alone[endpoint].items() if name not in free}
        if min(answers)[0] >= 400 or len(answers) > 1 or made != due:
            wrong.append(f"{endpoint}: {dict(answers)} made {made}, not {due}")
    return wrong


@dataclass
class Rounds:
    """Two operators who save a note of one match again and again, each over what it has read."""

    app: Flask
    world: World
    saved: list[tuple[int, str]] = field(default_factory=list)  # the revision that was read, and the text
    refused: int = 0
    wrong: list[str] = field(default_factory=list)

    def run(self, times: int) -> None:
        _together([lambda name=name: self._save(name, times) for name in ("OO", "CA")])

    @property
    def lost(self) -> int:
        """The saves that another one overwrote without having read them, or of which nothing tells."""
        read = Counter(revision for revision, _ in self.saved)
        note, entries = self._present()
        last = max(self.saved)[1]
        return sum(read.values()) - len(read) + abs(len(self.saved) - entries) + (note != last)

    def _save(self, name: str, times: int) -> None:
        client = self.world.enter(self.app.test_client(), name)
        thing = self.world.things("needs")["open"]
        for number in range(times):
            text, answer = f"{name} {number}", 409
            while answer == 409:
                with self.world.application.sessions() as session:
                    query = select(Match.revision).where(Match.public_id == thing.form["match"])
                    revision = session.scalars(query).one()
                page = client.post(
                    f"/work/needs/{thing.values['key']}/note",
                    data={"match": thing.form["match"], "note": text, "revision": str(revision)},
                )
                answer = page.status_code
                self.refused += answer == 409
                if answer == 409 and text not in page.get_data(as_text=True):
                    self.wrong.append(f"{text}: what was typed is not on the page of 409")
            if answer == 302:
                self.saved.append((revision, text))
            else:
                self.wrong.append(f"{text}: {answer}")

    def _present(self) -> tuple[str | None, int]:
        key = self.world.things("needs")["open"].form["match"]
        with self.world.application.sessions() as session:
            note = session.scalars(select(Match.note).where(Match.public_id == key)).one()
            told = select(AuditEntry.id).where(
                AuditEntry.action == "match.noted", AuditEntry.object_id == key
            )
            return note, len(session.scalars(told).all()) - self._told_before

    def __post_init__(self) -> None:
        self._told_before = 0
        self._told_before = self._present()[1]


def _together(acts: list) -> None:  # type: ignore[type-arg]
    threads = [threading.Thread(target=act) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
