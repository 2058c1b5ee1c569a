"""The deadline of a need's quotes: set within sane limits, moved with a word to who was promised it, and the round cancelled."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import WITHIN_CIRCLE, MatchState, QuoteState
from matchmaker.models import Match, Need, Profile, Quote, User
from matchmaker.models.base import now
from matchmaker.services.core import journal, locks
from matchmaker.services.mail import letters, recipients
from matchmaker.services.needs import need_summary, quote_rounds
from matchmaker.services.quotes import quotes
from matchmaker.services.shortlist import invitations, match_decisions

LONGEST = timedelta(days=180)
# Nobody who still writes a quote is surprised by a deadline that was brought forward.
NOTICE = timedelta(hours=24)


def set_deadline(
    session: Session, need: Need, until: datetime | None, user: User, *, sealed: bool = True
) -> None:
    """Set the deadline for quotes, and whether they are sealed till then; who was promised another is told by e-mail.

    Raises InvalidRecord for a moment in the past or beyond LONGEST, for one that takes the invited suppliers by surprise, and for
    one that would open sealed quotes at once.
    """
    locks.lock_row(session, need)
    at, before = quote_rounds.clock(session), need.quotes_until
    _check(at, before, until)
    promised = _promised(session, need)
    if promised and (until is None or not sealed):
        message = N_(
            "Suppliers were promised that their quotes stay sealed until %(until)s. Move that moment, or cancel the round: then no quote is opened."
        )
        raise _refused("until.promised", message, until=before)
    if promised and until is not None and before is not None and until < before and until < at + NOTICE:
        message = N_(
            "Invited suppliers need a day to finish: bring the deadline forward to %(least)s or later."
        )
        raise _refused("until.short", message, until, least=at + NOTICE)
    need.quotes_until, need.quotes_sealed, need.changed_at = until, sealed, now()
    details = {"until": until.isoformat() if until else "", "sealed": sealed}
    journal.note(session, user.public_id, "quotes.deadline", need, details)
    if until != before:
        _tell(session, promised, "moved")


def _check(at: datetime, before: datetime | None, until: datetime | None) -> None:
    """Raise InvalidRecord for a round that is over, and for a moment in the past or absurdly far ahead."""
    if before is not None and at >= before:
        message = N_("The deadline was %(before)s, and one that has passed cannot be moved.")
        raise _refused("until.over", message, until, before=before)
    if until is not None and until <= at:
        message = N_("The deadline %(until)s is in the past: on the server it is %(at)s.")
        raise _refused("until.passed", message, until, until=until, at=at)
    if until is not None and until > at + LONGEST:
        message = N_("The deadline %(until)s is too far ahead: give one until %(latest)s at the latest.")
        raise _refused("until.far", message, until, until=until, latest=at + LONGEST)


def _refused(
    code: str, message: str, value: datetime | None = None, **moments: datetime | None
) -> InvalidRecord:
    return InvalidRecord((Problem("until", code, message, value.isoformat() if value else "", moments),))


def _promised(session: Session, need: Need) -> Sequence[Match]:
    """The suppliers that the present deadline was promised to: those invited, whether they have quoted or not, so that a
    refusal tells nobody who has.
    """
    if not quote_rounds.sealed(session, need):
        return ()
    query = (
        select(Match)
        .where(Match.need_id == need.id, Match.state.in_(WITHIN_CIRCLE))
        .order_by(Match.id)
        .options(joinedload(Match.need), joinedload(Match.profile).joinedload(Profile.organisation))
    )
    return session.scalars(query).all()


def cancel(session: Session, need: Need, user: User) -> None:
    """End a sealed round before its deadline: its quotes are never opened, their authors may send them anew in another round,
    and all who were invited are told by e-mail. Raises InvalidRecord where no sealed round is running.
    """
    locks.lock_row(session, need)
    if not quote_rounds.sealed(session, need):
        raise InvalidRecord((Problem("until", "round.none", N_("No sealed round of quotes is running.")),))
    promised = _promised(session, need)
    _tell(session, promised, "cancelled")
    for match in promised:
        if match.state == MatchState.QUOTED:
            match_decisions.take_back(session, match, MatchState.QUOTED, user)
    sent = (
        select(Quote).join(Quote.match).where(Match.need_id == need.id, Quote.state == QuoteState.SUBMITTED)
    )
    for quote in session.scalars(sent.order_by(Quote.id)):
        quotes.move(quote, QuoteState.WITHDRAWN)
    was, need.quotes_until, need.changed_at = need.quotes_until, None, now()
    assert was is not None
    journal.note(session, user.public_id, "quotes.cancelled", need, {"until": was.isoformat()})


def _tell(session: Session, matches: Sequence[Match], news: str) -> None:
    readers = recipients.of_profiles(session, [match.profile for match in matches])
    for match, reader in ((one, reader) for one in matches for reader in readers[one.profile_id]):
        need = match.need
        assert need.quotes_until is not None
        until = letters.moment_in(session, need.quotes_until, reader.language, reader.zone)
        values = {
            "title": need_summary.title_in_letters(need, reader.language),
            "news": news,
            "until": until,
            "path": invitations.quote_path(session, match, reader),
        }
        to = reader.email, reader.language
        letters.post(session, "quote_round", *to, values, about=match.public_id)
