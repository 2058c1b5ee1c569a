"""The files of an archive, one after the other: a zip is read piece by piece, a plain file or a gzip is its own only member."""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_

MAX_CONTENT = 4_000_000_000  # bytes after unpacking: a small archive must not fill the machine
MOST_MEMBERS = 20_000
HEAD = 1 << 16  # bytes of a file that are looked at
_ZIPS = frozenset({b"PK\x03\x04", b"PK\x05\x06"})  # with files, and without any
_OWN = ("mimetype", "[Content_Types].xml")  # the first members of workbooks, which are zips too
_ENCRYPTED = 1
_DAMAGED = N_("the archive is damaged or cut short")


@dataclass(slots=True)
class Member:
    """A file of an archive: its name, its bytes, and the bytes of the archive that are read once it is; a file that stands
    `alone` is its own archive.
    """

    name: str
    stream: BinaryIO
    until: int
    alone: bool = False
    _head: bytes = b""

    def head(self) -> bytes:
        """Its first bytes."""
        self._head = self._head or self.stream.read(HEAD)
        return self._head

    def read(self, size: int) -> bytes:
        """Its next bytes, from the first ones on, whether these were looked at or not."""
        piece, self._head = self._head, b""
        return piece or self.stream.read(size)


def is_archive(path: Path) -> bool:
    """Whether a file is a zip of other files, and no workbook."""
    with path.open("rb") as stream:
        if stream.read(4) not in _ZIPS:
            return False
    try:
        with zipfile.ZipFile(path) as packed:
            return not any(name in _OWN or name.startswith("xl/") for name in packed.namelist()[:3])
    except zipfile.BadZipFile:
        return path.suffix == ".zip"


def open_content(path: Path) -> BinaryIO:
    """Open a file for reading, unpacking .gz and the only file of a zip on the way. Raises UnreadableFile."""
    try:
        if path.suffix == ".gz":
            return gzip.open(path)  # type: ignore[return-value]
        if is_archive(path):
            return zipfile.ZipFile(path).open(_only(path))  # type: ignore[return-value]
        return path.open("rb")
    except OSError as error:
        raise UnreadableFile(file=path.name, reason=reason_of(error)) from error


def reason_of(error: OSError) -> str:
    """The reason why the system does not open a file, for people."""
    if isinstance(error, FileNotFoundError):
        return N_("there is no such file")
    if isinstance(error, IsADirectoryError):
        return N_("this is a folder")
    return error.strerror or str(error)


def inner_name(path: Path) -> str:
    """The name of the only file of a zip; of any other file its own. Raises UnreadableFile for several files."""
    return _only(path).filename.rsplit("/", 1)[-1] if is_archive(path) else path.name


def _only(path: Path) -> zipfile.ZipInfo:
    files = _files(path)
    if len(files) > 1:
        message = N_(
            "The archive %(file)s holds %(found)s files, and they are of no known register. Send lists one by one."
        )
        raise UnreadableFile(message, file=path.name, found=len(files))
    return files[0]


def _files(path: Path) -> list[zipfile.ZipInfo]:
    """The files that an archive lists. Raises UnreadableFile."""
    try:
        with zipfile.ZipFile(path) as packed:
            found = [one for one in packed.infolist() if not one.is_dir() and not _is_of_system(one.filename)]
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise UnreadableFile(file=path.name, reason=_DAMAGED) from error
    _check(path, found)
    return found


def members(path: Path) -> Iterator[Member]:
    """The files within a file. Raises UnreadableFile for a damaged archive, and for one that would fill the machine."""
    if not is_archive(path):
        with open_content(path) as stream:
            yield Member(path.name, stream, path.stat().st_size, alone=True)
        return
    try:
        with zipfile.ZipFile(path) as packed:
            done = 0
            for one in _files(path):
                done += one.compress_size
                with packed.open(one) as stream:
                    yield Member(one.filename, stream, done)  # type: ignore[arg-type]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UnreadableFile(file=path.name, reason=_DAMAGED) from error


def _is_of_system(name: str) -> bool:
    """Whether a member is a note of the system that packed it."""
    return name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith(".")


def _check(path: Path, files: list[zipfile.ZipInfo]) -> None:
    """Look at the directory. What it says of sizes is kept by zipfile, which reads no more of a member than that."""
    if not files:
        raise UnreadableFile(file=path.name, reason=N_("the archive is empty"))
    if len(files) > MOST_MEMBERS:
        message = N_(
            "The archive %(file)s holds %(found)s files; at most %(most)s are read. Send it in parts."
        )
        raise UnreadableFile(message, file=path.name, found=len(files), most=MOST_MEMBERS)
    if sum(one.file_size for one in files) > MAX_CONTENT:
        raise UnreadableFile(file=path.name, reason=N_("its content is larger than 4 GB; split it"))
    if any(one.flag_bits & _ENCRYPTED for one in files):
        raise UnreadableFile(file=path.name, reason=N_("it is protected by a password; send it without one"))
