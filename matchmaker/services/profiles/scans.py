"""Scans of certificates: stored by hash, tied to a certificate by its standard and number, so that edits do
not lose them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import FileTooLarge, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.organisation import search_key
from matchmaker.models import Organisation, Profile, StoredFile, User
from matchmaker.services.core import blobs, journal, locks

LARGEST = 10_000_000  # bytes
MOST = 20  # scans of a profile


def mark(standard: str, number: str | None) -> str:
    """The mark that ties a scan to its certificate."""
    return f"{search_key(standard)} {search_key(number or '')}"[:200]


def add(
    session: Session, profile: Profile, tied: str, upload: tuple[str, IO[bytes]], user: User, folder: Path
) -> StoredFile:
    """Store a scan (file name, stream). The same bytes again are the same scan. Raises FileRefused."""
    name, stream = upload
    kept = blobs.keep(folder, stream, largest=LARGEST)
    locks.lock_row(session, profile)
    present = of_profile(session, profile)
    known = next(
        (one for one in present if one.sha256 == kept.sha256 and one.details.get("of") == tied), None
    )
    if known is not None:
        return known
    if len(present) >= MOST:
        raise FileTooLarge(N_("A profile holds at most %(most)s scans; remove one."), most=MOST)
    stored = StoredFile(
        profile_id=profile.id,
        role="scan",
        name=name[:300] or "scan",
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        uploaded_by_id=user.id,
        details={"of": tied},
    )
    session.add(stored)
    session.flush()
    journal.note(session, user.public_id, "scan.added", profile, journal.of_file(stored))
    return stored


def of_profile(session: Session, profile: Profile) -> Sequence[StoredFile]:
    query = select(StoredFile).where(StoredFile.profile_id == profile.id, StoredFile.role == "scan")
    return session.scalars(query.order_by(StoredFile.id)).all()


def by_key(session: Session, key: str) -> tuple[StoredFile, Profile]:
    """A scan and its profile. Raises NotFound."""
    stored = session.scalar(select(StoredFile).where(StoredFile.public_id == key, StoredFile.role == "scan"))
    if stored is None or stored.profile_id is None:
        raise NotFound(what="file", key=key)
    query = select(Profile).where(Profile.id == stored.profile_id)
    whole = query.options(joinedload(Profile.organisation).joinedload(Organisation.centre))
    return stored, session.scalars(whole).one()


def opened(session: Session, stored: StoredFile, profile: Profile, by: str) -> None:
    """Record the opening of a scan by a person."""
    journal.note(session, by, "scan.opened", profile, journal.of_file(stored))
