"""The operator's day: what waits, in one list, the most pressing first; and the search by name."""

from flask import Blueprint, flash, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_login import login_required

from matchmaker.models import Centre, User
from matchmaker.services.core import journal
from matchmaker.services.desk import today
from matchmaker.services.desk.today import DayAsked, Today
from matchmaker.services.health import findings, retrying
from matchmaker.services.mail import undelivered
from matchmaker.services.needs import needs
from matchmaker.services.profiles import name_lookup
from matchmaker.services.shortlist import assignments, work_queues
from matchmaker.services.shortlist.work_queues import NeedQueues
from matchmaker.web.kit import context
from matchmaker.web.kit.addresses import onward
from matchmaker.web.kit.changes import change
from matchmaker.web.kit.context import database, product
from matchmaker.web.kit.standpoint import operator, standpoint
from matchmaker.web.pages.need_page import closing_reasons
from matchmaker.web.views.work import today_rows

blueprint = Blueprint("operator", __name__, url_prefix="/work")
WHOSE = ("", "me", "nobody")
SHOWN = 100  # lines of the day; a kind of its own shows the rest
LONGEST = 100  # characters of the search text


@blueprint.get("/")
@login_required
def queues() -> ResponseReturnValue:
    """The day of the operator: all that waits, the most pressing first. In the address `kind` narrows it to one kind of
    work, `who` to the reader's own, or to unassigned work.
    """
    session, centres = database(), standpoint(database()).centres
    who, asked = operator(session), DayAsked(centres, _own_centre(), context.today(), _kind())
    found = work_queues.need_queues(session, centres)
    counts = work_queues.queues(session, centres, asked.today, product().counts, asked.own.id)
    day = today.today(session, asked, counts, found)
    whose = request.args.get("who", "")
    whose = whose if whose in WHOSE else ""
    keepers = assignments.of_kinds(session, _assigned(day, found))
    lines = day.lines
    if whose:
        lines = list(today_rows.whose(lines, keepers, who.id if whose == "me" else None))
    return render_template(
        "operator/queues.html",
        rows=today_rows.rows(lines[:SHOWN]),
        more=max(len(lines) - SHOWN, 0),
        counts=day.counts,
        kind=asked.kind,
        whose=whose,
        published=[
            need for need in found.published if _fits(keepers["need"].get(need.public_id), whose, who.id)
        ],
        reached=found.reached,
        keepers=keepers,
        today=asked.today,
        reasons=closing_reasons(),
        troubles=[one for one in findings.of_work(session, product().data, product().pulses) if not one.good],
    )


def _kind() -> str:
    given = request.args.get("kind", "")
    return given if given in today.USUAL_DAYS else ""


def _assigned(day: Today, queues: NeedQueues) -> dict[str, set[str]]:
    found = today_rows.assigned(day.lines)
    found["need"] |= {need.public_id for need in queues.published}
    return found


def _fits(keeper: User | None, whose: str, person: str) -> bool:
    if whose == "nobody":
        return keeper is None
    return not whose or (keeper is not None and keeper.public_id == person)


@blueprint.post("/retry")
@login_required
def retry() -> ResponseReturnValue:
    """Let the work that was given up be tried anew."""
    with change() as (session, user):
        operator(session)
        centre = needs.centre_of(session, standpoint(session).own_centre)
        done = retrying.try_again(session, centre, by=user.public_id)
    flash(
        ngettext(
            "%(num)s piece of work is tried again.", "%(num)s pieces of work are tried again.", done.whole
        )
    )
    return onward(url_for("operator.queues"))


@blueprint.post("/letters/aside")
@login_required
def put_aside() -> ResponseReturnValue:
    """Put aside a letter that could not be delivered, once somebody has dealt with it."""
    with change() as (session, user):
        operator(session)
        letter = request.form.get("letter", "")
        match = undelivered.put_aside(session, standpoint(session).centres, letter)
        if match is not None:
            journal.note(session, user.public_id, "letter.aside", match)
    flash(gettext("The letter is put aside."))
    return onward(url_for("operator.queues"))


def _own_centre() -> Centre:
    operator(database())
    return standpoint(database()).home


@blueprint.get("/find")
@login_required
def find() -> ResponseReturnValue:
    """The needs, suppliers and organisations that match a part of their name."""
    words = request.args.get("q", "").strip()[:LONGEST]
    centre = _own_centre()
    return render_template(
        "operator/find.html",
        q=words,
        centre=centre,
        needs=name_lookup.needs(database(), centre, words),
        suppliers=name_lookup.suppliers(database(), words),
        contractors=name_lookup.contractors(database(), centre, words),
    )


@blueprint.get("/firms")
@login_required
def firms() -> ResponseReturnValue:
    """The organisations of the centre that match a part of a name or an INN, for a field that helps while a
    person types.
    """
    words = request.args.get("q", "").strip()[:LONGEST]
    found = name_lookup.contractors(database(), _own_centre(), words)
    language = context.language()
    return jsonify([{"name": one.name(language), "inn": one.inn, "city": one.city} for one in found])
