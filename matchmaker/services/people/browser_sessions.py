"""The sessions of browsers: stored on the server, so that they can be listed and ended, one or all."""

import hashlib
import secrets
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import ColumnElement, literal, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from matchmaker.models import Membership, Organisation, User, UserSession
from matchmaker.models.base import now
from matchmaker.models.database import DatabaseError, Sessions

BRIEF, REMEMBERED = timedelta(hours=12), timedelta(days=30)
_SEEN_STEP = timedelta(minutes=5)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start(session: Session, user: User, *, remember: bool = False, address: str = "", agent: str = "") -> str:
    """Begin a session on the server; the token is for the cookie and is not stored."""
    token = secrets.token_urlsafe(32)
    moment = now()
    session.add(
        UserSession(
            token_hash=_token_hash(token),
            user_id=user.id,
            epoch=user.epoch,
            started_at=moment,
            seen_at=moment,
            expires_at=moment + (REMEMBERED if remember else BRIEF),
            address=address[:300] or None,
            agent=agent[:300] or None,
        )
    )
    session.flush()
    return token


def roles() -> _AbstractLoad:
    """The option that loads the roles of a person with the person, in the same statement; its rows are more than one
    a person.
    """
    firm = joinedload(Membership.organisation).joinedload(Organisation.centre)
    return joinedload(User.memberships).options(joinedload(Membership.centre), firm)


def of_token(session: Session, token: str) -> UserSession | None:
    """The live session of a token: not ended, not expired, of an active person, of the present epoch."""
    found = with_count(session, token, literal(0))
    return found[0] if found else None


def with_count(session: Session, token: str, counted: ColumnElement[int]) -> tuple[UserSession, int] | None:
    """The live session of a token, and a number of its person that the same query counts."""
    query = (
        select(UserSession, counted)
        .join(UserSession.user)
        .where(
            UserSession.token_hash == _token_hash(token),
            UserSession.ended_at.is_(None),
            UserSession.expires_at > now(),
            UserSession.epoch == User.epoch,
            User.active,
        )
        .options(contains_eager(UserSession.user).options(roles()))
    )
    found = session.execute(query).unique().one_or_none()
    return (found[0], found[1]) if found else None


def is_unnoted(found: UserSession) -> bool:
    """Whether the last use of a session was noted so long ago that this one should be."""
    return now() - found.seen_at >= _SEEN_STEP


def note_use(sessions: Sessions, number: int) -> None:
    """Note that a session was used; left out where the database cannot be written at once."""
    with suppress(DatabaseError), sessions.begin_at_once() as writing:
        writing.execute(update(UserSession).where(UserSession.id == number).values(seen_at=now()))


def of_user(session: Session, user: User) -> list[UserSession]:
    """The person's live sessions, the last used first."""
    return list(
        session.scalars(
            select(UserSession)
            .where(
                UserSession.user_id == user.id, UserSession.ended_at.is_(None), UserSession.expires_at > now()
            )
            .where(UserSession.epoch == user.epoch)
            .order_by(UserSession.seen_at.desc(), UserSession.id.desc())
        )
    )


def end(session: Session, token: str) -> None:
    """End the session of a token; an unknown token is not an error."""
    session.execute(
        update(UserSession)
        .where(UserSession.token_hash == _token_hash(token), UserSession.ended_at.is_(None))
        .values(ended_at=now())
    )


def end_one(session: Session, user: User, number: int) -> None:
    """End one session of the user by its row; another user's session stays."""
    found = session.get(UserSession, number)
    if found is not None and found.user_id == user.id and found.ended_at is None:
        found.ended_at = now()


def end_all(session: Session, user: User) -> None:
    """End every session of a person at once, also those that a copy of a cookie would continue."""
    user.epoch += 1
    session.execute(
        update(UserSession)
        .where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
        .values(ended_at=now())
    )
    session.flush()
