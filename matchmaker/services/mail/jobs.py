"""The work in the background: waiting e-mails and jobs. Rows are claimed by state and lease, never by a
cursor.

A row is taken with a mark of the taker and a lease; a worker that dies leaves it to be taken again after that,
an e-mail with the same Message-ID. A job's lease is renewed as long as it runs. A failed row is tried again
after ever longer waits, and is dead after TRIES; what the infrastructure fails at costs no try.
"""

import logging
import secrets
import smtplib
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import JobState, MailState
from matchmaker.models import Job, Mail
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import infrastructure
from matchmaker.services.mail import undelivered
from matchmaker.services.mail.transport import MailServerAway, Send, Transport, message

TRIES = 8
# A letter takes a minute at most where a server answers slowly; a job's lease is renewed while it runs.
LETTER_LEASE = timedelta(minutes=5)
JOB_LEASE = timedelta(minutes=1)
_RENEWAL_SECONDS = 10.0
# A job that hangs for longer is left to others.
_LONGEST_JOB = timedelta(hours=2)
# Waits after the first, second… failure; the last one comes 22 hours after the first.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
MOST_AT_ONCE = 200
Handler = Callable[[Session, Mapping[str, Any]], Mapping[str, Any] | None]
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class SendingResult:
    """The result of sending the due e-mails; `away` names the error where the server could not be reached, and
    they still wait.
    """

    sent: int = 0
    failed: int = 0
    away: str = ""


@dataclass(slots=True)
class JobsResult:
    """The result of running the due jobs; `away` names the error of the infrastructure for which some still
    wait.
    """

    done: int = 0
    failed: int = 0
    away: str = ""


class WorkStopped(Exception):
    """The worker ends in the middle of a long job; another one goes on with it."""


class _LeaseLost(Exception):
    """Another worker has taken the job meanwhile; what was done for it is not kept."""


def pause(attempts: int) -> timedelta:
    """The wait after the failure of the attempt with this number, from 1."""
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def never() -> bool:
    """The answer of a worker that nobody asks to end."""
    return False


def send_due(
    sessions: Sessions,
    transport: Transport,
    sender: str,
    *,
    moment: datetime | None = None,
    ends: Callable[[], bool] = never,
) -> SendingResult:
    """Send the due e-mails one by one, so that a refused one does not stop the others, and mark each at once;
    stop where the worker ends.
    """
    result, token = SendingResult(), secrets.token_hex(8)
    sessions.catch_up()
    with sessions() as session:
        if not session.scalar(select(exists().where(*_due_mail(moment or now())))):
            return result
    try:
        with transport.opened() as send:
            for _ in range(MOST_AT_ONCE):
                mail = None if ends() else _take_mail(sessions, token, moment or now())
                if mail is None:
                    break
                _send_one(sessions, mail, send, sender, result, moment)
    except MailServerAway as error:
        _log.warning("The mail server is away (%s); letters wait", error)
        result.away = type(error).__name__
    return result


def _due_mail(at: datetime) -> tuple[Any, ...]:
    return Mail.state == MailState.WAITING, Mail.due_at <= at


@dataclass(frozen=True, slots=True)
class _TakenMail:
    """A letter, the mark of its taker, and when it was due."""

    mail: Mail
    token: str
    due_at: datetime

    def settle(self, sessions: Sessions, **values: Any) -> None:
        mine = Mail.id == self.mail.id, Mail.taken_by == self.token
        values["taken_by"] = None
        sessions.write_surely(lambda session: session.execute(update(Mail).where(*mine).values(**values)))


def _take_mail(sessions: Sessions, token: str, at: datetime) -> _TakenMail | None:
    query = select(Mail).where(*_due_mail(at)).order_by(Mail.due_at, Mail.id).limit(1)
    with sessions.begin() as session:
        mail = session.scalar(query.with_for_update(skip_locked=True))
        if mail is None:
            return None
        taken = _TakenMail(mail, token, mail.due_at)
        mail.attempts += 1
        mail.due_at, mail.taken_by = at + LETTER_LEASE, token
    return taken


def _send_one(
    sessions: Sessions,
    taken: _TakenMail,
    send: Send,
    sender: str,
    result: SendingResult,
    moment: datetime | None,
) -> None:
    mail = taken.mail
    try:
        send(message(mail, sender))
    except BaseException as error:
        if isinstance(error, MailServerAway) or _is_interrupt(error):
            taken.settle(sessions, attempts=mail.attempts - 1, due_at=taken.due_at, error=_named(error))
            raise
        result.failed += 1
        if not isinstance(error, (smtplib.SMTPException, ValueError)):
            _log.exception("Letter %s cannot be sent", mail.public_id)
        state = MailState.DEAD if mail.attempts >= TRIES else MailState.WAITING
        due = (moment or now()) + pause(mail.attempts)
        taken.settle(sessions, state=state, due_at=due, error=_named(error))
        if state == MailState.DEAD:
            sessions.write_surely(lambda session: undelivered.tell(session, mail.id))
        if not isinstance(error, Exception):
            raise
    else:
        result.sent += 1
        taken.settle(sessions, state=MailState.SENT, sent_at=now(), error=None)


