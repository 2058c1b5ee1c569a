"""What leaves the site whole, for programs: lists and shortlists as files, and the journal; each needs a right of its own."""

from typing import Annotated, Literal

from flask import Blueprint, Response
from pydantic import AwareDatetime, Field

from matchmaker.domain.errors import FilterRefused
from matchmaker.domain.lifecycle import NeedState
from matchmaker.services.reports import audit, spreadsheets
from matchmaker.services.reports.audit import JournalLine
from matchmaker.web.acts import journal_acts, list_acts, report_acts
from matchmaker.web.kit import context, journal_words
from matchmaker.web.kit.context import database
from matchmaker.web.pages.supplier_search import LONGEST_QUERY
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiQuery, GivenAnswer, Limit
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_lists", __name__, url_prefix="/api/v1")
blueprint.before_request(api_bodies.check_key)
EXPORT, AUDIT = "export", "audit"
_TABLES = tuple(kind.partition(";")[0] for kind in spreadsheets.MEDIA.values())
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


@blueprint.get("/lists/certificates.<kind>")
@operation(media=_TABLES, refusals=(403, 404), scope=EXPORT)
def certificates(kind: str) -> Response:
    """For an operator the certificates that wait for verification, and those that end soon, as a file: xlsx or csv."""
    return list_acts.certificates_at_work(kind)


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
