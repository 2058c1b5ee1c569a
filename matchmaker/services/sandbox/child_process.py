"""Opening files that strangers send: in a process of its own with limits on memory and time, so that none of them can
harm the site. `python -m matchmaker.services.sandbox.child_process look|stamp|photograph|words …` is that process; the functions of these names start
it.
"""

import json
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.language import N_
from matchmaker.services.sandbox import file_probe, watermarks
from matchmaker.services.sandbox.file_probe import FileInfo

MEMORY = 2_000_000_000  # bytes of address space
SECONDS = 20  # of processor time; the wall clock gets half as much again


def look(path: Path, folder: Path) -> FileInfo:
    """Find out what a file is and make its previews. Raises FileRefused."""
    whole: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in _run("look", str(path), str(folder)).items()
    }
    return FileInfo(**whole)


def stamp(path: Path, kind: str, words: str, target: Path) -> None:
    """Write a copy marked with `words` all over. Raises FileRefused."""
    _run("stamp", str(path), kind, words, str(target))


def photograph(path: Path, target: Path) -> None:
    """Write a photo as a JPEG of at most PHOTO_SIDE pixels, without what the camera noted of place and time.

    Raises FileRefused, also for what is no photo.
    """
    _run("photograph", str(path), str(target))


def words(path: Path) -> str:
    """The text of a PDF, a line a line of the page. Raises FileRefused, also where it holds pictures only."""
    return str(_run("words", str(path))["text"])


def _run(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "matchmaker.services.sandbox.child_process", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - our own module, arguments are paths that we made
            command, capture_output=True, timeout=SECONDS * 1.5, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise FileRefused(N_("The file takes too long to open; simplify it or send a PDF.")) from error
    last = done.stdout.decode("utf-8", "replace").strip().rpartition("\n")[2]
    if done.returncode or not last.startswith("{"):
        raise FileRefused(N_("The file is damaged or is not what its name says."))
    answer: dict[str, Any] = json.loads(last)
    if "refused" in answer:
        raise FileRefused(answer["refused"], **answer.get("params", {}))
    return answer


# What follows runs in the child.


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> None:
    _limit()
    what, *rest = arguments
    try:
        if what == "look":
            answer: dict[str, Any] = asdict(file_probe.probe(Path(rest[0]), Path(rest[1])))
        elif what == "photograph":
            watermarks.photograph(Path(rest[0]), Path(rest[1]))
            answer = {"written": True}
        elif what == "words":
            answer = {"text": file_probe.words_of(Path(rest[0]))}
        else:
            watermarks.stamp(Path(rest[0]), rest[1], rest[2], Path(rest[3]))
            answer = {"written": True}
    except FileRefused as error:
        answer = {"refused": error.template, "params": dict(error.params)}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
