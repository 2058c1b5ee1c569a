"""The papers of a profile: scans, tied to a certificate by its standard and number, so that edits do not lose them, and the
papers of a ladder, tied to its standard. All are stored by hash.
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
SCAN, PAPER = "scan", "paper"  # of a certificate, and of the way to one
MOST = {SCAN: 20, PAPER: 100}  # of a profile
_FULL = {
    SCAN: N_("A profile holds at most %(most)s scans; remove one."),
    PAPER: N_(
        "The ladders of a firm hold at most %(most)s papers in all; name this one in the note of a step."
    ),
}
CHOOSE = N_("Choose a file: a PDF, JPEG or PNG of up to 10 MB.")


def mark(standard: str, number: str | None) -> str:
    """The mark that ties a scan to its certificate."""
    return f"{search_key(standard)} {search_key(number or '')}"[:200]


def add(
    session: Session,
    profile: Profile,
    tied: str,
    upload: tuple[str, IO[bytes]],
    user: User,
    folder: Path,
    *,
    role: str = SCAN,
) -> StoredFile:
    """Store a scan or a paper (file name, stream). The same bytes again are the same one. Raises FileRefused."""
    name, stream = upload
    kept = blobs.keep(folder, stream, largest=LARGEST)
    locks.lock_row(session, profile)
    present = of_profile(session, profile, role)
    known = next(
        (one for one in present if one.sha256 == kept.sha256 and one.details.get("of") == tied), None
    )
    if known is not None:
        return known
    if len(present) >= MOST[role]:
        raise FileTooLarge(_FULL[role], most=MOST[role])
    stored = StoredFile(
        profile_id=profile.id,
        role=role,
        name=name[:300] or role,
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        uploaded_by_id=user.id,
        details={"of": tied},
    )
    session.add(stored)
    session.flush()
    journal.note(session, user.public_id, f"{role}.added", profile, journal.of_file(stored))
    return stored


def of_profile(session: Session, profile: Profile, role: str = SCAN) -> Sequence[StoredFile]:
    query = select(StoredFile).where(StoredFile.profile_id == profile.id, StoredFile.role == role)
    return session.scalars(query.order_by(StoredFile.id)).all()


def by_key(session: Session, key: str, role: str = SCAN) -> tuple[StoredFile, Profile]:
    """A scan or a paper and its profile. Raises NotFound."""
    stored = session.scalar(select(StoredFile).where(StoredFile.public_id == key, StoredFile.role == role))
    if stored is None or stored.profile_id is None:
        raise NotFound(what="file", key=key)
    query = select(Profile).where(Profile.id == stored.profile_id)
    whole = query.options(joinedload(Profile.organisation).joinedload(Organisation.centre))
    return stored, session.scalars(whole).one()


def opened(session: Session, stored: StoredFile, profile: Profile, by: str) -> None:
    """Record the opening of a scan or a paper by a person."""
    journal.note(session, by, f"{stored.role}.opened", profile, journal.of_file(stored))
