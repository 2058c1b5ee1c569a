"""The import of a file.

Every line is saved whole or not at all, the same file twice changes nothing, and an interrupted run continues
where it stopped.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import TypeGuard

from sqlalchemy import select
from sqlalchemy.orm import Session

from importers import lists
from importers.places import placed
from importers.rows import FileRow
from matchmaker.domain import plausibility
from matchmaker.domain.errors import ChangeOverrun, InvalidRecord, NeedQuoted, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import ImportState
from matchmaker.domain.records import AnyRecord, NeedRecord, OutcomeRecord, SupplierRecord
from matchmaker.models import Centre, ImportBatch, ImportRow, bulk
from matchmaker.models.database import DatabaseError, Sessions
from matchmaker.models.database_trouble import trouble_of
from matchmaker.services.core.journal import OutboxTaken
from matchmaker.services.core.record_origin import RecordOrigin
from matchmaker.services.imports import import_reports
from matchmaker.services.imports.import_plans import EXCHANGE, FileContent
from matchmaker.services.imports.import_reports import (
    ImportReport,
    LineReport,
    stored_line,
)
from matchmaker.services.imports.list_firms import ListFirms
from matchmaker.services.imports.unknown_terms import UnknownTerms
from matchmaker.services.index import outbox
from matchmaker.services.index.index_feed import IndexFeed
from matchmaker.services.needs import need_bulk, needs
from matchmaker.services.needs.need_bulk import NeedSavingRules, SavedNeed
from matchmaker.services.people import register_firms
from matchmaker.services.profiles import profile_mapping, suppliers
from matchmaker.services.profiles.profile_mapping import TermCodes
from matchmaker.services.profiles.record_overlay import FieldChange
from matchmaker.services.profiles.supplier_bulk import PublishedSupplier, SavedSupplier, SavingRules
from matchmaker.services.shortlist import outcomes
from matchmaker.services.shortlist.outcomes import SavedOutcome
from search.text import Recogniser

CHUNK = 500


@dataclass(frozen=True, slots=True)
class ImportTarget:
    """The target of records. `advance` receives the number of further lines done, and the byte reached.

    With `trace` every new line is stored with the batch, so that it can be rolled back; a dry run stores what it would do
    with the batch `tried`, if there is one. Suppliers go into the index by the `feed`, without one by the outbox alone; once all
    lines are done what they have changed does, of which `indexed` receives the number, unless the worker `ends`.
    """

    sessions: Sessions
    recogniser: Recogniser
    centre: str
    by: str
    today: date
    keep_twins: bool = False
    dry_run: bool = False
    trace: bool = False
    tried: int | None = None
    feed: IndexFeed | None = None
    advance: Callable[[int, int], None] = lambda _lines, _position: None
    indexed: Callable[[int], None] | None = None
    ends: Callable[[], bool] | None = None


def run(content: FileContent, target: ImportTarget) -> ImportReport:
    """Import the file: suppliers and needs first, then the outcomes between them, wherever these stand in the
    file.
    """
    return ImportRun(content, target).whole()


def _chunked(rows: Iterable[FileRow]) -> Iterator[list[FileRow]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


class ImportRun:
    """The run of a file into the target: the report of its lines, and the batch that records its progress.

    A dry run has no batch and leaves nothing behind.
    """

    def __init__(self, content: FileContent, target: ImportTarget) -> None:
        self._content, self._target = content, target
        self._report = ImportReport(content.path.name, content.source_name)
        self._codes, self._unknown = TermCodes(target.recogniser), UnknownTerms(target.recogniser)
        self._firms = ListFirms(self._codes, remembers=target.dry_run)
        self._made = set[int]()  # the needs and suppliers that a dry run would have made, by a hash
        self._feed = None if target.dry_run else target.feed
        self._batch = None if target.dry_run else self._open_batch()
        if self._batch and self._batch.next_line > 1:
            self._report.resumed_at = self._batch.next_line
            self._report.counts.update(self._batch.counts)

    def whole(self) -> ImportReport:
        try:
            self._take_all()
        finally:
            if self._feed is not None:
                self._feed.flush()
        if self._feed is not None:  # before the batch ends: who is killed here goes on with it
            self._feed.finish(self._target.ends, self._target.indexed)
        self._close_batch()
        return self._report

    def _take_all(self) -> None:
        outcomes_seen = False
        for read in _chunked(self._content.rows()):
            rows = [_held_against(self._placed(row), self._target.today) for row in read]
            outcomes_seen = outcomes_seen or any(isinstance(row.record, OutcomeRecord) for row in rows)
            if self._target.dry_run:
                self._made |= {
                    hash((one.kind, one.id)) for one in (row.record for row in rows) if _has_id(one)
                }
            self._take([row for row in rows if row.number >= self._report.resumed_at])
            self._target.advance(len(rows), rows[-1].position)
        if outcomes_seen:
            between = (row for row in self._content.rows() if isinstance(row.record, OutcomeRecord))
            for rows in _chunked(between):
                self._take_outcomes(rows)

    def _placed(self, row: FileRow) -> FileRow:
        """The row with the places that the address of its firm names; the exchange format says what it means."""
        if self._report.source == EXCHANGE or row.ours or not isinstance(row.record, SupplierRecord):
            return row
        return replace(row, record=placed(row.record, self._target.recogniser))

    def _open_batch(self) -> ImportBatch:
        """The unfinished run of the same file, or a new one."""
        content = self._content
        with self._target.sessions.begin() as session:
            centre = self._centre(session)
            found = session.scalar(
                select(ImportBatch)
                .where(ImportBatch.centre_id == centre.id, ImportBatch.sha256 == content.digest)
                .where(ImportBatch.state == ImportState.RUNNING, ImportBatch.source == content.source_name)
                .order_by(ImportBatch.id.desc())
            )
            batch = found or ImportBatch(
                centre_id=centre.id,
                source=content.source_name,
                file_name=content.path.name[:300],
                sha256=content.digest,
                state=ImportState.RUNNING,
                next_line=1,
                counts={},
            )
            session.add(batch)
        return batch

    def _close_batch(self) -> None:
        if self._batch is None:
            return
        with self._target.sessions.begin() as session:
            stored = session.get_one(ImportBatch, self._batch.id)
            stored.state, stored.counts = ImportState.DONE, dict(self._report.counts)

    def _centre(self, session: Session) -> Centre:
        return needs.centre_of(session, self._target.centre)

    def _take(self, rows: Sequence[FileRow]) -> None:
        """Save a chunk in one transaction, with the mark up to which the file is done.

        Where the database refuses the chunk, it is taken line by line.
        """
        if not rows:
            return
        try:
            fresh = self._take_together(rows)
        except DatabaseError as error:
            trouble = trouble_of(error)
            if trouble and (len(rows) == 1 or not isinstance(trouble, ChangeOverrun)):
                raise
            if len(rows) == 1:
                self._refuse(rows[0])
                return
            for row in rows:
                self._take([row])
        else:
            if self._feed is not None:
                self._feed.add(fresh)

    def _take_together(self, given: Sequence[FileRow]) -> list[PublishedSupplier]:
        """Save a chunk; what of it is published, with rows in the outbox under the token of the feed."""
        with self._target.sessions.begin() as session:
            rows = self._firms.settle(session, self._centre(session).id, given)
            saved = self._save(session, rows)
            lines = [
                _saved_line(row, saved.get(row.number), self._unknown)
                for row in rows
                if not isinstance(row.record, OutcomeRecord)
            ]
            if self._target.dry_run:
                session.rollback()
            else:
                self._mark(session, lines, rows[-1])
                self._keep_register(session, rows)
        self._mark_tried(lines)
        self._tell(lines)
        return [one.published for one in saved.values() if isinstance(one, SavedSupplier) and one.published]

    def _keep_register(self, session: Session, rows: Sequence[FileRow]) -> None:
        """Keep what a register says of its firms for those who type an INN."""
        if self._batch is None or self._report.source not in register_firms.REGISTERS:
            return
        firms = (row.record for row in rows if isinstance(row.record, SupplierRecord))
        told = ((firm, profile_mapping.region_code(firm, self._codes)) for firm in firms)
        register_firms.keep(session, self._batch, told)

    def _mark_tried(self, lines: Sequence[LineReport]) -> None:
        """Store what a trial would do with its lines."""
        if self._target.tried is not None:
            with self._target.sessions.begin() as session:
                self._keep(session, self._target.tried, lines)

    def _save(self, session: Session, rows: Sequence[FileRow]) -> dict[int, SavedSupplier | SavedNeed]:
        """Save suppliers and needs; the result of each row by its number."""
        target = self._target
        batch = self._batch.id if self._batch else None
        origin = RecordOrigin(self._centre(session), self._report.source, target.by, batch)
        firms = {row.number: row.record for row in rows if isinstance(row.record, SupplierRecord)}
        asked = {row.number: row.record for row in rows if isinstance(row.record, NeedRecord)}
        saved = suppliers.save_many(session, firms.values(), self._codes, origin, self._rules())
        posted = need_bulk.save_many(
            session, asked.values(), target.recogniser, origin, self._rules_of_needs(rows)
        )
        found: dict[int, SavedSupplier | SavedNeed] = dict(zip(asked, posted, strict=True))
        return found | dict(zip(firms, saved, strict=True))

    def _rules(self) -> SavingRules:
        target, feed = self._target, self._feed
        return SavingRules(
            keep_twins=target.keep_twins,
            adding=self._report.source != EXCHANGE,
            kept=target.trace and not target.dry_run,
            taken=OutboxTaken(feed.token, outbox.LEASE) if feed is not None else None,
        )

    def _rules_of_needs(self, rows: Sequence[FileRow]) -> NeedSavingRules:
        """An office's list adds its words, unless an export has written the row."""
        is_list = self._report.source == lists.SOURCE
        adding = {row.record.id for row in rows if is_list and not row.ours and _has_id(row.record)}
        return NeedSavingRules(adding, kept=self._target.trace and not self._target.dry_run)

    def _take_outcomes(self, rows: Sequence[FileRow]) -> None:
        records = [row.record for row in rows if isinstance(row.record, OutcomeRecord)]
        with self._target.sessions.begin() as session:
            centre, source = self._centre(session), self._report.source
            answers = outcomes.save_many(session, records, RecordOrigin(centre, source, self._target.by))
            if self._target.dry_run:
                session.rollback()
        self._tell(self._outcome_line(row, answer) for row, answer in zip(rows, answers, strict=True))

    def _outcome_line(self, row: FileRow, answer: SavedOutcome) -> LineReport:
        """The report of a decision; in a dry run, what the file itself brings counts as known."""
        named = {f"{kind}.unknown": hash((kind, getattr(row.record, kind))) for kind in ("need", "supplier")}
        unknown = tuple(one for one in answer.problems if named.get(one.code) not in self._made)
        if not unknown:
            return _line(row, "new" if answer.problems else answer.status)
        return _line(row, "left_out" if row.if_known else "refused", unknown)

    def _refuse(self, row: FileRow) -> None:
        """Record a line that the database refuses."""
        message = N_("The database refuses this record; check unusual characters and very large numbers.")
        refused = _line(row, "refused", (Problem("record", "database.refused", message),))
        if self._batch is not None:
            with self._target.sessions.begin() as session:
                self._mark(session, [refused], row)
        self._mark_tried([refused])
        self._tell([refused])

    def _mark(self, session: Session, lines: Sequence[LineReport], last: FileRow) -> None:
        """Record with the batch the row up to which the file is done, the counts, and the lines to be looked at."""
        if self._batch is None:
            return
        stored = session.get_one(ImportBatch, self._batch.id)
        stored.next_line, stored.counts = last.number + 1, dict(self._report.counts_with(lines))
        self._keep(session, self._batch.id, lines)

    def _keep(self, session: Session, batch: int, lines: Sequence[LineReport]) -> None:
        kept = (
            stored_line(batch, line)
            for line in lines
            if line.problems or line.changes or (self._target.trace and line.outcome in {"new", "changed"})
        )
        bulk.add(session, ImportRow, list(kept))

    def _tell(self, lines: Iterable[LineReport]) -> None:
        for line in lines:
            self._report.add(line)


