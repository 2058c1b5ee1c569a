"""The backlog of the work in the background: how many rows of each kind stand in which state."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CompoundSelect, String, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from matchmaker.models import Job, Mail, Outbox


def by_state(session: Session) -> Mapping[tuple[str, str], int]:
    """The numbers of rows by kind of work and state, in one statement."""
    tables = {"index": Outbox.state, "letters": Mail.state, "jobs": Job.state}
    every: CompoundSelect[Any] = union_all(
        # Words, since each table has states of its own.
        *(
            select(literal(kind), type_coerce(state, String), func.count()).group_by(state)
            for kind, state in tables.items()
        )
    )
    return {(kind, state): number for kind, state, number in session.execute(every)}
