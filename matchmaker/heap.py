"""The heap of the process, kept in one piece, so that what is free is used again."""

import ctypes
import platform

# Of mallopt(3).
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGE = 1 << 20  # bytes
_SPARE = 16 << 20


def in_one_piece() -> None:
    """Let all threads share one arena of glibc, and large arrays have memory of their own, which goes back to the system
    with them; call it before there are threads.

    By default every thread gets an arena, up to eight a core, and what it has freed waits for it: a process that works
    in short turns of many threads comes to hold several times what it uses. Since the interpreter's lock lets one thread
    at a time ask for memory, they hardly wait for each other. Other C libraries have no arenas.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    glibc = ctypes.CDLL(None)
    for name, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _SPARE)):
        glibc.mallopt(name, value)
