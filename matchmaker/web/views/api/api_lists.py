"""What leaves the site whole, for programs: lists and shortlists as files, and the journal; each needs a right of its own."""

from datetime import date
from typing import Annotated, Literal

from flask import Blueprint, Response
from pydantic import AwareDatetime, ConfigDict, Field

from matchmaker.domain.errors import FilterRefused
from matchmaker.domain.lifecycle import CertificationStage, NeedState
from matchmaker.services.development import year_answers
from matchmaker.services.figures import figure_files, period_reports
from matchmaker.services.reports import audit, spreadsheets
from matchmaker.services.reports.audit import JournalLine
from matchmaker.web.acts import (
    card_acts,
    figure_acts,
    journal_acts,
    ladder_acts,
    list_acts,
    report_acts,
    support_acts,
)
from matchmaker.web.kit import context, journal_words
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import operator, own_centre
from matchmaker.web.pages.supplier_search import LONGEST_QUERY
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiQuery, GivenAnswer, Limit
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_lists", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)
EXPORT, AUDIT = "export", "audit"
_TABLES = tuple(kind.partition(";")[0] for kind in spreadsheets.MEDIA.values())
_FIGURES = tuple(kind.partition(";")[0] for kind in figure_files.MEDIA.values())
_REPORTS = tuple(kind for _, kind in report_acts.MAKERS.values())


class SearchFilters(ApiQuery):
    """The words and conditions of the search."""

    q: Annotated[str, Field(max_length=LONGEST_QUERY)] = ""
    process: str = ""
    region: str = ""
    level: Literal["", "implementing", "certified", "dated", "verified"] = ""


class StateFilters(ApiQuery):
    """The needs in a state."""

    state: NeedState | None = None


class LadderFilters(ApiQuery):
    """Ladders at a stage, to a standard (a code), those of the person alone, or those that are late."""

    stage: CertificationStage | None = None
    standard: Annotated[str, Field(max_length=100)] = ""
    who: Literal["", "me"] = ""
    late: Literal["", "yes"] = ""


class LanguageFilters(ApiQuery):
    """The language of the file."""

    language: Literal["ru", "en"] | None = None


class JournalFilters(ApiQuery):
    """A person or an object by its key, a family of acts, a span of time; at most `limit` entries older than the one that
    `after` numbers.
    """

    person: Annotated[str, Field(max_length=40)] = ""
    thing: Annotated[str, Field(max_length=40)] = ""
    family: Annotated[str, Field(max_length=40)] = ""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    limit: Limit = 20
    after: Annotated[int, Field(ge=1, le=2**53)] | None = None


class YearFilters(ApiQuery):
    """The year, by default the one that ended last; `silent` for the participants that have not told of it."""

    year: Annotated[int | None, Field(ge=2000, le=2100)] = None
    silent: bool = False


class PeriodFilters(ApiQuery):
    """The period, written 2026-11, 2026-Q4 or 2026; by default the present quarter."""

    period: Annotated[str, Field(max_length=10)] = ""


class FigureFilters(PeriodFilters):
    """The period; at most `limit` rows behind the one that `after` numbers."""

    limit: Limit = 20
    after: Annotated[int, Field(ge=1, le=2**53)] | None = None


class FigureAnswer(ApiAnswer):
    """A figure: from `low` to `high`, equal where all is known; `ninth` is what nine of ten rows do not exceed."""

    code: str
    name: str
    formula: str
    unit: Literal["pieces", "percent", "days", "money", "per-thousand", "evenness"]
    low: float | None = None
    high: float | None = None
    ninth: float | None = None
    rows: int
    unknown: int
    plan: float | None = None
    tables: list[str]


