"""The work in the background, lane by lane: whatever breaks one, it goes on, and no other waits for it."""

import asyncio
import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from time import monotonic, sleep

import pytest
from aiosmtpd.controller import Controller
from pydantic import SecretStr
from sqlalchemy import select, update

from matchmaker.cli.serve import serve
from matchmaker.domain.errors import EngineUnavailable
from matchmaker.domain.lanes import Lane, lane_of_job
from matchmaker.models import Job, LaneBeat, Mail
from matchmaker.models.base import now
from matchmaker.models.database import DatabaseError
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.health import findings
from matchmaker.services.health.heartbeats import LanePulse
from matchmaker.services.imports import import_batches
from matchmaker.services.mail import jobs, letters
from matchmaker.services.mail.transport import MailServer
from matchmaker.services.needs import needs
from matchmaker.services.people import password_reset
from matchmaker.services.profiles import suppliers
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.web.server import SiteServer
from matchmaker.wiring import Application, load_recogniser
from matchmaker.worker import Worker, keeping_up, warm_up
from matchmaker.worker.lanes import LaneThread, Supervisor
from search.ranking.char_ngrams import CharNgrams
from search.text import Recogniser
from tests.support.breaks import full_database
from tests.support.live_site import free_port
from tests.support.records import supplier

# Every class of errors of the language that can be made without a value, those that end a process included, and the
# errors of the driver.
ERRORS: list[BaseException] = [
    MemoryError(),
    RecursionError(),
    SystemExit(),
    KeyboardInterrupt(),
    GeneratorExit(),
    AssertionError(),
    KeyError("k"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"),
    OSError(28, "No space left on device"),
    TimeoutError(),
    EngineUnavailable(),
    DatabaseError("gone"),
    ExceptionGroup("several", [ValueError()]),
    BaseExceptionGroup("several", [KeyboardInterrupt()]),
]
WORKS = {
    Lane.INDEX: "matchmaker.services.index.live_index.LiveIndex.catch_up",
    Lane.LETTERS: "matchmaker.services.mail.jobs.send_due",
    Lane.SCHEDULE: "matchmaker.services.schedule.daily_run.run",
    Lane.PROGRAMS: "matchmaker.services.webhooks.webhook_events.collect",
}


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return load_recogniser()


@pytest.fixture
def site(settings: Settings, sqlite_url: str) -> Settings:
    """The settings of a site with its tables, at any port."""
    return settings.model_copy(update={"port": 0, "database_url": SecretStr(sqlite_url)})


@pytest.fixture
def app(settings: Settings, sqlite_url: str, recogniser: Recogniser) -> Iterator[Application]:
    given = settings.model_copy(update={"database_url": SecretStr(sqlite_url)})
    opened = Application(given, clock=lambda: date(2026, 11, 23))
    vars(opened)["recogniser"] = recogniser
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lanes that need not be waited for, and a day that brings nothing."""
    for name, seconds in (("_ROUND_SECONDS", 0.1), ("_SCHEDULE_SECONDS", 1), ("_BEAT_SECONDS", 0.2)):
        monkeypatch.setattr(f"matchmaker.worker.work.{name}", seconds)
    for name in ("_PAUSE_SECONDS", "_WATCH_SECONDS", "_LONGEST_SECONDS", "_LONGEST_AWAY_SECONDS"):
        monkeypatch.setattr(f"matchmaker.worker.lanes.{name}", 0.02)
    monkeypatch.setattr("matchmaker.services.schedule.daily_run.run", lambda *_: 0)


def until(said: Callable[[], object], seconds: float = 10) -> None:
    """Wait until something holds."""
    end = monotonic() + seconds
    while not said():
        assert monotonic() < end, "it did not come"
        sleep(0.01)


def save(app: Application, **changes: object) -> None:
    with app.sessions.begin() as session:
        centre = needs.centre_of(session, app.settings.centre)
        suppliers.save_many(
            session, [supplier(**changes)], app.recogniser, RecordOrigin(centre, "file", "tester")
        )


def post(app: Application) -> None:
    with app.sessions.begin() as session:
        values = letters.example("profile_published")
        letters.post(session, "profile_published", "reader@example.org", "en", values)


def pulse(app: Application, lane: Lane) -> LanePulse:
    return next(one for one in app.pulses if one.lane == lane)


def states(app: Application) -> dict[str, str]:
    return {one.part: one.state for one in findings.of_site(app.sessions, app.engine, app.data, app.pulses)}


def test_a_round_indexes_what_waits(app: Application) -> None:
    save(app)
    Worker(app).work()
    assert len(app.index.columns().keys) == 1


def test_every_kind_of_job_has_its_lane_and_its_handler(app: Application) -> None:
    kinds = set(Worker(app)._handlers())
    assert {password_reset.RESET_JOB, import_batches.JOB, "files.drawing"} <= kinds
    assert {lane_of_job(kind) for kind in kinds} == {Lane.LETTERS, Lane.IMPORTS, Lane.FILES}


@pytest.mark.parametrize("lane", WORKS)
def test_a_lane_outlives_every_error_and_tells_each_once(
    app: Application, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, lane: Lane
) -> None:
    rounds = [error for error in ERRORS for _ in range(2)]
    seen: list[str | None] = []
    ended = threading.Event()

    def work(*_given: object, **_named: object) -> object:
        seen.append(pulse(app, lane).error)
        if not rounds:
            ended.set()
            return jobs.SendingResult()
        raise rounds.pop(0)

    monkeypatch.setattr(WORKS[lane], work)
    with caplog.at_level(logging.WARNING), Worker(app).running():
        assert ended.wait(20)
    assert seen[1::2][: len(ERRORS)] == [type(error).__name__ for error in ERRORS]
    told = [
        one.exc_info[0] for one in caplog.records if one.exc_info and f"lane {lane} has failed" in one.message
    ]
    assert told == [type(error) for error in ERRORS]


def test_an_error_of_a_job_of_any_class_holds_no_other(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    errors = dict(enumerate(ERRORS))

    def work(_place: object, given: dict[str, str]) -> None:
        done.append(given["batch"])
        if given["batch"] != "good":
            raise errors[int(given["batch"])]

    monkeypatch.setattr(import_batches, "work", work)
    with app.sessions.begin() as session:
        for number in errors:
            jobs.enqueue(session, import_batches.JOB, {"batch": str(number)})
        jobs.enqueue(session, import_batches.JOB, {"batch": "good"})
    with Worker(app).running():
        until(lambda: "good" in done, 20)
    assert {str(number) for number in errors} < set(done)


def test_a_lane_whose_thread_was_killed_is_started_anew(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = threading.Event()
    threads: list[threading.Thread] = []
    whole = LaneThread._rounds

    def die_once(self: object) -> None:
        if self.name == Lane.LETTERS and not killed.is_set():
            killed.set()
            return  # the thread ends, as one that an extension killed
        threads.append(threading.current_thread())
        whole(self)

    monkeypatch.setattr("matchmaker.worker.lanes.LaneThread._rounds", die_once)
    with Worker(app).running():
        assert killed.wait(10)
        until(lambda: any(one.name == "lane-letters" for one in threads))
        post(app)
        until(lambda: sent(app))


def sent(app: Application) -> bool:
    with app.sessions() as session:
        return session.scalar(select(Mail.state)) == "sent"


# One that strikes while the lane writes of the one before ends its thread, and that is what the supervisor is for.
@pytest.mark.parametrize("error", [SystemExit, MemoryError, KeyboardInterrupt])
def test_an_error_that_strikes_a_thread_from_outside_ends_no_lane(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a debugger or a full memory would: at whatever place the thread is, the telling of its own end included."""
    monkeypatch.setattr(threading, "excepthook", lambda _told: None)
    stop, rounds = threading.Event(), list[int]()
    lane = LaneThread("struck", lambda: rounds.append(1) or "", 0.001, stop)
    supervisor = Supervisor([lane], stop)
    supervisor.start()
    for _ in range(50):
        for thread in threading.enumerate():
            if thread.name == "lane-struck":
                kind = ctypes.py_object(error)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), kind)
        sleep(0.005)
    done = len(rounds)
    until(lambda: len(rounds) > done + 5)
    assert supervisor.end(10) == []


