"""A backup made under writes is restored whole, on both databases; what is damaged, newer or in the way is refused by name."""

import hashlib
import json
import os
import random
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text

from matchmaker.cli import main
from matchmaker.domain.errors import BackupRefused, StartRefused
from matchmaker.migrations import runner
from matchmaker.models import AuditEntry, StoredFile
from matchmaker.models.database import make_database_engine, make_sessions, stored_version
from matchmaker.services.backup import archive, backups, postgresql_tools, restoring
from matchmaker.services.backup.archive import BackupFault
from matchmaker.services.backup.backups import BackupSource
from matchmaker.services.backup.restoring import RestorePlace, RestoreReport
from matchmaker.services.core import blobs, installation, journal
from matchmaker.services.core.journal import Act
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from tests.support import backup_drill

CONTENTS = (b"a drawing" * 5000, b"a scan" * 3000)
HASHES = [hashlib.sha256(content).hexdigest() for content in CONTENTS]


def ignore(_: int) -> None:
    """Nobody watches."""


@pytest.fixture
def site(sqlite_url: str, tmp_path: Path) -> Iterator[Application]:
    """An installation with two files and two entries of the journal."""
    app = Application(Settings(data=tmp_path / "site", database_url=sqlite_url, _env_file=None))
    for content, sha256 in zip(CONTENTS, HASHES, strict=True):
        path = blobs.path_of(app.data / "files", sha256)
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        with app.sessions.begin() as session:
            session.add(StoredFile(role="scan", name="f", media_type="", size=9, sha256=sha256, details={}))
            journal.record(session, "tester", (Act("file.added", "need", sha256),))
    yield app
    app.close()


def backed_up(app: Application, target: Path, key: str | None = None) -> Path:
    source = BackupSource(app.sessions.engine, app.data, app.settings.public(), key)
    backups.make(source, backups.target_of(target, source), ignore)
    return target


@pytest.fixture
def backup(site: Application, tmp_path: Path) -> Path:
    return backed_up(site, tmp_path / "b.zip")


def place(folder: Path) -> RestorePlace:
    return RestorePlace(Settings(data=folder, _env_file=None).database, folder)


def restored(backup: Path, folder: Path, *, replace: bool = False) -> RestoreReport:
    with archive.opened(backup) as found:
        return restoring.restore(found, place(folder), replace=replace, advance=ignore)


