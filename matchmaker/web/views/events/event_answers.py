"""The answers of firms to an event: by their own people, by the link of a letter, and as the centre writes them down."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, MoveNotAllowed
from matchmaker.models.curating import VALUE_BANDS
from matchmaker.services.events import event_letters, event_links, follow_ups, meetings, participants
from matchmaker.services.events.events import hour_of
from matchmaker.services.needs import need_summary
from matchmaker.web.acts.events import event_acts
from matchmaker.web.acts.events.event_acts import ParticipantDoor
from matchmaker.web.kit import context, forms
from matchmaker.web.kit.changes import unsigned_change
from matchmaker.web.kit.context import database

own = Blueprint("own_events", __name__, url_prefix="/events/own")
letters = Blueprint("event_letters", __name__, url_prefix="/answers/event")
deals = Blueprint("event_deals", __name__, url_prefix="/answers/event-deal")
centre = Blueprint("event_firms", __name__, url_prefix="/work/events/<event>/firms")


@own.get("/")
@login_required
def listed() -> ResponseReturnValue:
    """The events to which the reader's firms were invited."""
    found = participants.own(database(), event_acts.own_firms(database()))
    return render_template("events/own.html", found=found)


@own.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """An event for a firm: what it answered, its wishes, its meetings."""
    return _page(event_acts.own_door(key))


@own.post("/<key>")
@login_required
def answer(key: str) -> ResponseReturnValue:
    """Register, decline, or change the wishes."""
    return _answer(event_acts.own_door(key), url_for("own_events.show", key=key))


@letters.get("/<token>")
def open_letter(token: str) -> ResponseReturnValue:
    """The same for a firm without an account, with what it answered before."""
    return _page(event_acts.letter_door(token))


@letters.post("/<token>")
def answer_letter(token: str) -> ResponseReturnValue:
    """The same answers; they may be changed until the registration ends."""
    return _answer(event_acts.letter_door(token), url_for("event_letters.open_letter", token=token))


@deals.get("/<token>")
def ask_deal(token: str) -> ResponseReturnValue:
    """What came of an event: the answer of the link, and what was answered before."""
    return _deal(token, {}, {})


@deals.post("/<token>")
def tell_deal(token: str) -> ResponseReturnValue:
    """Record the answer; of a deal also with whom and of which value, where that is said."""
    given = request.form
    try:
        with unsigned_change() as session:
            asked = event_links.deal_asked(session, token)
            follow_ups.answer(session, asked, given.get("partner", ""), given.get("band", ""))
    except InvalidRecord as error:
        return _deal(token, given, forms.problems_of(error)), 422
    return render_template("answers/done.html", kind="deal", key=None)


def _deal(token: str, typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    session = database()
    asked = event_links.deal_asked(session, token)
    said = follow_ups.said(session, asked)
    shown = {
        "partner": said.partner.public_id if said and said.partner else "",
        "band": (said.value_band or "") if said else "",
    }
    return render_template(
        "answers/event_deal.html",
        asked=asked,
        said=said,
        form=typed or shown,
        partners=follow_ups.partners(session, asked.participant) if asked.answer == "yes" else (),
        bands=VALUE_BANDS,
        problems=problems,
    )


@centre.get("/<key>")
@login_required
def of_firm(event: str, key: str) -> ResponseReturnValue:
    """A firm on the list of an event, for its centre."""
    return _page(event_acts.centre_door(event, key))


@centre.post("/<key>")
@login_required
def answer_for(event: str, key: str) -> ResponseReturnValue:
    """Write down what a firm said on the telephone."""
    return _answer(event_acts.centre_door(event, key), url_for("events.show", key=event))


def _answer(door: ParticipantDoor, then: str) -> ResponseReturnValue:
    try:
        most = door.find(database()).event.wishes
        event_acts.answer(door, event_acts.read_answer(request.form, most))
    except InvalidRecord as error:
        return _page(door, request.form, forms.problems_of(error)), 422
    except MoveNotAllowed:  # the page says what was answered, and that it is too late
        return _page(door, late=True), 409
    flash(gettext("Thank you, the answer is recorded."))
    return redirect(then)


def _page(
    door: ParticipantDoor,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    late: bool = False,
) -> str:
    session = database()
    firm = door.find(session)
    event = firm.event
    may = event.is_coming if door.by_centre else event.takes_answers(context.today())
    shown = {"people": str(firm.people), "comes": hour_of(firm.comes), "leaves": hour_of(firm.leaves)}
    wishes = participants.own_wishes(session, firm)
    for number, wish in enumerate(wishes, 1):
        shown[f"wish-{number}"] = wish.wanted.public_id
        shown[f"need-{number}"] = wish.need.public_id if wish.need else ""
    told = event.is_timed or door.by_centre
    table = meetings.timetable(session, event) if told and firm.is_coming else None
    return render_template(
        "events/participant.html",
        event=event,
        firm=firm,
        by_centre=door.by_centre,
        may_answer=may,
        late=late,
        facts=event_letters.facts(event, context.language()),
        form=shown if typed is None else typed,
        problems=problems or {},
        wishes=wishes,
        others=participants.others(session, firm) if may else (),
        needs=[
            (one.public_id, f"{one.number} {need_summary.title_of(one)}")
            for one in (participants.own_needs(session, firm) if may else ())
        ],
        meetings=event_letters.rows(table, firm, context.language()) if table else None,
        unmet=[(wish, why) for wish, why in table.unmet() if wish.participant_id == firm.id] if table else (),
    )
