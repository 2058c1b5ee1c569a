"""The findings of a running site: each part with its state, what is wrong with it, and the way to mend it."""

import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, String, case, cast, func, literal, null, or_, select, type_coerce, union_all
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matchmaker.domain.errors import MatchmakerError
from matchmaker.domain.lanes import LATE_AFTER, Lane, lane_of_job
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import LIVE_OUTBOX_ROWS, JobState, MailState, OutboxRowState
from matchmaker.models import IndexState, Job, LaneBeat, Mail, Outbox
from matchmaker.models.base import UtcDateTime, now
from matchmaker.models.database import Sessions
from matchmaker.services.core import journal_seal
from matchmaker.services.core.journal_seal import SealState
from matchmaker.services.files import sweeper
from matchmaker.services.health import heartbeats
from matchmaker.services.health.heartbeats import LanePulse
from matchmaker.services.mail.jobs import JOB_LEASE
from matchmaker.services.matching import promoted_ranker
from search.engines.protocol import Engine

OK, DEAD = "ok", "dead"
_LEAST_FREE = 50_000_000  # bytes; on a small disk a hundredth of it


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """The state of a part of the site: OK, or a word for what is wrong.

    `message` says it and `remedy` what to do, with the command where there is one; both are English templates and
    the keys of their translations, and `params` fill them.
    """

    part: str
    state: str = OK
    message: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    remedy: str = ""

    @property
    def good(self) -> bool:
        return self.state == OK

    @property
    def is_given_up(self) -> bool:
        """Whether work was given up, so that it can be tried again."""
        return self.state == DEAD

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


def of_site(
    sessions: Sessions, engine: Engine, folder: Path, own: Sequence[LanePulse] = ()
) -> list[HealthFinding]:
    """The findings of all parts; while the database is away, of it and the search engine alone. Never raises.

    `folder` is the data folder; `own` are the lanes of this process, which are known even where no heartbeat can be written.
    """
    try:
        with sessions() as session:
            found = [HealthFinding("database"), *of_work(session, folder, own), of_journal(session, folder)]
    except SQLAlchemyError as error:
        found = [database_away(error)]
    return [*found, of_engine(engine), of_disk(folder)]


