"""The weekly question about spare machine-hours, answered by a link: the same, more, or full."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, LinkSpent, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Profile, SpareCapacity
from matchmaker.models.base import now
from matchmaker.services.core import journal, signed_links
from matchmaker.services.core.journal import Act
from matchmaker.services.core.site import site_of

ANSWERS = ("same", "more", "full")
WEEKS = 4
STALE_DAYS = 14  # the half-life of a figure of spare capacity; after two of them it says nothing
MOST_HOURS = 2000.0  # a group of a dozen machines in three shifts


@dataclass(frozen=True, slots=True)
class CapacityLink:
    """What a link about capacity is for; `asked_on` is the day of the letter."""

    profile: Profile
    answer: str
    asked_on: str
    user: str


def week_of(day: date) -> int:
    """The ISO week of a day as year·100 + number."""
    year, week, _ = day.isocalendar()
    return year * 100 + week


def coming_weeks(today: date) -> tuple[int, ...]:
    """The present week and those after it, WEEKS in all."""
    return tuple(week_of(today + timedelta(weeks=number)) for number in range(WEEKS))


def groups(profile: Profile) -> list[str]:
    """Codes of the machine groups whose hours a profile states or could state."""
    stated = [row.group_code for row in profile.capacity]
    owned = [code for machine in profile.equipment for code in machine.type_codes[:1]]
    return list(dict.fromkeys([*stated, *owned]))


def free_hours(profile: Profile, today: date) -> dict[str, float]:
    """Free hours a week by group: of the first coming week that has a figure, else of the last stated one."""
    first = coming_weeks(today)[0]
    found: dict[str, float] = {}
    for row in sorted(profile.capacity, key=lambda row: (row.week < first, abs(row.week - first))):
        found.setdefault(row.group_code, row.maximum_hours - row.agreed_hours)
    return found


def asked(session: Session, token: str) -> CapacityLink:
    """What a link asks. Raises NotFound for one that is none of ours, LinkSpent for one that is over."""
    key, asked_on, user, answer = signed_links.read(site_of(session), "capacity", token, 4)
    profile = session.scalar(select(Profile).where(Profile.public_id == key))
    if profile is None or answer not in ANSWERS:
        raise NotFound(what="link", key="")
    if signed_links.used(session, "capacity", f"{key} {asked_on}"):
        raise LinkSpent
    return CapacityLink(profile, answer, asked_on, user)


def answer(session: Session, token: str, today: date, hours: Mapping[str, str] | None = None) -> CapacityLink:
    """Record the answer of a link, once. `hours` by group is what was typed where the answer is "more".

    "The same" states the present figures anew for the coming weeks, "full" leaves only what is agreed already. Raises
    InvalidRecord naming the group whose figure is none, and as `asked` does.
    """
    given = asked(session, token)
    profile = given.profile
    free = free_hours(profile, today)
    if given.answer == "full":
        free = dict.fromkeys(groups(profile), 0.0)
    elif given.answer == "more":
        free |= _checked({group: (hours or {}).get(group, "") for group in groups(profile)})
    signed_links.use(session, "capacity", f"{profile.public_id} {given.asked_on}")
    state(session, profile, free, today)
    act = Act("capacity.stated", "profile", profile.public_id, details={"answer": given.answer})
    journal.record(session, given.user or "letter", (act,))
    return given


def state(session: Session, profile: Profile, free: Mapping[str, float], today: date) -> None:
    """Set the free hours of the coming weeks by group; what is agreed stays, the rest is stated as of now."""
    rows = {(row.group_code, row.week): row for row in profile.capacity}
    for group, hours in free.items():
        for week in coming_weeks(today):
            row = rows.get((group, week))
            if row is None:
                row = SpareCapacity(group_code=group, week=week, agreed_hours=0.0)
                profile.capacity.append(row)
            row.maximum_hours = row.agreed_hours + hours
            row.stated_at = now()
    profile.changed_at = now()
    session.flush()
    journal.announce(session, [profile.public_id])


def _checked(typed: Mapping[str, str]) -> dict[str, float]:
    found, problems = {}, []
    for group, text in typed.items():
        if not text.strip():
            continue
        try:
            hours = float(text.replace(",", ".").replace("\u00a0", "").replace(" ", ""))
        except ValueError:
            hours = -1.0
        if 0 <= hours <= MOST_HOURS:
            found[group] = hours
        else:
            message = N_("Give hours a week from 0 to %(most)s, for example 40.")
            params = {"most": int(MOST_HOURS)}
            problems.append(Problem(f"hours-{group}", "hours.range", message, text[:40], params))
    if not found and not problems:
        message = N_("Give the free hours of at least one group.")
        problems = [Problem(f"hours-{next(iter(typed), '')}", "hours.missing", message)]
    if problems:
        raise InvalidRecord(tuple(problems))
    return found
