"""The recipients of an e-mail: members of an organisation, or the contact that its profile names."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.access import FIRM_ROLES
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
    return of_profiles(session, [profile])[profile.id]


def of_profiles(session: Session, profiles: Iterable[Profile]) -> dict[int, list[Recipient]]:
    """The same of several profiles, by row id, in two statements however many they are."""
    asked = {profile.id: profile for profile in profiles}
    firms = {profile.organisation_id for profile in asked.values()}
    editors = _people(session, firms, ("supplier_editor",))
    found = {key: list(map(of_user, editors.get(one.organisation_id, ()))) for key, one in asked.items()}
    named = {key: contact_of(one) for key, one in asked.items() if not found[key]}
    refused = preferences.refused_by(session, filter(None, named.values()))
    for key, email in named.items():
        if email:
            language = "ru" if asked[key].organisation.name_ru else "en"
            found[key] = [Recipient(email, language, unwanted=refused[email])]
    return found


def of_firms(session: Session, firms: Iterable[Organisation]) -> dict[int, list[Recipient]]:
    """The people of firms, buyers and editors, by row id; the contact that a firm's profile names where nobody has an account."""
    asked = {firm.id: firm for firm in firms}
    people = _people(session, asked, FIRM_ROLES)
    found = {key: list(map(of_user, people.get(key, ()))) for key in asked}
    left = [key for key, readers in found.items() if not readers]
    profiles = session.scalars(select(Profile).where(Profile.organisation_id.in_(left))) if left else ()
    named = {profile.organisation_id: contact_of(profile) for profile in profiles}
    refused = preferences.refused_by(session, filter(None, named.values()))
    for key, email in named.items():
        if email:
            language = "ru" if asked[key].name_ru else "en"
            found[key] = [Recipient(email, language, unwanted=refused[email])]
    return found


def _people(session: Session, firms: Collection[int], roles: Sequence[str]) -> dict[int, list[User]]:
    """The active people with one of these roles in organisations (row ids)."""
    query = (
        select(Membership.organisation_id, User)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.organisation_id.in_(firms),
            Membership.role.in_(roles),
            Membership.state == MembershipState.ACTIVE,
            User.active,
        )
        .order_by(User.id)
    )
    found: dict[int, dict[int, User]] = {}
    for firm, user in session.execute(query).unique() if firms else ():
        if firm is not None:
            found.setdefault(firm, {})[user.id] = user
    return {firm: list(people.values()) for firm, people in found.items()}


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
    return [Recipient(email, language, unwanted=preferences.refused(session, email))] if email else []


def address_of(need: Need) -> str:
    """The e-mail address that is named for a need, "" where none is."""
    found = _ADDRESS.search(str((need.details or {}).get("contact") or ""))
    return found[0] if found else ""


def of_user(user: User) -> Recipient:
    """A person with an account."""
    zone = preferences.time_zone(user)
    return Recipient(user.email, user.language, user.public_id, _unwanted(user), zone)


def _unwanted(user: User) -> frozenset[str]:
    return frozenset(kind for kind, wanted in preferences.wanted_mails(user).items() if not wanted)
