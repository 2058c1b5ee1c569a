"""The papers of a quote for a reader: its author's, and once the quote is open its readers'."""

from matchmaker.domain.errors import NotFound
from matchmaker.models import Quote, Session, StoredFile
from matchmaker.services.needs import quote_rounds
from matchmaker.services.quotes import quote_attachments
from matchmaker.web.kit import downloads
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.standpoint import subject
from matchmaker.web.pages.need_access import access_of, read_rights


def opened(key: str) -> tuple[StoredFile, bytes]:
    """A paper and its bytes; its opening is recorded. Raises NotFound, Forbidden, FileMissing."""
    with change() as (session, user):
        stored, quote = _paper(session, key)
        content = downloads.content_of(stored)
        quote_attachments.opened(session, quote, stored, user)
    return stored, content


def _paper(session: Session, key: str) -> tuple[StoredFile, Quote]:
    """A paper and its quote, for a person that may read them. Raises NotFound, Forbidden."""
    read_rights(session)
    stored, quote = quote_attachments.by_key(session, key)
    firm = quote.match.profile.organisation.public_id
    if not any(role.organisation == firm for role in subject(session).roles):
        found = access_of(session, quote.match.need)
        found.require("quote.opened")
        if not quote.is_sent or quote_rounds.sealed(session, found.need):
            raise NotFound(what="file", key=key)
    return stored, quote
