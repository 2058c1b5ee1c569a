"""Missing capacity for programs: the operator's map, what the authority reads of it, the map as a file."""

from datetime import date
from typing import Annotated

from flask import Blueprint, Response
from pydantic import Field

from matchmaker.services.reports import spreadsheets
from matchmaker.web.acts import figure_acts
from matchmaker.web.acts.chains import missing_acts
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import own_centre
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiQuery
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_missing", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)
EXPORT = "export"
_TABLES = tuple(kind.partition(";")[0] for kind in spreadsheets.MEDIA.values())


class MapFilters(ApiQuery):
    """The period, written 2026-11, 2026-Q4 or 2026; by default the present quarter."""

    period: Annotated[str, Field(max_length=10)] = ""


class MissingCell(ApiAnswer):
    """Needs with an operation that no supplier in reach is able to do, of one kind of work (a code, and in words), size, accuracy and
    region (a code). `eased` of them a single relaxation would open; from `near` of them one condition alone keeps a supplier.
    """

    process: str
    work: str
    size: str
    accuracy: str
    region: str | None = None
    needs: int
    hours: float
    contractors: int
    eased: int
    near: int


class MissingCapacity(ApiAnswer):
    """The map of a period: of all `needs`, how many are `missing` somebody, have everybody but nobody for the whole route (`split`), were
    not understood (`unread`), are not judged yet (`waiting`). `judged_on` is the oldest day of the judgements.
    """

    period: str
    needs: int
    missing: int
    split: int
    unread: int
    waiting: int
    judged_on: date | None = None
    cells: list[MissingCell]


class ToldCapacity(ApiAnswer):
    """The cells of a period that enough firms make; `left_out` is the number of the others."""

    period: str
    left_out: int
    judged_on: date | None = None
    cells: list[MissingCell]


def _of_the_centre(**_: object) -> object:
    return own_centre(database())


@blueprint.get("/missing-capacity")
@operation(answer=MissingCapacity, query=MapFilters, refusals=(403,), scope=EXPORT, allowed=_of_the_centre)
def missing(query: MapFilters) -> MissingCapacity:
    """For an operator the missing capacity of a period by process, size, accuracy and region."""
    period = figure_acts.period(query.period)
    found = missing_acts.of_centre(period)
    return MissingCapacity(
        period=str(period),
        needs=found.needs,
        missing=found.missing,
        split=found.split,
        unread=found.unread,
        waiting=found.waiting,
        judged_on=found.judged_on,
        cells=[MissingCell.model_validate(one) for one in missing_acts.values(found.cells)],
    )


@blueprint.get("/centres/<code>/missing-capacity")
@operation(
    answer=ToldCapacity, query=MapFilters, refusals=(403,), scope=EXPORT, allowed=figure_acts.told_centre
)
def told(code: str, query: MapFilters) -> ToldCapacity:
    """For the authority that funds a centre its missing capacity in a period, without the cells that a few firms make."""
    period = figure_acts.period(query.period)
    found = missing_acts.told(code, period)
    cells = [MissingCell.model_validate(one) for one in missing_acts.values(found.cells)]
    return ToldCapacity(period=str(period), left_out=found.left_out, judged_on=found.judged_on, cells=cells)


@blueprint.get("/lists/missing-capacity.<kind>")
@operation(media=_TABLES, query=MapFilters, refusals=(403, 404), scope=EXPORT, allowed=_of_the_centre)
def as_file(kind: str, query: MapFilters) -> Response:
    """The missing capacity of a period as a file: xlsx or csv."""
    return missing_acts.as_file(figure_acts.period(query.period), kind)
