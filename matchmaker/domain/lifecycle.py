"""Which state may follow which, for capability profiles and production needs. Every move is recorded by services."""

from collections.abc import Mapping
from enum import StrEnum

from matchmaker.domain.errors import MoveNotAllowed


class ProfileState(StrEnum):
    """A published profile stays visible while its changes wait; they are kept beside it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    BLOCKED = "blocked"


class NeedState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    SHORTLISTING = "shortlisting"
    NEGOTIATION = "negotiation"
    CONTRACTED = "contracted"
    COMPLETED = "completed"
    CLOSED = "closed"
    EXPIRED = "expired"


PROFILE_MOVES: Mapping[str, frozenset[str]] = {
    ProfileState.DRAFT: frozenset({ProfileState.SUBMITTED, ProfileState.PUBLISHED, ProfileState.BLOCKED}),
    ProfileState.SUBMITTED: frozenset({ProfileState.RETURNED, ProfileState.PUBLISHED, ProfileState.BLOCKED}),
    ProfileState.RETURNED: frozenset({ProfileState.SUBMITTED, ProfileState.PUBLISHED, ProfileState.BLOCKED}),
    ProfileState.PUBLISHED: frozenset({ProfileState.DRAFT, ProfileState.BLOCKED}),
    ProfileState.BLOCKED: frozenset({ProfileState.DRAFT, ProfileState.PUBLISHED}),
}

_ENDED = frozenset({NeedState.CLOSED, NeedState.EXPIRED})
NEED_MOVES: Mapping[str, frozenset[str]] = {
    NeedState.DRAFT: frozenset({NeedState.SUBMITTED, NeedState.CLOSED}),
    NeedState.SUBMITTED: frozenset({NeedState.DRAFT, NeedState.PUBLISHED}) | _ENDED,
    NeedState.PUBLISHED: frozenset({NeedState.DRAFT, NeedState.SHORTLISTING}) | _ENDED,
    NeedState.SHORTLISTING: frozenset({NeedState.PUBLISHED, NeedState.NEGOTIATION}) | _ENDED,
    NeedState.NEGOTIATION: frozenset({NeedState.SHORTLISTING, NeedState.CONTRACTED}) | _ENDED,
    NeedState.CONTRACTED: frozenset({NeedState.COMPLETED, NeedState.CLOSED}),
    NeedState.COMPLETED: frozenset(),
    NeedState.CLOSED: frozenset({NeedState.DRAFT}),
    NeedState.EXPIRED: frozenset({NeedState.DRAFT}),
}

# A need in one of these is matched by `matchmaker match --all` and shown to suppliers it reaches.
OPEN_NEEDS = frozenset({NeedState.PUBLISHED, NeedState.SHORTLISTING, NeedState.NEGOTIATION})


def check_move(moves: Mapping[str, frozenset[str]], state: str, target: str) -> None:
    """Raise MoveNotAllowed unless `target` may follow `state`; staying where one is counts as no move and is refused."""
    if target not in moves.get(state, frozenset()):
        raise MoveNotAllowed(state=state, target=target)
