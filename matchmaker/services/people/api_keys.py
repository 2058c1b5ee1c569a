"""The keys by which programs act for a person: never with more rights than the person has at that moment, and
fewer where the scope says so.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import AccessKey, User, UserSession
from matchmaker.models.base import now
from matchmaker.models.database import DatabaseError, Sessions
from matchmaker.services.core import journal, locks
from matchmaker.services.people.browser_sessions import roles

READ, WRITE = "read", "write"
# Rights that a key has only where its person ticked them: what leaves the site whole, or comes in whole.
SPECIAL = ("drawings", "export", "import", "audit")
DAYS = (30, 90, 365)
UNTIL_SIGN_OUT = 1  # days at most: such a key ends with the browser's session in which it was made
MOST = 10  # live keys of a person
LONGEST_NAME = 100
_MARK = "mmk_"  # lets a scanner of leaked secrets recognise the product's
_USED_STEP = timedelta(minutes=10)
_PRESSED_AGAIN = timedelta(minutes=1)


def make(
    session: Session,
    user: User,
    name: str,
    *,
    write: bool,
    days: int,
    special: Collection[str] = (),
    session_id: int | None = None,
) -> str:
    """Create a key and return its secret, which is not stored; with a session, the key ends with it. Raises
    InvalidRecord.
    """
    words = " ".join(name.split())
    problems = []
    if not 0 < len(words) <= LONGEST_NAME:
        text = N_("Write what the key is for, in at most %(most)s characters.")
        problems.append(Problem("name", "key.name", text, words[:20], {"most": LONGEST_NAME}))
    if days not in DAYS and (days, session_id is None) != (UNTIL_SIGN_OUT, False):
        problems.append(Problem("days", "key.days", N_("Choose how long the key lasts."), str(days)))
    locks.lock_row(session, user)
    for other in of_user(session, user):
        if other.name == words and other.used_at is None and now() - other.created_at < _PRESSED_AGAIN:
            end(session, user, other.id)  # the button was pressed twice, and the first secret was never shown
    if len(of_user(session, user)) >= MOST:
        text = N_("You have %(most)s keys already; end one first.")
        problems.append(Problem("name", "key.most", text, words[:20], {"most": MOST}))
    if problems:
        raise InvalidRecord(tuple(problems))
    secret = _MARK + secrets.token_urlsafe(32)
    key = AccessKey(
        user_id=user.id,
        name=words,
        secret_hash=_hash(secret),
        scopes=[READ, *([WRITE] if write else []), *(one for one in SPECIAL if one in special)],
        epoch=user.epoch,
        session_id=session_id if days == UNTIL_SIGN_OUT else None,
        expires_at=now() + timedelta(days=days),
    )
    session.add(key)
    session.flush()
    journal.note(session, user.public_id, "key.made", user, {"key": key.id, "scopes": key.scopes})
    return secret


def of_secret(session: Session, secret: str) -> AccessKey | None:
    """The live key with this secret, of an active person whose sessions were not ended since."""
    query = select(AccessKey).join(AccessKey.user).where(AccessKey.secret_hash == _hash(secret))
    live = query.where(_is_live(), User.active)
    whole = contains_eager(AccessKey.user).options(roles())
    return session.scalars(live.where(AccessKey.epoch == User.epoch).options(whole)).unique().one_or_none()


def of_user(session: Session, user: User) -> Sequence[AccessKey]:
    """The person's live keys, the newest first."""
    query = select(AccessKey).where(AccessKey.user_id == user.id, AccessKey.epoch == user.epoch)
    live = query.where(_is_live())
    return session.scalars(live.order_by(AccessKey.id.desc())).all()


def is_unnoted(key: AccessKey) -> bool:
    """Whether the last use of a key was noted so long ago that this one should be."""
    return key.used_at is None or now() - key.used_at >= _USED_STEP


def note_use(sessions: Sessions, number: int) -> None:
    """Note that a key was used; left out where the database cannot be written at once."""
    with suppress(DatabaseError), sessions.begin_at_once() as writing:
        writing.execute(update(AccessKey).where(AccessKey.id == number).values(used_at=now()))


def _is_live() -> ColumnElement[bool]:
    open_session = select(UserSession.id).where(
        UserSession.id == AccessKey.session_id, UserSession.ended_at.is_(None), UserSession.expires_at > now()
    )
    bound = or_(AccessKey.session_id.is_(None), open_session.exists())
    return and_(AccessKey.ended_at.is_(None), AccessKey.expires_at > now(), bound)


def end(session: Session, user: User, number: int) -> None:
    """End one of the person's keys; the number of another person's key ends nothing."""
    key = session.get(AccessKey, number)
    if key is not None and key.user_id == user.id and key.ended_at is None:
        key.ended_at = now()
        journal.note(session, user.public_id, "key.ended", user, {"key": key.id})


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
