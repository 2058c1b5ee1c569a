"""The limits on guessing passwords and codes, and on asking for e-mails about an account.

They count by account, by machine and for the whole site. A device on which the person has signed in before counts
apart from all of them, so that its owner still enters while others attack the account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from sqlalchemy.orm import Session

from matchmaker.domain.language import N_
from matchmaker.models import User
from matchmaker.models.database import Sessions
from matchmaker.services.core import rate_limits
from matchmaker.services.core.rate_limits import Count, Limit, RateLimits
from matchmaker.services.people import accounts, passwords, two_factor

_WRONG = N_("Too many wrong passwords. Try again in %(seconds)s seconds, or choose a new password by e-mail.")
_CODES = N_("Too many wrong codes. Try again in %(seconds)s seconds, or use one of your recovery codes then.")
_LETTERS = N_(
    "Enough e-mails have been asked for. Look into your mailbox, its spam folder too, or try again in %(seconds)s seconds."
)
_PEOPLE = N_("Too many accounts are being made from your network. Try again in %(seconds)s seconds.")
_LOOKUPS = N_(
    "Too many look-ups in the register. Type the name yourself, or try again in %(seconds)s seconds."
)
MINUTES, HOUR = 300, 3600
# Wrong passwords: of an account at a machine, of an account at all machines without it, of a machine, of the site.
HERE = Limit("password here", 10, MINUTES, _WRONG)
ACCOUNT = Limit("password of account", 30, HOUR, _WRONG)
MACHINE = Limit("password at machine", 20, MINUTES, _WRONG)
SITE = Limit("password", 1000, HOUR, _WRONG)
DEVICE = Limit("password on device", 10, MINUTES, _WRONG)
SIGNED_IN = Limit("password again", 10, MINUTES, _WRONG)
# Wrong codes, after a right password.
CODE = Limit("code", 10, MINUTES, _CODES)
CODE_ON_DEVICE = Limit("code on device", 10, MINUTES, _CODES)
# Letters with a link lie in the mailbox for an hour: more of them help nobody.
LETTERS_OF_ACCOUNT = Limit("letters of account", 5, HOUR, _LETTERS)
LETTERS_AT_MACHINE = Limit("letters at machine", 20, HOUR, _LETTERS)
LETTERS = Limit("letters", 500, HOUR, _LETTERS)
PEOPLE_AT_MACHINE = Limit("registrations at machine", 30, HOUR, _PEOPLE)
PEOPLE = Limit("registrations", 300, HOUR, _PEOPLE)
# Look-ups of a firm by its tax number: enough for a person's own firms, few for who would copy a register.
LOOKUPS_BY_PERSON = Limit("look-ups by person", 20, HOUR, _LOOKUPS)
LOOKUPS_AT_MACHINE = Limit("look-ups at machine", 20, HOUR, _LOOKUPS)
LOOKUPS = Limit("look-ups", 500, HOUR, _LOOKUPS)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who guesses: from which machine, and on which device of the account, where it is known there."""

    address: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess with all that it counts for; `own` counts for nobody but this account at this place."""

    own: tuple[Count, ...]
    shared: tuple[Count, ...] = ()

    @property
    def counts(self) -> tuple[Count, ...]:
        return (*self.own, *self.shared)


def account_key(email: str) -> str:
    return email.strip().casefold()


def machine_key(address: str) -> str:
    """The machine of an address; with IPv6 a household has 2^64 of them, so its network counts."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ip_network((int(found) >> 64 << 64, 64)))


def password_guess(email: str, visitor: Visitor) -> Guess:
    """A password typed to sign in."""
    account, machine = account_key(email), machine_key(visitor.address)
    if visitor.device:
        return Guess((DEVICE.of(f"{account} {visitor.device}"),))
    return Guess((HERE.of(f"{account} {machine}"),), (ACCOUNT.of(account), MACHINE.of(machine), SITE.of("")))


def code_guess(email: str, visitor: Visitor) -> Guess:
    """A code after the right password: whoever guesses it knows the password, so all machines count together."""
    account = account_key(email)
    limit = CODE_ON_DEVICE.of(f"{account} {visitor.device}") if visitor.device else CODE.of(account)
    return Guess((limit,))


def again(user: User) -> Guess:
    """The password typed once more by a signed-in person: nobody else can use this limit up."""
    return Guess((SIGNED_IN.of(user.public_id),))


def check_letter(limits: RateLimits, email: str, address: str) -> None:
    """Count an e-mail that somebody without a session asks for. Raises TooManyAttempts."""
    limits.take(_letters(email, address))


def check_registration(limits: RateLimits, email: str, address: str) -> None:
    """Count a registration: a known address gets an e-mail by it. Raises TooManyAttempts."""
    machine = machine_key(address)
    people = (PEOPLE_AT_MACHINE.of(machine), PEOPLE.of(""))
    limits.take((LETTERS_OF_ACCOUNT.of(account_key(email)), *people))


def check_lookup(limits: RateLimits, person: str, address: str) -> None:
    """Count a look-up in the registers, by the person (public id) or, for who is not signed in, by the machine. Raises
    TooManyAttempts.
    """
    machine = LOOKUPS_AT_MACHINE.of(machine_key(address))
    limits.take((LOOKUPS_BY_PERSON.of(person) if person else machine, LOOKUPS.of("")))


def _letters(email: str, address: str) -> Sequence[Count]:
    account, machine = account_key(email), machine_key(address)
    return LETTERS_OF_ACCOUNT.of(account), LETTERS_AT_MACHINE.of(machine), LETTERS.of("")


def by_password(
    limits: RateLimits, sessions: Sessions, email: str, password: str, visitor: Visitor
) -> User | None:
    """The active person with this address and password, with the guess counted; `admit` takes it back.

    Counted before the password is looked at, so that guesses at once are counted too, and looked at outside a
    transaction that writes, so that nobody waits for it. Raises TooManyAttempts, InvalidRecord, Busy.
    """
    passwords.check_length(password)
    limits.take(password_guess(email, visitor).counts)
    with sessions() as session:
        return accounts.authenticate(session, email, password)


def is_own(limits: RateLimits, user: User, password: str) -> bool:
    """Whether the password is the signed-in person's, with the guess counted. Raises TooManyAttempts, Busy."""
    limits.take(again(user).counts)
    return len(password) <= passwords.LONGEST and passwords.verify(user.password_hash, password)


def by_code(session: Session, email: str, epoch: int, code: str) -> User | None:
    """The person admitted by a code after the right password, with the guess counted by the caller; None where the
    code is wrong or the password's time is over. Raises NotFound.
    """
    user = accounts.by_email(session, email)
    return user if user.active and user.epoch == epoch and two_factor.accepts(session, user, code) else None


def admit(session: Session, limits: RateLimits, guesses: Sequence[Guess]) -> None:
    """Take back right guesses, and begin to count the account's own wrong ones anew."""
    rate_limits.forget(session, [count for guess in guesses for count in guess.own])
    shared = [count for guess in guesses for count in guess.shared]
    if shared:
        rate_limits.give_back(session, shared, factor=limits.factor)
