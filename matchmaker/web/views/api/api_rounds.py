"""The round of quotes of a need for programs: asked for, its deadline, cancelled; the papers of quotes; quotes typed in by the centre."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from flask import Blueprint, Response
from pydantic import AwareDatetime, Field

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import Need
from matchmaker.services.quotes import quote_deadlines, quote_entry, quote_requests, quotes
from matchmaker.services.quotes.quote_entry import QuoteEntry
from matchmaker.web.acts import quote_acts
from matchmaker.web.kit import downloads
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.downloads import SentFile
from matchmaker.web.pages.need_access import authorised
from matchmaker.web.views.api import api_bodies
from matchmaker.web.views.api.api_answers import ApiAnswer, ApiBody, GivenAnswer
from matchmaker.web.views.api.api_dealings import QuoteAnswer, QuoteBody, own_match, quote_answer, terms_of
from matchmaker.web.views.api.operations import operation

blueprint = Blueprint("api_rounds", __name__, url_prefix="/api/v1/needs")
blueprint.before_request(api_bodies.check_key)
_PAPERS = ("application/pdf", "image/jpeg", "image/png")


class RoundBody(ApiBody):
    """The moment until which quotes are taken, none for no deadline; sealed quotes are opened only then."""

    until: AwareDatetime | None = None
    sealed: bool = True


class AskBody(RoundBody):
    """The suppliers of the shortlist to ask for a quote, by their matches."""

    matches: Annotated[tuple[str, ...], Field(min_length=1, max_length=100)]


class RoundAnswer(ApiAnswer):
    """The round of quotes of a need."""

    need: str
    until: datetime | None = None
    sealed: bool


class AskAnswer(RoundAnswer):
    """The suppliers that were asked at once, and those that the centre invites first, by their matches."""

    told: list[str]
    waiting: list[str]


def _round(need: Need) -> RoundAnswer:
    return RoundAnswer(need=need.public_id, until=need.quotes_until, sealed=need.quotes_sealed)


def _utc(moment: datetime | None) -> datetime | None:
    """A moment as it is stored. Raises InvalidRecord for one beyond the calendar."""
    try:
        return moment.astimezone(UTC) if moment else None
    except (OverflowError, ValueError):
        message = N_("Give the day and the time, for example 2026-12-20T15:00.")
        raise InvalidRecord((Problem("until", "moment.form", message, str(moment)),)) from None


@blueprint.put("/<key>/quotes/deadline")
@operation(
    answer=RoundAnswer,
    body=RoundBody,
    refusals=(403, 404),
    allowed=lambda key: authorised(database(), key, "need.edit"),
)
def set_deadline(key: str, body: RoundBody) -> RoundAnswer:
    """Set or move the deadline of quotes; who was promised another is told by e-mail. One that has passed stays."""
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        quote_deadlines.set_deadline(session, need, _utc(body.until), user, sealed=body.sealed)
        return _round(need)


@blueprint.delete("/<key>/quotes/deadline")
@operation(answer=RoundAnswer, refusals=(403, 404))
def cancel(key: str) -> RoundAnswer:
    """Cancel a sealed round: its quotes stay unopened, and all who were invited are told."""
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        quote_deadlines.cancel(session, need, user)
        return _round(need)


@blueprint.post("/<key>/quotes/ask")
@operation(
    answer=AskAnswer,
    body=AskBody,
    refusals=(403, 404),
    allowed=lambda key: authorised(database(), key, "need.edit"),
)
def ask(key: str, body: AskBody) -> AskAnswer:
    """Ask suppliers of the released shortlist for quotes, with a deadline."""
    with change() as (session, user):
        need = authorised(session, key, "need.edit").need
        found = quote_requests.ask(session, need, body.matches, _utc(body.until), user, sealed=body.sealed)
        return AskAnswer(
            **dict(_round(need)),
            told=[one.public_id for one in found.told],
            waiting=[one.public_id for one in found.waiting],
        )


@blueprint.put("/<key>/matches/<match>/quote")
@operation(
    answer=QuoteAnswer,
    body=QuoteBody,
    refusals=(403, 404),
    allowed=lambda key, **_: authorised(database(), key, "match.curate"),
)
def enter(key: str, match: str, body: QuoteBody) -> QuoteAnswer:
    """Enter, for an invited supplier, the quote that it sent on paper: sealed from the centre too, and the supplier is told."""
    authorised(database(), key, "match.curate")
    with change() as (session, user):
        found = authorised(session, key, "match.curate")
        terms = terms_of(body, found.record)
        stored = quotes.invited_match(session, found.need, match)
        made = quote_entry.enter_for_supplier(session, stored, QuoteEntry(terms), user, _folder())
        session.flush()
        return quote_answer(session, made, stored)


def _folder() -> Path:
    return product().data / "files"


@blueprint.post("/<key>/quote/papers")
@operation(
    answer=QuoteAnswer,
    takes_file=True,
    refusals=(403, 404),
    revised=True,
    allowed=lambda key: own_match(database(), key),
)
def add_paper(key: str, file: SentFile) -> GivenAnswer:
    """Add a paper to the shop's own quote before the deadline: a PDF, JPEG or PNG of up to 10 MB, five at most."""
    return _changed(key, papers=[file])


@blueprint.delete("/<key>/quote/papers/<paper>")
@operation(answer=QuoteAnswer, refusals=(403, 404), revised=True)
def remove_paper(key: str, paper: str) -> GivenAnswer:
    """Remove a paper from the shop's own quote before the deadline."""
    return _changed(key, dropped=[paper])


def _changed(key: str, papers: Sequence[SentFile] = (), dropped: Sequence[str] = ()) -> GivenAnswer:
    with change() as (session, user):
        match = own_match(session, key)
        quote = quote_entry.change_papers(session, match, user, _folder(), papers, dropped)
        session.flush()
        return GivenAnswer(quote_answer(session, quote, match), revision=quote.revision)


@blueprint.get("/quotes/papers/<key>")
@operation(media=_PAPERS, refusals=(403, 404, 410))
def paper(key: str) -> Response:
    """A paper of a quote, for its author, and once the quote is open for its readers; each download is recorded."""
    stored, content = quote_acts.opened(key)
    return downloads.attachment(content, stored)
