"""The making of a backup while the site runs, and the removal of old ones."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from sqlalchemy.orm import Session

from matchmaker import __version__
from matchmaker.domain.errors import BackupRefused, StartRefused
from matchmaker.domain.language import N_
from matchmaker.models.base import now
from matchmaker.models.database import DatabaseEngine
from matchmaker.services.backup import archive, database_copies
from matchmaker.services.backup.archive import Advance, BackupWriter
from matchmaker.services.backup.manifest import DATA, KEY, BackupManifest, BackupPart
from matchmaker.services.core import installation, journal_seal, signing_key

_FILES = "data/files/"
# What a data folder holds beside the files of a backup: a cache, and e-mails that have left already.
_LEFT_OUT = {
    "index",
    "mail",
    "identity",
    signing_key.path_in(Path()).name,
    journal_seal.anchor_path(Path()).name,
}
_STAMP = "%Y%m%dT%H%M%SZ"
_NAMED = re.compile(r"matchmaker-[0-9a-f]{8}-(\d{8}T\d{6}Z)\.zip")


@dataclass(frozen=True, slots=True)
class BackupSource:
    """What is backed up: the database and its data folder, the settings without secrets, and the key if it is to be
    kept in the backup.
    """

    engine: DatabaseEngine
    data: Path
    settings: Mapping[str, str]
    key: str | None = None


@contextmanager
def opened(
    address: str, data: Path, settings: Mapping[str, str], key: str | None = None
) -> Iterator[BackupSource]:
    """The database of this data folder, to back it up as it is, of any version of the tables.

    Raises StartRefused, and BackupRefused for an empty database.
    """
    engine = installation.checked(address, data)
    try:
        if installation.is_blank(engine):
            place = installation.place_of(engine.url)
            raise BackupRefused(
                N_("The database %(place)s is empty: there is nothing to back up."), place=place
            )
        yield BackupSource(engine, data, settings, key)
    finally:
        engine.dispose()


def target_of(given: Path, source: BackupSource) -> Path:
    """The file to write: the given one, or a new one in the given folder, named by the installation and the moment.

    Raises BackupRefused for a name that cannot be meant.
    """
    inside = given.absolute()
    if inside.is_relative_to(source.data.absolute()):
        raise BackupRefused(
            N_(
                "%(file)s is in the data folder, and would be lost with it. Name a place outside, on another disk."
            ),
            file=given,
        )
    if given.is_dir():
        mark = installation.stored_mark(source.engine) or ""
        return given / f"matchmaker-{_short(mark)}-{now().strftime(_STAMP)}.zip"
    if given.suffix != ".zip" or not given.parent.is_dir():
        raise BackupRefused(
            N_("%(file)s is neither a folder nor a file in one that ends with .zip."), file=given
        )
    if given.exists():
        with archive.opened(given):  # no other file than a backup is written over
            pass
    return given


def make(source: BackupSource, target: Path, advance: Advance) -> BackupManifest:
    """Write a backup; the database is as of one moment, and holds all that was committed before the call.

    Raises BackupRefused.
    """
    check_room(_size_of(source), target.parent)
    try:
        with (
            tempfile.TemporaryDirectory(dir=target.parent, prefix=".matchmaker-backup-") as folder,
            archive.written(target, advance) as writer,
        ):
            manifest = _written(source, Path(folder), writer, advance)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise BackupRefused(
            N_("The backup %(file)s cannot be written: %(reason)s"), file=target, reason=reason
        ) from error
    return manifest


def _size_of(source: BackupSource) -> int:
    """The bytes that a backup may need: an SQLite file lies beside it, as a copy, until it is packed."""
    database = installation.sqlite_file(source.engine.url)
    return data_size(source.data) + (2 * database.stat().st_size if database else 0)


def _written(source: BackupSource, folder: Path, writer: BackupWriter, advance: Advance) -> BackupManifest:
    made_at = now()
    copy = folder / "database"
    copied = database_copies.copy(source.engine, copy, advance)
    facts = copied.facts
    with copy.open("rb") as stream:
        name = database_copies.PARTS[facts.kind]
        parts = [writer.add(name, stream, compressed=facts.kind == "sqlite")]
    copy.unlink()
    if source.key is not None:
        parts.append(writer.add(KEY, BytesIO(source.key.encode())))
    parts += _data_parts(source.data, writer)
    missing, altered = _faults(copied.files, parts)
    manifest = BackupManifest(__version__, made_at, facts, source.settings, tuple(parts), missing, altered)
    writer.finish(manifest)
    return manifest


def _data_parts(data: Path, writer: BackupWriter) -> Iterator[BackupPart]:
    """The files of the data folder; one that goes away meanwhile is passed over."""
    for path in data_files(data):
        try:
            stream = path.open("rb")
        except FileNotFoundError:
            continue
        with stream:
            yield writer.add(DATA + path.relative_to(data).as_posix(), stream)


def journal_key_fault(source: BackupSource) -> StartRefused | None:
    """What is wrong with the journal's key, which a backup holds as it is; None where it is the journal's."""
    with Session(source.engine) as session:
        return journal_seal.refusal(source.data, journal_seal.state_of_key(source.data, session))


def data_files(data: Path) -> Iterator[Path]:
    """The files of a data folder that belong into a backup: all but the database, caches and hidden files."""
    for folder, inner, names in os.walk(data, followlinks=True):
        top = Path(folder) == data
        inner[:] = sorted(
            name for name in inner if not name.startswith(".") and not (top and name in _LEFT_OUT)
        )
        for name in sorted(names):
            hidden = name.startswith(".") or (top and (name in _LEFT_OUT or ".sqlite3" in name))
            if not hidden:
                yield Path(folder) / name


def data_size(data: Path) -> int:
    """The bytes of a data folder's files."""
    return sum(path.stat().st_size for path in data_files(data) if path.exists())


def _faults(files: AbstractSet[str], parts: Sequence[BackupPart]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The hashes of stored files that are not there, and of those with other bytes."""
    kept = {part.name.rpartition("/")[2]: part.sha256 for part in parts if part.name.startswith(_FILES)}
    altered = sorted(name for name in files if kept.get(name, name) != name)
    return tuple(sorted(files - kept.keys())), tuple(altered)


def _short(mark: str) -> str:
    """The part of the mark that stands in names; tables of before have none."""
    return mark[:8] or "00000000"


def of_installation(folder: Path, mark: str) -> list[Path]:
    """The backups of this installation in a folder, the newest first."""
    found = folder.glob(f"matchmaker-{_short(mark)}-*.zip")
    return sorted((path for path in found if _NAMED.fullmatch(path.name)), reverse=True)


def moment_of(path: Path) -> datetime:
    """The moment in the name of a backup."""
    found = _NAMED.fullmatch(path.name)
    assert found
    return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)


def remove_old(folder: Path, mark: str, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups of this installation; return those removed."""
    old = of_installation(folder, mark)[keep:]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def check_room(size: int, folder: Path) -> None:
    """Raise BackupRefused where a folder's disk has no room for so many bytes."""
    free = shutil.disk_usage(folder).free
    if free < size:
        raise BackupRefused(
            N_("%(folder)s has no room: %(size)s MB are needed, %(free)s MB are free."),
            folder=folder,
            size=size // 1_000_000 + 1,
            free=free // 1_000_000,
        )
