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


def _arenas(settled: str) -> int:
    told = subprocess.run(
        [sys.executable, "-c", _THREADS.format(settled=settled)], capture_output=True, text=True, check=True
    ).stdout
    return len(re.findall("<heap nr=", told))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_all_threads_share_one_arena() -> None:
    assert _arenas("") > 1
    assert _arenas("heap.in_one_piece()") == 1


def test_another_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from matchmaker import heap

    monkeypatch.setattr(heap.platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr(heap.ctypes, "CDLL", lambda _name: pytest.fail("another library was asked"))
    heap.in_one_piece()
