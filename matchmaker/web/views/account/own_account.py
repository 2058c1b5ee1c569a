"""The change of the reader's own name, password and address."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import Membership, Session, User
from matchmaker.services.needs import needs
from matchmaker.services.people import account_settings, accounts, memberships
from matchmaker.web.kit import form_tokens
from matchmaker.web.kit.changes import account_change, change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.views.account import account_page, firm_lookup, signing_in
from matchmaker.web.views.account.firm_lookup import FormAnswer

blueprint = Blueprint("own_account", __name__, url_prefix="/account")


@blueprint.post("/name")
@login_required
def rename() -> ResponseReturnValue:
    """Change the reader's name."""
    try:
        with change() as (writing, user):
            account_settings.rename(writing, user, request.form.get("name", ""))
    except InvalidRecord as error:
        return account_page.page(request.form.get("name", "")[:300], problems_of(error)), 422
    flash(gettext("Saved."))
    return redirect(url_for("account.show"))


@blueprint.route("/join", methods=["GET", "POST"])
@login_required
def join() -> ResponseReturnValue:
    """Request a role in an organisation, or another role in the reader's own; an unknown number creates a new
    organisation.
    """
    form = {name: request.form.get(name, "")[:1000] for name in firm_lookup.FIELDS}
    if request.method == "GET":
        return _join_form(FormAnswer(form, {}, firm_lookup.at_first()))
    if firm_lookup.is_asked():
        return _join_form(firm_lookup.answer(form))
    try:
        asked = _join(form).is_asked
    except InvalidRecord as error:
        return _join_form(firm_lookup.refused(form, error))
    waits = gettext("The person in charge of the organisation is asked to let you in.")
    flash(waits if asked else gettext("You act for the organisation now."))
    return redirect(url_for("account.show"))


def _join_form(shown: FormAnswer) -> tuple[str, int, dict[str, str]]:
    page = render_template(
        "account/join_firm.html", form=shown.form, problems=shown.problems, lookup=shown.lookup
    )
    return page, shown.status, shown.headers


def _join(form: Mapping[str, str]) -> Membership:
    """Join the organisation of the form. Raises InvalidRecord by field."""
    firm = memberships.named(form["inn"], form["organisation"], form["role"], form["taken"])
    with change() as (writing, user):
        centre = needs.centre_of(writing, product().settings.centre)
        return memberships.join(writing, user, firm, centre)


@blueprint.route("/password", methods=["GET", "POST"])
@login_required
def password() -> ResponseReturnValue:
    """Choose another password: every other session and every key ends, this browser stays signed in."""
    if request.method == "GET":
        return render_template("account/password.html", problems={})
    remember, tokens, chosen = bool(session.permanent), [], request.form.get("password", "")[:1000]

    def renew(writing: Session, user: User) -> None:
        account_settings.change_password(writing, user, chosen)
        tokens.append(signing_in.begin(writing, user, remember))

    problems = signing_in.with_password(
        renew, check=lambda reading, user: accounts.demand_password(reading, user, chosen)
    )
    if problems:
        return render_template("account/password.html", problems=problems), 422
    signing_in.enter(tokens[0], remember)
    flash(gettext("The new password is set; all other sessions and keys have ended."))
    return redirect(url_for("account.show"))


@blueprint.route("/email", methods=["GET", "POST"])
@login_required
def email() -> ResponseReturnValue:
    """Request another address; it counts once the link in its e-mail was pressed."""
    if request.method == "GET":
        return render_template("account/email.html", form={}, problems={}, once=form_tokens.token())
    address, sent = request.form.get("email", "")[:300].strip(), form_tokens.given()
    problems = signing_in.with_password(
        lambda writing, user: account_settings.ask_email_once(writing, sent, user, address),
        check=lambda _reading, user: account_settings.demand_other_address(user, address),
    )
    if problems:
        form = {"email": address}
        return render_template("account/email.html", form=form, problems=problems, once=sent), 422
    words = gettext("We have sent an e-mail to %(email)s. The address changes once you follow its link.")
    flash(words % {"email": address})
    return redirect(url_for("account.show"))


@blueprint.route("/email/<token>", methods=["GET", "POST"])
def confirm_email(token: str) -> ResponseReturnValue:
    """Make the new address the account's, by the link in its e-mail."""
    _, address = account_settings.of_email_link(database(), token)
    if request.method == "GET":
        return render_template("account/email_confirm.html", email=address)
    with account_change() as writing:
        account_settings.change_email(writing, token)
    session.clear()
    flash(gettext("The address is changed, and all sessions have ended. Sign in with the new one."))
    return redirect(url_for("account.login"))
