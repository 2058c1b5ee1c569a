"""The identity of an installation: a random mark that its database and its data folder both bear.

A database that was emptied, deleted, damaged or taken from elsewhere is refused before anything is made in its place.
"""

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, exc, insert, inspect, select, text, update
from sqlalchemy.orm import Session

from matchmaker.domain.errors import MatchmakerError, StartRefused
from matchmaker.domain.language import N_
from matchmaker.models import Installation
from matchmaker.models.base import now
from matchmaker.models.database import (
    DatabaseEngine,
    make_current,
    make_database_engine,
    stored_version,
)
from matchmaker.services.core import journal_seal, written_once

_FILE = "identity"
# Stands in the folder's file while a restore exchanges files and rows; no database bears it.
RESTORING = "restoring"

_LOST = N_(
    "The database %(place)s is empty or gone, but the data folder %(folder)s belongs to one. Put the database "
    "back or restore a backup: matchmaker restore FILE --replace. To start afresh, name another folder in MATCHMAKER_DATA."
)
_FOREIGN = N_(
    "The database %(place)s is not the one of the data folder %(folder)s. Name the right ones in MATCHMAKER_DATABASE_URL "
    "and MATCHMAKER_DATA or restore a backup: matchmaker restore FILE --replace. If they belong together, run: "
    "matchmaker db adopt"
)
_NO_FOLDER = N_(
    "The data folder %(folder)s is not the one of the database %(place)s: the mark in it is gone. Name the right folder "
    "in MATCHMAKER_DATA or restore a backup: matchmaker restore FILE --replace. If they belong together, run: "
    "matchmaker db adopt"
)
_DAMAGED = N_(
    "The database %(place)s is damaged (%(reason)s). Restore a backup: matchmaker restore FILE --replace"
)
_NOTHING = N_("The database %(place)s is empty: there is nothing that could belong to the data folder.")
_HALF_RESTORED = N_(
    "A restore into the data folder %(folder)s was cut off. Run it again: matchmaker restore FILE --replace"
)


def opened(address: str, folder: Path) -> DatabaseEngine:
    """An engine on the database of this data folder, with up-to-date tables; a fresh pair is given its mark.

    Raises StartRefused, and what `models.database.make_current` raises.
    """
    engine = checked(address, folder)
    with _closed_if_refused(engine):
        make_current(engine)
        tie(engine, folder)
    return engine


def checked(address: str, folder: Path) -> DatabaseEngine:
    """An engine on the database, whose tables may be of any version. Raises StartRefused where the folder belongs to
    another.
    """
    mark = mark_of(folder)  # before the database: a process that makes both writes it after
    engine = make_database_engine(address)
    with _closed_if_refused(engine):
        if mark is not None:
            _check(engine, folder, mark)
    return engine


@contextmanager
def unchecked(address: str) -> Iterator[DatabaseEngine]:
    """An engine on a database that has tables, whichever folder it belongs to. Raises StartRefused."""
    engine = make_database_engine(address)
    with _closed_if_refused(engine):
        if is_blank(engine):
            raise StartRefused(_NOTHING, place=place_of(engine.url))
        yield engine
    engine.dispose()


@contextmanager
def _closed_if_refused(engine: DatabaseEngine) -> Iterator[None]:
    try:
        yield
    except exc.SQLAlchemyError as error:
        engine.dispose()
        raise_damage(error, engine.url)
        raise
    except MatchmakerError:
        engine.dispose()
        raise


def _check(engine: DatabaseEngine, folder: Path, mark: str) -> None:
    if mark == RESTORING:
        raise StartRefused(_HALF_RESTORED, folder=folder)
    facts = {"place": place_of(engine.url), "folder": folder}
    if is_blank(engine):
        raise StartRefused(_LOST, **facts)
    if stored_mark(engine) != mark:
        raise StartRefused(_FOREIGN, **facts)


def is_blank(engine: DatabaseEngine) -> bool:
    """Whether the database has no tables of the product; a missing SQLite file is not made by the question."""
    path = sqlite_file(engine.url)
    if path is not None and not (path.exists() and path.stat().st_size):
        return True
    return stored_version(engine) is None


def sqlite_file(url: URL) -> Path | None:
    """The file of the database; None on PostgreSQL."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def place_of(url: URL) -> str:
    """The database as a person names it: the file, or the address without its password and its options."""
    plain = url.set(
        drivername=url.get_backend_name(),
        query={name: url.query[name] for name in url.query if name == "host"},
    )
    return str(sqlite_file(url) or plain.render_as_string())


def mark_of(folder: Path) -> str | None:
    """The mark that the folder bears."""
    return written_once.read(folder / _FILE)


def set_mark(folder: Path, mark: str | None) -> None:
    """Let the folder bear this mark, or none."""
    if mark is None:
        (folder / _FILE).unlink(missing_ok=True)
    else:
        written_once.change(folder / _FILE, mark)


def stored_mark(engine: DatabaseEngine) -> str | None:
    """The mark of the database; None before its tables have one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(Installation.__tablename__):
            return None
        return connection.scalar(select(Installation.mark))


def tie(engine: DatabaseEngine, folder: Path) -> None:
    """Let a folder without a mark bear that of a database which no folder bears yet. Raises StartRefused."""
    stored = stored_mark(engine)
    if stored is None:
        return
    with engine.connect() as connection:
        tied = connection.scalar(select(Installation.tied_at)) is not None
    borne = mark_of(folder)  # after the database: see `checked`
    if borne is None and tied:
        raise StartRefused(_NO_FOLDER, place=place_of(engine.url), folder=folder)
    if borne is None:
        borne = written_once.keep(folder / _FILE, stored)
    if borne != stored:
        raise StartRefused(_FOREIGN, place=place_of(engine.url), folder=folder)
    if not tied:
        _set_tied(engine)


def adopt(engine: DatabaseEngine, folder: Path) -> None:
    """Let the folder bear the mark of the database, whichever it bore before, and anchor the journal's end: a person says
    that they belong together. The tables must be up to date.
    """
    stored = stored_mark(engine)
    if stored is None:
        stored = secrets.token_hex(16)
        with engine.execution_options(writes=True).begin() as connection:
            connection.execute(insert(Installation).values(id=1, mark=stored))
    with Session(engine) as session:
        journal_seal.anchor_anew(folder, session)
    set_mark(folder, stored)  # last: a restore that is cut off before is refused
    _set_tied(engine)


def _set_tied(engine: DatabaseEngine) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(update(Installation).where(Installation.tied_at.is_(None)).values(tied_at=now()))


def untie(engine: DatabaseEngine, folder: Path) -> None:
    """Take the mark from the folder after its database went back to tables that have none."""
    if stored_mark(engine) is None:
        set_mark(folder, None)


def check_pages(engine: DatabaseEngine) -> None:
    """Read every page of an SQLite file. Raises StartRefused for one that is damaged; PostgreSQL looks after its own."""
    if engine.dialect.name != "sqlite":
        return
    try:
        with engine.connect() as connection:
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
    except exc.DatabaseError as error:
        raise_damage(error, engine.url)
        raise
    if found != "ok":
        raise _damage(engine.url, str(found))


def raise_damage(error: exc.SQLAlchemyError, url: URL) -> None:
    """Raise StartRefused where the error says that the file is no whole database."""
    cause = getattr(error, "orig", None)
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        raise _damage(url, str(cause)) from error


def _damage(url: URL, reason: str) -> StartRefused:
    return StartRefused(_DAMAGED, place=place_of(url), reason=" ".join(reason.split()))
