"""An award as a person asks for it: by the pieces of each position, or everything to one supplier; and its rehearsal."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import ngettext

from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, QuotesSealed
from matchmaker.domain.lifecycle import NeedState
from matchmaker.domain.taxonomy_keys import Occasion
from matchmaker.models import Match, Need, Quote, Session
from matchmaker.services.core.locks import lock_row, read_anew
from matchmaker.services.needs import quote_rounds
from matchmaker.services.quotes import award_plans, position_prices, quote_terms, quotes
from matchmaker.services.quotes.award_plans import PlannedShare
from matchmaker.services.quotes.position_prices import AskedPosition
from matchmaker.services.quotes.quote_terms import QuoteTerms
from matchmaker.services.shortlist import awards
from matchmaker.services.shortlist.awards import AwardShare
from matchmaker.services.shortlist.match_decisions import AwardedPosition
from matchmaker.web.acts import comparison_acts
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.changes import rehearsal
from matchmaker.web.kit.labels import reason_given_for, reason_word
from matchmaker.web.pages.need_access import NeedAccess, authorised


@dataclass(frozen=True, slots=True)
class AskedAward:
    """An award that is asked for: what each supplier gets, the quote that says so where there is one, and what nobody gets."""

    need: Need
    shares: tuple[AwardShare, ...]
    terms: Mapping[str, PlannedShare | QuoteTerms]
    left_over: tuple[tuple[AskedPosition, int | None], ...] = ()

    @property
    def mark(self) -> str:
        """A mark of who gets what on which terms, so that nothing else is made than what a person was shown."""
        shares = [(one.match.public_id, one.positions) for one in self.shares]
        return hashlib.sha256(repr((shares, dict(self.terms))).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class SummedShare:
    """What a supplier gets, and the sum for it where a quote tells one."""

    name: str
    positions: tuple[AwardedPosition, ...]
    terms: QuoteTerms | None
    total_minor: int | None


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """An e-mail as it will go, and to whom."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class AwardSummary:
    """What will be once the award is made: shares, positions without a contract, the number of others, the letters to suppliers."""

    shares: tuple[SummedShare, ...]
    left_over: tuple[tuple[AskedPosition, int | None], ...]
    others: int
    letters: tuple[ShownLetter, ...]
    mark: str


def opened(session: Session, need: Need) -> list[Quote]:
    """The opened quotes of a need that may be awarded. Raises QuotesSealed, MoveNotAllowed."""
    if quote_rounds.sealed(session, need):
        raise QuotesSealed(until=need.quotes_until)
    if not need.is_awardable:
        raise MoveNotAllowed(state=need.state, target=NeedState.CONTRACTED)
    return list(quotes.opened(session, need))


def award_of(session: Session, key: str, form: Mapping[str, str]) -> AskedAward:
    """The award in a form, for a person that may make it. Raises NotFound, Forbidden, and InvalidRecord as
    `award_plans.read`.
    """
    found = authorised(session, key, "need.award")
    lock_row(session, found.need)  # equal presses take turns: each after the first finds the contract made
    read_anew(session, found.need)
    sent = [] if quote_rounds.sealed(session, found.need) else list(quotes.opened(session, found.need))
    if form.get("match"):
        return _everything(session, found, form, sent)
    asked = position_prices.asked(found.record)
    pairs = [(quote.public_id, quote_terms.of(quote)) for quote in sent]
    return _planned(found.need, award_plans.read(form, pairs, asked), sent, asked, form)


def _everything(
    session: Session, found: NeedAccess, form: Mapping[str, str], sent: Sequence[Quote]
) -> AskedAward:
    """All that a supplier quotes, else all of the need, to the supplier that the form names."""
    asked = position_prices.asked(found.record)
    quote = next((one for one in sent if one.match.public_id == form["match"]), None)
    if quote is not None and quote.positions and asked:
        plan = award_plans.of_quote(quote.public_id, quote_terms.of(quote))
        return _planned(found.need, plan, [quote], asked, {_revision(quote.match): form.get("revision", "")})
    match = (
        quote.match
        if quote
        else comparison_acts.released(session, found.need.public_id, form["match"], "need.award")
    )
    whole = tuple(AwardedPosition(one.id, one.pieces, one.title) for one in asked)
    terms = {match.public_id: quote_terms.of(quote)} if quote else {}
    return AskedAward(found.need, (AwardShare(match, forms.revision(form), whole),), terms)


def _planned(
    need: Need,
    plan: award_plans.Plan,
    sent: Sequence[Quote],
    asked: Sequence[AskedPosition],
    form: Mapping[str, str],
) -> AskedAward:
    matches = {quote.public_id: quote.match for quote in sent}
    planned = award_plans.shares(plan, [(quote.public_id, quote_terms.of(quote)) for quote in sent], asked)
    shares = tuple(
        AwardShare(match, forms.revision(form, _revision(match)), one.positions)
        for one in planned
        for match in (matches[one.quote],)
    )
    if not shares:  # a quote was withdrawn, or its positions have gone, since the form was shown
        raise InvalidRecord((award_plans.EMPTY,))
    terms = {matches[one.quote].public_id: one for one in planned}
    return AskedAward(need, shares, terms, award_plans.left_over(plan, asked))


def _revision(match: Match) -> str:
    """The field of a form for the revision of a match."""
    return f"revision-{match.public_id}"


def rehearsed(key: str, form: Mapping[str, str]) -> AwardSummary:
    """What the award in a form would do, with the very letters to suppliers: it is made, read and taken back at once.

    The letter to the contractor is left out, since it holds contacts that only the contract opens. Raises as `award_of`
    and `quotes.award`.
    """
    with rehearsal() as (session, user):
        asked = award_of(session, key, form)
        opened(session, asked.need)
        reason = reason_given_for(Occasion.CONTRACTED)
        others = quotes.award(
            session, asked.need, asked.shares, user, reason_word, reason=reason, today=context.today()
        )
        shares = tuple(_summed(share, asked.terms.get(share.match.public_id)) for share in asked.shares)
        return AwardSummary(shares, asked.left_over, len(others), _letters(session, asked), asked.mark)


def _summed(share: AwardShare, said: PlannedShare | QuoteTerms | None) -> SummedShare:
    name = share.match.profile.organisation.name(context.language())
    terms = said.terms if isinstance(said, PlannedShare) else said
    return SummedShare(name, share.positions, terms, said.total_minor if said else None)


def _letters(session: Session, asked: AskedAward) -> tuple[ShownLetter, ...]:
    """The letters to suppliers: each winner's own, and the others' once for all of the same words."""
    names = {
        one.match.public_id: one.match.profile.organisation.name(context.language()) for one in asked.shares
    }
    letters: dict[tuple[str, str, str], int] = {}
    for mail in awards.waiting_letters(session, asked.need):
        said = names.get(mail.about or "", ""), mail.subject, mail.text
        letters[said] = letters.get(said, 0) + 1
    return tuple(
        ShownLetter(name or ngettext("%(num)d of the others", "%(num)d of the others", count), subject, text)
        for (name, subject, text), count in letters.items()
    )
