"""The contractor's request for quotes to suppliers of its shortlist: the deadline, and whether the quotes are
sealed till then.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import MatchState
from matchmaker.models import Match, Need, User
from matchmaker.services.core import journal
from matchmaker.services.mail import letters, recipients
from matchmaker.services.needs import need_summary
from matchmaker.services.quotes import quote_deadlines
from matchmaker.services.shortlist import awards, invitations, shortlists


@dataclass(frozen=True, slots=True)
class QuoteRecipients:
    """The suppliers that get an e-mail at once, and those that the centre must invite first."""

    told: tuple[Match, ...]
    waiting: tuple[Match, ...]


def ask(
    session: Session,
    need: Need,
    ticked: Collection[str],
    until: datetime | None,
    user: User,
    *,
    sealed: bool,
) -> QuoteRecipients:
    """Request quotes from suppliers of the released shortlist (public ids of their matches).

    Invited suppliers get an e-mail; the others are marked as wanted, which the centre sees.

    Raises InvalidRecord where no supplier is named or the deadline is invalid, MoveNotAllowed where the need
    takes no quotes.
    """
    if not need.is_open:
        raise MoveNotAllowed(state=need.state, target=MatchState.QUOTED)
    matches = [match for match in shortlists.released(session, need) if match.public_id in ticked]
    if not matches:
        raise InvalidRecord((Problem("match", "match.none", N_("Select the suppliers to ask.")),))
    if (until, sealed) != (need.quotes_until, need.quotes_sealed):
        quote_deadlines.set_deadline(session, need, until, user, sealed=sealed)
    told = tuple(match for match in matches if match.is_within_circle)
    with journal.together(session):
        for match in matches:
            if match.wanted_at is None:
                awards.want(session, match, wanted=True, user=user)
    _tell(session, told, user)
    details = {"suppliers": [match.profile.public_id for match in matches]}
    journal.note(session, user.public_id, "quotes.asked", need, details)
    return QuoteRecipients(told, tuple(match for match in matches if match not in told))


def _tell(session: Session, matches: Sequence[Match], user: User) -> None:
    readers = recipients.of_profiles(session, [match.profile for match in matches])
    for match, reader in ((one, reader) for one in matches for reader in readers[one.profile_id]):
        need = match.need
        values = {
            "title": need_summary.title_in_letters(need, reader.language),
            "facts": need_summary.card_for(session, need, reader),
            "path": invitations.quote_path(session, match, reader),
        }
        to = reader.email, reader.language
        letters.post(session, "quote_asked", *to, values, about=match.public_id, by=user)
