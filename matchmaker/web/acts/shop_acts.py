"""The files of a shop for a reader: scans of its certificates, its photos."""

from collections.abc import Sequence

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.records import CertificateRecord
from matchmaker.models import Profile, Session, StoredFile
from matchmaker.services.profiles import photos, profile_drafts, scans
from matchmaker.web.kit import downloads
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.pages.profile_access import access_of, own_profile, own_profile_in


def held(profile: Profile, index: int) -> CertificateRecord:
    """A certificate of the draft, counted from 0. Raises NotFound."""
    found = profile_drafts.draft(profile).certificates
    if index >= len(found):
        raise NotFound(what="certificate", key=str(index))
    return found[index]


def scans_of(session: Session, profile: Profile, standard: str, number: str | None) -> Sequence[StoredFile]:
    """The scans of a certificate."""
    tied = scans.mark(standard, number)
    return [one for one in scans.of_profile(session, profile) if one.details.get("of") == tied]


def add_scan(index: int, file: downloads.SentFile) -> StoredFile:
    """Store a scan of a certificate of the own draft. Raises FileRefused, NotFound, Forbidden."""
    with change() as (session, user):
        profile = own_profile_in(session)
        own = held(profile, index)
        tied = scans.mark(own.standard, own.number)
        return scans.add(session, profile, tied, file, user, product().data / "files")


def scan(key: str) -> tuple[StoredFile, bytes]:
    """A scan and its bytes; its opening is recorded. Raises NotFound, Forbidden, FileMissing."""
    with change() as (session, user):
        stored, profile = scans.by_key(session, key)
        found = access_of(session, profile)
        if not found.is_inside and not profile.published_at:
            raise NotFound(what="file", key=key)
        if not found.may("certificate.download"):
            raise Forbidden
        content = downloads.content_of(stored)
        scans.opened(session, stored, profile, user.public_id)
    return stored, content


def add_photo(file: downloads.SentFile, caption: str) -> StoredFile:
    """Add a photo of the own shop; it waits for the centre. Raises FileRefused, Forbidden."""
    own_profile()
    return keep_photos([photos.receive(file, product().data)], caption)[0]


def keep_photos(received: Sequence[photos.ReceivedPhoto], caption: str) -> list[StoredFile]:
    """Add received photos of the own shop, all of them or none. Raises FileRefused, Forbidden."""
    with change() as (session, user):
        profile = own_profile_in(session)
        return [
            profile_drafts.add_photo(session, profile, photo, user, caption=caption) for photo in received
        ]


def remove_photo(key: str) -> None:
    """Remove a photo of the own shop. Raises NotFound, Forbidden."""
    with change() as (session, user):
        profile = own_profile_in(session)
        stored, of = photos.by_key(session, key)
        if of.id != profile.id:
            raise NotFound(what="file", key=key)
        photos.take_away(session, of, stored, user)


def photo(key: str) -> StoredFile:
    """A photo that the reader may see: until the centre has published it, its people and the centre. Raises NotFound."""
    stored, profile = photos.by_key(database(), key)
    found = access_of(database(), profile)
    if not found.may_see or not (stored.details["shown"] or found.is_inside) or not photos.is_ready(stored):
        raise NotFound(what="file", key=key)
    return stored
