"""Quotes: an invited supplier writes one; the contractor opens and compares them after the deadline."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidRecord
from matchmaker.services.needs import quote_rounds
from matchmaker.services.quotes import (
    award_plans,
    quote_attachments,
    quote_comparison,
    quote_deadlines,
    quote_entry,
    quote_requests,
    quote_terms,
    quotes,
)
from matchmaker.services.quotes.quote_requests import QuoteRecipients
from matchmaker.services.shortlist import shortlists, team_parts
from matchmaker.web.acts import quote_acts
from matchmaker.web.kit import downloads, formats, forms, time_zones
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.forms import by_field
from matchmaker.web.pages.need_access import NeedAccess, authorised
from matchmaker.web.views.needs import compared_quotes, quote_form

blueprint = Blueprint("quotes", __name__, url_prefix="/needs")


@blueprint.route("/<key>/quote", methods=["GET", "POST"])
@login_required
def own(key: str) -> ResponseReturnValue:
    """The reader's own quote: drafted, submitted, replaced."""
    if request.method == "GET":
        return _own_form(key)
    typed, submit = quote_form.as_typed(), request.form.get("do") == "submit"
    try:
        _save(key, typed, submit=submit)
    except quote_form.REFUSALS as error:
        problems, status = quote_form.refused(error)
        return _own_form(key, typed, problems), status
    flash(gettext("The quote is sent.") if submit else gettext("The draft is saved; nobody else sees it."))
    return redirect(url_for("quotes.own", key=key))


def _save(key: str, typed: dict[str, str], *, submit: bool) -> None:
    revision = forms.whole_number(request.form, "revision")
    with change() as (session, user):
        found = authorised(session, key, "quote.submit")
        entry = quote_form.entry(typed, found.record)
        match = quotes.match_of(session, found.need, found.own_firm)
        quote_entry.save(session, match, entry, user, _folder(), revision=revision, submit=submit)


def _own_form(key: str, typed: dict[str, str] | None = None, problems: dict[str, str] | None = None) -> str:
    found = authorised(database(), key, "quote.submit")
    match = quotes.match_of(database(), found.need, found.own_firm)
    return quote_form.form(match, found.record, quotes.of_match(database(), match), typed, problems)


@blueprint.route("/<key>/matches/<match>/quote", methods=["GET", "POST"], endpoint="behalf")
@login_required
def enter_for_supplier(key: str, match: str) -> ResponseReturnValue:
    """Enter, as the operator, a quote that a supplier sent on paper; once saved it is sealed from the
    operator too.
    """
    if request.method == "GET":
        return _form_for_supplier(key, match)
    typed = quote_form.as_typed()
    try:
        with change() as (session, user):
            access = authorised(session, key, "match.curate")
            entry = quote_form.entry(typed, access.record)
            stored = quotes.invited_match(session, access.need, match)
            quote_entry.enter_for_supplier(session, stored, entry, user, _folder())
    except quote_form.REFUSALS as error:
        problems, status = quote_form.refused(error)
        return _form_for_supplier(key, match, typed, problems), status
    flash(gettext("The quote is entered, and the supplier is told of it."))
    return redirect(url_for("curating.shortlist", key=key))


def _form_for_supplier(
    key: str, match: str, typed: dict[str, str] | None = None, problems: dict[str, str] | None = None
) -> str:
    access = authorised(database(), key, "match.curate")
    found = quotes.invited_match(database(), access.need, match)
    quote = quotes.of_match(database(), found)
    return quote_form.form(found, access.record, quote, typed, problems, for_firm=True)


@blueprint.post("/<key>/quote/withdraw")
@login_required
def withdraw(key: str) -> ResponseReturnValue:
    """Withdraw the reader's own quote."""
    try:
        with change() as (session, user):
            found = authorised(session, key, "quote.submit")
            quotes.withdraw(session, quotes.match_of(session, found.need, found.own_firm), user)
    except quote_form.REFUSALS as error:
        problems, status = quote_form.refused(error)
        return _own_form(key, None, problems), status
    flash(gettext("The quote is withdrawn."))
    return redirect(url_for("quotes.own", key=key))


@blueprint.get("/<key>/quotes")
@login_required
def listed(key: str) -> ResponseReturnValue:
    """All quotes side by side once they are open; before that only the deadline, and for the operator the
    suppliers that have answered.
    """
    return _list(authorised(database(), key, "quote.opened"))


