"""The state of the index for those who watch: what waits, what was set aside, and what differed at the last look."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from matchmaker.domain.lifecycle import OutboxRowState
from matchmaker.models import IndexedDocument, IndexState
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.index import outbox


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The rows of the outbox by state, with the age in seconds of the oldest that waits (0 where none does), the suppliers set
    aside with their errors, and whether documents were built with the present taxonomy.

    `drift` suppliers differed when database and index were last compared, at `checked_at`; `drift_found` is the number that
    the last look that found any had to mend, at `drift_found_at`.
    """

    waiting: int
    taken: int
    dead: int
    oldest_seconds: float
    set_aside: Mapping[str, str]
    documents: int
    current: bool
    drift: int = 0
    checked_at: datetime | None = None
    drift_found: int = 0
    drift_found_at: datetime | None = None


def status(sessions: Sessions, taxonomy: str) -> IndexStatus:
    """The state of the index, from the database alone; `taxonomy` is the present version."""
    with sessions() as session:
        counts = outbox.counts(session)
        oldest = outbox.oldest(session)
        kept = session.scalar(select(func.count()).where(IndexedDocument.body.is_not(None))) or 0
        state = session.get(IndexState, 1) or IndexState(id=1, stamp=0, drift=0, drift_found=0)
        return IndexStatus(
            counts.get(OutboxRowState.WAITING, 0),
            counts.get(OutboxRowState.TAKEN, 0),
            counts.get(OutboxRowState.DEAD, 0),
            max((now() - oldest).total_seconds(), 0.0) if oldest else 0.0,
            outbox.set_aside(session),
            kept,
            state.taxonomy in {None, taxonomy},
            state.drift,
            state.checked_at,
            state.drift_found,
            state.drift_found_at,
        )
