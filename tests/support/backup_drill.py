"""The drill of a restore: a backup under steady writes becomes a second installation, which is compared with the first."""

import hashlib
import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

import pytest
from sqlalchemy import Connection, Table, func, insert, select

from matchmaker.cli import demo
from matchmaker.models import (
    AuditEntry,
    Base,
    Capability,
    CertificateRow,
    Equipment,
    IndexedDocument,
    Organisation,
    Profile,
    StoredFile,
)
from matchmaker.services.backup import archive, backups, restoring
from matchmaker.services.backup.backups import BackupSource
from matchmaker.services.backup.manifest import BackupManifest
from matchmaker.services.backup.restoring import RestorePlace
from matchmaker.services.core import blobs, journal
from matchmaker.services.core.journal import Act
from matchmaker.services.imports import demo as generator
from matchmaker.services.index import indexing
from matchmaker.settings import Settings
from matchmaker.wiring import Application

TODAY = date(2026, 11, 23)
WRITES_A_SECOND = 20
_COPIED: tuple[Any, ...] = (Organisation, Profile, Capability, CertificateRow, Equipment, IndexedDocument)
_FAR = 1_000_000  # between the ids of two copies


@dataclass(frozen=True, slots=True)
class DrillResult:
    """What the drill measured; it fails by an assertion where anything is lost or differs."""

    rows: int
    files: int
    suppliers: int
    writes_before: int
    writes_during: int
    megabytes: float
    backup_seconds: float
    verify_seconds: float
    restore_seconds: float
    index_seconds: float


