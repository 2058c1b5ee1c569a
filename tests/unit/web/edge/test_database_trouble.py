"""A database that is stopped, locked, full or broken: a clear answer, nothing typed lost, and all well by itself afterwards."""

import errno
import html
import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, func, select, update
from sqlalchemy import text as statement
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from matchmaker.cli import demo
from matchmaker.models import Need, Organisation, Session, UserSession, database
from matchmaker.models.base import now
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.wiring import Application, load_recogniser
from search.text import Recogniser
from tests.support.browser import TODAY, Browser, text

FORM = {"title": "Фланцы", "text": "Нужны фланцы из стали 40Х,\nтокарная обработка"}
PAGES = ("/", "/needs/", "/account", "/needs/new", "/readyz")
_FIELD = re.compile(r'<textarea hidden name="([^"]+)">\n(.*?)</textarea>', re.DOTALL)


def _settle(session: Session) -> None:
    person = accounts.AccountDetails("buyer@demo-centre.example", "B", demo.PASSWORD, "ru", confirmed=True)
    user = accounts.create_user(session, person, by="test")
    firm = Organisation(centre_id=needs.centre_of(session, "centre").id, name_ru="Завод", is_contractor=True)
    session.add(firm)
    session.flush()
    accounts.grant(session, user, "contractor_buyer", by="test", organisation=firm)


class Site:
    """A centre with a signed-in buyer whose language is Russian, on a database that a test may trouble."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        settings = Settings(data=folder, database_url=url, _env_file=None)
        self.application = Application(settings, clock=lambda: TODAY)
        with self.application.sessions.begin() as session:
            if accounts.find(session, "buyer@demo-centre.example") is None:
                _settle(session)
        self.app: Flask = create_app(self.application)
        self.buyer = Browser(self.app.test_client(), "en").sign_in("buyer")
        self.token = self.buyer.token("/needs/new")

    @property
    def path(self) -> Path:
        return self.application.settings.data / "matchmaker.sqlite3"

    def send(self, **fields: str):  # type: ignore[no-untyped-def]
        data = {"csrf_token": self.token, **FORM, **fields}
        return self.buyer.client.post("/needs/new", data=data, headers=self.buyer.headers)

    def needs(self) -> int:
        with self.application.sessions() as session:
            return session.scalars(select(func.count(Need.id))).one()

    def assert_nothing_asks(self) -> None:
        """What needs no database is there as ever."""
        with closing(self.buyer.get("/static/site.css")) as style:
            assert style.status_code == 200
        assert self.buyer.get("/healthz").status_code == 200
        assert self.buyer.get("/no-such-page").status_code == 404


def assert_kept(answer, code: int = 503) -> None:  # type: ignore[no-untyped-def]
    """A page with all that was typed, in the person's language, that says when to come back."""
    page = str(answer.get_data(as_text=True))
    assert answer.status_code == code, page[:300]
    assert int(answer.headers["Retry-After"]) > 0
    assert '<html lang="ru">' in page
    found = {name: html.unescape(value) for name, value in _FIELD.findall(page)}
    assert FORM.items() <= found.items()


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a centre, to be copied."""
    folder = tmp_path_factory.mktemp("settled")
    Site(folder).application.close()
    return folder


@pytest.fixture
def on_sqlite(settled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(database, "_BUSY_MILLISECONDS", 150)
    shutil.copytree(settled, tmp_path / "data")
    site = Site(tmp_path / "data")
    yield site
    site.application.close()


@pytest.fixture(scope="module")
def on_postgresql(own_cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    url = own_cluster.url.render_as_string(hide_password=False)
    site = Site(tmp_path_factory.mktemp("site"), url)
    yield site
    site.application.close()


@contextmanager
def before_each_statement(site: Site, act: Callable[[str], None]) -> Iterator[None]:
    engine = site.application.sessions.engine

    def listen(_connection: object, _cursor: object, words: str, *_rest: object) -> None:
        act(words)

    event.listen(engine, "before_cursor_execute", listen)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", listen)


def test_nothing_is_held_while_dictionaries_are_read(
    on_sqlite: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They take seconds in the first moments of a process: a form that held the database meanwhile would stop all others."""
    free = list[bool]()

    def make() -> Recogniser:
        with on_sqlite.application.sessions.begin_at_once() as session:  # raises where another holds it
            session.execute(statement("SELECT 1"))
        free.append(True)
        return load_recogniser()

    monkeypatch.setattr("matchmaker.wiring.load_recogniser", make)
    assert on_sqlite.send().status_code == 302
    assert free == [True]


