"""The messages to programs, for programs: addresses made and ended, their messages read and sent again."""

from datetime import datetime
from typing import Annotated, Literal

from flask import Blueprint, url_for
from pydantic import Field

from matchmaker.domain.lifecycle import MailState
from matchmaker.models import Webhook, WebhookMessage
from matchmaker.services.core.outside import LONGEST_ADDRESS
from matchmaker.services.webhooks import webhooks
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiBody, GivenAnswer, PageFilters, part
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_webhooks", __name__, url_prefix="/api/v1/webhooks")
blueprint.before_request(api_bodies.check_key)
Event = Literal["need.changed", "match.changed", "quote.changed", "message.written", "profile.changed"]


class WebhookBody(ApiBody):
    """An address and the events that it wants to hear of."""

    address: Annotated[str, Field(min_length=1, max_length=LONGEST_ADDRESS)]
    events: Annotated[tuple[Event, ...], Field(min_length=1, max_length=10)]


class WebhookAnswer(ApiAnswer):
    """An address; its secret stands only in the answer that makes it."""

    key: str
    address: str
    events: list[str]
    secret: str | None = None


class WebhookList(ApiAnswer):
    """The addresses of the key's person."""

    items: list[WebhookAnswer]


class WebhookMessageAnswer(ApiAnswer):
    """A message: what was said, and how it was answered."""

    id: str
    event: str
    content: dict[str, str]
    state: MailState
    attempts: int
    answered: int | None = None
    error: str | None = None
    created_at: datetime
    sent_at: datetime | None = None


class WebhookMessages(ApiAnswer):
    """The last messages to an address, the newest first."""

    items: list[WebhookMessageAnswer]


@blueprint.get("")
@operation(answer=WebhookList, query=PageFilters, allowed=signed_in)
def mine(query: PageFilters) -> GivenAnswer:
    """The addresses at which the person's programs are told of events."""
    found = webhooks.of_user(database(), signed_in().user)
    shown, more = part(found, query, lambda one: one.public_id)
    return GivenAnswer(WebhookList(items=[_told(one) for one in shown]), following=more)


def _told(one: Webhook, secret: str | None = None) -> WebhookAnswer:
    return WebhookAnswer(key=one.public_id, address=one.address, events=list(one.events), secret=secret)


@blueprint.post("")
@operation(answer=WebhookAnswer, body=WebhookBody, statuses=(201,), allowed=signed_in)
def make(body: WebhookBody) -> GivenAnswer:
    """Add an address; the same one again gets the events named now. The secret signs what it is told."""
    with change() as (session, user):
        one = webhooks.make(session, user, body.address, body.events, product().settings.webhook_names)
        told = _told(one, webhooks.secret_of(session, one))
    return GivenAnswer(told, 201, location=url_for("api_webhooks.messages", key=told.key))


@blueprint.delete("/<key>")
@operation(answer=WebhookAnswer, refusals=(404,))
def end(key: str) -> WebhookAnswer:
    """End an address; messages that wait for it are not sent."""
    with change() as (session, user):
        told = _told(webhooks.own(session, user, key))
        webhooks.end(session, user, key)
    return told


@blueprint.get("/<key>/messages")
@operation(
    answer=WebhookMessages,
    query=PageFilters,
    refusals=(404,),
    allowed=lambda key: webhooks.own(database(), signed_in().user, key),
)
def messages(key: str, query: PageFilters) -> GivenAnswer:
    """The last messages to an address, with their answers."""
    found = webhooks.own(database(), signed_in().user, key)
    shown, more = part(webhooks.messages(database(), found), query, lambda one: one.public_id)
    return GivenAnswer(WebhookMessages(items=[_message(one) for one in shown]), following=more)


def _message(one: WebhookMessage) -> WebhookMessageAnswer:
    return WebhookMessageAnswer(
        id=one.public_id,
        event=one.event,
        content=one.content,
        state=one.state,
        attempts=one.attempts,
        answered=one.answered,
        error=one.error,
        created_at=one.created_at,
        sent_at=one.sent_at,
    )


@blueprint.post("/<key>/messages/<message>/again")
@operation(answer=WebhookMessageAnswer, refusals=(404, 409))
def again(key: str, message: str) -> WebhookMessageAnswer:
    """Send a message again, under its own id."""
    with change() as (session, user):
        one = webhooks.own(session, user, key)
        return _message(webhooks.send_again(session, one, message))
