"""A database that is not the one of its data folder is refused before anything is made in its place."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from matchmaker.cli import main
from matchmaker.domain.errors import StartRefused
from matchmaker.migrations import runner
from matchmaker.models.database import make_sessions
from matchmaker.services.core import installation


def opened(url: str, folder: Path) -> None:
    installation.opened(url, folder).dispose()


def status_of(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The exit status of a command, and what it wrote on standard error."""
    sys.argv = ["matchmaker", *words]
    with pytest.raises(SystemExit) as left:
        main()
    return int(left.value.code or 0), capsys.readouterr().err


def test_a_fresh_pair_gets_one_mark_and_opens_again(each_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "place"
    opened(each_url, folder)
    mark = installation.mark_of(folder)
    assert mark is not None
    assert len(mark) == 32
    opened(each_url, folder)
    engine = installation.checked(each_url, folder)
    assert installation.stored_mark(engine) == mark
    engine.dispose()
    if os.name == "posix":
        assert (folder / "identity").stat().st_mode & 0o777 == 0o600


def test_an_installation_of_before_is_led_on_without_hands(each_url: str, tmp_path: Path) -> None:
    engine = make_sessions(each_url).engine
    runner.downgrade(engine, "0020")
    runner.upgrade(engine)
    engine.dispose()
    opened(each_url, tmp_path / "place")
    assert installation.mark_of(tmp_path / "place")


def emptied(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for name in ("installation", "alembic_version"):
            connection.execute(text(f"DROP TABLE {name}"))
    engine.dispose()


def foreign(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE installation SET mark = 'of another'"))
    engine.dispose()


def older(url: str) -> None:
    """A copy of before the marks, put there by hand."""
    engine = make_sessions(url).engine
    runner.downgrade(engine, "0020")
    engine.dispose()


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (emptied, "is empty or gone.*matchmaker restore FILE --replace.*MATCHMAKER_DATA"),
        (
            foreign,
            "is not the one of the data folder.*matchmaker restore FILE --replace.*matchmaker db adopt",
        ),
        (older, "is not the one of the data folder.*matchmaker db adopt"),
    ],
)
def test_another_database_is_refused(
    each_url: str, tmp_path: Path, spoilt: Callable[[str], None], words: str
) -> None:
    opened(each_url, tmp_path)
    spoilt(each_url)
    for way in (installation.opened, installation.checked):
        with pytest.raises(StartRefused, match=words):
            way(each_url, tmp_path)


def test_another_folder_is_refused_and_bears_nothing(each_url: str, tmp_path: Path) -> None:
    opened(each_url, tmp_path / "right")
    with pytest.raises(StartRefused, match=r"The data folder .*wrong is not the one.*matchmaker db adopt"):
        opened(each_url, tmp_path / "wrong")
    assert installation.mark_of(tmp_path / "wrong") is None


def test_a_restore_that_was_cut_off_is_refused(each_url: str, tmp_path: Path) -> None:
    opened(each_url, tmp_path)
    installation.set_mark(tmp_path, installation.RESTORING)
    with pytest.raises(StartRefused, match=r"was cut off.*matchmaker restore FILE --replace"):
        opened(each_url, tmp_path)


def overwritten(path: Path, start: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(os.urandom(8192))


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda path: path.unlink(), "is empty or gone"),
        (lambda path: path.write_bytes(b""), "is empty or gone"),
        (lambda path: path.write_bytes(b"no database at all\n" * 500), "is damaged"),
        (lambda path: overwritten(path, 0), "is damaged"),
        (lambda path: overwritten(path, 10 * 4096), "is damaged"),
        (lambda path: os.truncate(path, path.stat().st_size // 2), "is damaged"),
    ],
    ids=["deleted", "emptied", "other bytes", "first page", "a page", "cut short"],
)
def test_a_spoilt_file_is_refused_by_name_with_status_2_and_stays(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    sqlite_url: str,
    spoil: Callable[[Path], None],
    words: str,
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", sqlite_url)
    assert status_of(capsys, "user", "list") == (0, "")
    path = tmp_path / "test.sqlite3"
    spoil(path)
    before = path.read_bytes() if path.exists() else None
    for command in (("serve", "--port", "0"), ("worker", "--once")):
        status, said = status_of(capsys, *command)
        assert status == 2
        assert len(said.splitlines()) == 1
        assert str(path) in said
        assert words in said
        assert "matchmaker restore FILE --replace" in said
    assert (path.read_bytes() if path.exists() else None) == before


def test_a_person_may_say_that_they_belong_together(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, each_url: str, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", each_url)
    assert status_of(capsys, "user", "list")[0] == 0
    (tmp_path / "data" / "identity").write_text("another")
    assert status_of(capsys, "db", "status")[0] == 2
    assert status_of(capsys, "db", "adopt", "--yes")[0] == 0
    assert status_of(capsys, "db", "status")[0] == 0


def test_going_back_to_tables_without_a_mark_and_forth_needs_no_hands(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    for words in (
        ("db", "upgrade"),
        ("db", "downgrade", "0020", "--yes"),
        ("db", "upgrade"),
        ("db", "check"),
    ):
        assert status_of(capsys, *words)[0] == 0, words


def test_a_newer_database_is_one_line_for_the_site_and_its_worker(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, sqlite_url: str
) -> None:
    monkeypatch.setattr(sys, "argv", [])
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", sqlite_url)
    status_of(capsys, "user", "list")
    engine = create_engine(sqlite_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for command in (("serve", "--port", "0"), ("worker",)):
        status, said = status_of(capsys, *command)
        assert (status, len(said.splitlines())) == (1, 1)
        assert "at version 9999" in said
