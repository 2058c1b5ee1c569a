"""The form of a quote: the typed values of a supplier, or of the operator for it, and their problems."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask_babel import get_timezone, gettext

from matchmaker.domain.errors import (
    InvalidRecord,
    NoQuotesTaken,
    NotNow,
    Problem,
    QuoteClosed,
    StaleRevision,
)
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import OPEN_NEEDS, QuoteState
from matchmaker.domain.records import NeedRecord
from matchmaker.models import Match, Quote
from matchmaker.models.matches import MATERIAL_BY, VATS
from matchmaker.services.needs import need_summary, quote_rounds
from matchmaker.services.quotes import position_prices, quote_attachments, quote_terms
from matchmaker.services.quotes.quote_entry import QuoteEntry
from matchmaker.services.shortlist import team_parts
from matchmaker.web.kit import context, forms, position_forms
from matchmaker.web.kit.context import database

REFUSALS = (InvalidRecord, NoQuotesTaken, NotNow, QuoteClosed, StaleRevision)
_PRICED = frozenset(position_prices.FIELDS)


def refused(
    error: InvalidRecord | NoQuotesTaken | NotNow | QuoteClosed | StaleRevision,
) -> tuple[dict[str, str], int]:
    """The problems by field, and the status of the answer."""
    if isinstance(error, InvalidRecord):
        return forms.with_values(error), 422
    values = {name: _shown(value) for name, value in error.params.items()}
    return {"amount": gettext(error.template) % values}, 409


def _shown(value: object) -> str:
    return (
        value.astimezone(zone()).strftime("%Y-%m-%d %H:%M:%S %Z")
        if isinstance(value, datetime)
        else str(value)
    )


def zone() -> ZoneInfo:
    return ZoneInfo(str(get_timezone() or "UTC"))


def form(
    match: Match,
    record: NeedRecord,
    quote: Quote | None,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    *,
    for_firm: bool = False,
    letter: str = "",
) -> str:
    """The form of a supplier's match; `record` is the need as its reader may read it, `for_firm` where an operator types for the
    supplier, `letter` the token of the link by which a firm without an account came.
    """
    need, firm = match.need, match if for_firm else None
    asked, terms = position_prices.asked(record), quote_terms.of(quote) if quote and not firm else None
    sent = quote is not None and quote.state != QuoteState.WITHDRAWN
    return render_template(
        "quotes/own.html",
        need=need,
        quote=None if firm else quote,
        firm=firm,
        letter=letter,
        team=team_parts.rows(database(), match, context.language()),
        card=need_summary.card(need, context.language()) if letter else (),
        sent=sent,
        papers=quote_attachments.of_quotes(database(), [quote]).get(quote.id, ())
        if quote and not firm
        else (),
        dropped=request.form.getlist("drop"),
        again=any(one.filename for one in request.files.getlist("file")),
        form=typed or quote_terms.shown(terms, asked),
        terms=terms,
        asked=list(zip(asked, record.positions, strict=True)),
        told=position_forms.told,
        vats=VATS,
        material_by=MATERIAL_BY,
        problems=problems or {},
        currencies=quote_terms.CURRENCIES,
        closed=quote_rounds.is_over(database(), need) or need.told_state not in OPEN_NEEDS,
    )


def typed_moment(value: datetime | None) -> str:
    """A moment in the reader's zone, as its field holds it."""
    return value.astimezone(zone()).strftime("%Y-%m-%dT%H:%M") if value else ""


def moment(given: str) -> datetime | None:
    """A moment typed in the reader's zone; none for an empty field. Raises InvalidRecord."""
    if not given:
        return None
    try:
        return datetime.fromisoformat(given).replace(tzinfo=zone()).astimezone(UTC)
    except (ValueError, OverflowError):
        message = N_("Give the day and the time, for example 2026-12-20T15:00.")
        raise InvalidRecord((Problem("until", "moment.form", message, given[:40]),)) from None


def as_typed() -> dict[str, str]:
    """The typed values, by field."""
    names = {*quote_terms.FIELDS, *(name for name in request.form if name.partition("-")[0] in _PRICED)}
    return {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in names}


def entry(typed: Mapping[str, str], record: NeedRecord) -> QuoteEntry:
    """The typed quote for a need, with new papers and papers to be removed. Raises InvalidRecord."""
    papers = [(one.filename, one.stream) for one in request.files.getlist("file") if one.filename]
    asked = position_prices.asked(record)
    return QuoteEntry(quote_terms.read(typed, context.today(), asked), papers, request.form.getlist("drop"))
