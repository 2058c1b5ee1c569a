"""The messages of a need for programs: the threads that the program's person may read, and writing in one."""

from datetime import datetime
from typing import Annotated, Literal

from flask import Blueprint
from pydantic import Field

from matchmaker.models import Match, Message
from matchmaker.services.quotes import messages, unread
from matchmaker.web.acts import message_acts
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.pages.need_access import authorised
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiBody, GivenAnswer, PageFilters, part
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_messages", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)
Side = Literal["supplier", "contractor", "centre"]
Audience = Literal["all", "supplier", "contractor", "centre"]


class ThreadLine(ApiAnswer):
    """A thread: that of one supplier, by its match."""

    match: str
    supplier: str
    name: str


class ThreadList(ApiAnswer):
    """The threads of a need that the reader may read; a supplier has its own."""

    need: str
    items: list[ThreadLine]


class UnreadLine(ApiAnswer):
    """A thread with messages that the person has not read on its page: how many, and when the last one came."""

    need: str
    match: str
    name: str
    count: int
    at: datetime


class UnreadList(ApiAnswer):
    """The threads with unread messages, the longest waiting first; what a program reads stays unread for its person."""

    items: list[UnreadLine]


class MessageAnswer(ApiAnswer):
    """A message: the side that wrote it, and those who read it beside the centre."""

    key: str
    side: Side
    audience: Audience
    text: str
    at: datetime


class MessageList(ApiAnswer):
    """The messages of a thread, the oldest first; `audiences` are those that the reader may write to."""

    need: str
    match: str
    audiences: list[Audience]
    items: list[MessageAnswer]


class MessageBody(ApiBody):
    """A message; `audience` says who reads it beside the centre."""

    text: Annotated[str, Field(max_length=messages.LONGEST)]
    audience: Audience = "all"


@blueprint.get("/messages")
@operation(answer=UnreadList, query=PageFilters, allowed=signed_in)
def new(query: PageFilters) -> GivenAnswer:
    """The threads of all needs with messages that the person has not read, at most a hundred."""
    found = unread.threads(database(), signed_in().user)
    shown, more = part(found, query, lambda one: one.match.public_id)
    return GivenAnswer(UnreadList(items=[_unread(one) for one in shown]), following=more)


def _unread(one: unread.UnreadThread) -> UnreadLine:
    return UnreadLine(
        need=one.match.need.public_id,
        match=one.match.public_id,
        name=one.match.profile.organisation.name(context.language()),
        count=one.count,
        at=one.at,
    )


@blueprint.get("/needs/<key>/messages")
@operation(
    answer=ThreadList,
    query=PageFilters,
    refusals=(403, 404),
    allowed=lambda key: authorised(database(), key, "message.view"),
)
def listed(key: str, query: PageFilters) -> GivenAnswer:
    """The threads of a need that the person may read."""
    found = authorised(database(), key, "message.view")
    shown, more = part(message_acts.threads(database(), found), query, _key)
    return GivenAnswer(ThreadList(need=key, items=[_line(one) for one in shown]), following=more)


def _key(one: Match | Message) -> str:
    return one.public_id


def _line(match: Match) -> ThreadLine:
    name = match.profile.organisation.name(context.language())
    return ThreadLine(match=match.public_id, supplier=match.profile.public_id, name=name)


@blueprint.get("/needs/<key>/messages/<match>")
@operation(
    answer=MessageList,
    query=PageFilters,
    refusals=(403, 404),
    allowed=lambda key, match: message_acts.thread(database(), key, match),
)
def read(key: str, match: str, query: PageFilters) -> GivenAnswer:
    """The messages of a thread."""
    found = message_acts.thread(database(), key, match)
    shown, more = part(messages.of_match(database(), found.match, found.reader.side), query, _key)
    items = [_message(one) for one in shown]
    told = MessageList(need=key, match=match, audiences=list(found.audiences), items=items)
    return GivenAnswer(told, following=more)


def _message(one: Message) -> MessageAnswer:
    return MessageAnswer(key=one.public_id, side=one.side, audience=one.audience, text=one.text, at=one.at)


@blueprint.post("/needs/<key>/messages/<match>")
@operation(
    answer=MessageAnswer,
    body=MessageBody,
    refusals=(403, 404),
    allowed=lambda key, match: message_acts.thread(database(), key, match),
)
def write(key: str, match: str, body: MessageBody) -> MessageAnswer:
    """Write a message in a thread; its readers are told by e-mail. The same words again within a minute are one message."""
    return _message(message_acts.write(key, match, body.text, body.audience))
