"""The way back from a backup to an installation: all is checked and laid out beside, then exchanged.

While files and rows are exchanged the data folder bears a mark that no database has, so that an exchange that was cut
off is refused at the start and run again, never taken for whole.
"""

import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import inspect, text

from matchmaker.domain.errors import BackupRefused, DatabaseTooNew
from matchmaker.domain.language import N_
from matchmaker.migrations import check_version, runner
from matchmaker.models.base import now
from matchmaker.models.database import DatabaseEngine, database_url, make_database_engine
from matchmaker.services.backup import archive, backups, database_copies, postgresql_tools
from matchmaker.services.backup.archive import Advance, BackupArchive
from matchmaker.services.backup.manifest import BackupManifest
from matchmaker.services.core import installation, signing_key

_LEFT = ".restore-"  # begins the name of the folder in which a restore lays out the files
_KEY = signing_key.path_in(Path()).name
_COMPANIONS = ("", "-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class RestorePlace:
    """The installation to restore: the address of its database, and its data folder."""

    address: str
    data: Path

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database."""
        return installation.sqlite_file(database_url(self.address))


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was restored, and the folder with what stood there before."""

    manifest: BackupManifest
    aside: Path | None


def restore(backup: BackupArchive, place: RestorePlace, *, replace: bool, advance: Advance) -> RestoreReport:
    """Restore a backup into an empty place, or with `replace` instead of what is there, which is put aside.

    The index is not made here. Raises BackupRefused, DatabaseTooOld or DatabaseTooNew; until the exchange begins,
    nothing has changed.
    """
    place = RestorePlace(place.address, place.data.absolute())
    place.data.mkdir(parents=True, exist_ok=True)
    _check_versions(backup.manifest, place)
    _sweep(place.data)
    _check_place(place, replace=replace, backup=backup.path)
    faults = backup.faults(advance)
    if faults:
        raise archive.refused(backup.path, faults)
    backups.check_room(backup.manifest.size, place.data)
    staged = place.data / f"{_LEFT}{secrets.token_hex(4)}"
    try:
        for part in backup.manifest.parts:
            backup.extract(part, staged / part.name, advance)
        return _exchange(backup, place, staged)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _check_versions(manifest: BackupManifest, place: RestorePlace) -> None:
    try:
        check_version(manifest.database.version)
    except DatabaseTooNew as error:
        message = N_(
            "The backup was made by a newer program (%(product)s, tables %(version)s), and this one knows tables up to "
            "%(head)s. Restore it with that program or a newer one."
        )
        raise BackupRefused(message, product=manifest.product, **error.params) from error
    kind = "sqlite" if place.file else "postgresql"
    if manifest.database.kind != kind:
        message = N_(
            "The backup is of %(backup)s, and MATCHMAKER_DATABASE_URL names %(place)s. Name a database of the backup's kind."
        )
        raise BackupRefused(message, backup=manifest.database.kind, place=kind)


def _check_place(place: RestorePlace, *, replace: bool, backup: Path) -> None:
    """Raise BackupRefused where something would be lost or somebody still works."""
    with _engine(place) as engine:
        _check_idle(engine)
        if place.file is None:
            with engine.connect() as connection:
                tables = inspect(connection).get_table_names()
            if tables and "alembic_version" not in tables:
                message = N_(
                    "The database %(place)s holds tables of another program. Name one of its own in MATCHMAKER_DATABASE_URL."
                )
                raise BackupRefused(message, place=installation.place_of(engine.url))
            full = bool(tables)
        else:
            full = place.file.exists() and place.file.stat().st_size > 0
        where = installation.place_of(engine.url) if full else place.data
    if not replace and (full or _present(place.data, backup)):
        message = N_(
            "%(place)s is not empty, and nothing was changed. Name an empty place, or say --replace: what stands there is "
            "put aside then, a PostgreSQL database is emptied."
        )
        raise BackupRefused(message, place=where)


def _present(data: Path, backup: Path) -> bool:
    """Whether a data folder holds anything that a backup would."""
    return any(path.absolute() != backup.absolute() for path in backups.data_files(data))


def _check_idle(engine: DatabaseEngine) -> None:
    """Raise BackupRefused while a site, a worker or a command is open on the database."""
    path = installation.sqlite_file(engine.url)
    if path is None:
        query = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        with engine.connect() as connection:
            used = bool(connection.scalar(text(query)))
    else:
        used = path.exists() and _is_used(path)
    if used:
        message = N_(
            "The database %(place)s is in use. Stop the site and its worker first; nothing was changed."
        )
        raise BackupRefused(message, place=installation.place_of(engine.url))


def _is_used(path: Path) -> bool:
    """Whether another process has the SQLite file open; to leave the write-ahead log takes being alone."""
    with closing(sqlite3.connect(path, timeout=1)) as connection, suppress(sqlite3.DatabaseError):
        try:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite3.OperationalError as error:
            return error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return False


def _sweep(data: Path) -> None:
    """Remove what restores that were cut off have left."""
    for path in data.glob(f"{_LEFT}*"):
        shutil.rmtree(path, ignore_errors=True)


def _exchange(backup: BackupArchive, place: RestorePlace, staged: Path) -> RestoreReport:
    """Put what was laid out into its place; the mark comes last."""
    facts = backup.manifest.database
    database = staged / database_copies.PARTS[facts.kind]
    if place.file is not None:
        database_copies.upgrade_file(database)
    before = installation.mark_of(place.data)
    aside = Path(tempfile.mkdtemp(dir=place.data, prefix=f".replaced-{now():%Y%m%dT%H%M%SZ}-"))
    installation.set_mark(place.data, installation.RESTORING)
    if place.file is None:
        _exchange_tables(place, database, backup, before)
    else:
        _exchange_file(place.file, database, aside)
    _exchange_files(place.data, staged, aside, backup.path)
    with _engine(place) as engine:
        installation.adopt(engine, place.data)
    shutil.rmtree(aside / "index", ignore_errors=True)
    with suppress(OSError):
        aside.rmdir()
    return RestoreReport(backup.manifest, aside if aside.exists() else None)


def _exchange_tables(place: RestorePlace, dump: Path, backup: BackupArchive, mark: str | None) -> None:
    """Put the dump in the place of all tables; where that fails, nothing has changed and the folder bears its mark again."""
    with _engine(place) as engine:
        try:
            postgresql_tools.load(engine, dump)
        except BaseException:
            installation.set_mark(place.data, mark)
            raise
        with engine.connect() as connection:
            loaded = runner.counted_rows(connection)
        if loaded != backup.manifest.database.rows:
            raise BackupRefused(
                N_("The restored database has other rows than the backup tells: restore another backup.")
            )
        runner.upgrade(engine)


def _exchange_file(path: Path, database: Path, aside: Path) -> None:
    """Put an SQLite file in the place of another, whose log goes first: it must not be read into the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for end in reversed(_COMPANIONS):
        companion = path.with_name(path.name + end)
        if companion.exists():
            shutil.move(companion, aside / companion.name)
    if database.stat().st_dev != path.parent.stat().st_dev:
        beside = path.with_name(f".{path.name}-restored")
        shutil.copyfile(database, beside)
        database = beside
    database.replace(path)


def _exchange_files(data: Path, staged: Path, aside: Path, backup: Path) -> None:
    """Put the files aside that a backup would hold, and those of the backup in their place."""
    given = [staged / _KEY, *sorted((staged / "data").glob("*"))]
    named = {path.name for path in given if path.exists()}
    for path in sorted(data.iterdir()):
        kept = path.name.startswith(".") or path.name == "identity" or ".sqlite3" in path.name
        kept |= path.name == _KEY and _KEY not in named
        if not kept and not backup.absolute().is_relative_to(path):
            path.replace(aside / path.name)
    for path in given:
        if path.exists():
            path.replace(data / path.name)
    if (data / _KEY).exists():
        (data / _KEY).chmod(0o600)
    descriptor = os.open(data, os.O_RDONLY)
    with suppress(OSError):
        os.fsync(descriptor)
    os.close(descriptor)


@contextmanager
def _engine(place: RestorePlace) -> Iterator[DatabaseEngine]:
    """An engine that keeps no connection open between questions."""
    engine = make_database_engine(place.address)
    try:
        yield engine
    finally:
        engine.dispose()
