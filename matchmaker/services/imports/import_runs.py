"""Importing a file.

Every line is saved whole or not at all, the same file twice changes nothing, and a run that was interrupted goes on
where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from importers.rows import FileRow
from matchmaker.domain.errors import Problem, StaleRevision
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import ImportState
from matchmaker.domain.records import AnyRecord, NeedRecord, OutcomeRecord, SupplierRecord
from matchmaker.models import Centre, ImportBatch
from matchmaker.models.database import Sessions
from matchmaker.services.imports.import_plans import FileContent
from matchmaker.services.imports.import_reports import (
    ImportReport,
    LineReport,
    stored_line,
)
from matchmaker.services.imports.unknown_terms import UnknownTerms
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.profiles import suppliers
from matchmaker.services.profiles.profile_mapping import Resolver
from matchmaker.services.shortlist import outcomes

CHUNK = 500


@dataclass(frozen=True, slots=True)
class ImportTarget:
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


def run(chosen: FileContent, target: ImportTarget) -> ImportReport:
    """Import the file: suppliers and needs first, then the outcomes between them, wherever these stand in the file."""
    report = ImportReport(chosen.path.name, chosen.source_name)
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


def _chunked(rows: Iterable[FileRow]) -> Iterator[list[FileRow]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _open_batch(chosen: FileContent, target: ImportTarget) -> ImportBatch:
    """The unfinished run of the same file, or a new one."""
    with target.sessions.begin() as session:
        centre = needs.centre_of(session, target.centre)
        found = session.scalar(
            select(ImportBatch)
            .where(ImportBatch.centre_id == centre.id, ImportBatch.sha256 == chosen.digest)
            .where(ImportBatch.state == ImportState.RUNNING, ImportBatch.source == chosen.source_name)
            .order_by(ImportBatch.id.desc())
        )
        batch = found or ImportBatch(
            centre_id=centre.id,
            source=chosen.source_name,
            file_name=chosen.path.name[:300],
            sha256=chosen.digest,
            state=ImportState.RUNNING,
            next_line=1,
            counts={},
        )
        session.add(batch)
    return batch


def _close_batch(batch: ImportBatch | None, target: ImportTarget, report: ImportReport) -> None:
    if batch is None:
        return
    with target.sessions.begin() as session:
        stored = session.get_one(ImportBatch, batch.id)
        stored.state, stored.counts = ImportState.DONE, dict(report.counts)


def _take(
    rows: Sequence[FileRow], target: ImportTarget, report: ImportReport, batch: ImportBatch | None
) -> None:
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


def _take_together(
    rows: Sequence[FileRow], target: ImportTarget, report: ImportReport, batch: ImportBatch | None
) -> None:
    unknown = UnknownTerms(target.recogniser)
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


def _outcome(row: FileRow, statuses: Mapping[tuple[str, str], str]) -> str:
    return statuses[_key(row.record)] if row.record is not None else "refused"


def _key(record: AnyRecord) -> tuple[str, str]:
    return record.kind, record.need if isinstance(record, OutcomeRecord) else record.id


def _save(
    session: Session, centre: Centre, records: Sequence[AnyRecord], target: ImportTarget, source: str
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
    posted = need_bulk.save_many(
        session, wanted, target.recogniser, centre=centre, source=source, by=target.by
    )
    statuses: dict[tuple[str, str], str] = {("supplier", item.id): item.status for item in saved}
    return statuses | {("need", item.id): item.status for item in posted}


def _take_outcomes(rows: Sequence[FileRow], target: ImportTarget, report: ImportReport) -> None:
    records = [row.record for row in rows if isinstance(row.record, OutcomeRecord)]
    with target.sessions.begin() as session:
        centre = needs.centre_of(session, target.centre)
        answers = outcomes.save_many(session, records, centre=centre, source=report.source, by=target.by)
        if target.dry_run:
            session.rollback()
    for row, answer in zip(rows, answers, strict=True):
        report.add(_report(row, "refused" if answer.problems else answer.status, answer.problems))


def _report(
    row: FileRow, outcome: str, problems: tuple[Problem, ...] = (), unknown: tuple[str, ...] = ()
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
    report: ImportReport,
    batch: ImportBatch | None,
    target: ImportTarget,
    reports: Sequence[LineReport],
    next_line: int,
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
