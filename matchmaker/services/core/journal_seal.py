"""The seal of the journal: the key of its entries' hashes, and the anchor, its newest committed entry, kept outside the
database, so that nobody who can only write to the database can rewrite the journal or cut off its end unnoticed.

The anchor is written after a commit and only ever moves to a newer entry: after a crash it may lag behind, which is no
fault, but it is never ahead. Processes on one data folder take turns; without a common folder each keeps an anchor of
its own, and all of them are true.

Key and anchor are made once, with the first entry that has a key. From then on a lost one is told and never made anew by
itself: a new key would tell a whole journal to be broken, a new anchor would hide that its end was cut off.
"""

import fcntl
import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, or_, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import StartRefused
from matchmaker.domain.language import N_
from matchmaker.models import AuditEntry
from matchmaker.services.core import written_once

_WRITTEN, _END, _STAYS = "journal written", "journal end", "journal anchor stays"
_log = logging.getLogger(__name__)

FIRST_HASH = "0" * 64
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False)
_SHORTEST_KEY = 32  # characters; a made key has 64
# So many of the newest entries say whose key the journal has: one alone may have been tampered with.
_ASKED_ENTRIES = 10

_KEY_LOST = N_(
    "The key of the journal, %(file)s, is gone, and the journal has entries that were made with it; no new key was made. "
    "Put the file back from a backup (it is a ZIP, and the key stands in it as data/journal_key), or restore a backup: "
    "matchmaker restore FILE --replace. If no backup has it, run: matchmaker journal reseal"
)
_KEY_SHORT = N_(
    "The key of the journal, %(file)s, is empty or cut short. Put the file back from a backup (it is a ZIP, and the key "
    "stands in it as data/journal_key). If no backup has it, run: matchmaker journal reseal"
)
_KEY_ANOTHER = N_(
    "The key of the journal, %(file)s, is not the one that its newest entries were made with. Put the right file back from "
    "a backup (it is a ZIP, and the key stands in it as data/journal_key). If no backup has it, run: matchmaker journal reseal"
)


@dataclass(frozen=True, slots=True)
class JournalEnd:
    """An entry that stood at the end of the journal: its id and its hash."""

    id: int
    hash: str


# What is anchored before there is an entry.
_NOTHING_YET = JournalEnd(0, FIRST_HASH)


class SealState(StrEnum):
    """Whether key and anchor are there and belong to the journal."""

    GOOD = "ok"
    FRESH = "fresh"  # no key was ever needed
    KEY_LOST = "key_lost"
    KEY_SHORT = "key_short"
    KEY_ANOTHER = "key_another"
    ANCHOR_LOST = "anchor_lost"
    ANCHOR_UNREADABLE = "anchor_unreadable"
    CUT_OFF = "cut_off"


_REFUSED: Mapping[SealState, str] = {
    SealState.KEY_LOST: _KEY_LOST,
    SealState.KEY_SHORT: _KEY_SHORT,
    SealState.KEY_ANOTHER: _KEY_ANOTHER,
}


def digest(entry: Mapping[str, Any], key: bytes | None) -> str:
    """The hash of an entry: with the journal's key over all that it holds, or, before there was a key, without it
    over all but the id.
    """
    left_out = {"hash"} if key else {"hash", "id"}
    text = covered(entry, left_out)
    return hmac.new(key, text, hashlib.sha256).hexdigest() if key else hashlib.sha256(text).hexdigest()


def covered(entry: Mapping[str, Any], left_out: set[str] | frozenset[str] = frozenset()) -> bytes:
    """An entry, but for some of its columns, as the bytes that a hash covers."""
    values = {name: value for name, value in entry.items() if name not in left_out}
    values["at"] = values["at"].isoformat()
    return _ENCODER.encode(values).encode()


def row_of(entry: AuditEntry) -> dict[str, Any]:
    """The columns of an entry."""
    return {column.key: getattr(entry, column.key) for column in AuditEntry.__table__.columns}


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
    def of(cls, folder: Path, session: Session) -> "JournalSeal":
        """The seal of a data folder and its journal; for a journal that never had a key it is made by the first process
        that asks. Raises StartRefused for a key that is lost or another.
        """
        found = state_of_key(folder, session)
        if (refused := refusal(folder, found)) is not None:
            raise refused
        if found is SealState.FRESH:
            # The anchor first: a key without one would tell that the anchor was lost.
            cls(b"", anchor_path(folder)).keep(head(session) or _NOTHING_YET)
        return cls._kept(folder)

    @classmethod
    def anew(cls, folder: Path) -> "JournalSeal":
        """The seal with the key of the folder's file, whichever it is, or with a new one where that is gone or cut short."""
        path = key_path(folder)
        if len(written_once.read(path) or "") < _SHORTEST_KEY:
            written_once.change(path, secrets.token_hex(32))
        return cls._kept(folder)

    @classmethod
    def _kept(cls, folder: Path) -> "JournalSeal":
        key = written_once.keep(key_path(folder), secrets.token_hex(32))
        return cls(key.encode(), anchor_path(folder))

    def anchor(self) -> JournalEnd | None:
        """The anchored entry; None where the file is gone. Raises ValueError for an unreadable file."""
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


