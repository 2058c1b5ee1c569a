"""The letters about suppliers that could not be delivered: told to whoever caused them, and to the operators."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from matchmaker.domain.lifecycle import MailState
from matchmaker.models import Centre, Mail, Match, Need, User
from matchmaker.services.core import urls
from matchmaker.services.mail import letters


class Delivery(StrEnum):
    """How far a supplier's letters have come; REFUSED at least for now."""

    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class UndeliveredLetter:
    """A letter that is not tried any more, with its match."""

    mail: Mail
    match: Match

    @property
    def since(self) -> datetime:
        return self.mail.changed_at


def tell(session: Session, key: int) -> None:
    """Tell the person whose act caused a letter (row id) that it could not be delivered, without its address."""
    mail = session.get_one(Mail, key)
    by = session.get(User, mail.by_id) if mail.by_id else None
    match = session.scalar(select(Match).where(Match.public_id == mail.about)) if mail.about else None
    if by is None or match is None or not by.active:
        return
    values = {"title": mail.subject, "path": urls.need(match.need.public_id)}
    letters.post(session, "undelivered", by.email, by.language, values)


# The letters by which a supplier knows of a need, by the list on which it then stands.
_LISTS = {"notified": "notified", "invited": "invited", "answer_reminder": "invited"}


def deliveries(session: Session, matches: Collection[str]) -> dict[tuple[str, str], Delivery]:
    """How far the letters have come by which these matches (public ids) are notified or invited, by list and match; of
    several letters one that went counts.
    """
    query = select(Mail.kind, Mail.about, Mail.state, Mail.error)
    sent = query.where(Mail.about.in_(matches), Mail.kind.in_(_LISTS)).order_by(Mail.id)
    found: dict[tuple[str, str], Delivery] = {}
    for kind, key, state, error in session.execute(sent):
        about = _LISTS[str(kind)], str(key)
        if state == MailState.SENT:
            found[about] = Delivery.SENT
        elif found.get(about) != Delivery.SENT:
            waits = state == MailState.WAITING and not error
            found[about] = Delivery.QUEUED if waits else Delivery.REFUSED
    return found


def given_up(centres: Sequence[str], *columns: Any) -> Select[Any]:
    """Columns of the letters about the needs of centres (codes) that are not tried any more."""
    return (
        select(*columns)
        .select_from(Mail)
        .join(Match, Match.public_id == Mail.about)
        .join(Need, Need.id == Match.need_id)
        .join(Centre, Centre.id == Need.centre_id)
        .where(Mail.state == MailState.DEAD, Centre.code.in_(centres))
    )


def put_aside(session: Session, centres: Sequence[str], key: str) -> Match | None:
    """Delete a letter (public id) that somebody has dealt with; its match, None where there is no such letter any more."""
    found = session.execute(given_up(centres, Mail, Match).where(Mail.public_id == key)).one_or_none()
    if found is None:
        return None
    mail: Mail = found[0]
    match: Match = found[1]
    session.execute(delete(Mail).where(Mail.id == mail.id))
    return match
