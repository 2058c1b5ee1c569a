"""Limits on guessing passwords, stored in the database so that all processes count together and a restart
loses nothing.
"""

import hashlib
import math
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import TooManyAttempts
from matchmaker.models import LoginFailure, User
from matchmaker.models.base import now
from matchmaker.services.people import accounts

MOST = 10
WINDOW = timedelta(minutes=5)


def _subject(what: str, account: str, address: str) -> str:
    return hashlib.sha256(f"{what} {account.strip().casefold()} {address}".encode()).hexdigest()


def check(session: Session, what: str, account: str, address: str) -> None:
    """Raise TooManyAttempts, with the time to return, after MOST failures within WINDOW.

    Counted by account and machine together, so that no other machine can lock the owner out.
    """
    since = now() - WINDOW
    query = (
        select(LoginFailure.at)
        .where(LoginFailure.subject == _subject(what, account, address), LoginFailure.at > since)
        .order_by(LoginFailure.at.desc(), LoginFailure.id.desc())
        .limit(MOST)
    )
    moments = session.scalars(query).all()
    if len(moments) >= MOST:
        raise TooManyAttempts(max(1, math.ceil((moments[-1] + WINDOW - now()).total_seconds())))


def authenticate(session: Session, email: str, password: str, address: str) -> User | None:
    """Authenticate as `accounts.authenticate` does, with every failure counted. Raises TooManyAttempts."""
    check(session, "login", email, address)
    user = accounts.authenticate(session, email, password)
    if user is None:
        fail(session, "login", email, address)
    return user


def fail(session: Session, what: str, account: str, address: str) -> None:
    """Count a failure."""
    session.add(LoginFailure(subject=_subject(what, account, address)))


def forget(session: Session, what: str, account: str, address: str) -> None:
    """Reset the count after a success."""
    session.execute(delete(LoginFailure).where(LoginFailure.subject == _subject(what, account, address)))


def tidy(session: Session) -> None:
    """Delete failures that no longer count."""
    session.execute(delete(LoginFailure).where(LoginFailure.at <= now() - WINDOW))
