"""The ranker that was promoted, as the journal knows it: a file that is lost or another's is told, and not fallen back from unseen."""

from pathlib import Path

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import ModelRefused
from matchmaker.models import AuditEntry
from matchmaker.services.core import journal
from matchmaker.services.core.journal import Act
from search.ranking import artifact

FOLDER = "ranker"  # of the data folder
PRIOR = "prior"  # what ranks where no model does
_KIND = "ranker"


def note(session: Session, name: str, *, centre: str) -> None:
    """Let the journal of a centre tell which ranker ranks from now on, PRIOR for the stated one."""
    journal.record(session, "command line", (Act("ranker.promoted", _KIND, name, centre),))


def noted() -> ScalarSelect[str]:
    """The name of the ranker that was promoted last, as a subquery; null where none ever was."""
    last = select(func.max(AuditEntry.id)).where(AuditEntry.object_kind == _KIND).scalar_subquery()
    return select(AuditEntry.object_id).where(AuditEntry.id == last).scalar_subquery()


def problem(folder: Path, last: str | None) -> str:
    """Why the ranker that was promoted `last` does not rank, "" where it does. `folder` is the data folder."""
    try:
        model = artifact.current(folder / FOLDER)
    except ModelRefused as error:
        return str(error.params["reason"])
    present = model.name if model else PRIOR
    if last is None or present == last:
        return ""
    return f"{present} ranks in place of {last}"
