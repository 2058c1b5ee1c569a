"""The composition root: settings become a session factory, an engine, a ranker and the taxonomy."""

import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from matchmaker import resources
from matchmaker.domain import taxonomy
from matchmaker.domain.errors import EngineUnavailable, MatchmakerError
from matchmaker.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from matchmaker.models import Need
    from matchmaker.models.database import Sessions
    from matchmaker.services.core.site import (
        CentreCard,
        SiteIdentity,
    )
    from matchmaker.services.imports.import_batches import ImportWorkplace
    from matchmaker.services.index.indexing import (
        DrainResult,
        Indexer,
    )
    from matchmaker.services.mail.jobs import SendingResult
    from matchmaker.services.mail.transport import Transport
    from search.columns.store import Columns
    from search.engines.protocol import Engine
    from search.matching.matcher import Matcher
    from search.text import Recogniser

T = TypeVar("T")
_log = logging.getLogger(__name__)
_BACKGROUND_SECONDS = 2.0
_SCHEDULE_SECONDS = 600.0
_CARD_SECONDS = 60.0


@cache
def load_taxonomy() -> taxonomy.Taxonomy:
    """The taxonomy that ships with the product, built once a process."""
    files = resources.read_taxonomy_files()
    return taxonomy.build(files.parsed, files.towns, files.version)


