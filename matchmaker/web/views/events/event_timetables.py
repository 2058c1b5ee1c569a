"""The timetable of an event for the operator: solved, arranged by hand, printed, sent; results of the meetings."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, Problem
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import EventState
from matchmaker.models import Event, Session, User
from matchmaker.services.events import event_letters, meetings
from matchmaker.web.acts import list_acts
from matchmaker.web.acts.events import event_acts, event_sheets, event_words
from matchmaker.web.kit import downloads, forms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database

blueprint = Blueprint("timetables", __name__, url_prefix="/work/events/<key>")
_PDF = "application/pdf"


@blueprint.get("/timetable")
@login_required
def show(key: str) -> ResponseReturnValue:
    """The meetings by time and table, what each came to, and the wishes that did not fit."""
    return _page(key, {}, {})


def _page(key: str, typed: Mapping[str, str], problems: Mapping[str, str]) -> str:
    event = event_acts.kept(database(), key)
    table = event_acts.table_of(event)
    seats = {(one.slot, one.at_table): one for one in table.meetings}
    return render_template(
        "events/timetable.html",
        event=event,
        table=table,
        seats=seats,
        tables=sorted({one.at_table for one in table.meetings}),
        slots=[(slot, *event.slot_minutes(slot)) for slot in range(event.slots)],
        unmet=table.unmet(),
        counted=[(one, *table.counted(one)) for one in table.participants.values() if one.is_coming],
        result_of=event_words.result_of,
        untold=event_letters.untold(table),
        typed=typed,
        problems=problems,
    )


@blueprint.post("/timetable")
@login_required
def act(key: str) -> ResponseReturnValue:
    """Solve the timetable, clear it, tell it, or send it again to the firms for which it changed."""
    wanted = request.form.get("act", "")
    said = ""
    try:
        with change() as (session, user):
            event = event_acts.kept(session, key)
            said = _act(session, event, wanted, user)
    except InvalidRecord as error:
        return _page(key, {}, forms.problems_of(error)), 422
    flash(said)
    return redirect(url_for("timetables.show", key=key))


def _act(session: Session, event: Event, wanted: str, user: User) -> str:
    if wanted == "solve":
        meetings.ask(session, event, user)
        return gettext("The timetable is being solved; the page shows it in a moment.")
    if wanted == "clear":
        meetings.clear(session, event, user)
        return gettext("Saved.")
    if wanted == "tell":
        told = event_acts.move(session, event, EventState.TIMETABLED, user)
    elif wanted == "send" and event.is_timed:
        told = event_letters.tell_timetables(session, meetings.timetable(session, event), user)
    else:
        message = N_("Choose what becomes of the timetable.")
        raise InvalidRecord((Problem("tables", "event.act", message, wanted[:40]),))
    return ngettext("A letter goes to %(num)d firm.", "Letters go to %(num)d firms.", told)


@blueprint.post("/meetings")
@login_required
def arrange(key: str) -> ResponseReturnValue:
    """Move, lock, unlock or remove a meeting, or let a wish count again."""
    given = request.form
    try:
        with change() as (session, user):
            event = event_acts.kept(session, key)
            _arrange(session, event, given, user)
    except InvalidRecord as error:
        return _page(key, given, forms.problems_of(error)), 422
    flash(gettext("Saved."))
    return redirect(url_for("timetables.show", key=key))


def _arrange(session: Session, event: Event, given: Mapping[str, str], user: User) -> None:
    wanted, meeting = given.get("act", ""), given.get("meeting", "")
    if wanted == "move":
        meetings.put(session, event, meeting, given.get("slot", ""), given.get("at_table", ""), user)
    elif wanted in {"lock", "unlock"}:
        meetings.lock(session, event, meeting, user, locked=wanted == "lock")
    elif wanted == "remove":
        meetings.remove(session, event, meeting, user)
    elif wanted == "back":
        meetings.put_back(session, event, (given.get("first", ""), given.get("second", "")), user)
    else:
        message = N_("Choose what becomes of the meeting.")
        raise InvalidRecord((Problem("slot", "event.act", message, wanted[:40]),))


@blueprint.post("/results")
@login_required
def note(key: str) -> ResponseReturnValue:
    """Note what the meetings came to."""
    prefix = "result-"
    said = {name.removeprefix(prefix): word for name, word in request.form.items() if name.startswith(prefix)}
    with change() as (session, user):
        meetings.note_results(session, event_acts.kept(session, key), said, user)
    flash(gettext("Saved."))
    return redirect(url_for("timetables.show", key=key))


@blueprint.get("/timetable.<kind>")
@login_required
def download(key: str, kind: str) -> ResponseReturnValue:
    """The timetable as a file: pdf on one page, xlsx or csv a meeting a row."""
    event = event_acts.kept(database(), key)
    list_acts.check_allowed(database())
    table = event_acts.table_of(event)
    if kind == "pdf":
        return downloads.named(event_sheets.whole(table), _PDF, f"timetable-{event.day}.pdf")
    return list_acts.answer(event_sheets.rows(table), kind, "timetable")


@blueprint.get("/slips.pdf")
@login_required
def slips(key: str) -> ResponseReturnValue:
    """A page a firm with its own meetings."""
    event = event_acts.kept(database(), key)
    list_acts.check_allowed(database())
    table = event_acts.table_of(event)
    return downloads.named(event_sheets.slips(table), _PDF, f"slips-{event.day}.pdf")
