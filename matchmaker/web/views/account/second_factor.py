"""The second factor: required after the password, turned on and off by its owner."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.services.people import guesses, two_factor
from matchmaker.web.kit.addresses import local_address
from matchmaker.web.kit.changes import account_change, change
from matchmaker.web.kit.context import product, signed_in
from matchmaker.web.views.account import known_devices, signing_in

blueprint = Blueprint("second_factor", __name__)
SECRET = "enrolling"  # noqa: S105 - the name of the entry in the cookie, not a secret


@blueprint.route("/login/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """The code after the password; with it the person is signed in."""
    half = signing_in.half()
    if half is None:
        return redirect(url_for("account.login"))
    if request.method == "GET":
        return render_template("account/code.html", wrong=False)
    limits, guess = product().limits, guesses.code_guess(half.email, known_devices.visitor(half.email))
    limits.take(guess.counts)
    with account_change() as writing:
        user = guesses.by_code(writing, half.email, half.epoch, request.form.get("code", "")[:40])
        if user:
            token = signing_in.begin(writing, user, half.remember)
            landing = signing_in.landing(writing, user, local_address(half.target))
            guesses.admit(writing, limits, [guess])
    if user is None:
        return render_template("account/code.html", wrong=True), 401
    signing_in.enter(token, half.remember)
    return redirect(landing)


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@login_required
def enrol() -> ResponseReturnValue:
    """Turn the second factor on: scan the picture, type the first code, keep the recovery codes."""
    who = signed_in()
    if who.user.totp_secret:
        return render_template("account/second_factor_on.html", who=who, problems={})
    secret = session.setdefault(SECRET, two_factor.new_secret())
    if request.method == "GET":
        return _enrol_page(secret)
    with change() as (writing, user):
        codes = two_factor.enrol(writing, user, secret, request.form.get("code", "")[:40])
    if codes is None:
        wrong = {"code": gettext("The code is wrong. Type the one shown now.")}
        return _enrol_page(secret, wrong), 422
    session.pop(SECRET, None)
    return render_template("account/recovery_codes.html", codes=codes)


def _enrol_page(secret: str, problems: Mapping[str, str] | None = None) -> str:
    picture = two_factor.picture(secret, signed_in().email)
    return render_template(
        "account/second_factor.html", secret=secret, picture=picture, problems=problems or {}
    )


@blueprint.post("/account/second-factor/off")
@login_required
def turn_off() -> ResponseReturnValue:
    """Turn it off again, with the password."""
    problems = signing_in.with_password(two_factor.turn_off, field="password")
    if problems:
        return render_template("account/second_factor_on.html", who=signed_in(), problems=problems), 422
    flash(gettext("Signing in asks for the password only."))
    return redirect(url_for("account.show"))