def test_a_mail_server_that_never_answers_delays_no_other_lane(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = threading.Event()
    monkeypatch.setattr(import_batches, "work", lambda *_: done.set())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        vars(app)["transport"] = MailServer(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        post(app)
        monkeypatch.setattr("matchmaker.worker.work.DRAIN_SECONDS", 0.5)
        with Worker(app).running():
            caller, _ = silent.accept()  # the lane of letters hangs from here on
            with caller:
                started = monotonic()
                save(app)
                with app.sessions.begin() as session:
                    jobs.enqueue(session, import_batches.JOB, {"batch": "one"})
                assert done.wait(10)
                until(lambda: len(app.index.columns().keys) == 1)
                assert monotonic() - started < 10
                assert not sent(app)


class Hanging:
    """A mail server that takes a letter's bytes and never says that it has them."""

    def __init__(self) -> None:
        self.begun = threading.Event()

    async def handle_DATA(self, *_given: object) -> str:  # noqa: N802 - the library's name
        self.begun.set()
        await asyncio.sleep(60)
        return "250 OK"


def test_a_letter_that_hangs_at_the_end_is_given_up_and_waits_without_a_lost_try(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = Hanging()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        vars(app)["transport"] = MailServer(f"smtp://127.0.0.1:{controller.port}")
        post(app)
        monkeypatch.setattr("matchmaker.worker.work.DRAIN_SECONDS", 0.2)
        monkeypatch.setattr("matchmaker.worker.work._GIVE_UP_SECONDS", 10)
        with Worker(app).running():
            assert handler.begun.wait(10)
            with app.sessions() as session:
                first = session.execute(select(Mail.message_id, Mail.due_at)).one()
        with app.sessions() as session:
            left = session.execute(select(Mail.state, Mail.attempts, Mail.taken_by, Mail.message_id)).one()
            assert tuple(left) == ("waiting", 0, None, first.message_id)
            assert session.scalars(select(Mail.due_at)).one() < first.due_at  # now, not when its lease ends
    finally:
        controller.stop()


def test_a_process_that_cannot_end_is_cut_off_also_where_no_handler_of_python_runs() -> None:
    program = (
        "import signal, sqlite3, threading; from matchmaker.cli import common; common.END_SECONDS = 0.3\n"
        "with common.stop_signals():\n"
        "    threading.Timer(0.2, signal.raise_signal, (signal.SIGTERM,)).start()\n"
        "    endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n'\n"
        "    sqlite3.connect(':memory:').execute(endless)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=30).returncode == 1


def test_a_lane_that_makes_a_part_is_left_at_the_end(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the first seconds of a site, when the dictionaries are read."""
    making, made = threading.Event(), threading.Event()

    def make() -> None:
        making.set()
        made.wait(20)

    monkeypatch.setattr("matchmaker.wiring.load_recogniser", make)
    del vars(app)["recogniser"]
    with Worker(app).running():
        assert making.wait(10)
        started = monotonic()
    app.close()
    assert monotonic() - started < 5
    made.set()


def test_lanes_are_seen_from_other_processes_and_those_of_vanished_ones_are_forgotten(
    app: Application,
) -> None:
    assert {state for part, state in states(app).items() if part in set(Lane)} == {"stopped"}
    long_gone = now() - timedelta(hours=1)
    with app.sessions.begin() as session:
        gone = {"beaten_at": long_gone, "succeeded_at": long_gone, "failures": 0}
        session.add(LaneBeat(lane=Lane.INDEX, process="gone", **gone))
    with Worker(app).running():
        app.pulses = ()  # as another process sees it
        assert {states(app)[lane] for lane in Lane} == {"ok"}
        with app.sessions() as session:
            assert set(session.scalars(select(LaneBeat.lane))) == set(Lane)
            assert "gone" not in set(session.scalars(select(LaneBeat.process)))
    with app.sessions() as session:
        assert session.scalars(select(LaneBeat)).all() == []
    assert states(app)["letters"] == "stopped"


def test_a_lane_that_succeeds_no_more_or_lets_work_wait_is_late(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.worker.work._ROUND_SECONDS", 60)
    with Worker(app).running():
        post(app)
        with app.sessions.begin() as session:
            session.execute(update(Mail).values(due_at=now() - timedelta(minutes=30)))
            session.add(Job(kind=import_batches.JOB, due_at=now() - timedelta(hours=3)))
        pulse(app, Lane.SCHEDULE).succeeded_at = now() - timedelta(hours=2)
        found = findings.of_site(app.sessions, app.engine, app.data, app.pulses)
    late = {one.part: one.params["minutes"] for one in found if one.state == "late"}
    assert late["letters"] == 30
    assert late["imports"] == 180
    assert "index" not in late


def test_after_a_full_disk_what_was_taken_goes_back_at_once(app: Application) -> None:
    save(app)
    post(app)
    app.index.indexer()
    worker = Worker(app)
    with full_database(app.sessions, after="INSERT INTO indexed_document"), pytest.raises(DatabaseError):
        app.index.catch_up()
    with app.sessions() as session:
        assert findings.of_work(session, app.data)[0].state == "stopped"
    app.index.catch_up()  # gives back what it holds
    sleep(2.1)  # the pause of a row that was given back
    worker.work()
    assert len(app.index.columns().keys) == 1


def test_an_import_that_is_asked_to_end_is_left_to_another_worker_without_a_lost_try(
    app: Application,
) -> None:
    with app.sessions.begin() as session:
        jobs.enqueue(session, "import", {"batch": "none"})

    def stopped(_session: object, _given: object) -> None:
        app.stopping.set()
        raise jobs.WorkStopped

    jobs.run_due(app.sessions, {"import": stopped}, ends=app.stopping.is_set)
    with app.sessions() as session:
        assert session.execute(select(Job.state, Job.attempts)).one() == ("waiting", 0)


def test_what_the_day_brings_is_looked_for_once_in_a_while(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[object] = []
    monkeypatch.setattr("matchmaker.worker.work._SCHEDULE_SECONDS", 600)
    monkeypatch.setattr("matchmaker.services.schedule.daily_run.run", lambda *given: looks.append(given))
    worker = Worker(app)
    worker.work()
    worker.work()
    assert len(looks) == 1


def test_the_parts_for_matching_are_warm_before_the_first_request(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(app)
    warm_up(app)
    monkeypatch.setattr(CharNgrams, "__init__", lambda *_: pytest.fail("the first search has to make it"))
    answer = create_app(app).test_client().get("/suppliers?q=turning")
    assert answer.status_code == 200


def test_a_site_brings_changes_in_beside_its_readers(app: Application) -> None:
    save(app)
    app.index.catch_up()
    assert len(app.index.columns()) == 1
    beside = Application(app.settings)  # the worker's process
    with keeping_up(app):
        save(beside, id="s-2", inn=None)
        beside.index.catch_up()
        until(lambda: len(app.index._columns[1]) == 2)
    beside.close()


def test_a_site_that_only_serves_opens_when_it_is_warm_and_has_no_lane_but_that_of_its_columns(
    site: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def warm(_application: Application) -> None:
        sleep(0.3)
        order.append("warm")

    def asked(*_: object) -> bool:
        order.append("open")
        order.extend(one.name for one in threading.enumerate() if one.name.startswith("lane-"))
        return True

    run = SiteServer.run
    monkeypatch.setattr("matchmaker.worker.warm_search", warm)
    monkeypatch.setattr("matchmaker.worker.read_needs", lambda _: None)
    monkeypatch.setattr("gc.freeze", lambda: order.append("kept for good"))
    monkeypatch.setattr("matchmaker.logs.configure", lambda _: None)
    monkeypatch.setattr(SiteServer, "run", lambda server, _, *given: run(server, asked, *given))
    serve(site, site_only=True)
    _wait_for_warm_up()
    assert list(dict.fromkeys(order)) == ["warm", "kept for good", "open", "lane-columns"]


def _wait_for_warm_up() -> None:
    """So that nothing of it happens in another test."""
    for thread in threading.enumerate():
        if thread.name == "warm-up":
            thread.join(30)


def test_a_site_that_is_asked_to_end_does_not_wait_until_it_is_warm(
    site: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, warmed = threading.Event(), list[bool]()

    def warm(_application: Application) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        warmed.append(ended.wait(30))

    monkeypatch.setattr("matchmaker.worker.warm_search", warm)
    monkeypatch.setattr("matchmaker.worker.read_needs", lambda _: None)
    monkeypatch.setattr("gc.freeze", lambda: None)
    monkeypatch.setattr("matchmaker.logs.configure", lambda _: None)
    serve(site, site_only=True)
    assert not warmed
    ended.set()
    _wait_for_warm_up()
