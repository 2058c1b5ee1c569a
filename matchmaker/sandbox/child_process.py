"""The child process that opens strangers' files, so that none of them can harm the site.

`python -m matchmaker.sandbox.child_process MODULE:FUNCTION ARGUMENT …` is that process; `run` starts it.
"""

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.language import N_

MEMORY = 2_000_000_000  # bytes of address space
SECONDS = 20  # of processor time; the wall clock gets half as much again
TOO_MUCH = N_(
    "The file takes too much time or memory to open; send a simpler one, a part of it, or another format."
)
DAMAGED = N_("The file is damaged or is not what its name says.")
# The ends of a child that went over its limits; libraries end it themselves when they get no memory.
_OVER_THE_LIMITS = {-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGABRT}


def run(task: Callable[..., Any], *arguments: str | Path, content: bytes = b"") -> Any:
    """The result of a module's function, called in a child process with its arguments as text.

    The result passes through JSON; the function reads `content` from its standard input. Raises FileRefused.
    """
    name = f"{task.__module__}:{task.__qualname__}"
    command = [sys.executable, "-m", "matchmaker.sandbox.child_process", name, *map(str, arguments)]
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the arguments are paths and words that we made
            command, input=content, capture_output=True, timeout=SECONDS * 1.5, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FileRefused(TOO_MUCH) from error
    if done.returncode in _OVER_THE_LIMITS:
        raise FileRefused(TOO_MUCH)
    # Libraries print their own remarks on a file; the answer is the last line.
    last = done.stdout.decode("utf-8", "replace").strip().rpartition("\n")[2]
    if done.returncode or not last.startswith("{"):
        raise FileRefused(DAMAGED)
    answer = json.loads(last)
    if "refused" in answer:
        raise FileRefused(answer["refused"], **answer["params"])
    return answer["value"]


# The functions below run in the child.


def main(name: str, *arguments: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    module, _, function = name.partition(":")
    task = getattr(import_module(module), function)
    try:
        answer = {"value": task(*arguments)}
    except FileRefused as error:
        answer = {"refused": error.template, "params": dict(error.params)}
    except MemoryError:
        answer = {"refused": TOO_MUCH, "params": {}}
    sys.stdout.write("\n" + json.dumps(answer, default=asdict) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
