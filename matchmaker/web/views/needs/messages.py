"""Messages about a need: a thread a supplier, read by both sides and the centre."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain import access
from matchmaker.domain.errors import Forbidden, InvalidRecord, NotFound
from matchmaker.models import Match, Need, Session
from matchmaker.services.needs import needs
from matchmaker.services.people import accounts
from matchmaker.services.quotes import messages
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database, product, signed_in, subject
from matchmaker.web.pages.need_access import (
    access_object,
    contractor_name,
    require,
)

blueprint = Blueprint("messages", __name__, url_prefix="/needs")


def _standing(need: Need, who: access.Subject) -> tuple[str, frozenset[str]]:
    """The side on which a subject stands to the need, and for a supplier its own invited firms."""
    stands = access.relations(who, access_object(need))
    relations = {relation for relation, _ in stands}
    if "OO" in relations:
        return "centre", frozenset()
    if "CO" in relations:
        return "contractor", frozenset()
    invited = (role for relation, role in stands if relation in {"SI", "SN"})
    return "supplier", frozenset(role.organisation for role in invited if role and role.organisation)


def _unblocked() -> access.Subject:
    """The person without the roles in firms that are blocked: these read on and write nothing."""
    who = subject()
    return replace(who, roles=tuple(role for role in who.roles if not role.blocked))


def _may(need: Need, match: Match, who: access.Subject) -> bool:
    if not access.may(who, "message.view", access_object(need)).allowed:
        return False
    return match.id in {one.id for one in messages.threads(database(), need, *_standing(need, who))}


def _need(session: Session, key: str) -> Need:
    need = needs.by_key(session, key)
    require("message.view", need)
    return need


@blueprint.get("/<key>/messages")
@login_required
def listed(key: str) -> ResponseReturnValue:
    """The threads that the person may read; a supplier has one."""
    need = _need(database(), key)
    side, own = _standing(need, subject())
    found = messages.threads(database(), need, side, own)
    if len(found) == 1:
        return redirect(url_for("messages.thread", key=key, match=found[0].public_id))
    return render_template("messages/list.html", need=need, threads=found, side=side)


@blueprint.route("/<key>/messages/<match>", methods=["GET", "POST"])
@login_required
def thread(key: str, match: str) -> ResponseReturnValue:
    """One thread, and writing into it."""
    need = _need(database(), key)
    found = messages.by_key(database(), need, match)
    if not _may(need, found, subject()):
        raise NotFound(what="match", key=match)
    if request.method == "GET":
        return _page(need, found)
    if not _may(need, found, _unblocked()):
        raise Forbidden
    text = request.form.get("text", "").replace("\r\n", "\n")
    try:
        with product().sessions.begin() as writing:
            stored = messages.by_key(writing, needs.by_key(writing, key), match)
            user = accounts.by_email(writing, signed_in().email)
            audience = request.form.get("audience", "all")
            side, _ = _standing(need, _unblocked())
            messages.write(writing, stored, text, user, writer=side, audience=audience)
    except InvalidRecord as error:
        problem = gettext(error.problems[0].message) % error.problems[0].params
        return _page(need, found, text, problem), 422
    flash(gettext("The message is sent."))
    return redirect(url_for("messages.thread", key=key, match=match))


def _page(need: Need, match: Match, typed: str = "", problem: str = "") -> str:
    side, _ = _standing(need, subject())
    firm = match.profile.organisation.name(context.language())
    may_write = _may(need, match, _unblocked())
    writer, _ = _standing(need, _unblocked())
    return render_template(
        "messages/thread.html",
        need=need,
        match=match,
        firm=firm,
        messages=messages.of_match(database(), match, side),
        names={
            "supplier": firm,
            "contractor": contractor_name(need) or gettext("the contractor"),
            "centre": gettext("the centre"),
        },
        side=side,
        audiences=messages.audiences(match, writer) if may_write else (),
        chosen=request.form.get("audience", ""),
        typed=typed,
        problem=problem,
    )
