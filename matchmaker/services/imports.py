"""Importing a file.

Every line is saved whole or not at all, the same file twice changes nothing, and a run that was interrupted goes on
where it stopped.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from importers import mapping
from importers.readers import exchange, lines, tables
from importers.rows import Row
from matchmaker.domain.errors import Problem, StaleRevision, UnreadableFile
from matchmaker.domain.language import N_
from matchmaker.domain.records import AnyRecord, NeedRecord, OutcomeRecord, SupplierRecord
from matchmaker.models import Centre, ImportBatch, ImportRow
from matchmaker.models.database import Sessions
from matchmaker.resources import folder, read_yaml
from matchmaker.services import needs, outcomes, suppliers
from matchmaker.services.profile_rows import Resolver

CHUNK = 500
MAX_KEPT_PROBLEMS = 10_000  # lines with a remark that a report keeps; counts stay exact beyond it


@dataclass(frozen=True, slots=True)
class LineReport:
    """What became of a line: new, changed, same or refused, with its problems or the terms nobody knows."""

    line: int
    kind: str
    id: str
    outcome: str
    problems: tuple[Problem, ...] = ()
    unknown_terms: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """As JSON-ready data, messages filled in."""
        shown = [{"key": p.path, "code": p.code, "value": p.value, "message": str(p)} for p in self.problems]
        return {**asdict(self), "problems": shown}

    def kept(self) -> list[dict[str, Any]]:
        """What there is to say of the line, as it is stored: templates with their parameters, for either language."""
        said = [
            {
                "key": p.path,
                "code": p.code,
                "value": p.value,
                "message": p.message,
                "params": _plain(p.params),
            }
            for p in self.problems
        ]
        if self.unknown_terms:
            known = {"key": "", "code": "term.unknown", "message": UNKNOWN_TERMS, "params": {}}
            said.append({**known, "value": "; ".join(self.unknown_terms)[:300]})
        return said


def _plain(params: Mapping[str, object]) -> dict[str, object]:
    return {key: value if isinstance(value, int | float) else str(value) for key, value in params.items()}


UNKNOWN_TERMS = N_("Not in the taxonomy, kept as words.")


@dataclass(slots=True)
class Report:
    """Counts by outcome, and the lines there is something to say about."""

    file: str
    source: str
    counts: Counter[str] = field(default_factory=Counter)
    remarks: list[LineReport] = field(default_factory=list)
    resumed_at: int = 0

    def add(self, line: LineReport) -> None:
        self.counts[line.outcome] += 1
        if (line.problems or line.unknown_terms) and len(self.remarks) < MAX_KEPT_PROBLEMS:
            self.remarks.append(line)

    @property
    def refused(self) -> int:
        return self.counts["refused"]


class Content(Protocol):
    """A file that can be read, whatever it is."""

    @property
    def path(self) -> Path: ...
    @property
    def digest(self) -> str: ...
    @property
    def source_name(self) -> str: ...
    def rows(self) -> Iterator[Row]: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that can be read: its size in bytes and hash, and how."""

    path: Path
    source: mapping.Source | None
    size: int
    digest: str

    @property
    def source_name(self) -> str:
        return self.source.name if self.source else "exchange"

    def rows(self) -> Iterator[Row]:
        return tables.read(self.path, self.source) if self.source else exchange.read(self.path)


@dataclass(frozen=True, slots=True)
class Target:
    """Where records go. `advance` is told how many lines more were done, and the byte reached.

    With `trace` every line that was new is kept with the batch, so that it can be undone.
    """

    sessions: Sessions
    recogniser: Resolver
    centre: str
    by: str
    keep_twins: bool = False
    dry_run: bool = False
    trace: bool = False
    advance: Callable[[int, int], None] = lambda _lines, _position: None


def known_sources() -> tuple[mapping.Source, ...]:
    """The descriptions of config/sources."""
    found = sorted((folder("config") / "sources").glob("*.yaml"))
    return tuple(mapping.source_of(read_yaml(path)) for path in found)


