"""The members of an organisation: found by tax number at registration, invited by colleagues, accepted or
refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.access import FIRM_ROLES, STAFF_ROLES
from matchmaker.domain.errors import Faults, InvalidRecord, LinkSpent, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import MEMBERSHIP_MOVES, MembershipState
from matchmaker.domain.organisation import search_key, sort_key
from matchmaker.domain.records import clean_text, to_data
from matchmaker.models import Centre, Membership, Organisation, Profile, User
from matchmaker.services.core import journal, urls
from matchmaker.services.mail import letters
from matchmaker.services.people import accounts, register_firms
from matchmaker.services.people.register_firms import RegisterEntry


@dataclass(frozen=True, slots=True)
class NamedOrganisation:
    """The organisation that a person names at registration: a checked tax number, its name, the person's role, and whether a
    new one takes over what the centre's registers say of the number.
    """

    inn: str
    name: str
    role: str
    as_registered: bool = False


def checked(inn: str, name: str, role: str, taken: str = "") -> NamedOrganisation | None:
    """The organisation as typed, checked, see `named`; None where neither number nor name was given. Raises InvalidRecord."""
    return named(inn, name, role, taken) if inn.strip() or name.strip() else None


def named(inn: str, name: str, role: str, taken: str = "") -> NamedOrganisation:
    """The organisation as typed, checked. `taken` is the tax number of which the person takes over what the registers say.
    Raises InvalidRecord with all that is wrong, also for an empty form.
    """
    faults, line = Faults(), " ".join(clean_text(name).split())[:300]
    with faults:
        number = _number(inn)
    if not line:
        message = N_("Give the name of the organisation.")
        faults.problems.append(Problem("organisation", "name.missing", message))
    if role not in FIRM_ROLES:
        message = N_("Say whether the organisation takes orders or places them.")
        faults.problems.append(Problem("role", "role.unknown", message, role[:20]))
    faults.settle()
    return NamedOrganisation(number, line, role, taken == number)


def _number(inn: str) -> str:
    if not inn.strip():
        message = N_("Give the INN of the organisation.")
        raise InvalidRecord((Problem("inn", "inn.missing", message),))
    return register_firms.checked_inn(inn)


def join(session: Session, user: User, firm: NamedOrganisation, centre: Centre) -> Membership:
    """Make the person the chief user of a new organisation; where its tax number is known, send a request to
    its chief users.

    A centre never has two organisations with the same number.
    """
    session.get_one(
        Centre, centre.id, with_for_update=True, populate_existing=True
    )  # Two people with the same number take turns.
    session.refresh(user, ["memberships"])  # Two presses of one person do, too.
    query = select(Organisation).where(Organisation.centre_id == centre.id, Organisation.inn == firm.inn)
    known = session.scalars(query.order_by(Organisation.id)).first()
    if known is not None:
        return _ask(session, user, known, firm.role)
    made = _found(session, firm, centre)
    membership = accounts.grant(session, user, firm.role, by=user.public_id, organisation=made)
    membership.chief = True
    return membership


def _found(session: Session, firm: NamedOrganisation, centre: Centre) -> Organisation:
    entry = register_firms.find(session, centre.code, firm.inn) if firm.as_registered else None
    made = Organisation(
        centre_id=centre.id,
        inn=firm.inn,
        name_ru=firm.name,
        sort_ru=sort_key(firm.name, None, "ru"),
        sort_en=sort_key(firm.name, None, "en"),
        search_key=search_key(firm.name),
        is_contractor=firm.role == "contractor_buyer",
        source="registration",
        **(_place(entry) if entry else {}),
    )
    session.add(made)
    session.flush()
    if firm.role == "supplier_editor":
        said = entry.record if entry else None
        figures = {name: getattr(said, name, None) for name in ("founded", "employees")}
        session.add(Profile(organisation_id=made.id, source="registration", **figures))
        session.flush()
    journal.note(session, "registration", "organisation.created", made)
    return made


def _place(entry: RegisterEntry) -> dict[str, Any]:
    """The columns of an organisation that the registers fill."""
    record = entry.record
    latitude, longitude = record.location or (None, None)
    return {
        "name_en": record.name.en,
        "region": record.region,
        "region_code": entry.region_code,
        "city": record.city,
        "address": record.address,
        "latitude": latitude,
        "longitude": longitude,
        "details": {"registration": to_data(record.registration)} if record.registration else {},
    }


def _ask(session: Session, user: User, organisation: Organisation, role: str) -> Membership:
    membership = _held(user, organisation, role)
    if membership is None:
        membership = Membership(role=role, organisation=organisation)
        user.memberships.append(membership)
    elif MembershipState.ASKED not in MEMBERSHIP_MOVES[membership.state]:
        return membership
    membership.state = MembershipState.ASKED
    session.flush()
    journal.note(session, user.public_id, "role.asked", user, {"role": role}, centre=organisation.centre.code)
    others = [one for one in chiefs(session, organisation) if one.id != user.id]
    for person in others or operators(session, organisation.centre_id):
        name = organisation.name(person.language)
        values = {"who": user.name, "organisation": name, "path": urls.colleagues()}
        letters.post(session, "join_asked", person.email, person.language, values)
    return membership


def _held(user: User, organisation: Organisation, role: str) -> Membership | None:
    return next(
        (one for one in user.memberships if (one.organisation_id, one.role) == (organisation.id, role)), None
    )


def chiefs(session: Session, organisation: Organisation) -> Sequence[User]:
    """The people who manage the members of an organisation."""
    where = (Membership.organisation_id == organisation.id, Membership.chief)
    return _people(session, *where)


def operators(session: Session, centre_id: int) -> Sequence[User]:
    roles = Membership.role.in_(STAFF_ROLES)
    return _people(session, Membership.centre_id == centre_id, roles)


def _people(session: Session, *where: object) -> Sequence[User]:
    held = select(Membership.user_id).where(*where, Membership.state == MembershipState.ACTIVE)  # type: ignore[arg-type]
    return session.scalars(select(User).where(User.id.in_(held), User.active).order_by(User.id)).all()


def managed(user: User) -> list[Organisation]:
    """The organisations whose members a person manages, as their chief user."""
    return [
        held.organisation for held in user.memberships if held.organisation and held.chief and held.is_active
    ]


def is_chief(user: User) -> bool:
    """Whether a person manages any organisation; asks the database for none."""
    return any(
        held.organisation_id is not None and held.chief and held.is_active for held in user.memberships
    )


def of_organisations(session: Session, ids: Sequence[int]) -> Sequence[Membership]:
    """The people with a role, or a request for one, in these organisations; requests come first."""
    return _memberships(
        session, Membership.organisation_id.in_(ids), Membership.state != MembershipState.REFUSED
    )


def asked_in(session: Session, centres: Sequence[str]) -> Sequence[Membership]:
    """The requests to join an organisation of these centres."""
    firms = select(Organisation.id).join(Centre, Organisation.centre_id == Centre.id)
    inside = Membership.organisation_id.in_(firms.where(Centre.code.in_(centres)))
    return _memberships(session, inside, Membership.state == MembershipState.ASKED)


def _memberships(session: Session, *where: object) -> Sequence[Membership]:
    asked_first = (Membership.state != MembershipState.ASKED, Membership.id)
    query = select(Membership).where(*where).order_by(*asked_first)  # type: ignore[arg-type]
    parts = (joinedload(Membership.user), joinedload(Membership.organisation).joinedload(Organisation.centre))
    return session.scalars(query.options(*parts)).all()


def membership(session: Session, number: int) -> Membership:
    """The membership with this id. Raises NotFound."""
    found = session.get(Membership, number)
    if found is None or found.organisation is None:
        raise NotFound(what="membership", key=str(number))
    return found


def decide(session: Session, held: Membership, accepted: bool, *, by: str) -> None:
    """Accept or refuse a request to join. Raises LinkSpent where it was already decided."""
    if not held.is_asked or held.organisation is None:
        raise LinkSpent(N_("This has already been decided."))
    held.state = MembershipState.ACTIVE if accepted else MembershipState.REFUSED
    if accepted and held.role == "contractor_buyer":
        held.organisation.is_contractor = True
    if accepted and not chiefs(session, held.organisation):
        held.chief = True
    action = "role.accepted" if accepted else "role.refused"
    journal.note(session, by, action, held.user, {"role": held.role}, centre=held.organisation.centre.code)


def make_chief(session: Session, held: Membership, chief: bool, *, by: str) -> None:
    """Make a colleague a chief user of the organisation, or end that."""
    if held.organisation is None or not held.is_active or held.chief == chief:
        return
    held.chief = chief
    action = "role.chief" if chief else "role.no_chief"
    details = {"organisation": held.organisation.public_id}
    journal.note(session, by, action, held.user, details, centre=held.organisation.centre.code)
