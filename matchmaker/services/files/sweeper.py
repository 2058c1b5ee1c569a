"""The order on the disk: what belongs to nothing goes after a day, and a row whose file is gone raises an alarm."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import IMPORTS_UNDER_WAY, ImportState, JobState, LetterState
from matchmaker.models import ImportBatch, Job, LetterIn, StoredFile
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import blobs
from matchmaker.services.files.file_jobs import LANE

DAY = timedelta(days=1)
HASH = 64  # letters
FOLDERS = ("files", "previews", "copies", "imports")  # of the data folder
# The keys of a file's details after which nobody can open it any more.
_CLOSED = ("withdrawn", "removed")
MISSING = "missing"  # the key of its details with the time since when its bytes are not found
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SweepResult:
    """The number of files removed, and of rows whose file is not there."""

    removed: int
    missing: int


def sweep(sessions: Sessions, data: Path) -> SweepResult:
    """Remove what is older than a day and belongs to no row, and mark the rows whose files are not there."""
    before = time.time() - DAY.total_seconds()
    with sessions() as session:
        known, imports = _known(session), _imports(session)
    removed = sum(
        _remove(path, before)
        for folder in FOLDERS
        for path in _files(data / folder)
        if not _belongs(folder, path.name, known, imports)
    )
    with sessions.begin() as session:
        _forget_openings(session)
    return SweepResult(removed, _mark(sessions, data / "files"))


def sweep_daily(sessions: Sessions, data: Path) -> SweepResult | None:
    """Sweep unless that was done within a day, by this process or another one."""
    mark = data / ".swept"
    if mark.exists() and mark.stat().st_mtime > time.time() - DAY.total_seconds():
        return None
    mark.touch()
    return sweep(sessions, data)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file()) if folder.exists() else iter(())


def _known(session: Session) -> set[str]:
    """The hashes of all rows, and of the files that wait to be opened."""
    waiting = select(Job.arguments).where(
        Job.state.in_((JobState.WAITING, JobState.RUNNING)), Job.kind.startswith(LANE)
    )
    asked = {str(one.get("sha256")) for one in session.scalars(waiting)}
    letters = select(LetterIn.sha256).where(LetterIn.state == LetterState.WAITING)
    return asked | set(session.scalars(select(StoredFile.sha256).distinct())) | set(session.scalars(letters))


def _imports(session: Session) -> set[str]:
    """The names of the files of imports that still need them."""
    needed = ImportBatch.state.in_((*IMPORTS_UNDER_WAY, ImportState.FAILED))
    rows = session.execute(select(ImportBatch.public_id, ImportBatch.suffix).where(needed))
    return {f"{key}{suffix}" for key, suffix in rows}


def _belongs(folder: str, name: str, known: set[str], imports: set[str]) -> bool:
    if folder in {"files", "previews"}:
        return name[:HASH] in known
    return folder == "imports" and name in imports


def _remove(path: Path, before: float) -> bool:
    """Remove a file that is old; looked at once more, since the same bytes may have come again meanwhile."""
    try:
        if path.stat().st_mtime > before:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _forget_openings(session: Session) -> None:
    """Delete the jobs of files that were opened more than a day ago: they hold what people typed beside them."""
    over = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
    old = Job.created_at < now() - DAY
    for job in session.scalars(select(Job).where(Job.kind.startswith(LANE), Job.state.in_(over), old)):
        session.delete(job)


def _mark(sessions: Sessions, folder: Path) -> int:
    """Mark the rows whose files are gone, and unmark those whose files are back; the number of the first."""
    with sessions() as session:
        rows = session.execute(select(StoredFile.public_id, StoredFile.sha256, StoredFile.details)).all()
    opened = [row for row in rows if not any(row.details.get(key) for key in _CLOSED)]
    gone = {row.public_id for row in opened if not blobs.path_of(folder, row.sha256).exists()}
    marked = {row.public_id for row in opened if row.details.get(MISSING)}
    if changed := gone ^ marked:
        with sessions.begin() as session:
            for stored in session.scalars(select(StoredFile).where(StoredFile.public_id.in_(changed))):
                if stored.public_id in gone:
                    mark_missing(stored)
                else:
                    _unmark(stored)
    return len(gone)


def end_alarms(sessions: Sessions, data: Path) -> int:
    """Unmark the files that were put back since they were missed, without a sweep; the number of them."""
    with sessions() as session:
        query = select(StoredFile.public_id, StoredFile.sha256).where(
            StoredFile.details[MISSING].as_string().is_not(None)
        )
        back = [
            key for key, sha256 in session.execute(query) if blobs.path_of(data / "files", sha256).exists()
        ]
    if back:
        with sessions.begin() as session:
            for stored in session.scalars(select(StoredFile).where(StoredFile.public_id.in_(back))):
                _unmark(stored)
    return len(back)


def _unmark(stored: StoredFile) -> None:
    stored.details = {key: value for key, value in stored.details.items() if key != MISSING}


def mark_missing(stored: StoredFile) -> None:
    """Raise the alarm of a file whose bytes are not found."""
    _log.error("The file of %s %s is missing", stored.role, stored.public_id)
    stored.details = {**stored.details, MISSING: now().isoformat()}


def report_missing(sessions: Sessions, key: str) -> None:
    """Raise the alarm of the file with this public id, once."""
    with sessions.begin() as session:
        stored = session.scalar(select(StoredFile).where(StoredFile.public_id == key))
        if stored is not None and not stored.details.get(MISSING):
            mark_missing(stored)


def missing() -> Select[int]:
    """The query for the number of files whose bytes are not found and that somebody may still want to open."""
    marked = StoredFile.details[MISSING].as_string().is_not(None)
    closed = [StoredFile.details[key].as_string().is_not(None) for key in _CLOSED]
    return select(func.count()).select_from(StoredFile).where(marked, *(~one for one in closed))
