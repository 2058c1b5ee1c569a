"""What belongs to the person, for programs: saved searches, the acts of the last ten minutes that can be taken back, and what the own
shop tells of a year.
"""

from datetime import datetime
from typing import Annotated, Literal

from flask import Blueprint, url_for
from pydantic import Field

from importers.cells import plain
from matchmaker.models import Profile, SavedSearch, YearAnswer
from matchmaker.services.core import undoing
from matchmaker.services.development import year_answers
from matchmaker.services.matching import saved_searches
from matchmaker.web.acts import undo_acts
from matchmaker.web.kit import context
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.pages.profile_access import own_profile, own_profile_in
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import (
    ApiAnswer,
    ApiBody,
    GivenAnswer,
    NoAnswer,
    PageFilters,
    part,
)
from matchmaker.web.views.api.operations import check_revision, operation

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


class YearBody(ApiBody):
    """What a shop tells of the year that ended, nothing for what it does not say: people on average, the band of its revenue, the percent
    of it from abroad, products new to the range, new workplaces, roubles invested.
    """

    staff: int | None = None
    revenue_band: (
        Literal["to-10", "to-30", "to-60", "to-120", "to-400", "to-800", "to-2000", "more"] | None
    ) = None
    export_percent: int | None = None
    new_products: int | None = None
    new_jobs: int | None = None
    invested: float | None = None


class YearAnswered(ApiAnswer):
    """The year that ended last, when the shop told of it, and what; once `locked` it stays as it is."""

    year: int
    told_at: datetime | None = None
    locked: bool
    staff: int | None = None
    revenue_band: str | None = None
    export_percent: int | None = None
    new_products: int | None = None
    new_jobs: int | None = None
    invested: float | None = None


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


@blueprint.get("/shop/year")
@operation(answer=YearAnswered, refusals=(403,), revised=True)
def own_year() -> GivenAnswer:
    """What the own shop told of the year that ended last."""
    return _year(own_profile())


def _year(profile: Profile) -> GivenAnswer:
    year = year_answers.last_year(context.today())
    found = year_answers.of_year(database(), profile, year)
    told = found or YearAnswer()
    answer = YearAnswered(
        year=year,
        told_at=told.at,
        locked=year_answers.is_locked(database(), profile.organisation.centre, year),
        staff=told.staff,
        revenue_band=told.revenue_band,
        export_percent=told.export_percent,
        new_products=told.new_products,
        new_jobs=told.new_jobs,
        invested=None if told.invested_minor is None else told.invested_minor / 100,
    )
    return GivenAnswer(answer, revision=found.revision if found else 0)


@blueprint.put("/shop/year")
@operation(answer=YearAnswered, body=YearBody, refusals=(403, 409), conditional=True, allowed=own_profile)
def tell_year(body: YearBody) -> GivenAnswer:
    """Tell the centre of the year that ended last, in place of what was told before, at the revision in If-Match; "0" where nothing was."""
    year = year_answers.last_year(context.today())
    with change() as (session, user):
        own = own_profile_in(session)
        before = year_answers.of_year(session, own, year)
        revision = check_revision(before.revision if before else 0)
        typed = {
            name: "" if value is None else plain(value) if isinstance(value, float) else str(value)
            for name, value in body
        }
        year_answers.tell(session, own, year, year_answers.read(typed), user, revision=revision)
    return _year(own_profile())
