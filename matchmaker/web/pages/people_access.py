"""The accounts and roles that a person may change, of the people of its firms and of its centres; invitations into them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from matchmaker.domain import access
from matchmaker.domain.access import AccessVerdict
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.models import Membership, Organisation, Session, User
from matchmaker.services.people import directory, memberships, person_invitations
from matchmaker.services.people.person_invitations import Place
from matchmaker.services.profiles import suppliers
from matchmaker.web.kit import form_tokens
from matchmaker.web.kit.changes import attempt
from matchmaker.web.kit.context import product
from matchmaker.web.kit.standpoint import Standpoint, operator, standpoint


def answers_for(session: Session, organisation: Organisation) -> bool:
    """Whether the acting person is a chief user of the organisation."""
    who = standpoint(session).who
    return who is not None and any(one.id == organisation.id for one in memberships.managed(who.user))


def managed_firm(session: Session, key: str) -> Organisation:
    """The organisation with this public id, for a manager of its people. Raises NotFound, Forbidden."""
    return _managed(session, suppliers.organisation(session, key))


def managed_role(session: Session, number: int) -> Membership:
    """Another person's role in an organisation, for a manager of its people. Raises NotFound, Forbidden."""
    held, who = memberships.membership(session, number), standpoint(session).who
    assert held.organisation is not None
    _managed(session, held.organisation)
    if who is not None and held.user.public_id == who.id:
        raise Forbidden
    return held


def _managed(session: Session, organisation: Organisation) -> Organisation:
    who = standpoint(session)
    chief = who.subject.user if answers_for(session, organisation) else None
    thing = access.AccessObject(centre=organisation.centre.code, person=chief)
    verdict = access.may(who.subject, "user.manage", thing)
    if verdict is AccessVerdict.ABSENT:
        raise NotFound(what="organisation", key=organisation.public_id)
    if verdict is not AccessVerdict.OK:
        raise Forbidden
    return organisation


@dataclass(frozen=True, slots=True)
class PersonAccess:
    """A person, with the rights of a reader from its centre or the network.

    `own` are the reader's centres as an operator; `shown` the roles that the reader may see, `ending` the ids
    of those that it may end; `within` says that the person has no role beyond the reader's centres, `below`
    none above the reader's.
    """

    person: User
    own: tuple[str, ...]
    shown: tuple[Membership, ...]
    ending: frozenset[int]
    within: bool
    below: bool
    is_self: bool

    @property
    def reads(self) -> bool:
        return bool(self.own)

    @property
    def manages(self) -> bool:
        """Whether the reader may change the account as a whole."""
        return self.reads and self.within and self.below and not self.is_self


def person_access(session: Session, key: str) -> PersonAccess:
    """The acting person's rights to another person. Raises NotFound for a person hidden from it."""
    found, here = directory.by_key(session, key), standpoint(session)
    who = here.who
    if who is None or not (_is_staff(found, here) or _is_near(found, here)):
        raise NotFound(what="user", key=key)
    own = tuple(here.centres) if who.is_operator else ()
    shown = tuple(
        one
        for one in found.memberships
        if directory.place(one) in own or (who.is_network and one.role in access.STAFF_ROLES)
    )
    is_self = found.public_id == who.id
    return PersonAccess(
        person=found,
        own=own,
        shown=shown,
        ending=frozenset(one.id for one in shown if may_end(here, one) and not is_self),
        within=bool(own) and directory.within(found, own),
        below=all(may_end(here, one) for one in found.memberships if one.is_active),
        is_self=is_self,
    )


def managed_person(session: Session, key: str) -> User:
    """The person with this public id, for an operator that may change the whole account. Raises NotFound,
    Forbidden.
    """
    found = person_access(session, key)
    operator(session)
    if not found.manages:
        raise Forbidden
    return found.person


def _is_staff(found: User, here: Standpoint) -> bool:
    """Whether the person works for a centre and the reader for the network."""
    return (
        here.who is not None
        and here.who.is_network
        and any(held.role in access.STAFF_ROLES for held in found.memberships)
    )


def _is_near(found: User, here: Standpoint) -> bool:
    """Whether a person belongs to a centre of the reader; the reader's rights in a firm are on another page."""
    roles = tuple(role for role in here.subject.roles if role.centre)
    staff = access.Subject(here.subject.user, roles)
    return any(
        access.may(staff, "user.manage", access.AccessObject(centre=code)).allowed
        for code in directory.places(found, product().settings.centre)
    )


def may_end(here: Standpoint, held: Membership) -> bool:
    """Whether the reader may end a role."""
    return access.may_grant(here.subject, held.role, access.AccessObject(centre=directory.place(held)))


def grantable(here: Standpoint) -> list[str]:
    """The roles of a centre that the reader may give."""
    things = [access.AccessObject(centre=code) for code in here.centres]
    return [
        role
        for role in access.CENTRE_ROLES
        if any(access.may_grant(here.subject, role, thing) for thing in things)
    ]


def invite(form: Mapping[str, str], place_of: Callable[[Session], Place]) -> dict[str, str]:
    """Post the invitation of a form into a firm or a centre. Returns the problems by field."""
    sent, email, role = form_tokens.given(), form["email"], form["role"]
    return attempt(
        lambda session, user: person_invitations.invite_once(
            session, sent, place_of(session), email, role, user
        ),
        gettext("The invitation is on its way to %(email)s.", email=email.strip()),
    )
