"""The database as one file, as of one moment while others write, and back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, select, text

from matchmaker.domain.errors import BackupRefused, StartRefused
from matchmaker.domain.language import N_
from matchmaker.migrations import runner
from matchmaker.models import AuditEntry, Installation, StoredFile
from matchmaker.models.database import DatabaseEngine, make_database_engine
from matchmaker.services.backup import postgresql_tools
from matchmaker.services.backup.archive import Advance
from matchmaker.services.backup.manifest import DatabaseFacts
from matchmaker.services.core import installation
from matchmaker.services.core.journal_seal import JournalEnd

_PAGES = 4096  # that are copied between two reports
PARTS = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


@dataclass(frozen=True, slots=True)
class DatabaseCopy:
    """The facts of a copy, and the hashes of the stored files that it speaks of."""

    facts: DatabaseFacts
    files: frozenset[str]


def described(connection: Connection) -> DatabaseCopy:
    """The copy that the connection's transaction sees."""
    return DatabaseCopy(facts(connection), frozenset(connection.scalars(select(StoredFile.sha256))))


def facts(connection: Connection) -> DatabaseFacts:
    """The facts of the database as the connection's transaction sees it."""
    entry = connection.execute(
        select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    ).first()
    dialect = connection.dialect
    return DatabaseFacts(
        kind="sqlite" if dialect.name == "sqlite" else "postgresql",
        server=".".join(map(str, dialect.server_version_info or ())),
        version=str(connection.scalar(text("SELECT version_num FROM alembic_version"))),
        identity=_mark(connection),
        rows=runner.counted_rows(connection),
        journal=JournalEnd(entry.id, entry.hash) if entry else None,
    )


def _mark(connection: Connection) -> str:
    """The mark of the database; empty where its tables are of before the marks."""
    known = inspect(connection).has_table(Installation.__tablename__)
    return (connection.scalar(select(Installation.mark)) or "") if known else ""


def copy(engine: DatabaseEngine, target: Path, advance: Advance) -> DatabaseCopy:
    """Write the database into a new file. Raises BackupRefused for a damaged one."""
    path = installation.sqlite_file(engine.url)
    if path is not None:
        _copy_sqlite(path, target, advance)
        return _whole_copy(target, path)
    with (
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        connection.begin(),
    ):
        found = described(connection)
        postgresql_tools.dump(connection, target)
    return found


def _copy_sqlite(path: Path, target: Path, advance: Advance) -> None:
    """Copy the pages of one read transaction, which no writer waits for and which no write begins anew."""
    done = 0

    def tell(_status: int, left: int, total: int) -> None:
        nonlocal done
        advance((total - left - done) * page)
        done = total - left

    with closing(sqlite3.connect(path, isolation_level=None)) as source:
        page = source.execute("PRAGMA page_size").fetchone()[0]
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(target, isolation_level=None)) as made:
            source.backup(made, pages=_PAGES, progress=tell)


def _whole_copy(path: Path, origin: Path) -> DatabaseCopy:
    """The description of a copied file. Raises BackupRefused, which names its origin, for a damaged one."""
    with _file_engine(path) as engine:
        _drop_freed(engine)
        try:
            installation.check_pages(engine)
        except StartRefused as error:
            message = N_(
                "The database %(place)s is damaged (%(reason)s): no backup is made of it. Restore the newest whole "
                "backup: matchmaker restore FILE --replace"
            )
            raise BackupRefused(message, place=origin, reason=error.params["reason"]) from error
        with engine.connect() as connection:
            return described(connection)


def _drop_freed(engine: DatabaseEngine) -> None:
    """Write the file anew without the pages that rows have left: the words of a person who was erased stand in them. A
    damaged file is left for the look at its pages.
    """
    with engine.connect() as connection, suppress(sqlite3.DatabaseError):
        driver: Any = connection.connection.driver_connection
        driver.execute("VACUUM")


def upgrade_file(path: Path) -> None:
    """Bring the tables of an SQLite file up to date."""
    with _file_engine(path) as engine:
        runner.upgrade(engine)


@contextmanager
def _file_engine(path: Path) -> Iterator[DatabaseEngine]:
    engine = make_database_engine(f"sqlite:///{path}")
    try:
        yield engine
    finally:
        engine.dispose()
