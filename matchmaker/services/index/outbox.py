"""The outbox: the keys of profiles whose search documents wait for an update.

Rows are claimed by state with a lease, a batch at a time, so that a worker that dies leaves them to the next.
A failed row is put off, and set aside as dead after some attempts. Only a document's own fault fails its row.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import LIVE_OUTBOX_ROWS, OutboxRowState
from matchmaker.models import Outbox
from matchmaker.models.base import now
from matchmaker.models.database import Sessions

BATCH = 500
ATTEMPTS = 5
LEASE = timedelta(seconds=30)
# The wait of a failed row, doubled by every attempt; an engine that is away costs no attempt.
PAUSE = timedelta(seconds=2)
_DUE = Outbox.state.in_(LIVE_OUTBOX_ROWS)


@dataclass(frozen=True, slots=True)
class OutboxClaim:
    """The rows that one worker has claimed, by key, and the token that marks them as its own."""

    token: str
    rows: Mapping[str, Sequence[int]]

    @property
    def ids(self) -> list[int]:
        return [row for ids in self.rows.values() for row in ids]


def due(session: Session) -> bool:
    """Whether any row can be claimed now."""
    return session.scalar(select(Outbox.id).where(_DUE, Outbox.due_at <= now()).limit(1)) is not None


def taken_until(session: Session) -> datetime | None:
    """The moment at which the first lease of rows that somebody holds runs out; None where nobody holds any."""
    return session.scalar(select(func.min(Outbox.due_at)).where(Outbox.state == OutboxRowState.TAKEN))


def claim(sessions: Sessions) -> OutboxClaim | None:
    """Claim the rows that are due, or whose lease has run out; None where no row waits."""
    token = secrets.token_hex(8)
    with sessions.begin() as session:
        query = (
            select(Outbox.id, Outbox.key)
            .where(_DUE, Outbox.due_at <= now())
            .order_by(Outbox.id)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        rows: dict[str, list[int]] = {}
        for row in session.execute(query):
            rows.setdefault(row.key, []).append(row.id)
        if not rows:
            return None
        claimed = OutboxClaim(token, rows)
        session.execute(
            update(Outbox)
            .where(Outbox.id.in_(claimed.ids))
            .values(state=OutboxRowState.TAKEN, taken_by=token, due_at=now() + LEASE)
        )
    return claimed


def release(sessions: Sessions, claimed: OutboxClaim, pause: timedelta = PAUSE) -> None:
    """Give the rows back, to be claimed again after a pause, or as soon as the database takes that; no attempt
    is counted.
    """
    given = update(Outbox).where(Outbox.id.in_(claimed.ids), Outbox.taken_by == claimed.token)
    back = given.values(state=OutboxRowState.WAITING, taken_by=None, due_at=now() + pause)
    sessions.write_surely(lambda session: session.execute(back))


def settle_taken(session: Session, token: str, left: Sequence[str]) -> None:
    """Delete the rows that were written as taken under a token and are done; those of the keys that are `left` wait."""
    taken = Outbox.taken_by == token
    if left:
        back = update(Outbox).where(taken, Outbox.key.in_(left))
        session.execute(back.values(state=OutboxRowState.WAITING, taken_by=None, due_at=now()))
    session.execute(delete(Outbox).where(taken))


def give_back(sessions: Sessions, token: str) -> None:
    """Let the rows wait that were written as taken under a token, or as soon as the database takes that."""
    back = update(Outbox).where(Outbox.taken_by == token)
    given = back.values(state=OutboxRowState.WAITING, taken_by=None, due_at=now())
    sessions.write_surely(lambda session: session.execute(given))


@contextmanager
def held(sessions: Sessions, claimed: OutboxClaim) -> Iterator[None]:
    """Give the rows back where the block fails, whatever the error."""
    try:
        yield
    except BaseException:
        with suppress(SQLAlchemyError):  # owed then
            release(sessions, claimed)
        raise


def settle(session: Session, claimed: OutboxClaim, failed: Mapping[str, str]) -> None:
    """Delete the rows that are done, with those of the same keys that were set aside before; put off or set aside those
    whose key failed, with the error.
    """
    done = [row for key, ids in claimed.rows.items() if key not in failed for row in ids]
    session.execute(delete(Outbox).where(Outbox.id.in_(done), Outbox.taken_by == claimed.token))
    bury(session, [key for key in claimed.rows if key not in failed])
    for key, error in failed.items():
        for row in session.scalars(select(Outbox).where(Outbox.id.in_(claimed.rows[key]))):
            row.attempts += 1
            row.state = OutboxRowState.DEAD if row.attempts >= ATTEMPTS else OutboxRowState.WAITING
            row.due_at = now() + PAUSE * 2**row.attempts
            row.taken_by = None
            row.error = error[:300]


def bury(session: Session, keys: Sequence[str]) -> None:
    """Delete the rows set aside of keys that are indexed after all."""
    session.execute(delete(Outbox).where(Outbox.key.in_(keys), Outbox.state == OutboxRowState.DEAD))


def set_aside(session: Session) -> dict[str, str]:
    """The keys that failed too often, each with the last error."""
    query = select(Outbox.key, Outbox.error).where(Outbox.state == OutboxRowState.DEAD).order_by(Outbox.id)
    return {row.key: row.error or "" for row in session.execute(query)}


def try_dead_again(session: Session) -> int:
    """Let the rows that were set aside be tried anew, and return their number."""
    dead = update(Outbox).where(Outbox.state == OutboxRowState.DEAD)
    fresh = dead.values(state=OutboxRowState.WAITING, attempts=0, due_at=now())
    return len(session.scalars(fresh.returning(Outbox.id)).all())


def row_ids(session: Session) -> list[int]:
    """The ids of all present rows, in any state."""
    return list(session.scalars(select(Outbox.id)))


def drop(session: Session, ids: Sequence[int]) -> None:
    """Delete rows whose request was met in another way."""
    for start in range(0, len(ids), BATCH):
        session.execute(delete(Outbox).where(Outbox.id.in_(ids[start : start + BATCH])))


def known_keys(session: Session) -> set[str]:
    """The keys that will be processed, or were set aside: what they differ in is known already."""
    return set(session.scalars(select(Outbox.key)))


def oldest(session: Session) -> datetime | None:
    """The moment at which the oldest row that still waits was written."""
    return session.scalar(select(func.min(Outbox.created_at)).where(_DUE))


def counts(session: Session) -> Mapping[str, int]:
    """The number of rows in each state."""
    query = select(Outbox.state, func.count().label("number")).group_by(Outbox.state)
    return {row.state: row.number for row in session.execute(query)}
