"""Files of a centre that come through the site: examined, tried without saving, saved, and rolled back.

A file is stored under the id of its batch until it is no longer needed. The trial and the import are jobs, so
that no page waits for a large file; an interrupted job is taken up again and continues where it stopped.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session, joinedload

from importers import list_rows, lists
from importers.certificates import CertificateReader
from importers.lists import ListFile, ListLimits, ListSheet
from importers.sources import Source
from matchmaker.domain.errors import (
    FileRefused,
    MatchmakerError,
    MoveNotAllowed,
    NotFound,
    UnreadableFile,
    WrongFileKind,
)
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import (
    IMPORT_MOVES,
    IMPORTS_UNDER_WAY,
    ImportState,
    check_move,
)
from matchmaker.models import Centre, ImportBatch, ImportRow, User
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.sandbox import child_process
from matchmaker.services.core import blobs, journal, locks
from matchmaker.services.imports import import_mappings, import_plans, import_reports, import_runs
from matchmaker.services.imports.import_plans import FileContent
from matchmaker.services.imports.import_runs import ImportTarget
from matchmaker.services.index.index_feed import IndexFeed
from matchmaker.services.mail import jobs
from search.text import Recogniser

JOB = "import"
LARGEST = 50_000_000  # bytes
LOOKED_BACK = 50  # lists that were taken, to find one with the same columns
NOT_LOOKED_AT = "…"  # the source of a batch until its file was looked at
# Ends of file names, longest first: the exchange format, known sources and registers, then lists.
SUFFIXES = (".jsonl.gz", ".jsonl", ".json", ".xml", ".zip", *lists.SUFFIXES)


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it arrived: its present path, its name, and the kind of records in its list."""

    path: Path
    name: str
    kind: list_rows.Kind


@dataclass(frozen=True, slots=True)
class ImportWorkplace:
    """The tools of imports on the site: the stored files, the database and services that they write to, and
    the known sources. `feed` takes suppliers into the index; a list stays within `limits`.
    """

    folder: Path
    sessions: Sessions
    recogniser: Recogniser
    sources: Sequence[Source]
    today: Callable[[], date]
    feed: Callable[[], IndexFeed | None] = lambda: None
    ends: Callable[[], bool] = jobs.never
    limits: ListLimits = lists.USUAL

    @property
    def papers(self) -> CertificateReader:
        """The reader of the certificates of lists."""
        return CertificateReader(self.recogniser, self.today())


def suffix_of(name: str) -> str:
    """The end of a file's name. Raises WrongFileKind for a name of no known format."""
    found = next((end for end in SUFFIXES if name.casefold().endswith(end)), None)
    if found is None:
        raise WrongFileKind(import_plans.NO_KIND, file=name)
    return found


def receive(
    session: Session, centre: Centre, sent: UploadedFile, place: ImportWorkplace, user: User
) -> ImportBatch:
    """Take a file in and request a trial, which looks at it first. If a batch with the same bytes already waits, that one is returned.

    Raises WrongFileKind.
    """
    suffix = suffix_of(sent.name)
    with sent.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    same = select(ImportBatch).where(
        ImportBatch.centre_id == centre.id,
        ImportBatch.sha256 == digest,
        ImportBatch.state.in_(IMPORTS_UNDER_WAY),
    )
    locks.lock_row(session, centre)
    found = session.scalar(same.order_by(ImportBatch.id.desc()).limit(1))
    if found is not None:
        return found
    batch = ImportBatch(
        centre=centre,
        by=user,
        source=NOT_LOOKED_AT,
        file_name=sent.name[:300],
        sha256=digest,
        state=ImportState.CHECKING,
        counts={},
        suffix=suffix,
        kind=sent.kind,
    )
    session.add(batch)
    session.flush()
    blobs.settle(sent.path, path_of(place.folder, batch))
    jobs.enqueue(session, JOB, {"batch": batch.public_id})
    journal.note(session, user.public_id, "import.received", batch)
    return batch


def path_of(folder: Path, batch: ImportBatch) -> Path:
    """The path of a batch's file."""
    return folder / f"{batch.public_id}{batch.suffix}"


def content_of(batch: ImportBatch, place: ImportWorkplace) -> FileContent:
    """The stored file as the import reads it. Raises UnreadableFile."""
    path = path_of(place.folder, batch)
    if batch.sheet is None:
        return import_plans.of_records(path, place.sources)
    return ListFile(
        path, batch.file_name, batch.list_kind, sheet_of(batch), batch.sha256, place.papers, place.limits
    )


def sheet_of(batch: ImportBatch) -> ListSheet:
    """The columns and the kind of a list."""
    kept = batch.sheet or {"first": 1, "columns": ()}
    columns = tuple((name, meaning) for name, meaning in kept["columns"])
    names = tuple(kept.get("names", ()))
    samples = tuple(kept.get("samples", ()))
    further = tuple((name, first) for name, first in kept.get("further", ()))
    table = kept.get("name", ""), names, kept.get("head", 0), further, kept.get("together", False)
    return ListSheet(kept["first"], columns, samples, *table)


