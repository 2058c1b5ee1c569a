"""The second chance of work that was given up after too many tries."""

from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from matchmaker.models import Centre
from matchmaker.services.core import journal
from matchmaker.services.index import outbox
from matchmaker.services.mail import jobs


@dataclass(frozen=True, slots=True)
class RetriedWork:
    """The numbers of suppliers, e-mails and jobs that are tried anew."""

    suppliers: int
    letters: int
    jobs: int

    @property
    def whole(self) -> int:
        return self.suppliers + self.letters + self.jobs


def try_again(session: Session, centre: Centre, *, by: str) -> RetriedWork:
    """Let all dead work be tried anew, at once; the journal of the centre tells who wanted it."""
    letters, done = jobs.try_dead_again(session)
    retried = RetriedWork(outbox.try_dead_again(session), letters, done)
    journal.note(session, by, "work.retried", centre, asdict(retried))
    return retried
