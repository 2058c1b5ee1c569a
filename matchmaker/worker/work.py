"""The work of a process: what is done in each lane, and all of it once."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from time import monotonic
from typing import Any

from matchmaker.domain.errors import EngineUnavailable, FileRefused, IndexMissing, MatchmakerError
from matchmaker.domain.lanes import Lane, lane_of_job
from matchmaker.domain.records import NeedRecord, parse
from matchmaker.models import Need, Session
from matchmaker.models.database import DatabaseError
from matchmaker.services.bundles import bundle_keys, bundle_requests
from matchmaker.services.chains import need_covers, parts_lists
from matchmaker.services.events import meetings
from matchmaker.services.extraction import shop_lists
from matchmaker.services.files import file_jobs, sweeper
from matchmaker.services.health import heartbeats
from matchmaker.services.health.heartbeats import LanePulse
from matchmaker.services.imports import import_batches
from matchmaker.services.incoming import incoming
from matchmaker.services.mail import jobs
from matchmaker.services.mail.transport import MailServerAway
from matchmaker.services.matching import matching, profile_gains
from matchmaker.services.needs import drawings, intake, need_readings
from matchmaker.services.people import account_settings, password_reset
from matchmaker.services.profiles import photos
from matchmaker.services.profiles.duplicates import TwinFinder
from matchmaker.services.schedule import daily_run
from matchmaker.services.schedule.due_day import DueDay
from matchmaker.services.webhooks import webhook_events, webhook_sending
from matchmaker.wiring import Application
from matchmaker.worker.lanes import LaneThread, Supervisor

_log = logging.getLogger(__name__)
# Between two rounds of a lane, between two looks for the e-mails of the day, and between two heartbeats.
_ROUND_SECONDS = 2.0
_SCHEDULE_SECONDS = 600.0
_BEAT_SECONDS = 10.0
_LETTER_SECONDS = 60.0
# Between two looks whether files that were missing are back.
_LOOK_SECONDS = 15.0
# Between two looks whether suppliers have changed; each is one row read by its key.
_KEEP_UP_SECONDS = 0.25
# For what is under way when the process is asked to end; then what does not end is given up. With what closing takes it
# stays within the 10 s after which Docker kills.
DRAIN_SECONDS = 7.0
_GIVE_UP_SECONDS = 0.5


class Worker:
    """The lanes of work of one process."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._stop = application.stopping
        self._scheduled_at: float | None = None
        self._looked_at: float | None = None
        self._asked_at: float | None = None
        self._missed_at = 0.0
        self._process = heartbeats.process_name()
        self._twins = TwinFinder()

    def work(self) -> jobs.SendingResult:
        """Do all due work once and return the results of the e-mails."""
        self._index()
        if self._scheduled_at is None or monotonic() - self._scheduled_at >= _SCHEDULE_SECONDS:
            self._scheduled_at = monotonic()
            self._schedule()
        jobs.run_due(self._application.sessions, self._handlers(), ends=self._ends)
        self._twins.renew(self._application.sessions)
        self._programs()
        sent = self._send()
        self._come()
        return sent

    def _lanes(self) -> Mapping[Lane, tuple[Callable[[], str], float]]:
        """The rounds of each lane, and the seconds between them."""
        return {
            Lane.INDEX: (self._index, _ROUND_SECONDS),
            Lane.LETTERS: (self._letters, _ROUND_SECONDS),
            Lane.FILES: (self._files, _ROUND_SECONDS),
            Lane.IMPORTS: (self._imports, _ROUND_SECONDS),
            Lane.SCHEDULE: (self._schedule, _SCHEDULE_SECONDS),
            Lane.PROGRAMS: (self._programs, _ROUND_SECONDS),
        }

    def _handlers(self) -> Mapping[str, jobs.Handler]:
        """What is to be done for each kind of job; `domain.lanes` names its lane."""
        return {
            password_reset.RESET_JOB: password_reset.send_reset,
            account_settings.EMAIL_JOB: account_settings.send_change,
            import_batches.JOB: lambda _session, given: import_batches.work(self._application.imports, given),
            parts_lists.JOB: self._localise,
            meetings.JOB: lambda _session, given: meetings.work(self._application.sessions, given),
            **file_openers(self._application),
        }

    def _index(self) -> str:
        _ = (
            self._application.recogniser
        )  # made before rows are taken, which would wait where the process ends meanwhile
        done = self._application.index.catch_up(self._ends)
        return EngineUnavailable.__name__ if done.away else ""

    def _letters(self) -> str:
        """Post the e-mails that jobs bring, send all that are due, and once a minute take those that came."""
        return self._jobs(Lane.LETTERS) or self._send().away or self._come()

    def _come(self) -> str:
        mailbox, parts = self._application.mailbox, self._application
        if mailbox is None or (
            self._looked_at is not None and monotonic() - self._looked_at < _LETTER_SECONDS
        ):
            return ""
        try:
            mailbox.empty(parts.sessions, parts.mailroom, self._ends)
        except MailServerAway as error:
            _log.warning("The mailbox is away (%s); letters wait in it", error)
            return type(error).__name__
        self._looked_at = monotonic()
        return ""

    def _imports(self) -> str:
        """Bring lists in, and look for twins among the firms that came."""
        _ = self._application.imports  # as for the index
        away = self._jobs(Lane.IMPORTS)
        self._twins.renew(self._application.sessions)
        return away

    def _send(self) -> jobs.SendingResult:
        parts = self._application
        return jobs.send_due(parts.sessions, parts.transport, parts.settings.mail_from, ends=self._ends)

    def _jobs(self, lane: Lane) -> str:
        own = {kind: work for kind, work in self._handlers().items() if lane_of_job(kind) == lane}
        return jobs.run_due(self._application.sessions, own, ends=self._ends).away

    def _files(self) -> str:
        """Open strangers' files; now and then look whether missing ones were put back."""
        if monotonic() - self._missed_at >= _LOOK_SECONDS:
            self._missed_at = monotonic()
            sweeper.end_alarms(self._application.sessions, self._application.data)
        return self._jobs(Lane.FILES)

    def _ask_neighbours(self) -> None:
        """Ask the sites of neighbours for their bundles, each every few hours; what is wrong stands on the page."""
        app = self._application
        with app.sessions() as session:
            waiting = bundle_requests.due(session)
            key = bundle_keys.found(session, app.data) if waiting else None
        for one in waiting:
            if key is None or self._ends():
                return
            try:
                raw = bundle_requests.pull(one, key, app.settings.webhook_names, app.settings.language)
                with app.sessions.begin() as session:
                    office = app.bundle_office(session)
                    bundle_requests.take_pulled(session, one.public_id, raw, office, by="schedule")
            except FileRefused as error:
                with app.sessions.begin() as session:
                    bundle_requests.note_fault(session, one.public_id, error, app.settings.language)

    def _programs(self) -> str:
        """Tell programs of events. One that does not answer is no trouble of the site."""
        sessions = self._application.sessions
        webhook_events.collect(sessions)
        webhook_sending.send_due(sessions, self._application.settings.webhook_names, ends=self._ends)
        return ""

    def _schedule(self) -> str:
        """Do what the date brings; what fails does not stop the rest."""
        parts = self._application
        day = DueDay(parts.today(), self._openings, self._reason, parts.taxonomy.given_reasons)
        with ExitStack() as duties:  # the last one that is named comes first
            duties.callback(self._judge_needs)
            duties.callback(sweeper.sweep_daily, parts.sessions, parts.data)
            duties.callback(self._ask_neighbours)
            duties.callback(self._forget_letters)
            duties.callback(daily_run.run, parts.sessions, day)
            duties.callback(need_readings.renew, parts.sessions, parts.recogniser)
        return ""

    def _localise(self, _session: Session, given: Mapping[str, Any]) -> None:
        """Judge the parts of a list."""
        parts_lists.judge(self._application.sessions, self._application.matching(), str(given["list"]))

    def _judge_needs(self) -> None:
        """Look who is able to make what needs ask for; what an engine that is away leaves undone is done by the next run."""
        parts = self._application
        try:
            need_covers.renew(parts.sessions, parts.matching(), self._ends)
        except (EngineUnavailable, IndexMissing) as error:
            _log.warning("Needs wait to be compared: %s", error)

    def _forget_letters(self) -> None:
        with self._application.sessions.begin() as session:
            incoming.forget_old(session)

    def _openings(self, session: Session, key: str) -> list[Need]:
        found = matching.openings(session, key, self._application.matching())
        return [need for need, _ in found.fitting]

    def _reason(self, code: str, language: str) -> str:
        """The words of a reason's code; words stay unchanged."""
        taxonomy = self._application.taxonomy
        return taxonomy.label("reason", code, language) if code in taxonomy.reasons else code

    def _ends(self) -> bool:
        return self._stop.is_set()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Work in the background while the block lasts, also on rows that other processes wrote or that
        waited. Afterwards what is under way has DRAIN_SECONDS to finish; a letter that hangs then is given up, and a lane that
        makes a part of the application is left to itself, since it holds nothing yet.
        """
        pulses = [LanePulse(lane) for lane in Lane]
        supervisor = Supervisor(self._threads(pulses), self._stop)
        self._application.pulses = pulses
        self._first_beat(pulses)
        supervisor.start()
        try:
            yield
        finally:
            self._end(supervisor)

    def _threads(self, pulses: list[LanePulse]) -> list[LaneThread]:
        threads = []
        for pulse in pulses:
            work, pace = self._lanes()[pulse.lane]
            threads.append(LaneThread(pulse.lane, work, pace, self._stop, pulse=pulse))
        return [*threads, LaneThread("heartbeat", lambda: self._beat(pulses), _BEAT_SECONDS, self._stop)]

    def _beat(self, pulses: list[LanePulse]) -> str:
        heartbeats.beat(self._application.sessions, self._process, pulses)
        return ""

    def _first_beat(self, pulses: list[LanePulse]) -> None:
        try:
            self._beat(pulses)
        except DatabaseError:
            _log.warning("The database does not take a heartbeat yet; the lanes begin all the same")

    def ask_to_end(self) -> None:
        """Let the lanes finish what they hold, and take no more; the time that they have begins."""
        self._asked_at = monotonic()
        self._stop.set()

    def _end(self, supervisor: Supervisor) -> None:
        gone = monotonic() - self._asked_at if self._asked_at else 0.0
        is_left = self._application.waits_for_a_part
        if supervisor.end(max(0.0, DRAIN_SECONDS - gone), is_left):
            self._application.transport.hang_up()
        left = supervisor.end(_GIVE_UP_SECONDS, is_left)
        for lane in left:
            _log.warning("The lane %s did not end in time; its work is taken up by another worker", lane.name)
        self._application.pulses = []
        with suppress(DatabaseError):
            self._application.sessions.catch_up()
            heartbeats.end(self._application.sessions, self._process)
        if not left:  # they would go on
            self._stop.clear()
        self._asked_at = None


def warm_up(application: Application) -> None:
    """Load what pages need before the first of them needs it."""
    warm_search(application)
    read_needs(application)


def warm_search(application: Application) -> None:
    """Match a need, so that columns, dictionaries and the ranker are there. Columns come first: what their making leaves
    free would else lie between what stays.
    """
    need = parse(NeedRecord, {"kind": "need", "id": "warm-up", "text": "токарная обработка"})
    with _as_far_as_ready(), application.sessions() as session:
        matching.match_record(session, need, application.matching())


def read_needs(application: Application) -> None:
    """Read the open needs, which shops look through."""
    with _as_far_as_ready(), application.sessions() as session:
        parts = application.matching()
        matching.open_needs(session, parts)
        profile_gains.needs_of_year(session, parts)


@contextmanager
def _as_far_as_ready() -> Iterator[None]:
    try:
        yield
    except (MatchmakerError, DatabaseError):
        _log.info("The parts for matching are not ready yet; the first request will load them")


@contextmanager
def keeping_up(application: Application) -> Iterator[None]:
    """While the block lasts, bring changed suppliers into the columns of this process beside those who search."""
    stop = threading.Event()
    supervisor = Supervisor([columns_lane(application, stop)], stop)
    supervisor.start()
    try:
        yield
    finally:
        supervisor.end(_GIVE_UP_SECONDS)


def columns_lane(application: Application, stop: threading.Event) -> LaneThread:
    """The lane that keeps the columns of a process up to date, until `stop` is set."""

    def keep_up() -> str:
        application.keep_up()
        return ""

    return LaneThread("columns", keep_up, _KEEP_UP_SECONDS, stop)


def file_openers(parts: Application) -> Mapping[str, jobs.Handler]:
    """What opens strangers' files, by the kind of its job."""
    handlers: Mapping[str, jobs.Handler] = {
        drawings.LOOK: lambda session, asked: drawings.look(session, asked, parts.data),
        drawings.COPY: lambda session, asked: drawings.make_copy(session, asked, parts.data),
        photos.SHRINK: lambda session, asked: photos.shrink(session, asked, parts.data),
        intake.ROWS: lambda _session, asked: intake.rows_of_list(asked, parts.data),
        shop_lists.FILL: lambda session, asked: shop_lists.fill(session, asked, parts.data, parts.recogniser),
    }
    return {file_jobs.LANE + kind: file_jobs.timed(handler) for kind, handler in handlers.items()}
