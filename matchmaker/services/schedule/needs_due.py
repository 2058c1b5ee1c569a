"""The due work on needs and invitations: ends, opened quotes, reminders, outcomes, questions about deals."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import (
    ENDED_NEEDS,
    EXPIRING_NEEDS,
    IN_TALKS,
    OPEN_NEEDS,
    OWED_OUTCOME,
    UNTOLD,
    MatchState,
    NeedState,
)
from matchmaker.models import Decision, Match, Need
from matchmaker.models.base import now
from matchmaker.services.core import signed_links, undoing, urls
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import letters, recipients
from matchmaker.services.needs import need_news, need_summary, needs
from matchmaker.services.schedule.due_day import (
    PATIENCE,
    DueDay,
    first,
    signed,
)
from matchmaker.services.shortlist import invitations, link_answers, outcome_letters

DEAL_DAYS = (30, 90, 180)
REMIND_AFTER = timedelta(days=3)


def _invited(session: Session, *where: Any) -> Sequence[tuple[Match, datetime]]:
    """The matches with the time of their last invitation through the site."""
    at = func.max(Decision.at)
    query = (
        select(Decision.need_id, Decision.profile_id, at.label("at"))
        .where(Decision.kind == MatchState.INVITED, Decision.source.is_(None))
        .group_by(Decision.need_id, Decision.profile_id)
        .subquery()
    )
    found = (
        select(Match, query.c.at)
        .join(query, (query.c.need_id == Match.need_id) & (query.c.profile_id == Match.profile_id))
        .join(Need, Need.id == Match.need_id)
        .where(*where)
        .order_by(Match.id)
    )
    return [(match, moment) for match, moment in session.execute(found)]


def expire(session: Session, day: DueDay) -> Iterator[None]:
    """Expire needs posted on the site whose delivery date has passed before anybody negotiates, and notify
    the contractor.
    """
    late = select(Need).where(
        Need.state.in_(EXPIRING_NEEDS),
        func.coalesce(Need.deliver_by, Need.due_on) < day.today,
        Need.source.is_(None),
    )
    for need in session.scalars(late.order_by(Need.id)):
        needs.move(session, need, NeedState.EXPIRED, by="schedule")
        for _ in range(need_news.tell(session, need, NeedState.EXPIRED)):
            yield


def open_quotes(session: Session, day: DueDay) -> Iterator[None]:
    """Notify the readers, once, after the deadline of a need's quotes, that the quotes can be read."""
    passed = select(Need).where(
        Need.quotes_until <= now(), Need.quotes_until >= day.moment - PATIENCE, Need.state.in_(OPEN_NEEDS)
    )
    for need in session.scalars(passed.order_by(Need.id)):
        if need.quotes_until and first(
            session, "quotes_opened", need.public_id, need.quotes_until.isoformat()
        ):
            for _ in range(need_news.tell(session, need, "opened")):
                yield


def remind(session: Session, day: DueDay) -> Iterator[None]:
    """Post one reminder, some days after an invitation without an answer."""
    waits = _invited(session, Match.state == MatchState.INVITED, Need.state.in_(OPEN_NEEDS))
    for match, at in waits:
        if not REMIND_AFTER <= day.moment - at <= REMIND_AFTER + PATIENCE:
            continue
        invitation = session.scalars(
            select(Decision)
            .where(Decision.need_id == match.need_id, Decision.profile_id == match.profile_id)
            .where(Decision.kind == MatchState.INVITED, Decision.at == at)
        ).first()
        if invitation is not None and first(session, "answer_reminder", invitation.public_id):
            invitations.remind(session, [(match, invitation)])
            yield


def tell_outcomes(session: Session, day: DueDay) -> Iterator[None]:
    """Notify the suppliers that were invited, or asked to be, and have no outcome yet: the need has ended,
    and why.

    The e-mail does not name the chosen supplier.
    """
    untold = Match.state.in_(OWED_OUTCOME)
    # An end can be taken back for a while, also where the act is one of many needs: only what ends by itself cannot.
    settled = or_(Need.state == NeedState.EXPIRED, Need.changed_at <= now() - undoing.UNDO)
    ended = Need.state.in_(ENDED_NEEDS), Need.changed_at >= day.moment - PATIENCE, settled
    for match, at in (*_invited(session, untold, *ended), *_asked(session, *ended)):
        if not first(session, "outcome_of_need", match.public_id, at.isoformat()):
            continue
        for _ in outcome_letters.post(session, [match], partial(_why, match.need, day)):
            yield


def _asked(session: Session, *where: Any) -> Sequence[tuple[Match, datetime]]:
    """The matches whose supplier asked for an invitation and got none, with the time of its request."""
    query = (
        select(Match, Match.asked_at)
        .join(Need, Need.id == Match.need_id)
        .where(Match.asked_at.is_not(None), Match.state.in_(UNTOLD), *where)
        .order_by(Match.id)
    )
    return [(match, at) for match, at in session.execute(query) if at is not None]


def _why(need: Need, day: DueDay, language: str) -> str:
    code = need.closed_why or day.reasons.get(need.state, "")
    return day.word(code, language) if code else ""


def ask_about_deals(session: Session, day: DueDay) -> Iterator[None]:
    """After 30, 90 and 180 days, ask supplier and contractor whether they made a contract."""
    for match, at in _invited(session, Match.state.in_(IN_TALKS)):
        for days in DEAL_DAYS:
            late = day.moment - at - timedelta(days=days)
            if timedelta() <= late <= PATIENCE and first(session, "asked_if_deal", match.public_id, days):
                yield from _ask_about_deal(session, match, days)


def _ask_about_deal(session: Session, match: Match, days: int) -> Iterator[None]:
    """Ask both sides; a firm without an account by the address that it was invited at, or that was named for the need."""
    asked = [("supplier", reader) for reader in recipients.of_profile(session, match.profile)]
    if match.released_at:
        asked += [("contractor", reader) for reader in recipients.of_contractor(session, match.need)]
    for side, reader in asked:
        if not reader.wants("asked_if_deal"):
            continue
        title = need_summary.title_in_letters(match.need, reader.language)
        if side == "contractor":
            title = f"{title} — {match.profile.organisation.name(reader.language)}"
        words = (match.public_id, str(days), reader.user or side)
        mark = signed_links.mark_of(site_of(session), reader.email)
        answers = {
            answer: urls.answer_deal(signed(session, "deal", (*words, answer, mark)))
            for answer in link_answers.DEAL_ANSWERS
        }
        values = {"title": title, "days": days, **answers}
        to = reader.email, reader.language
        letters.post(session, "asked_if_deal", *to, values, about=match.public_id)
        yield
