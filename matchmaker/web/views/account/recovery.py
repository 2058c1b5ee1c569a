"""The confirmation of an address, and the choice of a new password by a link in an e-mail."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.domain.errors import InvalidRecord
from matchmaker.services.people import guesses, password_reset
from matchmaker.web.kit import interrupted
from matchmaker.web.kit.changes import account_change
from matchmaker.web.kit.context import database, product, visitor_address
from matchmaker.web.kit.forms import problems_of

blueprint = Blueprint("recovery", __name__)


@blueprint.route("/password", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Request an e-mail; the answer is the same for a known and an unknown address."""
    if request.method == "GET":
        return render_template("account/forgot.html", asked="")
    email = request.form.get("email", "")[:300].strip()
    guesses.check_letter(product().limits, email, visitor_address())
    with account_change() as session:
        password_reset.ask_reset(session, email)
    return render_template("account/forgot.html", asked=email)


@interrupted.shown_again("recovery.ask")
def _ask_again() -> str:
    return render_template("account/forgot.html", asked="", typed=request.form.get("email", "")[:300])


@blueprint.route("/password/<token>", methods=["GET", "POST"])
def reset(token: str) -> ResponseReturnValue:
    password_reset.of_reset(database(), token)
    problems = {}
    if request.method == "POST":
        try:
            with account_change() as session:
                password_reset.reset(session, token, request.form.get("password", "")[:1000])
        except InvalidRecord as error:
            problems = problems_of(error)
        else:
            flash(gettext("The new password is set, and all sessions have ended. Sign in."))
            return redirect(url_for("account.login"))
    return render_template("account/reset.html", problems=problems), 422 if problems else 200


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> ResponseReturnValue:
    user = password_reset.of_confirmation(database(), token)
    if request.method == "GET":
        return render_template("account/confirm.html", email=user.email)
    with account_change() as session:
        password_reset.confirm(session, token)
    flash(gettext("Thank you, the address is confirmed."))
    return redirect(url_for("account.show"))
