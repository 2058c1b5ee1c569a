"""The index folder: locks between processes, and files that are replaced in one step."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from matchmaker.domain.errors import EngineUnavailable


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def replace(path: Path, content: str) -> None:
    """Write a file so that it is there wholly or not at all, even after a loss of power; a folder in its place goes."""
    with replacing(path) as stream:
        stream.write(content.encode())


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content is the file's once it is written without an error; nothing of it stays after one."""
    if path.is_dir():
        remove(path)
    partial = path.with_suffix(".partial")
    try:
        with partial.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def remove(path: Path) -> None:
    """Remove whatever stands there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def locked(path: Path, patience: float) -> Iterator[None]:
    """Hold a file's lock, which ends with the process that holds it: a file that a dead one left locks nobody out.

    Raises EngineUnavailable where another has held it for so many seconds.
    """
    until = time.monotonic() + patience
    with path.open("a") as stream:
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > until:
                    raise EngineUnavailable from error
                time.sleep(0.02)
        yield
