"""The findings of a whole installation, in the order in which they are mended: without a database little else counts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from matchmaker.domain.errors import MatchmakerError
from matchmaker.domain.language import N_
from matchmaker.migrations import HEAD
from matchmaker.models.database import DatabaseEngine, Sessions, stored_version
from matchmaker.services.core import installation
from matchmaker.services.doctor import machine, servers, setting_pairs
from matchmaker.services.health import findings
from matchmaker.services.health.findings import HealthFinding
from matchmaker.services.incoming.mailbox import Mailbox
from matchmaker.services.index.indexing import Indexer
from matchmaker.services.mail.transport import Transport
from matchmaker.settings import Settings
from search.engines.protocol import Engine


@dataclass(frozen=True, slots=True)
class DoctorParts:
    """The parts of the product that are looked at; each is made when it is first asked for, and may raise."""

    engine: Callable[[], Engine]
    indexer: Callable[[], Indexer]
    transport: Callable[[], Transport]
    mailbox: Callable[[], Mailbox | None]


def of_installation(settings: Settings, parts: DoctorParts) -> list[HealthFinding]:
    """All findings. Never raises: what cannot be looked at is a finding too."""
    found = [*_guarded("settings", lambda: setting_pairs.findings(settings))]
    if not settings.data.exists():
        return [*found, _no_folder(settings)]
    engine, of_database = _database(settings)
    found += of_database
    if engine is not None:
        found += _of_open(settings, parts, engine)
    found += _guarded("mail", lambda: servers.mail(settings, parts.transport()))
    found += _guarded("mailbox", lambda: servers.mail_in(parts.mailbox()))
    found += _guarded("key", lambda: machine.key(settings))
    found += _guarded("storage", lambda: machine.storage(settings))
    found += _guarded("disk", lambda: machine.disks(settings))
    found += _guarded("backups", lambda: machine.backups(settings))
    return found


def _no_folder(settings: Settings) -> HealthFinding:
    message = N_("The data folder %(folder)s is not there: nothing was started here yet.")
    remedy = N_(
        "If you expect data, name the right folder in MATCHMAKER_DATA; else start the site: matchmaker serve"
    )
    return HealthFinding("storage", "absent", message, {"folder": settings.data.absolute()}, remedy)


def _database(settings: Settings) -> tuple[DatabaseEngine | None, list[HealthFinding]]:
    """The findings on the database itself, and its engine where all else can be asked of it."""
    try:
        engine = installation.checked(settings.database, settings.data)
    except MatchmakerError as error:
        return None, [_of_error("database", error)]
    except SQLAlchemyError as error:
        return None, [_away(error)]
    try:
        found = _of_tables(engine, settings)
    except SQLAlchemyError as error:
        found = [_away(error)]
    except MatchmakerError as error:
        found = [_of_error("database", error)]
    if all(one.good for one in found):
        return engine, found
    engine.dispose()
    return None, found


def _of_tables(engine: DatabaseEngine, settings: Settings) -> list[HealthFinding]:
    place = {"place": installation.place_of(engine.url), "folder": settings.data}
    if installation.is_blank(engine):
        message = N_("The database %(place)s is empty: nothing was started here yet.")
        remedy = N_(
            "If you expect data, name the right folder in MATCHMAKER_DATA; else start the site: matchmaker serve"
        )
        return [HealthFinding("database", "empty", message, place, remedy)]
    installation.check_pages(engine)
    version = stored_version(engine)
    if version != HEAD:
        message = N_("The tables are at version %(version)s, and the program is of version %(head)s.")
        remedy = N_("Make a backup, then run: matchmaker db upgrade")
        params = {"version": version, "head": HEAD}
        return [HealthFinding("database"), HealthFinding("migrations", "behind", message, params, remedy)]
    found = [HealthFinding("database"), HealthFinding("migrations")]
    if installation.mark_of(settings.data) != installation.stored_mark(engine):
        message = N_("The data folder %(folder)s does not bear the mark of the database %(place)s.")
        remedy = N_("If they belong together, run: matchmaker db adopt; else name the right ones.")
        return [*found, HealthFinding("identity", "another", message, place, remedy)]
    return [*found, HealthFinding("identity")]


def _of_open(settings: Settings, parts: DoctorParts, engine: DatabaseEngine) -> Iterable[HealthFinding]:
    """The findings that need a database in order."""
    sessions = Sessions(engine)
    try:
        yield from _guarded("work", lambda: _of_site(sessions, parts, settings))
        yield from _guarded("drift", lambda: servers.drift(sessions, parts.indexer()))
        yield from _guarded("key", lambda: machine.known_key(settings, sessions))
        yield from _guarded("clock", lambda: servers.clock(sessions))
        yield from _guarded("storage", lambda: machine.files(settings, sessions))
    finally:
        engine.dispose()


def _of_site(sessions: Sessions, parts: DoctorParts, settings: Settings) -> list[HealthFinding]:
    found = findings.of_site(sessions, parts.engine(), settings.data)
    return [one for one in found if one.part not in {"database", "disk"}]  # looked at apart


def _guarded(part: str, look: Callable[[], Iterable[HealthFinding]]) -> list[HealthFinding]:
    try:
        return list(look())
    except MatchmakerError as error:
        return [_of_error(part, error)]
    except (SQLAlchemyError, OSError) as error:
        message = N_("This could not be looked at: %(error)s")
        return [HealthFinding(part, "unknown", message, {"error": f"{type(error).__name__}: {error}"})]


def _of_error(part: str, error: MatchmakerError) -> HealthFinding:
    """A finding of an expected error, whose message says the way out."""
    return HealthFinding(part, error.code, error.template, error.params)


def _away(error: SQLAlchemyError) -> HealthFinding:
    message = N_("The database does not answer (%(error)s).")
    remedy = N_("Start the database, or check MATCHMAKER_DATABASE_URL; all work goes on by itself then.")
    return HealthFinding("database", "away", message, {"error": type(error).__name__}, remedy)
