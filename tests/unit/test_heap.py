"""The heap: threads share it, and what they have freed serves the next one."""

import platform
import re
import subprocess
import sys

import pytest

# Threads that hold memory at the same time, which is what makes glibc give each an arena of its own.
_THREADS = """
import ctypes, sys, threading
from matchmaker import heap
{settled}
together = threading.Barrier(6)
def hold():
    held = [bytearray(4_000) for _ in range(50)]
    together.wait()
    del held
threads = [threading.Thread(target=hold) for _ in range(5)]
for one in threads: one.start()
together.wait()
for one in threads: one.join()
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


# Much is freed between what stays.
_HOLES = """
import gc, re
from matchmaker import heap
{settled}
def own():
    return int(re.search(r"Anonymous: +(\\d+) kB", open("/proc/self/smaps_rollup").read())[1])
before = own()
held = [bytearray(10_000) for _ in range(4_000)]
full = own()
held = held[::40]
gc.collect()
print(full - before, own() - before)
"""
_glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries have other heaps")


def _told(program: str, settled: str) -> str:
    words = [sys.executable, "-c", program.format(settled=settled)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@_glibc
def test_all_threads_share_one_arena() -> None:
    def arenas(settled: str) -> int:
        return len(re.findall("<heap nr=", _told(_THREADS, settled)))

    assert arenas("") > 1
    assert arenas("heap.in_one_piece()") == 1


@_glibc
def test_what_is_free_between_what_is_used_goes_back() -> None:
    def left(settled: str) -> float:
        full, after = map(int, _told(_HOLES, settled).split())
        return after / full

    assert left("") > 0.9
    assert left("heap.in_one_piece()") < 0.2


def test_another_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from matchmaker import heap

    monkeypatch.setattr(heap.platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr(heap.ctypes, "CDLL", lambda _name: pytest.fail("another library was asked"))
    heap.in_one_piece()
