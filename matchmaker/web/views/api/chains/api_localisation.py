"""Parts lists for programs: kept, read with their makers, turned into a need, taken along as a file."""

from typing import Annotated, Literal

from flask import Blueprint, Response, url_for
from pydantic import AwareDatetime, Field

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.records import Record
from matchmaker.models import PartsList
from matchmaker.services.chains import parts_lists
from matchmaker.services.chains.parts_lists import LONGEST_NAME, LONGEST_TEXT, ListGiven
from matchmaker.services.reports import spreadsheets
from matchmaker.web.acts.chains import parts_acts
from matchmaker.web.kit import form_tokens, waiting
from matchmaker.web.kit.context import database
from matchmaker.web.kit.downloads import SentFile
from matchmaker.web.pages.need_access import posting_party
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, GivenAnswer, NoAnswer
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_localisation", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)
EXPORT = "export"
_TABLES = tuple(kind.partition(";")[0] for kind in spreadsheets.MEDIA.values())
Verdict = Literal["able", "near", "nobody", "unread", "waiting"]


class PartsListBody(Record):
    """A parts list: the name of the assembly, and the cells of a table, parted by tabs, whose first row names the columns."""

    name: Annotated[str, Field(max_length=LONGEST_NAME)]
    text: Annotated[str, Field(max_length=LONGEST_TEXT)]


class RowsAnswer(ApiAnswer):
    """The rows of an uploaded list of parts, by the key of its opening: `text` is the table to be posted as a list, filled in where the
    file says nothing; none while it is being opened. `left_out` says what was not read.
    """

    key: str
    text: str | None = None
    left_out: list[str] | None = None


class ChosenParts(Record):
    """The places of parts in their list, from 1."""

    parts: tuple[Annotated[int, Field(ge=1, le=200)], ...] = Field(max_length=200)


class PartOperation(ApiAnswer):
    """An operation of a part: how many suppliers are able, the best of them, those that are near."""

    process: str
    able: int
    best: list[str]
    near: list[str]


class PartAnswer(ApiAnswer):
    """A part: whether it has a maker, how many do all of it alone, its operations."""

    place: int
    title: str
    pieces: int | None = None
    price_minor: int | None = None
    verdict: Verdict
    alone: int
    operations: list[PartOperation]


class VerdictShare(ApiAnswer):
    """Parts of one verdict, their pieces and money in minor units of a rouble; `unpriced` have no price."""

    verdict: Verdict
    parts: int
    pieces: int
    money_minor: int
    unpriced: int


class GainAnswer(ApiAnswer):
    """What one relaxed requirement, or one developed supplier, would give a maker to."""

    requirement: str | None = None
    supplier: str | None = None
    parts: int
    pieces: int
    money_minor: int


class PartsListName(ApiAnswer):
    """A list by its key; without `judged_at` it is being compared."""

    key: str
    name: str
    parts: int
    judged_at: AwareDatetime | None = None


class PartsLists(ApiAnswer):
    """The lists of the person's firm, for an operator those of the centre, the newest first."""

    items: list[PartsListName]


class PartsListAnswer(PartsListName):
    """A list with its parts, what they come to by verdict, and what would add makers."""

    lines: list[PartAnswer]
    shares: list[VerdictShare]
    gains: list[GainAnswer]


class DraftAnswer(ApiAnswer):
    """The need that was made, by its key."""

    need: str


def _named(made: PartsList) -> dict[str, object]:
    return {"key": made.public_id, "name": made.name, "parts": len(made.lines), "judged_at": made.judged_at}


def _readable(key: str, **_: object) -> object:
    return parts_acts.seen(database(), key)


def _changeable(key: str, **_: object) -> object:
    return parts_acts.seen(database(), key, "need.edit")


@blueprint.get("/parts-lists")
@operation(answer=PartsLists, refusals=(403,))
def listed() -> PartsLists:
    """The parts lists of the person's firm, for an operator those of the centre."""
    found, _firm = parts_acts.own()
    return PartsLists(items=[PartsListName.model_validate(_named(one)) for one in found])


