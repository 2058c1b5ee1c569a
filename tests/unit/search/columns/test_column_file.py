"""The file of the columns: what is read is what was written, and a file that is not wholly so is none."""

import errno
import fcntl
import json
import os
import shutil
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matchmaker.domain.certificate import CertificationDemand
from matchmaker.wiring import load_taxonomy
from search.columns import column_file
from search.columns.store import Columns
from search.filters import filter_outcomes
from tests.benchmark.generate import TODAY, Generator

TAXONOMY = load_taxonomy()
GENERATOR = Generator(TAXONOMY)
NEEDS = tuple(GENERATOR.needs(12))
WORDS = "корпус steel housing валы"


def shops(count: int, first: int = 0) -> Columns:
    return Columns.build(map(GENERATOR.document, range(first, first + count)), TAXONOMY)


def stored(columns: Columns) -> list[tuple[str, int]]:
    return [(key, column_file.mark_of(key.encode())) for key in columns.keys]


def told(columns: Columns) -> dict[str, object]:
    """All that columns say of each supplier."""
    rows = np.arange(len(columns))
    outcomes = [filter_outcomes.evaluate(columns, need).states for need in NEEDS]
    states = [[one[name] for name in sorted(one)] for one in outcomes]
    certified = columns.certification(CertificationDemand(("iso-9001",)), TODAY)
    words, free = columns.words.agreement(WORDS, rows), columns.free_hours((24_323,))[0]
    return {
        key: (
            [one[row] for need in states for one in need],
            columns.text(row),
            [columns.codes(name, row) for name in columns.members],
            columns.place(row),
            certified[row],
            round(float(words[row]), 6),
            str(free[row]),
        )
        for row, key in enumerate(columns.keys)
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "index" / "columns"
    columns = shops(30)
    assert column_file.write(path, columns, stored(columns))
    return path


def test_columns_of_a_file_say_what_they_said_and_are_brought_up_to_date(path: Path) -> None:
    read, whole = column_file.read(path, TAXONOMY), shops(30)
    assert read is not None
    assert read.columns.keys == whole.keys
    assert told(read.columns) == told(whole)
    changed = [replace(GENERATOR.document(90 + n), key=whole.keys[n]) for n in (3, 4)]
    changed.append(GENERATOR.document(99))
    now = read.columns.updated(changed, [whole.keys[7]])
    anew = Columns.build(
        [
            *(GENERATOR.document(n) for n in range(30) if n not in {3, 4, 7}),
            *changed,
        ],
        TAXONOMY,
    )
    assert told(now) == told(anew)
    assert not set(now.loaded.tolist()) & set(whole.loaded.tolist())


def test_columns_without_suppliers_are_kept_too(tmp_path: Path) -> None:
    assert column_file.write(tmp_path / "columns", Columns((), TAXONOMY), [])
    read = column_file.read(tmp_path / "columns", TAXONOMY)
    assert read is not None
    assert len(read.columns) == 0
    assert len(read.columns.updated([GENERATOR.document(1)], [])) == 1


def cut(length: float) -> Callable[[Path], None]:
    return lambda path: os.truncate(path, int(path.stat().st_size * length))


def with_head(change: Callable[[dict[str, object]], object]) -> Callable[[Path], None]:
    """Another head, with its checksum."""

    def damage(path: Path) -> None:
        head, _, rest = path.read_bytes().partition(b"\n")
        made = json.loads(head.partition(b" ")[2])
        changed = json.dumps(change(made)).encode()
        path.write_bytes(b"%08x %s\n%s" % (zlib.crc32(changed), changed, rest))

    return damage


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "file").touch()


