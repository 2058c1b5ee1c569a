"""The accounts of people: creating them, checking passwords, giving roles and taking them away."""

import secrets
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden, InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.records import clean_text
from matchmaker.models import Centre, Membership, Organisation, User
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.people.browser_sessions import end_all, roles

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 128
# Argon2id with 19 MiB and two passes: the least that OWASP recommends, about 20 ms, so that logins cannot exhaust memory.
_MEMORY_KIB, _PASSES = 19 * 1024, 2


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)


@cache
def _nobody() -> str:
    """The hash that a password for an unknown address is checked against, so that both checks take the same
    time.
    """
    return _hasher().hash(secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """The details of a new account."""

    email: str
    name: str
    password: str | None = None
    language: str = "ru"
    confirmed: bool = False


def checked_email(email: str) -> str:
    """The address in its usual spelling. Raises InvalidRecord."""
    try:
        return validate_email(clean_text(email), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        problem = Problem(
            "email", "email.invalid", N_("Give an e-mail address such as name@example.org."), email[:80]
        )
        raise InvalidRecord((problem,)) from error


def _checked_password(password: str) -> str:
    limits = {"least": SHORTEST_PASSWORD, "most": LONGEST_PASSWORD}
    if len(password) < SHORTEST_PASSWORD:
        message = N_("The password is too short: at least %(least)s characters.")
        raise InvalidRecord((Problem("password", "password.too_short", message, params=limits),))
    if len(password) > LONGEST_PASSWORD:
        message = N_("The password is too long: at most %(most)s characters.")
        raise InvalidRecord((Problem("password", "password.too_long", message, params=limits),))
    return _hasher().hash(password)


def create_user(session: Session, person: AccountDetails, *, by: str) -> User:
    """Create an account. Raises InvalidRecord where the address is wrong or taken, or the password too short
    or long.
    """
    email = checked_email(person.email)
    # Before the look-up of the address, so that both answers take the same time.
    password_hash = _checked_password(person.password) if person.password is not None else None
    if find(session, email) is not None:
        problem = Problem("email", "email.taken", N_("There is an account with this address already."), email)
        raise InvalidRecord((problem,))
    user = User(
        email=email,
        email_key=email.casefold(),
        name=person.name,
        password_hash=password_hash,
        language=person.language,
        confirmed_at=now() if person.confirmed else None,
    )
    session.add(user)
    session.flush()
    journal.note(session, by, "user.created", user)
    return user


def find(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email_key == email.strip().casefold()))


def by_email(session: Session, email: str) -> User:
    """The person with this address. Raises NotFound."""
    user = find(session, email)
    if user is None:
        raise NotFound(what="user", key=email)
    return user


def with_roles() -> Select[User]:
    """The people with all data of their roles, in a bounded number of queries."""
    return select(User).options(roles())


def acting(session: Session, number: int) -> User:
    """The acting person, by row id, with roles. Raises Forbidden where the account is closed."""
    user = session.scalar(with_roles().where(User.id == number, User.active))
    if user is None:
        raise Forbidden
    return user


def authenticate(session: Session, email: str, password: str) -> User | None:
    """The active person with this address and password, else None; the same work is done for an unknown address."""
    user = find(session, email)
    known = user is not None and user.active and user.password_hash is not None
    right = _verifies(user.password_hash if known and user and user.password_hash else _nobody(), password)
    if not (known and right and user):
        return None
    if user.password_hash and _hasher().check_needs_rehash(user.password_hash):
        user.password_hash = _hasher().hash(password)
    return user


def _verifies(password_hash: str, password: str) -> bool:
    try:
        return bool(_hasher().verify(password_hash, password[: LONGEST_PASSWORD + 1]))
    except (Argon2Error, InvalidHashError):
        return False


def set_password(session: Session, user: User, password: str, *, by: str) -> None:
    """Change the password and end every session of the person."""
    user.password_hash = _checked_password(password)
    end_all(session, user)
    journal.note(session, by, "user.password", user)


def grant(
    session: Session,
    user: User,
    role: str,
    *,
    by: str,
    centre: Centre | None = None,
    organisation: Organisation | None = None,
) -> Membership:
    """Give a role; a role that the person already has is returned unchanged."""
    centre_id, organisation_id = (centre.id if centre else None), (organisation.id if organisation else None)
    for held in user.memberships:
        if (held.role, held.centre_id, held.organisation_id) == (role, centre_id, organisation_id):
            return held
    membership = Membership(role=role, centre=centre, organisation=organisation)
    user.memberships.append(membership)
    session.flush()
    _note_role(session, "role.granted", membership, by)
    return membership


def end_role(session: Session, held: Membership, *, by: str) -> None:
    """Take a role away and end the person's sessions and keys, so that no open page still uses it."""
    user = held.user
    _note_role(session, "role.ended", held, by)
    user.memberships.remove(held)
    end_all(session, user)


def _note_role(session: Session, action: str, held: Membership, by: str) -> None:
    firm = held.organisation
    centre = held.centre or (firm.centre if firm else None)
    details = {"role": held.role} | ({"organisation": firm.public_id} if firm else {})
    journal.note(session, by, action, held.user, details, centre=centre.code if centre else None)


def subject_of(user: User) -> access.Subject:
    """The person as the subject of the access policy; only active memberships count."""
    roles = tuple(
        access.Role(
            held.role,
            held.centre.code if held.centre else None,
            held.organisation.public_id if held.organisation else None,
            blocked=bool(held.organisation and held.organisation.blocked),
        )
        for held in user.memberships
        if held.is_active
    )
    return access.Subject(user.public_id, roles)


def every(session: Session) -> list[User]:
    """All people, by address."""
    return list(session.scalars(with_roles().order_by(User.email_key)))
