"""Quotes: a supplier's price and term for a need, sealed from everybody else until the deadline, compared, one accepted."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import (
    InvalidRecord,
    MoveNotAllowed,
    NotFound,
    Problem,
    QuoteClosed,
    StaleRevision,
)
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import OPEN_NEEDS
from matchmaker.models import Match, Need, Organisation, Profile, Quote, User
from matchmaker.models.base import now
from matchmaker.services import awards, confidentiality, curation, journal, need_news
from matchmaker.services.awards import Word
from matchmaker.services.curation import Verdict
from matchmaker.services.journal import Act

CURRENCIES = ("RUB", "CNY", "EUR", "USD", "BYN", "KZT")  # all of two decimal places
MOST_MINOR = 10**14  # a thousand milliards
MOST_BATCHES = 10
_AMOUNT = re.compile(r"(\d{1,3}(?:[ \u00a0\u202f]\d{3})+|\d{1,12})(?:[.,](\d{1,2}))?", re.ASCII)
_BATCH = re.compile(r"(\d{1,9})\s*(?:шт\.?|pcs)?\s*[:=—–-]\s*(.+)", re.ASCII)
SHOWN = ("submitted", "accepted", "refused")  # states of a quote that is open to the contractor
FIELDS = ("amount", "currency", "batches", "lead_time_days", "valid_until", "text")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a quote says: minor units of a currency for the whole lot, [pieces, minor units a piece], days, and words."""

    amount_minor: int
    currency: str
    batch_prices: tuple[tuple[int, int], ...] = ()
    lead_time_days: int | None = None
    valid_until: date | None = None
    text: str | None = None


