"""The standpoint of a person in one database session: its rights, its firms' invitations and its partners,
read there once.
"""

from collections.abc import Mapping
from functools import cached_property

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden
from matchmaker.models import Centre, Organisation, Session
from matchmaker.services.needs import ndas
from matchmaker.web.kit import context
from matchmaker.web.kit.context import SignedInPerson

_KEY = "standpoint"


class Standpoint:
    """The person of the request, None where nobody is signed in, as one session sees it."""

    def __init__(self, session: Session, who: SignedInPerson | None) -> None:
        self.session = session
        self.who = who

    @property
    def subject(self) -> access.Subject:
        return self.who.subject if self.who else access.ANONYMOUS

    @cached_property
    def circles(self) -> Mapping[str, ndas.NeedCircle]:
        """The person's own firms that are invited to a need, and those among them that signed, by the need's
        public id.
        """
        return ndas.circles(self.session, set(self.firms("supplier_editor")))

    @cached_property
    def partners(self) -> Mapping[str, frozenset[str]]:
        """The person's own firms with a confidentiality agreement with a supplier, by the supplier's public
        id.
        """
        return ndas.partners(self.session, set(self.firms("contractor_buyer")))

    def firm(self, key: str) -> Organisation:
        """One of the person's own firms (its public id), as the session has it."""
        assert self.who is not None
        held = (held.organisation for held in self.who.user.memberships)
        return next(firm for firm in held if firm is not None and firm.public_id == key)

    def firms(self, role: str) -> list[str]:
        """The public ids of the firms in which the person has the role, in the order of getting it."""
        return [held.organisation for held in self.subject.roles if held.role == role and held.organisation]

    @property
    def centres(self) -> list[str]:
        """The codes of the centres that the person works for."""
        return [held.centre for held in self.subject.roles if held.centre and held.role in access.STAFF_ROLES]

    @property
    def own_centre(self) -> str:
        """The code of the first centre that the person works for. Raises Forbidden where there is none."""
        if not self.centres:
            raise Forbidden
        return self.centres[0]

    @property
    def home(self) -> Centre:
        """The first centre that the person works for, as the session has it. Raises Forbidden where there is none."""
        return self.centre(self.own_centre)

    def centre(self, code: str) -> Centre:
        """A centre in which the person has a role, as the session has it."""
        assert self.who is not None
        return next(
            held.centre for held in self.who.user.memberships if held.centre and held.centre.code == code
        )


def standpoint(session: Session) -> Standpoint:
    """The person's standpoint in a session; in a reading session it is that of the request's person."""
    found = session.info.get(_KEY)
    if isinstance(found, Standpoint):
        return found
    return stand(session, context.person())


def stand(session: Session, who: SignedInPerson | None) -> Standpoint:
    """Set the acting person of a session."""
    session.info[_KEY] = made = Standpoint(session, who)
    return made


def forget(session: Session) -> None:
    """Read the person's standpoint anew on next use."""
    session.info.pop(_KEY, None)


def subject(session: Session) -> access.Subject:
    return standpoint(session).subject


def operator(session: Session) -> SignedInPerson:
    """The person, as an operator of a centre. Raises Forbidden for anybody else."""
    who = standpoint(session).who
    if who is None or not who.is_operator:
        raise Forbidden
    return who


def own_centre(session: Session) -> Centre:
    """The centre that the acting operator works for. Raises Forbidden for who is no operator."""
    operator(session)
    return standpoint(session).home
