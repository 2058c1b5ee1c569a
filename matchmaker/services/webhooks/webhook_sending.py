"""The sending of messages to programs, signed as the Standard Webhooks say, so that a program can check whose they are."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from matchmaker import __version__
from matchmaker.domain.lifecycle import MailState
from matchmaker.models import User, Webhook, WebhookMessage
from matchmaker.models.base import now
from matchmaker.models.database import Sessions
from matchmaker.services.core import outside
from matchmaker.services.mail.jobs import TRIES, never, pause
from matchmaker.services.webhooks import webhooks

LEASE = timedelta(minutes=2)
MOST_AT_ONCE = 50
SECONDS = 5.0
_DONE = range(200, 300)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SendingCount:
    """The numbers of messages that were taken and that were not."""

    sent: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class _Outgoing:
    """A message ready to be sent."""

    row: int
    attempts: int
    address: str
    headers: dict[str, str]
    body: bytes


def send_due(
    sessions: Sessions,
    allowed: Collection[str] = (),
    *,
    moment: datetime | None = None,
    ends: Callable[[], bool] = never,
) -> SendingCount:
    """Send the due messages, one by one; one that is not taken is tried again after ever longer waits. Stop where the
    worker ends.
    """
    at, sent, failed = moment or now(), 0, 0
    for _ in range(MOST_AT_ONCE):
        message = None if ends() else _take(sessions, at)
        if message is None:
            break
        answer = outside.post(message.address, message.body, message.headers, allowed, seconds=SECONDS)
        done = answer.status in _DONE
        _settle(sessions, message, answer.status, answer.fault, at)
        sent, failed = sent + done, failed + (not done)
    return SendingCount(sent, failed)


def _take(sessions: Sessions, at: datetime) -> _Outgoing | None:
    query = (
        select(WebhookMessage)
        .join(WebhookMessage.webhook)
        .join(Webhook.user)
        .where(WebhookMessage.state == MailState.WAITING, WebhookMessage.due_at <= at)
        .where(Webhook.ended_at.is_(None), User.active, Webhook.epoch == User.epoch)
        .order_by(WebhookMessage.due_at, WebhookMessage.id)
        .limit(1)
        .with_for_update(of=WebhookMessage, skip_locked=True)
        .options(joinedload(WebhookMessage.webhook))
    )
    with sessions.begin() as session:
        message = session.scalar(query)
        if message is None:
            return None
        message.attempts += 1
        message.due_at = at + LEASE
        content = {"id": message.public_id, "event": message.event, **message.content}
        body = json.dumps(content, ensure_ascii=False).encode()
        secret = webhooks.secret_of(session, message.webhook)
        return _Outgoing(
            message.id,
            message.attempts,
            message.webhook.address,
            signed(secret, message.public_id, now(), body),
            body,
        )


def signed(secret: str, key: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message: its id, its time in seconds since 1970, and the signature of both with the body."""
    stamp = str(int(at.timestamp()))
    covered = f"{key}.{stamp}.".encode() + body
    made = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), covered, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": f"Matchmaker/{__version__}",
        "Webhook-Id": key,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1,{base64.b64encode(made).decode()}",
    }


def _settle(
    sessions: Sessions, message: _Outgoing, status: int | None, error: str | None, at: datetime
) -> None:
    values: dict[str, Any] = {"answered": status, "error": error}
    if status in _DONE:
        values |= {"state": MailState.SENT, "sent_at": now()}
    elif message.attempts >= TRIES:
        values |= {"state": MailState.DEAD}
    else:
        values |= {"due_at": at + pause(message.attempts)}
    with sessions.begin() as session:
        session.execute(update(WebhookMessage).where(WebhookMessage.id == message.row).values(**values))
