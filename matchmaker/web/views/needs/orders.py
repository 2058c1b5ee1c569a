"""Orders: the list of one's own, the page of one, and what its two sides say on it, from a telephone too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from matchmaker.domain.errors import FileRefused, InvalidRecord, Problem, StaleRevision
from matchmaker.domain.language import N_
from matchmaker.models import OrderEntry, OrderHours, PurchaseOrder
from matchmaker.services.orders import order_claims, order_hours, order_words, orders
from matchmaker.services.orders.order_entries import EntryGiven
from matchmaker.services.orders.orders import OrderCourse
from matchmaker.services.profiles import delivery_records
from matchmaker.web.acts import order_acts
from matchmaker.web.acts.order_access import OrderAccess, answered_sides, visible
from matchmaker.web.acts.order_acts import Answered
from matchmaker.web.kit import context, downloads, form_tokens, forms
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.kit.forms import by_field
from search.reading.cell_answers import number

blueprint = Blueprint("orders", __name__, url_prefix="/orders")


@dataclass(frozen=True, slots=True)
class OrderProblems:
    """What is wrong in a form of the page: which form, the problems by field, and whether somebody was faster."""

    form: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    stale: bool = False


@blueprint.get("/")
@login_required
def mine() -> ResponseReturnValue:
    """The orders of the person's firms and centres, those under way first."""
    listed, today = order_acts.own(database()), context.today()
    firms = {held.organisation for held in signed_in().subject.roles if held.organisation}
    record = order_acts.own_record(database())
    return render_template(
        "orders/list.html",
        record=record[1] if record else None,
        record_shown=bool(record and delivery_records.is_shown(record[0])),
        has_shop=record is not None,
        fewest=delivery_records.FEWEST_CUSTOMERS,
        running=[one for one in listed if one.order.is_running],
        over=[one for one in listed if not one.order.is_running],
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
    return _page(key, OrderProblems())


def _page(key: str, wrong: OrderProblems) -> str:
    found = visible(database(), key)
    course = orders.course(database(), found.order)
    booked = order_hours.of_order(database(), found.order) if found.plans_hours else ()
    today = context.today()
    free = order_hours.free(found.order, booked, today) if found.plans_hours else {}
    return render_template(
        "orders/show.html",
        order=found.order,
        need=found.order.match.need,
        course=course,
        side=found.side,
        plans_hours=found.plans_hours,
        may_record=found.may("order.record"),
        answers_for=answered_sides(database(), found),
        waiting=_waiting(found, course),
        names=_names(found),
        entry_label=lambda kind: order_words.label(kind, context.language()),
        entry_told=lambda entry: order_words.told(
            entry, course.line_title(entry.line) if len(course.lines) > 1 else "", context.language()
        ),
        claim_facts=lambda claim: order_words.claim_facts(claim, context.language()),
        booked={group: _total(booked, group) for group in dict.fromkeys(one.group_code for one in booked)},
        free={group: sum(weeks.values()) for group, weeks in free.items()},
        group_label=lambda group: product().taxonomy.label("equipment", group, context.language()),
        today=today,
        once=form_tokens.token,
        given=form_tokens.given(),
        wrong=wrong,
        typed=request.form,
    )


def _total(booked: Sequence[OrderHours], group: str) -> float:
    return sum(one.hours for one in booked if one.group_code == group)


def _waiting(found: OrderAccess, course: OrderCourse) -> list[OrderEntry]:
    """What waits for an answer of the person, for the centre all that waits for anybody."""
    if found.side == "centre":
        return [one for one in course.entries if one.is_said]
    return list(course.waiting_for(found.side))


def _names(found: OrderAccess) -> dict[str, str]:
    """The names of both sides."""
    match, language = found.order.match, context.language()
    contractor = match.need.contractor
    return {
        "supplier": match.profile.organisation.name(language),
        "contractor": contractor.name(language) if contractor else gettext("the contractor"),
    }


def _seen(_present: int) -> int:
    """The revision from which the sent form was made."""
    return forms.revision(request.form)


def _attempt(
    key: str, form: str, act: Callable[[], object], said: str, place: str = ""
) -> ResponseReturnValue:
    """Do what a form of the page asks for and go back to the page; what is refused comes back with what was typed."""
    try:
        act()
    except InvalidRecord as error:
        return _page(key, OrderProblems(form, by_field(error))), 422
    except StaleRevision:
        return _page(key, OrderProblems(form, stale=True)), 409
    flash(said)
    return redirect(url_for("orders.show", key=key) + place)


@blueprint.post("/<key>/entries")
@login_required
def say(key: str) -> ResponseReturnValue:
    """Say what happened: a delivery, a first article, a new day, a cancellation."""
    token = form_tokens.given()
    form = " ".join(filter(None, ("say", request.form.get("kind", ""), request.form.get("line", ""))))
    said = gettext("It is recorded. The other side is asked to confirm it.")
    return _attempt(key, form, lambda: order_acts.say(key, request.form, token), said, f"#e-{token}")


@blueprint.post("/<key>/reports")
@login_required
def add_report(key: str) -> ResponseReturnValue:
    """Add an inspection report with its file."""
    order_acts.allowed(database(), key)
    form = request.form
    given = EntryGiven(
        form_tokens.given(), "report", form.get("line") or None, text=form.get("text", "").strip()
    )
    try:
        paper = forms.chosen(request.files.get("file"), N_("Choose the file of the report."))
    except FileRefused as error:
        return _page(key, OrderProblems("report", {"file": forms.refusal(error)})), 422
    said = gettext("The report is there. The other side is asked to confirm that it has it.")
    return _attempt(
        key, "report", lambda: order_acts.add_report(key, given, paper, form.get("side", "")), said
    )


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
    form = request.form
    said = Answered(form.get("do", ""), _seen, form.get("side", ""), form.get("text", ""))
    told = _SAID.get(said.do, "")
    return _attempt(
        key,
        f"{said.do} {entry}",
        lambda: order_acts.answer(key, entry, said),
        gettext(told) if told else "",
        f"#e-{entry}",
    )


_SAID = {
    "confirm": N_("Confirmed. From now on it stands as said by both sides."),
    "accept": N_("The first article is accepted."),
    "reject": N_("The first article is not accepted; the supplier is told why."),
    "refuse": N_("The other side is told that you disagree, and why. It does not count."),
}


@blueprint.post("/<key>/entries/<entry>")
@login_required
def revise(key: str, entry: str) -> ResponseReturnValue:
    """Say an entry otherwise, or take back one's own."""
    form, name = request.form, f"correct {entry}"
    if form.get("do") == "withdraw":
        said = gettext("It is taken back.")
        return _attempt(key, name, lambda: order_acts.withdraw(key, entry, _seen), said)
    said = gettext("It stands as you say it. The other side is asked to confirm it.")
    return _attempt(
        key,
        name,
        lambda: order_acts.correct(key, entry, form, _seen, form.get("side", "")),
        said,
        f"#e-{entry}",
    )


@blueprint.post("/<key>/claims")
@login_required
def claim(key: str) -> ResponseReturnValue:
    """Make a claim about delivered pieces."""
    form, token = request.form, form_tokens.given()
    said = gettext("The claim is recorded. The other side is asked for the cause, the remedy and the day.")
    return _attempt(
        key,
        "claim",
        lambda: order_acts.claim(key, order_claims.claim_read(token, form), form.get("side", "")),
        said,
        "#claims",
    )


@blueprint.post("/<key>/claims/<claim>")
@login_required
def answer_claim(key: str, claim: str) -> ResponseReturnValue:
    """Say the cause, the remedy and the day of a claim."""
    form = request.form
    side = form.get("side", "")
    said = gettext("The answer is recorded, and the other side is told.")
    return _attempt(
        key,
        f"claim {claim}",
        lambda: order_acts.answer_claim(key, claim, order_claims.answer_read(form), _seen, side),
        said,
        "#claims",
    )


@blueprint.post("/<key>/claims/<claim>/close")
@login_required
def close_claim(key: str, claim: str) -> ResponseReturnValue:
    """Say that a claim is settled for one's own side."""
    side, said = request.form.get("side", ""), gettext("For your side the claim is settled.")
    return _attempt(
        key,
        f"claim {claim}",
        lambda: order_acts.close_claim(key, claim, _seen, side),
        said,
        "#claims",
    )


@blueprint.post("/<key>/details")
@login_required
def describe(key: str) -> ResponseReturnValue:
    """Set the contractor's own number of the order, and the terms of delivery."""
    number_given, terms = (request.form.get(name, "") for name in ("number", "terms"))
    return _attempt(
        key, "details", lambda: order_acts.describe(key, number_given, terms, _seen), gettext("Saved.")
    )


@blueprint.post("/<key>/hours")
@login_required
def book(key: str) -> ResponseReturnValue:
    """Book machine-hours of the supplier for the order, or give them back."""
    order_acts.allowed_to_book(database(), key)
    group, hours = (request.form.get(name, "") for name in ("group", "hours"))
    said = gettext("The hours are booked: they no longer count as free.")
    return _attempt(key, "hours", lambda: order_acts.book(key, group, _hours(hours)), said, "#hours")


def _hours(typed: str) -> float:
    """The typed hours. Raises InvalidRecord for other text."""
    found = number(typed.strip()).value if typed.strip() else None
    if found is None or found < 0:
        message = N_("Write the hours as a number, for example 40; 0 gives them back.")
        raise InvalidRecord((Problem("hours", "hours.form", message, typed[:20]),))
    return float(found)
