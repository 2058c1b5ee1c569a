"""The shortlist of a need for programs: the operator's order, invitations and seats; what the contractor compares, marks and rates."""

from datetime import date
from typing import Annotated

from flask import Blueprint
from pydantic import Field

from matchmaker.domain.errors import InvalidRecord, NotFound, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Match, Need
from matchmaker.services.shortlist import awards, match_decisions, shortlists
from matchmaker.services.shortlist.comparison import ComparisonCell
from matchmaker.web.acts import comparison_acts
from matchmaker.web.acts.comparison_acts import ComparedSuppliers
from matchmaker.web.kit import context, terms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.pages import explanations, profile_access
from matchmaker.web.pages.need_access import authorised, curated
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiBody, ApiQuery, GivenAnswer
from matchmaker.web.views.api.api_dealings import ShortlistLine, changed_match, shortlist_line
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_shortlists", __name__, url_prefix="/api/v1/needs")
blueprint.before_request(api_bodies.check_key)
MOST_SEATS = 500
Mark = Annotated[int, Field(ge=1, le=5)]


class PlaceBody(ApiBody):
    """The place on the shortlist, counted from 1."""

    place: Annotated[int, Field(ge=1, le=9_999)]


class AddBody(ApiBody):
    """The supplier to add, by the key of its profile."""

    supplier: Annotated[str, Field(min_length=1, max_length=40)]


class InviteBody(ApiBody):
    """The matches whose suppliers are invited; `only_tell` notifies them of the need without a seat."""

    matches: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)]
    only_tell: bool = False


class InviteAnswer(ApiAnswer):
    """The number of suppliers that were invited, or notified, now; nobody is told twice."""

    need: str
    count: int


class SeatsBody(ApiBody):
    """The number of suppliers that may be invited, none for any number; `seen` is the number that this changes."""

    most: Annotated[int, Field(ge=1, le=MOST_SEATS)] | None = None
    seen: Annotated[int, Field(ge=1, le=MOST_SEATS)] | None = None


class SeatsAnswer(ApiAnswer):
    """The number of suppliers that may be invited, none for any number, and of those that hold a seat."""

    need: str
    most: int | None = None
    taken: int


class WantBody(ApiBody):
    """Whether the contractor is interested in the supplier."""

    wanted: bool


class WantAnswer(ApiAnswer):
    """Whether the contractor is interested in the supplier."""

    need: str
    match: str
    wanted: bool


class RatingBody(ApiBody):
    """The outcome of a contract: a mark from 1 (bad) to 5, and what is known of it; deliveries are counted from its order."""

    quality: Mark
    text: Annotated[str, Field(max_length=4_000)] = ""
    value_band: Annotated[str, Field(max_length=40)] | None = None
    repeat_order: bool | None = None


class RatingAnswer(ApiAnswer):
    """The outcome of a contract as it is stored."""

    need: str
    match: str
    quality: int
    text: str | None = None
    value_band: str | None = None
    repeat_order: bool | None = None


class ComparisonFilters(ApiQuery):
    """The matches to compare, up to five, separated by commas; without them the first of the shortlist."""

    matches: Annotated[str, Field(max_length=400)] = ""


class ComparedSupplier(ApiAnswer):
    """A supplier in its column, with the figures of its profile."""

    match: str
    supplier: str
    name: str
    place: str
    distance_km: int | None = None
    lead_days: list[int] | None = None
    updated: date | None = None


class ComparedCell(ApiAnswer):
    """What a supplier declares for a requirement, in words; `outcome` is met, near, unknown or unmet."""

    declared: str
    outcome: str


class ComparedRow(ApiAnswer):
    """A requirement with a cell a supplier, in the order of the columns; null where nothing was compared."""

    requirement: str
    needed: str
    cells: list[ComparedCell | None]


class ComparisonAnswer(ApiAnswer):
    """Suppliers of the released shortlist side by side; `left_out` is the number that found no column."""

    need: str
    suppliers: list[ComparedSupplier]
    rows: list[ComparedRow]
    left_out: int


@blueprint.put("/<key>/shortlist/<match>/place")
@operation(
    answer=ShortlistLine,
    body=PlaceBody,
    refusals=(403, 404),
    conditional=True,
    allowed=lambda key, **_: curated(database(), key),
)
def place(key: str, match: str, body: PlaceBody) -> GivenAnswer:
    """Move a supplier to a place of the shortlist, at the revision in If-Match."""
    return changed_match(
        key,
        match,
        lambda session, one, user, seen: shortlists.place(session, one, body.place, user, revision=seen),
    )


@blueprint.delete("/<key>/shortlist/<match>/decision")
@operation(answer=ShortlistLine, refusals=(403, 404), conditional=True)
def undo(key: str, match: str) -> GivenAnswer:
    """Undo the last decision about a supplier, at the revision in If-Match, as long as nobody was told of it."""
    return changed_match(
        key, match, lambda session, one, user, seen: match_decisions.undo(session, one, user, revision=seen)
    )


@blueprint.post("/<key>/shortlist/suppliers")
@operation(
    answer=ShortlistLine,
    body=AddBody,
    refusals=(403, 404, 503),
    revised=True,
    allowed=lambda key: curated(database(), key),
)
def add(key: str, body: AddBody) -> GivenAnswer:
    """Add a supplier that the matcher did not propose; one that is there stays as it is."""
    need = curated(database(), key)
    _check_supplier(body.supplier)
    proposal = explanations.proposal(need, body.supplier)
    with change() as (session, user):
        profile = profile_access.visible(session, body.supplier).profile
        match = match_decisions.add_by_hand(session, curated(session, key), profile, user, proposal)
        session.flush()
        told = shortlist_line(match)
    return GivenAnswer(told, revision=told.revision)


