"""A shop's dealings with needs: waiting invitations, needs it takes part in with its quotes, and past ones."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.lifecycle import OPEN_NEEDS, TOLD
from matchmaker.models import Match, Need, Profile, Quote

MOST = 200


@dataclass(frozen=True, slots=True)
class NeedDealing:
    """A need that the shop knows, and its own quote. `within` says whether its page is open to the shop."""

    match: Match
    quote: Quote | None

    @property
    def within(self) -> bool:
        return self.match.is_within_circle or self.match.need.disclosure != "invited"

    @property
    def awaits_quote(self) -> bool:
        """Whether the shop is willing and has no valid quote."""
        return self.match.is_in_talks and (self.quote is None or not self.quote.is_sent)


@dataclass(frozen=True, slots=True)
class SupplierPipeline:
    """The invitations without an answer, the current needs, the past ones; each the latest first."""

    waiting: tuple[NeedDealing, ...]
    going: tuple[NeedDealing, ...]
    over: tuple[NeedDealing, ...]


def of_profile(session: Session, profile: Profile) -> SupplierPipeline:
    """A shop's dealings. Imported matches that the supplier was never asked about are left out."""
    query = (
        select(Match, Quote)
        .join(Match.need)
        .outerjoin(Quote, Quote.match_id == Match.id)
        .where(Match.profile_id == profile.id, or_(Match.state.in_(TOLD), Match.asked_at.is_not(None)))
        .order_by(Match.changed_at.desc(), Match.id.desc())
        .limit(MOST)
        .options(
            joinedload(Match.need).joinedload(Need.contractor), joinedload(Match.need).joinedload(Need.centre)
        )
    )
    found = [
        NeedDealing(match, quote)
        for match, quote in session.execute(query)
        if match.is_told or match.asked_at is not None
    ]
    found.sort(key=lambda one: (one.match.told_changed_at, one.match.id), reverse=True)
    return SupplierPipeline(
        tuple(one for one in found if one.match.awaits_answer),
        tuple(one for one in found if _goes_on(one)),
        tuple(_over(found)),
    )


def _goes_on(one: NeedDealing) -> bool:
    match = one.match
    if match.told_state != match.state:  # an award of which the shop is not told yet
        return not match.awaits_answer
    is_open = match.need.told_state in OPEN_NEEDS
    return match.is_contracted or (is_open and (match.is_in_talks or match.is_invitable))


def _over(found: Sequence[NeedDealing]) -> list[NeedDealing]:
    return [one for one in found if one.match.is_told and not one.match.awaits_answer and not _goes_on(one)]
