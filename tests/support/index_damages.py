"""Damages to the folder of an embedded index, each as a disk, a killed process or a hand might leave it."""

import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class IndexFolder:
    """The folder of an index, and a copy of it from before its last commit."""

    folder: Path
    before: Path

    @property
    def generation(self) -> Path:
        return self.folder / (self.folder / "current").read_text()

    def parts(self, ending: str) -> list[Path]:
        """The files of segments with this ending, the largest first."""
        found = self.generation.glob(f"*.{ending}")
        return sorted(found, key=lambda path: (-path.stat().st_size, path.name))


def _wait_for_readers() -> None:
    """Until Tantivy's own threads rest. Whatever opens an index starts one that has its files read once more in another; a file
    that is cut short under that very reading ends the process, and no program can look before it.
    """
    until = time.monotonic() + 30
    quiet = 0
    while quiet < 5:
        assert time.monotonic() < until, "Tantivy's threads do not rest"
        quiet = 0 if any(map(_reads, Path("/proc/self/task").iterdir())) else quiet + 1
        time.sleep(0.02)


def _reads(task: Path) -> bool:
    """Whether a thread of this process, as Linux tells of it, may be one of Tantivy's that has not come to its first rest."""
    try:
        status = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines())
    except OSError:  # it has ended meanwhile
        return False
    name = status["Name"].strip()
    rests = status["State"].split()[0] == "S" and int(status["voluntary_ctxt_switches"]) > 0
    return name == "watch-callbacks" or (name == "thread-tantivy-" and not rests)


def _empty(place: IndexFolder) -> None:
    _wait_for_readers()
    os.truncate(place.parts("fast")[0], 0)


def _swap(place: IndexFolder) -> None:
    for ending in ("idx", "store", "fast"):
        first, second, *_ = place.parts(ending)
        first.rename(first.with_suffix(".other"))
        second.rename(first)
        first.with_suffix(".other").rename(second)


def _flip(place: IndexFolder) -> None:
    """Wrong bytes of the right number, with the end of the file as it was."""
    _wait_for_readers()
    path = place.parts("idx")[0]
    content = bytearray(path.read_bytes())
    for position in range(8, len(content) - 150, 5):
        content[position] ^= 0x55
    path.write_bytes(content)


def _leave_over(place: IndexFolder) -> None:
    """A commit killed after its files were written and before `meta.json` named them."""
    generation, before = place.generation, place.before / place.generation.name
    for path in before.iterdir():
        if path.name in {"meta.json", ".managed.json"} or not (generation / path.name).exists():
            shutil.copy(path, generation)


def _replace_folder(place: IndexFolder) -> None:
    shutil.rmtree(place.folder)
    place.folder.write_text("no folder")


def _go_back(place: IndexFolder) -> None:
    shutil.rmtree(place.folder)
    shutil.copytree(place.before, place.folder)


def _name_a_folder(place: IndexFolder) -> None:
    (place.folder / "current").unlink()
    (place.folder / "current").mkdir()


def _half_built(place: IndexFolder) -> None:
    """A rebuild killed half way, its generation newer than the one in use."""
    made = place.generation.name.rsplit("-", 1)
    shutil.copytree(place.generation, place.folder / f"{made[0]}-{int(made[1]) + 1}")
    _meta(place, "")


def _meta(place: IndexFolder, content: str) -> None:
    (place.generation / "meta.json").write_text(content)


def _locks(place: IndexFolder) -> None:
    for path in (place.folder / "writer.lock", place.generation / ".tantivy-writer.lock"):
        path.write_text("4711")


def _cut(ending: str) -> Callable[[IndexFolder], None]:
    def harm(place: IndexFolder) -> None:
        _wait_for_readers()
        path = place.parts(ending)[0]
        os.truncate(path, path.stat().st_size // 2)

    return harm


DAMAGES: Mapping[str, Callable[[IndexFolder], None]] = {
    "no folder": lambda place: shutil.rmtree(place.folder),
    "a file in the place of the folder": _replace_folder,
    "no pointer": lambda place: (place.folder / "current").unlink(),
    "a pointer of garbage": lambda place: (place.folder / "current").write_bytes(b"\xff\x00"),
    "a pointer to nothing": lambda place: (place.folder / "current").write_text(
        "suppliers-v4-1000000000000000"
    ),
    "a folder in the place of the pointer": _name_a_folder,
    "no generation": lambda place: shutil.rmtree(place.generation),
    "no meta.json": lambda place: (place.generation / "meta.json").unlink(),
    "an empty meta.json": lambda place: _meta(place, ""),
    "a meta.json of garbage": lambda place: _meta(place, '{"segments": [{"segment_id": 7}]}'),
    "a broken list of managed files": lambda place: (place.generation / ".managed.json").write_text("["),
    "broken tombstones": lambda place: (place.generation / "tombstones.json").write_text("{"),
    "words cut short": _cut("idx"),
    "documents cut short": _cut("store"),
    "numbers emptied": _empty,
    "terms removed": lambda place: place.parts("term")[0].unlink(),
    "wrong bytes": _flip,
    "files of two segments swapped": _swap,
    "left-over locks": _locks,
    "left-over files of a killed commit": _leave_over,
    "a rebuild killed half way": _half_built,
    "an old copy": _go_back,
}
