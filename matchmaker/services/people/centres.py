"""The network of centres for its administrator: all centres, their size, and the state of the site."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.access import STAFF_ROLES
from matchmaker.domain.errors import InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import (
    LIVE_OUTBOX_ROWS,
    OPEN_NEEDS,
    JobState,
    MailState,
    MembershipState,
    OutboxRowState,
    ProfileState,
)
from matchmaker.domain.records import clean_text
from matchmaker.models import (
    Centre,
    Job,
    Mail,
    Membership,
    Need,
    Neighbour,
    Organisation,
    Outbox,
    Profile,
    User,
)
from matchmaker.services.core import journal

_CODE = re.compile("[a-z0-9-]{1,40}")
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class CentreView:
    """A centre with the people in charge and its size."""

    centre: Centre
    staff: Sequence[Membership]
    suppliers: int
    needs: int


def centres(session: Session) -> list[CentreView]:
    """All centres of this installation by code, in four statements."""
    staff: dict[int, list[Membership]] = {}
    query = (
        select(Membership)
        .join(Membership.user)
        .where(Membership.role.in_(STAFF_ROLES), Membership.state == MembershipState.ACTIVE, User.active)
        .order_by(Membership.role.desc(), Membership.id)
        .options(joinedload(Membership.user))
    )
    for held in session.scalars(query):
        staff.setdefault(held.centre_id or 0, []).append(held)
    suppliers, needs = _suppliers(session), _needs(session)
    found = session.scalars(select(Centre).where(_is_own()).order_by(Centre.code))
    return [
        CentreView(one, staff.get(one.id, ()), suppliers.get(one.id, 0), needs.get(one.id, 0))
        for one in found
    ]


def _is_own() -> ColumnElement[bool]:
    """The condition that a centre is no neighbour's: nobody here works for that one."""
    return Centre.id.not_in(select(Neighbour.centre_id))


def by_code(session: Session, code: str) -> Centre:
    """The centre of this installation with this code. Raises NotFound."""
    found = session.scalar(select(Centre).where(Centre.code == code, _is_own()))
    if found is None:
        raise NotFound(what="centre", key=code)
    return found


def _suppliers(session: Session) -> Mapping[int, int]:
    query = (
        select(Organisation.centre_id, func.count())
        .join(Profile, Profile.organisation_id == Organisation.id)
        .where(Profile.state == ProfileState.PUBLISHED)
        .group_by(Organisation.centre_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _needs(session: Session) -> Mapping[int, int]:
    query = select(Need.centre_id, func.count()).where(Need.state.in_(OPEN_NEEDS)).group_by(Need.centre_id)
    return {row[0]: row[1] for row in session.execute(query)}


FIELDS = ("code", "name_ru", "name_en", "phone", "email")


def save(session: Session, given: Mapping[str, str], *, by: str) -> Centre:
    """Add a centre, or change the name and contacts of the one with this code. Raises InvalidRecord."""
    cleaned = {name: " ".join(clean_text(given.get(name, "")).split()) for name in FIELDS}
    _check(cleaned)
    code = cleaned["code"]
    found = session.scalar(select(Centre).where(Centre.code == code))
    action = "centre.renamed" if found else "centre.created"
    if found is None:
        found = Centre(code=code)
        session.add(found)
    found.name_ru, found.name_en = cleaned["name_ru"] or None, cleaned["name_en"] or None
    found.contacts = {name: cleaned[name] for name in ("phone", "email") if cleaned[name]}
    session.flush()
    journal.note(session, by, action, found)
    return found


def _check(cleaned: Mapping[str, str]) -> None:
    problems = []
    if not _CODE.fullmatch(cleaned["code"]):
        message = N_("Write the code with small Latin letters, digits and hyphens, at most 40 of them.")
        problems.append(Problem("code", "code.invalid", message, cleaned["code"][:40]))
    if not (cleaned["name_ru"] or cleaned["name_en"]):
        problems.append(Problem("name_ru", "name.missing", N_("Give the centre's name.")))
    for field, words in cleaned.items():
        if len(words) > LONGEST_NAME and field != "code":
            message = N_("Too long: at most %(max_length)s.")
            problems.append(
                Problem(field, "field.too_long", message, words[:80], {"max_length": LONGEST_NAME})
            )
    if problems:
        raise InvalidRecord(tuple(problems))


@dataclass(frozen=True, slots=True)
class CentreState:
    """The waiting and the failed work: e-mails, documents for the index, jobs."""

    letters_waiting: int
    letters_stuck: int
    index_waiting: int
    index_stuck: int
    jobs_failed: int


def state(session: Session) -> CentreState:
    """The state of the site, in three statements."""
    letters = _by_state(session, Mail)
    outbox = _by_state(session, Outbox)
    jobs = _by_state(session, Job)
    return CentreState(
        letters_waiting=letters.get(MailState.WAITING, 0),
        letters_stuck=letters.get(MailState.DEAD, 0),
        index_waiting=sum(outbox.get(state, 0) for state in LIVE_OUTBOX_ROWS),
        index_stuck=outbox.get(OutboxRowState.DEAD, 0),
        jobs_failed=jobs.get(JobState.FAILED, 0),
    )


def _by_state(session: Session, table: type[Mail] | type[Outbox] | type[Job]) -> Mapping[str, int]:
    query = select(table.state, func.count()).group_by(table.state)
    return {row[0]: row[1] for row in session.execute(query)}
