"""The rates by which quotes of several currencies are compared, as the centre sets them."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.services.quotes import exchange_rates
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database
from matchmaker.web.kit.standpoint import own_centre

blueprint = Blueprint("rates", __name__, url_prefix="/work/rates")


@blueprint.route("/", methods=["GET", "POST"])
@login_required
def listed() -> ResponseReturnValue:
    """The last rate of each currency, and the form of another."""
    if request.method == "GET":
        return _page()
    typed = {name: request.form.get(name, "") for name in ("currency", "roubles", "on")}
    try:
        with change() as (session, user):
            centre = own_centre(session)
            exchange_rates.set_rate(session, centre, exchange_rates.read(typed, context.today()), user)
    except InvalidRecord as error:
        return _page(typed, forms.with_values(error)), 422
    flash(gettext("The rate is set."))
    return redirect(url_for("rates.listed"))


def _page(typed: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None) -> str:
    today = context.today()
    return render_template(
        "operator/rates.html",
        rates=exchange_rates.latest(database(), own_centre(database()).id, today),
        currencies=exchange_rates.FOREIGN,
        shown=exchange_rates.shown,
        form=typed or {"on": today.isoformat(), "currency": "", "roubles": ""},
        problems=problems or {},
        today=today,
    )
