"""The small files of the data folder that are written once for all processes: the key, the identity."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def keep(path: Path, text: str) -> str:
    """The text of the file; where there is none, it is written whole, for its owner alone, by the first that comes."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            _publish(Path(name), path)
        finally:
            Path(name).unlink(missing_ok=True)
    return read(path) or ""


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
