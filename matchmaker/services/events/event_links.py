"""The links of letters by which a firm without an account answers for itself: what they open, and for whom they hold."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.domain.errors import LinkSpent, NotFound
from matchmaker.models import EventParticipant
from matchmaker.models.events import DEAL_ANSWERS, FOLLOWED_MONTHS
from matchmaker.services.core import signed_links, urls
from matchmaker.services.core.site import site_of
from matchmaker.services.events import participants
from matchmaker.services.mail import link_holders
from matchmaker.services.mail.recipients import Recipient

_PURPOSE, _DEAL = "event", "event-deal"


@dataclass(frozen=True, slots=True)
class EventDealLink:
    """The subject of a link about what came of an event: the participant, the months after it, the answer (one of DEAL_ANSWERS),
    and who answers, for the journal.
    """

    participant: EventParticipant
    months: int
    answer: str
    by: str


def path(session: Session, participant: EventParticipant, reader: Recipient) -> str:
    """The page of a participant for a reader of its firm."""
    if reader.user:
        return urls.own_event(participant.public_id)
    return urls.event_by_letter(token(session, participant, reader.email))


def token(session: Session, participant: EventParticipant, email: str) -> str:
    """The token of a link for an address without an account."""
    site = site_of(session)
    return signed_links.sign(site, _PURPOSE, (participant.public_id, signed_links.mark_of(site, email)))


def opened(session: Session, token: str) -> EventParticipant:
    """The participant that a link is for. Raises NotFound; LinkSpent where it is too old, the address no longer speaks for the firm,
    or the firm has people with accounts by now.
    """
    key, *mark = signed_links.read(site_of(session), _PURPOSE, token, 2)
    found = participants.by_key(session, key)
    if not found.event.is_told or not link_holders.of_firm(session, found.organisation, "", mark):
        raise LinkSpent
    return found


def deal_path(
    session: Session, participant: EventParticipant, months: int, answer: str, reader: Recipient
) -> str:
    """The page that records an answer to what came of an event, for a reader of the firm with an account or without."""
    site = site_of(session)
    mark = () if reader.user else (signed_links.mark_of(site, reader.email),)
    words = (participant.public_id, str(months), answer, reader.user, *mark)
    return urls.answer_event_deal(signed_links.sign(site, _DEAL, words))


def deal_asked(session: Session, token: str) -> EventDealLink:
    """The question of a link about what came of an event. Raises NotFound, and LinkSpent as `opened`."""
    key, months, answer, person, *mark = signed_links.read(site_of(session), _DEAL, token, 4, 5)
    if answer not in DEAL_ANSWERS or months not in set(map(str, FOLLOWED_MONTHS)):
        raise NotFound(what="link", key="")
    found = participants.by_key(session, key)
    if not found.event.is_held or not link_holders.of_firm(session, found.organisation, person, mark):
        raise LinkSpent
    return EventDealLink(found, int(months), answer, person or participants.BY_LETTER)
