"""What a centre can show to a stranger: how many work with it, and what came of it. Numbers alone, no name."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import AWARDED_NEEDS, MatchState, ProfileState
from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.models import CertificateRow, Match, Need, Profile, told_open
from matchmaker.services.profiles import certificates


@dataclass(frozen=True, slots=True)
class NeedsStanding:
    """The number of needs that look for a shop, and of contracts that came of others: one a supplier, several where an award was split."""

    open: int
    contracts: int


def of_needs(session: Session) -> NeedsStanding:
    """The needs of all centres of this installation."""
    looking = select(func.count()).select_from(Need).where(told_open()).scalar_subquery()
    made = (
        select(func.count())
        .select_from(Match)
        .join(Need, Need.id == Match.need_id)
        .where(Match.state == MatchState.CONTRACTED, Need.state.in_(AWARDED_NEEDS), ~told_open())
        .scalar_subquery()
    )
    return NeedsStanding(*session.execute(select(looking, made)).one())


def certified(session: Session, today: date, taxonomy: Taxonomy) -> int:
    """The number of published suppliers with a certificate that a centre has verified and that is in force."""
    query = (
        select(func.count(func.distinct(CertificateRow.profile_id)))
        .join(Profile, Profile.id == CertificateRow.profile_id)
        .where(
            certificates.certifying(today, taxonomy, verified=True),
            Profile.state == ProfileState.PUBLISHED,
        )
    )
    return session.scalar(query) or 0
