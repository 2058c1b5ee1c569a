"""Signing in and out, registering, one's own sessions."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.domain.language import N_
from matchmaker.services.mail import letters, preferences
from matchmaker.services.needs import needs
from matchmaker.services.people import (
    accounts,
    browser_sessions,
    consent,
    directory,
    memberships,
    password_reset,
    rate_limits,
)
from matchmaker.services.profiles import viewings
from matchmaker.web.kit import time_zones
from matchmaker.web.kit.addresses import local_address
from matchmaker.web.kit.context import TOKEN, language, product, signed_in
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.views.account import account_page, signing_in

blueprint = Blueprint("account", __name__)
_ROLES = {
    "supplier_editor": N_("supplier: edits the profile, answers needs"),
    "contractor_buyer": N_("contractor: posts needs, compares offers"),
    "operator": N_("operator of the centre"),
    "centre_administrator": N_("administrator of the centre"),
    "network_administrator": N_("administrator of the network"),
}


_NAMES = {
    "supplier_editor": N_("supplier"),
    "contractor_buyer": N_("contractor"),
    "operator": N_("operator"),
    "centre_administrator": N_("administrator of the centre"),
    "network_administrator": N_("administrator of the network"),
}


@blueprint.app_template_global()
def role_name(role: str) -> str:
    """The role in a word, for tables."""
    return gettext(_NAMES[role])


@blueprint.app_template_global()
def role_label(role: str) -> str:
    return gettext(_ROLES[role])


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    target = local_address(request.values.get("next"))
    if request.method == "GET":
        return render_template("account/login.html", next=target, email="", wrong=False)
    email, password = request.form.get("email", "")[:300], request.form.get("password", "")
    address, remember = request.remote_addr or "", bool(request.form.get("remember"))
    with product().sessions.begin() as writing:
        rate_limits.check(writing, "login", email, address)
        user = accounts.authenticate(writing, email, password[:1000])
        if user is None:
            rate_limits.fail(writing, "login", email, address)
            return render_template("account/login.html", next=target, email=email, wrong=True), 401
        if user.totp_secret:
            return signing_in.ask_for_code(user, target, remember)
        rate_limits.forget(writing, "login", email, address)
        token = signing_in.begin(writing, user, remember)
    signing_in.enter(token, remember)
    return redirect(target)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    token = session.get(TOKEN)
    if isinstance(token, str):
        with product().sessions.begin() as writing:
            browser_sessions.end(writing, token)
    session.clear()
    return redirect(url_for("public.home"))


_FIELDS = ("email", "name", "password", "inn", "organisation", "role", "consent")


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Make an account; who registers with a known address gets the same answer, and its owner a letter."""
    if product().settings.registration != "open":
        return render_template("account/closed.html"), 403
    if request.method == "GET":
        return render_template("account/register.html", form={}, problems={})
    form = {name: request.form.get(name, "")[:1000] for name in _FIELDS}
    problems = {} if form["name"].strip() else {"name": gettext("Give your name.")}
    if not problems:
        try:
            _register(form)
        except InvalidRecord as error:
            problems = problems_of(error)
        else:
            words = gettext(
                "We have sent a letter to %(email)s. Confirm the address by its link, or sign in now."
            )
            flash(words % {"email": form["email"].strip()})
            return redirect(url_for("account.login"))
    return render_template("account/register.html", form=form, problems=problems), 422


def _register(form: dict[str, str]) -> None:
    firm = memberships.checked(form["inn"], form["organisation"], form["role"])
    consent.demand(bool(form["consent"]))
    made = accounts.AccountDetails(form["email"], form["name"].strip()[:300], form["password"], language())
    try:
        with product().sessions.begin() as writing:
            user = accounts.create_user(writing, made, by="registration")
            consent.keep(writing, user, language())
            password_reset.post_confirmation(writing, user)
            if firm is not None:
                memberships.join(writing, user, firm, needs.centre_of(writing, product().settings.centre))
    except InvalidRecord as error:
        if [problem.code for problem in error.problems] != ["email.taken"]:
            raise
        with product().sessions.begin() as writing:
            password_reset.ask_reset(writing, form["email"])


@blueprint.get("/account")
@login_required
def show() -> ResponseReturnValue:
    return account_page.page()


@blueprint.post("/account/mails")
@login_required
def choose_mails() -> ResponseReturnValue:
    """Choose which letters one wants; those that somebody waits for an answer to always come."""
    who = signed_in()
    with product().sessions.begin() as writing:
        user = accounts.by_email(writing, who.email)
        preferences.want_mails(writing, user, {kind: kind in request.form for kind in letters.OPTIONAL})
    flash(gettext("Your choice of letters is kept."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/zone")
@login_required
def choose_zone() -> ResponseReturnValue:
    """Choose the time zone in which one reads times; one that is not offered changes nothing."""
    who = signed_in()
    name = request.form.get("zone", "")
    if name in dict(time_zones.offered()):
        with product().sessions.begin() as writing:
            preferences.choose_time_zone(writing, accounts.by_email(writing, who.email), name)
        flash(gettext("Times are shown in this zone now."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/named")
@login_required
def choose_named() -> ResponseReturnValue:
    """Choose whether suppliers learn the name of one's firm when one opens their profile."""
    who = signed_in()
    with product().sessions.begin() as writing:
        viewings.let_be_named(writing, accounts.by_email(writing, who.email), "named" in request.form)
    flash(gettext("Saved."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/confirm")
@login_required
def confirm_again() -> ResponseReturnValue:
    """Send the letter for confirming the address once more."""
    who = signed_in()
    with product().sessions.begin() as writing:
        user = accounts.by_email(writing, who.email)
        if user.confirmed_at is None:
            password_reset.post_confirmation(writing, user)
    flash(gettext("The letter is on its way."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/end/<int:number>")
@login_required
def end_one(number: int) -> ResponseReturnValue:
    """End one of one's own sessions; a number of somebody else's ends nothing."""
    who = signed_in()
    with product().sessions.begin() as writing:
        browser_sessions.end_one(writing, accounts.by_email(writing, who.email), number)
    flash(gettext("The session has ended."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/end-all")
@login_required
def end_all() -> ResponseReturnValue:
    """End every session, this one too."""
    who = signed_in()
    with product().sessions.begin() as writing:
        directory.end_sessions(writing, accounts.by_email(writing, who.email), by=who.id)
    session.clear()
    flash(gettext("All sessions have ended. Sign in again."))
    return redirect(url_for("account.login"))
