"""A disk on which the n-th write of a stored file finds no room."""

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class FullDisk:
    """The calls that write to a disk, of which the n-th finds no room."""

    def __init__(self, fails_at: int) -> None:
        self.calls, self._fails_at = 0, fails_at

    def of(self, call: Callable[..., object]) -> Callable[..., object]:
        def counted(*given: object, **named: object) -> object:
            self.calls += 1
            if self.calls == self._fails_at:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*given, **named)

        return counted


@contextmanager
def full_at(number: int) -> Iterator[FullDisk]:
    disk = FullDisk(number)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Path, "mkdir", disk.of(Path.mkdir))
        patched.setattr("tempfile.mkstemp", disk.of(tempfile.mkstemp))
        patched.setattr(os, "fdopen", disk.of(os.fdopen))
        patched.setattr(os, "fsync", disk.of(os.fsync))
        patched.setattr(Path, "replace", disk.of(Path.replace))
        yield disk
