"""Joint quotes: what the members of a team quote for their positions, handed in by the lead and read as one offer.

Each member's quote stays its own, sealed as any other; the joint quote is made of them when it is read. Whoever changes or withdraws a
quote changes the joint one with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import SENT_QUOTES
from matchmaker.models import Match, Quote, SupplierTeam, SupplierTeamMember, User
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.quotes import quote_comparison, quote_terms, quotes
from matchmaker.services.quotes.quote_comparison import CurrencyRates
from matchmaker.services.quotes.quote_terms import QuoteTerms

LONGEST = 4_000  # characters


@dataclass(frozen=True, slots=True)
class JointPart:
    """A member with its sent quote, and the terms of its own positions in it; `missing` are those of its positions without a price."""

    member: SupplierTeamMember
    quote: Quote | None
    terms: QuoteTerms | None
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JointQuote:
    """A team with what each member quotes for its part."""

    team: SupplierTeam
    parts: tuple[JointPart, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every position of the team has a price."""
        return not any(part.missing for part in self.parts)


def of_team(session: Session, team: SupplierTeam) -> JointQuote:
    """The parts of a team; call it for readers outside the team only where quotes are not sealed."""
    sent = select(Quote).where(
        Quote.match_id.in_([one.match_id for one in team.members]), Quote.state.in_(SENT_QUOTES)
    )
    found = {quote.match_id: quote for quote in session.scalars(sent)}
    return made_of(team, found)


def made_of(team: SupplierTeam, found: Mapping[int, Quote]) -> JointQuote:
    """The joint quote from the sent quotes of a need by the row id of their match."""
    return JointQuote(team, tuple(_part(one, found.get(one.match_id)) for one in team.members))


def _part(member: SupplierTeamMember, quote: Quote | None) -> JointPart:
    wanted = set(member.positions)
    if quote is None:
        return JointPart(member, None, None, tuple(member.positions))
    terms = quote_terms.of(quote)
    own = tuple(one for one in terms.positions if one.id in wanted)
    told = {one.id for one in own}
    part = replace(terms, positions=own, amount_minor=sum(one.total_minor for one in own), batch_prices=())
    missing = tuple(one for one in member.positions if one not in told)
    return JointPart(member, quote, part if own else None, missing)


def terms(joint: JointQuote, currency: str, rates: CurrencyRates) -> QuoteTerms | None:
    """A complete joint quote as the terms of one, with VAT and in a currency; None where a part is missing or has no rate."""
    positions, tooling, days = [], 0, list[int | None]()
    for part in joint.parts:
        if part.terms is None or part.missing:
            return None
        for one in part.terms.positions:
            price = quote_comparison.with_vat(part.terms, one.price_minor, currency, rates)
            if price is None:
                return None
            own = one.days if one.days is not None else part.terms.lead_time_days
            positions.append(replace(one, price_minor=price, days=own, steps=()))
            days.append(own)
        tooling += quote_comparison.with_vat(part.terms, part.terms.tooling_minor or 0, currency, rates) or 0
    known = [one for one in days if one is not None]
    return QuoteTerms(
        sum(one.total_minor for one in positions),
        currency,
        lead_time_days=max(known) if len(known) == len(days) and known else None,
        positions=tuple(positions),
        tooling_minor=tooling or None,
        vat="included",
    )


def offer(session: Session, team: SupplierTeam, lead: Match, note: str, user: User) -> None:
    """Hand in the joint quote, with the lead's words; handed in again its words are replaced. Raises Forbidden for another member,
    QuoteClosed and NoQuotesTaken as any quote, InvalidRecord where a member has not quoted all of its positions (field "team"), or the
    words are too long.
    """
    _check_lead(session, team, lead)
    words = note.replace("\r\n", "\n").strip()
    problems = []
    missing = [part for part in of_team(session, team).parts if part.missing]
    if missing:
        names = "; ".join(part.member.match.profile.organisation.name(user.language) for part in missing)
        message = N_("These have not quoted all of their positions yet: %(names)s.")
        problems.append(Problem("team", "team.incomplete", message, "", {"names": names}))
    if len(words) > LONGEST:
        message = N_("Write at most %(most)s characters.")
        problems.append(Problem("note", "text.long", message, words[:40], {"most": LONGEST}))
    if problems:
        raise InvalidRecord(tuple(problems))
    if team.is_offered and team.note == (words or None):
        return
    team.note, team.offered_at, team.changed_at = words or None, team.offered_at or now(), now()
    session.flush()
    journal.note(session, user.public_id, "team.offered", team.need, {"team": team.public_id})


def take_back(session: Session, team: SupplierTeam, lead: Match, user: User) -> None:
    """Take the joint quote back; the members' own quotes stay. Raises as `offer`."""
    _check_lead(session, team, lead)
    if not team.is_offered:
        return
    team.offered_at, team.changed_at = None, now()
    session.flush()
    journal.note(session, user.public_id, "team.taken_back", team.need, {"team": team.public_id})


def _check_lead(session: Session, team: SupplierTeam, lead: Match) -> None:
    quotes.open_need(session, lead)
    session.refresh(team)
    if team.lead_id != lead.id or team.ended_at is not None:
        raise Forbidden


def offered(teams: Sequence[SupplierTeam], sent: Sequence[Quote]) -> list[JointQuote]:
    """The joint quotes that were handed in, of the opened quotes of a need."""
    found = {quote.match_id: quote for quote in sent}
    return [made_of(team, found) for team in teams if team.is_offered]
