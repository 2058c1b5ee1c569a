"""What a centre can show to a stranger: how many work with it, and what came of it. Numbers alone, no name."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import AWARDED_NEEDS, CertificateStatus, ProfileState
from matchmaker.models import CertificateRow, Need, Profile, told_open


@dataclass(frozen=True, slots=True)
class NeedsStanding:
    """The number of needs that look for a shop, and of those that found one: a contract was made."""

    open: int
    awarded: int


def of_needs(session: Session) -> NeedsStanding:
    """The needs of all centres of this installation."""
    counted = (
        select(func.count()).select_from(Need).where(which).scalar_subquery()
        for which in (told_open(), and_(Need.state.in_(AWARDED_NEEDS), ~told_open()))
    )
    return NeedsStanding(*session.execute(select(*counted)).one())


def certified(session: Session, today: date) -> int:
    """The number of published suppliers with a certificate that a centre has verified and that is in force."""
    query = (
        select(func.count(func.distinct(CertificateRow.profile_id)))
        .join(Profile, Profile.id == CertificateRow.profile_id)
        .where(
            CertificateRow.status == CertificateStatus.CERTIFIED,
            CertificateRow.verified,
            or_(CertificateRow.valid_until.is_(None), CertificateRow.valid_until >= today),
            Profile.state == ProfileState.PUBLISHED,
        )
    )
    return session.scalar(query) or 0
