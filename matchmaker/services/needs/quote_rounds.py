"""The round of quotes of a need: its deadline, whether its quotes are sealed, and what its contractor is told meanwhile."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import AWAITING_OUTCOME, MatchState
from matchmaker.models import Match, Need
from matchmaker.models.base import now


def clock(session: Session) -> datetime:
    """The database's time, which decides about deadlines; an SQLite file has the time of this machine."""
    if session.get_bind().dialect.name == "postgresql":
        found = session.scalar(select(func.clock_timestamp()))
        assert isinstance(found, datetime)
        return found.astimezone(UTC)
    return now()


def sealed(session: Session, need: Need) -> bool:
    """Whether only their authors may read the need's quotes yet."""
    return need.quotes_sealed and need.quotes_until is not None and clock(session) < need.quotes_until


def is_over(session: Session, need: Need) -> bool:
    """Whether the deadline of quotes has passed."""
    return need.quotes_until is not None and clock(session) >= need.quotes_until


def told_state(match: Match, *, sealed: bool) -> MatchState:
    """The state of a supplier as the contractor is told it: under seal nothing says who has quoted."""
    return MatchState.INVITED if sealed and match.state in AWAITING_OUTCOME else match.state
