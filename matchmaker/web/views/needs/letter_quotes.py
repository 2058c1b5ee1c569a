"""A quote by the link of an invitation: a firm without an account fills in the form or adds its own PDF, where nothing of the
need opens only after an agreement.
"""

from pathlib import Path

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from matchmaker.domain.errors import Forbidden, LinkSpent
from matchmaker.models import Match, Session
from matchmaker.services.core import urls
from matchmaker.services.needs import need_summary
from matchmaker.services.quotes import quote_entry, quotes
from matchmaker.services.shortlist import link_answers
from matchmaker.services.shortlist.link_answers import InvitationLink
from matchmaker.web.kit import forms
from matchmaker.web.kit.changes import unsigned_change
from matchmaker.web.kit.context import database, product
from matchmaker.web.views.needs import quote_form

blueprint = Blueprint("letter_quotes", __name__, url_prefix="/answers")


def _asked(session: Session, token: str) -> InvitationLink:
    """The invitation of a link. Raises NotFound, and LinkSpent also where its need can no longer be read."""
    asked = link_answers.asked(session, token)
    if not asked.is_readable:
        raise LinkSpent
    return asked


def _invited(session: Session, token: str) -> Match:
    """The match that the link of a letter may quote for. Raises as `_asked`, Forbidden."""
    asked = _asked(session, token)
    if not link_answers.may_quote(session, asked):
        raise Forbidden
    return asked.match


@blueprint.route("/<token>/quote", methods=["GET", "POST"])
def own(token: str) -> ResponseReturnValue:
    """The firm's own quote: sent, and replaced until the deadline. Whoever has an account, or an agreement to accept first, is
    led to the page of those who sign in.
    """
    asked = _asked(database(), token)
    if not link_answers.may_quote(database(), asked):
        return redirect(urls.own_quote(asked.match.need.public_id))
    if request.method == "GET":
        return _form(token)
    typed = quote_form.as_typed()
    try:
        with unsigned_change() as session:
            match = _invited(session, token)
            entry = quote_form.entry(typed, need_summary.for_strangers(match.need))
            revision = forms.whole_number(request.form, "revision")
            folder: Path = product().data / "files"
            quote_entry.save(session, match, entry, None, folder, revision=revision, submit=True)
            until = match.need.quotes_until
    except quote_form.REFUSALS as error:
        problems, status = quote_form.refused(error)
        return _form(token, typed, problems), status
    return render_template("answers/done.html", kind="quote", key=None, token=token, until=until)


def _form(token: str, typed: dict[str, str] | None = None, problems: dict[str, str] | None = None) -> str:
    match = _invited(database(), token)
    record, quote = need_summary.for_strangers(match.need), quotes.of_match(database(), match)
    return quote_form.form(match, record, quote, typed, problems, letter=token)


@blueprint.post("/<token>/quote/withdraw")
def withdraw(token: str) -> ResponseReturnValue:
    """Withdraw the firm's own quote."""
    try:
        with unsigned_change() as session:
            quotes.withdraw(session, _invited(session, token), None)
    except quote_form.REFUSALS as error:
        problems, status = quote_form.refused(error)
        return _form(token, None, problems), status
    return render_template("answers/done.html", kind="taken_back", key=None, token=token)