def plan(path: Path, sources: Sequence[mapping.Source], wanted: str | None = None) -> Plan:
    """Look at a file and decide how to read it: a table of a known source, else the exchange format. Raises UnreadableFile."""
    scan = lines.scan(path)
    if wanted is not None:
        source = next((item for item in sources if item.name == wanted), None)
        if source is None:
            known = ", ".join(item.name for item in sources)
            message = N_("There is no source “%(source)s”; there are: %(known)s.")
            raise UnreadableFile(message, source=wanted, known=known)
        return Plan(path, source, scan.size, scan.digest)
    header = tables.header_of(path)
    found = mapping.recognised(iter(sources), header[1]) if header else None
    if found is None and header is not None and "kind" not in header[1]:
        shown = ", ".join(sorted(header[1])[:20])
        message = N_(
            "No source description fits the columns of %(file)s: %(columns)s. Describe it in config/sources, "
            "or name one with --source."
        )
        raise UnreadableFile(message, file=path.name, columns=shown)
    return Plan(path, found, scan.size, scan.digest)


def run(chosen: Content, target: Target) -> Report:
    """Import the file: suppliers and needs first, then the outcomes between them, wherever these stand in the file."""
    report = Report(chosen.path.name, chosen.source_name)
    batch = None if target.dry_run else _open_batch(chosen, target)
    report.resumed_at = batch.next_line if batch and batch.next_line > 1 else 0
    outcomes_seen = False
    for rows in _chunked(chosen.rows()):
        done = [row for row in rows if row.number < report.resumed_at]
        fresh = rows[len(done) :]
        outcomes_seen = outcomes_seen or any(isinstance(row.record, OutcomeRecord) for row in rows)
        _take(fresh, target, report, batch)
        target.advance(len(rows), rows[-1].position)
    if outcomes_seen:
        for rows in _chunked(row for row in chosen.rows() if isinstance(row.record, OutcomeRecord)):
            _take_outcomes(rows, target, report)
    _close_batch(batch, target, report)
    return report


