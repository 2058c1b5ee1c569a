"""The work beside the site: index waiting documents, post the e-mails of the day, run jobs, send e-mails."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from matchmaker.domain.errors import MatchmakerError
from matchmaker.models import Need, Session
from matchmaker.models.database import DatabaseError
from matchmaker.services.extraction import shop_lists
from matchmaker.services.files import file_jobs, sweeper
from matchmaker.services.imports import import_batches
from matchmaker.services.mail import jobs
from matchmaker.services.matching import matching
from matchmaker.services.needs import drawings, intake, need_readings
from matchmaker.services.people import password_reset
from matchmaker.services.profiles import photos
from matchmaker.services.schedule import daily_run
from matchmaker.services.schedule.due_day import DueDay
from matchmaker.wiring import Application

_log = logging.getLogger(__name__)
# Between two rounds in the background, and between two looks for the e-mails of the day.
_ROUND_SECONDS = 2.0
_SCHEDULE_SECONDS = 600.0


class Worker:
    """The rounds of work of one process."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._stop = threading.Event()
        self._scheduled_at: float | None = None

    def work(self) -> jobs.SendingResult:
        """Do all due work and return the results of the e-mails."""
        parts = self._application
        parts.index.catch_up()
        self._post_scheduled()
        jobs.run_due(parts.sessions, self._handlers())
        return jobs.send_due(parts.sessions, parts.transport, parts.settings.mail_from)

    def _post_scheduled(self) -> None:
        """Post the e-mails that a date brings, looking for them every _SCHEDULE_SECONDS."""
        if self._scheduled_at is not None and monotonic() - self._scheduled_at < _SCHEDULE_SECONDS:
            return
        self._scheduled_at = monotonic()
        need_readings.renew(self._application.sessions, self._application.recogniser)
        day = DueDay(
            self._application.today(), self._openings, self._reason, self._application.taxonomy.given_reasons
        )
        daily_run.run(self._application.sessions, day)
        sweeper.sweep_daily(self._application.sessions, self._application.data)

    def _handlers(self) -> Mapping[str, jobs.Handler]:
        return {
            password_reset.RESET_JOB: password_reset.send_reset,
            import_batches.JOB: lambda _session, given: import_batches.work(self._application.imports, given),
            **file_openers(self._application),
        }

    def _openings(self, session: Session, key: str) -> list[Need]:
        found = matching.openings(session, key, self._application.matching())
        return [need for need, _ in found.fitting]

    def _reason(self, code: str, language: str) -> str:
        """The words of a reason's code; words stay unchanged."""
        taxonomy = self._application.taxonomy
        return taxonomy.label("reason", code, language) if code in taxonomy.reasons else code

    @contextmanager
    def running(self) -> Iterator[None]:
        """Work in the background while the block lasts, also on rows that other processes wrote or that
        waited.
        """
        thread = threading.Thread(target=self._rounds, name="worker", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()
            self._stop.clear()

    def _rounds(self) -> None:
        while not self._stop.wait(_ROUND_SECONDS):
            try:
                self.work()
            except (MatchmakerError, DatabaseError):
                _log.exception("Work in the background failed and will be tried again")


def warm_up(application: Application) -> None:
    """Load dictionaries, columns and the ranker before the first request needs them."""
    try:
        application.recogniser.recognise("токарная обработка")
        application.matcher()
    except MatchmakerError:
        _log.info("The parts for matching are not ready yet; the first request will load them")


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
