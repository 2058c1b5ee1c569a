"""The file of a backup: a ZIP of named parts and their manifest, sealed by the hash of all its bytes.

The seal is the comment at the end, so that every ZIP program opens the file, and so that one byte changed anywhere
is found by reading it once. What does not fit is then looked for part by part and named.
"""

import hashlib
import os
import re
import secrets
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from matchmaker.domain.errors import BackupRefused
from matchmaker.domain.language import N_
from matchmaker.services.backup import manifest as manifests
from matchmaker.services.backup.manifest import BackupManifest, BackupPart

MANIFEST = "manifest.json"
_PIECE = 1 << 20
_SEAL = 64  # characters of a SHA-256
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    EOFError,
    OSError,
)
# A part is the database, the key, or a file of the data folder; no name leads out of the folder.
_NAME = re.compile(r"database\.(sqlite3|pgdump)|secret_key|data(/[^/\\\0.][^/\\\0]*)+")

Advance = Callable[[int], None]


class _SealedStream:
    """A stream to write to, which hashes all that passes except the last bytes, where the seal itself will stand."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._digest, self._tail = raw, hashlib.sha256(), b""

    def write(self, data: bytes) -> int:
        self._raw.write(data)
        self._tail += data
        self._digest.update(self._tail[:-_SEAL])
        self._tail = self._tail[-_SEAL:]
        return len(data)

    def flush(self) -> None:
        self._raw.flush()

    def seal(self) -> bytes:
        return self._digest.hexdigest().encode()


class BackupWriter:
    """A backup that is being written; each part passes through once."""

    def __init__(self, zipped: zipfile.ZipFile, advance: Advance) -> None:
        self._zip, self._advance = zipped, advance

    def add(self, name: str, source: IO[bytes], *, compressed: bool = False) -> BackupPart:
        self._zip.compression = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
        with self._zip.open(name, "w", force_zip64=True) as target:
            size, sha256 = _pump(source, target, self._advance)
        return BackupPart(name, size, sha256)

    def finish(self, manifest: BackupManifest) -> None:
        """Write the manifest, after all parts."""
        self._zip.compression = zipfile.ZIP_DEFLATED
        self._zip.writestr(MANIFEST, manifests.dump(manifest))


@contextmanager
def written(path: Path, advance: Advance) -> Iterator[BackupWriter]:
    """A backup that has its name once it is whole and on the disk; readable by its owner alone."""
    partial = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "r+b") as raw:
            stream = _SealedStream(raw)
            with zipfile.ZipFile(stream, "w", compresslevel=1) as zipped:  # type: ignore[call-overload]
                zipped.comment = b"0" * _SEAL
                yield BackupWriter(zipped, advance)
            raw.seek(-_SEAL, os.SEEK_END)
            raw.write(stream.seal())
            raw.flush()
            os.fsync(raw.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class BackupFault:
    """A part that is not as it was written: `problem` is an English template with its name."""

    part: str
    problem: str

    def __str__(self) -> str:
        return self.problem % {"part": self.part}


_LOST = N_("%(part)s is missing")
_CHANGED = N_("%(part)s is damaged")
_STRANGE = N_("%(part)s does not belong to it")
_BETWEEN = N_("bytes between the parts are damaged; each part is whole")


class BackupArchive:
    """A backup that is read."""

    def __init__(self, path: Path, zipped: zipfile.ZipFile, manifest: BackupManifest) -> None:
        self.path, self._zip, self.manifest = path, zipped, manifest

    @property
    def sealed_size(self) -> int:
        """The number of bytes that `faults` reads where nothing is wrong."""
        return self.path.stat().st_size

    def faults(self, advance: Advance) -> list[BackupFault]:
        """All that is not as it was written."""
        if _is_sealed(self.path, advance):
            return []
        names, known = set(self._zip.namelist()), {part.name for part in self.manifest.parts}
        found = [BackupFault(name, _STRANGE) for name in sorted(names - known - {MANIFEST})]
        for part in self.manifest.parts:
            if part.name not in names:
                found.append(BackupFault(part.name, _LOST))
            elif not self._is_whole(part):
                found.append(BackupFault(part.name, _CHANGED))
        return found or [BackupFault("", _BETWEEN)]

    def _is_whole(self, part: BackupPart) -> bool:
        try:
            with self._zip.open(part.name) as source:
                return _pump(source, None, _ignore) == (part.size, part.sha256)
        except _BROKEN:
            return False

    def extract(self, part: BackupPart, path: Path, advance: Advance) -> None:
        """Write a part into a new file, on the disk. Raises BackupRefused where its bytes are not those of its hash."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as target:
            with self._zip.open(part.name) as source:
                got = _pump(source, target, advance)
            target.flush()
            os.fsync(target.fileno())
        if got != (part.size, part.sha256):
            raise refused(self.path, [BackupFault(part.name, _CHANGED)])


@contextmanager
def opened(path: Path) -> Iterator[BackupArchive]:
    """A backup to read, whose manifest is whole. Raises BackupRefused."""
    try:
        zipped = zipfile.ZipFile(path)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        reason = os.strerror(error.errno or 0)
        raise BackupRefused(
            N_("The backup %(file)s cannot be read: %(reason)s"), file=path, reason=reason
        ) from error
    except _BROKEN as error:
        message = N_(
            "The file %(file)s is no backup, or it is cut short or its table of contents is damaged."
        )
        raise BackupRefused(message, file=path) from error
    with zipped:
        yield BackupArchive(path, zipped, _manifest(path, zipped))


def _manifest(path: Path, zipped: zipfile.ZipFile) -> BackupManifest:
    try:
        found = manifests.parse(zipped.read(MANIFEST))
    except _BROKEN as error:
        problem = _CHANGED if MANIFEST in zipped.namelist() else _LOST
        raise refused(path, [BackupFault(MANIFEST, problem)]) from error
    strange = [part.name for part in found.parts if not _NAME.fullmatch(part.name) or "/.." in part.name]
    if strange:
        raise refused(path, [BackupFault(name, _STRANGE) for name in strange])
    return found


def refused(path: Path, faults: list[BackupFault]) -> BackupRefused:
    """The refusal of a damaged backup, with the names of what is wrong."""
    told = "; ".join(map(str, faults[:20])) + (f" … ({len(faults)})" if len(faults) > 20 else "")
    message = N_("The backup %(file)s is not as it was written: %(faults)s. Take another one.")
    return BackupRefused(message, file=path, faults=told)


def _is_sealed(path: Path, advance: Advance) -> bool:
    digest, size = hashlib.sha256(), path.stat().st_size
    with path.open("rb") as source:
        left = size - _SEAL
        while left > 0 and (piece := source.read(min(_PIECE, left))):
            digest.update(piece)
            left -= len(piece)
            advance(len(piece))
        return source.read() == digest.hexdigest().encode()


def _pump(source: IO[bytes], target: IO[bytes] | None, advance: Advance) -> tuple[int, str]:
    """Copy a stream by pieces; its size and its hash."""
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE):
        digest.update(piece)
        size += len(piece)
        if target is not None:
            target.write(piece)
        advance(len(piece))
    return size, digest.hexdigest()


def _ignore(_: int) -> None:
    """Nobody waits for this step."""