def _list(found: NeedAccess, problems: Mapping[str, str] | None = None) -> str:
    need, sealed = found.need, quote_rounds.sealed(database(), found.need)
    shown = [] if sealed else list(quotes.opened(database(), need))
    side_by_side = compared_quotes.compared(found, shown, request.args)
    return render_template(
        "quotes/list.html",
        need=need,
        sealed=sealed,
        quotes=shown,
        compared=side_by_side,
        take=award_plans.field,
        titles=team_parts.titles,
        currencies=quote_terms.CURRENCIES,
        most_weight=quote_comparison.MOST_WEIGHT,
        papers=quote_attachments.of_quotes(database(), shown),
        sizes=sorted({pieces for quote in shown for pieces, _ in quote.batch_prices or ()}),
        answered=quotes.answered(database(), need) if sealed and found.may_curate else None,
        may_award=found.may("need.award"),
        state_told=partial(quote_rounds.told_state, sealed=sealed and not found.may_curate),
        may_set=found.may_edit and need.is_open and not quote_rounds.is_over(database(), need),
        shortlist=shortlists.released(database(), need) if found.may_edit else (),
        zone=time_zones.town(quote_form.zone().key),
        problems={**side_by_side.problems, **(problems or {})},
        round_problems=problems or {},
        typed=request.form,
        set_until=quote_form.typed_moment(need.quotes_until),
    )


@blueprint.post("/<key>/quotes/deadline")
@login_required
def deadline(key: str) -> ResponseReturnValue:
    """Set the deadline for quotes; a past deadline has opened the quotes and stays."""
    try:
        until = quote_form.moment(request.form.get("until", ""))
        with change() as (session, user):
            need = authorised(session, key, "need.edit").need
            quote_deadlines.set_deadline(session, need, until, user, sealed=_sealed())
    except InvalidRecord as error:
        return _list(authorised(database(), key, "need.edit"), _in_words(error)), 422
    flash(_deadline_in_words(until) if until else gettext("There is no deadline now."))
    return redirect(url_for("quotes.listed", key=key))


def _deadline_in_words(until: datetime) -> str:
    zone = quote_form.zone()
    days = (until.astimezone(zone).date() - datetime.now(zone).date()).days
    return gettext(
        "Quotes are accepted until %(moment)s, %(days)s. Check that date.",
        moment=formats.weekday_moment(until),
        days=ngettext("in %(num)d day", "in %(num)d days", days) if days else gettext("today"),
    )


@blueprint.post("/<key>/quotes/cancel")
@login_required
def cancel(key: str) -> ResponseReturnValue:
    """Cancel a sealed round: its quotes stay unopened, and all who were invited are told."""
    try:
        with change() as (session, user):
            quote_deadlines.cancel(session, authorised(session, key, "need.edit").need, user)
    except InvalidRecord as error:
        return _list(authorised(database(), key, "need.edit"), _in_words(error)), 422
    flash(
        gettext("The round is cancelled. Quotes that were sent stay unopened; all who were invited are told.")
    )
    return redirect(url_for("quotes.listed", key=key))


def _in_words(error: InvalidRecord) -> dict[str, str]:
    """The problems by field, with moments in the reader's zone."""
    told = (
        replace(one, params={name: formats.weekday_moment(value) for name, value in one.params.items()})
        if one.path == "until"
        else one
        for one in error.problems
    )
    return by_field(InvalidRecord(tuple(told)))


def _sealed() -> bool:
    return request.form.get("openly") != "yes"


@blueprint.post("/<key>/quotes/ask")
@login_required
def ask(key: str) -> ResponseReturnValue:
    """Request quotes from suppliers of the shortlist, with a deadline."""
    try:
        until = quote_form.moment(request.form.get("until", ""))
        with change() as (session, user):
            need = authorised(session, key, "need.edit").need
            ticked = request.form.getlist("match")
            asked = quote_requests.ask(session, need, ticked, until, user, sealed=_sealed())
    except InvalidRecord as error:
        return _list(authorised(database(), key, "need.edit"), _in_words(error)), 422
    _say_who_is_asked(asked)
    return redirect(url_for("quotes.listed", key=key))


def _say_who_is_asked(asked: QuoteRecipients) -> None:
    told, waiting = len(asked.told), len(asked.waiting)
    if told:
        flash(
            ngettext("%(num)d supplier is asked by e-mail.", "%(num)d suppliers are asked by e-mail.", told)
        )
    if waiting:
        flash(
            ngettext(
                "%(num)d supplier is invited by the centre first; it sees your wish.",
                "%(num)d suppliers are invited by the centre first; it sees your wish.",
                waiting,
            )
        )


@blueprint.get("/quotes/papers/<key>")
@login_required
def paper(key: str) -> Response:
    """A paper of a quote, always as a download: for its author, and once the quote is open for its readers."""
    stored, content = quote_acts.opened(key)
    return downloads.attachment(content, stored)


def _folder() -> Path:
    """The folder of papers."""
    return product().data / "files"
