"""The posting of a need, once: the same form or request sent again finds the existing need."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from matchmaker.domain.errors import AlreadyThere
from matchmaker.domain.records import NeedRecord
from matchmaker.models import Centre, Need, User
from matchmaker.services.needs import drawings, needs
from matchmaker.services.needs.drawings import ReceivedFile
from matchmaker.services.needs.needs import NeedPosting


def posted_before(session: Session, centre: Centre, external_id: str) -> Need | None:
    """The centre's need with this id, if it exists already."""
    return session.scalar(
        needs.with_parts().where(Need.centre_id == centre.id, Need.external_id == external_id)
    )


def post_once(
    session: Session, record: NeedRecord, posting: NeedPosting, centre: Centre, by: str
) -> tuple[Need, bool]:
    """The need with the record's id, created as a draft if there is none, and whether it is new.

    Raises AlreadyThere where the id belongs to another contractor.
    """
    known = posted_before(session, centre, record.id)
    if known is None:
        return needs.post(session, record, centre=centre, by=by, posting=posting), True
    if known.contractor != posting.contractor:
        raise AlreadyThere(id=record.id)
    return known, False


def post_with_files(
    session: Session,
    record: NeedRecord,
    posting: NeedPosting,
    centre: Centre,
    files: Sequence[ReceivedFile],
    user: User,
) -> Need:
    """Post a need with its drawings, once."""
    need, made = post_once(session, record, posting, centre, user.public_id)
    for one in files if made else ():
        drawings.add(session, need, one, user)
    return need
