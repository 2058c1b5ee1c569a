"""The drawings and models of a need: stored by hash outside the web root, previewed, marked for each reader,
every view recorded.
"""

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import IO, Any
from xml.sax.saxutils import escape

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import FileRefused, FileTooLarge, NotFound, WrongFileKind
from matchmaker.domain.language import N_
from matchmaker.models import AuditEntry, Need, StoredFile, User
from matchmaker.models.base import now
from matchmaker.sandbox import child_process, file_probe, submitted_files
from matchmaker.services.core import blobs, journal, locks, undoing
from matchmaker.services.files import file_jobs

LARGEST = 25_000_000  # bytes
MOST = 40  # files of a need
ROLES = ("drawing", "model")
# Kinds of which readers get marked copies: the mark lies over the pages, or in words beside the geometry.
_LAID_OVER = file_probe.PICTURES | {"pdf"}
MARKED = _LAID_OVER | {"dxf", "step", "stl"}
LOOK, COPY = "drawing", "copy"  # the jobs
OPENING = "opening"  # the key of a file's details until it was opened
TAKING_AWAY = "drawing.withdrawal"
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
class ReceivedFile:
    """A stored file that belongs to no need yet; `kind` is "" for one that nobody here can open."""

    name: str
    kept: blobs.StoredBlob
    kind: str


def receive(upload: tuple[str, IO[bytes]], data: Path) -> ReceivedFile:
    """Store the bytes of a file (name, stream), before anything is written; it is opened later. Raises FileRefused."""
    name, stream = upload
    kept = blobs.keep_any(folder_of(data), stream, largest=LARGEST)
    kind = file_probe.kind_of(blobs.path_of(folder_of(data), kept.sha256)) or ""
    claimed = file_probe.KIND_OF_SUFFIX.get(PurePath(name).suffix.casefold())
    if claimed is not None and claimed != kind:
        message = N_("The name ends like %(claimed)s, but the content is none. Save it anew as %(claimed)s.")
        raise WrongFileKind(message, claimed=claimed.upper())
    return ReceivedFile(" ".join(name.split())[:300] or kind or "file", kept, kind)


def add(session: Session, need: Need, received: ReceivedFile, user: User, replaces: str = "") -> StoredFile:
    """Make a file a drawing of a need, and have it opened. The same bytes again are the same drawing.

    `replaces` is the public id of the drawing that this one replaces as its next revision; the old one is
    withdrawn. Raises FileRefused, NotFound.
    """
    locks.lock_row(session, need)
    present = of_need(session, need)
    known = next((one for one in present if one.sha256 == received.kept.sha256), None)
    if known is not None:
        return known
    before = next((one for one in present if one.public_id == replaces), None)
    if replaces and before is None:
        raise NotFound(what="file", key=replaces)
    if len(present) >= MOST and before is None:
        raise FileTooLarge(N_("A need holds at most %(most)s files; withdraw one."), most=MOST)
    stored = StoredFile(
        need_id=need.id,
        role="model" if received.kind in _MODELS else "drawing",
        name=received.name,
        media_type=file_probe.KINDS.get(received.kind, "application/octet-stream"),
        size=received.kept.size,
        sha256=received.kept.sha256,
        version=before.version + 1 if before else 1,
        uploaded_by_id=user.id,
        details={"kind": received.kind, OPENING: True},
    )
    session.add(stored)
    session.flush()
    file_jobs.ask(session, LOOK, user, file=stored.public_id, sha256=stored.sha256, file_kind=received.kind)
    note(session, need, stored, "drawing.replaced" if before else "drawing.added", user.public_id)
    if before is not None:
        withdraw(session, need, before, user.public_id)
    return stored


def look(session: Session, asked: Mapping[str, Any], data: Path) -> Mapping[str, Any]:
    """The job: open a file, and keep its facts and previews with its row; a file that cannot be opened says so."""
    path = blobs.path_of(folder_of(data), str(asked["sha256"]))
    with child_process.of_person(str(asked["by"])):
        found = _looked(path, data)
        if str(asked["file_kind"]) in MARKED:
            found |= _held_back(path, str(asked["file_kind"]), found.get("problem"))
    stored = session.scalar(select(StoredFile).where(StoredFile.public_id == asked["file"]).with_for_update())
    if stored is not None:
        kept = {name: value for name, value in stored.details.items() if name != OPENING}
        stored.details = {**kept, **found}
    return {}


def _looked(path: Path, data: Path) -> dict[str, Any]:
    """The facts about a file as they are stored, or the problem of one that cannot be opened."""
    previews = data / "previews"
    previews.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=previews, prefix=".opening-") as folder:
        try:
            looked = submitted_files.look(path, Path(folder))
        except FileRefused as error:
            return {"problem": file_jobs.problem_of(error)}
        for name in looked.previews:
            blobs.settle(Path(folder) / name, previews / name)
    found = asdict(looked)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _held_back(path: Path, kind: str, problem: Mapping[str, Any] | None) -> dict[str, Any]:
    """The problem of a file of which no marked copy can be made, found before a supplier asks for one; none can be made
    of pages with a problem.
    """
    if problem is not None and kind in _LAID_OVER:
        return {"held_back": problem}
    with tempfile.TemporaryDirectory() as folder:
        try:
            submitted_files.stamp(path, kind, "·" * 60, Path(folder) / "copy")
        except FileRefused as error:
            return {"held_back": file_jobs.problem_of(error)}
    return {}


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