def _is_interrupt(error: BaseException) -> bool:
    """Whether a person stops the program; in any other thread it is an error like others."""
    return isinstance(error, KeyboardInterrupt) and threading.current_thread() is threading.main_thread()


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def enqueue(
    session: Session, kind: str, arguments: Mapping[str, Any] | None = None, due_at: datetime | None = None
) -> Job:
    """Add a job, due now or later, as part of the caller's transaction."""
    job = Job(kind=kind, arguments=dict(arguments or {}), due_at=due_at or now())
    session.add(job)
    session.flush()
    return job


def run_due(
    sessions: Sessions,
    handlers: Mapping[str, Handler],
    *,
    moment: datetime | None = None,
    ends: Callable[[], bool] = never,
) -> JobsResult:
    """Run the due jobs that `handlers` know, each once; stop where the worker ends.

    A handler works in the transaction that marks its job as done, so that its rows are written once.
    """
    result, tried = JobsResult(), set[int]()
    sessions.catch_up()
    while len(tried) < MOST_AT_ONCE and not ends():
        job = _take_job(sessions, tuple(handlers), tried, moment or now())
        if job is None:
            break
        tried.add(job.id)
        _run(sessions, job, handlers[job.kind], result, moment)
    return result


def _take_job(sessions: Sessions, kinds: tuple[str, ...], tried: set[int], at: datetime) -> Job | None:
    left = (Job.state == JobState.RUNNING) & (Job.heartbeat_at <= at - JOB_LEASE)
    due = Job.kind.in_(kinds) & or_((Job.state == JobState.WAITING) & (Job.due_at <= at), left)
    ready = due & Job.id.not_in(tried)
    with sessions() as session:
        if not session.scalar(select(exists().where(ready))):
            return None
    query = select(Job).where(ready).order_by(Job.due_at, Job.id).limit(1).with_for_update(skip_locked=True)
    with sessions.begin() as session:
        job = session.scalar(query)
        if job is not None:
            job.state, job.heartbeat_at, job.attempts = JobState.RUNNING, at, job.attempts + 1
            job.taken_by = secrets.token_hex(8)
        return job


def _run(sessions: Sessions, job: Job, handler: Handler, result: JobsResult, moment: datetime | None) -> None:
    try:
        with _renewed(sessions, job), sessions.begin() as session:
            done = handler(session, job.arguments)
            if not _settle(session, job, state=JobState.DONE, result=dict(done or {}), error=None):
                raise _LeaseLost  # noqa: TRY301 - so that what the handler wrote is rolled back
    except _LeaseLost:
        _log.warning("Job %s took longer than its lease, and another worker does it", job.kind)
    except BaseException as error:
        values: dict[str, Any] = {"error": str(error)[:2000], "state": JobState.WAITING}
        if infrastructure.is_at_fault(error) or isinstance(error, WorkStopped) or _is_interrupt(error):
            result.away = type(error).__name__
            values["attempts"] = job.attempts - 1
        else:
            _log.exception("Job %s has failed", job.kind)
            result.failed += 1
            values["due_at"] = (moment or now()) + pause(job.attempts)
            if job.attempts >= TRIES:
                values["state"] = JobState.FAILED
        sessions.write_surely(lambda session: _settle(session, job, **values))
        if not isinstance(error, Exception):
            raise
    else:
        result.done += 1


def _settle(session: Session, job: Job, **values: Any) -> bool:
    """Give a taken job its new state; False where another worker has taken it meanwhile."""
    mine = Job.id == job.id, Job.taken_by == job.taken_by
    return (
        session.scalar(update(Job).where(*mine).values(taken_by=None, **values).returning(Job.id)) is not None
    )


def try_dead_again(session: Session) -> tuple[int, int]:
    """Let the e-mails and the jobs that were given up be tried anew, and return their numbers."""
    fresh = {"attempts": 0, "due_at": now()}
    letters = update(Mail).where(Mail.state == MailState.DEAD).values(state=MailState.WAITING, **fresh)
    jobs = update(Job).where(Job.state == JobState.FAILED).values(state=JobState.WAITING, **fresh)
    mails = session.scalars(letters.returning(Mail.id)).all()
    return len(mails), len(session.scalars(jobs.returning(Job.id)).all())


@contextmanager
def _renewed(sessions: Sessions, job: Job) -> Iterator[None]:
    """Renew the lease of a job while the block lasts, within _LONGEST_JOB."""
    over = threading.Event()

    def renew() -> None:
        until = now() + _LONGEST_JOB
        while not over.wait(_RENEWAL_SECONDS) and now() < until:
            mine = Job.id == job.id, Job.taken_by == job.taken_by
            with suppress(SQLAlchemyError), sessions.begin() as session:
                session.execute(update(Job).where(*mine).values(heartbeat_at=now()))

    renewal = threading.Thread(target=renew, name=f"lease of {job.kind}", daemon=True)
    renewal.start()
    try:
        yield
    finally:
        over.set()
