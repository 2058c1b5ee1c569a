"""The changes that people make to their own account: the name, the password, and the address by an e-mail to
the new one.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, LinkSpent, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.models import User
from matchmaker.models.base import now
from matchmaker.services.core import journal, signed_links, urls
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import jobs, letters
from matchmaker.services.people import accounts, browser_sessions

EMAIL_JOB = "change-email"


def rename(session: Session, user: User, name: str) -> None:
    """Change the person's name. Raises InvalidRecord."""
    words = accounts.checked_name(name)
    if user.name == words:
        return
    user.name = words
    journal.note(session, user.public_id, "user.renamed", user)


def change_password(session: Session, user: User, password: str) -> None:
    """Set another password, which ends every session and key, and notify the person. Raises InvalidRecord."""
    accounts.set_password(session, user, password, by=user.public_id)
    letters.post(
        session,
        "account_changed",
        user.email,
        user.language,
        {"name": user.name, "what": "password", "path": urls.ask_password()},
    )


def demand_other_address(user: User, email: str) -> str:
    """The address in its usual spelling. Raises InvalidRecord for what is none, and for the account's own."""
    address = accounts.checked_email(email)
    if address.casefold() == user.email_key:
        message = N_("This is already the address of your account.")
        raise InvalidRecord((Problem("email", "email.same", message, address),))
    return address


def ask_email(session: Session, user: User, email: str) -> None:
    """Request an e-mail to the new address with a link that changes the account's address. Raises InvalidRecord.

    The worker looks whether the new address has an account, so that neither the answer nor its time shows it; an
    address with one gets no e-mail.
    """
    address = demand_other_address(user, email)
    jobs.enqueue(session, EMAIL_JOB, {"person": user.public_id, "email": address})


def send_change(session: Session, arguments: Mapping[str, Any]) -> None:
    """The job of `ask_email`: post the link where the address has no account."""
    user = session.scalar(select(User).where(User.public_id == str(arguments["person"]), User.active))
    address = str(arguments["email"])
    if user is None or accounts.find(session, address) is not None:
        return
    token = signed_links.sign(
        site_of(session), "email", (user.public_id, user.email_key, address, str(user.epoch))
    )
    hours = int(signed_links.LIFETIMES["email"].total_seconds() // 3600)
    values = {"name": user.name, "path": urls.confirm_email(token), "hours": hours}
    letters.post(session, "change_email", address, user.language, values)


def ask_email_once(session: Session, token: str, user: User, email: str) -> None:
    """Request the change of address of a form with a new token; the same form again posts nothing. Raises
    InvalidRecord.
    """
    if signed_links.first(session, "email-form", token):
        ask_email(session, user, email)


def of_email_link(session: Session, token: str) -> tuple[User, str]:
    """The person whose address a link changes, and the new address. Raises NotFound, and LinkSpent after its
    use or its time.
    """
    key, before, address, epoch = signed_links.read(site_of(session), "email", token, 4)
    user = session.scalar(select(User).where(User.public_id == key, User.active))
    if user is None:
        raise NotFound(what="link", key="")
    if (user.email_key, str(user.epoch)) != (before, epoch) or accounts.find(session, address) is not None:
        raise LinkSpent
    return user, address


def change_email(session: Session, token: str) -> User:
    """Change the account's address to that of a link, end all sessions and keys, and notify the old address."""
    user, address = of_email_link(session, token)
    values = {"name": user.name, "what": "email", "path": urls.ask_password()}
    letters.post(session, "account_changed", user.email, user.language, values)
    user.email, user.email_key, user.confirmed_at = address, address.casefold(), now()
    browser_sessions.end_all(session, user)
    journal.note(session, user.public_id, "user.email", user)
    return user