def by_key(session: Session, key: str) -> ImportBatch:
    """The batch with this public id. Raises NotFound."""
    found: ImportBatch | None = session.scalar(_whole().where(ImportBatch.public_id == key))
    if found is None:
        raise NotFound(what="import", key=key)
    return found


def _whole() -> Any:
    return select(ImportBatch).options(joinedload(ImportBatch.centre), joinedload(ImportBatch.by))


def of_centre(session: Session, centre: Centre, limit: int = 50) -> Sequence[ImportBatch]:
    """The centre's files, the newest first."""
    query = _whole().where(ImportBatch.centre_id == centre.id).order_by(ImportBatch.id.desc()).limit(limit)
    found: Sequence[ImportBatch] = session.scalars(query).all()
    return found


def remarks(
    session: Session, batch: ImportBatch, limit: int | None = None, *, only: str = "", after: int = 0
) -> Sequence[ImportRow]:
    """The lines with remarks, or `only` those of a kind that is counted; in their order, `after` a line."""
    said = ImportRow.batch_id == batch.id, ImportRow.line > after, _of_kind(only)
    return session.scalars(select(ImportRow).where(*said).order_by(ImportRow.line).limit(limit)).all()


def _of_kind(only: str) -> ColumnElement[bool]:
    if only == import_reports.DOUBTFUL:
        return ImportRow.doubtful.is_(True)
    return ImportRow.outcome == only if only else ImportRow.problems.is_not(None)


def to_correct(session: Session, batch: ImportBatch, limit: int, skipped: int = 0) -> Sequence[ImportRow]:
    """The refused and the doubtful rows of a list, with their cells as they were sent, behind as many as are skipped."""
    wrong = or_(ImportRow.outcome == "refused", ImportRow.doubtful.is_(True))
    query = select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.cells.is_not(None), wrong)
    return session.scalars(query.order_by(ImportRow.line).limit(limit).offset(skipped)).all()


def set_columns(
    session: Session,
    batch: ImportBatch,
    meanings: Sequence[str],
    user: User,
    *,
    mapping: str = "",
    unknown: Sequence[str] = (),
) -> None:
    """Give a list's columns other meanings, which a `mapping` of this name has but for the `unknown` columns, and try again.
    Raises MoveNotAllowed after the import.
    """
    _demand(batch, ImportState.CHECKING)
    before = sheet_of(batch)
    given = tuple((name, meaning) for (name, _), meaning in zip(before.columns, meanings, strict=True))
    batch.sheet = asdict(replace(before, columns=given)) | (
        {"mapping": mapping, "unknown": list(unknown)} if mapping else {}
    )
    _again(session, batch, ImportState.CHECKING, user)


def set_table(
    session: Session, batch: ImportBatch, sheet: str, head: int, user: User, *, together: bool
) -> None:
    """Look at another sheet of a list, or for the names of its columns in another row, with those of the same columns or without, and
    try again. Raises MoveNotAllowed after the import.
    """
    _demand(batch, ImportState.CHECKING)
    wanted = replace(sheet_of(batch), name=sheet, head=head, together=together)
    batch.sheet, batch.source = asdict(wanted), NOT_LOOKED_AT
    _again(session, batch, ImportState.CHECKING, user)


def start(session: Session, batch: ImportBatch, user: User) -> None:
    """Import the tried file. Raises MoveNotAllowed in any other state, also where another person has started
    it.
    """
    _demand(batch, ImportState.RUNNING)
    _again(session, batch, ImportState.RUNNING, user)


def _again(session: Session, batch: ImportBatch, state: ImportState, user: User) -> None:
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    batch.state, batch.progress, batch.next_line, batch.error, batch.counts = state, 0, 1, None, {}
    batch.pace = None
    jobs.enqueue(session, JOB, {"batch": batch.public_id})
    journal.note(session, user.public_id, f"import.{state}", batch)


def discard(session: Session, batch: ImportBatch, user: User, folder: Path) -> None:
    """Cancel a file, also while it is tried: the trial then stops. Raises MoveNotAllowed once its import was started."""
    _demand(batch, ImportState.DISCARDED)
    batch.state = ImportState.DISCARDED
    journal.note(session, user.public_id, "import.discarded", batch)
    path_of(folder, batch).unlink(missing_ok=True)


def _demand(batch: ImportBatch, target: ImportState) -> None:
    if batch.suffix is None:  # for the command line, where nothing is tried or rolled back
        raise MoveNotAllowed(state=batch.state, target=target)
    check_move(IMPORT_MOVES, batch.state, target)


