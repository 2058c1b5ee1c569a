"""Quotes: a supplier's price and terms for a need, sealed from everybody else until the deadline, compared,
one accepted.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import (
    MoveNotAllowed,
    NoQuotesTaken,
    NotFound,
    QuoteClosed,
    StaleRevision,
)
from matchmaker.domain.lifecycle import (
    OPEN_NEEDS,
    QUOTE_MOVES,
    SENT_QUOTES,
    WITHIN_CIRCLE,
    MatchState,
    QuoteState,
    check_move,
)
from matchmaker.models import Match, Need, Organisation, Profile, Quote, User, within_circle
from matchmaker.models.base import now
from matchmaker.services.core import journal, locks, undoing
from matchmaker.services.needs import need_news, quote_rounds
from matchmaker.services.needs.quote_rounds import clock
from matchmaker.services.orders import order_hours, orders
from matchmaker.services.quotes import quote_terms
from matchmaker.services.quotes.quote_terms import QuoteTerms
from matchmaker.services.shortlist import awards, match_decisions
from matchmaker.services.shortlist.awards import AwardShare, Word
from matchmaker.services.shortlist.match_decisions import NewDecision

WITHDRAWAL = "quote.withdrawal"


def match_of(session: Session, need: Need, organisation: str) -> Match:
    """The match of an invited organisation (public id). Raises NotFound."""
    query = (
        select(Match)
        .join(Match.profile)
        .join(Profile.organisation)
        .where(Match.need_id == need.id, Organisation.public_id == organisation)
        .where(within_circle())
        .options(joinedload(Match.profile).joinedload(Profile.organisation))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound(what="need", key=need.public_id)
    return found


def invited_match(session: Session, need: Need, key: str) -> Match:
    """The match of the need with this public id, if its supplier is invited. Raises NotFound."""
    query = select(Match).where(Match.public_id == key, Match.need_id == need.id)
    found = session.scalar(query.where(Match.state.in_(WITHIN_CIRCLE)))
    if found is None:
        raise NotFound(what="match", key=key)
    return found


def by_key(session: Session, key: str) -> Quote:
    """The quote with this public id. Raises NotFound."""
    found = session.scalar(select(Quote).where(Quote.public_id == key))
    if found is None:
        raise NotFound(what="quote", key=key)
    return found


def of_match(session: Session, match: Match) -> Quote | None:
    return session.scalar(select(Quote).where(Quote.match_id == match.id))


def save(
    session: Session,
    match: Match,
    offer: QuoteTerms,
    user: User | None,
    *,
    revision: int | None,
    submit: bool,
) -> Quote:
    """Store a draft, or submit it; a submitted quote may be replaced until the deadline. No user where the link of a letter
    allows it.

    Raises QuoteClosed after the deadline, NoQuotesTaken where the need takes no quotes, NotNow, StaleRevision.
    """
    author = user.public_id if user else "letter"
    need = open_need(session, match)
    quote = of_match(session, match)
    if quote is None:
        quote = Quote(match=match, state=QuoteState.DRAFT)
        session.add(quote)
    elif _says(quote, offer) and quote.state == (QuoteState.SUBMITTED if submit else QuoteState.DRAFT):
        return quote  # the same again, pressed twice or at once: nothing happened that could be told
    elif revision is not None and quote.revision != revision:
        raise StaleRevision
    elif quote.is_submitted and not submit:
        raise MoveNotAllowed(state=quote.state, target=QuoteState.DRAFT)
    quote_terms.write(quote, offer)
    quote.changed_at = now()
    if submit:
        # The arrival of a quote is hidden from the contractor as long as the quotes are sealed.
        if not quote.is_submitted and not quote_rounds.sealed(session, need):
            need_news.tell(session, need, "quote", by=author)
        move(quote, QuoteState.SUBMITTED)
        quote.submitted_at = clock(session)
        if match.state != MatchState.QUOTED:
            quoted = NewDecision(MatchState.QUOTED)
            match_decisions.decide(session, match, quoted, user, revision=match.revision)
    action = "quote.submitted" if submit else "quote.drafted"
    journal.note(session, author, action, quote, {"need": need.public_id})
    return quote


def draft_of_letter(session: Session, match: Match, words: str, user: User | None) -> Quote:
    """The supplier's draft, with the words of its letter as remarks where it has none; the price is left to whoever confirms it. No user
    where the firm has no account.

    Raises QuoteClosed, NoQuotesTaken, NotNow, and MoveNotAllowed where a quote was sent already.
    """
    need, quote = open_need(session, match), of_match(session, match)
    if quote is None:
        quote = Quote(match=match, state=QuoteState.DRAFT)
        session.add(quote)
    elif not quote.is_draft:
        raise MoveNotAllowed(state=quote.state, target=QuoteState.DRAFT)
    quote.text = quote.text or words or None
    quote.changed_at = now()
    session.flush()
    author = user.public_id if user else "letter"
    journal.note(session, author, "quote.drafted", quote, {"need": need.public_id})
    return quote


def _says(quote: Quote, offer: QuoteTerms) -> bool:
    """Whether a quote says the same as these terms."""
    return quote.amount_minor is not None and quote_terms.of(quote) == offer


def entered_before(session: Session, match: Match, offer: QuoteTerms) -> Quote | None:
    """The quote of these terms that is there already: the same form was sent before. Raises as `save`."""
    open_need(session, match)
    quote = of_match(session, match)
    return quote if quote is not None and quote.is_submitted and _says(quote, offer) else None


def enter(session: Session, match: Match, offer: QuoteTerms, user: User) -> Quote:
    """Enter for a supplier the quote that it sent on paper. Raises as `save`, and StaleRevision where the
    supplier writes one itself.
    """
    quote = of_match(session, match)
    if quote is not None and quote.state != QuoteState.WITHDRAWN:
        raise StaleRevision
    made = save(session, match, offer, user, revision=None, submit=True)
    journal.note(session, user.public_id, "quote.entered", made, {"need": match.need.public_id})
    return made


def withdraw(session: Session, match: Match, user: User | None) -> None:
    """Withdraw a submitted quote before the deadline; a person with an account may take that back. A repeat changes nothing.
    Raises QuoteClosed, NotFound.
    """
    need, quote = open_need(session, match), of_match(session, match)
    if quote is not None and quote.state == QuoteState.WITHDRAWN:
        return
    if quote is None or not quote.is_submitted:
        raise NotFound(what="quote", key=match.public_id)
    own = [(Quote, Quote.id == quote.id)]
    with undoing.undoable(session, WITHDRAWAL, quote, user, own) if user else nullcontext():
        move(quote, QuoteState.WITHDRAWN)
    author = user.public_id if user else "letter"
    journal.note(session, author, "quote.withdrawn", quote, {"need": need.public_id})


def check_open(session: Session, need: Need) -> None:
    """Raise QuoteClosed, NoQuotesTaken or NotNow where the need takes no quotes, so that a withdrawn one cannot come back after
    the deadline.
    """
    locks.lock_row(session, need)
    locks.read_anew(session, need)
    _check_open(session, need)


def open_need(session: Session, match: Match) -> Need:
    """The need, its row locked until the transaction ends, so that a quote and its opening take turns. Raises as `check_open`."""
    check_open(session, match.need)
    return match.need


def _check_open(session: Session, need: Need) -> None:
    if need.told_state not in OPEN_NEEDS:
        raise NoQuotesTaken
    at = clock(session)
    if need.quotes_until is not None and at >= need.quotes_until:
        raise QuoteClosed(until=need.quotes_until, at=at)
    match_decisions.check_told(need)


def opened(session: Session, need: Need) -> Sequence[Quote]:
    """The submitted quotes with their suppliers; call it only where they are not sealed."""
    query = (
        select(Quote)
        .join(Quote.match)
        .where(Match.need_id == need.id, Quote.state.in_(SENT_QUOTES))
        .order_by(Quote.submitted_at, Quote.id)
        .options(joinedload(Quote.match).joinedload(Match.profile).joinedload(Profile.organisation))
    )
    return session.scalars(query).all()


def answered(session: Session, need: Need) -> Sequence[Match]:
    """The matches of suppliers that have quoted, without the content of quotes."""
    query = (
        select(Match)
        .where(Match.need_id == need.id, Match.state == MatchState.QUOTED)
        .options(joinedload(Match.profile).joinedload(Profile.organisation))
    )
    return session.scalars(query.order_by(Match.id)).all()


def award(
    session: Session,
    need: Need,
    shares: Sequence[AwardShare],
    user: User,
    word: Word,
    *,
    reason: str,
    today: date,
) -> list[Match]:
    """Make the contracts with these suppliers, whose orders begin when they can no longer be taken back; quotes that were sent are
    accepted or refused with it, and orders of a contract that was given up before end. Returns the others that
    waited; a repeat changes nothing. Promised days count from `today`. Raises as `awards.award`, `orders.begin` and `orders.end`.
    """
    locks.lock_row(session, need)
    if not need.is_awardable:
        return awards.award(session, need, shares, user, word, reason=reason)
    chosen = {one.match.id for one in shares}
    with undoing.undoable(session, awards.AWARD, need, user, awards.areas(need)) as act:
        for order in orders.end(session, need, chosen):
            order_hours.release(session, order)
        others = awards.award(session, need, shares, user, word, reason=reason)
        sent = {quote.match_id: quote for quote in opened(session, need)}
        for share in shares:
            quoted = sent.get(share.match.id)
            orders.begin(session, share.match, share.positions, quoted, user, today, act.until)
        for quote in sent.values():
            move(quote, QuoteState.ACCEPTED if quote.match_id in chosen else QuoteState.REFUSED)
            if quote.is_accepted:
                journal.note(session, user.public_id, "quote.accepted", quote, {"need": need.public_id})
    return others


def move(quote: Quote, state: QuoteState) -> None:
    """Move a quote to another state; a quote in that state stays. Raises MoveNotAllowed."""
    if quote.state != state:
        check_move(QUOTE_MOVES, quote.state, state)
    quote.state, quote.changed_at = state, now()
