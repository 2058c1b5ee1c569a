"""Changing one's own name, password and address."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import Session, User
from matchmaker.services.core import signed_links
from matchmaker.services.needs import needs
from matchmaker.services.people import account_settings, accounts, memberships
from matchmaker.web.kit import form_tokens
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.views.account import account_page, signing_in

blueprint = Blueprint("own_account", __name__, url_prefix="/account")


@blueprint.post("/name")
@login_required
def rename() -> ResponseReturnValue:
    who = signed_in()
    try:
        with product().sessions.begin() as writing:
            account_settings.rename(
                writing, accounts.by_email(writing, who.email), request.form.get("name", "")
            )
    except InvalidRecord as error:
        return account_page.page(request.form.get("name", "")[:300], problems_of(error)), 422
    flash(gettext("Saved."))
    return redirect(url_for("account.show"))


@blueprint.route("/join", methods=["GET", "POST"])
@login_required
def join() -> ResponseReturnValue:
    """Ask to act for an organisation, or for another side of one's own; a number that nobody has makes a new one."""
    form = {name: request.form.get(name, "")[:1000] for name in ("inn", "organisation", "role")}
    if request.method == "GET":
        return render_template("account/join_firm.html", form=form, problems={})
    who = signed_in()
    try:
        firm = memberships.checked(form["inn"], form["organisation"], form["role"])
        if firm is None:
            return _join_page(form, {"inn": gettext("Give the INN of the organisation.")})
        with product().sessions.begin() as writing:
            centre = needs.centre_of(writing, product().settings.centre)
            held = memberships.join(writing, accounts.by_email(writing, who.email), firm, centre)
            asked = held.is_asked
    except InvalidRecord as error:
        return _join_page(form, problems_of(error))
    flash(
        gettext("Whoever answers for the organisation is asked to let you in.")
        if asked
        else gettext("You act for the organisation now.")
    )
    return redirect(url_for("account.show"))


def _join_page(form: dict[str, str], problems: dict[str, str]) -> ResponseReturnValue:
    return render_template("account/join_firm.html", form=form, problems=problems), 422


@blueprint.route("/password", methods=["GET", "POST"])
@login_required
def password() -> ResponseReturnValue:
    """Choose another password: every other session and every key ends, this browser stays signed in."""
    if request.method == "GET":
        return render_template("account/password.html", problems={})
    remember, tokens = bool(session.permanent), []

    def change(writing: Session, user: User) -> None:
        account_settings.change_password(writing, user, request.form.get("password", "")[:1000])
        tokens.append(signing_in.begin(writing, user, remember))

    problems = signing_in.with_password(change)
    if problems:
        return render_template("account/password.html", problems=problems), 422
    signing_in.enter(tokens[0], remember)
    flash(gettext("The new password is set; all other sessions and keys have ended."))
    return redirect(url_for("account.show"))


@blueprint.route("/email", methods=["GET", "POST"])
@login_required
def email() -> ResponseReturnValue:
    """Ask for another address; it counts once its letter's link was pressed."""
    if request.method == "GET":
        return render_template("account/email.html", form={}, problems={}, once=form_tokens.token())
    form, sent = {"email": request.form.get("email", "")[:300].strip()}, form_tokens.given()

    def ask(writing: Session, user: User) -> None:
        if not signed_links.used(writing, "email-form", sent):
            account_settings.ask_email(writing, user, form["email"])
            signed_links.use(writing, "email-form", sent)

    problems = signing_in.with_password(ask)
    if problems:
        return render_template("account/email.html", form=form, problems=problems, once=sent), 422
    words = gettext(
        "We have sent a letter to %(email)s. The address changes once you press the link in it.",
        email=form["email"],
    )
    flash(words)
    return redirect(url_for("account.show"))


@blueprint.route("/email/<token>", methods=["GET", "POST"])
def confirm_email(token: str) -> ResponseReturnValue:
    """Make the new address the account's, by the link of its letter."""
    _, address = account_settings.of_email_link(database(), token)
    if request.method == "GET":
        return render_template("account/email_confirm.html", email=address)
    with product().sessions.begin() as writing:
        account_settings.change_email(writing, token)
    session.clear()
    flash(gettext("The address is changed, and all sessions have ended. Sign in with the new one."))
    return redirect(url_for("account.login"))
