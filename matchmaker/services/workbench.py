"""The operator's queues and a person's needs: what waits, how much, how old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import NeedState, ProfileState
from matchmaker.models import Centre, CertificateRow, Match, Need, Organisation, Profile
from matchmaker.services.needs import with_parts

EXPIRES_WITHIN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Queue:
    """How many wait, and the day since which the oldest does."""

    name: str
    count: int
    oldest: date | None


def needs_of(session: Session, organisations: Sequence[str], limit: int = 200) -> Sequence[Need]:
    """Needs of contractors (public ids), the newest first."""
    query = with_parts().join(Organisation, Need.contractor_id == Organisation.id)
    chosen = query.where(Organisation.public_id.in_(organisations)).order_by(Need.id.desc()).limit(limit)
    return session.scalars(chosen).all()


def needs_in(
    session: Session, centres: Sequence[str], states: Sequence[str], limit: int = 200
) -> Sequence[Need]:
    """A centre's needs in some states, the longest waiting first."""
    query = with_parts().join(Centre, Need.centre_id == Centre.id).where(Centre.code.in_(centres))
    return session.scalars(
        query.where(Need.state.in_(states)).order_by(Need.changed_at, Need.id).limit(limit)
    ).all()


def queues(session: Session, centres: Sequence[str], today: date) -> list[Queue]:
    """The operator's queues with counts and ages."""
    ids = select(Centre.id).where(Centre.code.in_(centres))
    firms = select(Organisation.id).where(Organisation.centre_id.in_(ids))
    profiles = select(Profile.id).where(Profile.organisation_id.in_(firms))
    queries = {
        "needs": select(func.count(), func.min(Need.changed_at)).where(
            Need.centre_id.in_(ids), Need.state == NeedState.SUBMITTED
        ),
        "profiles": select(func.count(), func.min(Profile.changed_at)).where(
            Profile.organisation_id.in_(firms), Profile.state == ProfileState.SUBMITTED
        ),
        "certificates": select(func.count(), func.min(CertificateRow.valid_until)).where(
            CertificateRow.profile_id.in_(profiles),
            CertificateRow.valid_until >= today,
            CertificateRow.valid_until <= today + EXPIRES_WITHIN,
        ),
        "matches": select(func.count(), func.min(Match.created_at)).where(
            Match.need_id.in_(select(Need.id).where(Need.centre_id.in_(ids))), Match.state == "proposed"
        ),
    }
    found = []
    for name, query in queries.items():
        count, oldest = session.execute(query).one()
        found.append(Queue(name, count, oldest.date() if isinstance(oldest, datetime) else oldest))
    return found
