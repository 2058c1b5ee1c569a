"""The history of a need for its owner: every move with its author, time and reason, and every change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import NeedState
from matchmaker.models import AuditEntry, Need, User

# Acts besides moves that a reader of the history wants to see.
ACTS = (
    "need.created",
    "need.edited",
    "need.corrected",
    "need.strictness",
    "need.openness",
    "need.released",
    "quotes.deadline",
    "quotes.asked",
    "quotes.cancelled",
    "drawing.added",
    "drawing.replaced",
    "drawing.withdrawn",
    "drawing.withdrawal_undone",
    "need.award_undone",
    "need.closing_undone",
    "nda.accepted",
    "nda.withdrawn",
    "nda.withdrawal_undone",
    "nda.text_set",
    "nda.text_dropped",
    "need.removal_undone",
)
_MOVES = {f"need.{state}": str(state) for state in NeedState}


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One step of the history; `state` is the new state, "" for a step without a move; `who` is "" for the
    calendar.
    """

    at: datetime
    who: str
    action: str
    state: str = ""
    reason: str = ""
    file: str = ""


def steps(session: Session, need: Need, limit: int = 100) -> Sequence[HistoryStep]:
    """The steps of a need's history, the newest first."""
    query = (
        select(AuditEntry, User.name)
        .outerjoin(User, User.public_id == AuditEntry.actor)
        .where(AuditEntry.object_kind == "need", AuditEntry.object_id == need.public_id)
        .where(AuditEntry.action.in_([*ACTS, *_MOVES]))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    return [
        HistoryStep(
            entry.at,
            name or "",
            entry.action,
            _MOVES.get(entry.action, ""),
            str(entry.details.get("reason", "")),
            str(entry.details.get("name", "")) if entry.action.startswith("drawing.") else "",
        )
        for entry, name in session.execute(query)
    ]