def test_a_stopped_server_is_told_and_heals(on_postgresql: Site, own_cluster: Any) -> None:
    site, before = on_postgresql, on_postgresql.needs()
    own_cluster.halt()
    try:
        for address in PAGES:
            answer = site.buyer.get(address)
            assert answer.status_code == 503, address
            assert answer.headers["Retry-After"], address
        refused = site.send()
        assert_kept(refused)
        program = site.app.test_client().get("/api/v1/needs", headers={"Authorization": "Bearer mmk_x"})
        assert (program.status_code, program.mimetype) == (503, "application/problem+json")
        assert program.json["code"] == "database.away"
        assert program.headers["Retry-After"]
        site.assert_nothing_asks()
        signing_in = site.app.test_client().get("/login")
        assert signing_in.status_code == 200
    finally:
        own_cluster.resume()
    kept = {name: html.unescape(value) for name, value in _FIELD.findall(refused.get_data(as_text=True))}
    assert site.send(**kept).status_code == 302
    assert site.needs() == before + 1
    assert site.buyer.get("/account").status_code == 200


def test_a_server_that_stops_amid_a_request_loses_no_text(on_postgresql: Site, own_cluster: Any) -> None:
    site, before = on_postgresql, on_postgresql.needs()
    halted = []

    def halt(words: str) -> None:
        if words.startswith("INSERT") and not halted:
            halted.append(words)
            own_cluster.halt()

    try:
        with before_each_statement(site, halt):
            assert_kept(site.send())
    finally:
        own_cluster.resume()
    assert halted
    assert site.needs() == before
    assert site.send().status_code == 302
    assert site.needs() == before + 1


@pytest.mark.parametrize("begins", ["SELECT", "INSERT"])
def test_a_lost_connection_is_made_anew_unseen(on_postgresql: Site, own_cluster: Any, begins: str) -> None:
    site, before = on_postgresql, on_postgresql.needs()
    lost = []

    def lose(words: str) -> None:
        if words.startswith(begins) and not lost:
            lost.append(words)
            with psycopg.connect(own_cluster.url.render_as_string().replace("+psycopg", "")) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                    "AND backend_type = 'client backend'"
                )

    with before_each_statement(site, lose):
        assert site.send(title=begins).status_code == 302
    assert lost
    assert site.needs() == before + 1


DEADLOCK = OperationalError("INSERT", None, psycopg.errors.DeadlockDetected())
MADE_TWICE = IntegrityError("INSERT", None, psycopg.errors.UniqueViolation())
MOVED_ON = StaleDataError()


@pytest.mark.parametrize(
    ("error", "times", "status"),
    [
        (DEADLOCK, 1, 302),
        (DEADLOCK, 3, 302),
        (DEADLOCK, 99, 503),
        (MOVED_ON, 1, 302),
        (MOVED_ON, 99, 503),
        (MADE_TWICE, 1, 302),
        (MADE_TWICE, 99, 500),
    ],
)
def test_a_change_that_was_overrun_is_tried_again(
    on_postgresql: Site, error: Exception, times: int, status: int
) -> None:
    site, before = on_postgresql, on_postgresql.needs()
    left = [times]

    def overrun(words: str) -> None:
        if words.startswith("INSERT") and left[0]:
            left[0] -= 1
            raise error

    with before_each_statement(site, overrun):
        answer = site.send(title=f"overrun {times}")
    assert answer.status_code == status
    assert site.needs() == before + (status == 302)
    if status != 302:
        assert left[0] == 99 - 4  # three more tries, no storm


def test_a_lock_that_is_held_too_long_is_told(on_sqlite: Site) -> None:
    site = on_sqlite

    def hurry(_words: str) -> None:
        raise OperationalError("SELECT", None, psycopg.errors.LockNotAvailable())

    with before_each_statement(site, hurry):
        answer = site.app.test_client().get("/api/v1/suppliers/x")
    assert (answer.status_code, answer.json["code"]) == (503, "busy")


