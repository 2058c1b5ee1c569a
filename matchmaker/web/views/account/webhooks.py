"""A person's addresses for programs: what each is told, its secret, its messages, and sending one again."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidRecord
from matchmaker.services.webhooks import webhooks
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.kit.forms import problems_of

blueprint = Blueprint("webhooks", __name__, url_prefix="/account/webhooks")


@blueprint.route("/", methods=["GET", "POST"])
@login_required
def mine() -> ResponseReturnValue:
    """The reader's own addresses, and adding one."""
    if request.method == "GET":
        return _page({}, [], {})
    address, events = request.form.get("address", "").strip(), request.form.getlist("events")
    try:
        with change() as (session, user):
            made = webhooks.make(session, user, address, events, product().settings.webhook_names)
            key = made.public_id
    except InvalidRecord as error:
        return _page({"address": address[:600]}, events, problems_of(error)), 422
    flash(gettext("The program is told from now on."))
    return redirect(url_for("webhooks.one", key=key))


def _page(form: dict[str, str], chosen: list[str], problems: dict[str, str]) -> str:
    return render_template(
        "account/webhooks.html",
        webhooks=webhooks.of_user(database(), signed_in().user),
        events=webhooks.EVENTS,
        form=form,
        chosen=chosen,
        problems=problems,
    )


@blueprint.get("/<key>")
@login_required
def one(key: str) -> ResponseReturnValue:
    """One address with its secret and its last messages."""
    found = webhooks.own(database(), signed_in().user, key)
    return render_template(
        "account/webhook.html",
        webhook=found,
        secret=webhooks.secret_of(database(), found),
        events=webhooks.EVENTS,
        messages=webhooks.messages(database(), found),
    )


@blueprint.post("/<key>/end")
@login_required
def end(key: str) -> Response:
    """End an address."""
    with change() as (session, user):
        webhooks.end(session, user, key)
    flash(gettext("The program is told no more."))
    return redirect(url_for("webhooks.mine"))


@blueprint.post("/<key>/messages/<message>/again")
@login_required
def again(key: str, message: str) -> Response:
    """Send a message again."""
    with change() as (session, user):
        webhooks.send_again(session, webhooks.own(session, user, key), message)
    flash(gettext("The message is sent again in a moment."))
    return redirect(url_for("webhooks.one", key=key))