# What becomes of a line that was not taken, the key that it is about, and why.
_NOT_TAKEN = {
    "busy": (
        "left_out",
        "record",
        "profile.busy",
        N_("Changes of this firm wait for the centre, so this row was not taken. Send the list again once they are settled."),
    ),
    "quoted": ("left_out", "record", NeedQuoted.code, NeedQuoted.message),
    "older": (
        "refused",
        "updated",
        "older.source",
        N_("What is stored is newer than this day: to take the row all the same, leave its day out."),
    ),
}  # fmt: skip
_STAYS = N_(
    "A person has said on the site: %(gone)s. It stays; the file says: %(come)s. Change it on the need's page."
)


def _has_id(record: AnyRecord | None) -> TypeGuard[SupplierRecord | NeedRecord]:
    return isinstance(record, SupplierRecord | NeedRecord)


def _held_against(row: FileRow, today: date) -> FileRow:
    """The row without a record that cannot be true on this day. A need may be old, so that its past days are a remark."""
    record = row.record
    if isinstance(record, NeedRecord):
        return replace(row, problems=(*row.problems, *plausibility.remarks_on_need(record, today)))
    if isinstance(record, SupplierRecord):
        try:
            plausibility.demand_supplier(record, today)
        except InvalidRecord as error:
            return replace(row, record=None, problems=(*row.problems, *error.problems))
    return row


