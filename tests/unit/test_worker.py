import threading
from datetime import date

import pytest

from matchmaker.domain.errors import NotFound
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from matchmaker.worker import Worker, warm_up
from tests.support.records import supplier


@pytest.fixture
def app(settings: Settings) -> Application:
    opened = Application(settings, clock=lambda: date(2026, 11, 23))
    yield opened  # type: ignore[misc]
    opened.close()


def save(app: Application) -> None:
    with app.sessions.begin() as session:
        centre = needs.centre_of(session, app.settings.centre)
        suppliers.save_many(session, [supplier()], app.recogniser, centre=centre, source="file", by="tester")


def test_a_round_indexes_what_waits(app: Application) -> None:
    save(app)
    Worker(app).work()
    assert len(app.index.columns().keys) == 1


def test_the_background_goes_on_after_a_failure_and_ends_with_its_block(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.worker._ROUND_SECONDS", 0.01)
    worker, rounds, enough = Worker(app), [], threading.Event()

    def work() -> None:
        rounds.append(threading.current_thread())
        if len(rounds) == 1:
            raise NotFound(what="part", key="")
        enough.set()

    monkeypatch.setattr(worker, "work", work)
    with worker.running():
        assert enough.wait(10)
    assert not rounds[-1].is_alive()


def test_what_the_day_brings_is_looked_for_once_in_a_while(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[object] = []
    monkeypatch.setattr("matchmaker.services.schedule.daily_run.run", lambda *given: looks.append(given))
    worker = Worker(app)
    worker.work()
    worker.work()
    assert len(looks) == 1


def test_the_parts_for_matching_are_warm_before_the_first_request(app: Application) -> None:
    warm_up(app)
    assert {"recogniser", "engine", "index"} <= set(vars(app))
