"""The accounts of people: creating them, giving roles and taking them away."""

from collections.abc import Sequence
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from matchmaker.domain import access
from matchmaker.domain.errors import Faults, Forbidden, InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.records import clean_text
from matchmaker.models import Centre, Membership, Organisation, User
from matchmaker.models.base import now
from matchmaker.services.core import journal
from matchmaker.services.core.site import site_of
from matchmaker.services.people import passwords
from matchmaker.services.people.browser_sessions import end_all, roles

LONGEST_NAME = 300


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


def _own_words(session: Session, *own: str) -> tuple[str, ...]:
    """The names and addresses of which a password may not be made: the person's, and the centre's."""
    site = site_of(session)
    return (*own, site.centre.name_ru, site.centre.name_en, site.base_url)


def checked_name(name: str) -> str:
    """A person's name on one line. Raises InvalidRecord."""
    words = " ".join(clean_text(name).split())
    if not words:
        raise InvalidRecord((Problem("name", "name.missing", N_("Give your name.")),))
    if len(words) > LONGEST_NAME:
        message = N_("Too long: at most %(max_length)s.")
        limits = {"max_length": LONGEST_NAME}
        raise InvalidRecord((Problem("name", "name.too_long", message, words[:80], limits),))
    return words


@dataclass(frozen=True, slots=True)
class CheckedAccount:
    """A new account whose address and password are right, with the password's hash."""

    details: AccountDetails
    email: str
    password_hash: str | None


def check(session: Session, person: AccountDetails) -> CheckedAccount:
    """Check a new account without a look whether the address is taken, which takes the same time either way. Raises
    InvalidRecord where the address is wrong, or the password too short, too long or easy to guess.
    """
    demand(session, person)
    email, password_hash = checked_email(person.email), None
    if person.password is not None:
        password_hash = passwords.hashed(person.password, _own_words(session, email, person.name))
    return CheckedAccount(person, email, password_hash)


def demand(session: Session, person: AccountDetails) -> None:
    """Raise InvalidRecord for all that is wrong with an address and a password; nothing is hashed."""
    faults = Faults()
    with faults:
        checked_email(person.email)
    if person.password is not None:
        with faults:
            passwords.demand(person.password, _own_words(session, person.email, person.name))
    faults.settle()


def create_user(session: Session, person: AccountDetails, *, by: str) -> User:
    """Create an account. Raises InvalidRecord as `check`, and where the address is taken."""
    checked = check(session, person)
    if find(session, checked.email) is not None:
        message = N_("There is an account with this address already.")
        raise InvalidRecord((Problem("email", "email.taken", message, checked.email),))
    return add(session, checked, by=by)


def add(session: Session, checked: CheckedAccount, *, by: str) -> User:
    """Add a checked account with an address that no account has."""
    person = checked.details
    user = User(
        email=checked.email,
        email_key=checked.email.casefold(),
        name=person.name,
        password_hash=checked.password_hash,
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


def with_roles(session: Session, query: Select[User]) -> Sequence[User]:
    """The people of a select with all data of their roles, in one statement."""
    return session.scalars(query.options(roles())).unique().all()


def acting(session: Session, number: int) -> User:
    """The acting person, by row id, with roles. Raises Forbidden where the account is closed."""
    found = with_roles(session, select(User).where(User.id == number, User.active))
    if not found:
        raise Forbidden
    return found[0]


def authenticate(session: Session, email: str, password: str) -> User | None:
    """The active person with this address and password, else None; the same work is done for an unknown address."""
    user = find(session, email)
    known = user is not None and user.active
    right = passwords.verify(user.password_hash if known and user else None, password)
    return user if known and right else None


def renew_hash(session: Session, user: User, password: str) -> None:
    """Hash the right password of a person anew, where the stored hash was made with other parameters."""
    made = passwords.renewed(user.password_hash, password) if user.password_hash else None
    if made is not None:
        session.execute(update(User).where(User.id == user.id).values(password_hash=made))


def demand_password(session: Session, user: User, password: str) -> None:
    """Raise InvalidRecord for a password that this person should not choose."""
    passwords.demand(password, _own_words(session, user.email, user.name))


def set_password(session: Session, user: User, password: str, *, by: str) -> None:
    """Change the password and end every session of the person."""
    user.password_hash = passwords.hashed(password, _own_words(session, user.email, user.name))
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
    return list(with_roles(session, select(User).order_by(User.email_key)))
