"""The drawings and models of a need: stored by hash outside the web root, previewed, marked for each reader,
every view recorded.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import FileRefused, NotFound
from matchmaker.domain.language import N_
from matchmaker.models import AuditEntry, Need, StoredFile, User
from matchmaker.models.base import now
from matchmaker.sandbox import file_probe, submitted_files
from matchmaker.services.core import blobs, journal, locks

LARGEST = 25_000_000  # bytes
MOST = 40  # files of a need
ROLES = ("drawing", "model")
_MODELS = frozenset({"stl", "step"})


@dataclass(frozen=True, slots=True)
class FileOpening:
    """One opening of a file, as the file's owner sees it."""

    at: datetime
    who: str
    file: str
    action: str


def folder_of(data: Path) -> Path:
    return data / "files"


@dataclass(frozen=True, slots=True)
class ExaminedFile:
    """A stored and examined file that belongs to no need yet."""

    name: str
    kept: blobs.StoredBlob
    looked: file_probe.FileInfo


def examine(upload: tuple[str, IO[bytes]], data: Path) -> ExaminedFile:
    """Store the bytes of a file (name, stream) and examine it, before anything is written. Raises
    FileRefused.
    """
    name, stream = upload
    kept = blobs.keep_any(folder_of(data), stream, largest=LARGEST)
    previews = data / "previews"
    previews.mkdir(parents=True, exist_ok=True)
    looked = submitted_files.look(blobs.path_of(folder_of(data), kept.sha256), previews)
    return ExaminedFile(" ".join(name.split())[:300] or looked.kind, kept, looked)


def add(session: Session, need: Need, examined: ExaminedFile, user: User, replaces: str = "") -> StoredFile:
    """Make a file a drawing of a need. The same bytes again are the same drawing.

    `replaces` is the public id of the drawing that this one replaces as its next revision; the old one is
    withdrawn. Raises FileRefused, NotFound.
    """
    locks.lock_row(session, need)
    present = of_need(session, need)
    known = next((one for one in present if one.sha256 == examined.kept.sha256), None)
    if known is not None:
        return known
    before = next((one for one in present if one.public_id == replaces), None)
    if replaces and before is None:
        raise NotFound(what="file", key=replaces)
    if len(present) >= MOST and before is None:
        raise FileRefused(N_("A need holds at most %(most)s files; withdraw one."), most=MOST)
    looked = examined.looked
    stored = StoredFile(
        need_id=need.id,
        role="model" if looked.kind in _MODELS else "drawing",
        name=examined.name,
        media_type=file_probe.KINDS[looked.kind],
        size=examined.kept.size,
        sha256=examined.kept.sha256,
        version=before.version + 1 if before else 1,
        uploaded_by_id=user.id,
        details=_details(looked),
    )
    session.add(stored)
    session.flush()
    note(session, need, stored, "drawing.replaced" if before else "drawing.added", user.public_id)
    if before is not None:
        withdraw(session, need, before, user.public_id)
    return stored


def _details(looked: file_probe.FileInfo) -> dict[str, Any]:
    found = asdict(looked)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def of_need(session: Session, need: Need) -> Sequence[StoredFile]:
    """The drawings of a need that are not withdrawn."""
    query = select(StoredFile).where(StoredFile.need_id == need.id, StoredFile.role.in_(ROLES))
    return [one for one in session.scalars(query.order_by(StoredFile.id)) if not one.details.get("withdrawn")]


def by_key(session: Session, key: str) -> tuple[StoredFile, Need]:
    """A drawing and its need. Raises NotFound, for a withdrawn drawing too."""
    query = select(StoredFile).where(StoredFile.public_id == key, StoredFile.role.in_(ROLES))
    stored = session.scalar(
        query.options(
            joinedload(StoredFile.need).joinedload(Need.centre),
            joinedload(StoredFile.need).joinedload(Need.contractor),
        )
    )
    if stored is None or stored.need is None or stored.details.get("withdrawn"):
        raise NotFound(what="file", key=key)
    return stored, stored.need


def withdraw(session: Session, need: Need, stored: StoredFile, by: str) -> None:
    """Withdraw a drawing, so that nobody can open it any more."""
    stored.details = {**stored.details, "withdrawn": now().isoformat()}
    note(session, need, stored, "drawing.withdrawn", by)


def copy_for(stored: StoredFile, words: str, data: Path) -> bytes:
    """The file for one reader: marked with the words where its format allows. Raises FileRefused, NotFound."""
    path = blobs.path_of(folder_of(data), stored.sha256)
    if not path.exists():
        raise NotFound(what="file", key=stored.public_id)
    kind = str(stored.details.get("kind", ""))
    if kind not in {"pdf", "png", "jpg"}:
        return path.read_bytes()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "copy"
        submitted_files.stamp(path, kind, words, target)
        return target.read_bytes()


def preview_path(stored: StoredFile, number: int, data: Path) -> Path:
    """The picture of a page, counted from 1. Raises NotFound."""
    names = stored.details.get("previews") or []
    path = data / "previews" / str(names[number - 1]) if 1 <= number <= len(names) else None
    if path is None or not path.exists():
        raise NotFound(what="file", key=stored.public_id)
    return path


def preview_for(path: Path, words: str) -> bytes:
    """A preview for one reader, marked with the words; empty words leave it unmarked. Raises FileRefused."""
    if not words:
        return path.read_bytes()
    if path.suffix == ".svg":
        return _marked_svg(path.read_text(encoding="utf-8"), words)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "preview"
        submitted_files.stamp(path, "png", words, target)
        return target.read_bytes()


def _marked_svg(drawn: str, words: str) -> bytes:
    """An SVG with the words all over it."""
    lines = (
        f'<text x="2%" y="{height}%" font-size="3%" font-family="sans-serif" fill="#808080" fill-opacity="0.5">'
        f"{escape(words)}</text>"
        for height in range(10, 100, 16)
    )
    before, end, after = drawn.rpartition("</svg>")
    return (before + "".join(lines) + end + after).encode()


def note(session: Session, need: Need, stored: StoredFile, action: str, by: str) -> None:
    """Record an act on a file in the journal."""
    details = {"file": stored.public_id, "name": stored.name, "sha256": stored.sha256}
    journal.note(session, by, action, need, details)


def openings(session: Session, need: Need, limit: int = 200) -> list[FileOpening]:
    """The openings of files, each with its reader and time, the newest first."""
    actions = ("drawing.opened", "drawing.previewed")
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.object_kind == "need", AuditEntry.object_id == need.public_id)
        .where(AuditEntry.action.in_(actions))
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    ).all()
    people = {
        user.public_id: user.name
        for user in session.scalars(select(User).where(User.public_id.in_({one.actor for one in entries})))
    }
    return [
        FileOpening(one.at, people.get(one.actor, one.actor), str(one.details.get("name", "")), one.action)
        for one in entries
    ]
