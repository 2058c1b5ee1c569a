"""Quotes: an invited supplier writes one; the contractor opens and compares them after the deadline."""

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain import access
from matchmaker.domain.errors import (
    InvalidRecord,
    NotFound,
    QuoteClosed,
    StaleRevision,
)
from matchmaker.domain.language import N_
from matchmaker.models import Match, Need, Quote, Session, User
from matchmaker.services.core import blobs
from matchmaker.services.mail import letters
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.quotes import messages, quote_attachments, quote_requests, quote_terms, quotes
from matchmaker.services.shortlist import shortlists
from matchmaker.web.kit import context, forms, time_zones
from matchmaker.web.kit.context import database, product, signed_in, subject
from matchmaker.web.kit.forms import by_field
from matchmaker.web.kit.labels import reason_word
from matchmaker.web.pages.need_access import (
    access_object,
    own_firm,
    require_signed,
)
from matchmaker.web.views.needs import quote_form

blueprint = Blueprint("quotes", __name__, url_prefix="/needs")


def _need(session: Session, key: str, action: str) -> Need:
    need = needs.by_key(session, key)
    require_signed(action, need)
    return need


def _match(session: Session, need: Need) -> Match:
    """The match of the person's own firm."""
    return quotes.match_of(session, need, own_firm(need))


@blueprint.route("/<key>/quote", methods=["GET", "POST"])
@login_required
def own(key: str) -> ResponseReturnValue:
    """One's own quote: a draft, submitted, replaced."""
    need = _need(database(), key, "quote.submit")
    match = _match(database(), need)
    if request.method == "GET":
        return quote_form.form(need, quotes.of_match(database(), match))
    typed = quote_form.as_typed()
    revision = forms.whole_number(request.form, "revision")
    submit = request.form.get("do") == "submit"
    try:
        offer = quote_terms.read(typed, context.today())
        with product().sessions.begin() as writing:
            stored = quotes.match_of(
                writing, needs.by_key(writing, key), match.profile.organisation.public_id
            )
            user = accounts.by_email(writing, signed_in().email)
            quote = quotes.save(writing, stored, offer, user, revision=revision, submit=submit)
            _keep_papers(writing, quote, user)
    except (InvalidRecord, QuoteClosed, StaleRevision) as error:
        problems, status = quote_form.refused(error)
        return quote_form.form(need, quotes.of_match(database(), match), typed, problems), status
    flash(gettext("The quote is sent.") if submit else gettext("The draft is kept; nobody sees it."))
    return redirect(url_for("quotes.own", key=key))


@blueprint.route("/<key>/matches/<match>/quote", methods=["GET", "POST"])
@login_required
def behalf(key: str, match: str) -> ResponseReturnValue:
    """The operator types in a quote that a supplier sent on paper; once saved it is sealed from the operator too."""
    need = _need(database(), key, "match.curate")
    found = messages.by_key(database(), need, match)
    if not found.is_within_circle:
        raise NotFound(what="match", key=match)
    if request.method == "GET":
        return quote_form.form(need, quotes.of_match(database(), found), firm=found)
    typed = quote_form.as_typed()
    try:
        offer = quote_terms.read(typed, context.today())
        with product().sessions.begin() as writing:
            stored = messages.by_key(writing, needs.by_key(writing, key), match)
            user = accounts.by_email(writing, signed_in().email)
            _keep_papers(writing, quotes.enter(writing, stored, offer, user), user)
            messages.write(writing, stored, _told(stored), user, writer="centre", audience="supplier")
    except (InvalidRecord, QuoteClosed, StaleRevision) as error:
        problems, status = quote_form.refused(error)
        return quote_form.form(need, None, typed, problems, firm=found), status
    flash(gettext("The quote is entered, and the supplier is told of it."))
    return redirect(url_for("curating.shortlist", key=key))


def _keep_papers(session: Session, quote: Quote, user: User) -> None:
    sent = [(one.filename, one.stream) for one in request.files.getlist("file") if one.filename]
    folder = product().data / "files"
    quote_attachments.change(session, quote, sent, request.form.getlist("drop"), user, folder)


def _told(match: Match) -> str:
    """What the supplier reads of a quote that was typed in for it, in its own language."""
    words = letters.words("ru" if match.profile.organisation.name_ru else "en")
    return words(N_("The centre has entered the quote that you sent on paper. Please look it over."))


@blueprint.post("/<key>/quote/withdraw")
@login_required
def withdraw(key: str) -> Response:
    need = _need(database(), key, "quote.submit")
    firm = _match(database(), need).profile.organisation.public_id
    with product().sessions.begin() as writing:
        match = quotes.match_of(writing, needs.by_key(writing, key), firm)
        quotes.withdraw(writing, match, accounts.by_email(writing, signed_in().email))
    flash(gettext("The quote is withdrawn."))
    return redirect(url_for("quotes.own", key=key))


