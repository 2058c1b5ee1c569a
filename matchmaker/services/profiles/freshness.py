"""The age of facts: the age of each fact of a profile, the stale ones, and the confirmation that they are
still true.

Free hours lose half of their worth in two weeks, the machines and their work in a year; a certificate has its
date.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from matchmaker.domain.records import SupplierRecord
from matchmaker.models import Fact, Profile
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.profiles import capacity, certificates, fact_sources
from matchmaker.services.profiles.capacity import STALE_DAYS

HALF_LIVES = {"capabilities": 365, "equipment": 365, "capacity": STALE_DAYS}
SECTIONS = ("capabilities", "equipment")  # of a profile that age as a whole


@dataclass(frozen=True, slots=True)
class FactAge:
    """A fact of a profile: the day on which it was last confirmed or, `of_list`, said by an imported list; and whether that is
    longer ago than its half-life.
    """

    field: str
    stated_on: date
    stale: bool
    of_list: bool = False


def stated_on(profile: Profile, field: str) -> date | None:
    """The day on which something was last confirmed; None where nothing is stated."""
    if field == "capacity":
        return max((row.stated_at.date() for row in profile.capacity), default=None)
    if not getattr(profile, field):
        return None
    own = next((fact.stated_on for fact in profile.facts if fact.field == field), None)
    published = profile.published_at.date() if profile.published_at else None
    return day_of(own, profile.updated, published, edited=profile.edited_at is not None)


def day_of(own: date | None, updated: date | None, published: date | None, *, edited: bool) -> date | None:
    """The day of a fact: its `own` one, which a newer file repeats unless a person has `edited` the profile, else that of the file,
    else that of the publication.
    """
    if own and updated and not edited:
        own = max(own, updated)
    return own or updated or published


def machines_on(profile: Profile) -> date | None:
    """The day of the oldest statement about machines and work."""
    return min((day for field in SECTIONS if (day := stated_on(profile, field))), default=None)


def of_profile(profile: Profile, today: date) -> tuple[FactAge, ...]:
    """The facts of a profile that age, in the order of HALF_LIVES."""
    found = ((field, stated_on(profile, field)) for field in HALF_LIVES)
    return tuple(
        FactAge(field, day, day < today - timedelta(days=HALF_LIVES[field]), _is_of_list(profile, field))
        for field, day in found
        if day
    )


def _is_of_list(profile: Profile, field: str) -> bool:
    """Whether nobody has said it but a list."""
    return field != "capacity" and fact_sources.is_of_list(profile, field)


def stale(profile: Profile, today: date) -> tuple[FactAge, ...]:
    return tuple(fact for fact in of_profile(profile, today) if fact.stale)


def confirm(session: Session, profile: Profile, fields: Sequence[str], *, by: str, today: date) -> None:
    """Confirm fields of HALF_LIVES, and certificates without any date; visible in matching at once."""
    for field in fields:
        if field == "capacity":
            capacity.state(session, profile, capacity.free_hours(profile, today), today)
        elif field == "certificates":
            for row in filter(certificates.is_undated, profile.certificates):
                row.said_on = today
            _state(profile, field, today)
        else:
            _state(profile, field, today)
    profile.confirmed_at = now()
    journal.note(session, by, "profile.confirmed", profile)
    journal.announce(session, (profile.public_id,))
    session.flush()


def note(profile: Profile, before: SupplierRecord, after: SupplierRecord, today: date) -> None:
    """Update the ages after changes were published: a changed section is as fresh as the change, the others
    keep their age.
    """
    for field in SECTIONS:
        known = any(fact.field == field for fact in profile.facts)
        if getattr(before, field) != getattr(after, field):
            _state(profile, field, today, profile.waiting_batch_id)
        elif getattr(after, field) and before.updated and not known:
            source = profile.source if profile.batch_id is None else None
            kept = {"batch_id": profile.batch_id, "source": source}
            profile.facts.append(Fact(field=field, stated_on=before.updated, **kept))


def _state(profile: Profile, field: str, day: date, batch: int | None = None) -> None:
    fact = next((one for one in profile.facts if one.field == field), None)
    if fact is None:
        fact = Fact(field=field)
        profile.facts.append(fact)
    fact.stated_on, fact.batch_id, fact.source = day, batch, None


def hours_on(profile: Profile, today: date) -> date | None:
    """The day on which the free hours that count in matching were stated."""
    if capacity.monthly(profile, today) is not None:
        return stated_on(profile, "capacity")
    return stated_on(profile, "equipment")
