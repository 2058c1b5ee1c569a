"""Invitations of people by e-mail: colleagues into an organisation, operators and administrators into a
centre.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain import access
from matchmaker.domain.errors import Faults, LinkSpent, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import MembershipState
from matchmaker.models import Centre, Organisation, User
from matchmaker.models.base import now
from matchmaker.services.core import journal, signed_links, urls
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import letters
from matchmaker.services.people import accounts, consent, memberships, registration

Place = Organisation | Centre


@dataclass(frozen=True, slots=True)
class PersonInvitation:
    """An invitation: the address, the organisation or centre, and the role; `mark` makes the link valid only
    once.
    """

    place: Place
    role: str
    email: str
    mark: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    """The details that a person without an account types to accept."""

    name: str
    password: str
    language: str
    consents: bool


def code_of(place: Place) -> str:
    """The code of a place's centre."""
    return place.centre.code if isinstance(place, Organisation) else place.code


def may(user: User, place: Place, role: str) -> bool:
    """Whether a person may invite another one into a place in this role."""
    if role not in (access.FIRM_ROLES if isinstance(place, Organisation) else access.CENTRE_ROLES):
        return False
    chief = isinstance(place, Organisation) and any(one.id == place.id for one in memberships.managed(user))
    thing = access.AccessObject(centre=code_of(place), person=user.public_id if chief else None)
    return access.may_grant(accounts.subject_of(user), role, thing)


def invite(session: Session, place: Place, email: str, role: str, user: User) -> None:
    """Post an invitation; the same whether or not the address has an account. Raises InvalidRecord."""
    faults = Faults()
    with faults:
        address = accounts.checked_email(email)
    if not may(user, place, role):
        faults.problems.append(Problem("role", "role.unknown", N_("Choose a role."), role[:20]))
    faults.settle()
    kind = "organisation" if isinstance(place, Organisation) else "centre"
    token = signed_links.sign(
        site_of(session), "person", (kind, place.public_id, role, address, user.public_id)
    )
    values = {
        "who": user.name,
        "organisation": place.name(user.language),
        "path": urls.join(token),
        "until": (now() + signed_links.LIFETIMES["person"] - timedelta(days=1)).date(),
    }
    letters.post(session, "person_invited", address, user.language, values)
    journal.note(session, user.public_id, "person.invited", place, {"role": role})


def invite_once(session: Session, token: str, place: Place, email: str, role: str, user: User) -> None:
    """Post the invitation of a form with a new token; the same form again posts nothing. Raises
    InvalidRecord.
    """
    if signed_links.first(session, "person-form", token):
        invite(session, place, email, role, user)


def invitation(session: Session, token: str) -> PersonInvitation:
    """The invitation of a link of `invite`. Raises NotFound, LinkSpent; also where its sender may no longer
    invite.
    """
    kind, key, role, email, by = signed_links.read(site_of(session), "person", token, 5)
    place = _place(session, kind, key)
    inviter = session.scalar(select(User).where(User.public_id == by, User.active))
    if place is None:
        raise NotFound(what="link", key="")
    mark = hashlib.sha256(token.encode()).hexdigest()
    known = accounts.find(session, email)
    closed = known is not None and not known.active
    if (
        signed_links.used(session, "person", mark)
        or closed
        or inviter is None
        or not may(inviter, place, role)
    ):
        raise LinkSpent
    return PersonInvitation(place, role, email, mark)


def _place(session: Session, kind: str, key: str) -> Place | None:
    if kind == "organisation":
        return session.scalar(select(Organisation).where(Organisation.public_id == key))
    return session.scalar(select(Centre).where(Centre.public_id == key))


def accept(session: Session, token: str, newcomer: Newcomer) -> User:
    """Give the invited person the role, with a new account if the address has none. Raises InvalidRecord too."""
    given = invitation(session, token)
    user = accounts.find(session, given.email)
    if user is None:
        person = accounts.AccountDetails(
            given.email, newcomer.name, newcomer.password, newcomer.language, confirmed=True
        )
        registration.demand(session, person, consents=newcomer.consents)
        user = accounts.create_user(session, person, by="invitation")
        consent.keep(session, user, newcomer.language)
    signed_links.use(session, "person", given.mark)
    firm = given.place if isinstance(given.place, Organisation) else None
    centre = given.place if isinstance(given.place, Centre) else None
    held = accounts.grant(session, user, given.role, by=user.public_id, organisation=firm, centre=centre)
    held.state = MembershipState.ACTIVE
    if firm is not None and given.role == "contractor_buyer":
        firm.is_contractor = True
    if firm is not None and not memberships.chiefs(session, firm):
        held.chief = True
    return user