def take_away(session: Session, need: Need, stored: StoredFile, user: User) -> None:
    """Withdraw a drawing; its owner can take that back for a while."""
    with undoing.undoable(session, TAKING_AWAY, need, user, [(StoredFile, StoredFile.id == stored.id)]):
        withdraw(session, need, stored, user.public_id)


def is_held_back(stored: StoredFile) -> bool:
    """Whether suppliers cannot have the file, since no marked copy can be made of it."""
    return bool(stored.details.get("held_back"))


def original(stored: StoredFile, data: Path) -> bytes:
    """The bytes as they were sent. Raises FileMissing."""
    return blobs.read(folder_of(data), stored.sha256, stored.public_id)


def copy_for(stored: StoredFile, words: str, data: Path) -> bytes | None:
    """The file for one reader: marked with the words where its format allows; None where the marked copy is yet to
    be made. Raises FileRefused, FileMissing.
    """
    if stored.details.get("kind") not in MARKED:
        return original(stored, data)
    if held_back := stored.details.get("held_back"):
        raise FileRefused(held_back["message"], **held_back["params"])
    blobs.present(folder_of(data), stored.sha256, stored.public_id)
    path = _copy_path(data, stored.sha256, words)
    return path.read_bytes() if path.exists() else None


def ask_copy(session: Session, stored: StoredFile, words: str, user: User) -> str:
    """Have a marked copy made; the key of its job."""
    kind = str(stored.details.get("kind"))
    return file_jobs.ask(
        session, COPY, user, file=stored.public_id, sha256=stored.sha256, file_kind=kind, words=words
    )


def make_copy(_session: Session, asked: Mapping[str, Any], data: Path) -> Mapping[str, Any]:
    """The job: make a marked copy; it lies ready for a day."""
    source = blobs.path_of(folder_of(data), str(asked["sha256"]))
    target = _copy_path(data, str(asked["sha256"]), str(asked["words"]))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".making-") as folder:
        made = Path(folder) / "copy"
        try:
            with child_process.of_person(str(asked["by"])):
                submitted_files.stamp(source, str(asked["file_kind"]), str(asked["words"]), made)
        except FileRefused as error:
            return {"problem": file_jobs.problem_of(error)}
        blobs.settle(made, target)
    return {}


def drop_copies(data: Path) -> None:
    """Delete the marked copies that lie ready, since they name their readers; they are made anew when asked for."""
    for path in (data / "copies").glob("*"):
        path.unlink(missing_ok=True)


def _copy_path(data: Path, sha256: str, words: str) -> Path:
    return data / "copies" / f"{sha256}-{hashlib.sha256(words.encode()).hexdigest()[:32]}"


def preview_path(stored: StoredFile, number: int, data: Path) -> Path:
    """The picture of a page, counted from 1. Raises NotFound."""
    names = stored.details.get("previews") or []
    path = data / "previews" / str(names[number - 1]) if 1 <= number <= len(names) else None
    if path is None or not path.exists():
        raise NotFound(what="file", key=stored.public_id)
    return path


def preview_for(path: Path, words: str) -> bytes:
    """A preview for one reader, marked with the words; empty words leave it unmarked."""
    if not words:
        return path.read_bytes()
    if path.suffix == ".svg":
        return _marked_svg(path.read_text(encoding="utf-8"), words)
    return _marked_png(path, words)


def _marked_png(path: Path, words: str) -> bytes:
    """A picture that the child process has made, with the words all over it."""
    import typst

    source = (
        "#set page(width: auto, height: auto, margin: 0pt)\n#let words = sys.inputs.words\n"
        f'#image("{path.name}")\n#set text(size: 26pt, fill: rgb("#80808066"))\n'
        "#for line in range(9) { place(top + left, dx: -20pt, dy: line * 130pt, rotate(-24deg, "
        "box(width: 3000pt, words + h(3em) + words + h(3em) + words))) }\n"
    )
    made = typst.compile(  # type: ignore[call-overload]
        source.encode(),
        root=path.parent,
        format="png",
        ppi=72,
        sys_inputs={"words": words},
        ignore_system_fonts=True,
    )
    return bytes(made)


def _marked_svg(drawn: str, words: str) -> bytes:
    """An SVG with the words all over it."""
    lines = (
        f'<text x="2%" y="{height}%" font-size="3%" font-family="sans-serif" fill="#808080" fill-opacity="0.5">'
        f"{escape(words)}</text>"
        for height in range(10, 100, 16)
    )
    before, end, after = drawn.rpartition("</svg>")
    return (before + "".join(lines) + end + after).encode()


def note(
    session: Session, need: Need, stored: StoredFile, action: str, by: str, given: bytes | None = None
) -> None:
    """Record an act on a file in the journal; `given` are the bytes of a marked copy, whose hash finds its reader."""
    details = {"file": stored.public_id, "name": stored.name, "sha256": stored.sha256}
    if given is not None:
        details["copy"] = hashlib.sha256(given).hexdigest()
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