def faults(backup: Path) -> list[str]:
    with archive.opened(backup) as found:
        return [str(fault) for fault in found.faults(ignore)]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_drill_loses_nothing(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    one, other = (
        (request.getfixturevalue("postgresql_url"), request.getfixturevalue("other_postgresql_url"))
        if kind == "postgresql"
        else (None, None)
    )
    first = backup_drill.filled(tmp_path / "first", one, 20)
    second = Settings(data=tmp_path / "second", database_url=other, _env_file=None)
    done = backup_drill.run(first, second, tmp_path / "backup.zip")
    first.close()
    assert done.suppliers == 20
    assert done.writes_before >= 10


def test_a_byte_flipped_anywhere_is_found(backup: Path) -> None:
    whole = backup.read_bytes()
    chance = random.Random(1)
    places = {*chance.sample(range(len(whole)), 60), *range(60), *range(len(whole) - 300, len(whole), 3)}
    for at in sorted(places):
        backup.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
        try:
            found = faults(backup)
        except BackupRefused:
            continue
        assert found, at
    backup.write_bytes(whole)
    assert faults(backup) == []


def test_a_damaged_part_is_named_and_not_restored(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    at = whole.index(CONTENTS[0][:500])
    backup.write_bytes(whole[:at] + b"X" + whole[at + 1 :])
    name = f"data/files/{HASHES[0][:2]}/{HASHES[0]}"
    assert faults(backup) == [f"{name} is damaged"]
    with pytest.raises(BackupRefused, match=f"{name} is damaged"):
        restored(backup, tmp_path / "two")
    assert list((tmp_path / "two").iterdir()) == []


def test_a_missing_part_is_named_and_not_restored(backup: Path, tmp_path: Path) -> None:
    name = f"data/files/{HASHES[1][:2]}/{HASHES[1]}"
    thinner = tmp_path / "thinner.zip"
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(thinner, "w") as target:
        target.comment = source.comment
        for info in source.infolist():
            if info.filename != name:
                target.writestr(info, source.read(info))
    assert faults(thinner) == [f"{name} is missing"]
    with pytest.raises(BackupRefused, match=f"{name} is missing"):
        restored(thinner, tmp_path / "two")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_backup_cut_short_is_refused(backup: Path, share: float) -> None:
    os.truncate(backup, int(backup.stat().st_size * share))
    with pytest.raises(BackupRefused, match="cut short"):
        faults(backup)


def manifest_changed(backup: Path, target: Path, change: dict[str, object]) -> Path:
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(target, "w") as made:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == archive.MANIFEST:
                told = json.loads(content)
                told["database"] |= change
                told["parts"] += change.get("parts", [])  # type: ignore[operator]
                content = json.dumps(told).encode()
            made.writestr(info, content)
    return target


def test_a_backup_of_newer_tables_is_refused(backup: Path, tmp_path: Path) -> None:
    newer = manifest_changed(backup, tmp_path / "newer.zip", {"version": "9999"})
    with pytest.raises(BackupRefused, match=r"newer program .*9999"):
        restored(newer, tmp_path / "two")


def test_a_backup_of_the_other_kind_of_database_is_refused(backup: Path, tmp_path: Path) -> None:
    other = manifest_changed(backup, tmp_path / "other.zip", {"kind": "postgresql"})
    with pytest.raises(BackupRefused, match=r"is of postgresql.*names sqlite"):
        restored(other, tmp_path / "two")


@pytest.mark.parametrize("name", ["data/../out", "/etc/x", "data/a/../../x", "data/.hidden", "other"])
def test_a_part_that_leads_out_of_the_folder_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    part = {"name": name, "size": 1, "sha256": "0" * 64}
    with pytest.raises(BackupRefused, match="does not belong"):
        restored(manifest_changed(backup, tmp_path / "bad.zip", {"parts": [part]}), tmp_path / "two")


def test_a_full_place_is_refused_and_replaced_when_asked(
    site: Application, backup: Path, tmp_path: Path
) -> None:
    restored(backup, tmp_path / "two")
    kept = tmp_path / "two" / "files" / "later"
    kept.write_text("of later")
    before = sorted(path for path in (tmp_path / "two").rglob("*"))
    with pytest.raises(BackupRefused, match=r"is not empty, and nothing was changed.*--replace"):
        restored(backup, tmp_path / "two")
    assert sorted((tmp_path / "two").rglob("*")) == before
    done = restored(backup, tmp_path / "two", replace=True)
    assert done.aside is not None
    assert (done.aside / "files" / "later").read_text() == "of later"
    assert not kept.exists()
    Application(Settings(data=tmp_path / "two", _env_file=None)).check_place()


def entries_of(folder: Path) -> int:
    app = Application(Settings(data=folder, _env_file=None))
    with app.sessions() as session:
        count = session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    app.close()
    return count


class _Killed(BaseException):
    """The end of a process between two steps."""


def killed_at(step: int, patched: pytest.MonkeyPatch) -> None:
    """End the process before the given one of the steps that change a folder."""
    left = step

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def taken(*given: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise _Killed
            return real(*given, **named)

        return taken

    patched.setattr(Path, "replace", counted(Path.replace))
    patched.setattr(shutil, "move", counted(shutil.move))


def test_a_restore_cut_off_at_any_step_is_the_old_state_or_refused_and_can_be_run_again(
    site: Application, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two, refused, step = tmp_path / "two", 0, 0
    while True:
        shutil.rmtree(two, ignore_errors=True)
        restored(backup, two)
        (two / "files" / "later").write_text("of later")
        with monkeypatch.context() as patched:
            killed_at(step, patched)
            try:
                restored(backup, two, replace=True)
                break
            except _Killed:
                step += 1
        try:
            installation.opened(place(two).address, two).dispose()
            assert (two / "files" / "later").exists()
        except StartRefused as error:
            refused += "was cut off" in str(error)
            restored(backup, two, replace=True)
        assert entries_of(two) == 2
    assert step >= 4
    assert refused >= step - 1
    assert not (two / "files" / "later").exists()


def test_a_place_in_use_is_refused(backup: Path, tmp_path: Path) -> None:
    restored(backup, tmp_path / "two")
    app = Application(Settings(data=tmp_path / "two", _env_file=None))
    with app.sessions() as session:
        session.scalar(select(func.count()).select_from(AuditEntry))
        with pytest.raises(BackupRefused, match=r"is in use\. Stop the site"):
            restored(backup, tmp_path / "two", replace=True)
    app.close()


def test_the_key_is_in_a_backup_only_when_asked_for(site: Application, backup: Path, tmp_path: Path) -> None:
    assert site.secret_key.encode() not in backup.read_bytes()
    asked = backed_up(site, tmp_path / "asked.zip", site.secret_key)
    restored(asked, tmp_path / "two")
    assert (tmp_path / "two" / "secret_key").read_text() == site.secret_key


def test_secrets_of_the_settings_are_in_no_backup(sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path / "site",
        database_url=sqlite_url,
        mail_url="smtp://u:hush@host",
        elasticsearch_url="https://elastic:hush@es:9200",
        language="ru",
        _env_file=None,
    )
    app = Application(settings)
    with archive.opened(backed_up(app, tmp_path / "b.zip")) as found:
        told = found.manifest.settings
    app.close()
    assert told["MATCHMAKER_LANGUAGE"] == "ru"
    assert told["MATCHMAKER_ELASTICSEARCH_URL"] == "https://es:9200"
    assert "hush" not in str(told)


def test_files_that_the_site_has_lost_are_named(site: Application, tmp_path: Path) -> None:
    lost, other = (blobs.path_of(site.data / "files", sha256) for sha256 in HASHES)
    lost.unlink()
    other.write_bytes(b"other bytes")
    with archive.opened(backed_up(site, tmp_path / "b.zip")) as found:
        assert found.manifest.missing == (HASHES[0],)
        assert found.manifest.altered == (HASHES[1],)


def test_a_damaged_database_is_not_backed_up(site: Application, tmp_path: Path) -> None:
    site.close()
    source = BackupSource(make_database_engine(site.settings.database), site.data, {})
    with (tmp_path / "test.sqlite3").open("r+b") as file:
        file.seek(30 * 4096)
        file.write(os.urandom(4096))
    with pytest.raises(BackupRefused, match=r"test\.sqlite3 is damaged"):
        backups.make(source, tmp_path / "b.zip", ignore)
    assert not list(tmp_path.glob("*.zip*"))
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("name", ["site/b.zip", "verfy", "nowhere/b.zip", "a.zip"])
def test_a_place_that_cannot_be_meant_is_refused(site: Application, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.zip").write_text("somebody's archive")
    with pytest.raises(BackupRefused):
        backed_up(site, tmp_path / name)
    assert (tmp_path / "a.zip").read_text() == "somebody's archive"


def test_only_this_sites_oldest_backups_are_removed(tmp_path: Path) -> None:
    names = [f"matchmaker-aaaaaaaa-2026110{day}T010203Z.zip" for day in range(1, 5)]
    others = ["matchmaker-bbbbbbbb-20250101T010203Z.zip", "notes.zip", "matchmaker-aaaaaaaa-x.zip"]
    for name in names + others:
        (tmp_path / name).touch()
    removed = backups.remove_old(tmp_path, "aaaaaaaa" * 4, 2)
    assert sorted(path.name for path in removed) == names[:2]
    assert {path.name for path in tmp_path.iterdir()} == {*names[2:], *others}


def status_of(*words: str) -> int:
    sys.argv = ["matchmaker", *words]
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_the_commands_back_up_verify_and_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sqlite_url: str
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", sqlite_url)
    (tmp_path / "out").mkdir()
    assert status_of("backup", str(tmp_path / "out"), "--keep", "1") == 0
    (made,) = (tmp_path / "out").iterdir()
    assert str(made) in capsys.readouterr().out
    assert made.stat().st_mode & 0o777 == 0o600
    assert status_of("backup", "verify", str(made)) == 0
    assert "is whole" in capsys.readouterr().out
    assert status_of("restore", str(made)) == 1
    assert "is not empty" in capsys.readouterr().err
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", f"sqlite:///{tmp_path}/new/db.sqlite3")
    monkeypatch.setenv("MATCHMAKER_DATA", str(tmp_path / "new"))
    assert status_of("restore", str(made)) == 0
    assert "0 suppliers indexed" in capsys.readouterr().out
    whole = made.read_bytes()
    made.write_bytes(whole[:2000] + b"?" + whole[2001:])
    assert status_of("backup", "verify", str(made)) == 1
    assert "database.sqlite3 is damaged" in capsys.readouterr().out


def test_tables_of_before_are_backed_up_as_they_are_and_led_on_by_a_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], each_url: str
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    engine = make_sessions(each_url).engine
    runner.downgrade(engine, "0020")
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", each_url)
    assert status_of("backup", str(tmp_path / "b.zip")) == 0
    assert stored_version(engine) == "0020"
    engine.dispose()
    assert status_of("restore", str(tmp_path / "b.zip"), "--replace") == 0
    assert status_of("db", "check") == 0


def test_an_empty_database_is_not_backed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    assert status_of("backup", str(tmp_path / "b.zip")) == 1
    assert "is empty: there is nothing to back up" in capsys.readouterr().err


def test_without_pg_dump_or_with_an_older_one_the_error_says_what_to_install(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Application(Settings(data=tmp_path / "site", database_url=postgresql_url, _env_file=None))
    source = BackupSource(app.sessions.engine, app.data, {})
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(BackupRefused, match=r"pg_dump is not here.*postgresql-client"):
        backups.make(source, tmp_path / "b.zip", ignore)
    old = programs / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
    old.chmod(0o755)
    with pytest.raises(BackupRefused, match="pg_dump is of version 9, older than the server's"):
        backups.make(source, tmp_path / "b.zip", ignore)
    assert not list(tmp_path.glob("*.zip"))
    app.close()


def test_a_dump_that_breaks_off_leaves_a_postgresql_database_as_it_was(
    postgresql_url: str, tmp_path: Path
) -> None:
    engine = make_sessions(postgresql_url).engine
    with engine.execution_options(isolation_level="REPEATABLE READ").begin() as connection:
        postgresql_tools.dump(connection, tmp_path / "dump")
    os.truncate(tmp_path / "dump", (tmp_path / "dump").stat().st_size * 2 // 3)
    with engine.begin() as connection:
        connection.execute(text("UPDATE installation SET mark = 'of later'"))
    with pytest.raises(BackupRefused, match="pg_restore failed"):
        postgresql_tools.load(engine, tmp_path / "dump")
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT mark FROM installation")) == "of later"
    engine.dispose()


def test_a_postgresql_database_of_another_program_is_never_emptied(
    postgresql_url: str, backup: Path, tmp_path: Path
) -> None:
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE ledger (id integer)"))
    engine.dispose()
    other = manifest_changed(backup, tmp_path / "other.zip", {"kind": "postgresql"})
    with archive.opened(other) as found, pytest.raises(BackupRefused, match="tables of another program"):
        restoring.restore(found, RestorePlace(postgresql_url, tmp_path / "two"), replace=True, advance=ignore)


def test_a_fault_is_told_with_the_name_of_its_part() -> None:
    assert str(BackupFault("data/files/x", "%(part)s is missing")) == "data/files/x is missing"
