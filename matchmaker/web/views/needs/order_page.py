"""The page of an order and its forms, for who is signed in and for who comes by the link of a letter alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from matchmaker.domain.errors import FileRefused, Forbidden, InvalidRecord, StaleRevision
from matchmaker.domain.language import N_
from matchmaker.models import Need, OrderEntry, OrderHours
from matchmaker.services.needs import need_summary
from matchmaker.services.orders import order_claims, order_hours, order_words, orders
from matchmaker.services.orders.order_entries import EntryGiven
from matchmaker.services.orders.orders import OrderCourse
from matchmaker.web.acts import order_acts
from matchmaker.web.acts.order_access import LettersDoor, OrderAccess, PersonsDoor, answered_sides
from matchmaker.web.acts.order_acts import Answered
from matchmaker.web.kit import context, form_tokens, forms
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.forms import by_field
from matchmaker.web.pages.need_access import heading_of

Door = PersonsDoor | LettersDoor


@dataclass(frozen=True, slots=True)
class OrderProblems:
    """What is wrong in a form of the page: which form, the problems by field, and whether somebody was faster."""

    form: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    stale: bool = False


def page(door: Door, wrong: OrderProblems | None = None) -> str:
    """The page of an order; `wrong` is what is wrong in a form of it. Raises NotFound, LinkSpent."""
    found = door.look(database())
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
        wrong=wrong or OrderProblems(),
        by_letter=isinstance(door, LettersDoor),
        place=partial(place, door),
        heading=_heading(door, found.order.match.need),
        typed=request.form,
    )


def place(door: Door, name: str, **given: Any) -> str:
    """The address of a page or a form of the order, by the name of its view."""
    if isinstance(door, LettersDoor):
        return url_for(f"letter_orders.{name}", token=door.token, **given)
    return url_for(f"orders.{name}", key=door.key, **given)


def _heading(door: Door, need: Need) -> str:
    """The title of the need; by a letter without words that open only after an agreement."""
    if isinstance(door, LettersDoor):
        return need_summary.title_in_letters(need, context.language())
    return heading_of(need) or gettext("The need")


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


def seen(_present: int) -> int:
    """The revision from which the sent form was made."""
    return forms.revision(request.form)


def attempt(
    door: Door, form: str, act: Callable[[], object], said: str, anchor: str | None = None
) -> ResponseReturnValue:
    """Do what a form of the page asks for and go back to the page; what is refused comes back with what was typed."""
    try:
        act()
    except InvalidRecord as error:
        return page(door, OrderProblems(form, by_field(error))), 422
    except StaleRevision:
        return page(door, OrderProblems(form, stale=True)), 409
    flash(said)
    return redirect(place(door, "show", _anchor=anchor))


def check_may_record(door: Door) -> None:
    """Raise NotFound, LinkSpent or Forbidden unless whoever comes may say something of the order."""
    if not door.look(database()).may("order.record"):
        raise Forbidden


_SAID = {
    "confirm": N_("Confirmed. From now on it stands as said by both sides."),
    "accept": N_("The first article is accepted."),
    "reject": N_("The first article is not accepted; the supplier is told why."),
    "refuse": N_("The other side is told that you disagree, and why. It does not count."),
}


def say(door: Door) -> ResponseReturnValue:
    """Say what happened: a delivery, a first article, a new day, a cancellation."""
    token = form_tokens.given()
    form = " ".join(filter(None, ("say", request.form.get("kind", ""), request.form.get("line", ""))))
    said = gettext("It is recorded. The other side is asked to confirm it.")
    return attempt(door, form, lambda: order_acts.say(door, request.form, token), said, f"e-{token}")


def add_report(door: Door) -> ResponseReturnValue:
    """Add an inspection report with its file."""
    check_may_record(door)
    form = request.form
    given = EntryGiven(
        form_tokens.given(), "report", form.get("line") or None, text=form.get("text", "").strip()
    )
    try:
        paper = forms.chosen(request.files.get("file"), N_("Choose the file of the report."))
    except FileRefused as error:
        return page(door, OrderProblems("report", {"file": forms.refusal(error)})), 422
    said = gettext("The report is there. The other side is asked to confirm that it has it.")
    return attempt(
        door, "report", lambda: order_acts.add_report(door, given, paper, form.get("side", "")), said
    )


def answer(door: Door, entry: str) -> ResponseReturnValue:
    """Confirm what the other side said, or disagree with it."""
    form = request.form
    said = Answered(form.get("do", ""), seen, form.get("side", ""), form.get("text", ""))
    told = _SAID.get(said.do, "")
    return attempt(
        door,
        f"{said.do} {entry}",
        lambda: order_acts.answer(door, entry, said),
        gettext(told) if told else "",
        f"e-{entry}",
    )


def revise(door: Door, entry: str) -> ResponseReturnValue:
    """Say an entry otherwise, or take back one's own."""
    form, name = request.form, f"correct {entry}"
    if form.get("do") == "withdraw":
        said = gettext("It is taken back.")
        return attempt(door, name, lambda: order_acts.withdraw(door, entry, seen), said)
    said = gettext("It stands as you say it. The other side is asked to confirm it.")
    return attempt(
        door,
        name,
        lambda: order_acts.correct(door, entry, form, seen, form.get("side", "")),
        said,
        f"e-{entry}",
    )


def claim(door: Door) -> ResponseReturnValue:
    """Make a claim about delivered pieces."""
    form, token = request.form, form_tokens.given()
    said = gettext("The claim is recorded. The other side is asked for the cause, the remedy and the day.")
    return attempt(
        door,
        "claim",
        lambda: order_acts.claim(door, order_claims.claim_read(token, form), form.get("side", "")),
        said,
        "claims",
    )


def answer_claim(door: Door, claim: str) -> ResponseReturnValue:
    """Say the cause, the remedy and the day of a claim."""
    form = request.form
    side = form.get("side", "")
    said = gettext("The answer is recorded, and the other side is told.")
    return attempt(
        door,
        f"claim {claim}",
        lambda: order_acts.answer_claim(door, claim, order_claims.answer_read(form), seen, side),
        said,
        "claims",
    )


def close_claim(door: Door, claim: str) -> ResponseReturnValue:
    """Say that a claim is settled for one's own side."""
    side, said = request.form.get("side", ""), gettext("For your side the claim is settled.")
    return attempt(
        door,
        f"claim {claim}",
        lambda: order_acts.close_claim(door, claim, seen, side),
        said,
        "claims",
    )
