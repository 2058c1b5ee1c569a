"""The confirmation of an address and the choice of a new password, both by a link in an e-mail."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import LinkSpent, NotFound
from matchmaker.models import User
from matchmaker.models.base import now
from matchmaker.services.core import journal, signed_links, urls
from matchmaker.services.core.site import site_of
from matchmaker.services.mail import jobs, letters
from matchmaker.services.people import accounts

RESET_JOB = "reset-password"


def ask_reset(session: Session, email: str) -> None:
    """Request an e-mail with a link to a new password. The same happens for an unknown address.

    The worker looks up the account, so that neither the answer nor its time shows whether there is one.
    """
    jobs.enqueue(session, RESET_JOB, {"email": email[:300]})


def send_reset(session: Session, arguments: Mapping[str, Any]) -> None:
    """The job of `ask_reset`: post the e-mail where there is an active account."""
    user = accounts.find(session, str(arguments["email"]))
    if user is None or not user.active:
        return
    token = signed_links.sign(site_of(session), "reset", (user.public_id, _fingerprint(user)))
    minutes = int(signed_links.LIFETIMES["reset"].total_seconds() // 60)
    values = {"name": user.name, "path": urls.new_password(token), "minutes": minutes}
    letters.post(session, "reset_password", user.email, user.language, values)


def _fingerprint(user: User) -> str:
    """The fingerprint of an account in links: it changes with the password and with every end of all
    sessions, so that older links fail.
    """
    return hashlib.sha256(f"{user.password_hash} {user.epoch}".encode()).hexdigest()[:20]


def of_reset(session: Session, token: str) -> User:
    """The person whose password a link may change. Raises NotFound, and LinkSpent after its use or its time."""
    key, fingerprint = signed_links.read(site_of(session), "reset", token, 2)
    user = _active(session, key)
    if _fingerprint(user) != fingerprint:
        raise LinkSpent
    return user


def reset(session: Session, token: str, password: str) -> User:
    """Set a new password by a link, once, and end all sessions; the second factor stays. Raises InvalidRecord too."""
    user = of_reset(session, token)
    accounts.set_password(session, user, password, by=user.public_id)
    if user.confirmed_at is None:
        user.confirmed_at = now()
    return user


def post_confirmation(session: Session, user: User) -> None:
    """Post the e-mail that confirms the address of the account."""
    token = signed_links.sign(site_of(session), "confirm", (user.public_id, user.email_key))
    hours = int(signed_links.LIFETIMES["confirm"].total_seconds() // 3600)
    values = {"name": user.name, "path": urls.confirm_account(token), "hours": hours}
    letters.post(session, "confirm_email", user.email, user.language, values)


def confirm_again(session: Session, user: User) -> None:
    """Post the e-mail that confirms the address once more, if the address is not confirmed yet."""
    if user.confirmed_at is None:
        post_confirmation(session, user)


def of_confirmation(session: Session, token: str) -> User:
    """The person whose address a link confirms. Raises NotFound, LinkSpent."""
    key, email = signed_links.read(site_of(session), "confirm", token, 2)
    user = _active(session, key)
    if user.confirmed_at is not None or user.email_key != email:
        raise LinkSpent
    return user


def confirm(session: Session, token: str) -> User:
    """Record that the address belongs to the person."""
    user = of_confirmation(session, token)
    user.confirmed_at = now()
    journal.note(session, user.public_id, "user.confirmed", user)
    return user


def _active(session: Session, key: str) -> User:
    user = session.scalar(select(User).where(User.public_id == key, User.active))
    if user is None:
        raise NotFound(what="link", key="")
    return user
