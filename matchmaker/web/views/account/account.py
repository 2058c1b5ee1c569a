"""Sign-in, sign-out, registration, and the person's own sessions."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain import access
from matchmaker.domain.errors import Faults, InvalidRecord
from matchmaker.domain.language import N_
from matchmaker.models import User
from matchmaker.services.mail import letters, preferences
from matchmaker.services.needs import needs
from matchmaker.services.people import (
    accounts,
    browser_sessions,
    directory,
    guesses,
    memberships,
    password_reset,
    registration,
)
from matchmaker.services.profiles import viewings
from matchmaker.web.kit import interrupted, time_zones
from matchmaker.web.kit.addresses import local_address
from matchmaker.web.kit.changes import account_change, change
from matchmaker.web.kit.context import TOKEN, database, language, product, visitor_address
from matchmaker.web.views.account import account_page, firm_lookup, known_devices, signing_in
from matchmaker.web.views.account.firm_lookup import FormAnswer

blueprint = Blueprint("account", __name__)
_ROLES = {
    "supplier_editor": N_("supplier: edits the profile, answers needs"),
    "contractor_buyer": N_("contractor: posts needs, compares offers"),
    "operator": N_("operator of the centre"),
    "authority": N_("authority: reads the figures of the centre"),
    "centre_administrator": N_("administrator of the centre"),
    "network_administrator": N_("administrator of the network"),
}


_NAMES = {
    "supplier_editor": N_("supplier"),
    "contractor_buyer": N_("contractor"),
    "operator": N_("operator"),
    "authority": N_("authority"),
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
    """Sign in with address and password, and with a code for a person with a second factor."""
    target = local_address(request.values.get("next"))
    if request.method == "GET":
        return render_template(
            "account/login.html", next=target, email=session.get(_REGISTERED, ""), wrong=False
        )
    email, remember = request.form.get("email", "")[:300], bool(request.form.get("remember"))
    try:
        user, token, landing = _authenticated(email, target, remember=remember)
    except InvalidRecord:  # longer than any password can be
        return render_template("account/login.html", next=target, email=email, wrong=True), 422
    if user is None:
        return render_template("account/login.html", next=target, email=email, wrong=True), 401
    if not token:
        return signing_in.ask_for_code(user, target, remember)
    signing_in.enter(token, remember)
    return redirect(landing)


@interrupted.shown_again("account.login")
def _login_again() -> str:
    target, email = local_address(request.form.get("next")), request.form.get("email", "")[:300]
    return render_template("account/login.html", next=target, email=email, wrong=False)


def _authenticated(email: str, target: str, *, remember: bool) -> tuple[User | None, str, str]:
    """The person with the right password, the token of a session, and where to go; no token where a code is still needed.

    Raises InvalidRecord for a password that is too long.
    """
    limits, password, visitor = (
        product().limits,
        request.form.get("password", ""),
        known_devices.visitor(email),
    )
    user = guesses.by_password(limits, product().sessions, email, password, visitor)
    if user is None:
        return None, "", target
    with account_change() as writing:
        guesses.admit(writing, limits, [guesses.password_guess(email, visitor)])
        accounts.renew_hash(writing, user, password)
        if user.totp_secret:
            return user, "", target
        token = signing_in.begin(writing, user, remember)
        return user, token, signing_in.landing(writing, user, target)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End this browser's session."""
    token = session.get(TOKEN)
    if isinstance(token, str):
        with account_change() as writing:
            browser_sessions.end(writing, token)
    session.clear()
    return redirect(url_for("public.home"))


_REGISTERED = "registered"  # the address of who has just registered in this browser
_FIELDS = ("email", "name", "password", *firm_lookup.FIELDS, "consent")


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    """Create an account; a person with a known address gets the same answer, and its owner an e-mail."""
    if product().settings.registration != "open":
        return render_template("account/closed.html"), 403
    if request.method == "GET":
        given = {"role": request.args.get("role", "")}
        return _form(FormAnswer(given, {}, firm_lookup.at_first()))
    form = {name: request.form.get(name, "")[:1000] for name in _FIELDS}
    if firm_lookup.is_asked():
        return _form(firm_lookup.answer(form))
    try:
        _register(form)
    except InvalidRecord as error:
        return _form(firm_lookup.refused(form, error))
    words = gettext("We have sent an e-mail to %(email)s. Confirm the address by its link, or sign in now.")
    flash(words % {"email": form["email"].strip()})
    session[_REGISTERED] = form["email"].strip()[:300]
    return redirect(url_for("account.login", next=_wanted() or None))