def work(place: ImportWorkplace, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The job: try or import the file. A file that cannot be read gets its error with the batch and is not
    tried again.
    """
    with place.sessions() as session:
        batch = by_key(session, str(arguments["batch"]))
    if not batch.is_at_work:
        return {}
    trial, began = batch.is_trial, perf_counter()
    try:
        if trial:
            _forget_rows(batch, place)
        batch = _looked_at(batch, place)
        report = import_runs.run(content_of(batch, place), _target(batch, place, trial=trial))
    except _Cancelled:
        return {"cancelled": True, "seconds": round(perf_counter() - began, 2)}
    except (UnreadableFile, FileRefused, FileNotFoundError) as error:
        _fail(place, batch, error)
        return {"failed": True, "seconds": round(perf_counter() - began, 2)}
    with place.sessions.begin() as session:
        stored = by_key(session, batch.public_id)
        stored.counts, stored.progress, stored.pace = dict(report.counts), 100, None
        if trial and stored.is_trial:
            stored.state = ImportState.CHECKED
        elif not trial:
            stored.state = ImportState.DONE
    if not trial:
        path_of(place.folder, batch).unlink(missing_ok=True)
    return dict(report.counts)


class _Cancelled(Exception):
    """A person has cancelled the trial meanwhile."""


def _forget_rows(batch: ImportBatch, place: ImportWorkplace) -> None:
    """Let the lines go that an interrupted trial has stored."""
    with place.sessions.begin() as session:
        session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))


def _looked_at(batch: ImportBatch, place: ImportWorkplace) -> ImportBatch:
    """The batch with its source and the columns of a list, found by the first look. Raises UnreadableFile, FileRefused."""
    if batch.source != NOT_LOOKED_AT:
        return batch
    chosen = sheet_of(batch) if batch.sheet else None
    with child_process.of_person(batch.by.public_id if batch.by else ""):
        look = import_plans.look(path_of(place.folder, batch), batch.list_kind, chosen, place.limits)
    with place.sessions.begin() as session:
        stored = by_key(session, batch.public_id)
        stored.source, stored.sha256 = look.source, look.digest
        stored.sheet = _read_as_before(session, stored, look.sheet) if look.sheet else None
        stored.kind = stored.kind if look.sheet else None
    return stored


def _read_as_before(session: Session, batch: ImportBatch, sheet: dict[str, Any]) -> dict[str, Any]:
    """The sheet with the meanings of the mapping that knows its columns, and its name; else with those that its columns had in
    the last list with the same names that was taken, and that list's name: what a person has said once need not be said
    every month.
    """
    saved = import_mappings.recognised(session, batch.centre_id, batch.list_kind, sheet["columns"])
    if saved is not None:
        return {**sheet, "columns": saved.columns, "mapping": saved.name, "unknown": saved.unknown}
    names = [name for name, _ in sheet["columns"]]
    taken = select(ImportBatch).where(
        ImportBatch.centre_id == batch.centre_id,
        ImportBatch.kind == batch.kind,
        ImportBatch.sheet.is_not(None),
        ImportBatch.state == ImportState.DONE,
    )
    for before in session.scalars(taken.order_by(ImportBatch.id.desc()).limit(LOOKED_BACK)):
        meant = (before.sheet or {})["columns"]
        if [name for name, _ in meant] == names:
            return {**sheet, "columns": meant, "as_in": before.file_name}
    return sheet


def _target(batch: ImportBatch, place: ImportWorkplace, *, trial: bool) -> ImportTarget:
    done, began = 0, perf_counter()
    size = path_of(place.folder, batch).stat().st_size

    def advance(count: int, position: int) -> None:
        nonlocal done
        done += count
        # The table of a known source has no byte counts; its rows are about as long as the line of a price list.
        percent = min(99, 100 * (position or done * 200) // max(size, 1))
        pace = {"rows": done, "seconds": round(perf_counter() - began, 1)}
        changed = {"progress": percent, "pace": pace, "changed_at": now()}
        mine = update(ImportBatch).where(ImportBatch.id == batch.id, ImportBatch.state == batch.state)
        with place.sessions.begin() as session:
            if not session.execute(mine.values(changed).returning(ImportBatch.id)).all():
                raise _Cancelled
        if place.ends():
            raise jobs.WorkStopped

    by = batch.by.public_id if batch.by else "import"
    return ImportTarget(
        place.sessions,
        place.recogniser,
        batch.centre.code,
        by,
        place.today(),
        dry_run=trial,
        trace=True,
        tried=batch.id if trial else None,
        feed=None if trial else place.feed(),
        advance=advance,
        ends=place.ends,
    )


def _fail(place: ImportWorkplace, batch: ImportBatch, error: Exception) -> None:
    told: dict[str, Any] = {"message": N_("The kept file is gone; send it again."), "params": {}}
    if isinstance(error, MatchmakerError):
        params = {name: str(value) for name, value in error.params.items()}
        told = {"message": error.template, "params": {**params, "file": batch.file_name}}
    with place.sessions.begin() as session:
        stored = by_key(session, batch.public_id)
        if stored.is_at_work:
            stored.state, stored.error = ImportState.FAILED, told
