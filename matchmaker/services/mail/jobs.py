"""The work in the background: waiting e-mails and jobs. Rows are claimed by state and lease, never by a
cursor.

A row is taken by moving its `due_at` past the lease; a worker that dies leaves it to be taken again after
that, an e-mail with the same Message-ID. A failed row is tried again after ever longer waits, and is dead
after TRIES.
"""

import logging
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matchmaker.domain.errors import MatchmakerError
from matchmaker.domain.lifecycle import JobState, MailState
from matchmaker.models import Job, Mail
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.mail.transport import (
    MailServerAway,
    Send,
    Transport,
    message,
)

TRIES = 8
LEASE = timedelta(minutes=10)
# Waits after the first, second… failure; the last one comes 22 hours after the first.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
MOST_AT_ONCE = 200
Handler = Callable[[Session, Mapping[str, Any]], Mapping[str, Any] | None]
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class SendingResult:
    """The result of sending the due e-mails; `away`: the server could not be reached, and they still wait."""

    sent: int = 0
    failed: int = 0
    away: bool = False


def pause(attempts: int) -> timedelta:
    """The wait after the failure of the attempt with this number, from 1."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def send_due(
    sessions: Sessions, transport: Transport, sender: str, *, moment: datetime | None = None
) -> SendingResult:
    """Send the due e-mails one by one, so that a refused one does not stop the others, and mark each at once."""
    at, result = moment or now(), SendingResult()
    with sessions() as session:
        if not session.scalar(select(_due_mail(at))):
            return result
    try:
        with transport.opened() as send:
            for _ in range(MOST_AT_ONCE):
                mail = _take_mail(sessions, at)
                if mail is None:
                    break
                _send_one(sessions, mail, send, sender, result, at)
    except (MailServerAway, OSError) as error:
        _log.warning("The mail server is away (%s); letters wait", error)
        result.away = True
    return result


def _due_mail(at: datetime) -> Any:
    return exists().where(Mail.state == MailState.WAITING, Mail.due_at <= at)


def _take_mail(sessions: Sessions, at: datetime) -> Mail | None:
    query = (
        select(Mail)
        .where(Mail.state == MailState.WAITING, Mail.due_at <= at)
        .order_by(Mail.due_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with sessions.begin() as session:
        mail = session.scalar(query)
        if mail is not None:
            mail.attempts += 1
            mail.due_at = at + LEASE
        return mail


def _send_one(
    sessions: Sessions, mail: Mail, send: Send, sender: str, result: SendingResult, at: datetime
) -> None:
    try:
        send(message(mail, sender))
    except MailServerAway:
        _mark(sessions, mail, attempts=mail.attempts - 1, due_at=at + PAUSES[0], error="server away")
        raise
    except (smtplib.SMTPException, ValueError, UnicodeError) as error:
        result.failed += 1
        dead = mail.attempts >= TRIES
        state, due = (MailState.DEAD if dead else MailState.WAITING), at + pause(mail.attempts)
        _mark(sessions, mail, state=state, due_at=due, error=f"{type(error).__name__}: {error}"[:300])
    else:
        result.sent += 1
        _mark(sessions, mail, state=MailState.SENT, sent_at=now(), error=None)


def _mark(sessions: Sessions, mail: Mail, **values: Any) -> None:
    with sessions.begin() as session:
        session.execute(update(Mail).where(Mail.id == mail.id).values(**values))


def enqueue(session: Session, kind: str, arguments: Mapping[str, Any] | None = None) -> Job:
    """Add a job, as part of the caller's transaction."""
    job = Job(kind=kind, arguments=dict(arguments or {}))
    session.add(job)
    session.flush()
    return job


def run_due(sessions: Sessions, handlers: Mapping[str, Handler], *, moment: datetime | None = None) -> int:
    """Run the due jobs that `handlers` know, and return the number done.

    A handler works in the transaction that marks its job as done, so that its rows are written once.
    """
    at, done = moment or now(), 0
    for _ in range(MOST_AT_ONCE):
        job = _take_job(sessions, tuple(handlers), at)
        if job is None:
            break
        done += _run(sessions, job, handlers[job.kind], at)
    return done


def _take_job(sessions: Sessions, kinds: tuple[str, ...], at: datetime) -> Job | None:
    left = (Job.state == JobState.RUNNING) & (Job.heartbeat_at <= at - LEASE)
    ready = Job.kind.in_(kinds) & or_((Job.state == JobState.WAITING) & (Job.due_at <= at), left)
    with sessions() as session:
        if not session.scalar(select(exists().where(ready))):
            return None
    query = select(Job).where(ready).order_by(Job.due_at, Job.id).limit(1).with_for_update(skip_locked=True)
    with sessions.begin() as session:
        job = session.scalar(query)
        if job is not None:
            job.state, job.heartbeat_at, job.attempts = JobState.RUNNING, at, job.attempts + 1
        return job


def _run(sessions: Sessions, job: Job, handler: Handler, at: datetime) -> bool:
    try:
        with sessions.begin() as session:
            result = handler(session, job.arguments)
            values = {"state": JobState.DONE, "result": dict(result or {}), "error": None}
            session.execute(update(Job).where(Job.id == job.id).values(**values))
    except (MatchmakerError, SQLAlchemyError, OSError, ValueError) as error:
        _log.warning("Job %s failed: %s", job.kind, type(error).__name__)
        state = JobState.FAILED if job.attempts >= TRIES else JobState.WAITING
        due = at + pause(job.attempts)
        with sessions.begin() as session:
            session.execute(
                update(Job).where(Job.id == job.id).values(state=state, due_at=due, error=str(error)[:2000])
            )
        return False
    return True
