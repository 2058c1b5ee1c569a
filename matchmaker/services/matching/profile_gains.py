"""The gain of a change to a shop's profile: the needs open now and those of the last year, and their hours."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import NEEDS_IN_PREPARATION
from matchmaker.domain.records import SupplierRecord
from matchmaker.domain.requirements import Requirements
from matchmaker.models import Need, Profile
from matchmaker.services.index import documents
from matchmaker.services.matching import matching
from matchmaker.services.matching.matching import Matching
from matchmaker.services.needs import needs
from search.matching import gains
from search.matching.gains import DatedNeed, ProfileChange

DAYS = 365
MOST = 5_000  # needs of a year, the newest ones


def of_profile(
    session: Session, profile: Profile, record: SupplierRecord, parts: Matching
) -> tuple[ProfileChange, ...]:
    """The changes to `record`, the profile or its draft, with the needs that each would open, without those
    by invitation only.
    """
    document = documents.of_profile(profile, parts.recogniser, parts.today, record)
    asked = list(_asked(session, parts))
    return gains.openings(document, asked, parts.recogniser.taxonomy)


def _asked(session: Session, parts: Matching) -> Iterator[DatedNeed]:
    since = parts.today - timedelta(days=DAYS)
    query = (
        needs.with_reach()
        .where(Need.disclosure != "invited", Need.state.not_in(NEEDS_IN_PREPARATION))
        .order_by(Need.id.desc())
        .limit(MOST)
    )
    for need in session.scalars(query):
        is_open = need.is_open
        day = need.published_at.date() if need.published_at else need.created_at.date()
        if is_open or day >= since:
            yield _as_it_stood(matching.requirements(need, parts), parts.today if is_open else day, is_open)


def _as_it_stood(requirements: Requirements, day: date, is_open: bool) -> DatedNeed:
    """The need on the day on which an answer was due; a past need with the time that was left on that day."""
    left = (requirements.deliver_by - day).days if requirements.deliver_by else 0
    dated = replace(
        requirements,
        on=requirements.on or day,
        lead_time_days=requirements.lead_time_days or (left if left > 0 else None),
    )
    hours = (requirements.spare_hours or 0.0) * max(len(requirements.months), 1)
    return DatedNeed(dated, day, hours, is_open)
