"""A wait for the n-th thing that happens in a folder, told by the kernel (inotify, Linux only)."""

import ctypes
import os
import select
import struct
import time
from pathlib import Path

_EVENT = struct.Struct("iIII")
_WATCHED = 0x002 | 0x040 | 0x080 | 0x100 | 0x200  # modified, moved from, moved to, created, deleted


class WatchedFolder:
    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._handle = libc.inotify_init()
        libc.inotify_add_watch(self._handle, os.fsencode(folder), _WATCHED)

    def wait(self, events: int, seconds: float) -> int:
        """Return as soon as so many things have happened, or after so many seconds; the number that happened."""
        until, seen = time.monotonic() + seconds, 0
        while seen < events and (left := until - time.monotonic()) > 0:
            if select.select([self._handle], [], [], left)[0]:
                seen += _count(os.read(self._handle, 65_536))
        return seen

    def close(self) -> None:
        os.close(self._handle)


def _count(block: bytes) -> int:
    count = at = 0
    while at < len(block):
        at += _EVENT.size + _EVENT.unpack_from(block, at)[3]
        count += 1
    return count
