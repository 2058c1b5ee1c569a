"""Saved searches for programs: kept, opened, deleted."""

from datetime import datetime
from typing import Annotated

from flask import Blueprint, url_for
from pydantic import Field

from matchmaker.models import SavedSearch
from matchmaker.services.matching import saved_searches
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

blueprint = Blueprint("api_searches", __name__, url_prefix="/api/v1/searches")
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


def _told(one: SavedSearch) -> SearchAnswer:
    return SearchAnswer(key=one.public_id, name=one.name, query=one.query, looked_at=one.looked_at)


@blueprint.get("")
@operation(answer=SearchList, query=PageFilters, allowed=signed_in)
def mine(query: PageFilters) -> GivenAnswer:
    """The person's saved searches."""
    found = saved_searches.of_user(database(), signed_in().user)
    shown, more = part(found, query, lambda one: one.public_id)
    return GivenAnswer(SearchList(items=[_told(one) for one in shown]), following=more)


@blueprint.post("")
@operation(answer=SearchAnswer, body=SearchBody, statuses=(201,), allowed=signed_in)
def save(body: SearchBody) -> GivenAnswer:
    """Keep a search; one of the same name is replaced."""
    with change() as (session, user):
        made = saved_searches.save(session, user, body.name, body.query)
        session.flush()
        told = _told(made)
    return GivenAnswer(told, 201, location=url_for("api_searches.mine"))


@blueprint.post("/<key>/look")
@operation(answer=SearchAnswer, refusals=(404,))
def look(key: str) -> SearchAnswer:
    """Count the suppliers that a search finds now as seen."""
    with change() as (session, user):
        saved_searches.look(session, user, key)
        return _told(saved_searches.by_key(session, user, key))


@blueprint.delete("/<key>")
@operation(answer=NoAnswer, refusals=(404,))
def delete(key: str) -> NoAnswer:
    """Delete a saved search."""
    with change() as (session, user):
        saved_searches.delete(session, user, key)
    return NoAnswer()
