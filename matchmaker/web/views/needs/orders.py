"""Orders: the list of one's own, the page of one, and what its two sides say on it, from a telephone too."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.models import PurchaseOrder
from matchmaker.services.orders import orders
from matchmaker.services.profiles import delivery_records
from matchmaker.web.acts import order_acts
from matchmaker.web.acts.order_access import PersonsDoor
from matchmaker.web.kit import context, downloads
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.views.needs import order_page
from search.reading.cell_answers import number

blueprint = Blueprint("orders", __name__, url_prefix="/orders")


@blueprint.get("/")
@login_required
def mine() -> ResponseReturnValue:
    """The orders of the person's firms and centres, those in which there is still something to do first."""
    listed, today = order_acts.own(database()), context.today()
    firms = {held.organisation for held in signed_in().subject.roles if held.organisation}
    record = order_acts.own_record(database())
    return render_template(
        "orders/list.html",
        record=record[1] if record else None,
        record_shown=bool(record and delivery_records.is_shown(record[0])),
        has_shop=record is not None,
        fewest=delivery_records.FEWEST_CUSTOMERS,
        running=[one for one in listed if one.is_unsettled],
        over=[one for one in listed if not one.is_unsettled],
        sides={one.order.id: _side(one.order, firms) for one in listed},
        today=today,
        most=orders.MOST,
        whole=len(listed) < orders.MOST,
    )


def _side(order: PurchaseOrder, firms: set[str]) -> str:
    """The person's side of an order in its list."""
    if order.match.profile.organisation.public_id in firms:
        return "supplier"
    contractor = order.match.need.contractor
    return "contractor" if contractor and contractor.public_id in firms else "centre"


@blueprint.post("/record")
@login_required
def show_record() -> ResponseReturnValue:
    """Show the record of the shop's deliveries on its public profile, or no longer."""
    shown = request.form.get("shown") == "yes"
    order_acts.show_record(shown=shown)
    flash(
        gettext("Everybody reads the record on your profile, once there are enough contractors.")
        if shown
        else gettext("Only you and the centre read the record.")
    )
    return redirect(url_for("orders.mine") + "#record")


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    return order_page.page(PersonsDoor(key))


@blueprint.post("/<key>/entries")
@login_required
def say(key: str) -> ResponseReturnValue:
    """Say what happened: a delivery, a first article, a new day, a cancellation."""
    return order_page.say(PersonsDoor(key))


@blueprint.post("/<key>/reports")
@login_required
def add_report(key: str) -> ResponseReturnValue:
    """Add an inspection report with its file."""
    return order_page.add_report(PersonsDoor(key))


@blueprint.get("/reports/<key>")
@login_required
def report(key: str) -> Response:
    """An inspection report, always as a download."""
    stored, content = order_acts.paper(key)
    return downloads.attachment(content, stored)


@blueprint.post("/<key>/entries/<entry>/answer")
@login_required
def answer(key: str, entry: str) -> ResponseReturnValue:
    """Confirm what the other side said, or disagree with it."""
    return order_page.answer(PersonsDoor(key), entry)


@blueprint.post("/<key>/entries/<entry>")
@login_required
def revise(key: str, entry: str) -> ResponseReturnValue:
    """Say an entry otherwise, or take back one's own."""
    return order_page.revise(PersonsDoor(key), entry)


@blueprint.post("/<key>/claims")
@login_required
def claim(key: str) -> ResponseReturnValue:
    """Make a claim about delivered pieces."""
    return order_page.claim(PersonsDoor(key))


@blueprint.post("/<key>/claims/<claim>")
@login_required
def answer_claim(key: str, claim: str) -> ResponseReturnValue:
    """Say the cause, the remedy and the day of a claim."""
    return order_page.answer_claim(PersonsDoor(key), claim)


@blueprint.post("/<key>/claims/<claim>/close")
@login_required
def close_claim(key: str, claim: str) -> ResponseReturnValue:
    """Say that a claim is settled for one's own side."""
    return order_page.close_claim(PersonsDoor(key), claim)


@blueprint.post("/<key>/details")
@login_required
def describe(key: str) -> ResponseReturnValue:
    """Set the contractor's own number of the order, and the terms of delivery."""
    number_given, terms = (request.form.get(name, "") for name in ("number", "terms"))
    return order_page.attempt(
        PersonsDoor(key),
        "details",
        lambda: order_acts.describe(key, number_given, terms, order_page.seen),
        gettext("Saved."),
    )


@blueprint.post("/<key>/hours")
@login_required
def book(key: str) -> ResponseReturnValue:
    """Book machine-hours of the supplier for the order, or give them back."""
    order_acts.allowed_to_book(database(), key)
    group, hours = (request.form.get(name, "") for name in ("group", "hours"))
    said = gettext("The hours are booked: they no longer count as free.")
    return order_page.attempt(
        PersonsDoor(key), "hours", lambda: order_acts.book(key, group, _hours(hours)), said, "hours"
    )


def _hours(typed: str) -> float:
    """The typed hours. Raises InvalidRecord for other text."""
    found = number(typed.strip()).value if typed.strip() else None
    if found is None or found < 0:
        message = N_("Write the hours as a number, for example 40; 0 gives them back.")
        raise InvalidRecord((Problem("hours", "hours.form", message, typed[:20]),))
    return float(found)