@blueprint.get("/<key>/quotes")
@login_required
def listed(key: str) -> ResponseReturnValue:
    """All quotes side by side once they are open; before that only when, and for the operator who has answered."""
    return _list(_need(database(), key, "quote.opened"))


def _list(need: Need, problems: dict[str, str] | None = None) -> str:
    sealed = quotes.sealed(database(), need)
    operator = access.may(subject(), "match.curate", access_object(need)).allowed
    may_edit = access.may(subject(), "need.edit", access_object(need)).allowed
    found = [] if sealed else list(quotes.opened(database(), need))
    passed = need.quotes_until is not None and quotes.clock(database()) >= need.quotes_until
    return render_template(
        "quotes/list.html",
        need=need,
        sealed=sealed,
        quotes=found,
        papers=quote_attachments.of_quotes(database(), found),
        sizes=sorted({pieces for quote in found for pieces, _ in quote.batch_prices or ()}),
        answered=quotes.answered(database(), need) if sealed and operator else None,
        may_award=access.may(subject(), "need.award", access_object(need)).allowed,
        may_set=may_edit and not passed and need.is_open,
        shortlist=shortlists.released(database(), need) if may_edit else (),
        zone=time_zones.town(quote_form.zone().key),
        problems=problems or {},
        typed=request.form,
        set_until=need.quotes_until.astimezone(quote_form.zone()).strftime("%Y-%m-%dT%H:%M")
        if need.quotes_until
        else "",
    )


@blueprint.post("/<key>/quotes/deadline")
@login_required
def deadline(key: str) -> ResponseReturnValue:
    """Until when quotes are taken; a deadline that has passed opened the quotes and stays."""
    need = _need(database(), key, "need.edit")
    try:
        until = quote_form.moment(request.form.get("until", ""))
        with product().sessions.begin() as writing:
            user = accounts.by_email(writing, signed_in().email)
            stored = needs.by_key(writing, key)
            quotes.set_deadline(writing, stored, until, user, sealed=_sealed())
    except InvalidRecord as error:
        return _list(need, by_field(error)), 422
    flash(gettext("The deadline is set.") if until else gettext("There is no deadline now."))
    return redirect(url_for("quotes.listed", key=key))


def _sealed() -> bool:
    return request.form.get("openly") != "yes"


@blueprint.post("/<key>/quotes/ask")
@login_required
def ask(key: str) -> ResponseReturnValue:
    """Ask suppliers of the shortlist for quotes, until a moment."""
    need = _need(database(), key, "need.edit")
    try:
        until = quote_form.moment(request.form.get("until", ""))
        with product().sessions.begin() as writing:
            stored = needs.by_key(writing, key)
            ticked = request.form.getlist("match")
            chosen = [one for one in shortlists.released(writing, stored) if one.public_id in ticked]
            user = accounts.by_email(writing, signed_in().email)
            asked = quote_requests.ask(writing, stored, chosen, until, user, sealed=_sealed())
            told, waiting = len(asked.told), len(asked.waiting)
    except InvalidRecord as error:
        return _list(need, by_field(error)), 422
    if told:
        flash(
            ngettext("%(num)d supplier is asked by letter.", "%(num)d suppliers are asked by letter.", told)
        )
    if waiting:
        flash(
            ngettext(
                "%(num)d supplier is invited by the centre first; it sees your wish.",
                "%(num)d suppliers are invited by the centre first; it sees your wish.",
                waiting,
            )
        )
    return redirect(url_for("quotes.listed", key=key))


@blueprint.get("/quotes/papers/<key>")
@login_required
def paper(key: str) -> Response:
    """A paper of a quote, always as a download: for its author, and once the quote is open for who may read it."""
    stored, quote = quote_attachments.by_key(database(), key)
    firm = quote.match.profile.organisation.public_id
    if not any(role.organisation == firm for role in subject().roles):
        need = _need(database(), quote.match.need.public_id, "quote.opened")
        if not quote.is_sent or quotes.sealed(database(), need):
            raise NotFound(what="file", key=key)
    path = blobs.path_of(product().data / "files", stored.sha256)
    if not path.exists():
        raise NotFound(what="file", key=key)
    with product().sessions.begin() as writing:
        again, of = quote_attachments.by_key(writing, key)
        quote_attachments.opened(writing, of, again, accounts.by_email(writing, signed_in().email))
    content = BytesIO(path.read_bytes())
    answer = send_file(content, mimetype=stored.media_type, as_attachment=True, download_name=stored.name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/<key>/quotes/<quote>/accept")
@login_required
def accept(key: str, quote: str) -> Response:
    """Contract with the author; the others are told."""
    need = _need(database(), key, "need.award")
    if quotes.sealed(database(), need):
        raise NotFound(what="quote", key=quote)
    with product().sessions.begin() as writing:
        user = accounts.by_email(writing, signed_in().email)
        quotes.accept(writing, needs.by_key(writing, key), quote, user, reason_word)
    flash(gettext("The contract is recorded; the others hear of it by letter."))
    return redirect(url_for("quotes.listed", key=key))
