"""The journal is keyed and anchored: what a writer of the database does to it is found, and a crash is no alarm."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, true, update

from matchmaker.cli import main
from matchmaker.domain.errors import StartRefused
from matchmaker.models import AuditEntry
from matchmaker.services.core import journal, journal_seal
from matchmaker.services.core.journal import Act
from matchmaker.services.health import findings
from matchmaker.services.reports import audit
from matchmaker.settings import Settings
from matchmaker.wiring import Application


@pytest.fixture
def application(each_url: str, tmp_path: Path) -> Iterator[Application]:
    made = Application(Settings(data=tmp_path / "data", database_url=each_url, _env_file=None))
    yield made
    made.close()


def write(application: Application, *keys: str) -> None:
    for key in keys:
        with application.sessions.begin() as session:
            journal.record(session, "somebody", (Act("need.edited", "need", key),))


def state(application: Application) -> journal.JournalState:
    with application.sessions() as session:
        return journal.examine(session)


def last(application: Application) -> int:
    with application.sessions() as session:
        return session.scalar(select(func.max(AuditEntry.id))) or 0


def test_an_end_that_was_cut_off_is_found(application: Application) -> None:
    write(application, "a", "b", "c")
    assert state(application).is_whole
    with application.sessions.begin() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.id == last(application)))
    found = state(application)
    assert (found.broken, found.missing is not None) == (None, True)
    write(application, "d", "e", "f")  # goes on, and the cut stays to be seen
    assert not state(application).is_whole


def test_an_altered_entry_is_named(application: Application) -> None:
    write(application, "a", "b", "c")
    middle = last(application) - 1
    with application.sessions.begin() as session:
        session.execute(update(AuditEntry).where(AuditEntry.id == middle).values(actor="somebody else"))
    assert state(application).broken == middle


def test_a_crash_between_commit_and_anchor_is_no_alarm(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(application, "a")

    def full(*_given: object, **_more: object) -> None:
        raise OSError("no space")

    with monkeypatch.context() as broken:
        broken.setattr(journal_seal.JournalSeal, "keep", full)
        write(application, "b", "c")
    assert state(application).is_whole
    anchored = application.journal_seal.anchor()
    assert anchored is not None
    assert anchored.id < last(application)
    write(application, "d")
    anchored = application.journal_seal.anchor()
    assert anchored is not None
    assert anchored.id == last(application)


def test_entries_that_were_taken_back_are_not_anchored(application: Application) -> None:
    write(application, "a")
    with application.sessions.begin() as session, session.begin_nested() as undone:
        journal.record(session, "somebody", (Act("need.edited", "need", "never"),))
        undone.rollback()
    with application.sessions() as session:
        journal.record(session, "somebody", (Act("need.edited", "need", "never"),))
        session.rollback()
    assert state(application).is_whole
    write(application, "b")
    found = state(application)
    assert (found.is_whole, found.count) == (True, 2)


def test_entries_of_before_the_key_stay_and_another_secret_key_changes_nothing(
    application: Application, each_url: str, tmp_path: Path
) -> None:
    with application.sessions.begin() as session:
        session.info.pop("journal")
        journal.record(session, "somebody", (Act("need.edited", "need", "old"),))
    write(application, "new")
    assert state(application).keyed_from == last(application)
    other = Application(
        Settings(
            data=tmp_path / "data",
            database_url=each_url,
            secret_key="another secret key " * 2,
            _env_file=None,
        )
    )
    assert state(other).is_whole
    other.close()


def test_writers_of_several_processes_keep_one_chain_and_one_anchor(
    application: Application, each_url: str, tmp_path: Path
) -> None:
    other = Application(Settings(data=tmp_path / "data", database_url=each_url, _env_file=None))
    assert application.sessions is not other.sessions
    threads = [
        threading.Thread(target=write, args=(one, *(f"{number}-{step}" for step in range(5))))
        for number, one in enumerate((application, other, application, other))
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    other.close()
    found, anchored = state(application), json.loads(application.journal_seal.file.read_text())
    assert (found.is_whole, found.count, anchored["id"]) == (True, 20, last(application))


def reopened(application: Application) -> Application:
    """The same installation in a process that starts."""
    application.close()
    return Application(application.settings)


def finding(application: Application) -> tuple[str, str]:
    with application.sessions() as session:
        found = findings.of_journal(session, application.data)
    return found.state, found.remedy


def lost(path: Path) -> None:
    path.unlink()


def cut_short(path: Path) -> None:
    path.write_text(path.read_text()[:20])


def of_another(path: Path) -> None:
    path.write_text("another key " * 4)


@pytest.mark.parametrize("spoil", [lost, cut_short, of_another])
def test_a_key_that_is_not_the_journals_is_refused_and_no_new_one_made(
    application: Application, spoil: Callable[[Path], None]
) -> None:
    write(application, "a", "b")
    path = journal_seal.key_path(application.data)
    kept = path.read_text()
    spoil(path)
    left = path.read_text() if path.exists() else None
    state_told, remedy = finding(application)
    assert state_told.startswith("key_")
    assert "matchmaker journal reseal" in remedy
    started = reopened(application)
    with pytest.raises(StartRefused, match=r"journal_key.*from a backup.*matchmaker journal reseal"):
        started.check_kinship()
    with pytest.raises(StartRefused):
        write(started, "c")
    assert (path.read_text() if path.exists() else None) == left
    path.write_text(kept)
    write(started, "c")
    assert state(started).is_whole
    started.close()


def test_a_journal_is_sealed_as_it_stands_once_no_backup_has_its_key(
    application: Application,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    each_url: str,
) -> None:
    write(application, "a", "b", "c")
    journal_seal.key_path(application.data).unlink()
    application.close()
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", each_url)
    monkeypatch.setenv("MATCHMAKER_DATA", str(application.settings.data))
    ran("reseal", "--yes")
    assert "Entry 4 seals the 3 entries before it" in capsys.readouterr().out
    write(application, "d")
    ran("check")
    told = capsys.readouterr().out
    assert "before 4 had a key that was lost" in told
    assert "whole: 5 entries, with the key from entry 4 on" in told
    for number, named in ((2, 4), (4, 1), (5, 5)):
        with application.sessions() as session:
            session.execute(update(AuditEntry).where(AuditEntry.id == number).values(actor="somebody else"))
            session.expire_all()
            assert journal.examine(session).broken == named
            session.rollback()
    journal_seal.key_path(application.data).write_text("another key " * 4)
    ran("reseal", "--yes")  # a second time, and the first is sealed as the others are
    started = reopened(application)
    assert state(started).resealed == 6
    started.close()


def ran(*words: str) -> None:
    sys.argv = ["matchmaker", "journal", *words]
    with pytest.raises(SystemExit) as left:
        main()
    assert not left.value.code


def test_an_anchor_that_is_gone_is_told_and_not_made_anew(application: Application) -> None:
    write(application, "a", "b")
    application.journal_seal.file.unlink()
    write(application, "c")
    assert finding(application)[0] == "anchor_lost"
    found = state(application)
    assert (found.is_whole, found.broken, found.anchor_lost) == (False, None, True)
    with application.sessions() as session:
        journal_seal.anchor_anew(application.data, session)
    assert (state(application).is_whole, finding(application)[0]) == (True, "ok")
    with application.sessions.begin() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.id == last(application)))
    assert finding(application)[0] == "cut_off"


@pytest.mark.parametrize("below", [2**31, 2**53])
def test_a_number_that_no_entry_can_have_is_above_all_of_them(application: Application, below: int) -> None:
    write(application, "one", "two")
    with application.sessions() as session:
        found = audit.page(session, true(), audit.JournalQuery(), below, "en")
    assert [line.entry.object_id for line in found.lines] == ["two", "one"]
