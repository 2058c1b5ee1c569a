"""What belongs to the person, for programs: saved searches, and the acts of the last ten minutes that can be taken back."""

from datetime import datetime
from typing import Annotated

from flask import Blueprint, url_for
from pydantic import Field

from matchmaker.models import SavedSearch
from matchmaker.services.core import undoing
from matchmaker.services.matching import saved_searches
from matchmaker.web.acts import undo_acts
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import (
    ApiAnswer,
    ApiBody,
    GivenAnswer,
    NoAnswer,
    PageFilters,
    part,
)
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_own", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)


class SearchBody(ApiBody):
    """A search to keep: its name, and the query of its address, as `q=turning&region=RU-SVE`."""

    name: Annotated[str, Field(max_length=1_000)]
    query: Annotated[str, Field(max_length=saved_searches.LONGEST)]


class SearchAnswer(ApiAnswer):
    """A saved search; suppliers published after `looked_at` are new in it."""

    key: str
    name: str
    query: str
    looked_at: datetime


class SearchList(ApiAnswer):
    """The searches of the key's person, the newest first."""

    items: list[SearchAnswer]


class ActLine(ApiAnswer):
    """An act on a need, profile or quote (`of`, `key_of`) that can be taken back until `until`."""

    key: str
    act: str
    of: str
    key_of: str
    until: datetime


class ActList(ApiAnswer):
    """What the person can still take back, the last act first."""

    items: list[ActLine]


def _told(one: SavedSearch) -> SearchAnswer:
    return SearchAnswer(key=one.public_id, name=one.name, query=one.query, looked_at=one.looked_at)


@blueprint.get("/searches")
@operation(answer=SearchList, query=PageFilters, allowed=signed_in)
def searches(query: PageFilters) -> GivenAnswer:
    """The person's saved searches."""
    found = saved_searches.of_user(database(), signed_in().user)
    shown, more = part(found, query, lambda one: one.public_id)
    return GivenAnswer(SearchList(items=[_told(one) for one in shown]), following=more)


@blueprint.post("/searches")
@operation(answer=SearchAnswer, body=SearchBody, statuses=(201,), allowed=signed_in)
def save_search(body: SearchBody) -> GivenAnswer:
    """Keep a search; one of the same name is replaced."""
    with change() as (session, user):
        made = saved_searches.save(session, user, body.name, body.query)
        session.flush()
        told = _told(made)
    return GivenAnswer(told, 201, location=url_for("api_own.searches"))


@blueprint.post("/searches/<key>/look")
@operation(answer=SearchAnswer, refusals=(404,))
def look_at_search(key: str) -> SearchAnswer:
    """Count the suppliers that a search finds now as seen."""
    with change() as (session, user):
        saved_searches.look(session, user, key)
        return _told(saved_searches.by_key(session, user, key))


@blueprint.delete("/searches/<key>")
@operation(answer=NoAnswer, refusals=(404,))
def delete_search(key: str) -> NoAnswer:
    """Delete a saved search."""
    with change() as (session, user):
        saved_searches.delete(session, user, key)
    return NoAnswer()


@blueprint.get("/acts")
@operation(answer=ActList, query=PageFilters, allowed=signed_in)
def open_acts(query: PageFilters) -> GivenAnswer:
    """What the person did in the last ten minutes, here or on a page, and can take back."""
    found = undoing.open_acts_of(database(), signed_in().user)
    shown, more = part(found, query, lambda one: one.public_id)
    lines = [
        ActLine(key=one.public_id, act=one.kind, of=one.object_kind, key_of=one.object_id, until=one.until)
        for one in shown
    ]
    return GivenAnswer(ActList(items=lines), following=more)


@blueprint.post("/acts/<key>/undo")
@operation(answer=NoAnswer, refusals=(403, 404, 409))
def undo(key: str) -> NoAnswer:
    """Take an act back; a repeat changes nothing, 409 says why it cannot be taken back any more."""
    undo_acts.take_back(key)
    return NoAnswer()
