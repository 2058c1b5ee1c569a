"""The viewings of a supplier's profile by signed-in people, once a day each; robots and visitors are not
counted.

The supplier sees the kind and region of the firm, and its name only where the person allows it: a contractor
whose need hides its name must not be recognised by its own viewings.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.models import Membership, Profile, ProfileViewing, User
from matchmaker.models.database import DatabaseError, Sessions
from matchmaker.services.core import journal

WEEKS = 12
KEPT_DAYS = 7 * WEEKS
NAMED = "seen_by_name"  # the person's preference
_KINDS = {
    "contractor_buyer": "contractor",
    "supplier_editor": "supplier",
    "operator": "centre",
    "centre_administrator": "centre",
}


@dataclass(frozen=True, slots=True)
class ProfileViewer:
    """A firm, or people of one kind and region who are counted together; `name` is empty for these.

    `kind` is "contractor", "supplier", "centre" or "other", `days` the person-days on which they looked,
    `last` the latest.
    """

    kind: str
    region: str | None
    name: str
    days: int
    last: date


@dataclass(frozen=True, slots=True)
class ViewingCounts:
    """The viewers, the most frequent first, and person-days by week: the Monday and the number, the oldest
    week first.
    """

    viewers: tuple[ProfileViewer, ...]
    weeks: tuple[tuple[date, int], ...]


def counts(profile: Profile, user: User) -> bool:
    """Whether a look of this person counts: those of the firm itself do not."""
    return profile.organisation_id not in {
        held.organisation_id for held in user.memberships if held.is_active
    }


def is_noted(session: Session, profile: Profile, user: User, day: date) -> bool:
    """Whether a look of this person on this day was noted."""
    return session.get(ProfileViewing, (profile.id, user.id, day)) is not None


def note(sessions: Sessions, profile: int, user: int, day: date) -> None:
    """Note a viewing that was not noted yet; left out where the database cannot be written at once, or just was."""
    with suppress(DatabaseError), sessions.begin_at_once() as writing:
        writing.add(ProfileViewing(profile_id=profile, user_id=user, day=day))


def of_profile(session: Session, profile: Profile, today: date, language: str) -> ViewingCounts:
    """The viewings of the last WEEKS weeks, in the form that the supplier sees."""
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    people = joinedload(ProfileViewing.user).joinedload(User.memberships)
    query = (
        select(ProfileViewing)
        .where(ProfileViewing.profile_id == profile.id, ProfileViewing.day >= first)
        .options(people.options(joinedload(Membership.organisation), joinedload(Membership.centre)))
    )
    found = session.scalars(query).unique().all()
    days: Counter[tuple[str, str | None, str]] = Counter()
    last: dict[tuple[str, str | None, str], date] = {}
    weeks = Counter(one.day - timedelta(days=one.day.weekday()) for one in found)
    for one in found:
        who = _who(one.user, language)
        days[who] += 1
        last[who] = max(one.day, last.get(who, one.day))
    viewers = [ProfileViewer(*who, count, last[who]) for who, count in days.items()]
    viewers.sort(key=lambda one: (-one.days, one.kind, one.region or "", one.name))
    mondays = [first + timedelta(weeks=number) for number in range(WEEKS)]
    return ViewingCounts(tuple(viewers), tuple((day, weeks[day]) for day in mondays))


def let_be_named(session: Session, user: User, named: bool) -> None:
    """Set whether suppliers whose profile the person opens see the name of its firm."""
    user.preferences = {**(user.preferences or {}), NAMED: named}
    journal.note(session, user.public_id, "user.named", user, {"named": named})


def forget_old(session: Session, today: date) -> None:
    """Delete viewings that nobody is shown any more."""
    session.execute(delete(ProfileViewing).where(ProfileViewing.day < today - timedelta(days=KEPT_DAYS)))


def _who(user: User, language: str) -> tuple[str, str | None, str]:
    held = next((one for one in _active(user.memberships) if one.role in _KINDS), None)
    if held is None:
        return "other", None, ""
    kind = _KINDS[held.role]
    if kind == "centre":
        centre = held.centre
        name = (centre.name_ru if language == "ru" else centre.name_en) or centre.code if centre else ""
        return kind, None, name
    firm = held.organisation
    named = bool((user.preferences or {}).get(NAMED))
    return kind, firm.region_code if firm else None, firm.name(language) if firm and named else ""


def _active(held: Sequence[Membership]) -> list[Membership]:
    return [one for one in held if one.is_active]