def state_of_key(folder: Path, session: Session) -> SealState:
    """Whether the key is there and the journal's."""
    newest = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(_ASKED_ENTRIES)
    rows = [
        row_of(entry) for entry in session.scalars(newest)
    ]  # before the file: a key is older than its entries
    kept = written_once.read(key_path(folder))
    keyed = [row for row in rows if row["hash"] != digest(row, None)]
    if kept is None:
        return SealState.KEY_LOST if keyed else SealState.FRESH
    if len(kept) < _SHORTEST_KEY:
        return SealState.KEY_SHORT
    # A journal of one entry cannot tell another key from an altered entry: the check names the entry.
    if len(keyed) > 1 and not any(row["hash"] == digest(row, kept.encode()) for row in keyed):
        return SealState.KEY_ANOTHER
    return SealState.GOOD


def refusal(folder: Path, state: SealState) -> StartRefused | None:
    """The error that says what is wrong with the key, and the way out; None where nothing is."""
    return StartRefused(_REFUSED[state], file=key_path(folder)) if state in _REFUSED else None


def state_of(folder: Path, session: Session) -> SealState:
    """Whether key and anchor are there, and the anchored entry still in the journal. Nothing is made."""
    found = state_of_key(folder, session)
    if found is not SealState.GOOD:
        return found
    try:
        anchor = JournalSeal(b"", anchor_path(folder)).anchor()
    except ValueError:
        return SealState.ANCHOR_UNREADABLE
    if anchor is None:
        return SealState.ANCHOR_LOST
    if anchor.id == 0:
        return SealState.GOOD
    there = session.scalar(select(AuditEntry.hash).where(AuditEntry.id == anchor.id))
    return SealState.GOOD if there == anchor.hash else SealState.CUT_OFF


def anchor_anew(folder: Path, session: Session) -> JournalEnd:
    """Anchor the present end of the journal, whatever was anchored: a person says that it is the right one."""
    end = head(session) or _NOTHING_YET
    JournalSeal(b"", anchor_path(folder)).keep(end, anew=True)
    return end


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


def end(session: Session) -> JournalEnd | None:
    """The newest entry, to append after: the one that this transaction appended, or, read in one statement with the
    anchored one, that of the table. Where the anchored one, or the anchor itself, is no longer there, the anchor stays as it
    is, for the check to tell.
    """
    known: JournalEnd | None = session.info.get(_END)
    if known is not None:
        return known
    seal = seal_of(session)
    if seal is None:
        return head(session)
    kept = _anchored(seal)
    last = select(func.max(AuditEntry.id)).scalar_subquery()
    asked = or_(AuditEntry.id == last, AuditEntry.id == kept.id) if kept else AuditEntry.id == last
    rows = session.execute(select(AuditEntry.id, AuditEntry.hash).where(asked).order_by(AuditEntry.id))
    found = [JournalEnd(row.id, row.hash) for row in rows]
    if kept is not None and kept.id and kept not in found:
        _log.error("The journal's anchored entry %s is gone: run matchmaker journal check", kept.id)
        kept = None
    if kept is None:
        session.info[_STAYS] = True
    return found[-1] if found else None


def _anchored(seal: JournalSeal) -> JournalEnd | None:
    """The anchored entry; None, and a line in the log, where the anchor is gone or cannot be read."""
    try:
        kept = seal.anchor()
    except (OSError, ValueError):
        kept = None
    if kept is None:
        _log.error("The journal's anchor %s is gone: run matchmaker journal check", seal.file)
    return kept


def appended(session: Session, newest: JournalEnd) -> None:
    """Note the newest entry of this transaction: the next one follows it, and its commit moves the anchor there."""
    session.info[_WRITTEN], session.info[_END] = True, newest


# A savepoint that was taken back may have taken entries with it: then the end is read once more, within the transaction.
@event.listens_for(Session, "before_commit")
def _know_end(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(_WRITTEN) or _END in session.info:
        return
    newest = end(session)
    if newest is not None:
        session.info[_END] = newest


@event.listens_for(Session, "after_commit")
def _keep_end(session: Session) -> None:
    if session.in_nested_transaction():
        return
    written, newest, stays = (session.info.pop(name, None) for name in (_WRITTEN, _END, _STAYS))
    seal = seal_of(session) if written and newest and not stays else None
    if newest is None or seal is None:
        return
    try:
        seal.keep(newest)
    except OSError as error:
        _log.warning("The journal's anchor lags behind: %s", error)


@event.listens_for(Session, "after_rollback")
def _forget_end(session: Session) -> None:
    session.info.pop(_END, None)
    if not session.in_nested_transaction():
        session.info.pop(_WRITTEN, None)
        session.info.pop(_STAYS, None)
