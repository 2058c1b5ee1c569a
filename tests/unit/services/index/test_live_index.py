"""The columns of a process: brought up to date by one thread, while the others read on."""

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from matchmaker.domain.records import SupplierRecord, parse
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.index import live_index
from matchmaker.services.needs import needs
from matchmaker.services.profiles import suppliers
from matchmaker.settings import Settings
from matchmaker.wiring import Application
from search.columns.store import Columns
from tests.support.asked import RECOGNISER, TODAY

LONG = 20  # seconds; only a failure waits as long


def saved(application: Application, *numbers: int) -> None:
    records = [
        parse(SupplierRecord, {"id": f"s-{number}", "name": {"ru": f"Цех {number}"}}) for number in numbers
    ]
    with application.sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save_many(session, records, RECOGNISER, RecordOrigin(centre, "file", "tester"))
    application.index.catch_up()


def test_nobody_waits_while_another_thread_takes_a_change_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, 1, 2)
    assert len(application.index.columns()) == 2
    saved(application, 3)
    begun, let_on, taking_in = threading.Event(), threading.Event(), Columns.updated

    def slowly(self: Columns, *changes: object) -> Columns:
        begun.set()
        assert let_on.wait(LONG)
        return taking_in(self, *changes)  # type: ignore[arg-type]

    monkeypatch.setattr(Columns, "updated", slowly)
    with ThreadPoolExecutor(1) as beside:
        first = beside.submit(application.index.columns)
        assert begun.wait(LONG)
        try:
            assert len(application.index.columns()) == 2
        finally:
            let_on.set()
        assert len(first.result(LONG)) == 3
    monkeypatch.undo()
    assert len(application.index.columns()) == 3
    application.close()


def test_columns_of_many_changes_are_those_made_anew(settings: Settings) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, *range(12))
    before = application.index.columns()
    saved(application, 3, 4, 9, 12, 13)
    after, anew = application.index.columns(), Application(settings, clock=lambda: TODAY).index.columns()
    assert sorted(after.keys) == sorted(anew.keys)
    assert len(after) == len(before) + 2
    for key in anew.keys:
        one, other = after.row(key, -1), anew.row(key, -1)
        assert after.text(one) == anew.text(other)
        assert after.words.order.of(one).size == anew.words.order.of(other).size
        assert after.codes("processes", one) == anew.codes("processes", other)
    assert after.words.users.sum() == anew.words.users.sum()
    application.close()


