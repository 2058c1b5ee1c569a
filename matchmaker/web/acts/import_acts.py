"""Files of suppliers and needs for the person's own centre: sent for a trial, found, and what is said of their lines."""

import tempfile
from pathlib import Path
from typing import IO

from flask_babel import gettext

from importers import list_rows
from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.models import Centre, ImportBatch, Session
from matchmaker.services.imports import import_batches, import_rollback
from matchmaker.services.imports.import_batches import UploadedFile
from matchmaker.services.needs import needs
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import product
from matchmaker.web.kit.standpoint import standpoint


def importing_centre(session: Session) -> Centre:
    """The centre that the acting person of the session may import into. Raises Forbidden."""
    here = standpoint(session)
    home = product().settings.centre if here.who and here.who.is_network else None
    code = next(iter(here.centres), home)
    thing = access.AccessObject(centre=code)
    if code is None or not access.may(here.subject, "registry.import", thing).allowed:
        raise Forbidden
    return needs.centre_of(session, code)


def batch(session: Session, key: str) -> ImportBatch:
    """A file of the reader's own centre; a file of another is not found. Raises Forbidden, NotFound."""
    centre = importing_centre(session)
    found = import_batches.by_key(session, key)
    if found.centre_id != centre.id or found.suffix is None:
        raise NotFound(what="import", key=key)
    return found


def receive(file: tuple[str, IO[bytes]], kind: list_rows.Kind) -> str:
    """Store a file (name, stream) for a trial; the public id of its batch. Raises WrongFileKind."""
    given, stream = file
    name = Path(given.replace("\\", "/")).name[:200]
    place = product().imports
    place.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=place.folder, prefix=".upload-", delete=False) as partial:
        while piece := stream.read(1 << 20):
            partial.write(piece)
    upload = UploadedFile(Path(partial.name), name, kind)
    try:
        with change() as (session, user):
            made = import_batches.receive(session, importing_centre(session), upload, place, user)
            return made.public_id
    finally:
        upload.path.unlink(missing_ok=True)


def act(key: str, what: str) -> import_rollback.RollbackResult | None:
    """Import the tried file ("start"), cancel it ("discard"), or roll it back ("undo"). Raises MoveNotAllowed, NotFound."""
    with change() as (session, user):
        found = batch(session, key)
        if what == "start":
            import_batches.start(session, found, user)
        elif what == "discard":
            import_batches.discard(session, found, user, product().imports.folder)
        elif what == "undo":
            return import_rollback.undo(session, found, user)
        else:
            raise NotFound(what="decision", key=what)
    return None


def told(template: str, params: object) -> str:
    """A message in the reader's language; its parameters may be messages of the product too."""
    values = {name: gettext(str(value)) for name, value in dict(params or {}).items()}  # type: ignore[call-overload]
    return str(gettext(template) % values) if values else str(gettext(template))


def remark(said: dict[str, object]) -> tuple[str, str, str]:
    """The field, message and value of a problem of a line."""
    return str(said["key"]), told(str(said["message"]), said.get("params")), str(said.get("value") or "")