def test_no_free_connection_is_told(settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_POOL", {"pool_size": 1, "max_overflow": 1, "pool_timeout": 0.1})
    site = Site(settled)
    with site.application.sessions() as one, site.application.sessions() as two:
        for session in (one, two):
            session.execute(statement("SELECT 1"))
        assert_kept(site.send())
    assert site.send().status_code == 302
    site.application.close()


@contextmanager
def locked(site: Site) -> Iterator[None]:
    with closing(sqlite3.connect(site.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_a_locked_database_is_read_at_once_and_written_later(on_sqlite: Site) -> None:
    site = on_sqlite
    with site.application.sessions.begin() as session:
        session.execute(update(UserSession).values(seen_at=now() - timedelta(hours=1)))
    with locked(site):
        before = time.monotonic()
        for address in PAGES[:-1]:
            assert site.buyer.get(address).status_code == 200, address
        assert time.monotonic() - before < 30  # no page waits for the lock, which has no end
        assert_kept(site.send())
        seen = _last_seen(site)
    site.buyer.get("/account")
    assert _last_seen(site) > seen
    assert site.send().status_code == 302


def _last_seen(site: Site) -> Any:
    with site.application.sessions() as session:
        return session.scalars(select(func.max(UserSession.seen_at))).one()


def test_a_read_writes_nothing(on_sqlite: Site) -> None:
    written: list[str] = []
    with before_each_statement(on_sqlite, written.append):
        for address in PAGES[:-1]:
            on_sqlite.buyer.get(address)
    assert not [words for words in written if words.startswith(("INSERT", "UPDATE", "DELETE", "BEGIN IMM"))]


def test_a_full_disk_is_read_on(on_sqlite: Site) -> None:
    site = on_sqlite
    engine = site.application.sessions.engine
    with site.application.sessions() as session:
        pages = session.execute(statement("PRAGMA page_count")).scalar_one()

    def fill(connection: Any, *_rest: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")

    engine.dispose()
    event.listen(engine, "connect", fill)
    for address in PAGES[:-1]:
        assert site.buyer.get(address).status_code == 200, address
    answer = site.send(text="токарная обработка " * 1500)
    assert (answer.status_code, "токарная обработка" in text(answer)) == (503, True)
    event.remove(engine, "connect", fill)
    engine.dispose()
    assert site.send().status_code == 302


def test_a_broken_page_of_the_file_is_told(on_sqlite: Site) -> None:
    site = on_sqlite
    with site.application.sessions() as session:
        session.execute(statement("PRAGMA wal_checkpoint(TRUNCATE)"))
    site.application.sessions.engine.dispose()
    with site.path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (site.path.stat().st_size - 4096))
    assert site.buyer.get("/needs/").status_code == 503
    assert_kept(site.send())
    site.assert_nothing_asks()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 503),
        (OSError(errno.EROFS, "Read-only file system"), 503),
        (OSError(errno.ENOENT, "No such file"), 500),
        (sqlite3.ProgrammingError("closed"), 500),
    ],
)
def test_a_disk_that_takes_nothing_keeps_the_text(on_sqlite: Site, error: Exception, status: int) -> None:
    app = on_sqlite.app
    app.view_functions["posting.new"] = _raising(error)
    answer = on_sqlite.send()
    assert answer.status_code == status
    assert "токарная обработка" in text(answer)


def _raising(error: Exception) -> Callable[[], str]:
    def view() -> str:
        raise error

    return view


def test_a_password_does_not_come_back_from_a_trouble(on_sqlite: Site) -> None:
    with locked(on_sqlite):
        browser = Browser(on_sqlite.app.test_client())
        answer = browser.post(
            "/login", {"email": "buyer@demo-centre.example", "password": demo.PASSWORD}, "/login"
        )
    assert answer.status_code == 503
    assert demo.PASSWORD not in text(answer)


def test_a_page_of_an_error_waits_for_no_part_that_is_being_made(on_sqlite: Site) -> None:
    begun, done = threading.Event(), threading.Event()
    waited: list[bool] = []

    def make() -> None:
        with ExitStack() as held:
            for lock in on_sqlite.application.locks.values():
                held.enter_context(lock)
            begun.set()
            waited.append(done.wait(20))

    maker = threading.Thread(target=make)
    maker.start()
    begun.wait(20)
    try:
        on_sqlite.assert_nothing_asks()
    finally:
        done.set()
        maker.join()
    assert waited == [True]  # the pages came while the other part was still being made
