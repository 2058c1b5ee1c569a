"""The addresses at which programs want to hear of events: made by their person, ended, their messages listed and sent
again.
"""

import base64
import hashlib
import hmac
from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import MailState
from matchmaker.models import AuditEntry, User, Webhook, WebhookMessage
from matchmaker.models.base import now
from matchmaker.services.core import journal, locks, outside
from matchmaker.services.core.site import site_of

EVENTS = {
    "need.changed": N_("a need was changed or went on to another state"),
    "match.changed": N_("a supplier was invited, answered, was decided about"),
    "quote.changed": N_("a quote was sent, withdrawn or accepted"),
    "message.written": N_("a message was written"),
    "profile.changed": N_("a profile was published, returned or changed"),
}
MOST = 5  # addresses of a person
SHOWN = 50  # messages in a log


def secret_of(session: Session, webhook: Webhook) -> str:
    """The secret by which a program tells the site's messages from others; made of the site's key, so that none is
    stored. A new key of the site makes new secrets.
    """
    made = hmac.new(site_of(session).key.encode(), f"webhook {webhook.public_id}".encode(), hashlib.sha256)
    return "whsec_" + base64.b64encode(made.digest()).decode()


def make(
    session: Session, user: User, address: str, events: Collection[str], allowed: Collection[str]
) -> Webhook:
    """Add an address; the same one again gets the newly chosen events. Raises InvalidRecord.

    `allowed` are hosts of the site's own network that may be told.
    """
    problems = [*_wrong_address(address, allowed), *_wrong_events(events)]
    locks.lock_row(session, user)
    there = of_user(session, user)
    known = next((one for one in there if one.address == address), None)
    if known is None and len(there) >= MOST:
        text = N_("You have %(most)s addresses already; end one first.")
        problems.append(Problem("address", "webhook.most", text, address[:80], {"most": MOST}))
    if problems:
        raise InvalidRecord(tuple(problems))
    chosen = [name for name in EVENTS if name in events]
    if known is not None:
        known.events = chosen
        return known
    last = session.scalar(select(func.max(AuditEntry.id))) or 0
    made = Webhook(user_id=user.id, address=address, events=chosen, heard=last, epoch=user.epoch)
    session.add(made)
    session.flush()
    journal.note(session, user.public_id, "webhook.made", user, {"webhook": made.public_id, "events": chosen})
    return made


def _wrong_address(address: str, allowed: Collection[str]) -> list[Problem]:
    if outside.is_usable(address, allowed):
        return []
    text = N_("Give an address that begins with https:// and is open to the internet.")
    return [Problem("address", "url.forbidden", text, address[:80])]


def _wrong_events(events: Collection[str]) -> list[Problem]:
    if events and set(events) <= set(EVENTS):
        return []
    text = N_("Choose at least one of: %(known)s.")
    return [Problem("events", "webhook.events", text, ", ".join(events)[:80], {"known": ", ".join(EVENTS)})]


def of_user(session: Session, user: User) -> Sequence[Webhook]:
    """The addresses of a person that are in use; those of before a new password are over."""
    query = select(Webhook).where(
        Webhook.user_id == user.id, Webhook.ended_at.is_(None), Webhook.epoch == user.epoch
    )
    return session.scalars(query.order_by(Webhook.id)).all()


def own(session: Session, user: User, key: str) -> Webhook:
    """An address of the person, by its public id. Raises NotFound."""
    found = next((one for one in of_user(session, user) if one.public_id == key), None)
    if found is None:
        raise NotFound(what="webhook", key=key)
    return found


def end(session: Session, user: User, key: str) -> None:
    """End an address; messages that wait for it are not sent. Raises NotFound."""
    found = own(session, user, key)
    found.ended_at = now()
    journal.note(session, user.public_id, "webhook.ended", user, {"webhook": key})


def messages(session: Session, webhook: Webhook) -> Sequence[WebhookMessage]:
    """The last messages to an address, the newest first."""
    query = select(WebhookMessage).where(WebhookMessage.webhook_id == webhook.id)
    return session.scalars(query.order_by(WebhookMessage.id.desc()).limit(SHOWN)).all()


def send_again(session: Session, webhook: Webhook, key: str) -> WebhookMessage:
    """Let a message be sent again, under its own id. Raises NotFound, MoveNotAllowed while it waits."""
    query = select(WebhookMessage).where(WebhookMessage.public_id == key)
    found = session.scalar(query.where(WebhookMessage.webhook_id == webhook.id))
    if found is None:
        raise NotFound(what="message", key=key)
    if found.state == MailState.WAITING:
        raise MoveNotAllowed(state=found.state, target=MailState.WAITING)
    found.state, found.attempts, found.due_at = MailState.WAITING, 0, now()
    user = webhook.user
    journal.note(session, user.public_id, "webhook.repeated", user, {"message": key})
    return found
