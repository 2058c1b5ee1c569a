"""The first look at a file: its kind, and the way to read it."""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from importers import list_rows, lists
from importers.certificates import CertificateReader
from importers.lists import ListFile, ListLimits, ListSheet
from importers.readers import archives, exchange, lines, tables, workbooks
from importers.registers import formats
from importers.registers.record_format import RecordFormat
from importers.rows import FileRow
from importers.sources import Source, recognised, source_of
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.resources import folder, read_yaml
from matchmaker.sandbox import child_process

NO_KIND = N_("%(file)s is none of: XLSX, XLSM, XLS, ODS, CSV, TSV, TXT, XML, JSON, JSONL, ZIP.")
# How files begin that hold no lines of text: PDF, archives and workbooks, older workbooks, RTF, pictures.
_NO_TEXTS = (
    b"%PDF",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"Rar!",
    b"7z\xbc\xaf",
)
_LONGEST_SIGN = 8
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
    """A readable file: its size in bytes where its rows know their place, its hash, and the way to read it."""

    path: Path
    source: Source | None
    size: int | None
    digest: str

    @property
    def source_name(self) -> str:
        return self.source.name if self.source else EXCHANGE

    def rows(self) -> Iterator[FileRow]:
        return tables.read(self.path, self.source) if self.source else exchange.read(self.path)


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A file of a register or a portal, or an archive of such files."""

    path: Path
    form: RecordFormat
    size: int
    digest: str

    @property
    def source_name(self) -> str:
        return self.form.name

    def rows(self) -> Iterator[FileRow]:
        return formats.read(self.path, self.form)


@dataclass(frozen=True, slots=True)
class ListPlan:
    """A list whose columns are known, before somebody reads its certificates; its rows tell the share of the file that is read."""

    path: Path
    name: str
    kind: list_rows.Kind
    sheet: ListSheet
    digest: str
    size: int
    limits: ListLimits = lists.USUAL

    def readable(self, papers: CertificateReader) -> ListFile:
        return ListFile(self.path, self.name, self.kind, self.sheet, self.digest, papers, self.limits)


AnyPlan = ImportPlan | RegisterFile | ListPlan


def known_sources() -> tuple[Source, ...]:
    """The descriptions of config/sources."""
    found = sorted((folder("config") / "sources").glob("*.yaml"))
    return tuple(source_of(read_yaml(path)) for path in found)


def any_plan(
    path: Path,
    sources: Sequence[Source],
    wanted: str | None = None,
    kind: list_rows.Kind = "supplier",
    *,
    sheet: str = "",
    head: int | None = None,
    together: bool = False,
    limits: ListLimits = lists.USUAL,
) -> AnyPlan:
    """The way to read a file of any kind that is taken: a register, a known source, the exchange format, else a list of a
    `kind` within the limits, from the `sheet` and the row of the `head` that a person has chosen, with the sheets of the same
    columns too, if `together`. Raises UnreadableFile, FileRefused.
    """
    if wanted is not None:
        return plan(path, sources, wanted)
    if register := _register(path):
        return register
    name = archives.inner_name(path)
    if not name.casefold().endswith(lists.SUFFIXES):
        return plan(path, sources)
    known = _known(path, sources) if name.casefold().endswith(".csv") else None
    if known:
        return known
    content = lists.content_of(path, limits)
    found = lists.sheet(name, content, kind, chosen=sheet, first=head, together=together, limits=limits)
    return ListPlan(path, name, kind, found, _digest(path), path.stat().st_size, limits)


def of_records(path: Path, sources: Sequence[Source]) -> ImportPlan | RegisterFile:
    """The way to read a file whose records need no columns named: a register, a known source or the exchange format.

    Raises UnreadableFile.
    """
    return _register(path) or plan(path, sources)


def _register(path: Path) -> RegisterFile | None:
    """A file of a register that is read. Raises UnreadableFile for a form that is not, and for a file that is not there."""
    try:
        form = formats.recognised(path)
    except OSError as error:
        raise UnreadableFile(file=path.name, reason=archives.reason_of(error)) from error
    return RegisterFile(path, form, path.stat().st_size, _digest(path)) if form else None


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _demand_text(path: Path) -> None:
    """Raise UnreadableFile for a file that is surely no lines of text, whatever its name says."""
    with archives.open_content(path) as stream:
        try:
            first = stream.read(_LONGEST_SIGN)
        except (OSError, EOFError, zlib.error):  # told by the reader of lines
            return
    if first.startswith(_NO_TEXTS):
        raise UnreadableFile(NO_KIND, file=archives.inner_name(path))


def plan(path: Path, sources: Sequence[Source], wanted: str | None = None) -> ImportPlan:
    """The way to read a file: a table of a known source, else the exchange format. Raises UnreadableFile."""
    _demand_text(path)
    scan = lines.scan(path)
    if wanted is not None:
        source = next((item for item in sources if item.name == wanted), None)
        if source is None:
            known = ", ".join(item.name for item in sources)
            message = N_("There is no source “%(source)s”; there are: %(known)s.")
            raise UnreadableFile(message, source=wanted, known=known)
        return ImportPlan(path, source, None, scan.digest)
    header = tables.header_of(path)
    found = recognised(iter(sources), header[1]) if header else None
    if found is None and header is not None and "kind" not in header[1]:
        shown = ", ".join(sorted(header[1])[:20])
        message = N_(
            "No source description fits the columns of %(file)s: %(columns)s. Describe it in config/sources, "
            "or name one with --source."
        )
        raise UnreadableFile(message, file=path.name, columns=shown)
    return ImportPlan(path, found, None if found else scan.size, scan.digest)


@dataclass(frozen=True, slots=True)
class FileLook:
    """The first look at a file of the site: its source, its hash, and the columns of a list, as they are stored."""

    source: str
    digest: str
    sheet: dict[str, Any] | None = None


def look(path: Path, kind: list_rows.Kind, chosen: ListSheet | None, limits: ListLimits) -> FileLook:
    """The first look at a file, or at the table that a person has `chosen`, a list within the limits, taken in the child.

    Raises UnreadableFile, FileRefused.
    """
    table = (chosen.name, str(chosen.head), str(int(chosen.together))) if chosen else ("", "0", "0")
    asked = path, kind, *table, str(limits.bytes), str(limits.rows)
    return FileLook(
        **child_process.run(_look, *asked, effort=workbooks.effort_for(limits.rows, path.stat().st_size))
    )


def _look(path: str, kind: list_rows.Kind, sheet: str, head: str, together: str, *limits: str) -> FileLook:
    """The task of the child: a register, the exchange format or a known source, else a list."""
    found = any_plan(
        Path(path),
        known_sources(),
        kind=kind,
        sheet=sheet,
        head=int(head) or None,
        together=together == "1",
        limits=ListLimits(*map(int, limits)),
    )
    if isinstance(found, ListPlan):
        return FileLook(lists.SOURCE, found.digest, asdict(found.sheet))
    return FileLook(found.source_name, found.digest)


def _known(path: Path, sources: Sequence[Source]) -> ImportPlan | None:
    """A table of a known source."""
    try:
        found = plan(path, sources)
    except UnreadableFile:
        return None
    return found if found.source is not None else None
