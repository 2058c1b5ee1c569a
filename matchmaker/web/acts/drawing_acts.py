"""The drawings of a need for a reader: found with its rights, opened as the original or as a marked copy, each opening recorded."""

from collections.abc import Sequence

from flask import Response

from matchmaker.models import Need, Session, StoredFile
from matchmaker.services.needs import drawings, ndas
from matchmaker.web.kit import context, downloads
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.kit.standpoint import standpoint
from matchmaker.web.pages.need_access import NeedAccess, access_of, read_rights


def found(session: Session, key: str, action: str) -> tuple[StoredFile, NeedAccess]:
    """A file and its need, for a person with this right. Raises NotFound, Forbidden, NdaRequired."""
    read_rights(session)
    stored, need = drawings.by_key(session, key)
    access = access_of(session, need)
    access.require(action)
    return stored, access


def opened(session: Session, key: str) -> tuple[StoredFile, NeedAccess]:
    """A file that the acting person may open. Raises NdaRequired where its firm has not confirmed this revision too."""
    stored, access = found(session, key, "drawing.download")
    if stored.public_id in unconfirmed(session, access, [stored]):
        raise access.nda_required()
    return stored, access


def unconfirmed(session: Session, access: NeedAccess, files: Sequence[StoredFile]) -> set[str]:
    """The public ids of the files for which the reader's firm has not confirmed the agreement; none for the
    need's owner.
    """
    if access.may("drawing.change"):
        return set()
    held = (role.organisation for role in access.subject.roles if role.organisation in access.circle.signed)
    firm, agreement = next(held, None), None
    if firm is not None:
        agreement = ndas.in_force(session, access.need, standpoint(session).firm(firm))
    return {one.public_id for one in files if not ndas.covers(agreement, one)}


def note(key: str, action: str, given: bytes | None = None) -> None:
    """Record the opening of a file, and of which bytes. Raises as `opened` where the right has gone meanwhile."""
    with change() as (session, user):
        stored, access = opened(session, key)
        drawings.note(session, access.need, stored, action, user.public_id, given)


def marks(need: Need) -> str:
    """The mark on a reader's copy: the person, the time, and a short id of the need."""
    who = signed_in()
    firm = next((role.organisation for role in who.subject.roles if role.organisation), None)
    name = standpoint(database()).firm(firm).name(context.language()) if firm else ""
    return " · ".join(filter(None, (name, who.name, context.today().isoformat(), need.public_id[:8])))


def content(stored: StoredFile, access: NeedAccess) -> bytes | None:
    """The bytes for the reader, recorded: as they came for those who may change the file, else a marked copy; None where that
    is yet to be made. Raises FileRefused, FileMissing.
    """
    owner = access.may("drawing.change")
    if owner:
        made: bytes | None = drawings.original(stored, product().data)
    else:
        made = drawings.copy_for(stored, marks(access.need), product().data)
    if made is not None:
        note(stored.public_id, "drawing.opened", None if owner else made)
    return made


def download(content: bytes, stored: StoredFile, access: NeedAccess) -> Response:
    """The bytes of `content` as a download; the marked copy of a HEIC photo is a JPEG."""
    if stored.details.get("kind") == "heic" and not access.may("drawing.change"):
        return downloads.named(content, "image/jpeg", f"{stored.name}.jpg")
    return downloads.attachment(content, stored)


def ask_copy(key: str) -> str:
    """Have a marked copy made for the reader; the key of its job."""
    with change() as (session, user):
        stored, access = opened(session, key)
        return drawings.ask_copy(session, stored, marks(access.need), user)
