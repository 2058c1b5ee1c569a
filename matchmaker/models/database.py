"""The way from a database address to sessions, on SQLite and PostgreSQL, so that both behave alike.

`with sessions() as session:` reads. `with sessions.begin() as session:` writes: it takes SQLite's write lock
at once, so that a transaction that reads first cannot fail later because another wrote in between, and
commits at the end.
"""

import json
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import URL, Engine, create_engine, event, inspect, make_url, orm, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from matchmaker.domain.errors import DatabaseBehind, MatchmakerError, SettingInvalid
from matchmaker.domain.organisation import search_key
from matchmaker.migrations import HEAD, check_version
from matchmaker.models.database_trouble import trouble_of

_BUSY_MILLISECONDS = 5000
_JOURNAL_PAUSE_SECONDS = 0.01
_AT_ONCE_MILLISECONDS = 50
# Threads and lanes together need fewer connections than this; who waits longer is told that the site is busy. The one that
# was used last is taken first: each holds some megabytes of what it has read, and most of them are seldom needed.
_POOL = {"pool_size": 10, "max_overflow": 20, "pool_timeout": 5, "pool_use_lifo": True}
# Prepared statements that a connection to SQLite holds, of some kilobytes each; a page asks 15 at most.
_PREPARED = {"cached_statements": 50}
# No statement of a page or a lane takes as long; `options` in the address replaces them.
_POSTGRESQL_OPTIONS = f"-c lock_timeout={_BUSY_MILLISECONDS} -c statement_timeout=60000"
_POSTGRESQL_LINE = {"connect_timeout": "5", "tcp_user_timeout": "15000", "keepalives_idle": "30"}

# SQLAlchemy's own types, under the product's names, for packages that do not know SQLAlchemy.
Session: TypeAlias = orm.Session
DatabaseEngine: TypeAlias = Engine
DatabaseError: TypeAlias = SQLAlchemyError


@dataclass(slots=True)
class DatabaseWork:
    """What a piece of work has asked of the database so far, and whether it may have saved something."""

    statements: int = 0
    saved: bool = False


_work: ContextVar[DatabaseWork | None] = ContextVar("database_work", default=None)


@contextmanager
def counted() -> Iterator[DatabaseWork]:
    """Count what the block asks of the database."""
    work = DatabaseWork()
    token = _work.set(work)
    try:
        yield work
    finally:
        _work.reset(token)


def present_work() -> DatabaseWork | None:
    """The work that is counted at this moment."""
    return _work.get()


@contextmanager
def repeatable() -> Iterator[None]:
    """What the block saves does no harm where the work is done a second time."""
    work = _work.get()
    saved = work.saved if work else False
    try:
        yield
    finally:
        if work:
            work.saved = saved


class Sessions(orm.sessionmaker[Session]):
    """A session factory whose `begin()` writes and whose call reads.

    `begin()` raises an error that is a ChangeOverrun (`database_trouble`) where another change moved the same row on
    meanwhile. `begin_at_once()` is for notes that nobody waits for: it fails at once where the database cannot be written.
    """

    def __init__(self, engine: DatabaseEngine) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.engine = engine
        self._writer = engine.execution_options(writes=True)
        self._noter = engine.execution_options(writes=True, at_once=True)
        self._glancer = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._owed: deque[Callable[[Session], object]] = deque()

    def glance(self) -> Session:
        """A session that reads each thing as of its own moment, for who looks at little before a change that reads it all anew:
        it begins no transaction, which the database need not be asked for.
        """
        return self(bind=self._glancer)

    def write_surely(self, write: Callable[[Session], object]) -> None:
        """Write now; where the database is away or full, write when `catch_up` is called, and raise its error."""
        try:
            with self.begin() as session:
                write(session)
        except SQLAlchemyError as error:
            if trouble_of(error):
                self._owed.append(write)
            raise

    def catch_up(self) -> None:
        """Do the writes that are owed, oldest first; those that the database still does not take stay owed."""
        while True:
            try:
                write = self._owed.popleft()
            except IndexError:
                return
            self.write_surely(write)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        with self(bind=self._writer) as session, session.begin():
            yield session
            session.flush()
            if (work := _work.get()) is not None:
                work.saved = True  # while it commits nobody can tell

    @contextmanager
    def begin_at_once(self) -> Iterator[Session]:
        with self(bind=self._noter) as session, session.begin():
            yield session


