"""The embedded index by hand: damaged in every way, written by a process that is killed, or held by another."""

import fcntl
import os
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from matchmaker.domain.errors import EngineUnavailable, IndexMissing
from matchmaker.domain.taxonomy import Taxonomy
from search.document import SearchDocument
from search.engines.embedded import embedded_engine as embedded
from search.engines.embedded.embedded_engine import EmbeddedEngine
from search.engines.protocol import EngineQuery
from tests.support.index_damages import DAMAGES, IndexFolder

# What leaves an index that can be used: locks without a holder, files that nothing names, an older whole index.
OF_WRITERS = {"a broken list of managed files"}  # read by nobody who has the index open
HARMLESS = {"left-over locks", "left-over files of a killed commit", "an old copy"}


def shop(number: int, revision: int = 1) -> SearchDocument:
    return SearchDocument(f"s{number}", revision, (f"s{number}",), f"литье под давлением {number}")


@pytest.fixture
def place(tmp_path: Path, taxonomy: Taxonomy) -> IndexFolder:
    """An index of two segments, and a copy of it from before its last commit."""
    folder, before = tmp_path / "index", tmp_path / "before"
    engine = EmbeddedEngine(folder, taxonomy)
    engine.rebuild(map(shop, range(30)))
    engine.index([shop(1, 2), shop(2, 2)])
    engine.delete([("s29", 5)])
    shutil.copytree(folder, before)
    engine.index([shop(1, 3), shop(2, 3), shop(3, 3)])
    engine.close()
    return IndexFolder(folder, before)


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_index_is_noticed_at_once_and_made_anew_from_any_state(
    place: IndexFolder, taxonomy: Taxonomy, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "WRITER_PATIENCE", 0.0)  # nothing is waited for
    open_before = EmbeddedEngine(place.folder, taxonomy)
    assert open_before.search(EngineQuery(words="литье")).total == 29
    DAMAGES[name](place)
    for engine in (open_before, EmbeddedEngine(place.folder, taxonomy)):
        health = engine.health()
        whole = name in HARMLESS or (name in OF_WRITERS and engine is open_before)
        assert (health.ready, health.lost) == (whole, not whole)
        if not whole:
            for ask in (engine.revisions, lambda: engine.search(EngineQuery(words="литье"))):  # noqa: B023
                _told(ask)
    assert engine.rebuild(map(shop, range(30))) == 30
    assert engine.health().ready
    assert engine.index([shop(1, 9)]) == 1
    assert open_before.revisions() == {f"s{number}": 9 if number == 1 else 1 for number in range(30)}
    assert [path.name for path in place.folder.glob("suppliers-*")] == [place.generation.name]


def _told(ask: Callable[[], object]) -> None:
    """An answer, or IndexMissing; nothing else leaves an engine, no panic either."""
    with suppress(IndexMissing):
        ask()


def test_what_a_killed_commit_left_is_swept_and_its_file_numbers_are_used_again(
    place: IndexFolder, taxonomy: Taxonomy
) -> None:
    after = {path.name for path in place.generation.iterdir()}
    DAMAGES["left-over files of a killed commit"](place)
    engine = EmbeddedEngine(place.folder, taxonomy)
    assert engine.revisions()["s1"] == 2
    assert engine.index([shop(1, 3), shop(2, 3), shop(3, 3)]) == 3  # the same commit, the same number
    assert engine.revisions() == {f"s{n}": 3 if n in {1, 2, 3} else 1 for n in range(29)}
    assert {name for name in after if name.endswith(".del")} & {p.name for p in place.generation.iterdir()}


def test_a_commit_killed_after_each_of_its_files_is_made_again(
    place: IndexFolder, taxonomy: Taxonomy, tmp_path: Path
) -> None:
    name = place.generation.name
    old = {path.name for path in (place.before / name).iterdir()}
    fresh = [path for path in place.generation.iterdir() if path.name not in old]
    fresh.sort(key=lambda path: path.stat().st_mtime_ns)
    assert len(fresh) >= 6
    for count in range(1, len(fresh) + 1):
        for cut in (False, True):
            folder = tmp_path / "killed"
            shutil.copytree(place.before, folder)
            for path in fresh[:count]:
                shutil.copy(path, folder / name)
            if cut:
                os.truncate(folder / name / fresh[count - 1].name, 7)
            engine = EmbeddedEngine(folder, taxonomy)
            assert engine.health().ready
            assert engine.index([shop(1, 3), shop(2, 3), shop(3, 3)]) == 3
            assert len(engine.revisions()) == engine.count(EngineQuery()) == 29
            assert engine.health().ready
            shutil.rmtree(folder)


def test_the_lock_of_a_process_that_lives_is_respected_and_ends_with_it(
    place: IndexFolder, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "WRITER_PATIENCE", 0.05)
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with (place.folder / "writer.lock").open("a") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            os.write(writing, b"held")
            signal.pause()
    os.read(reading, 4)
    engine = EmbeddedEngine(place.folder, taxonomy)
    for write in (lambda: engine.index([shop(1, 8)]), lambda: engine.rebuild([shop(1)])):
        with pytest.raises(EngineUnavailable):
            write()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert engine.index([shop(1, 8)]) == 1


def test_an_old_programs_writer_is_waited_for_also_where_the_index_is_broken(
    place: IndexFolder, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "WRITER_PATIENCE", 0.05)
    DAMAGES["an empty meta.json"](place)
    engine = EmbeddedEngine(place.folder, taxonomy)
    with (place.generation / ".tantivy-writer.lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        with pytest.raises(EngineUnavailable):
            engine.rebuild([shop(1)])
    assert engine.rebuild([shop(1)]) == 1


def test_a_full_disk_is_no_documents_fault_and_costs_the_index_nothing(
    place: IndexFolder, taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    engine = EmbeddedEngine(place.folder, taxonomy)
    with monkeypatch.context() as patched:
        patched.setattr(embedded.files, "sweep", full)
        patched.setattr(embedded.folders, "replace", full)
        with pytest.raises(IndexMissing):
            engine.index([shop(1, 8)])
        with pytest.raises(EngineUnavailable):
            engine.rebuild([shop(1)])
    assert engine.search(EngineQuery(words="литье")).total == 29
    assert engine.index([shop(1, 8)]) == 1