class Application:
    """The parts of a running product, each made when it is first asked for, shared by all threads.

    The data folder is made on first use; an SQLite database and an empty PostgreSQL one get their tables by themselves.
    """

    def __init__(self, settings: Settings, *, clock: Callable[[], date] | None = None) -> None:
        self.settings = settings
        self._clock = clock
        self._lock = threading.RLock()
        self._drain_lock = threading.Lock()
        self._columns_lock = threading.Lock()
        self._index_ready = False
        self._parts: dict[str, Any] = {}
        self._columns: tuple[int, Columns] | None = None
        self._scheduled_at: float | None = None
        self._card: tuple[float, CentreCard] | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def _part(self, name: str, make: Callable[[], T]) -> T:
        with self._lock:
            if name not in self._parts:
                self._parts[name] = make()
            part: T = self._parts[name]
            return part

    @property
    def data(self) -> Path:
        """The data folder."""
        self.settings.data.mkdir(parents=True, exist_ok=True)
        return self.settings.data

    @property
    def sessions(self) -> "Sessions":
        """`with app.sessions() as session` reads, `with app.sessions.begin() as session` writes and commits."""
        return self._part("sessions", self._make_sessions)

    def _make_sessions(self) -> "Sessions":
        from matchmaker.models.database import make_sessions

        sessions = make_sessions(self.settings.database)
        sessions.configure(info={"site": self.site})
        return sessions

    def site(self) -> "SiteIdentity":
        """What letters need to know of the site."""
        from matchmaker.services.core.site import SiteIdentity

        address = self.settings.base_url or f"http://{self.settings.host}:{self.settings.port}"
        return SiteIdentity(address.rstrip("/"), self.settings.mail_from, self.secret_key, self.centre_card())

    def centre_card(self) -> "CentreCard":
        """How the home centre calls itself, read once a minute; as last known while the database is away."""
        from sqlalchemy.exc import SQLAlchemyError

        from matchmaker.services.core.site import CentreCard, card_of

        if self._card is not None and monotonic() - self._card[0] < _CARD_SECONDS:
            return self._card[1]
        try:
            with self.sessions() as session:
                card = card_of(session, self.settings.centre)
        except SQLAlchemyError:
            return self._card[1] if self._card else CentreCard()
        self._card = (monotonic(), card)
        return card

    def forget_card(self) -> None:
        """Read the card anew at the next look, after it was changed."""
        self._card = None

    @property
    def taxonomy(self) -> taxonomy.Taxonomy:
        return load_taxonomy()

    @property
    def recogniser(self) -> "Recogniser":
        from search.text import Recogniser

        return self._part("recogniser", lambda: Recogniser(self.taxonomy))

    @property
    def engine(self) -> "Engine":
        return self._part("engine", self._make_engine)

    def _make_engine(self) -> "Engine":
        from search.engines.factory import make_engine

        return make_engine(
            self.settings.engine,
            self.taxonomy,
            folder=self.data / "index",
            url=self.settings.elasticsearch_url,
            prefix=self.settings.elasticsearch_prefix,
            timeout=self.settings.elasticsearch_timeout,
        )

    @property
    def secret_key(self) -> str:
        """What signs cookies and links: the setting, or a key made once and readable by its owner alone."""
        if self.settings.secret_key is not None:
            return self.settings.secret_key.get_secret_value()
        return self._part("secret_key", lambda: _kept_key(self.data / "secret_key"))

    def today(self) -> date:
        """The day on which certificates are judged, in the centre's time zone."""
        return self._clock() if self._clock else datetime.now(ZoneInfo(self.settings.time_zone)).date()

    def indexer(self) -> "Indexer":
        """What `services.index.indexing` works with.

        An index that was never built, was lost, or is of another version is first made from the kept documents.
        """
        indexer = self._part("indexer", self._make_indexer)
        with self._drain_lock:
            self._restore_index(indexer)
        return indexer

    def _make_indexer(self) -> "Indexer":
        from matchmaker.models import Profile
        from matchmaker.services.index import documents
        from matchmaker.services.index.indexing import Indexer
        from search.document import SearchDocument

        def build(profile: Profile) -> SearchDocument:
            return documents.of_profile(profile, self.recogniser, self.today())

        return Indexer(self.sessions, self.engine, build, self.taxonomy.version)

    def _restore_index(self, indexer: "Indexer") -> None:
        from matchmaker.services.index import indexing

        if self._index_ready:
            return
        try:
            if not self.engine.health().ready:
                indexing.restore(indexer)
            self._index_ready = True
        except EngineUnavailable:
            _log.warning("The search engine is away; its index is looked at again later")

    def catch_up(self) -> "DrainResult":
        """Index what waits; an engine that is away is no error, see the answer's `away`."""
        from matchmaker.services.index import indexing

        with self.sessions() as session:
            if not indexing.due(session):
                return indexing.DrainResult()
        indexer = self.indexer()
        with self._drain_lock:
            return indexing.drain(indexer)

    def columns(self) -> "Columns":
        """The columns over all indexed suppliers, as of the newest batch that was indexed by any process."""
        from matchmaker.services.index import index_snapshot
        from search.columns.store import Columns

        with self._columns_lock, self.sessions() as session:
            held = self._columns
            if held is not None and held[0] == index_snapshot.current_stamp(session):
                return held[1]
            changes = index_snapshot.load(session, held[0] if held else 0)
            if held is None:
                columns = Columns.build(changes.documents, self.taxonomy)
            else:
                columns = held[1].updated(changes.documents, changes.removed)
            self._columns = (changes.stamp, columns)
            return columns

    def matcher(self) -> "Matcher":
        """A matcher over the present columns; cheap, so ask for one a request."""
        from search.matching.matcher import Matcher
        from search.ranking import load_ranker

        self.indexer()
        return Matcher(self.engine, self.columns(), load_ranker(self.data / "ranker"))

    def supplier_count(self) -> int:
        """Suppliers in the database."""
        from matchmaker.services.profiles import suppliers

        with self.sessions() as session:
            return suppliers.count(session)

    def supplier_names(self, keys: Sequence[str]) -> dict[str, str]:
        """Names with ids of files by key, in the language of the settings, for messages on the command line."""
        from matchmaker.services.profiles import suppliers

        with self.sessions() as session:
            return suppliers.names(session, keys, self.settings.language)

    def warm_up(self) -> None:
        """Load dictionaries, columns and the ranker before the first request asks for them."""
        try:
            self.recogniser.recognise("токарная обработка")
            self.matcher()
        except MatchmakerError:
            _log.info("The parts for matching are not ready yet; the first request will load them")

    def mailer(self) -> "Transport":
        """How letters leave: the server of the settings, else the folder `mail` of the data folder."""
        from matchmaker.services.mail.transport import transport

        url = self.settings.mail_url
        return self._part("mailer", lambda: transport(url.get_secret_value() if url else None, self.data))

    def forget_letters(self, message_ids: Iterable[str]) -> None:
        """Remove the copies of letters from the folder of letters; what a server took is out of our hands."""
        from matchmaker.services.mail.transport import MailFolder

        mailer = self.mailer()
        if isinstance(mailer, MailFolder):
            mailer.forget(message_ids)

    def mail_goes_to(self) -> str:
        """The mail server's host, or the folder of letters, in words for its keeper."""
        from matchmaker.services.mail.transport import place

        return place(self.mailer())

    def work(self) -> "SendingResult":
        """Do what is due in the background: index, run jobs, send letters."""
        from matchmaker.services.imports import import_batches
        from matchmaker.services.mail import jobs
        from matchmaker.services.people import password_reset

        self.catch_up()
        self._post_scheduled()
        handlers: dict[str, jobs.Handler] = {
            password_reset.RESET_JOB: password_reset.send_reset,
            import_batches.JOB: lambda _session, arguments: import_batches.work(self.uploads(), arguments),
        }
        jobs.run_due(self.sessions, handlers)
        return jobs.send_due(self.sessions, self.mailer(), self.settings.mail_from)

    def uploads(self) -> "ImportWorkplace":
        """What `services.imports.import_batches` works with."""
        from matchmaker.services.imports import import_plans
        from matchmaker.services.imports.import_batches import ImportWorkplace

        sources = self._part("sources", import_plans.known_sources)
        return ImportWorkplace(self.data / "imports", self.sessions, self.recogniser, sources)

    def _post_scheduled(self) -> None:
        """Post the letters that a date brings, looking for them every _SCHEDULE_SECONDS."""
        from matchmaker.services.schedule import daily_run, due_day

        if self._scheduled_at is not None and monotonic() - self._scheduled_at < _SCHEDULE_SECONDS:
            return
        self._scheduled_at = monotonic()
        daily_run.run(self.sessions, due_day.DueDay(self.today(), self._openings, self._reason))

    def _openings(self, session: "Session", key: str) -> "list[Need]":
        from matchmaker.services.matching import matching

        parts = matching.Matching(self.matcher(), self.recogniser, self.today())
        return [need for need, _ in matching.openings(session, key, parts).fitting]

    def _reason(self, code: str, language: str) -> str:
        """A reason's code in words; words stay as they are."""
        known = code in self.taxonomy.reasons
        return self.taxonomy.label("reason", code, language) if known else code

    def start_background(self) -> None:
        """Index and send in the background, also what other processes wrote or what waited; ended by `close`."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._background, name="indexer", daemon=True)
            self._thread.start()

    def _background(self) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        while not self._stop.wait(_BACKGROUND_SECONDS):
            try:
                self.work()
            except (MatchmakerError, SQLAlchemyError):
                _log.exception("Work in the background failed and will be tried again")

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            if "engine" in self._parts:
                self._parts["engine"].close()
            if "sessions" in self._parts:
                self._parts["sessions"].engine.dispose()
            self._parts.clear()
        self._index_ready, self._columns, self._thread = False, None, None
        self._stop.clear()


def _kept_key(path: Path) -> str:
    """The key in the file, made if there is none; whoever makes it first, all processes read the same one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        key = secrets.token_urlsafe(48)
        stream.write(key)
    return key
