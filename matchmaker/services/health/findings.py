"""The findings of a running site: each part with its state, what is wrong with it, and the way to mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matchmaker.domain.errors import MatchmakerError
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import JobState, MailState, OutboxRowState
from matchmaker.models import Job, Mail, Outbox
from matchmaker.models.database import Sessions
from matchmaker.services.files import sweeper
from search.engines.protocol import Engine

OK = "ok"


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

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


def of_site(sessions: Sessions, engine: Engine) -> list[HealthFinding]:
    """The findings of all parts; while the database is away, of it and the search engine alone. Never raises."""
    try:
        with sessions() as session:
            session.execute(text("SELECT 1"))
            found = [HealthFinding("database"), *of_work(session)]
    except SQLAlchemyError as error:
        message = N_("The database does not answer (%(error)s).")
        remedy = N_("Start the database, or check MATCHMAKER_DATABASE_URL; all work goes on by itself then.")
        found = [HealthFinding("database", "away", message, {"error": type(error).__name__}, remedy)]
    return [*found, of_engine(engine)]


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


def of_work(session: Session) -> list[HealthFinding]:
    """The findings of the work in the background: what was given up after too many tries."""
    return [*(_dead(part, count) for part, count in _counts_of_dead(session).items()), of_files(session)]


def of_files(session: Session) -> HealthFinding:
    """The finding of stored files: whether the bytes of each are where its row says."""
    count = sweeper.count_missing(session)
    if not count:
        return HealthFinding("files")
    message = N_("Files whose content cannot be found on the disk: %(count)s.")
    remedy = N_(
        "Put the files back from a backup into the folder “files”; the next sweep ends the alarm. Their owners see "
        "which they are."
    )
    return HealthFinding("files", "missing", message, {"count": count}, remedy)


_DEAD = {
    "index": N_("Suppliers that could not be indexed and are not tried any more: %(count)s."),
    "letters": N_("E-mails that could not be sent and are not tried any more: %(count)s."),
    "jobs": N_("Jobs that have failed and are not tried any more: %(count)s."),
}


def _dead(part: str, count: int) -> HealthFinding:
    if not count:
        return HealthFinding(part)
    remedy = N_("Mend the cause and try again: matchmaker worker retry")
    return HealthFinding(part, "dead", _DEAD[part], {"count": count}, remedy)


def _counts_of_dead(session: Session) -> Mapping[str, int]:
    """The numbers of rows that were given up, in one statement."""

    def counted(table: type[Outbox] | type[Mail] | type[Job], state: str) -> object:
        return select(func.count()).select_from(table).where(table.state == state).scalar_subquery()

    columns: Sequence[object] = (
        counted(Outbox, OutboxRowState.DEAD),
        counted(Mail, MailState.DEAD),
        counted(Job, JobState.FAILED),
    )
    row = session.execute(select(*columns)).one()  # type: ignore[call-overload]
    return dict(zip(_DEAD, row, strict=True))
