"""The heartbeats of the lanes of work, by which every process knows whether somebody does the work, and how well."""

import os
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select

from matchmaker.domain.lanes import Lane
from matchmaker.models import LaneBeat
from matchmaker.models.base import now
from matchmaker.models.database import Sessions

# A lane without a younger heartbeat is stopped; rows of processes that ended without a word are deleted later.
FRESH = timedelta(seconds=60)
FORGOTTEN = timedelta(minutes=10)


@dataclass(slots=True)
class LanePulse:
    """The state of a lane of this process: when it last succeeded (or began), and its failures since then, the
    last one by the name of its class.
    """

    lane: Lane
    succeeded_at: datetime = field(default_factory=now)
    failed_at: datetime | None = None
    failures: int = 0
    error: str | None = None

    def succeed(self) -> None:
        self.succeeded_at, self.failures = now(), 0

    def fail(self, error: str) -> None:
        self.failed_at, self.failures, self.error = now(), self.failures + 1, error[:100]


def process_name() -> str:
    """A name for this process that no other one has."""
    return f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}"


def beat(sessions: Sessions, process: str, pulses: Iterable[LanePulse]) -> None:
    """Write the state of a process's lanes, and delete the rows of processes that have vanished."""
    at = now()
    with sessions.begin() as session:
        session.execute(delete(LaneBeat).where(LaneBeat.beaten_at < at - FORGOTTEN))
        rows = {row.lane: row for row in session.scalars(select(LaneBeat).where(LaneBeat.process == process))}
        for pulse in pulses:
            row = rows.get(pulse.lane)
            if row is None:
                row = LaneBeat(lane=pulse.lane, process=process)
                session.add(row)
            row.beaten_at, row.succeeded_at, row.failed_at = at, pulse.succeeded_at, pulse.failed_at
            row.failures, row.error = pulse.failures, pulse.error


def end(sessions: Sessions, process: str) -> None:
    """Delete the rows of a process that ends."""
    with sessions.begin() as session:
        session.execute(delete(LaneBeat).where(LaneBeat.process == process))


def is_fresh() -> ColumnElement[bool]:
    """The condition that a lane has beaten lately."""
    return LaneBeat.beaten_at > now() - FRESH
