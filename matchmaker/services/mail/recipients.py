"""The recipients of an e-mail: members of an organisation, or the contact that its profile names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.language import language_of
from matchmaker.domain.lifecycle import MembershipState
from matchmaker.models import Membership, Need, Organisation, Profile, User
from matchmaker.services.mail import preferences

_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Recipient:
    """The recipient of an e-mail; `user` is the public id of an account, empty for the contact of a profile; `zone` the
    time zone that the person chose, if any.
    """

    email: str
    language: str
    user: str = ""
    unwanted: frozenset[str] = frozenset()
    zone: str = ""

    def wants(self, kind: str) -> bool:
        """Whether the person wants an optional kind of e-mail."""
        return kind not in self.unwanted


def members(session: Session, organisation: Organisation | None, role: str) -> Sequence[User]:
    """The active people with a role in an organisation."""
    return of_sides(session, ((organisation, role),))


def of_sides(session: Session, sides: Iterable[tuple[Organisation | None, str]]) -> Sequence[User]:
    """The active people with a role in an organisation, of several such pairs; who is of two comes once."""
    of_one = [
        and_(Membership.organisation_id == firm.id, Membership.role == role) for firm, role in sides if firm
    ]
    if not of_one:
        return []
    query = select(User).join(Membership, Membership.user_id == User.id)
    chosen = query.where(or_(*of_one), Membership.state == MembershipState.ACTIVE, User.active)
    return session.scalars(chosen.order_by(User.id)).unique().all()


def of_profile(session: Session, profile: Profile) -> list[Recipient]:
    """The editors of a profile's organisation; the contact named by the profile where nobody has an account."""
    editors = members(session, profile.organisation, "supplier_editor")
    if editors:
        return [of_user(user) for user in editors]
    email, language = contact_of(profile), "ru" if profile.organisation.name_ru else "en"
    return [_stranger(session, email, language)] if email else []


def contact_of(profile: Profile) -> str:
    """The e-mail address that a profile names, "" where it names none."""
    email = (profile.contacts or {}).get("email", "").strip()
    return email if "@" in email and not email.split()[1:] else ""


def of_contractor(session: Session, need: Need) -> list[Recipient]:
    """The buyers of a need's contractor; the contact named for the need where nobody has an account."""
    buyers = members(session, need.contractor, "contractor_buyer")
    if buyers:
        return [of_user(user) for user in buyers]
    email, language = address_of(need), language_of(f"{need.title or ''} {need.text or ''}")
    return [_stranger(session, email, language)] if email else []


def address_of(need: Need) -> str:
    """The e-mail address that is named for a need, "" where none is."""
    found = _ADDRESS.search(str((need.details or {}).get("contact") or ""))
    return found[0] if found else ""


def of_user(user: User) -> Recipient:
    """A person with an account."""
    zone = preferences.time_zone(user)
    return Recipient(user.email, user.language, user.public_id, _unwanted(user), zone)


def _stranger(session: Session, email: str, language: str) -> Recipient:
    """The contact of a firm without an account."""
    return Recipient(email, language, unwanted=preferences.refused(session, email))


def _unwanted(user: User) -> frozenset[str]:
    return frozenset(kind for kind, wanted in preferences.wanted_mails(user).items() if not wanted)