@blueprint.post("/parts-lists")
@operation(
    answer=PartsListName,
    body=PartsListBody,
    statuses=(201,),
    refusals=(403, 422),
    allowed=lambda **_: posting_party(database()),
)
def make(body: PartsListBody) -> GivenAnswer:
    """Keep a parts list; its parts are compared with the suppliers in the background."""
    key = parts_acts.make(ListGiven(form_tokens.token(), body.name, body.text))
    made = PartsListName.model_validate(_named(parts_acts.seen(database(), key)))
    return GivenAnswer(made, status=201, location=url_for("api_localisation.read", key=key))


@blueprint.post("/parts-lists/rows")
@operation(
    answer=RowsAnswer,
    takes_file=True,
    statuses=(202,),
    refusals=(403,),
    allowed=lambda **_: posting_party(database()),
)
def send_rows(file: SentFile) -> GivenAnswer:
    """Have a list of parts opened (XLSX, ODS, XLS, CSV, at most 2 MB, or a STEP assembly, at most 25 MB): ask where Location says."""
    key = parts_acts.receive(file, {})
    return GivenAnswer(RowsAnswer(key=key), 202, location=url_for("api_localisation.rows", key=key))


@blueprint.get("/parts-lists/rows/<key>")
@operation(answer=RowsAnswer, statuses=(200, 202), refusals=(404, 422))
def rows(key: str) -> GivenAnswer:
    """The rows of a list that was sent, for who sent it; 202 while it is being opened."""
    job = waiting.job(key)
    if problem := waiting.problem_of(job):
        raise FileRefused(problem)
    if job.result is None:
        again = url_for("api_localisation.rows", key=key)
        return GivenAnswer(RowsAnswer(key=key), 202, location=again)
    return GivenAnswer(
        RowsAnswer(key=key, text=str(job.result.get("text", "")), left_out=waiting.left_out(job))
    )


@blueprint.get("/parts-lists/<key>")
@operation(answer=PartsListAnswer, refusals=(404,))
def read(key: str) -> PartsListAnswer:
    """A parts list with who is able to make each part."""
    made = parts_acts.seen(database(), key)
    found = parts_lists.parts_of(made)
    lines = [
        {
            **{name: getattr(one, name) for name in ("place", "title", "pieces", "price_minor", "alone")},
            "verdict": str(one.verdict),
            "operations": [
                {
                    **{name: own[name] for name in ("process", "able", "best")},
                    "near": [firm["key"] for firm in own["near"]],
                }
                for own in one.operations
            ],
        }
        for one in found
    ]
    shares = [
        {
            "verdict": str(verdict),
            **{name: getattr(one, name) for name in ("parts", "pieces", "money_minor", "unpriced")},
        }
        for verdict, one in parts_lists.shares(found).items()
    ]
    gains = [
        {
            "requirement": one.requirement or None,
            "supplier": one.supplier or None,
            **{name: getattr(one, name) for name in ("parts", "pieces", "money_minor")},
        }
        for one in parts_lists.gains(found)
    ]
    return PartsListAnswer.model_validate({**_named(made), "lines": lines, "shares": shares, "gains": gains})


@blueprint.post("/parts-lists/<key>/need")
@operation(answer=DraftAnswer, body=ChosenParts, statuses=(201,), refusals=(404, 422), allowed=_changeable)
def post_need(key: str, body: ChosenParts) -> GivenAnswer:
    """A draft of a need with the chosen parts as positions."""
    need, _made = parts_acts.post_need(key, body.parts, form_tokens.token())
    return GivenAnswer(DraftAnswer(need=need), status=201, location=url_for("api_needs.read", key=need))


@blueprint.delete("/parts-lists/<key>")
@operation(answer=NoAnswer, refusals=(404,))
def remove(key: str) -> NoAnswer:
    """Delete a parts list; needs that were made of it stay."""
    parts_acts.remove(key)
    return NoAnswer()


@blueprint.get("/parts-lists/<key>/parts.<kind>")
@operation(media=_TABLES, refusals=(403, 404), scope=EXPORT, allowed=_readable)
def as_file(key: str, kind: str) -> Response:
    """A parts list with its makers as a file: xlsx or csv."""
    return parts_acts.as_file(key, kind)
