"""Messages about a need: a thread a supplier, read by both sides and the centre."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain import access
from matchmaker.domain.errors import InvalidRecord, NotFound
from matchmaker.models import Match, Need
from matchmaker.services import accounts, messages, needs
from matchmaker.services.exports import Session
from matchmaker.web import context
from matchmaker.web.context import Person, database, person, product, subject
from matchmaker.web.views.needs import contractor_name, demand, thing

blueprint = Blueprint("messages", __name__, url_prefix="/needs")


def _person() -> Person:
    who = person()
    assert who is not None
    return who


def _side(need: Need) -> tuple[str, frozenset[str]]:
    """As whom the person reads, and for a supplier its own firms."""
    if access.may(subject(), "match.curate", thing(need)).allowed:
        return "centre", frozenset()
    if access.may(subject(), "need.edit", thing(need)).allowed:
        return "contractor", frozenset()
    return "supplier", thing(need).invited


def _need(session: Session, key: str) -> Need:
    need = needs.by_key(session, key)
    demand("message.view", need)
    return need


@blueprint.get("/<key>/messages")
@login_required
def listed(key: str) -> ResponseReturnValue:
    """The threads that the person may read; a supplier has one."""
    need = _need(database(), key)
    side, own = _side(need)
    found = messages.threads(database(), need, own)
    if len(found) == 1:
        return redirect(url_for("messages.thread", key=key, match=found[0].public_id))
    return render_template("messages/list.html", need=need, threads=found, side=side)


@blueprint.route("/<key>/messages/<match>", methods=["GET", "POST"])
@login_required
def thread(key: str, match: str) -> ResponseReturnValue:
    """One thread, and writing into it."""
    need = _need(database(), key)
    side, own = _side(need)
    found = messages.by_key(database(), need, match)
    if found.public_id not in {one.public_id for one in messages.threads(database(), need, own)}:
        raise NotFound(what="match", key=match)
    if request.method == "GET":
        return _page(need, found, side)
    text = request.form.get("text", "").replace("\r\n", "\n")
    try:
        with product().sessions.begin() as writing:
            stored = messages.by_key(writing, needs.by_key(writing, key), match)
            user = accounts.by_email(writing, _person().email)
            audience = request.form.get("audience", "all")
            messages.write(writing, stored, text, user, writer=side, audience=audience)
    except InvalidRecord as error:
        problem = gettext(error.problems[0].message) % error.problems[0].params
        return _page(need, found, side, text, problem), 422
    flash(gettext("The message is sent."))
    return redirect(url_for("messages.thread", key=key, match=match))


def _page(need: Need, match: Match, side: str, typed: str = "", problem: str = "") -> str:
    found = messages.of_match(database(), match, side)
    people = messages.authors(database(), found)
    firm = match.profile.organisation
    who = {}
    for number, user in people.items():
        held = {role.organisation_id for role in user.memberships}
        if firm.id in held:
            who[number] = firm.name(context.language())
        elif need.contractor_id in held and need.contractor_id:
            who[number] = contractor_name(need) or gettext("the contractor")
        else:
            who[number] = gettext("the centre")
    return render_template(
        "messages/thread.html",
        need=need,
        match=match,
        firm=firm.name(context.language()),
        messages=found,
        who=who,
        side=side,
        audiences=messages.READABLE[side],
        typed=typed,
        problem=problem,
    )
