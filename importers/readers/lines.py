"""Lines of a UTF-8 text file, plain, gzip or zip, of bounded length; and the first pass that checks the encoding."""

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

from importers.readers.archives import MAX_CONTENT, open_content, reason_of
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_

MAX_LINE = (
    1_000_000  # bytes; the longest record the validator accepts, with all its lists full of text, is shorter
)
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileScan:
    """A first pass over a file: its size in bytes and the SHA-256 of its content."""

    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a file. `text` is None where the line is longer than MAX_LINE; `size` is its length in bytes."""

    number: int
    position: int
    size: int
    text: str | None


def scan(path: Path) -> FileScan:
    """Read the file once to check that it is there, not empty, intact and UTF-8. Raises UnreadableFile with
    the line and the way to correct it.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with open_content(path) as stream:
            for number, block in _numbered_blocks(stream):
                digest.update(block)
                size += len(block)
                if size > MAX_CONTENT:
                    raise UnreadableFile(
                        file=path.name, reason=N_("its content is larger than 4 GB; split it")
                    )
                _check_utf8(path, number, block)
    except (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise UnreadableFile(file=path.name, reason=N_("the archive is damaged or cut short")) from error
    except OSError as error:
        raise UnreadableFile(file=path.name, reason=reason_of(error)) from error
    if size == 0:
        raise UnreadableFile(file=path.name, reason=N_("it is empty"))
    return FileScan(size, digest.hexdigest())


def _numbered_blocks(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Blocks that end at a line's end where possible, each with the number of its first line."""
    number, rest = 1, b""
    while chunk := stream.read(_CHUNK):
        block = rest + chunk
        end = block.rfind(b"\n") + 1
        if end:
            yield number, block[:end]
            number += block.count(b"\n", 0, end)
            rest = block[end:]
        elif len(block) > MAX_LINE:
            # Inside a line too long to be read at all: its length is reported later, its letters are not needed.
            cut = len(block) - 1
            while cut > len(block) - 4 and block[cut] & 0xC0 == 0x80:  # never between the bytes of one letter
                cut -= 1
            yield number, block[:cut]
            rest = block[cut:]
        else:
            rest = block
    if rest:
        yield number, rest


def _check_utf8(path: Path, number: int, block: bytes) -> None:
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        line = number + block.count(b"\n", 0, error.start)
        guess = from_bytes(block[max(0, error.start - 2000) : error.start + 2000]).best()
        encoding = (
            "cp1251" if guess is None or guess.encoding.startswith(("cp125", "mac_cyr")) else guess.encoding
        )
        raise UnreadableFile(
            N_(
                "The file %(file)s is not UTF-8: line %(line)s, it looks like %(encoding)s. Save it as UTF-8, for "
                "example: iconv -f %(encoding)s -t utf-8 %(file)s > new-file"
            ),
            file=path.name,
            line=line,
            encoding=encoding,
        ) from error


def lines(path: Path) -> Iterator[TextLine]:
    """The lines of a file that `scan` has passed, without blank lines; over-long lines come without text."""
    with open_content(path) as stream:
        number = position = 0
        while raw := stream.readline(MAX_LINE + 1):
            number += 1
            size = len(raw)
            while size > MAX_LINE and not raw.endswith(b"\n") and (more := stream.readline(_CHUNK)):
                size += len(more)
                raw = more
            position += size
            if size > MAX_LINE:
                yield TextLine(number, position, size, None)
                continue
            text = raw.decode("utf-8").strip().removeprefix("\ufeff")
            if text:
                yield TextLine(number, position, size, text)
