"""The composition root: settings become a session factory, an engine, a ranker and the taxonomy.

Parts are imported where they are made, so that a command loads no more than it uses.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast, overload
from zoneinfo import ZoneInfo

from matchmaker import resources
from matchmaker.collector import collecting_later
from matchmaker.domain import taxonomy
from matchmaker.settings import Settings

if TYPE_CHECKING:
    from matchmaker.models import Need, Session
    from matchmaker.models.database import Sessions
    from matchmaker.services.bundles.taken_bundles import BundleOffice
    from matchmaker.services.core.journal_seal import JournalSeal
    from matchmaker.services.core.rate_limits import RateLimits
    from matchmaker.services.core.site import HomeCard, SiteIdentity
    from matchmaker.services.figures.ledger import CountingRules
    from matchmaker.services.health.heartbeats import LanePulse
    from matchmaker.services.imports.import_batches import ImportWorkplace
    from matchmaker.services.incoming.incoming import Mailroom
    from matchmaker.services.incoming.mailbox import Mailbox
    from matchmaker.services.index.indexing import Indexer
    from matchmaker.services.index.live_index import LiveIndex
    from matchmaker.services.index.supplier_counts import SupplierCounts
    from matchmaker.services.mail.transport import Transport
    from matchmaker.services.matching.asked_needs import AskedNeeds
    from matchmaker.services.matching.matching import Matching
    from matchmaker.services.reports.contract_agreements import ContractModel
    from matchmaker.services.reports.guides import GuideShelf
    from search.engines.elastic.cluster import Cluster
    from search.engines.protocol import Engine
    from search.engines.surveys import Surveyor
    from search.matching.survey_matcher import AnyMatcher
    from search.matching.surveyed_suppliers import SurveyedSuppliers
    from search.ranking.held_ranker import HeldRanker
    from search.reading.titles import Titles
    from search.text import Recogniser

T = TypeVar("T")


# Apart: who asks for the taxonomy does not wait for the reader of its words.
_building, _building_reader = threading.Lock(), threading.Lock()


def load_taxonomy() -> taxonomy.Taxonomy:
    """The taxonomy that ships with the product, built once a process; who asks meanwhile waits for it."""
    with _building:
        return _taxonomy()


def load_recogniser() -> "Recogniser":
    """The reader of the words of that taxonomy, built once a process as well: it takes seconds and 90 MB."""
    with _building_reader:
        return _recogniser()


@cache
def _taxonomy() -> taxonomy.Taxonomy:
    files = resources.read_taxonomy_files()
    return taxonomy.build(files.parsed, files.towns, files.machines, files.version)


@cache
def _recogniser() -> "Recogniser":
    from search.text import Recogniser

    with collecting_later():  # very many small objects, none of which hold each other
        return Recogniser(load_taxonomy())


# How parts that hold something open are closed.
_CLOSED: Mapping[str, Callable[[Any], None]] = {
    "engine": lambda engine: engine.close(),
    "sessions": lambda sessions: sessions.engine.dispose(),
}


class part(Generic[T]):  # noqa: N801 - a decorator, as functools.cached_property is
    """A part of the application, made on first use, once for all threads, and held until the application
    closes.
    """

    def __init__(self, make: "Callable[[Application], T]") -> None:
        self._make, self._name = make, make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, application: None, owner: type) -> "part[T]": ...

    @overload
    def __get__(self, application: "Application", owner: type) -> T: ...

    def __get__(self, application: "Application | None", owner: type) -> "part[T] | T":
        """The part; it runs once a part, since the result then stands in the application's own dictionary."""
        if application is None:
            return self
        made = vars(application)
        if self._name in made:  # without waiting for another part that is being made
            there: T = made[self._name]
            return there
        with application.waiting_for_a_part(), application.locks[self._name]:
            if self._name in made:
                value: T = made[self._name]
                return value
            closings = application.closings
            value = self._make(application)
            if closings == application.closings:
                made[self._name] = value
            return value


