"""The backlog of the work in the background: how many rows of each kind stand in which state."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CompoundSelect, func, literal, select, union_all
from sqlalchemy.orm import Session

from matchmaker.models import Job, Mail, Outbox


def by_state(session: Session) -> Mapping[tuple[str, str], int]:
    """The numbers of rows by kind of work and state, in one statement."""
    every: CompoundSelect[Any] = union_all(
        select(literal("index"), Outbox.state, func.count()).group_by(Outbox.state),
        select(literal("letters"), Mail.state, func.count()).group_by(Mail.state),
        select(literal("jobs"), Job.state, func.count()).group_by(Job.state),
    )
    return {(row[0], str(row[1])): row[2] for row in session.execute(every)}
