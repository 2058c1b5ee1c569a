"""The child process that opens strangers' files, so that none of them can harm the site.

`python -m matchmaker.sandbox SECONDS MEMORY WRITTEN MODULE:FUNCTION ARGUMENT …` is that process; `run` starts it.
"""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from matchmaker.domain.errors import FileRefused, UnreadableFile
from matchmaker.domain.language import N_

MEMORY = 1_000_000_000  # bytes of address space
SECONDS = 5  # of processor time
WALL_SECONDS = 5.0  # of the clock
# A child that had less than this share of the processor until then waited for a busy machine: it gets this time so often, then
# its file is tried again.
STARVED = 0.25
MOST_WAITS = 6
MOST_WRITTEN = 200_000_000  # bytes of one file that a child writes
LONGEST_ANSWER = 30_000_000  # bytes
MOST_CHILDREN = 2  # at a time in one process of the site
MOST_OF_ONE = 1  # of them for the files of one person


@dataclass(frozen=True, slots=True)
class Effort:
    """What a task may take: seconds of processor time and about as many of the clock, bytes of address space, bytes of one file that
    it writes.
    """

    seconds: int = SECONDS
    memory: int = MEMORY
    written: int = MOST_WRITTEN


USUAL = Effort()
TOO_MUCH = N_(
    "The file takes too much time or memory to open; send a simpler one, a part of it, or another format."
)
DAMAGED = N_("The file is damaged or is not what its name says.")
# The ends of a child that went over its limits; libraries end it themselves when they get no memory.
_OVER_THE_LIMITS = {-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGXFSZ, -signal.SIGABRT}
_LOW_PRIORITY = 10  # children leave the processor to the pages
# One thread for each library: their pools take address space and gain nothing on small files.
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
_owner: ContextVar[str] = ContextVar("owner", default="")


class _Gate:
    """The places of children: MOST_CHILDREN in all, MOST_OF_ONE for one person; who finds none waits."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = Counter[str]()

    @contextmanager
    def place(self, owner: str) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: self._is_free(owner))
            self._taken[owner] += 1
        try:
            yield
        finally:
            with self._changed:
                self._taken[owner] -= 1
                self._changed.notify_all()

    def _is_free(self, owner: str) -> bool:
        return self._taken.total() < MOST_CHILDREN and (not owner or self._taken[owner] < MOST_OF_ONE)


_gate = _Gate()


@contextmanager
def of_person(key: str) -> Iterator[None]:
    """Count the children started meanwhile as this person's."""
    token = _owner.set(key)
    try:
        yield
    finally:
        _owner.reset(token)


def run(
    task: Callable[..., Any], *arguments: str | Path, content: bytes = b"", effort: Effort = USUAL
) -> Any:
    """The result of a module's function, called in a child process with its arguments as text.

    The result passes through JSON; the function reads `content` by `given`. Within a child the function is called at
    once. Raises FileRefused or UnreadableFile, and OSError where the machine has no room on the disk or no time.
    """
    if _inside.is_set():
        _contents.append(content)
        try:
            return task(*map(str, arguments))
        finally:
            _contents.pop()
    name = f"{task.__module__}:{task.__qualname__}"
    limits = map(str, (effort.seconds, effort.memory, effort.written))
    command = [sys.executable, "-m", "matchmaker.sandbox", *limits, name, *map(str, arguments)]
    with _gate.place(_owner.get()):
        code, answered = _ended(command, content, effort.seconds + WALL_SECONDS - SECONDS)
    if code in _OVER_THE_LIMITS:
        raise FileRefused(TOO_MUCH)
    if code or not answered.startswith(b"{"):
        raise FileRefused(DAMAGED)
    answer = json.loads(answered)
    if "errno" in answer:
        raise OSError(answer["errno"], os.strerror(answer["errno"]))
    if "refused" in answer:
        kind = UnreadableFile if answer.get("unreadable") else FileRefused
        raise kind(answer["refused"], **answer["params"])
    return answer["value"]


def _ended(command: Sequence[str], content: bytes, seconds: float) -> tuple[int, bytes]:
    """The exit code and the answer of a child, which is ended after so many seconds, later where the machine gave it no time."""
    with subprocess.Popen(  # noqa: S603 - our own module; the arguments are paths and words that we made
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **_ONE_THREAD},
    ) as child:
        for waited in range(1, MOST_WAITS + 1):
            try:
                answered, _ = child.communicate(content if waited == 1 else None, seconds)
            except subprocess.TimeoutExpired as error:
                if _processor_seconds(child.pid) >= STARVED * seconds * waited:
                    child.kill()
                    raise FileRefused(TOO_MUCH) from error
            else:
                return child.returncode, answered
        child.kill()
        raise TimeoutError(errno.ETIMEDOUT, "the machine was too busy to open a file")


def _processor_seconds(pid: int) -> float:
    """The processor's time that a running child has had; all of its limit where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return float(SECONDS)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# The functions below run in the child.

_inside = threading.Event()
_contents: list[bytes] = []


def given() -> bytes:
    """The content that came with the task."""
    return _contents[-1] if _contents else sys.stdin.buffer.read()


def main(effort: Effort, name: str, *arguments: str) -> None:
    _inside.set()
    os.nice(_LOW_PRIORITY)
    resource.setrlimit(resource.RLIMIT_AS, (effort.memory, effort.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (effort.seconds, effort.seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (effort.written, effort.written))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(_set_aside(sys.stdout.fileno()), "w", encoding="utf-8") as answers:
        answers.write(_answer(name, arguments))


def _set_aside(stdout: int) -> int:
    """The way to the parent; what libraries print from now on goes nowhere."""
    kept = os.dup(stdout)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stdout)
    return kept


def _answer(name: str, arguments: tuple[str, ...]) -> str:
    too_much = json.dumps({"refused": TOO_MUCH, "params": {}})
    try:
        module, _, function = name.partition(":")
        task = getattr(import_module(module), function)
        found = json.dumps({"value": task(*arguments)}, default=asdict)
    except (FileRefused, UnreadableFile) as error:
        told = {"refused": error.template, "params": dict(error.params)}
        return json.dumps({**told, "unreadable": isinstance(error, UnreadableFile)}, default=str)
    except MemoryError:
        return too_much
    except OSError as error:
        if error.errno == errno.EFBIG:
            return too_much
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        return json.dumps({"errno": error.errno})
    return found if len(found) <= LONGEST_ANSWER else too_much
