"""The events of a centre for its operators: the list, the form of one, its course, the firms on its list."""

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord, StaleRevision
from matchmaker.domain.lifecycle import ATTENDANCE, EventState, ParticipantState, ProfileState
from matchmaker.domain.typed_text import as_seen
from matchmaker.models import Session
from matchmaker.models.events import EVENT_KINDS
from matchmaker.services.desk import firm_lists, need_lists, saved_views
from matchmaker.services.desk.firm_lists import Certified, FirmsAsked
from matchmaker.services.events import event_letters, events, follow_ups, participants
from matchmaker.services.needs import need_summary
from matchmaker.services.reports.spreadsheets import DownloadTable
from matchmaker.web.acts import list_acts
from matchmaker.web.acts.events import event_acts, event_words
from matchmaker.web.kit import context, form_tokens, formats, forms, labels, terms
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, signed_in
from matchmaker.web.kit.standpoint import own_centre, standpoint

blueprint = Blueprint("events", __name__, url_prefix="/work/events")
NEW = "new"
_LONGEST = 100  # characters of the words that are looked for
_MOST_INVITED = 500  # firms at once


@blueprint.get("/")
@login_required
def listed() -> ResponseReturnValue:
    """The events of the operator's centre."""
    found = events.listed(database(), own_centre(database()).id)
    return render_template("events/list.html", found=found)


@blueprint.get("/list.<kind>")
@login_required
def download(kind: str) -> ResponseReturnValue:
    """The list as a file."""
    session = database()
    centre = own_centre(session)
    list_acts.check_allowed(session)
    columns = (
        *(gettext("Event"), gettext("Kind"), gettext("Day"), gettext("Place"), gettext("State")),
        *(gettext("Firms on the list"), gettext("Firms that come"), gettext("People"), gettext("Meetings")),
    )
    rows = [
        (
            *(one.event.title, event_words.kind_label(one.event.kind), formats.day(one.event.day)),
            *(one.event.place, labels.state_label("event", one.event.state)),
            *map(str, (one.firms, one.coming, one.people, one.meetings)),
        )
        for one in events.listed(session, centre.id)
    ]
    return list_acts.answer(DownloadTable(gettext("Events"), columns, rows), kind, "events")


@blueprint.get("/<key>/form")
@login_required
def form(key: str) -> ResponseReturnValue:
    """The form of an event, or of a new one."""
    return _form(key)


def _form(
    key: str,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    stale: bool = False,
) -> str:
    own_centre(database())
    found = None if key == NEW else event_acts.kept(database(), key)
    shown = events.typed_of(found) if found else {**dict.fromkeys(events.FIELDS, ""), **events.USUAL}
    return render_template(
        "events/form.html",
        event=found,
        form=shown if typed is None else typed,
        theirs=shown if stale else {},
        kinds=[(one, event_words.kind_label(one)) for one in EVENT_KINDS],
        problems=problems or {},
        once=form_tokens.token() if typed is None else form_tokens.given(),
        revision=found.revision if found else 0,
    )


@blueprint.post("/<key>/form")
@login_required
def save(key: str) -> ResponseReturnValue:
    """Write a new event, or change one."""
    typed = {name: request.form.get(name, "") for name in events.FIELDS}
    try:
        with change() as (session, user):
            centre = own_centre(session)
            kept = None if key == NEW else event_acts.kept(session, key)
            given = events.read(typed, context.today())
            if kept is None:
                kept = events.add(session, centre, given, form_tokens.given(), user)
            else:
                events.change(session, kept, given, forms.revision(request.form), user)
            saved = kept.public_id
    except InvalidRecord as error:
        return _form(key, typed, forms.with_values(error)), 422
    except StaleRevision:
        return _form(key, typed, stale=True), 409
    flash(gettext("Saved."))
    return redirect(url_for("events.show", key=saved))


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """An event with the firms on its list, what they answered, and what its course may be."""
    return _page(key, {})


def _page(key: str, problems: Mapping[str, str]) -> str:
    event = event_acts.kept(database(), key)
    table = event_acts.table_of(event)
    firms = list(table.participants.values())
    return render_template(
        "events/show.html",
        event=event,
        facts=event_letters.facts(event, context.language()),
        firms=firms,
        counted={one.id: table.counted(one) for one in firms},
        meetings={one.id: len(table.of(one)) for one in firms},
        unreached=event_letters.without_address(database(), [one for one in firms if one.is_invited]),
        coming=[one for one in firms if one.is_coming],
        moves=event_acts.MOVES[event.state],
        is_today=event.day <= context.today(),
        answers=follow_ups.of_event(database(), event) if event.is_held else (),
        marks=sorted(ATTENDANCE, reverse=True),
        problems=problems,
    )


