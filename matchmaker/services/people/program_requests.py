"""The requests of programs that carry an Idempotency-Key: each is done once, and its answer is kept for a day to be
given again.

The answer is kept in the transaction of the change: after a crash either both are there or neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from matchmaker.domain.errors import RequestAtWork, RequestRepeated
from matchmaker.models import ProgramRequest
from matchmaker.models.base import now
from matchmaker.models.database import Session, Sessions

KEPT = timedelta(days=1)
AT_WORK = timedelta(minutes=1)  # after that the process that worked on a request is taken for dead


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The answer of a request: its status, some of its headers, its body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class NamedRequest:
    """A request with its Idempotency-Key: the person's row, the key, the hash of what was asked, and when."""

    user: int
    key: str
    fingerprint: str
    at: datetime = field(default_factory=now)

    def row(self) -> ProgramRequest:
        return ProgramRequest(user_id=self.user, key=self.key, fingerprint=self.fingerprint, at=self.at)


def begin(sessions: Sessions, asked: NamedRequest) -> KeptAnswer | None:
    """The kept answer of a request; None where the request is new and now to be done.

    Raises RequestRepeated for a key that another request has, RequestAtWork while the first one is not answered.
    """
    sessions.catch_up()  # a request that failed with its database is dropped by now
    try:
        with sessions.begin() as session:
            session.add(asked.row())
    except IntegrityError:
        with sessions.begin() as session:
            return _known(session, asked)
    return None


def _known(session: Session, asked: NamedRequest) -> KeptAnswer | None:
    query = select(ProgramRequest).where(
        ProgramRequest.user_id == asked.user, ProgramRequest.key == asked.key
    )
    row = session.scalar(query.with_for_update())
    if row is None or now() - row.at > KEPT or (row.status is None and now() - row.at > AT_WORK):
        session.execute(
            delete(ProgramRequest)
            .where(ProgramRequest.user_id == asked.user)
            .where(ProgramRequest.key == asked.key)
        )
        session.add(asked.row())
        return None
    if row.fingerprint != asked.fingerprint:
        raise RequestRepeated
    if row.status is None:
        raise RequestAtWork
    return KeptAnswer(row.status, row.headers, row.body or b"")


def finish(session: Session, asked: NamedRequest, answer: KeptAnswer) -> None:
    """Keep the answer."""
    session.execute(
        update(ProgramRequest)
        .where(ProgramRequest.user_id == asked.user, ProgramRequest.key == asked.key)
        .values(status=answer.status, headers=dict(answer.headers), body=answer.body)
    )


def drop(sessions: Sessions, asked: NamedRequest) -> None:
    """Let the request be sent again, unless it has its answer: nobody knows of a commit that was cut off. Where the database
    does not take that, it is owed, and done before the next request: a program that tries again as it was told is
    not to hear that its request is still at work.
    """
    this = (
        ProgramRequest.user_id == asked.user,
        ProgramRequest.key == asked.key,
        ProgramRequest.at == asked.at,  # not one that took its place since
        ProgramRequest.status.is_(None),
    )
    sessions.write_surely(lambda session: session.execute(delete(ProgramRequest).where(*this)))


def tidy(session: Session) -> None:
    """Delete the answers that are no longer kept."""
    session.execute(delete(ProgramRequest).where(ProgramRequest.at <= now() - KEPT))
