"""Resilience for programs: what rests on one, and what is lost where something of a supplier stops."""

from datetime import date
from typing import Annotated, Literal

from flask import Blueprint, Response
from pydantic import Field

from matchmaker.services.reports import spreadsheets
from matchmaker.web.acts.chains import resting_acts
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import own_centre
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiQuery
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_resting", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)
EXPORT = "export"
_TABLES = tuple(kind.partition(";")[0] for kind in spreadsheets.MEDIA.values())


class StoppedFilters(ApiQuery):
    """What stops: a certificate by its key, or a machine by its place in the profile; by default the supplier as a whole."""

    certificate: Annotated[str, Field(max_length=40)] = ""
    machine: Annotated[str, Field(max_length=6)] = ""


class RestingOperation(ApiAnswer):
    """An operation that one supplier alone is able to do for some needs; `near` are those that one condition keeps from them."""

    process: str
    material: str | None = None
    work: str
    supplier: str
    needs: int
    open_needs: int
    hours: float
    near: list[str]


class RestingCertificate(ApiAnswer):
    """A demand of needs that one supplier alone meets; `coming` are suppliers on the way to such a certificate."""

    demand: str
    supplier: str
    certificate: str
    valid_until: date | None = None
    needs: int
    coming: list[str]


class RestingEquipment(ApiAnswer):
    """The only machine of its type; `place` is its place in the profile."""

    machine: str
    types: list[str]
    supplier: str
    place: int


class RestingAnswer(ApiAnswer):
    """What rests on one firm, certificate or machine."""

    works: list[RestingOperation]
    certificates: list[RestingCertificate]
    machines: list[RestingEquipment]


class LostNeedAnswer(ApiAnswer):
    """An open need that loses a supplier, and who would take over, best first."""

    need: str
    place: Literal["only", "best", "one"]
    takers: list[str]


class TouchedOrder(ApiAnswer):
    """A running order of the supplier, and who would take over."""

    order: str
    need: str
    due_on: date | None = None
    takers: list[str]


class LossAnswer(ApiAnswer):
    """What is lost: open needs (`total`), how many needs of a year (`ever`) with their machine-hours, matches by their need, orders."""

    total: int
    ever: int
    hours: float
    needs: list[LostNeedAnswer]
    matches: list[str]
    orders: list[TouchedOrder]


@blueprint.get("/resilience")
@operation(answer=RestingAnswer, refusals=(403, 503), scope=EXPORT)
def resting() -> RestingAnswer:
    """For an operator what of the centre's needs of a year, and of its suppliers, rests on one."""
    return RestingAnswer.model_validate(resting_acts.values(resting_acts.of_centre()))


@blueprint.get("/suppliers/<key>/resilience")
@operation(
    answer=LossAnswer,
    query=StoppedFilters,
    refusals=(403, 404, 503),
    scope=EXPORT,
    allowed=lambda key, **_: resting_acts.seen(key),
)
def stopped(key: str, query: StoppedFilters) -> LossAnswer:
    """For an operator what the centre loses where a supplier stops, or one of its certificates or machines."""
    profile = resting_acts.seen(key)
    found = resting_acts.loss(profile, resting_acts.stops(query.certificate, query.machine))
    return LossAnswer.model_validate(resting_acts.lost_values(found))


@blueprint.get("/lists/resilience.<kind>")
@operation(media=_TABLES, refusals=(403, 404, 503), scope=EXPORT, allowed=lambda **_: own_centre(database()))
def as_file(kind: str) -> Response:
    """What rests on one, as a file: xlsx or csv."""
    return resting_acts.as_file(kind)
