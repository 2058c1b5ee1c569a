"""The weekly question about spare machine-hours, answered by a link: the same, more, or full."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, LinkSpent, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Profile
from matchmaker.services.core import journal, signed_links
from matchmaker.services.core.journal import Act
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import link_holders
from matchmaker.services.profiles import capacity
from search.reading.cell_answers import number

ANSWERS = ("same", "more", "full")


@dataclass(frozen=True, slots=True)
class CapacityLink:
    """The subject of a link about capacity; `asked_on` is the day of the e-mail."""

    profile: Profile
    answer: str
    asked_on: str
    user: str


def asked(session: Session, token: str) -> CapacityLink:
    """The question that a link asks. Raises NotFound for an unknown link, LinkSpent for an expired one and where its person no longer
    speaks for the supplier.
    """
    key, asked_on, user, answer = signed_links.read(site_of(session), "capacity", token, 4)
    profile = session.scalar(select(Profile).where(Profile.public_id == key))
    if profile is None or answer not in ANSWERS:
        raise NotFound(what="link", key="")
    spent = signed_links.used(session, "capacity", f"{key} {asked_on}")
    if spent or not link_holders.of_supplier(session, profile, user):
        raise LinkSpent
    return CapacityLink(profile, answer, asked_on, user)


def answer(session: Session, token: str, today: date, hours: Mapping[str, str] | None = None) -> CapacityLink:
    """Record the answer of a link, once. `hours` by group are the hours typed where the answer is "more".

    "The same" states the present figures anew for the coming weeks, "full" leaves only the agreed hours.
    Raises InvalidRecord with the group of a wrong figure, and as `asked` does.
    """
    given = asked(session, token)
    profile = given.profile
    free = capacity.free_hours(profile, today)
    if given.answer == "full":
        free = dict.fromkeys(capacity.groups(profile), 0.0)
    elif given.answer == "more":
        free |= _checked({group: (hours or {}).get(group, "") for group in capacity.groups(profile)})
    signed_links.use(session, "capacity", f"{profile.public_id} {given.asked_on}")
    capacity.state(session, profile, free, today)
    act = Act("capacity.stated", "profile", profile.public_id, details={"answer": given.answer})
    journal.record(session, given.user or "letter", (act,))
    return given


def _checked(typed: Mapping[str, str]) -> dict[str, float]:
    found, problems = {}, []
    for group, text in typed.items():
        if not text.strip():
            continue
        hours = number(text).value
        if hours is not None and 0 <= hours <= capacity.MOST_HOURS:
            found[group] = hours
        else:
            message = N_("Give hours a week from 0 to %(most)s, for example 40.")
            params = {"most": int(capacity.MOST_HOURS)}
            problems.append(Problem(f"hours-{group}", "hours.range", message, text[:40], params))
    if not found and not problems:
        message = N_("Give the free hours of at least one group.")
        problems = [Problem(f"hours-{next(iter(typed), '')}", "hours.missing", message)]
    if problems:
        raise InvalidRecord(tuple(problems))
    return found
