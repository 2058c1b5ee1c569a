"""The moves of a need from state to state, with their effects: e-mails to its people, decisions for waiting
suppliers.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import ABANDONED_NEEDS, NEEDS_WITH_THE_CENTRE, MatchState, NeedState
from matchmaker.models import Need, User
from matchmaker.services.core import undoing
from matchmaker.services.needs import need_news, needs
from matchmaker.services.shortlist import awards, shortlists
from matchmaker.services.shortlist.awards import Word
from matchmaker.services.shortlist.match_decisions import NewDecision

CLOSING = "need.closing"
# A need that goes from one of the first to one of the second gives its contracts up.
_WITH_A_CONTRACT = frozenset({NeedState.CONTRACTED, NeedState.CLOSED})
_WITHOUT_ONE = frozenset({NeedState.CLOSED, NeedState.DRAFT})


@dataclass(frozen=True, slots=True)
class MoveReason:
    """The reason of a move: in words, or by the code of a reason of the taxonomy; words win."""

    words: str = ""
    code: str = ""

    @property
    def kept(self) -> str | None:
        return self.words or self.code or None

    def told(self, language: str, word: Word) -> str:
        """The reason in the words for its reader."""
        return self.words or (word(self.code, language) if self.code else "")

    def decision(self) -> NewDecision:
        """The decision about suppliers that still wait when the need closes."""
        code = None if self.words else self.code or None
        return NewDecision(MatchState.LOST, reason_code=code, reason=self.words or None)


def move(
    session: Session,
    need: Need,
    state: NeedState,
    user: User,
    *,
    word: Word,
    reason: MoveReason,
    by_centre: bool,
) -> None:
    """Move a need and notify its contractor; where the need closes, let the waiting suppliers go.

    Raises MoveNotAllowed, and InvalidRecord (field "reason") where a need is closed, or returned by its
    centre, without one.
    """
    returned = state == NeedState.DRAFT and need.state in NEEDS_WITH_THE_CENTRE
    if reason.kept is None and (state == NeedState.CLOSED or (returned and by_centre)):
        message = N_("Say why: choose a reason or write it in words.")
        raise InvalidRecord((Problem("reason", "reason.missing", message),))
    if state not in ABANDONED_NEEDS:
        _move(session, need, state, user, word, reason)
        return
    with undoing.undoable(session, CLOSING, need, user, awards.areas(need)):
        _move(session, need, state, user, word, reason)
        awards.let_go(session, need, user, reason.decision(), word)


def _move(session: Session, need: Need, state: NeedState, user: User, word: Word, reason: MoveReason) -> None:
    given_up = need.state in _WITH_A_CONTRACT and state in _WITHOUT_ONE
    needs.move(session, need, state, by=user.public_id, reason=reason.kept)
    if given_up:
        _close_contacts(session, need)
    if state in need_news.NEWS:
        need_news.tell(
            session, need, state, by=user.public_id, reason=lambda language: reason.told(language, word)
        )


def _close_contacts(session: Session, need: Need) -> None:
    """Close the contacts of contracts that are given up; another contract opens them when it stands."""
    for match in shortlists.of_need(session, need):
        if match.is_contracted:
            match.contacts_at = None
    session.flush()


def release_shortlist(session: Session, need: Need, user: User) -> int:
    """Show the chosen suppliers to the contractor, and return the number of new ones. It moves a published
    need to its shortlist.
    """
    if need.state == NeedState.PUBLISHED:
        needs.move(session, need, NeedState.SHORTLISTING, by=user.public_id)
    return shortlists.release(session, need, by=user.public_id)
