"""The gain of a change to a shop's profile: the needs open now and those of the last year, and their hours."""

from collections.abc import Hashable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from sqlalchemy import func, or_
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import NEEDS_IN_PREPARATION
from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Need, Profile, told_open
from matchmaker.services.index import documents
from matchmaker.services.matching import matching
from matchmaker.services.matching.asked_needs import FOR_ALL, AskedNeeds, NeedAsked
from matchmaker.services.matching.matching import Matching
from search.matching import gains
from search.matching.gains import DatedNeed, DatedNeeds, OpenedNeeds, ProfileChange
from search.matching.matcher import dated

DAYS = 365


def of_profile(
    session: Session, profile: Profile, record: SupplierRecord, parts: Matching
) -> tuple[ProfileChange, ...]:
    """The changes to `record`, the profile or its draft, with the needs that each would open, without those
    by invitation only.
    """
    document = documents.of_profile(profile, parts.recogniser, parts.today, record)
    asked, taxonomy = needs_of_year(session, parts), parts.recogniser.taxonomy
    known = parts.asked.looked_at
    return parts.asked.gains.of(
        (asked.number, document), lambda: gains.openings(document, asked, taxonomy, known)
    )


def of_certificates(
    session: Session, wanted: Sequence[tuple[Profile, str]], parts: Matching
) -> list[OpenedNeeds]:
    """What a certificate for a standard would open for each profile: the demand that is lost for want of it. Counted as
    `of_profile` counts, over the same needs, all profiles at once.
    """
    asked, taxonomy = needs_of_year(session, parts), parts.recogniser.taxonomy
    marks = [("certificate", asked.number, one.public_id, one.revision, standard) for one, standard in wanted]
    known: dict[Hashable, OpenedNeeds | None] = {
        mark: cast("OpenedNeeds | None", parts.asked.gains.get(mark)) for mark in marks
    }
    lacking = [place for place, mark in enumerate(marks) if known[mark] is None]
    present = [documents.of_profile(wanted[place][0], parts.recogniser, parts.today) for place in lacking]
    changes = [
        (document, gains.certified(document, wanted[place][1], taxonomy))
        for place, document in zip(lacking, present, strict=True)
    ]
    for place, found in zip(lacking, gains.opened(changes, asked, taxonomy), strict=True):
        known[marks[place]] = found
        parts.asked.gains.put(marks[place], found)
    return [held for mark in marks if (held := known[mark]) is not None]


def closing(profile: Profile, need: Need, parts: Matching) -> tuple[str, ...]:
    """The requirements of a need that close it to a supplier today; none where the need fits."""
    document = documents.of_profile(profile, parts.recogniser, parts.today)
    asked = matching.understand_need(need, parts).requirements
    return gains.closing(
        document, DatedNeed(dated(asked, parts.today), parts.today), parts.recogniser.taxonomy
    )


def needs_of_year(session: Session, parts: Matching) -> DatedNeeds:
    """The open needs and those of the last year, the newest ones, each as it stood."""
    since = datetime.combine(parts.today - timedelta(days=DAYS), time.min, UTC)
    recent = or_(told_open(), func.coalesce(Need.published_at, Need.created_at) >= since)
    told = (FOR_ALL, Need.state.not_in(NEEDS_IN_PREPARATION), recent)
    return parts.asked.of(session, told, parts.today, matching.reader(parts), _as_they_stood)


def _as_they_stood(
    found: Sequence[NeedAsked], _today: date, _asked: AskedNeeds, before: DatedNeeds | None
) -> DatedNeeds:
    return DatedNeeds((one.stood for one in found), before)