def filled(folder: Path, address: str | None, suppliers: int) -> Application:
    """An installation with a demo centre of so many suppliers."""
    own = min(suppliers, 300)
    settings = Settings(data=folder, database_url=address, _env_file=None)
    application = Application(settings, clock=lambda: TODAY)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(generator, "SUPPLIERS", own)
        demo.load(application)
    originals = _originals(application)
    for number in range(1, -(-suppliers // own)):
        with application.sessions.begin() as session:
            for table, rows in originals.items():
                session.execute(insert(table), [_moved(row, number) for row in rows])
    return application


def _originals(application: Application) -> dict[Any, list[dict[str, Any]]]:
    """The rows of the suppliers, by table."""
    with application.sessions() as session:
        connection = session.connection()
        return {
            model.__table__: [dict(row) for row in connection.execute(select(model.__table__)).mappings()]
            for model in _COPIED
        }


def _moved(row: dict[str, Any], number: int) -> dict[str, Any]:
    """The row of another supplier that is like this one in all but its ids."""
    moved = dict(row)
    for name in row.keys() & {"id", "organisation_id", "profile_id", "capability_id"}:
        moved[name] = row[name] and row[name] + number * _FAR
    for name in row.keys() & {"public_id", "key"}:
        moved[name] = f"copy{number:04}{row[name][:8]}"
    if row.get("external_id"):
        moved["external_id"] = f"{row['external_id']}-{number}"
    if row.get("body"):
        moved["body"] = row["body"].replace(row["key"].encode(), moved["key"].encode())
    return moved


class _Writer:
    """A thread that stores a file and notes it in the journal, some twenty times a second."""

    def __init__(self, application: Application) -> None:
        self._application, self._stopping = application, threading.Event()
        self._random = random.Random(1)
        self.acknowledged: list[str] = []
        self.failed: list[BaseException] = []
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            while not self._stopping.wait(1 / WRITES_A_SECOND):
                self._write()
        except BaseException as error:  # noqa: BLE001 - told by the drill
            self.failed.append(error)

    def _write(self) -> None:
        content = self._random.randbytes(self._random.randint(100, 60_000))
        sha256 = hashlib.sha256(content).hexdigest()
        path = blobs.path_of(self._application.data / "files", sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        with self._application.sessions.begin() as session:
            name = f"file {len(self.acknowledged)}"
            session.add(
                StoredFile(
                    role="drawing", name=name, media_type="", size=len(content), sha256=sha256, details={}
                )
            )
            journal.record(session, "drill", (Act("file.added", "need", sha256, None, {"name": name}),))
        self.acknowledged.append(sha256)

    def wait_for(self, count: int) -> None:
        while len(self.acknowledged) < count and not self.failed:
            time.sleep(0.01)


def run(first: Application, second: Settings, backup: Path, *, with_key: bool = True) -> DrillResult:
    """Back up the first installation under writes, restore it as the second, and compare the two."""
    with _Writer(first) as writer:
        writer.wait_for(10)
        before = list(writer.acknowledged)
        started = time.monotonic()
        key = first.secret_key if with_key else None
        source = BackupSource(first.sessions.engine, first.data, first.settings.public(), key)
        manifest = backups.make(source, backup, _ignore)
        backup_seconds = time.monotonic() - started
        during = len(writer.acknowledged) - len(before)
        writer.wait_for(len(writer.acknowledged) + 5)
    assert not writer.failed, writer.failed
    assert (manifest.missing, manifest.altered) == ((), ())
    started = time.monotonic()
    with archive.opened(backup) as found:
        assert found.faults(_ignore) == []
        verify_seconds = time.monotonic() - started
        started = time.monotonic()
        restoring.restore(found, RestorePlace(second.database, second.data), replace=False, advance=_ignore)
    restore_seconds = time.monotonic() - started
    restored = Application(second, clock=lambda: TODAY)
    try:
        restored.check_place()
        _compare(first, restored, manifest, before)
        started = time.monotonic()
        suppliers = indexing.restore(restored.index.indexer())
        index_seconds = time.monotonic() - started
        assert suppliers == manifest.database.rows["profile"]
        assert restored.engine.health().documents == suppliers
    finally:
        restored.close()
    return DrillResult(
        rows=sum(manifest.database.rows.values()),
        files=manifest.files,
        suppliers=suppliers,
        writes_before=len(before),
        writes_during=during,
        megabytes=backup.stat().st_size / 1_000_000,
        backup_seconds=backup_seconds,
        verify_seconds=verify_seconds,
        restore_seconds=restore_seconds,
        index_seconds=index_seconds,
    )


def _compare(first: Application, second: Application, manifest: BackupManifest, before: list[str]) -> None:
    """Rows equal, files equal byte for byte, the chain whole, and all that was acknowledged before the start there."""
    with first.sessions() as one, second.sessions() as other:
        for table in Base.metadata.sorted_tables:
            later = _later(one.connection(), other.connection(), table)
            assert not later or table.name in {"stored_file", "audit_entry"}, table.name
        assert journal.first_broken(other) is None
        head = other.execute(select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc())).first()
        assert manifest.database.journal is not None
        assert head == (manifest.database.journal.id, manifest.database.journal.hash)
        files = set(other.scalars(select(StoredFile.sha256)))
        assert files >= set(before)
        assert (
            other.scalar(select(func.count()).select_from(AuditEntry))
            == manifest.database.rows["audit_entry"]
        )
    for sha256 in files:
        content = blobs.read(second.data / "files", sha256, sha256)
        assert content == blobs.read(first.data / "files", sha256, sha256)
    assert first.secret_key == second.secret_key


def _later(one: Connection, other: Connection, table: Table) -> int:
    """The number of rows that only the first has; fails where the second has a row that the first has not so."""
    ours, count = _rows(one, table), 0
    for row in _rows(other, table):
        for own in ours:
            if own == row:
                break
            count += 1
        else:
            raise AssertionError(f"{table.name}: the restored row {row} is not of the first installation")
    return count + sum(1 for _ in ours)


def _rows(connection: Connection, table: Table) -> Iterator[Any]:
    query = select(table).order_by(*table.primary_key.columns)
    with closing(connection.execution_options(yield_per=2000).execute(query)) as found:
        yield from found


def _ignore(_: int) -> None:
    """Nobody watches."""