def _wanted() -> str:
    """The page of the site to which a newcomer is on the way, empty for none."""
    return local_address(request.values["next"]) if request.values.get("next") else ""


def _door() -> str:
    """The role of a newcomer who came by one of the two doors of the start page, and so acts for a firm."""
    role = request.args.get("role", "")
    return role if role in access.FIRM_ROLES else ""


@interrupted.shown_again("account.register")
def _register_again() -> str:
    form = {name: request.form.get(name, "")[:1000] for name in _FIELDS}
    return _form(FormAnswer(form, {}, firm_lookup.at_first()))[0]


def _form(shown: FormAnswer) -> tuple[str, int, dict[str, str]]:
    page = render_template(
        "account/register.html",
        form=shown.form,
        problems=shown.problems,
        lookup=shown.lookup,
        next=_wanted(),
        door=_door(),
    )
    return page, shown.status, shown.headers


def _register(form: Mapping[str, str]) -> None:
    """Register the person of the form. Raises InvalidRecord with all that is wrong."""
    faults, of_firm = Faults(), (form["inn"], form["organisation"], form["role"], form["taken"])
    made = accounts.AccountDetails(form["email"], form["name"].strip(), form["password"], language())
    with faults:
        firm = memberships.named(*of_firm) if _door() else memberships.checked(*of_firm)
    with faults:
        registration.demand(database(), made, consents=bool(form["consent"]))
    faults.settle()
    guesses.check_registration(product().limits, made.email, visitor_address())
    with account_change() as writing:
        centre = needs.centre_of(writing, product().settings.centre)
        registration.register(writing, made, firm, centre)


@blueprint.get("/account")
@login_required
def show() -> ResponseReturnValue:
    return account_page.page()


@blueprint.post("/account/mails")
@login_required
def choose_mails() -> ResponseReturnValue:
    """Choose the optional e-mails; an e-mail whose answer somebody awaits is always sent."""
    with change() as (writing, user):
        preferences.want_mails(writing, user, {kind: kind in request.form for kind in letters.OPTIONAL})
    flash(gettext("Your choice of e-mails is saved."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/zone")
@login_required
def choose_zone() -> ResponseReturnValue:
    """Choose the time zone of shown times; a zone that is not offered changes nothing."""
    name = request.form.get("zone", "")
    if name in dict(time_zones.offered()):
        with change() as (writing, user):
            preferences.choose_time_zone(writing, user, name)
        flash(gettext("Times are now shown in this zone."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/named")
@login_required
def choose_named() -> ResponseReturnValue:
    """Choose whether suppliers see the name of the reader's firm when the reader opens their profile."""
    with change() as (writing, user):
        viewings.let_be_named(writing, user, "named" in request.form)
    flash(gettext("Saved."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/confirm")
@login_required
def confirm_again() -> ResponseReturnValue:
    """Send the e-mail that confirms the address once more."""
    with change() as (writing, user):
        password_reset.confirm_again(writing, user)
    flash(gettext("The e-mail is on its way."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/end/<int:number>")
@login_required
def end_one(number: int) -> ResponseReturnValue:
    """End one of the reader's own sessions; the number of another person's session ends nothing."""
    with change() as (writing, user):
        browser_sessions.end_one(writing, user, number)
    flash(gettext("The session has ended."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/end-all")
@login_required
def end_all() -> ResponseReturnValue:
    """End every session, this one too."""
    with change() as (writing, user):
        directory.end_sessions(writing, user, by=user.public_id)
    session.clear()
    flash(gettext("All sessions have ended. Sign in again."))
    return redirect(url_for("account.login"))
