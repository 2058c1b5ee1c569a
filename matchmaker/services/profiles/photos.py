"""Photos of a supplier's shop: made smaller, without the camera's notes, shown to others once the centre has
seen them.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import FileRefused, FileTooLarge, NotFound, WrongFileKind
from matchmaker.domain.language import N_
from matchmaker.models import Organisation, Profile, StoredFile, User
from matchmaker.sandbox import child_process, file_probe, submitted_files
from matchmaker.services.core import blobs, journal, locks, undoing
from matchmaker.services.files import file_jobs

LARGEST = 20_000_000  # bytes, as telephones make them
MOST = 12  # photos of a profile
REMOVAL = "photo.removal"
SHRINK = "photo"  # the job
OPENING = "opening"  # the key of a photo's details until it was opened
LONGEST_CAPTION = 200


@dataclass(frozen=True, slots=True)
class ReceivedPhoto:
    """A stored photo that belongs to no profile yet."""

    name: str
    kept: blobs.StoredBlob


def receive(upload: tuple[str, IO[bytes]], data: Path) -> ReceivedPhoto:
    """Store a photo (file name, stream) before anything is written; it is made smaller later. Raises FileRefused."""
    name, stream = upload
    kept = blobs.keep_any(data / "files", stream, largest=LARGEST)
    if file_probe.photo_kind(blobs.path_of(data / "files", kept.sha256)) is None:
        raise WrongFileKind(N_("This file is none of: %(kinds)s."), kinds=file_probe.PHOTOS)
    return ReceivedPhoto(" ".join(name.split())[:300] or "photo", kept)


def add(
    session: Session, profile: Profile, photo: ReceivedPhoto, user: User, *, caption: str
) -> tuple[StoredFile, bool]:
    """Add a photo to the profile and have it opened; it waits for the centre. The same photo again is the same one; whether it
    is new. Raises FileRefused.

    `caption` is in the person's language only.
    """
    kept = photo.kept
    locks.lock_row(session, profile)
    present = of_profile(session, profile)
    known = next((one for one in present if one.details.get("sent", one.sha256) == kept.sha256), None)
    if known is not None:
        return known, False
    if len(present) >= MOST:
        raise FileTooLarge(N_("A profile holds at most %(most)s photos; remove one."), most=MOST)
    words = " ".join(caption.split())[:LONGEST_CAPTION]
    stored = StoredFile(
        profile_id=profile.id,
        role="photo",
        name=photo.name,
        media_type="image/jpeg",
        size=kept.size,
        sha256=kept.sha256,
        uploaded_by_id=user.id,
        details={
            "caption": {user.language: words} if words else {},
            "shown": False,
            "sent": kept.sha256,
            OPENING: True,
        },
    )
    session.add(stored)
    session.flush()
    file_jobs.ask(session, SHRINK, user, file=stored.public_id, sha256=kept.sha256)
    journal.note(session, user.public_id, "photo.added", profile, journal.of_file(stored))
    return stored, True


def shrink(session: Session, asked: Mapping[str, Any], data: Path) -> Mapping[str, Any]:
    """The job: make a photo smaller and take it in place of what was sent, which goes with the next sweep."""
    found = _small(str(asked["sha256"]), str(asked["by"]), data)
    stored = session.scalar(select(StoredFile).where(StoredFile.public_id == asked["file"]).with_for_update())
    if stored is None:
        return {}
    kept = {name: value for name, value in stored.details.items() if name != OPENING}
    if isinstance(found, blobs.StoredBlob):
        stored.sha256, stored.size, stored.media_type = found.sha256, found.size, found.media_type
        stored.details = kept
    else:
        stored.details = {**kept, "problem": found}
    return {}


def _small(sha256: str, by: str, data: Path) -> blobs.StoredBlob | dict[str, Any]:
    """The photo made smaller, or the problem of one that cannot be opened."""
    with tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "photo.jpg"
        try:
            with child_process.of_person(by):
                submitted_files.photograph(blobs.path_of(data / "files", sha256), small)
        except FileRefused as error:
            return file_jobs.problem_of(error)
        with small.open("rb") as made:
            return blobs.keep(data / "files", made, largest=LARGEST)


def is_ready(stored: StoredFile) -> bool:
    """Whether there is a picture to show: the file was opened, and it was a photo."""
    return not stored.details.get(OPENING) and not stored.details.get("problem")


def of_profile(session: Session, profile: Profile, *, shown: bool = False) -> Sequence[StoredFile]:
    """The photos of a profile; `shown` leaves out photos that the centre has not seen."""
    query = select(StoredFile).where(StoredFile.profile_id == profile.id, StoredFile.role == "photo")
    found = session.scalars(query.order_by(StoredFile.id)).all()
    return [one for one in found if not one.details.get("removed") and (one.details["shown"] or not shown)]


def by_key(session: Session, key: str) -> tuple[StoredFile, Profile]:
    """A photo and its profile. Raises NotFound, for a removed photo too."""
    stored = session.scalar(select(StoredFile).where(StoredFile.public_id == key, StoredFile.role == "photo"))
    if stored is None or stored.details.get("removed"):
        raise NotFound(what="file", key=key)
    query = select(Profile).where(Profile.id == stored.profile_id)
    whole = query.options(joinedload(Profile.organisation).joinedload(Organisation.centre))
    return stored, session.scalars(whole).one()


def caption(stored: StoredFile, language: str) -> str:
    """The caption of a photo, in the other language where there is none in this one."""
    words = stored.details.get("caption") or {}
    return str(words.get(language) or next(iter(words.values()), ""))


def take_away(session: Session, profile: Profile, stored: StoredFile, user: User) -> None:
    """Remove a photo; its owner can take that back for a while."""
    with undoing.undoable(session, REMOVAL, profile, user, [(StoredFile, StoredFile.id == stored.id)]):
        remove(session, profile, stored, user.public_id)


def remove(session: Session, profile: Profile, stored: StoredFile, by: str) -> None:
    """Remove a photo, so that nobody sees it any more."""
    stored.details = {**stored.details, "removed": True}
    journal.note(session, by, "photo.removed", profile, journal.of_file(stored))


def drop(session: Session, profile: Profile, by: str) -> None:
    """Remove the photos that wait to be shown."""
    for stored in of_profile(session, profile):
        if not stored.details["shown"]:
            remove(session, profile, stored, by)


def show(session: Session, profile: Profile) -> None:
    """Show everybody the photos that waited."""
    for stored in filter(is_ready, of_profile(session, profile)):
        stored.details = {**stored.details, "shown": True}