def _chunked(rows: Iterable[Row]) -> Iterator[list[Row]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _open_batch(chosen: Content, target: Target) -> ImportBatch:
    """The unfinished run of the same file, or a new one."""
    with target.sessions.begin() as session:
        centre = needs.centre_of(session, target.centre)
        found = session.scalar(
            select(ImportBatch)
            .where(ImportBatch.centre_id == centre.id, ImportBatch.sha256 == chosen.digest)
            .where(ImportBatch.state == "running", ImportBatch.source == chosen.source_name)
            .order_by(ImportBatch.id.desc())
        )
        batch = found or ImportBatch(
            centre_id=centre.id,
            source=chosen.source_name,
            file_name=chosen.path.name[:300],
            sha256=chosen.digest,
            state="running",
            next_line=1,
            counts={},
        )
        session.add(batch)
    return batch


def _close_batch(batch: ImportBatch | None, target: Target, report: Report) -> None:
    if batch is None:
        return
    with target.sessions.begin() as session:
        stored = session.get_one(ImportBatch, batch.id)
        stored.state, stored.counts = "done", dict(report.counts)


def _take(rows: Sequence[Row], target: Target, report: Report, batch: ImportBatch | None) -> None:
    """Save a chunk in one transaction, with the mark up to which the file is done.

    Where the database refuses the chunk, it is taken line by line.
    """
    if not rows:
        return
    try:
        _take_together(rows, target, report, batch)
    except (DBAPIError, StaleRevision):
        if len(rows) == 1:
            message = N_("The database refuses this record; check unusual characters and very large numbers.")
            refused = _report(rows[0], "refused", (Problem("record", "database.refused", message),))
            _keep(report, batch, target, [refused], rows[0].number + 1)
            return
        for row in rows:
            _take([row], target, report, batch)


def _take_together(rows: Sequence[Row], target: Target, report: Report, batch: ImportBatch | None) -> None:
    unknown = _UnknownTerms(target.recogniser)
    with target.sessions.begin() as session:
        centre = needs.centre_of(session, target.centre)
        statuses = _save(
            session, centre, [row.record for row in rows if row.record is not None], target, report.source
        )
        reports = [
            _report(row, _outcome(row, statuses), row.problems, unknown.of(row.record))
            for row in rows
            if not isinstance(row.record, OutcomeRecord)
        ]
        if target.dry_run:
            session.rollback()
        elif batch is not None:
            _mark(session, batch, reports, rows[-1].number + 1, trace=target.trace)
    for line in reports:
        report.add(line)


def _outcome(row: Row, statuses: Mapping[tuple[str, str], str]) -> str:
    return statuses[_key(row.record)] if row.record is not None else "refused"


def _key(record: AnyRecord) -> tuple[str, str]:
    return record.kind, record.need if isinstance(record, OutcomeRecord) else record.id


def _save(
    session: Session, centre: Centre, records: Sequence[AnyRecord], target: Target, source: str
) -> dict[tuple[str, str], str]:
    """Save suppliers and needs; the status of each by kind and id."""
    firms = [record for record in records if isinstance(record, SupplierRecord)]
    wanted = [record for record in records if isinstance(record, NeedRecord)]
    saved = suppliers.save_many(
        session,
        firms,
        target.recogniser,
        centre=centre,
        source=source,
        by=target.by,
        keep_twins=target.keep_twins,
    )
    posted = needs.save_many(session, wanted, target.recogniser, centre=centre, source=source, by=target.by)
    statuses: dict[tuple[str, str], str] = {("supplier", item.id): item.status for item in saved}
    return statuses | {("need", item.id): item.status for item in posted}


def _take_outcomes(rows: Sequence[Row], target: Target, report: Report) -> None:
    records = [row.record for row in rows if isinstance(row.record, OutcomeRecord)]
    with target.sessions.begin() as session:
        centre = needs.centre_of(session, target.centre)
        answers = outcomes.save_many(session, records, centre=centre, source=report.source, by=target.by)
        if target.dry_run:
            session.rollback()
    for row, answer in zip(rows, answers, strict=True):
        report.add(_report(row, "refused" if answer.problems else answer.status, answer.problems))


def _report(
    row: Row, outcome: str, problems: tuple[Problem, ...] = (), unknown: tuple[str, ...] = ()
) -> LineReport:
    record = row.record
    kind = record.kind if record is not None else ""
    key = (
        ""
        if record is None
        else (f"{record.need} {record.supplier}" if isinstance(record, OutcomeRecord) else record.id)
    )
    return LineReport(row.number, kind, key, outcome, problems, unknown)


def _keep(
    report: Report, batch: ImportBatch | None, target: Target, reports: Sequence[LineReport], next_line: int
) -> None:
    if batch is not None:
        with target.sessions.begin() as session:
            _mark(session, batch, reports, next_line, trace=target.trace)
    for line in reports:
        report.add(line)


def _mark(
    session: Session, batch: ImportBatch, reports: Sequence[LineReport], next_line: int, *, trace: bool
) -> None:
    session.get_one(ImportBatch, batch.id).next_line = next_line
    told = [line for line in reports if line.problems or (trace and line.outcome == "new")]
    session.add_all(stored_line(batch.id, line) for line in told)


def stored_line(batch_id: int, line: LineReport) -> ImportRow:
    """A line's report as a row of its batch."""
    return ImportRow(
        batch_id=batch_id,
        line=line.line,
        kind=line.kind or None,
        external_id=line.id[:100] or None,
        outcome=line.outcome,
        problems=line.kept() or None,
    )


class _UnknownTerms:
    """Finds the terms of a record that stand where a code is expected and mean nothing to the taxonomy."""

    def __init__(self, recogniser: Resolver) -> None:
        self._recogniser = recogniser
        self._known: dict[tuple[str, str], bool] = {}

    def of(self, record: AnyRecord | None) -> tuple[str, ...]:
        if record is None or isinstance(record, OutcomeRecord):
            return ()
        return tuple(dict.fromkeys(term for kind, term in _terms(record) if not self._knows(kind, term)))

    def _knows(self, kind: str, term: str) -> bool:
        if (kind, term) not in self._known:
            self._known[kind, term] = bool(self._recogniser.codes(kind, term))
        return self._known[kind, term]


def _terms(record: SupplierRecord | NeedRecord) -> Iterator[tuple[str, str]]:
    yield from (("sector", term) for term in record.sectors)
    if isinstance(record, NeedRecord):
        yield from (("process", term) for term in record.processes)
        yield from (("material", term) for term in record.materials)
        if record.certification:
            yield "standard", record.certification.standard
        return
    for capability in record.capabilities:
        yield "process", capability.process
        yield from (("material", term) for term in capability.materials)
    yield from (("equipment", item.type) for item in record.equipment if item.type)
    yield from (("standard", item.standard) for item in record.certificates)
