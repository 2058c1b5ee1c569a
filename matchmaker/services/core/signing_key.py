"""The key that signs cookies and links: given by a setting, or kept in the data folder.

The journal knows a mark of the key that the site last started with, so that a lost one is not made anew unseen, and another
one is told: all who were signed in are not any more, and links in letters have ended.
"""

import hashlib
import logging
import secrets
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import SettingInvalid, StartRefused
from matchmaker.domain.language import N_
from matchmaker.models import AuditEntry
from matchmaker.models.database import Sessions
from matchmaker.services.core import journal, written_once
from matchmaker.services.core.journal import Act

LEAST = 16  # characters; a kept key has 64
_FILE = "secret_key"
_KIND, _OBJECT = "site", "signing_key"
_log = logging.getLogger(__name__)


def path_in(folder: Path) -> Path:
    """The file in which a data folder keeps its key."""
    return folder / _FILE


def usable(given: str | None, folder: Path, had_one: Callable[[], bool]) -> str:
    """The given key, else the kept one, made if the site never had one (`had_one`). Raises SettingInvalid or StartRefused
    for a key that is empty or too short, and for one that is gone.
    """
    if given is not None:
        if len(given) < LEAST:
            raise SettingInvalid(
                name="MATCHMAKER_SECRET_KEY",
                reason=N_("it is shorter than 16 characters; take 32 or more at random"),
            )
        return given
    path = path_in(folder)
    if not path.exists() and had_one():
        raise StartRefused(
            N_(
                "The key that signs cookies and links is gone: neither MATCHMAKER_SECRET_KEY is set nor %(file)s there. Set it "
                "or put the file back. If nobody has it, run: matchmaker db renew-key – everybody signs in again then, and links "
                "in letters sent so far end."
            ),
            file=path,
        )
    kept = written_once.keep(path, _made())
    if len(kept) < LEAST:
        raise StartRefused(
            N_(
                "The key file %(file)s is empty or too short. Put it back from a backup, or run: matchmaker db renew-key – "
                "everybody signs in again then, and links in letters sent so far end."
            ),
            file=path,
        )
    return kept


def renew(folder: Path) -> None:
    """Let the data folder keep another key."""
    written_once.change(path_in(folder), _made())


def _made() -> str:
    return secrets.token_urlsafe(48)


def mark_of(key: str) -> str:
    """What tells keys apart and tells nothing of the key."""
    return hashlib.sha256(f"matchmaker signing key {key}".encode()).hexdigest()[:16]


def last_mark(session: Session) -> str | None:
    """The mark of the key that the site last started with; None before its first start."""
    noted = select(AuditEntry.details).where(AuditEntry.object_kind == _KIND, AuditEntry.object_id == _OBJECT)
    details = session.scalar(noted.order_by(AuditEntry.id.desc()).limit(1))
    return None if details is None else str(details["mark"])


def note(sessions: Sessions, key: str, *, centre: str) -> None:
    """Let the journal of a centre tell which key the site starts with, where that is another one than before."""
    mark = mark_of(key)
    with sessions() as session:
        known = last_mark(session)
    if known == mark:
        return
    if known is not None:
        _log.warning("The key that signs cookies and links is another one: everybody signs in again.")
    action = "site.key_noted" if known is None else "site.key_changed"
    with sessions.begin() as session:
        journal.record(session, "command line", (Act(action, _KIND, _OBJECT, centre, {"mark": mark}),))
