"""The heap of the process, kept in one piece, so that what is free is used again, and given back where it is not."""

import ctypes
import gc
import platform

# Of mallopt(3).
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_LARGE = 1 << 20  # bytes
_SPARE = 16 << 20


def in_one_piece() -> None:
    """Let all threads share one arena of glibc, give large arrays memory of their own, which goes back to the system with
    them, and give back what is free after every walk over all garbage; call it before there are threads.

    By default every thread gets an arena, up to eight a core, and what it has freed waits for it: a process that works
    in short turns of many threads comes to hold several times what it uses. Since the interpreter's lock lets one thread
    at a time ask for memory, they hardly wait for each other. Other C libraries have no arenas.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    glibc = ctypes.CDLL(None)
    for name, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, _LARGE), (_TRIM_THRESHOLD, _SPARE)):
        glibc.mallopt(name, value)
    if _give_back not in gc.callbacks:
        gc.callbacks.append(_give_back)


def _give_back(phase: str, walk: dict[str, int]) -> None:
    """Give back the empty pages between those in use. The interpreter's lock is kept: see matchmaker.collector."""
    if phase == "stop" and walk["generation"] == 2:
        ctypes.PyDLL(None).malloc_trim(0)