def of_disk(folder: Path) -> HealthFinding:
    """Whether the disk of the data folder still takes what people write."""
    try:
        room = shutil.disk_usage(folder)
    except OSError as error:
        params: dict[str, object] = {"folder": folder, "reason": os.strerror(error.errno or 0)}
        message = N_("The folder %(folder)s cannot be looked at: %(reason)s")
        return HealthFinding(
            "disk", "unreadable", message, params, N_("Give it to the user that runs the site.")
        )
    if room.free > min(_LEAST_FREE, room.total // 100):
        return HealthFinding("disk")
    message = N_(
        "The disk of %(folder)s is full: %(free)s MB are free. Pages are shown, and nothing can be saved."
    )
    params = {"folder": folder, "free": room.free // 1_000_000}
    return HealthFinding("disk", "full", message, params, N_("Make room; all work goes on by itself then."))


def database_away(error: Exception) -> HealthFinding:
    message = N_("The database does not answer (%(error)s).")
    remedy = N_("Start the database, or check MATCHMAKER_DATABASE_URL; all work goes on by itself then.")
    return HealthFinding("database", "away", message, {"error": type(error).__name__}, remedy)


def of_engine(engine: Engine) -> HealthFinding:
    try:
        health = engine.health()
    except MatchmakerError as error:
        ready, detail = False, str(error)
    else:
        ready, detail = health.ready, health.detail
    if ready:
        return HealthFinding("engine")
    message = N_("The search engine is not ready: %(detail)s")
    remedy = N_("Start the search engine. If the index stays broken, run: matchmaker index rebuild")
    return HealthFinding("engine", "away", message, {"detail": detail}, remedy)


def of_journal(session: Session, folder: Path) -> HealthFinding:
    """Whether the key of the journal and its anchor are there and belong to it."""
    try:
        state = journal_seal.state_of(folder, session)
    except OSError as error:
        params: dict[str, object] = {"file": error.filename, "reason": os.strerror(error.errno or 0)}
        message = N_("The file %(file)s of the journal cannot be read: %(reason)s")
        return HealthFinding(
            "journal", "unreadable", message, params, N_("Give it to the user that runs the site.")
        )
    if state in {SealState.GOOD, SealState.FRESH}:
        return HealthFinding("journal")
    message, remedy = _JOURNAL[state]
    named = journal_seal.anchor_path if state in _OF_ANCHOR else journal_seal.key_path
    return HealthFinding("journal", state, message, {"file": named(folder)}, remedy)


def of_work(session: Session, folder: Path, own: Sequence[LanePulse] = ()) -> list[HealthFinding]:
    """The findings of the lanes of work and of what they look after: whether somebody does the work, whether it is late,
    what was given up after too many tries; and whether the ranker that was promoted ranks.
    """
    figures = _figures(session)
    pulses = [*figures.pulses, *own]
    found = []
    for lane in Lane:
        queue = figures.queues.get(lane, _Queue())
        of_lane = [pulse for pulse in pulses if pulse.lane == lane]
        wrong = [*_idle(lane, queue, of_lane), *_dead(lane, queue)]
        found += wrong or [HealthFinding(lane)]
    return [*found, *_drift(figures.drift), *_missing(figures.missing), *_ranker(folder, figures.ranker)]


def _drift(count: int) -> list[HealthFinding]:
    """Whether index and database differed when they were last compared; nothing where they did not."""
    if not count:
        return []
    message = N_("Suppliers that the index has not as the database has them: %(count)s.")
    remedy = N_("It is mended by itself within minutes; at once by: matchmaker index check --repair")
    return [HealthFinding(Lane.INDEX, "drift", message, {"count": count}, remedy)]


def _missing(count: int) -> list[HealthFinding]:
    """Whether the bytes of stored files are where their rows say; nothing where all are."""
    if not count:
        return []
    message = N_("Files whose content cannot be found on the disk: %(count)s.")
    remedy = N_(
        "Put the files back from a backup into the folder “files”; the alarm ends by itself then. Their owners see "
        "which they are."
    )
    return [HealthFinding("files", "missing", message, {"count": count}, remedy)]


def _ranker(folder: Path, last: str | None) -> list[HealthFinding]:
    """Whether the ranker that was promoted last does rank; nothing where it does."""
    problem = promoted_ranker.problem(folder, last)
    if not problem:
        return []
    message = N_(
        "The ranker that was promoted cannot be used: %(reason)s. Suppliers are found as before, and ordered by another ranker."
    )
    remedy = N_(
        "Put the folder “ranker” back from a backup: it is a ZIP, and the folder stands in it as data/ranker. If no backup has it, "
        "return to the ranker before: matchmaker ranker promote --back"
    )
    return [HealthFinding("ranker", "lost", message, {"reason": problem}, remedy)]


@dataclass(frozen=True, slots=True)
class _Queue:
    """The number of rows of a lane that were given up, and when its oldest due row became due."""

    dead: int = 0
    oldest: datetime | None = None

    def joined(self, dead: int, oldest: datetime | None) -> "_Queue":
        known = [moment for moment in (self.oldest, oldest) if moment]
        return _Queue(self.dead + dead, min(known, default=None))


@dataclass(slots=True)
class _Figures:
    """What the database says of the work: its queues, who works on them, and what they look after."""

    queues: dict[Lane, _Queue] = field(default_factory=dict)
    pulses: list[LanePulse] = field(default_factory=list)
    drift: int = 0
    missing: int = 0
    ranker: str | None = None


def _figures(session: Session) -> _Figures:
    """All figures, in one statement."""
    found = _Figures()
    for what, kind, number, moment, error in session.execute(_rows_of_figures(now())):
        if what == "queue":
            lane = lane_of_job(kind) or (Lane(kind) if kind in set(Lane) else Lane.SCHEDULE)
            found.queues[lane] = found.queues.get(lane, _Queue()).joined(number, moment)
        elif what == "pulse":
            found.pulses.append(LanePulse(Lane(kind), moment, failures=number, error=error))
        elif what == "drift":
            found.drift = number
        elif what == "ranker":
            found.ranker = error
        else:
            found.missing = number
    return found


def _rows_of_figures(at: datetime) -> Any:
    """For the index, for letters and for each kind of job the number of dead rows and the oldest due time; for each lane
    that beats its failures, its last success and its last error; the suppliers that drifted, the files that are missing and the
    ranker that was promoted.
    """
    nothing, never, nobody = cast(null(), String), cast(null(), UtcDateTime), literal("")

    def row(kind: Any, table: Any, dead: str, since: Any) -> Select[Any]:
        oldest = type_coerce(func.min(since), UtcDateTime)
        number = func.sum(case((table.state == dead, 1), else_=0))
        return select(literal("queue"), kind, number, oldest, nothing).select_from(table)

    def due(table: Any, *states: str) -> Any:
        return case((table.state.in_(states) & (table.due_at <= at), table.due_at))

    left = (Job.state == JobState.RUNNING) & (Job.heartbeat_at <= at - JOB_LEASE)
    of_jobs = case((left, Job.heartbeat_at), else_=due(Job, JobState.WAITING))
    open_jobs = Job.state.in_((JobState.WAITING, JobState.RUNNING, JobState.FAILED))
    lane = type_coerce(LaneBeat.lane, String)
    return union_all(
        row(literal(Lane.INDEX.value), Outbox, OutboxRowState.DEAD, due(Outbox, *LIVE_OUTBOX_ROWS)).having(
            func.count() > 0
        ),
        row(literal(Lane.LETTERS.value), Mail, MailState.DEAD, due(Mail, MailState.WAITING))
        .where(or_(Mail.state == MailState.WAITING, Mail.state == MailState.DEAD))
        .having(func.count() > 0),
        row(Job.kind, Job, JobState.FAILED, of_jobs).where(open_jobs).group_by(Job.kind),
        select(literal("pulse"), lane, LaneBeat.failures, LaneBeat.succeeded_at, LaneBeat.error).where(
            heartbeats.is_fresh()
        ),
        select(literal("drift"), nobody, IndexState.drift, never, nothing).where(IndexState.id == 1),
        select(literal("missing"), nobody, sweeper.missing().scalar_subquery(), never, nothing),
        select(literal("ranker"), nobody, literal(0), never, promoted_ranker.noted()),
    )


def _idle(lane: Lane, queue: _Queue, pulses: Iterable[LanePulse]) -> list[HealthFinding]:
    """Whether nobody does the work of a lane, or nobody has succeeded in it for too long."""
    latest = max(pulses, key=lambda pulse: pulse.succeeded_at, default=None)
    if latest is None:
        return [HealthFinding(lane, "stopped", _STOPPED, {}, _START)]
    since = min(moment for moment in (latest.succeeded_at, queue.oldest) if moment)
    waited = now() - since
    if waited <= LATE_AFTER[lane]:
        return []
    params = {"minutes": int(waited.total_seconds() // 60), "error": latest.error}
    message = _FAILING if latest.failures else _LATE
    return [HealthFinding(lane, "late", message, params, _REMEDIES[lane])]


def _dead(lane: Lane, queue: _Queue) -> list[HealthFinding]:
    if not queue.dead:
        return []
    return [HealthFinding(lane, DEAD, _DEAD.get(lane, _DEAD_JOBS), {"count": queue.dead}, _TRY_AGAIN)]


_PUT_KEY_BACK = N_(
    "Put it back from a backup: it is a ZIP, and the key stands in it as data/journal_key. Until then the site does not start "
    "again. If no backup has it, run: matchmaker journal reseal"
)
_OF_ANCHOR = frozenset({SealState.ANCHOR_LOST, SealState.ANCHOR_UNREADABLE, SealState.CUT_OFF})
_ANCHOR_AGAIN = N_(
    "Run: matchmaker journal check. If the end is the right one, as in the newest backup, run: matchmaker journal anchor"
)
_JOURNAL: Mapping[SealState, tuple[str, str]] = {
    SealState.KEY_LOST: (N_("The key of the journal, %(file)s, is gone."), _PUT_KEY_BACK),
    SealState.KEY_SHORT: (N_("The key of the journal, %(file)s, is empty or cut short."), _PUT_KEY_BACK),
    SealState.KEY_ANOTHER: (
        N_("The key of the journal, %(file)s, is not the one that its newest entries were made with."),
        _PUT_KEY_BACK,
    ),
    SealState.ANCHOR_LOST: (
        N_("The anchor of the journal, %(file)s, is gone: nobody knows whether its end was cut off."),
        _ANCHOR_AGAIN,
    ),
    SealState.ANCHOR_UNREADABLE: (N_("The anchor of the journal, %(file)s, is damaged."), _ANCHOR_AGAIN),
    SealState.CUT_OFF: (
        N_(
            "The journal does not have the entry any more that %(file)s names: its end was cut off, or it was altered."
        ),
        N_(
            "Run: matchmaker journal check. Keep the database as it is for the inquiry, and restore a backup: "
            "matchmaker restore FILE --replace"
        ),
    ),
}
_STOPPED = N_("Nobody does this work: no worker has given a sign of life for a minute.")
_START = N_("Start the worker: matchmaker worker (matchmaker serve works by itself, too).")
_LATE = N_("The oldest work has waited for %(minutes)s minutes.")
_FAILING = N_("The oldest work has waited for %(minutes)s minutes; the last error was %(error)s.")
_REMEDIES: Mapping[Lane, str] = {
    Lane.INDEX: N_(
        "See that the search engine answers. If the index stays broken, run: matchmaker index rebuild"
    ),
    Lane.LETTERS: N_(
        "See that the mail server of MATCHMAKER_MAIL_URL answers; e-mails are sent by themselves then."
    ),
    Lane.FILES: N_("Read the worker's log. If a file holds it up, stop the worker and start it again."),
    Lane.IMPORTS: N_("Read the worker's log. If an import hangs, stop the worker and start it again."),
    Lane.SCHEDULE: N_("Read the worker's log; the e-mails of the day are posted later."),
    Lane.PROGRAMS: N_("Read the worker's log; programs are told of events later."),
}
_DEAD: Mapping[Lane, str] = {
    Lane.INDEX: N_("Suppliers that could not be indexed and are not tried any more: %(count)s."),
    Lane.LETTERS: N_("E-mails that could not be sent and are not tried any more: %(count)s."),
}
_DEAD_JOBS = N_("Jobs that have failed and are not tried any more: %(count)s.")
_TRY_AGAIN = N_("Mend the cause and try again: matchmaker worker retry")
