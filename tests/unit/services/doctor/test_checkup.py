"""The doctor: each fault is found, said in the reader's language, and told with how to mend it."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text, update

from matchmaker.cli import main
from matchmaker.migrations import runner
from matchmaker.models import Installation, StoredFile
from matchmaker.models.base import now
from matchmaker.models.database import make_sessions
from matchmaker.services.core import installation
from matchmaker.services.doctor import checkup, machine, servers, setting_pairs
from matchmaker.services.doctor.checkup import DoctorParts
from matchmaker.services.health.findings import HealthFinding
from matchmaker.services.incoming.mailbox import Mailbox
from matchmaker.services.index.drift import IndexDifference
from matchmaker.services.mail.transport import MailServer
from matchmaker.settings import Settings
from matchmaker.wiring import Application


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Application]:
    """An installation that nothing is wrong with."""
    (tmp_path / "backups").mkdir()
    settings = Settings(
        data=tmp_path / "data", database_url=sqlite_url, backups=tmp_path / "backups", _env_file=None
    )
    opened = Application(settings)
    opened.check_place()
    opened.index.catch_up()
    opened.index.indexer()
    backed_up(opened, hours=1)
    yield opened
    opened.close()


def backed_up(app: Application, hours: float) -> None:
    mark, moment = installation.mark_of(app.data) or "", now() - timedelta(hours=hours)
    assert app.settings.backups
    (app.settings.backups / f"matchmaker-{mark[:8]}-{moment:%Y%m%dT%H%M%SZ}.zip").touch()


def examined(app: Application) -> list[HealthFinding]:
    indexer = app.index.indexer
    parts = DoctorParts(lambda: app.engine, indexer, lambda: app.transport, lambda: app.mailbox)
    return checkup.of_installation(app.settings, parts)


def wrong(app: Application) -> dict[str, str]:
    """The states of what is wrong, beside the lanes: nobody works in a test."""
    looked_at = examined(app)
    assert all(one.message for one in looked_at if not one.good)
    lanes = {"index", "letters", "jobs", "files", "imports", "schedule", "programs"}
    return {
        one.part: one.state
        for one in looked_at
        if not one.good and not (one.part in lanes and one.state == "stopped")
    }


def test_nothing_is_wrong_with_a_fresh_installation(app: Application) -> None:
    assert wrong(app) == {}
    parts = [one.part for one in examined(app)]
    for part in (
        "settings",
        "database",
        "migrations",
        "identity",
        "engine",
        "drift",
        "clock",
        "files",
        "mail",
        "key",
    ):
        assert part in parts


def test_a_lost_an_emptied_and_a_damaged_database_are_told_apart(app: Application, tmp_path: Path) -> None:
    path = tmp_path / "test.sqlite3"
    app.close()
    with path.open("r+b") as file:
        file.seek(8 * 4096)
        file.write(os.urandom(4096))
    (damaged,) = [one for one in examined_cold(app) if one.part == "database"]
    assert "is damaged" in str(damaged)
    path.unlink()
    (lost,) = [one for one in examined_cold(app) if one.part == "database"]
    assert "matchmaker restore FILE --replace" in str(lost)
    assert not path.exists()
    installation.set_mark(app.data, None)
    assert [one.state for one in examined_cold(app) if one.part == "database"] == ["empty"]


def examined_cold(app: Application) -> list[HealthFinding]:
    """The findings of a process that has opened nothing yet."""
    fresh = Application(app.settings)
    indexer = lambda: fresh.index.indexer()  # noqa: E731, PLW0108 - asked for late
    found = checkup.of_installation(
        app.settings,
        DoctorParts(lambda: fresh.engine, indexer, lambda: fresh.transport, lambda: fresh.mailbox),
    )
    fresh.close()
    return found


def test_tables_of_before_and_a_mark_that_is_gone_are_found(app: Application, sqlite_url: str) -> None:
    installation.set_mark(app.data, None)
    assert wrong(app)["identity"] == "another"
    app.close()
    engine = make_sessions(sqlite_url).engine
    runner.downgrade(engine, "0020")
    engine.dispose()
    assert {one.part: one.state for one in examined_cold(app)}["migrations"] == "behind"


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "typo", _env_file=None)
    found = examined_cold(Application(settings))
    assert [one.part for one in found] == ["settings", "storage"]
    assert not (tmp_path / "typo").exists()


def test_a_missing_file_and_a_drift_are_found(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    with app.sessions.begin() as session:
        session.add(StoredFile(role="scan", name="f", media_type="", size=9, sha256="ab" * 32, details={}))
    monkeypatch.setattr(servers, "differences", lambda *_: [IndexDifference("k", "stale", 2, 1)])
    assert wrong(app) == {"storage": "missing", "drift": "differs"}


def test_a_folder_that_cannot_be_written_into_is_found(app: Application) -> None:
    (app.data / "files").write_text("in the way")
    assert wrong(app) == {"storage": "unwritable"}


def test_a_full_disk_is_told_once(app: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = SimpleNamespace(used=86, free=14, total=100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage)
    (found,) = machine.disks(app.settings)
    assert str(found).endswith("is 86 % full; 0 MB are free.")
    usage.used, usage.free = 84, 16
    assert machine.disks(app.settings)[0].good


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps rights in another way")
def test_a_key_that_others_can_read_or_that_is_short_is_found(app: Application) -> None:
    (app.data / "secret_key").chmod(0o644)
    assert wrong(app) == {"key": "open"}
    short = app.settings.model_copy(update={"secret_key": SecretStr("x" * 20)})
    assert machine.key(short)[0].state == "short"


def test_the_age_of_the_newest_backup_is_told(app: Application) -> None:
    assert app.settings.backups
    for path in app.settings.backups.iterdir():
        path.unlink()
    assert machine.backups(app.settings)[0].state == "none"
    backed_up(app, hours=200)
    backed_up(app, hours=40.5)
    assert str(machine.backups(app.settings)[0]).startswith("The newest backup is 40 hours old")
    unset = app.settings.model_copy(update={"backups": None})
    assert machine.backups(unset)[0].state == "unset"


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"base_url": "centre.example"}, "no link in an e-mail"),
        ({"host": "0.0.0.0"}, "links in e-mails lead nowhere"),
        ({"base_url": "http://c.example", "secure_cookies": True}, "nobody can sign in"),
        ({"base_url": "https://c.example"}, "none is trusted"),
        ({"trusted_proxies": "0.0.0.0/0"}, "trusts every address"),
        ({"mail_url": "smtp://mail.example"}, "other servers refuse"),
        ({"engine": "elasticsearch", "columns": "engine"}, "nothing is found"),
    ],
)
def test_settings_that_contradict_each_other_are_found(given: dict[str, Any], word: str) -> None:
    (found,) = setting_pairs.findings(Settings(**given, _env_file=None))
    assert word in str(found)
    assert found.remedy


def test_a_public_site_without_a_mail_server_or_with_one_that_is_away_is_found(app: Application) -> None:
    public = app.settings.model_copy(update={"base_url": "https://c.example"})
    assert servers.mail(public, app.transport)[0].state == "folder"
    assert servers.mail(public, MailServer("smtp://127.0.0.1:1"))[0].state == "away"


def test_a_way_to_the_mail_server_that_anybody_reads_is_found(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MailServer, "probe", lambda _self: False)
    assert servers.mail(app.settings, MailServer("smtp://mail.example"))[0].state == "unencrypted"
    assert servers.mail(app.settings, MailServer("smtp://localhost"))[0].good


def test_a_mailbox_that_does_not_let_the_site_in_is_found_without_its_password(
    app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = Mailbox("imap://robot:secret@127.0.0.1:1/Robots")
    vars(app)["mailbox"] = mailbox
    assert wrong(app) == {"mailbox": "away"}
    (found,) = servers.mail_in(mailbox)
    assert "127.0.0.1:1/Robots" in str(found)
    assert "secret" not in str(found)
    assert "MATCHMAKER_MAIL_IN_URL" in found.remedy
    monkeypatch.setattr(Mailbox, "probe", lambda _self: None)
    assert servers.mail_in(mailbox)[0].good


def test_clocks_that_are_apart_are_found(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = make_sessions(postgresql_url)
    assert servers.clock(sessions)[0].good
    monkeypatch.setattr(servers, "now", lambda: now() + timedelta(seconds=60))
    assert "60 seconds apart" in str(servers.clock(sessions)[0])
    sessions.engine.dispose()


def status_of(*words: str) -> int:
    sys.argv = ["matchmaker", *words]
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0)


def test_the_command_speaks_the_readers_language_and_ends_with_1(
    app: Application, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sqlite_url: str
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", sqlite_url)
    with app.sessions.begin() as session:
        session.execute(update(Installation).values(mark="another"))
        session.execute(text("SELECT 1"))
    assert status_of("doctor", "--language", "ru") == 1
    said = capsys.readouterr().out
    assert "Если они относятся друг к другу, выполните: matchmaker db adopt" in said
    assert status_of("doctor", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["good"] is False
    assert "matchmaker db adopt" in next(
        one["message"] for one in told["findings"] if one["part"] == "database"
    )