@pytest.fixture
def watched(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Application:
    """A site of two suppliers whose keeper has just looked, and looks again when a test tells it to."""
    monkeypatch.setattr(live_index, "_KEPT_UP", 1e6)
    application = Application(settings, clock=lambda: TODAY)
    saved(application, 1, 2)
    application.index.columns()
    application.index.keep_up()
    return application


def test_who_searches_leaves_changes_to_the_keeper(watched: Application, settings: Settings) -> None:
    beside = Application(settings, clock=lambda: TODAY)
    saved(beside, 3)
    assert len(watched.index.columns()) == 2
    watched.index.keep_up()
    assert len(watched.index.columns()) == 3
    beside.close()
    watched.close()


def test_where_the_keeper_fails_who_searches_brings_changes_in(
    watched: Application, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = Application(settings, clock=lambda: TODAY)
    saved(beside, 3)
    monkeypatch.setattr(live_index, "_KEPT_UP", 0.0)
    assert len(watched.index.columns()) == 3
    beside.close()
    watched.close()


def test_who_indexes_an_own_change_finds_it_at_once(watched: Application) -> None:
    saved(watched, 3)
    assert len(watched.index.columns()) == 3
    watched.close()


def test_a_keeper_makes_no_columns_that_nobody_asked_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, 1)
    monkeypatch.setattr(Columns, "build", lambda *_: pytest.fail("nobody asked for them"))
    application.keep_up()
    application.index.keep_up()
    application.close()


@pytest.fixture
def _kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of the columns is written however few suppliers there are."""
    monkeypatch.setattr(live_index, "_MANY", 1)


def started(settings: Settings) -> Columns:
    """The columns of a process that starts."""
    application = Application(settings, clock=lambda: TODAY)
    columns = application.index.columns()
    application.close()
    return columns


def file_of(settings: Settings) -> Path:
    return settings.data / "index" / "columns"


def made_anew(settings: Settings) -> Columns:
    """The columns of a process that starts without the file."""
    file_of(settings).unlink(missing_ok=True)
    return started(settings)


def told(columns: Columns) -> dict[str, tuple[str, int]]:
    return {
        key: (columns.text(row), columns.words.order.of(row).size) for row, key in enumerate(columns.keys)
    }


def times_read(columns: Columns) -> set[int]:
    """The readings from which the rows come."""
    return set((columns.loaded >> 32).tolist())


@pytest.mark.usefixtures("_kept")
def test_a_start_reads_only_what_differs_from_the_file(settings: Settings) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, *range(40))
    started(settings)
    assert file_of(settings).is_file()
    whole = started(settings)
    assert len(whole) == 40
    assert len(times_read(whole)) == 1
    renamed(application, 7, "Другой цех")
    saved(application, 41)
    again = started(settings)
    late = again.loaded >> 32 == max(times_read(again))
    assert late.sum() == 2
    application.close()
    assert told(again) == told(made_anew(settings))


def renamed(application: Application, number: int, name: str) -> None:
    record = parse(SupplierRecord, {"id": f"s-{number}", "name": {"ru": name}})
    with application.sessions.begin() as session:
        centre = needs.centre_of(session, "centre")
        suppliers.save_many(session, [record], RECOGNISER, RecordOrigin(centre, "file", "tester"))
    application.index.catch_up()


@pytest.mark.usefixtures("_kept")
def test_an_older_database_put_back_beside_the_file_is_read_as_it_is(
    settings: Settings, tmp_path: Path
) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, *range(6))
    application.close()
    place = settings.data / "matchmaker.sqlite3"
    shutil.copy(place, tmp_path / "before")
    renamed(application, 2, "Цех новый")
    saved(application, 9)
    started(settings)
    application.close()
    for left in settings.data.glob("matchmaker.sqlite3*"):
        left.unlink()
    shutil.copy(tmp_path / "before", place)
    shown = told(started(settings))
    assert len(shown) == 6
    assert shown == told(made_anew(settings))
    started(settings)
    # The same revision and the same stamp as in the file, of another content.
    renamed(application, 2, "Цех иной")
    application.close()
    shown = told(started(settings))
    assert shown == told(made_anew(settings))


@pytest.mark.usefixtures("_kept")
def test_an_older_database_under_a_process_that_runs_is_read_as_it_is(
    settings: Settings, tmp_path: Path
) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, *range(6))
    application.close()
    place = settings.data / "matchmaker.sqlite3"
    shutil.copy(place, tmp_path / "before")
    saved(application, 9)
    live = application.index
    assert len(live.columns()) == 7
    application.sessions.engine.dispose()
    for left in settings.data.glob("matchmaker.sqlite3*"):
        left.unlink()
    shutil.copy(tmp_path / "before", place)
    assert len(live.columns()) == 6
    application.close()


@pytest.mark.usefixtures("_kept")
def test_the_file_of_another_centre_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    other = settings.model_copy(update={"data": tmp_path / "other"})
    for chosen, numbers in ((settings, range(8)), (other, range(5, 20))):
        application = Application(chosen, clock=lambda: TODAY)
        saved(application, *numbers)
        application.close()
        started(chosen)
    file_of(settings).write_bytes(file_of(other).read_bytes())
    shown = told(started(settings))
    assert len(shown) == 8
    assert shown == told(made_anew(settings))


@pytest.mark.usefixtures("_kept")
def test_a_folder_that_takes_no_file_hinders_no_start(settings: Settings) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, *range(3))
    application.close()
    file_of(settings).with_suffix(".lock").mkdir()
    assert len(started(settings)) == 3
    assert not file_of(settings).exists()


def test_a_small_installation_has_no_file(settings: Settings) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, 1)
    application.close()
    assert len(started(settings)) == 1
    assert not file_of(settings).exists()


@pytest.mark.usefixtures("_kept")
def test_a_process_that_runs_keeps_many_changes(settings: Settings) -> None:
    application = Application(settings, clock=lambda: TODAY)
    saved(application, *range(20))
    application.index.columns()
    before = file_of(settings).read_bytes()
    saved(application, 20)
    application.index.columns()
    assert file_of(settings).read_bytes() == before  # one of twenty-one
    saved(application, *range(21, 25))
    application.index.columns()
    assert file_of(settings).read_bytes() != before
    application.close()
    assert len(times_read(started(settings))) == 1
