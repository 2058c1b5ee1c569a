"""Photos of a supplier's shop: made smaller, without the camera's notes, shown to others once the centre has
seen them.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import FileRefused, NotFound
from matchmaker.domain.language import N_
from matchmaker.models import Organisation, Profile, StoredFile, User
from matchmaker.sandbox import submitted_files
from matchmaker.services.core import blobs, journal, locks

LARGEST = 20_000_000  # bytes, as telephones make them
MOST = 12  # photos of a profile
LONGEST_CAPTION = 200


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A photo made smaller and stored that belongs to no profile yet."""

    name: str
    kept: blobs.StoredBlob


def prepare(upload: tuple[str, IO[bytes]], data: Path) -> PreparedPhoto:
    """Make a photo (file name, stream) smaller and store it, before anything is written. Raises FileRefused."""
    name, stream = upload
    with tempfile.TemporaryDirectory() as folder:
        given = blobs.keep_any(Path(folder), stream, largest=LARGEST)
        small = Path(folder) / "photo.jpg"
        submitted_files.photograph(blobs.path_of(Path(folder), given.sha256), small)
        with small.open("rb") as made:
            kept = blobs.keep(data / "files", made, largest=LARGEST)
    return PreparedPhoto(" ".join(name.split())[:300] or "photo", kept)


def add(session: Session, profile: Profile, photo: PreparedPhoto, user: User, *, caption: str) -> StoredFile:
    """Add a photo to the profile; it waits for the centre. The same photo again is the same one. Raises
    FileRefused.

    `caption` is in the person's language only.
    """
    kept = photo.kept
    locks.lock_row(session, profile)
    present = of_profile(session, profile)
    known = next((one for one in present if one.sha256 == kept.sha256), None)
    if known is not None:
        return known
    if len(present) >= MOST:
        raise FileRefused(N_("A profile holds at most %(most)s photos; remove one."), most=MOST)
    words = " ".join(caption.split())[:LONGEST_CAPTION]
    stored = StoredFile(
        profile_id=profile.id,
        role="photo",
        name=photo.name,
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        uploaded_by_id=user.id,
        details={"caption": {user.language: words} if words else {}, "shown": False},
    )
    session.add(stored)
    session.flush()
    journal.note(session, user.public_id, "photo.added", profile, journal.of_file(stored))
    return stored


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
    for stored in of_profile(session, profile):
        stored.details = {**stored.details, "shown": True}