def minor_units(typed: str, name: str = "amount") -> int:
    """An amount as people write it, "1 000,50", in minor units. Raises InvalidRecord where it could be read two ways."""
    match = _AMOUNT.fullmatch(typed.strip())
    if match is None:
        message = N_("Write the amount like 1000,50: digits, and at most two after one comma or point.")
        raise InvalidRecord((Problem(name, "amount.form", message, typed[:40]),))
    units = int(re.sub(r"\D", "", match[1])) * 100 + int((match[2] or "0").ljust(2, "0"))
    if not 0 < units <= MOST_MINOR:
        message = N_("The amount must be above 0 and at most %(most)s.")
        raise InvalidRecord(
            (Problem(name, "amount.range", message, typed[:40], {"most": MOST_MINOR // 100}),)
        )
    return units


def read(typed: Mapping[str, str], today: date) -> Offer:
    """A form as an offer. Raises InvalidRecord with a problem for every wrong field."""
    problems: list[Problem] = []
    amount = _amount(typed["amount"], problems)
    if typed["currency"] not in CURRENCIES:
        message = N_("Choose one of the currencies.")
        problems.append(Problem("currency", "currency.unknown", message, typed["currency"][:10]))
    batches = _batches(typed["batches"], problems)
    days = _days(typed["lead_time_days"], problems)
    until = _until(typed["valid_until"], today, problems)
    if len(typed["text"]) > 4_000:
        problems.append(
            Problem("text", "text.long", N_("Too long: at most %(max_length)s."), "", {"max_length": 4000})
        )
    if problems:
        raise InvalidRecord(tuple(problems))
    return Offer(amount, typed["currency"], batches, days, until, typed["text"] or None)


def _amount(typed: str, problems: list[Problem]) -> int:
    try:
        return minor_units(typed)
    except InvalidRecord as error:
        problems.extend(error.problems)
        return 0


def _batches(typed: str, problems: list[Problem]) -> tuple[tuple[int, int], ...]:
    found: dict[int, int] = {}
    for line in filter(None, map(str.strip, typed.split("\n"))):
        match = _BATCH.fullmatch(line)
        wrong: list[Problem] = []
        price = _amount(match[2], wrong) if match else 0
        if match is None or wrong:
            message = N_("Write a line a lot: pieces, colon, price of one, for example 100: 55,20.")
            problems.append(Problem("batches", "batches.form", message, line[:40]))
            break
        found[int(match[1])] = price
    if len(found) > MOST_BATCHES:
        message = N_("At most %(most)s lots.")
        problems.append(Problem("batches", "batches.many", message, "", {"most": MOST_BATCHES}))
    return tuple(sorted(found.items()))


def _days(typed: str, problems: list[Problem]) -> int | None:
    if not typed:
        return None
    if typed.isascii() and typed.isdigit() and len(typed) < 5 and int(typed) <= 3650:
        return int(typed)
    problems.append(Problem("lead_time_days", "days.form", N_("Give whole days, at most 3650."), typed[:20]))
    return None


def _until(typed: str, today: date, problems: list[Problem]) -> date | None:
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    if day is None or not today <= day <= today.replace(year=today.year + 10, day=1):
        message = N_("Give a day from today on, as YYYY-MM-DD.")
        problems.append(Problem("valid_until", "day.form", message, typed[:20]))
        return None
    return day


def clock(session: Session) -> datetime:
    """The database's time, the one that deadlines go by; an SQLite file has that of this machine."""
    if session.get_bind().dialect.name == "postgresql":
        found = session.scalar(select(func.clock_timestamp()))
        assert isinstance(found, datetime)
        return found.astimezone(UTC)
    return now()


def sealed(session: Session, need: Need) -> bool:
    """Whether nobody but their authors may read the need's quotes yet."""
    return need.quotes_sealed and need.quotes_until is not None and clock(session) < need.quotes_until


def match_of(session: Session, need: Need, organisation: str) -> Match:
    """The match of an invited organisation (public id). Raises NotFound."""
    query = (
        select(Match)
        .join(Match.profile)
        .join(Profile.organisation)
        .where(Match.need_id == need.id, Organisation.public_id == organisation)
        .where(Match.state.in_(confidentiality.WITHIN))
        .options(joinedload(Match.profile).joinedload(Profile.organisation))
    )
    found = session.scalar(query)
    if found is None:
        raise NotFound(what="need", key=need.public_id)
    return found


def of_match(session: Session, match: Match) -> Quote | None:
    return session.scalar(select(Quote).where(Quote.match_id == match.id))


def save(
    session: Session, match: Match, offer: Offer, user: User, *, revision: int | None, submit: bool
) -> Quote:
    """Keep a draft, or submit it; a submitted one may be replaced until the deadline.

    Raises QuoteClosed after the deadline, MoveNotAllowed where the need takes no quotes, StaleRevision.
    """
    need = _open(session, match)
    quote = of_match(session, match)
    if quote is None:
        quote = Quote(match=match)
        session.add(quote)
    elif revision is not None and quote.revision != revision:
        raise StaleRevision
    elif quote.state == "submitted" and not submit:
        raise MoveNotAllowed(state="submitted", target="draft")
    quote.amount_minor, quote.currency = offer.amount_minor, offer.currency
    quote.batch_prices = [[pieces, price] for pieces, price in offer.batch_prices]
    quote.lead_time_days, quote.valid_until, quote.text = offer.lead_time_days, offer.valid_until, offer.text
    quote.changed_at = now()
    if submit:
        # That one has come is hidden from the contractor as long as the quotes are sealed.
        if quote.state != "submitted" and not sealed(session, need):
            need_news.tell(session, need, "quote", by=user.public_id)
        quote.state, quote.submitted_at = "submitted", clock(session)
        if match.state != "quoted":
            curation.decide(session, match, Verdict("quoted"), user, revision=match.revision)
    _note(session, need, quote, "quote.submitted" if submit else "quote.drafted", user)
    return quote


def enter(session: Session, match: Match, offer: Offer, user: User) -> Quote:
    """Type in for a supplier what it sent on paper. Raises as `save`, and StaleRevision where it writes one itself."""
    quote = of_match(session, match)
    if quote is not None and quote.state != "withdrawn":
        raise StaleRevision
    made = save(session, match, offer, user, revision=None, submit=True)
    _note(session, match.need, made, "quote.entered", user)
    return made


def withdraw(session: Session, match: Match, user: User) -> None:
    """Take a submitted quote back before the deadline. Raises QuoteClosed, NotFound."""
    need, quote = _open(session, match), of_match(session, match)
    if quote is None or quote.state != "submitted":
        raise NotFound(what="quote", key=match.public_id)
    quote.state, quote.changed_at = "withdrawn", now()
    _note(session, need, quote, "quote.withdrawn", user)


def _open(session: Session, match: Match) -> Need:
    """The need, its row held until the transaction ends, so that a quote and its opening take turns."""
    need = session.scalars(select(Need).where(Need.id == match.need_id).with_for_update()).one()
    if need.state not in OPEN_NEEDS:
        raise MoveNotAllowed(state=need.state, target="quoted")
    at = clock(session)
    if need.quotes_until is not None and at >= need.quotes_until:
        raise QuoteClosed(until=need.quotes_until, at=at)
    return need


def set_deadline(
    session: Session, need: Need, until: datetime | None, user: User, *, sealed: bool = True
) -> None:
    """Until when quotes are taken, and whether they are sealed till then.

    Raises InvalidRecord for a moment that has passed, and where it would open quotes before the moment that their
    authors were promised.
    """
    session.scalars(select(Need.id).where(Need.id == need.id).with_for_update()).one()
    at = clock(session)
    if (need.quotes_until is not None and at >= need.quotes_until) or (until is not None and until <= at):
        message = N_("The deadline must be a moment to come, and one that has passed cannot be moved.")
        raise InvalidRecord((Problem("until", "until.passed", message),))
    earlier = need.quotes_until is not None and (until is None or until < need.quotes_until)
    if need.quotes_until and need.quotes_sealed and (earlier or not sealed) and answered(session, need):
        message = N_(
            "Quotes have come that were promised to stay sealed till then: it can only be moved later."
        )
        raise InvalidRecord((Problem("until", "until.promised", message),))
    need.quotes_until, need.quotes_sealed, need.changed_at = until, sealed, now()
    details = {"until": until.isoformat() if until else "", "sealed": sealed}
    act = Act("quotes.deadline", "need", need.public_id, need.centre.code, details)
    journal.record(session, user.public_id, (act,))
    session.flush()


def opened(session: Session, need: Need) -> Sequence[Quote]:
    """Submitted quotes with their suppliers; call it only where they are not sealed."""
    query = (
        select(Quote)
        .join(Quote.match)
        .where(Match.need_id == need.id, Quote.state.in_(SHOWN))
        .order_by(Quote.submitted_at, Quote.id)
        .options(joinedload(Quote.match).joinedload(Match.profile).joinedload(Profile.organisation))
    )
    return session.scalars(query).all()


def answered(session: Session, need: Need) -> Sequence[Match]:
    """Matches of suppliers that have quoted, without a word of what."""
    query = (
        select(Match)
        .where(Match.need_id == need.id, Match.state == "quoted")
        .options(joinedload(Match.profile).joinedload(Profile.organisation))
    )
    return session.scalars(query.order_by(Match.id)).all()


def accept(session: Session, need: Need, key: str, user: User, word: Word) -> Quote:
    """Contract with the author of a quote; pressed twice, it happens once. Raises NotFound, MoveNotAllowed."""
    session.scalars(select(Need).where(Need.id == need.id).with_for_update()).one()
    quotes = opened(session, need)
    chosen = next((quote for quote in quotes if quote.public_id == key), None)
    if chosen is None:
        raise NotFound(what="quote", key=key)
    if chosen.state == "accepted":
        return chosen
    awards.award(session, chosen.match, user, word, revision=chosen.match.revision)
    for quote in quotes:
        quote.state, quote.changed_at = ("accepted" if quote is chosen else "refused"), now()
    _note(session, need, chosen, "quote.accepted", user)
    return chosen


def _note(session: Session, need: Need, quote: Quote, action: str, user: User) -> None:
    session.flush()
    act = Act(action, "quote", quote.public_id, need.centre.code, {"need": need.public_id})
    journal.record(session, user.public_id, (act,))
    session.flush()