def to_a_forbidden_place(path: Path) -> None:
    path.unlink()
    path.symlink_to("/proc/self/mem")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "missing": Path.unlink,
    "empty": cut(0),
    "a byte long": lambda path: os.truncate(path, 1),
    "cut in its head": lambda path: os.truncate(path, 500),
    "cut in the middle": cut(0.5),
    "cut by a byte": lambda path: os.truncate(path, path.stat().st_size - 1),
    "longer by a byte": lambda path: path.write_bytes(path.read_bytes() + b"\0"),
    "twice": lambda path: path.write_bytes(2 * path.read_bytes()),
    "noughts": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "another file": lambda path: path.write_bytes(Path(__file__).read_bytes()),
    "a long line": lambda path: path.write_bytes(b"a" * (1 << 25)),
    "of another program": with_head(lambda head: head | {"made_by": ["0", TAXONOMY.version]}),
    "of another taxonomy": with_head(lambda head: head | {"made_by": ["0", "0"]}),
    "a head without a maker": with_head(lambda head: {"arrays": head["arrays"]}),
    "a head that is a list": with_head(list),
    "a head of another form": with_head(lambda head: head | {"arrays": 5}),
    "a head with a missing array": with_head(lambda head: head | {"arrays": [["keys", "|u1", [1]]]}),
    "a folder": a_folder,
    "a link to what cannot be read": to_a_forbidden_place,
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_counts_as_none_and_is_written_anew(path: Path, name: str) -> None:
    DAMAGES[name](path)
    assert column_file.read(path, TAXONOMY) is None
    columns = shops(5)
    assert column_file.write(path, columns, stored(columns))
    read = column_file.read(path, TAXONOMY)
    assert read is not None
    assert told(read.columns) == told(columns)


def test_a_flipped_bit_anywhere_is_noticed(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    head = whole.index(b"\n")
    places = {*range(12), *range(12, head, 97), head, head + 1, len(whole) - 5, len(whole) - 1}
    places |= {*range(head, len(whole), 99_991)}
    for place in sorted(places):
        whole[place] ^= 1 << place % 8
        path.write_bytes(whole)
        assert column_file.read(path, TAXONOMY) is None, place
        whole[place] ^= 1 << place % 8
    path.write_bytes(whole)
    assert column_file.read(path, TAXONOMY) is not None


def test_a_file_of_another_taxonomy_or_program_counts_as_none(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert column_file.read(path, replace(TAXONOMY, version="another")) is None
    with monkeypatch.context() as patched:
        patched.setattr(column_file, "_program", lambda: "another")
        assert column_file.read(path, TAXONOMY) is None
    assert column_file.read(path, TAXONOMY) is not None


def test_a_full_disk_leaves_the_file_of_before(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert not column_file.write(path, shops(5), [])
    assert path.read_bytes() == before
    assert {one.name for one in path.parent.iterdir()} == {"columns", "columns.lock"}


def test_what_a_killed_process_left_hinders_nobody(path: Path) -> None:
    shutil.copy(path, path.with_suffix(".partial"))
    assert column_file.write(path, shops(5), [])
    assert {one.name for one in path.parent.iterdir()} == {"columns", "columns.lock"}


def test_one_of_two_that_write_at_once_writes(path: Path) -> None:
    one, other = shops(20), shops(25, first=100)
    with path.with_suffix(".lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert not column_file.write(path, one, stored(one))
    with ThreadPoolExecutor(4) as beside:
        made = [
            beside.submit(column_file.write, path, columns, stored(columns)) for columns in 4 * [one, other]
        ]
        found = [beside.submit(column_file.read, path, TAXONOMY) for _ in range(8)]
    assert any(write.result() for write in made)
    for whole in [read.result() for read in found]:
        assert whole is not None
        assert len(whole.columns) in {20, 25, 30}


def test_rows_that_no_stored_document_made_are_told(path: Path) -> None:
    read, columns = column_file.read(path, TAXONOMY), shops(30)
    assert read is not None
    now = [(key, mark + (key == columns.keys[4])) for key, mark in stored(columns)]
    now = [*now[:9], *now[10:], ("new", 5)]
    other, gone = read.beside(now)
    assert other == {columns.keys[4], "new"}
    assert set(gone) == {columns.keys[4], columns.keys[9]}