class FiguresAnswer(ApiAnswer):
    """All figures of the centre in a period, from the day `from` to the day `to`; a locked period has the hash of its rows."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    centre: str
    period: str
    start: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    counted_at: AwareDatetime
    locked: bool
    sha256: str | None = None
    figures: list[FigureAnswer]


class ToldFigures(FiguresAnswer):
    """Figures without rows; `left_out` are the codes of those that too few firms make to be told."""

    left_out: list[str]


class FigureRowAnswer(ApiAnswer):
    """A row behind a figure: a need, a supplier or a firm, and what it adds, from `low` to `high`, of `weight` in a share."""

    number: int
    kind: Literal["need", "supplier", "firm"]
    key: str
    label: str
    firm: str | None = None
    inn: str | None = None
    low: float
    high: float | None = None
    weight: float


class FigureRows(ApiAnswer):
    """A figure with the rows behind it."""

    figure: FigureAnswer
    items: list[FigureRowAnswer]


class JournalEntryAnswer(ApiAnswer):
    """An act, in a code and in words: who did it, when, to what."""

    number: int
    at: AwareDatetime
    act: str
    words: str
    person: str
    who: str
    kind: str
    thing: str
    name: str | None = None


class JournalList(ApiAnswer):
    """The entries that the person may read, the newest first."""

    items: list[JournalEntryAnswer]


@blueprint.get("/lists/suppliers.<kind>")
@operation(
    media=_TABLES,
    query=SearchFilters,
    refusals=(403, 404, 503),
    scope=EXPORT,
    allowed=lambda **_: list_acts.check_allowed(database()),
)
def suppliers(kind: str, query: SearchFilters) -> Response:  # noqa: ARG001 - the list reads the address
    """The suppliers that a search finds, as a file: xlsx or csv."""
    return list_acts.suppliers(kind)


@blueprint.get("/lists/needs.<kind>")
@operation(
    media=_TABLES,
    query=StateFilters,
    refusals=(403, 404),
    scope=EXPORT,
    allowed=lambda **_: list_acts.check_allowed(database()),
)
def needs(kind: str, query: StateFilters) -> Response:  # noqa: ARG001 - as above
    """The person's own needs, for an operator those of the centre, as a file: xlsx or csv."""
    return list_acts.own_needs(kind)


@blueprint.get("/lists/orders.<kind>")
@operation(media=_TABLES, refusals=(403, 404), scope=EXPORT)
def orders(kind: str) -> Response:
    """The orders of the person's firms on either side, for an operator those of the centre too, as a file: xlsx or csv."""
    return list_acts.orders(kind)


@blueprint.get("/lists/certificates.<kind>")
@operation(media=_TABLES, refusals=(403, 404), scope=EXPORT)
def certificates(kind: str) -> Response:
    """For an operator the certificates that wait for verification, and those that end soon, as a file: xlsx or csv."""
    return list_acts.certificates_at_work(kind)


@blueprint.get("/lists/ladders.<kind>")
@operation(
    media=_TABLES,
    query=LadderFilters,
    refusals=(403, 404),
    scope=EXPORT,
    allowed=lambda **_: operator(database()),
)
def ladders(kind: str, query: LadderFilters) -> Response:  # noqa: ARG001 - the list reads the address
    """For an operator where the centre's suppliers stand on the way to certificates, as a file: xlsx or csv."""
    return ladder_acts.as_file(kind)


@blueprint.get("/lists/cards.<kind>")
@operation(media=_TABLES, refusals=(403, 404), scope=EXPORT)
def cards(kind: str) -> Response:
    """For an operator the development cards for the centre's needs, as a file: xlsx or csv."""
    return card_acts.as_file(kind)


@blueprint.get("/lists/measures.<kind>")
@operation(media=_TABLES, refusals=(403, 404), scope=EXPORT)
def measures(kind: str) -> Response:
    """For an operator the support measures of the centre, as a file: xlsx or csv."""
    return support_acts.as_file("measures", kind)


@blueprint.get("/lists/helpers.<kind>")
@operation(media=_TABLES, refusals=(403, 404), scope=EXPORT)
def helpers(kind: str) -> Response:
    """For an operator the helpers of the centre, as a file: xlsx or csv."""
    return support_acts.as_file("helpers", kind)


@blueprint.get("/needs/<key>/shortlist.<kind>")
@operation(
    media=_REPORTS,
    query=LanguageFilters,
    refusals=(403, 404),
    scope=EXPORT,
    allowed=lambda key, **_: report_acts.exportable(database(), key),
)
def shortlist(key: str, kind: str, query: LanguageFilters) -> Response:
    """The released shortlist of a need as a file, pdf or xlsx, in either language."""
    return report_acts.shortlist(key, kind, query.language or context.language())


