"""What every reader yields: one row of a file as a record, or the problems that keep it from being one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from matchmaker.domain.errors import Problem
from matchmaker.domain.records import AnyRecord


@dataclass(frozen=True, slots=True)
class FileRow:
    """Line `number` (from 1) of a file, the bytes read up to its end, and what came out of it."""

    number: int
    position: int
    record: AnyRecord | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class FileScan:
    """A first pass over a file: its size in bytes and the SHA-256 of its content."""

    size: int
    digest: str


class Reader(Protocol):
    """Yields rows in file order. Raises UnreadableFile when the file as a whole is not what it claims to be."""

    def __call__(self, path: Path) -> Iterator[FileRow]: ...
