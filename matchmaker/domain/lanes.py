"""The lanes of the work in the background: kinds of work that do not wait for each other."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class Lane(StrEnum):
    INDEX = "index"
    LETTERS = "letters"
    FILES = "files"
    IMPORTS = "imports"
    SCHEDULE = "schedule"
    PROGRAMS = "programs"


_LANE_OF_JOB: Mapping[str, Lane] = {
    "reset-password": Lane.LETTERS,
    "change-email": Lane.LETTERS,
    "import": Lane.IMPORTS,
    "localise": Lane.FILES,
    "timetable": Lane.FILES,  # a minute at most
}

# A lane is late where its oldest due work, or its last success, is older than this.
LATE_AFTER: Mapping[Lane, timedelta] = {
    Lane.INDEX: timedelta(minutes=5),
    Lane.LETTERS: timedelta(minutes=10),
    Lane.FILES: timedelta(minutes=5),
    Lane.IMPORTS: timedelta(hours=1),  # a list of 50 MB is one piece of work
    Lane.SCHEDULE: timedelta(minutes=30),
    Lane.PROGRAMS: timedelta(minutes=10),
}


def lane_of_job(kind: str) -> Lane | None:
    """The lane of a kind of job; a job of a kind that has none is never run."""
    return Lane.FILES if kind.startswith("files.") else _LANE_OF_JOB.get(kind)