def _of_the_centre(**_: object) -> object:
    return own_centre(database())


@blueprint.get("/figures")
@operation(answer=FiguresAnswer, query=PeriodFilters, refusals=(403,), scope=EXPORT, allowed=_of_the_centre)
def figures(query: PeriodFilters) -> FiguresAnswer:
    """For an operator all figures of the centre in a period: as locked, else counted now."""
    centre, period = own_centre(database()), figure_acts.period(query.period)
    report = period_reports.report(database(), centre, period, figure_acts.rules())
    return FiguresAnswer.model_validate(figure_files.values(report, figure_acts.words()))


@blueprint.get("/figures/<figure>")
@operation(answer=FigureRows, query=FigureFilters, refusals=(403, 404), scope=EXPORT, allowed=_of_the_centre)
def figure(figure: str, query: FigureFilters) -> GivenAnswer:
    """One figure of a period with the rows behind it."""
    centre, period, words = (
        own_centre(database()),
        figure_acts.period(query.period),
        figure_acts.words(),
    )
    found, _lock = period_reports.one_figure(database(), centre, period, figure_acts.rules(), figure)
    start = query.after or 0
    items = [
        FigureRowAnswer(number=number, **figure_files.row_values(row, words.language))
        for number, row in enumerate(found.rows[start : start + query.limit], start + 1)
    ]
    kept = query.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    more = {**kept, "after": start + len(items)} if start + len(items) < len(found.rows) else None
    answer = FigureAnswer.model_validate(figure_files.value(found, words))
    return GivenAnswer(FigureRows(figure=answer, items=items), following=more)


@blueprint.get("/centres/<code>/figures")
@operation(
    answer=ToldFigures, query=PeriodFilters, refusals=(403,), scope=EXPORT, allowed=figure_acts.told_centre
)
def told_figures(code: str, query: PeriodFilters) -> ToldFigures:
    """For the authority that funds a centre its figures in a period, without those that a few firms make; nobody else's rows are told."""
    told = figure_acts.told(code, figure_acts.period(query.period))
    values = figure_files.values(told.report, figure_acts.words())
    return ToldFigures.model_validate({**values, "left_out": [one.code for one in told.left_out]})


@blueprint.get("/lists/figures.<kind>")
@operation(media=_FIGURES, query=PeriodFilters, refusals=(403, 404), scope=EXPORT, allowed=_of_the_centre)
def figure_report(kind: str, query: PeriodFilters) -> Response:
    """The report of a period as a file: xlsx, csv, pdf or json; the workbook holds the rows too."""
    return figure_acts.as_file(figure_acts.period(query.period), kind)


@blueprint.get("/lists/years.<kind>")
@operation(media=_TABLES, query=YearFilters, refusals=(403, 404), scope=EXPORT, allowed=_of_the_centre)
def years(kind: str, query: YearFilters) -> Response:
    """For an operator the participants of a year and what they told of it, as a file: xlsx or csv."""
    return list_acts.years(kind, query.year or year_answers.last_year(context.today()), silent=query.silent)


@blueprint.get("/journal")
@operation(answer=JournalList, query=JournalFilters, refusals=(404,), scope=AUDIT, allowed=journal_acts.scope)
def journal(query: JournalFilters) -> GivenAnswer:
    """The journal: a centre's for its operators, a firm's for who answers for it, roles for the network's administrator."""
    scope = journal_acts.scope()
    if query.family and query.family not in journal_words.FAMILIES:
        raise FilterRefused(name="family", value=query.family)
    asked = audit.JournalQuery(query.person, query.thing, query.family, query.since, query.until)
    found = audit.page(database(), scope, asked, query.after, context.language(), limit=query.limit)
    kept = query.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    more = {**kept, "after": found.below} if found.below is not None else None
    return GivenAnswer(JournalList(items=[_entry(one) for one in found.lines]), following=more)


def _entry(line: JournalLine) -> JournalEntryAnswer:
    entry = line.entry
    return JournalEntryAnswer(
        number=entry.id,
        at=entry.at,
        act=entry.action,
        words=journal_words.journal_words(entry.action),
        person=entry.actor,
        who=journal_words.actor_words(line),
        kind=entry.object_kind,
        thing=entry.object_id,
        name=line.thing or None,
    )