def database_url(address: str) -> URL:
    """The address with the product's driver. Raises SettingInvalid for an address of no known database."""
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise SettingInvalid(
            name="MATCHMAKER_DATABASE_URL", reason="it is not an address of a database"
        ) from error
    if url.get_backend_name() == "postgresql":
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite":
        return url
    reason = f"there is no support for {url.get_backend_name()}; use sqlite:/// or postgresql+psycopg://"
    raise SettingInvalid(name="MATCHMAKER_DATABASE_URL", reason=reason)


def _compare_russian(first: str, second: str) -> int:
    one, two = search_key(first), search_key(second)
    return (one > two) - (one < two)


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # The driver begins no transaction itself; `_on_sqlite_begin` does.
    connection.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    _write_ahead(connection)
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=FULL")
    connection.create_function("lower", 1, lambda value: value.lower() if isinstance(value, str) else value)
    connection.create_function("upper", 1, lambda value: value.upper() if isinstance(value, str) else value)
    connection.create_function("later", 2, _later)
    connection.create_collation("ru", _compare_russian)


def _later(moment: str, seconds: float) -> str:
    """A moment as SQLite keeps it, so many seconds later, which its own functions tell to the millisecond alone."""
    then = datetime.fromisoformat(moment) + timedelta(seconds=seconds)
    return then.isoformat(sep=" ", timespec="microseconds")


def _write_ahead(connection: Any) -> None:
    """Set the journal of the file. While another connection does so, SQLite says "locked" at once, whatever
    the busy timeout is: two processes that start on a new file meet there.
    """
    end = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(_JOURNAL_PAUSE_SECONDS)
        else:
            return


def _on_sqlite_begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    if not options.get("at_once"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
        return
    driver: Any = connection.connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")


def _on_postgresql_begin(connection: Connection) -> None:
    if connection.get_execution_options().get("at_once"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_AT_ONCE_MILLISECONDS}")


def _count(*_statement: object) -> None:
    if (work := _work.get()) is not None:
        work.statements += 1


_EMPTY: Mapping[type, str] = {list: "[]", dict: "{}"}


def _json(value: Any) -> str:
    """A value as JSON, as the library writes it; most are empty."""
    return (None if value else _EMPTY.get(type(value))) or json.dumps(value)


# No value of a statement gets into an error.
_VALUES: Mapping[str, Any] = {"hide_parameters": True, "json_serializer": _json}


def make_database_engine(address: str) -> DatabaseEngine:
    """An engine for the address; the folder of an SQLite file is made. No value of a statement gets into an error."""
    url = database_url(address)
    if url.get_backend_name() == "postgresql":
        line = {"options": _POSTGRESQL_OPTIONS, **_POSTGRESQL_LINE, **url.query}
        engine = create_engine(url.set(query=line), pool_pre_ping=True, **_VALUES, **_POOL)
        event.listen(engine, "begin", _on_postgresql_begin)
    else:
        on_disk = url.database and url.database != ":memory:"
        if on_disk:
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, connect_args=_PREPARED, **_VALUES, **(_POOL if on_disk else {}))
        event.listen(engine, "connect", _on_sqlite_connect)
        event.listen(engine, "begin", _on_sqlite_begin)
    event.listen(engine, "before_cursor_execute", _count)
    return engine


def make_sessions(address: str) -> Sessions:
    """Sessions on a database whose tables are up to date.

    SQLite and an empty PostgreSQL database are brought up to date here. Raises DatabaseBehind where a
    PostgreSQL database has tables of an earlier version: its administrator chooses when to migrate
    production. Raises DatabaseTooOld or DatabaseTooNew where no migration leads from the version of the
    tables to that of the program.
    """
    engine = make_database_engine(address)
    try:
        make_current(engine)
    except MatchmakerError:
        engine.dispose()
        raise
    return Sessions(engine)


def stored_version(engine: DatabaseEngine) -> str | None:
    """The migration of the tables; None in a database without tables."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return version


def make_current(engine: DatabaseEngine) -> None:
    """Bring the tables up to date where that is safe without a question."""
    version = stored_version(engine)
    if version == HEAD:
        return
    check_version(version)
    if version is not None and engine.dialect.name != "sqlite":
        raise DatabaseBehind(version=version, head=HEAD)
    from matchmaker.migrations import runner

    runner.upgrade(engine)
