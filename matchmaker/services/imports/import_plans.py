"""The first look at a file: its kind, and the way to read it."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from importers import lists
from importers.readers import exchange, lines, tables
from importers.rows import FileRow
from importers.sources import Source, recognised, source_of
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.resources import folder, read_yaml
from matchmaker.sandbox import child_process

EXCHANGE = "exchange"  # the source of files whose records give their lists as they shall be


class FileContent(Protocol):
    """A file that can be read, of any kind."""

    @property
    def path(self) -> Path: ...
    @property
    def digest(self) -> str: ...
    @property
    def source_name(self) -> str: ...
    def rows(self) -> Iterator[FileRow]: ...


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """A readable file: its size in bytes, its hash, and the way to read it."""

    path: Path
    source: Source | None
    size: int
    digest: str

    @property
    def source_name(self) -> str:
        return self.source.name if self.source else EXCHANGE

    def rows(self) -> Iterator[FileRow]:
        return tables.read(self.path, self.source) if self.source else exchange.read(self.path)


def known_sources() -> tuple[Source, ...]:
    """The descriptions of config/sources."""
    found = sorted((folder("config") / "sources").glob("*.yaml"))
    return tuple(source_of(read_yaml(path)) for path in found)


def plan(path: Path, sources: Sequence[Source], wanted: str | None = None) -> ImportPlan:
    """The way to read a file: a table of a known source, else the exchange format. Raises UnreadableFile."""
    scan = lines.scan(path)
    if wanted is not None:
        source = next((item for item in sources if item.name == wanted), None)
        if source is None:
            known = ", ".join(item.name for item in sources)
            message = N_("There is no source “%(source)s”; there are: %(known)s.")
            raise UnreadableFile(message, source=wanted, known=known)
        return ImportPlan(path, source, scan.size, scan.digest)
    header = tables.header_of(path)
    found = recognised(iter(sources), header[1]) if header else None
    if found is None and header is not None and "kind" not in header[1]:
        shown = ", ".join(sorted(header[1])[:20])
        message = N_(
            "No source description fits the columns of %(file)s: %(columns)s. Describe it in config/sources, "
            "or name one with --source."
        )
        raise UnreadableFile(message, file=path.name, columns=shown)
    return ImportPlan(path, found, scan.size, scan.digest)


@dataclass(frozen=True, slots=True)
class FileLook:
    """The first look at a file of the site: its source, its hash, and the columns of a list, as they are stored."""

    source: str
    digest: str
    sheet: dict[str, Any] | None = None


def look(path: Path, name: str, kind: lists.Kind) -> FileLook:
    """The first look at a file by the name it came with, taken in the child process. Raises UnreadableFile, FileRefused."""
    return FileLook(**child_process.run(_look, path, name, kind))


def _look(path: str, name: str, kind: lists.Kind) -> FileLook:
    """The task of the child: the exchange format or a known source, else a list."""
    file, sources = Path(path), known_sources()
    if not name.casefold().endswith(lists.SUFFIXES):
        found = plan(file, sources)
        return FileLook(found.source_name, found.digest)
    known = _known(file, sources) if name.casefold().endswith(".csv") else None
    if known is not None:
        return FileLook(known.source_name, known.digest)
    content = file.read_bytes()
    if len(content) > lists.MOST_BYTES:
        raise UnreadableFile(file=name, reason=N_("a list may have 20 MB; split it"))
    digest = hashlib.sha256(content).hexdigest()
    return FileLook(lists.SOURCE, digest, asdict(lists.sheet(name, content, kind)))


def _known(path: Path, sources: Sequence[Source]) -> ImportPlan | None:
    """A table of a known source."""
    try:
        found = plan(path, sources)
    except UnreadableFile:
        return None
    return found if found.source is not None else None
