"""Files outside the web root, by the hash of their bytes: a file is whole or absent, and the same bytes are
stored once.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import filetype

from matchmaker.domain.errors import FileMissing, FileRefused, FileTooLarge, WrongFileKind
from matchmaker.domain.language import N_

_PIECE = 1 << 20
PAPERS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A stored file: its hash, size in bytes, and the kind found from its content."""

    sha256: str
    size: int
    media_type: str


def keep(folder: Path, stream: IO[bytes], *, largest: int) -> StoredBlob:
    """Store a paper: PDF, JPEG or PNG. Raises FileRefused if it is empty, too large, or of another kind by
    its content.
    """
    return _keep(folder, stream, largest, PAPERS)


def keep_pdf(folder: Path, stream: IO[bytes], *, largest: int) -> StoredBlob:
    """Store a PDF. Raises FileRefused if it is empty, too large, or no PDF by its content."""
    return _keep(folder, stream, largest, {"application/pdf": "pdf"})


def keep_any(folder: Path, stream: IO[bytes], *, largest: int) -> StoredBlob:
    """Store the stream's content, whatever it is. Raises FileRefused if it is empty or too large."""
    return _keep(folder, stream, largest, None)


def _keep(folder: Path, stream: IO[bytes], largest: int, accepted: dict[str, str] | None) -> StoredBlob:
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".upload-")
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > largest:
                    raise FileTooLarge(N_("The file is larger than %(most)s MB."), most=largest // 1_000_000)
                digest.update(piece)
                target.write(piece)
        kind = _kind(partial, size, accepted)
        final = path_of(folder, digest.hexdigest())
        final.parent.mkdir(exist_ok=True)
        settle(partial, final)
    finally:
        partial.unlink(missing_ok=True)
    return StoredBlob(digest.hexdigest(), size, kind)


def settle(made: Path, final: Path) -> None:
    """Give a whole file its name: its bytes are on the disk first, and its name after that. Both are on one disk."""
    with made.open("rb") as stream:
        os.fsync(stream.fileno())
    made.replace(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _kind(path: Path, size: int, accepted: dict[str, str] | None) -> str:
    if size == 0:
        raise FileRefused(N_("The file is empty."))
    if accepted is None:
        return ""
    found = filetype.guess(str(path))
    if found is None or found.mime not in accepted:
        raise WrongFileKind(
            N_("This file is none of: %(kinds)s."), kinds=", ".join(sorted(accepted.values()))
        )
    return str(found.mime)


def read(folder: Path, sha256: str, key: str) -> bytes:
    """The bytes of a stored file, named by `key` in the error. Raises FileMissing where they are gone."""
    return present(folder, sha256, key).read_bytes()


def present(folder: Path, sha256: str, key: str) -> Path:
    """The path of a stored file that is there. Raises FileMissing where it is gone."""
    path = path_of(folder, sha256)
    if not path.exists():
        raise FileMissing(key=key)
    return path


def path_of(folder: Path, sha256: str) -> Path:
    """The path of the file with this hash."""
    return folder / sha256[:2] / sha256
