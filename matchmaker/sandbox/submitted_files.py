"""The site's work on a file that a stranger has sent: find its kind and its facts, make copies to hand out.

Each function runs its part in the child process and raises FileRefused.
"""

from pathlib import Path
from typing import Any

from matchmaker.sandbox import child_process, file_probe, watermarks
from matchmaker.sandbox.file_probe import FileInfo


def look(path: Path, folder: Path) -> FileInfo:
    """The facts about a file; its previews are written into the folder."""
    answer = child_process.run(_look, path, folder)
    whole: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in answer.items()
    }
    return FileInfo(**whole)


def stamp(path: Path, kind: str, words: str, target: Path) -> None:
    """Write a copy marked with `words` all over."""
    child_process.run(_stamp, path, kind, words, target)


def photograph(path: Path, target: Path) -> None:
    """Write a photo as a JPEG of at most PHOTO_SIDE pixels, without the camera's notes of place and time."""
    child_process.run(_photograph, path, target)


# The functions below run in the child.


def _look(path: str, folder: str) -> FileInfo:
    return file_probe.probe(Path(path), Path(folder))


def _stamp(path: str, kind: str, words: str, target: str) -> None:
    watermarks.stamp(Path(path), kind, words, Path(target))


def _photograph(path: str, target: str) -> None:
    watermarks.photograph(Path(path), Path(target))
