"""The small files of the data folder that are written once for all processes: the key, the identity."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def keep(path: Path, text: str) -> str:
    """The text of the file; where there is none, it is written whole, for its owner alone, by the first that comes."""
    if not path.exists():
        with _written(path, text) as made:
            _publish(made, path)
    return read(path) or ""


def change(path: Path, text: str) -> None:
    """Give the file another text at one stroke."""
    with _written(path, text) as made:
        made.replace(path)


@contextmanager
def _written(path: Path, text: str) -> Iterator[Path]:
    """A file with the text beside the path, on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _publish(written: Path, path: Path) -> None:
    """Give the file its name, unless another process was first."""
    try:
        with suppress(FileExistsError):
            os.link(written, path)
    except OSError:  # a file system without links
        written.replace(path)


def read(path: Path) -> str | None:
    """The text of the file; None where there is none."""
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        return None
