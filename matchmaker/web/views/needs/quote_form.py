"""The form of a quote: the typed values of a supplier, or of the operator for it, and their problems."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask_babel import get_timezone, gettext

from importers.cells import amount_text
from matchmaker.domain.errors import (
    InvalidRecord,
    NoQuotesTaken,
    Problem,
    QuoteClosed,
    StaleRevision,
)
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import OPEN_NEEDS, QuoteState
from matchmaker.models import Match, Need, Quote
from matchmaker.services.needs import quote_rounds
from matchmaker.services.quotes import quote_attachments, quote_terms
from matchmaker.services.quotes.quote_entry import QuoteEntry
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.context import database


def refused(
    error: InvalidRecord | NoQuotesTaken | QuoteClosed | StaleRevision,
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
    need: Need,
    quote: Quote | None,
    typed: dict[str, str] | None = None,
    problems: dict[str, str] | None = None,
    *,
    firm: Match | None = None,
) -> str:
    """The form; `firm` is the match of the supplier for which an operator types."""
    sent = quote is not None and quote.state != QuoteState.WITHDRAWN
    return render_template(
        "quotes/own.html",
        need=need,
        quote=None if firm else quote,
        firm=firm,
        sent=sent,
        papers=quote_attachments.of_quotes(database(), [quote]).get(quote.id, ())
        if quote and not firm
        else (),
        dropped=request.form.getlist("drop"),
        again=any(one.filename for one in request.files.getlist("file")),
        form=typed or _of(None if firm else quote),
        problems=problems or {},
        currencies=quote_terms.CURRENCIES,
        closed=quote_rounds.is_over(database(), need) or need.told_state not in OPEN_NEEDS,
    )


def _of(quote: Quote | None) -> dict[str, str]:
    if quote is None:
        return {**dict.fromkeys(quote_terms.FIELDS, ""), "currency": "RUB"}
    lines = (f"{pieces}: {amount_text(price)}" for pieces, price in quote.batch_prices or ())
    return {
        "amount": amount_text(quote.amount_minor) if quote.amount_minor else "",
        "currency": quote.currency,
        "batches": "\n".join(lines),
        "lead_time_days": str(quote.lead_time_days or ""),
        "valid_until": quote.valid_until.isoformat() if quote.valid_until else "",
        "text": quote.text or "",
    }


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
    return {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in quote_terms.FIELDS}


def entry(typed: Mapping[str, str]) -> QuoteEntry:
    """The typed quote, with new papers and papers to be removed. Raises InvalidRecord."""
    papers = [(one.filename, one.stream) for one in request.files.getlist("file") if one.filename]
    return QuoteEntry(quote_terms.read(typed, context.today()), papers, request.form.getlist("drop"))