class Application:
    """The parts of a running product, shared by all threads.

    The data folder is made on first use; an SQLite database and an empty PostgreSQL one get their tables by themselves.
    """

    def __init__(self, settings: Settings, *, clock: Callable[[], date] | None = None) -> None:
        self.settings = settings
        # One a part: nobody who asks for a part waits until another one is made, which may take seconds.
        self.locks = {name: threading.RLock() for name in _parts(type(self))}
        # Set when the process is asked to end: it finishes what is under way and takes no more.
        self.stopping = threading.Event()
        # The lanes of work of this process; none where another process does the work.
        self.pulses: Sequence[LanePulse] = ()
        # How often it was closed: a part whose making began before is its maker's alone.
        self.closings = 0
        self._waiting: list[int] = []
        self._clock = clock

    @property
    def data(self) -> Path:
        """The data folder."""
        self.settings.data.mkdir(parents=True, exist_ok=True)
        return self.settings.data

    @property
    def taxonomy(self) -> taxonomy.Taxonomy:
        return load_taxonomy()

    @part
    def sessions(self) -> "Sessions":
        """`with app.sessions() as session` reads, `with app.sessions.begin() as session` writes and commits."""
        from matchmaker.models.database import Sessions
        from matchmaker.services.core import installation

        sessions = Sessions(installation.opened(self.settings.database, self.data))
        sessions.configure(
            info={
                "site": self.site,
                "journal": lambda: self.journal_seal,
                "need_reader": self.read_need,
                "title_teller": self.tell_title,
            }
        )
        return sessions

    def read_need(self, need: "Need", language: str) -> "Mapping[str, tuple[str, str]]":
        """What a need asks for, also by its text, as labels and values in a language."""
        from matchmaker.services.matching import need_facts

        return need_facts.told(need, self.recogniser, self.today(), language)

    def tell_title(self, title: str, language: str) -> "Sequence[str]":
        """What is known of a need's title in a language, () for a title of that language."""
        return self.titles.told(title, language)

    def site(self) -> "SiteIdentity":
        """What e-mails need: the address, the sender, the key, the centre and its time zone."""
        from matchmaker.services.core.site import SiteIdentity

        settings = self.settings
        return SiteIdentity(
            self.address,
            settings.mail_from,
            self.secret_key,
            self.home.card(),
            settings.time_zone,
            settings.mail_in.strip(),
        )

    @part
    def contract_models(self) -> "Mapping[str, ContractModel]":
        """The model of agreements by language. Raises SettingInvalid."""
        from matchmaker.services.reports import contract_agreements

        return contract_agreements.models(self.settings.contract_model)

    @part
    def mailbox(self) -> "Mailbox | None":
        """The mailbox in which letters come, None where the settings name none. Raises SettingInvalid."""
        from matchmaker.services.incoming.mailbox import Mailbox

        url = self.settings.mail_in_url
        return Mailbox(url.get_secret_value()) if url else None

    def mailroom(self) -> "Mailroom":
        """What the taking of letters needs."""
        from matchmaker.services.incoming.incoming import Mailroom

        return Mailroom(self.data, self.settings.centre, self.today(), self.matching())

    def bundle_office(self, session: "Session") -> "BundleOffice":
        """What the exchange with neighbours needs, once there is a key. Raises StartRefused for a lost one, NotNow for none."""
        from matchmaker.domain.taxonomy_keys import Occasion
        from matchmaker.services.bundles import bundle_keys
        from matchmaker.services.bundles.taken_bundles import BundleOffice
        from matchmaker.services.needs import needs

        return BundleOffice(
            needs.centre_of(session, self.settings.centre),
            bundle_keys.demanded(session, self.data),
            self.recogniser,
            self.taxonomy.given_reasons[Occasion.WITHDRAWN],
        )

    @part
    def guides(self) -> "GuideShelf":
        """The guides, checklists and model agreements. Raises SettingInvalid."""
        from matchmaker.services.reports import guides

        return guides.shelf(self.settings.guides)

    @property
    def address(self) -> str:
        """The address of the site, without a slash at its end."""
        address = self.settings.base_url or f"http://{self.settings.host}:{self.settings.port}"
        return address.rstrip("/")

    @part
    def journal_seal(self) -> "JournalSeal":
        """The key of the journal's hashes, and its anchor, in the data folder. Raises StartRefused for a key that is lost
        or another.
        """
        from matchmaker.services.core.journal_seal import JournalSeal

        with self.sessions() as session:
            return JournalSeal.of(self.data, session)

    @part
    def home(self) -> "HomeCard":
        """The card of the site's own centre."""
        from matchmaker.services.core.site import HomeCard

        return HomeCard(lambda: self.sessions, self.settings.centre)

    @part
    def limits(self) -> "RateLimits":
        """The limits on how often somebody may do something."""
        from matchmaker.services.core.rate_limits import RateLimits

        return RateLimits(lambda: self.sessions, self.settings.limits)

    @part
    def counting_rules(self) -> "CountingRules":
        """By what figures are counted: the time zone of periods, and the taxonomy."""
        from matchmaker.services.figures.ledger import CountingRules

        return CountingRules(ZoneInfo(self.settings.time_zone), self.taxonomy)

    @part
    def secret_key(self) -> str:
        """The key that signs cookies and links: the setting, or a key made once and readable only by its
        owner. Raises SettingInvalid or StartRefused for one that anybody could guess, or that is gone.
        """
        from matchmaker.services.core import signing_key

        given = self.settings.secret_key
        return signing_key.usable(given.get_secret_value() if given else None, self.data, self._had_key)

    def _had_key(self) -> bool:
        """Whether the site once started with a key; a folder without a mark never did."""
        from matchmaker.services.core import installation, signing_key

        if installation.mark_of(self.data) is None:
            return False
        with self.sessions() as session:
            return signing_key.last_mark(session) is not None

    def check_place(self) -> None:
        """Raise what forbids a start: a key or a database that is lost, damaged, another, or of another version, a setting."""
        _ = self.contract_models, self.guides, self.mailbox
        self.check_kinship()
        self.check_pages()

    def check_kinship(self) -> None:
        """Raise where a key or the database is lost, another, or of another version."""
        _ = self.secret_key, self.sessions, self.journal_seal

    def note_key(self) -> None:
        """Let the journal tell which key the site or its worker starts with, where that is another one than before."""
        from matchmaker.services.core import signing_key

        signing_key.note(self.sessions, self.secret_key, centre=self.settings.centre)

    def check_pages(self) -> None:
        """Raise where the database is damaged; of a large file this takes seconds, mostly without Python."""
        from matchmaker.services.core import installation

        installation.check_pages(self.sessions.engine)

    def today(self) -> date:
        """The day on which certificates are judged, in the centre's time zone."""
        return self._clock() if self._clock else datetime.now(ZoneInfo(self.settings.time_zone)).date()

    @part
    def recogniser(self) -> "Recogniser":
        return load_recogniser()

    @part
    def titles(self) -> "Titles":
        """The telling of titles in the other language."""
        from search.reading.titles import Titles

        return Titles(self.recogniser, resources.read_part_names())

    @part
    def engine(self) -> "Engine":
        from search.engines.factory import make_engine, make_surveyor

        if self._judged_by_engine:
            return make_surveyor(self.taxonomy, self._cluster(), self.settings.elasticsearch_prefix)
        cluster = self._cluster() if self.settings.engine == "elasticsearch" else None
        return make_engine(
            self.taxonomy,
            folder=self._index_folder,
            cluster=cluster,
            prefix=self.settings.elasticsearch_prefix,
        )

    @property
    def _index_folder(self) -> Path:
        """The folder of what is made anew from the database."""
        return self.data / "index"

    @property
    def _judged_by_engine(self) -> bool:
        return self.settings.columns == "engine"

    @part
    def suppliers(self) -> "SurveyedSuppliers":
        """All suppliers as the engine tells of them, where it judges them itself."""
        from search.matching.surveyed_suppliers import SurveyedSuppliers

        return SurveyedSuppliers(cast("Surveyor", self.engine), self.taxonomy)

    def _cluster(self) -> "Cluster":
        from search.engines.elastic.cluster import Cluster

        given, key = self.settings, self.settings.elasticsearch_api_key
        return Cluster(
            given.elasticsearch_addresses,
            timeout=given.elasticsearch_timeout,
            api_key=key.get_secret_value() if key else "",
            ca_file=given.elasticsearch_ca_file,
            shards=given.elasticsearch_shards,
            replicas=given.elasticsearch_replicas,
        )

    @part
    def index(self) -> "LiveIndex":
        """The index of the engine and the columns beside it."""
        from matchmaker.services.index.live_index import LiveIndex

        return LiveIndex(self.sessions, self.taxonomy, self._indexer, self._index_folder)

    def keep_up(self) -> None:
        """Bring changed suppliers into the columns, where this process has any."""
        index = vars(self).get("index")
        if index is not None:
            index.keep_up()

    def _indexer(self) -> "Indexer":
        from matchmaker.models import Profile
        from matchmaker.services.index import documents
        from matchmaker.services.index.indexing import Indexer
        from search.document import SearchDocument

        def build(profile: Profile) -> SearchDocument:
            return documents.of_profile(profile, self.recogniser, self.today())

        return Indexer(self.sessions, self.engine, build, self.taxonomy.version)

    def matcher(self) -> "AnyMatcher":
        """A matcher over the present columns, or one that asks the engine; it is cheap, so ask for one a request. A small
        collection is ranked whole, so that its columns are held in any case.
        """
        from search.matching.candidates import SMALL_COLLECTION
        from search.matching.matcher import Matcher

        ranker = self.ranker.present()
        if self._judged_by_engine and self.index.has_more_than(SMALL_COLLECTION):
            from search.matching.survey_matcher import SurveyMatcher

            return SurveyMatcher(self.suppliers, ranker)
        return Matcher(self.engine, self.index.columns(), ranker)

    @part
    def ranker(self) -> "HeldRanker":
        """The promoted ranker."""
        from matchmaker.services.matching import promoted_ranker
        from search.ranking.held_ranker import HeldRanker

        return HeldRanker(self.data / promoted_ranker.FOLDER)

    @part
    def counts(self) -> "SupplierCounts":
        """The counts over all suppliers that this process knows."""
        from matchmaker.services.index.supplier_counts import SupplierCounts

        return SupplierCounts()

    @part
    def asked_needs(self) -> "AskedNeeds":
        """The needs that this process has read."""
        from matchmaker.services.matching.asked_needs import AskedNeeds

        return AskedNeeds()

    def matching(self, top: int = 20) -> "Matching":
        """The matcher with its inputs: the recogniser, the day, the number of suppliers for a need."""
        from matchmaker.services.matching.matching import Matching

        return Matching(self.matcher(), self.recogniser, self.today(), top, self.asked_needs)

    @part
    def transport(self) -> "Transport":
        """The way out for e-mails: the server of the settings, else the folder `mail` of the data folder."""
        from matchmaker.services.mail.transport import transport

        url = self.settings.mail_url
        return transport(url.get_secret_value() if url else None, self.data)

    @part
    def imports(self) -> "ImportWorkplace":
        """The folder of uploaded files, with the parts that read and save them."""
        from importers.lists import ListLimits
        from matchmaker.services.imports import import_plans
        from matchmaker.services.imports.import_batches import ImportWorkplace

        folder = self.data / "imports"
        return ImportWorkplace(
            folder,
            self.sessions,
            self.recogniser,
            import_plans.known_sources(),
            self.today,
            lambda: self.index.feed(self.recogniser),
            self.stopping.is_set,
            ListLimits.of(self.settings.list_mb, self.settings.list_rows),
        )

    @contextmanager
    def waiting_for_a_part(self) -> Iterator[None]:
        """Tell others for so long that this thread makes a part, or waits for one."""
        thread = threading.get_ident()
        self._waiting.append(thread)
        try:
            yield
        finally:
            self._waiting.remove(thread)

    def waits_for_a_part(self, thread: int | None) -> bool:
        """Whether a thread, by its `ident`, makes a part or waits for one: nothing is lost where it does not end."""
        return thread in self._waiting

    def close(self) -> None:
        """Close the open parts; a part used afterwards is made anew. Those that must be closed are waited for where they are being
        made; of the others nobody waits seconds for what is not used any more.
        """
        self.closings += 1
        for name in reversed(_parts(type(self))):
            if not self.locks[name].acquire(blocking=name in _CLOSED):
                continue
            try:
                made = vars(self).pop(name, None)
                if made is not None and name in _CLOSED:
                    _CLOSED[name](made)
            finally:
                self.locks[name].release()


def _parts(kind: type) -> list[str]:
    return [name for name, value in vars(kind).items() if isinstance(value, part)]
