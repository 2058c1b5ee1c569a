"""What a shop has to do with needs: invitations that wait, what it takes part in with its quotes, and what is over."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.lifecycle import OPEN_NEEDS
from matchmaker.models import Match, Need, Profile, Quote
from matchmaker.services.needs import ndas

MOST = 200
_TOLD = (
    "invited",
    "interested",
    "declined",
    "quoted",
    "contracted",
    "lost",
)  # states that the shop itself knows of


@dataclass(frozen=True, slots=True)
class NeedDealing:
    """A need that the shop knows of, and its own quote. `within` tells whether its page is open to the shop."""

    match: Match
    quote: Quote | None

    @property
    def within(self) -> bool:
        return self.match.state in ndas.WITHIN or self.match.need.disclosure != "invited"


@dataclass(frozen=True, slots=True)
class SupplierPipeline:
    """Invitations without an answer, what goes on, what is over; each the latest first."""

    waiting: tuple[NeedDealing, ...]
    going: tuple[NeedDealing, ...]
    over: tuple[NeedDealing, ...]


def of_profile(session: Session, profile: Profile) -> SupplierPipeline:
    """A shop's dealings. What a file brought and was never asked of it is no dealing."""
    query = (
        select(Match)
        .join(Match.need)
        .where(Match.profile_id == profile.id, or_(Match.state.in_(_TOLD), Match.asked_at.is_not(None)))
        .order_by(Match.changed_at.desc(), Match.id.desc())
        .limit(MOST)
        .options(
            joinedload(Match.need).joinedload(Need.contractor), joinedload(Match.need).joinedload(Need.centre)
        )
    )
    matches = session.scalars(query).all()
    rows = session.scalars(select(Quote).where(Quote.match_id.in_([one.id for one in matches])))
    quotes = {quote.match_id: quote for quote in rows}
    found = [NeedDealing(match, quotes.get(match.id)) for match in matches]
    return SupplierPipeline(
        tuple(one for one in found if _is_open(one) and one.match.state == "invited"),
        tuple(one for one in found if _goes_on(one)),
        tuple(_over(found)),
    )


def _is_open(one: NeedDealing) -> bool:
    return one.match.need.state in OPEN_NEEDS


def _goes_on(one: NeedDealing) -> bool:
    if one.match.state == "contracted":
        return True
    return _is_open(one) and one.match.state in {"interested", "quoted", "proposed", "approved"}


def _over(found: Sequence[NeedDealing]) -> list[NeedDealing]:
    return [
        one
        for one in found
        if not _goes_on(one)
        and not (_is_open(one) and one.match.state == "invited")
        and one.match.state in _TOLD
    ]