def _check_supplier(key: str) -> None:
    """Raise InvalidRecord for a supplier that is not there, or hidden from the person."""
    try:
        profile_access.visible(database(), key)
    except NotFound as error:
        raise InvalidRecord(
            (Problem("supplier", "supplier.unknown", error.template, key, error.params),)
        ) from None


@blueprint.post("/<key>/invitations")
@operation(
    answer=InviteAnswer, body=InviteBody, refusals=(403, 404), allowed=lambda key: curated(database(), key)
)
def invite(key: str, body: InviteBody) -> InviteAnswer:
    """Invite suppliers of the shortlist, or notify them, by e-mail: all of them or nobody where the seats are too few."""
    tell = shortlists.notify if body.only_tell else match_decisions.invite
    with change() as (session, user):
        need = curated(session, key)
        there = {one.public_id: one for one in shortlists.of_need(session, need)}
        chosen = [_named(there, one, place) for place, one in enumerate(body.matches)]
        return InviteAnswer(need=key, count=len(tell(session, list(dict.fromkeys(chosen)), user)))


def _named(there: dict[str, Match], key: str, place: int) -> Match:
    """The match of a body's entry. Raises InvalidRecord."""
    if key not in there:
        text = N_("This is none of the need's matches.")
        raise InvalidRecord((Problem(f"matches.{place}", "match.unknown", text, key[:80]),))
    return there[key]


@blueprint.get("/<key>/seats")
@operation(answer=SeatsAnswer, refusals=(403, 404))
def seats(key: str) -> SeatsAnswer:
    """The number of suppliers that may be invited, and of those that hold a seat."""
    return _seats(curated(database(), key))


def _seats(need: Need) -> SeatsAnswer:
    taken = shortlists.seats_taken(shortlists.of_need(database(), need))
    return SeatsAnswer(need=need.public_id, most=need.most_invited, taken=taken)


@blueprint.put("/<key>/seats")
@operation(
    answer=SeatsAnswer, body=SeatsBody, refusals=(403, 404), allowed=lambda key: curated(database(), key)
)
def set_seats(key: str, body: SeatsBody) -> SeatsAnswer:
    """Set the number of suppliers that may be invited; 409 where it is no longer the one in `seen`."""
    with change() as (session, user):
        shortlists.set_seats(session, curated(session, key), body.most, seen=body.seen, by=user.public_id)
    return _seats(curated(database(), key))


@blueprint.get("/<key>/comparison")
@operation(
    answer=ComparisonAnswer,
    query=ComparisonFilters,
    refusals=(403, 404),
    allowed=lambda key: authorised(database(), key, "need.edit"),
)
def compare(key: str, query: ComparisonFilters) -> ComparisonAnswer:
    """Up to five suppliers of the released shortlist side by side."""
    found = comparison_acts.compared(key, [one.strip() for one in query.matches.split(",")])
    return ComparisonAnswer(
        need=key,
        suppliers=_columns(found),
        rows=[
            ComparedRow(requirement=row.label, needed=row.needed, cells=[_cell(one) for one in row.cells])
            for row in found.rows
        ],
        left_out=found.left_out,
    )


def _columns(found: ComparedSuppliers) -> list[ComparedSupplier]:
    return [
        ComparedSupplier(
            match=match.public_id,
            supplier=profile.public_id,
            name=profile.organisation.name(context.language()),
            place=terms.place(profile),
            distance_km=figures.distance_km,
            lead_days=list(figures.lead_days) if figures.lead_days else None,
            updated=figures.updated,
        )
        for match, profile, figures in zip(found.columns, found.profiles, found.figures, strict=True)
    ]


def _cell(one: ComparisonCell | None) -> ComparedCell | None:
    return None if one is None else ComparedCell(declared=one.declared, outcome=one.outcome)


@blueprint.put("/<key>/shortlist/<match>/wanted")
@operation(
    answer=WantAnswer,
    body=WantBody,
    refusals=(403, 404),
    allowed=lambda key, **_: authorised(database(), key, "need.edit"),
)
def want(key: str, match: str, body: WantBody) -> WantAnswer:
    """Mark a supplier of the released shortlist as interesting to the contractor, or no longer."""
    with change() as (session, user):
        awards.want(session, comparison_acts.released(session, key, match), body.wanted, user)
    return WantAnswer(need=key, match=match, wanted=body.wanted)


@blueprint.put("/<key>/shortlist/<match>/rating")
@operation(
    answer=RatingAnswer,
    body=RatingBody,
    refusals=(403, 404),
    allowed=lambda key, **_: authorised(database(), key, "need.edit"),
)
def rate(key: str, match: str, body: RatingBody) -> RatingAnswer:
    """Record the outcome of a contract and rate the delivery; the centre reads it, other contractors do not."""
    rating = awards.Rating(**dict(body))
    with change() as (session, user):
        row = awards.rate(session, comparison_acts.released(session, key, match), rating, user)
        return RatingAnswer(
            need=key, match=match, **{name: getattr(row, name) for name in RatingBody.model_fields}
        )
