"""The files of one generation of a Tantivy index: which ones its `meta.json` names, whether they are whole, and
which are left over from a process that was killed.

Every file of a segment is written once and ends with a checksum of itself. A commit is what `meta.json` says; a
kill before that leaves files that it does not name, and the next commit may want the same name again.
"""

import json
import os
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from search.engines.embedded.folder import read_json, replace

META, SUMS, TOMBSTONES = "meta.json", "checksums.json", "tombstones.json"
PARTS = ("idx", "pos", "term", "store", "fast", "fieldnorm")
_MAGIC = (1337).to_bytes(4, "little")  # the last bytes of a file with a checksum
_READ_AT_ONCE = 1 << 20  # bytes

# What a file looks like from outside; another size, time or inode means another content.
Look = tuple[int, int, int]


def look(path: Path) -> Look:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def named(generation: Path) -> tuple[str, ...]:
    """The files that `meta.json` names. Raises ValueError, LookupError or TypeError where it is no such list."""
    names: list[str] = []
    for segment in read_json(generation / META)["segments"]:
        stem = segment["segment_id"].replace("-", "")
        names += (f"{stem}.{part}" for part in PARTS)
        if segment["deletes"]:
            names.append(f"{stem}.{segment['deletes']['opstamp']}.del")
    return tuple(names)


def looks(generation: Path) -> dict[str, Look]:
    """The looks of all files in use."""
    return {name: look(generation / name) for name in named(generation)}


def sweep(generation: Path) -> None:
    """Delete the files of segments that `meta.json` does not name; call it under the writer's lock."""
    kept = set(named(generation))
    for path in generation.iterdir():
        if path.name not in kept and path.suffix[1:] in (*PARTS, "del"):
            path.unlink()


def remember(generation: Path) -> None:
    """Note the checksums of the files in use, so that a file put in the place of another is found as well."""
    path = generation / SUMS
    known = _sums(path)
    replace(
        path,
        json.dumps({name: known.get(name) or _footer(generation / name)[0] for name in named(generation)}),
    )


def _sums(path: Path) -> Mapping[str, int]:
    try:
        return dict(read_json(path))
    except (OSError, ValueError, TypeError):
        return {}


class Verifier:
    """A reader of checksums that reads every file once, and again when it looks different."""

    def __init__(self) -> None:
        self._whole: dict[Path, Look] = {}

    def broken(self, generation: Path) -> str | None:
        """The first file that is not what was written, or None. Raises OSError, ValueError … as reading does."""
        sums, whole = _sums(generation / SUMS), {}
        for name, seen in looks(generation).items():
            path = generation / name
            if self._whole.get(path) != seen and not _is_whole(path, sums.get(name)):
                return name
            whole[path] = seen
        self._whole = whole
        return None


def _is_whole(path: Path, noted: int | None) -> bool:
    stated, length = _footer(path)
    found = 0
    for block in _blocks(path, length):
        found = zlib.crc32(block, found)
    return found == stated and noted in {None, stated}


def _footer(path: Path) -> tuple[int, int]:
    """The checksum that a file states, and the length of what it covers."""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(size - 8, 0))
        end = stream.read(8)
        length = size - 8 - int.from_bytes(end[:4], "little")
        if end[4:] != _MAGIC or length < 0:
            raise ValueError(f"{path.name} is cut short")
        stream.seek(length)
        return int(json.loads(stream.read(size - 8 - length))["crc"]), length


def _blocks(path: Path, length: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while length > 0 and (block := stream.read(min(length, _READ_AT_ONCE))):
            length -= len(block)
            yield block
