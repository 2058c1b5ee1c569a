"""The way from a database address to sessions, on SQLite and PostgreSQL, so that both behave alike.

`with sessions() as session:` reads. `with sessions.begin() as session:` writes: it takes SQLite's write lock
at once, so that a transaction that reads first cannot fail later because another wrote in between, and
commits at the end.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import URL, Engine, create_engine, event, inspect, make_url, orm, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError

from matchmaker.domain.errors import DatabaseBehind, MatchmakerError, SettingInvalid, StaleRevision
from matchmaker.domain.organisation import search_key
from matchmaker.migrations import HEAD, check_version

_BUSY_MILLISECONDS = 5000

# SQLAlchemy's own types, under the product's names, for packages that do not know SQLAlchemy.
Session: TypeAlias = orm.Session
DatabaseEngine: TypeAlias = Engine
DatabaseError: TypeAlias = SQLAlchemyError


class Sessions(orm.sessionmaker[Session]):
    """A session factory whose `begin()` writes and whose call reads.

    `begin()` raises StaleRevision where another person changed the same row meanwhile.
    """

    def __init__(self, engine: DatabaseEngine) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.engine = engine
        self._writer = engine.execution_options(writes=True)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        try:
            with self(bind=self._writer) as session, session.begin():
                yield session
        except StaleDataError as error:
            raise StaleRevision from error


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
    for pragma in (
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "foreign_keys=ON",
        "synchronous=FULL",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("lower", 1, lambda value: value.lower() if isinstance(value, str) else value)
    connection.create_function("upper", 1, lambda value: value.upper() if isinstance(value, str) else value)
    connection.create_collation("ru", _compare_russian)


def _on_sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def make_database_engine(address: str) -> DatabaseEngine:
    """An engine for the address; the folder of an SQLite file is made."""
    url = database_url(address)
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)
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
