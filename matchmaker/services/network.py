"""The network of centres, as its administrator sees it: which there are, how large, and how the site is doing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import OPEN_NEEDS, ProfileState
from matchmaker.domain.records import clean_text
from matchmaker.models import Centre, Job, Mail, Membership, Need, Organisation, Outbox, Profile, User
from matchmaker.services import journal
from matchmaker.services.asking_in import STAFF
from matchmaker.services.journal import Act

_CODE = re.compile("[a-z0-9-]{1,40}")
LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class CentreView:
    """A centre with its people in charge and how much it has."""

    centre: Centre
    staff: Sequence[Membership]
    suppliers: int
    needs: int


def centres(session: Session) -> list[CentreView]:
    """All centres by code, in four statements."""
    staff: dict[int, list[Membership]] = {}
    query = (
        select(Membership)
        .join(Membership.user)
        .where(Membership.role.in_(STAFF), Membership.state == "active", User.active)
        .order_by(Membership.role.desc(), Membership.id)
        .options(joinedload(Membership.user))
    )
    for held in session.scalars(query):
        staff.setdefault(held.centre_id or 0, []).append(held)
    suppliers, needs = _suppliers(session), _needs(session)
    found = session.scalars(select(Centre).order_by(Centre.code))
    return [
        CentreView(one, staff.get(one.id, ()), suppliers.get(one.id, 0), needs.get(one.id, 0))
        for one in found
    ]


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


def save(session: Session, code: str, name_ru: str, name_en: str, *, by: str) -> Centre:
    """Add a centre, or name the one with this code anew. Raises InvalidRecord."""
    names = [" ".join(clean_text(name).split()) for name in (name_ru, name_en)]
    _check(code, names)
    found = session.scalar(select(Centre).where(Centre.code == code))
    action = "centre.renamed" if found else "centre.created"
    if found is None:
        found = Centre(code=code)
        session.add(found)
    found.name_ru, found.name_en = names[0] or None, names[1] or None
    session.flush()
    journal.record(session, by, (Act(action, "centre", found.public_id, code),))
    return found


def _check(code: str, names: Sequence[str]) -> None:
    problems = []
    if not _CODE.fullmatch(code):
        message = N_("Write the code with small Latin letters, digits and hyphens, at most 40 of them.")
        problems.append(Problem("code", "code.invalid", message, code[:40]))
    if not any(names):
        problems.append(Problem("name_ru", "name.missing", N_("Give the centre's name.")))
    for field, name in zip(("name_ru", "name_en"), names, strict=True):
        if len(name) > LONGEST_NAME:
            message = N_("Too long: at most %(max_length)s.")
            problems.append(Problem(field, "name.too_long", message, name[:80], {"max_length": LONGEST_NAME}))
    if problems:
        raise InvalidRecord(tuple(problems))


@dataclass(frozen=True, slots=True)
class State:
    """What waits and what is stuck: letters, documents for the index, jobs."""

    letters_waiting: int
    letters_stuck: int
    index_waiting: int
    index_stuck: int
    jobs_failed: int


def state(session: Session) -> State:
    """How the site is doing, in three statements."""
    letters = _by_state(session, Mail)
    outbox = _by_state(session, Outbox)
    jobs = _by_state(session, Job)
    waiting = outbox.get("waiting", 0) + outbox.get("taken", 0)
    stuck = outbox.get("dead", 0)
    return State(letters.get("waiting", 0), letters.get("dead", 0), waiting, stuck, jobs.get("failed", 0))


def _by_state(session: Session, table: type[Mail] | type[Outbox] | type[Job]) -> Mapping[str, int]:
    query = select(table.state, func.count()).group_by(table.state)
    return {row[0]: row[1] for row in session.execute(query)}
