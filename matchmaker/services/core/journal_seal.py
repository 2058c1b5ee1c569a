"""The seal of the journal: the key of its entries' hashes, and the anchor, its newest committed entry, kept outside the
database, so that nobody who can only write to the database can rewrite the journal or cut off its end unnoticed.

The anchor is written after a commit and only ever moves to a newer entry: after a crash it may lag behind, which is no
fault, but it is never ahead. Processes on one data folder take turns; without a common folder each keeps an anchor of
its own, and all of them are true.
"""

import fcntl
import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import event, func, or_, select
from sqlalchemy.orm import Session

from matchmaker.models import AuditEntry
from matchmaker.services.core import written_once

_WRITTEN, _HEAD = "journal written", "journal head"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class JournalEnd:
    """An entry that stood at the end of the journal: its id and its hash."""

    id: int
    hash: str


def key_path(folder: Path) -> Path:
    """The file of the key: apart from the secret key, so that another secret key leaves the journal whole."""
    return folder / "journal_key"


def anchor_path(folder: Path) -> Path:
    """The file of the anchor; no backup holds it, since it goes on while the database is copied."""
    return folder / "journal_anchor"


@dataclass(frozen=True, slots=True)
class JournalSeal:
    """The key, and the file of the anchor in the data folder."""

    key: bytes
    file: Path

    @classmethod
    def of(cls, folder: Path) -> "JournalSeal":
        """The seal of a data folder; the key is made by the first process that asks."""
        key = written_once.keep(key_path(folder), secrets.token_hex(32))
        return cls(key.encode(), anchor_path(folder))

    def anchor(self) -> JournalEnd | None:
        """The anchored entry; None where nothing was anchored yet. Raises ValueError for an unreadable file."""
        try:
            kept = json.loads(self.file.read_text(encoding="ascii"))
            return JournalEnd(int(kept["id"]), str(kept["hash"]))
        except FileNotFoundError:
            return None
        except (KeyError, TypeError) as error:
            raise ValueError(str(error)) from error

    def keep(self, head: JournalEnd, *, anew: bool = False) -> None:
        """Move the anchor to a newer entry; `anew` to any, after the journal was restored from a backup."""
        with self.file.with_name(f".{self.file.name}.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if not anew and not self._is_newer(head):
                return
            fresh = self.file.with_name(f".{self.file.name}.new")
            fresh.write_text(json.dumps(asdict(head)) + "\n", encoding="ascii")
            fresh.replace(self.file)

    def _is_newer(self, head: JournalEnd) -> bool:
        try:
            kept = self.anchor()
        except ValueError:
            return False  # the check has to tell of it first
        return kept is None or head.id > kept.id


def seal_of(session: Session) -> JournalSeal | None:
    """The seal of the product that a session belongs to; None for a session without one, of a test or a tool."""
    found: Callable[[], JournalSeal] | None = session.info.get("journal")
    return found() if found else None


def head(session: Session) -> JournalEnd | None:
    """The newest entry of the journal."""
    row = session.execute(
        select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    ).first()
    return JournalEnd(row.id, row.hash) if row else None


def mark_written(session: Session) -> None:
    """Let the session's commit move the anchor."""
    session.info[_WRITTEN] = True


# The head is read within the transaction, since a savepoint may have taken entries back, and kept after its commit.
@event.listens_for(Session, "before_commit")
def _read_head(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.pop(_WRITTEN, False):
        return
    seal = seal_of(session)
    newest = _newest(session, seal) if seal is not None else None
    if newest is not None:
        session.info[_HEAD] = newest


def _newest(session: Session, seal: JournalSeal) -> JournalEnd | None:
    """The newest entry, in one statement with the anchored one; where that is no longer there, the anchor stays where it
    is, for the check to tell.
    """
    try:
        kept = seal.anchor()
    except (OSError, ValueError):
        kept = JournalEnd(0, "")
    last = select(func.max(AuditEntry.id)).scalar_subquery()
    asked = AuditEntry.id == last if kept is None else or_(AuditEntry.id == last, AuditEntry.id == kept.id)
    rows = session.execute(select(AuditEntry.id, AuditEntry.hash).where(asked).order_by(AuditEntry.id))
    found = [JournalEnd(row.id, row.hash) for row in rows]
    if kept is not None and kept not in found:
        _log.error("The journal's anchored entry %s is gone: run matchmaker journal check", kept.id)
        return None
    return found[-1] if found else None


@event.listens_for(Session, "after_commit")
def _keep_head(session: Session) -> None:
    if session.in_nested_transaction():
        return
    newest, seal = session.info.pop(_HEAD, None), seal_of(session)
    if newest is None or seal is None:
        return
    try:
        seal.keep(newest)
    except OSError as error:
        _log.warning("The journal's anchor lags behind: %s", error)


@event.listens_for(Session, "after_rollback")
def _forget_head(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_WRITTEN, None)
        session.info.pop(_HEAD, None)
