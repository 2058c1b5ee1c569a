"""The threads of a need for a person: those that it may read, and the side as which it writes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.models import Match, Message, Session
from matchmaker.services.quotes import messages
from matchmaker.web.kit.changes import change
from matchmaker.web.pages.need_access import NeedAccess, access_of, authorised


@dataclass(frozen=True, slots=True)
class MessageThread:
    """A supplier's thread: the side as which the person reads it, and that as which it writes, None where it
    may not write.
    """

    match: Match
    reader: NeedAccess
    writer: NeedAccess | None

    @property
    def audiences(self) -> Sequence[str]:
        """The readers that the person may write to."""
        return messages.audiences(self.match, self.writer.side) if self.writer else ()


def thread(session: Session, key: str, match: str) -> MessageThread:
    """A thread that the acting person may read. Raises NotFound, Forbidden."""
    reader = authorised(session, key, "message.view")
    found = next((one for one in threads(session, reader) if one.public_id == match), None)
    if found is None:
        raise NotFound(what="match", key=match)
    return MessageThread(found, reader, _writer(session, reader, found))


def _writer(session: Session, reader: NeedAccess, match: Match) -> NeedAccess | None:
    """The person without its roles in blocked firms: members of these read and do not write."""
    roles = tuple(role for role in reader.subject.roles if not role.blocked)
    if roles == reader.subject.roles:
        return reader
    found = access_of(session, reader.need, replace(reader.subject, roles=roles))
    return found if _reaches(session, found, match) else None


def _reaches(session: Session, found: NeedAccess, match: Match) -> bool:
    """Whether a thread belongs to the person."""
    return found.may("message.view") and match.id in {one.id for one in threads(session, found)}


def threads(session: Session, found: NeedAccess) -> list[Match]:
    """The threads of a need that the person may read."""
    return list(messages.threads(session, found.need, found.side, found.invited_firms))


def write(key: str, match: str, text: str, audience: str, form: str = "") -> Message:
    """Write a message in a thread; `form` is the token of its form. Raises InvalidRecord, NotFound, Forbidden."""
    with change() as (session, user):
        found = thread(session, key, match)
        if found.writer is None:
            raise Forbidden
        side = found.writer.side
        return messages.write(session, found.match, text, user, writer=side, audience=audience, form=form)
