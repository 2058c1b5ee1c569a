"""The act under way in a session that its author may take back: what it posts and has indexed is kept with it."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

_KEY, _LAST = "undoable", "undoable.last"


@dataclass(slots=True)
class Undoable:
    """An act under way: its key, until when it can be taken back, the letters that it posts and the profiles that it
    has indexed.
    """

    key: str
    until: datetime
    letters: list[str] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)


def under_way(session: Session) -> Undoable | None:
    """The act under way in this session; its letters wait until it can no longer be taken back."""
    found = session.info.get(_KEY)
    return found if isinstance(found, Undoable) else None


def begin(session: Session, act: Undoable) -> None:
    """What follows belongs to the act."""
    session.info[_KEY] = act


def end(session: Session) -> None:
    """Nothing more belongs to the act."""
    session.info.pop(_KEY)


def keep(session: Session, act: Undoable) -> None:
    """The act is done and can be taken back."""
    session.info[_LAST] = act


def last(session: Session) -> Undoable | None:
    """The last act of this session that can be taken back."""
    found = session.info.get(_LAST)
    return found if isinstance(found, Undoable) else None
