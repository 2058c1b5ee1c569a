"""Two presses at the very same moment make what one press makes, on both databases."""

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application
from tests.access.forms import TWICE
from tests.access.world import TODAY, World
from tests.support.form_values import content, counts, prepared

# The journal may tell of both presses, where both said something that is true.
TOLD = {"audit_entry"}


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
    app: Flask, world: World, endpoint: str, times: int, told: Collection[str] = TOLD
) -> tuple[list[int], dict[str, int]]:
    """The answers to the same form sent at once by so many browsers of one person, and the rows that came of it."""
    who, where, form = prepared(app, world, endpoint)
    clients = [world.enter(app.test_client(), who) for _ in range(times)]
    start, answers = threading.Barrier(times), []
    before = counts(world)

    def press(number: int) -> None:
        file = {"file": content(TWICE[endpoint].file)} if TWICE[endpoint].file else {}
        start.wait()
        answers.append(clients[number].post(where, data={**form, **file}).status_code)

    threads = [threading.Thread(target=press, args=(number,)) for number in range(times)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    free = {*told, *TWICE[endpoint].more}
    grown = {n: c - before[n] for n, c in counts(world).items() if c != before[n] and n not in free}
    return sorted(answers), grown


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    """What one press of each form makes."""
    with network(tmp_path_factory.mktemp("alone")) as (app, world):
        return {endpoint: pressed(app, world, endpoint, 1)[1] for endpoint in sorted(TWICE)}


def test_two_presses_at_once_make_one(
    each_url: str, tmp_path: Path, alone: dict[str, dict[str, int]]
) -> None:
    wrong = []
    with network(tmp_path / "network", each_url) as (app, world):
        for endpoint in sorted(TWICE):
            answers, grown = pressed(app, world, endpoint, 2)
            if answers[0] >= 400 or answers[-1] >= 500 or grown != alone[endpoint]:
                wrong.append(f"{endpoint}: {answers} made {grown}, not {alone[endpoint]}")
    assert not wrong, "\n".join(wrong)


# Forms that many press at once, as an impatient person or a program does: the journal too tells of one act.
OFTEN = ("messages.thread", "profile.entry", "quotes.own", "standing.answer")
AT_ONCE = 20


def test_twenty_presses_at_once_are_one_act(each_url: str, tmp_path: Path) -> None:
    with network(tmp_path / "alone") as (app, world):
        alone = {endpoint: pressed(app, world, endpoint, 1, told=())[1] for endpoint in OFTEN}
    wrong = []
    with network(tmp_path / "network", each_url) as (app, world):
        for endpoint in OFTEN:
            answers, grown = pressed(app, world, endpoint, AT_ONCE, told=())
            if answers[0] >= 400 or answers[-1] >= 500 or grown != alone[endpoint]:
                wrong.append(f"{endpoint}: {answers} made {grown}, not {alone[endpoint]}")
    assert not wrong, "\n".join(wrong)
