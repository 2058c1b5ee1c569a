"""Limits on guessing, kept in the database so that all processes count together and a restart forgets nothing."""

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
    """Raises TooManyAttempts, which says when to return, after MOST failures within WINDOW.

    Counted by account and machine together, so that nobody locks the owner out from elsewhere.
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
    """As `accounts.authenticate`, with every failure counted. Raises TooManyAttempts."""
    check(session, "login", email, address)
    user = accounts.authenticate(session, email, password)
    if user is None:
        fail(session, "login", email, address)
    return user


def fail(session: Session, what: str, account: str, address: str) -> None:
    """Count a failure."""
    session.add(LoginFailure(subject=_subject(what, account, address)))


def forget(session: Session, what: str, account: str, address: str) -> None:
    """Begin to count anew after a success."""
    session.execute(delete(LoginFailure).where(LoginFailure.subject == _subject(what, account, address)))


def tidy(session: Session) -> None:
    """Delete what no longer counts."""
    session.execute(delete(LoginFailure).where(LoginFailure.at <= now() - WINDOW))
