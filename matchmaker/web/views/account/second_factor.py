"""The second factor: asked for after the password, turned on and off by its owner."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.services.people import accounts, rate_limits, two_factor
from matchmaker.web.kit.addresses import local_address
from matchmaker.web.kit.context import product, signed_in
from matchmaker.web.views.account import signing_in

blueprint = Blueprint("second_factor", __name__)
SECRET = "enrolling"  # noqa: S105 - the name of the entry in the cookie, not a secret


@blueprint.route("/login/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    half = signing_in.half()
    if half is None:
        return redirect(url_for("account.login"))
    if request.method == "GET":
        return render_template("account/code.html", wrong=False)
    email, address = str(half["email"]), request.remote_addr or ""
    with product().sessions.begin() as writing:
        rate_limits.check(writing, "code", email, address)
        user = accounts.by_email(writing, email)
        fresh = user.active and user.epoch == half["epoch"]
        if not (fresh and two_factor.accepts(writing, user, request.form.get("code", "")[:40])):
            rate_limits.fail(writing, "code", email, address)
            return render_template("account/code.html", wrong=True), 401
        rate_limits.forget(writing, "code", email, address)
        rate_limits.forget(writing, "login", email, address)
        token = signing_in.begin(writing, user, bool(half["remember"]))
    signing_in.enter(token, bool(half["remember"]))
    return redirect(local_address(str(half["next"])))


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@login_required
def enrol() -> ResponseReturnValue:
    """Turn the second factor on: scan the picture, type the first code, keep the recovery codes."""
    who = signed_in()
    if who.user.totp_secret:
        return render_template("account/second_factor_on.html", who=who, problems={})
    secret = session.setdefault(SECRET, two_factor.new_secret())
    if request.method == "POST":
        with product().sessions.begin() as writing:
            user = accounts.by_email(writing, who.email)
            codes = two_factor.enrol(writing, user, secret, request.form.get("code", "")[:40])
        if codes is not None:
            session.pop(SECRET, None)
            return render_template("account/recovery_codes.html", codes=codes)
    problems = (
        {"code": gettext("The code does not fit. Type the one shown now.")}
        if request.method == "POST"
        else {}
    )
    page = render_template(
        "account/second_factor.html",
        secret=secret,
        picture=two_factor.picture(secret, who.email),
        problems=problems,
    )
    return page, 422 if problems else 200


@blueprint.post("/account/second-factor/off")
@login_required
def turn_off() -> ResponseReturnValue:
    """Turn it off again, with the password."""
    who = signed_in()
    address = request.remote_addr or ""
    with product().sessions.begin() as writing:
        rate_limits.check(writing, "login", who.email, address)
        user = accounts.authenticate(writing, who.email, request.form.get("password", "")[:1000])
        if user is None:
            rate_limits.fail(writing, "login", who.email, address)
            problems = {"password": gettext("The password is wrong.")}
            return render_template("account/second_factor_on.html", who=who, problems=problems), 422
        two_factor.turn_off(writing, user)
    flash(gettext("Signing in asks for the password only."))
    return redirect(url_for("account.show"))