def _saved_line(row: FileRow, saved: SavedSupplier | SavedNeed | None, unknown: UnknownTerms) -> LineReport:
    """The report of a row of suppliers or needs; one that is older than what is stored was not taken."""
    if saved is None:
        outcome = "left_out" if row.left_out else "refused"
        return _line(row, outcome, row.problems, unknown.of(row.record))
    outcome, problems = saved.status, row.problems
    if isinstance(saved, SavedNeed):
        problems = (*problems, *saved.problems, *map(_staying, saved.stays))
    if outcome in _NOT_TAKEN:
        told, path, code, message = _NOT_TAKEN[outcome]
        day = str(getattr(row.record, "updated", None) or "") if outcome == "older" else ""
        return _line(row, told, (*problems, Problem(path, code, message, day)))
    if outcome == "impossible":
        return _line(row, "refused", problems)
    line = _line(row, outcome, problems, unknown.of(row.record))
    return replace(line, changes=saved.changes, rows=saved.rows)


def _staying(change: FieldChange) -> Problem:
    """What a person has said of a need and a file says otherwise."""
    params = {"gone": import_reports.cut(change.gone), "come": import_reports.cut(change.come)}
    return Problem(change.field, "need.person", _STAYS, params["come"], params)


def _line(
    row: FileRow, outcome: str, problems: tuple[Problem, ...] = (), unknown: tuple[str, ...] = ()
) -> LineReport:
    record = row.record
    if record is None:
        return LineReport(row.number, "", "", outcome, problems, unknown, cells=row.cells)
    key = f"{record.need} {record.supplier}" if isinstance(record, OutcomeRecord) else record.id
    subject = _subject(record)
    return LineReport(
        row.number, record.kind, key, outcome, problems, unknown, subject=subject, cells=row.cells
    )


def _subject(record: AnyRecord) -> str:
    """The name of what a record is about."""
    if isinstance(record, SupplierRecord):
        return record.name.ru or record.name.en or ""
    return record.title or "" if isinstance(record, NeedRecord) else ""