@blueprint.post("/<key>/state")
@login_required
def move(key: str) -> ResponseReturnValue:
    """Announce an event, open its registration again, say that it took place, or call it off."""
    try:
        with change() as (session, user):
            target = event_acts.state_of(request.form.get("state", ""))
            event = event_acts.kept(session, key)
            if target is EventState.TIMETABLED:
                abort(400)  # the page of the timetable tells it
            told = event_acts.move(session, event, target, user)
    except InvalidRecord as error:
        return _page(key, forms.problems_of(error)), 422
    sent = ngettext("Saved; a letter goes to %(num)d firm.", "Saved; letters go to %(num)d firms.", told)
    flash(sent if told else gettext("Saved."))
    return redirect(url_for("events.show", key=key))


@blueprint.post("/<key>/attendance")
@login_required
def mark(key: str) -> ResponseReturnValue:
    """Mark which firms came."""
    given = {
        name.removeprefix("came-"): word for name, word in request.form.items() if name.startswith("came-")
    }
    marks = {name: ParticipantState(word) for name, word in given.items() if word in ATTENDANCE}
    with change() as (session, user):
        event = event_acts.kept(session, key)
        participants.mark(session, event, marks, user, context.today())
    flash(gettext("Saved."))
    return redirect(url_for("events.show", key=key))


@blueprint.get("/<key>/invite")
@login_required
def choose(key: str) -> ResponseReturnValue:
    """Firms to be invited, narrowed as the list of suppliers is, or to those that fit a need."""
    return _choice(key, "")


def _asked() -> FirmsAsked:
    """The suppliers that the address asks for; the published ones where it names no state."""
    given, here = request.args, standpoint(database())
    state, certified = given.get("state", ProfileState.PUBLISHED), given.get("certified", "")
    if (state and state not in set(ProfileState)) or certified not in set(Certified):
        abort(400)
    return FirmsAsked(
        centres=[here.own_centre],
        person=signed_in().user.id,
        today=context.today(),
        taxonomy=context.product().taxonomy,
        language=context.language(),
        state=ProfileState(state) if state else None,
        region=given.get("region", "")[:_LONGEST],
        certified=Certified(certified),
        words=as_seen(given.get("q", "")).strip()[:_LONGEST],
        need=given.get("need", "")[:_LONGEST],
    )


def _choice(key: str, problem: str) -> str:
    session = database()
    event = event_acts.kept(session, key)
    asked = _asked()
    found = firm_lists.page(session, asked, limit=_MOST_INVITED)
    there = {one.organisation_id for one in participants.of_event(session, event)}
    regions = [(code, terms.region(code)) for code in firm_lists.regions(session, asked.centres)]
    return render_template(
        "events/invite.html",
        event=event,
        asked=asked,
        total=found.total,
        suppliers=[one.organisation for one in found.profiles if one.organisation_id not in there],
        there=sum(one.organisation_id in there for one in found.profiles),
        buyers=[one for one in participants.buyers(session, event.centre_id) if one.id not in there],
        needs=[
            (one.public_id, f"{one.number} {need_summary.title_of(one)}")
            for one in need_lists.open_of(session, event.centre_id)
        ],
        views=saved_views.of_user(session, signed_in().user, "firms"),
        regions=sorted(regions, key=lambda one: one[1].casefold()),
        states=list(ProfileState),
        problem=problem,
    )


@blueprint.post("/<key>/invite")
@login_required
def invite(key: str) -> ResponseReturnValue:
    """Put the chosen firms on the list; once the event is announced the invitations go out at once."""
    try:
        with change() as (session, user):
            event = event_acts.kept(session, key)
            added, told = event_acts.invite(session, event, _chosen(session), user)
    except InvalidRecord as error:
        return _choice(key, forms.problems_of(error)["firm"]), 422
    put = ngettext("%(num)d firm is on the list.", "%(num)d firms are on the list.", added)
    sent = ngettext("A letter goes to %(num)d.", "Letters go to %(num)d.", told)
    flash(f"{put} {sent if told else ''}".strip())
    return redirect(url_for("events.show", key=key))


def _chosen(session: Session) -> Sequence[str]:
    """The firms that were ticked, or all suppliers that the address asks for."""
    if not request.form.get("all"):
        return request.form.getlist("firm")
    found = firm_lists.page(session, _asked(), limit=_MOST_INVITED).profiles
    return [one.organisation.public_id for one in found]
