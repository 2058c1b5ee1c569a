"""The jobs that open strangers' files in the background, and what a waiting page asks about them.

A file is stored first, then opened by a job of the kind "files.…", so that no page waits for it. What comes of it is
the job's result or stands with the file's row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import perf_counter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from importers.readers.workbooks import SheetDoubt
from matchmaker.domain.errors import FileRefused, NotFound, UnreadableFile
from matchmaker.domain.lifecycle import JobState
from matchmaker.models import Job, User
from matchmaker.models.base import now
from matchmaker.services.mail import jobs

LANE = "files."  # how the kinds of these jobs begin
# A person's first files are opened at once; further ones a little apart, so that other people's come in between.
AT_ONCE = 4
APART = timedelta(seconds=1)
_UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class FileJob:
    """A file that is being opened, or was: what was asked, and the result once there is one."""

    key: str
    asked: Mapping[str, Any]
    result: Mapping[str, Any] | None
    given_up: bool

    @property
    def problem(self) -> Mapping[str, Any] | None:
        """The message of a file that could not be opened, as `problem_of` writes it."""
        return (self.result or {}).get("problem")


def ask(session: Session, kind: str, user: User, **asked: object) -> str:
    """Have a file opened for a person; the key of its job. `asked` names the stored bytes as `sha256`."""
    mine = Job.arguments["by"].as_string() == user.public_id
    under_way = select(func.count()).where(Job.state.in_(_UNDER_WAY), Job.kind.startswith(LANE), mine)
    before = session.scalar(under_way) or 0
    due = now() + APART * max(0, before - AT_ONCE + 1)
    return jobs.enqueue(session, LANE + kind, {**asked, "by": user.public_id}, due).public_id


def timed(handler: jobs.Handler) -> jobs.Handler:
    """The handler with the seconds that it took in its result."""

    def work(session: Session, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        began = perf_counter()
        found = handler(session, asked)
        return {**(found or {}), "seconds": round(perf_counter() - began, 2)}

    return work


def of(session: Session, key: str, person: str) -> FileJob:
    """The own job of a person (public id). Raises NotFound."""
    job = session.scalar(select(Job).where(Job.public_id == key, Job.kind.startswith(LANE)))
    if job is None or job.arguments.get("by") != person:
        raise NotFound(what="file", key=key)
    result = job.result if job.state == JobState.DONE else None
    given_up = job.state in {JobState.FAILED, JobState.CANCELLED}
    return FileJob(key, job.arguments, result, given_up)


def left_out(doubts: Sequence[SheetDoubt]) -> list[dict[str, Any]]:
    """What the reading of a workbook left out, as it is stored: each message with what it is about."""
    return [
        {"subject": one.subject, "message": one.problem.message, "params": dict(one.problem.params)}
        for one in doubts
    ]


def problem_of(error: FileRefused | UnreadableFile) -> dict[str, Any]:
    """The message of a refused file, as it is stored."""
    return {
        "code": error.code,
        "message": error.template,
        "params": {name: str(value) for name, value in error.params.items()},
    }
