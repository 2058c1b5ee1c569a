"""Messages about a need: a thread a supplier, read by both sides and the centre."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.models import Need
from matchmaker.services.people import personal_data
from matchmaker.services.quotes import messages, unread
from matchmaker.web.acts import message_acts
from matchmaker.web.kit import context, form_tokens
from matchmaker.web.kit.after_answer import after_answer
from matchmaker.web.kit.context import database, product, signed_in
from matchmaker.web.kit.forms import problems_of
from matchmaker.web.pages.need_access import authorised

blueprint = Blueprint("messages", __name__)


@blueprint.get("/messages")
@login_required
def new() -> ResponseReturnValue:
    """The threads with messages that the person has not read, need by need."""
    found = unread.threads(database(), signed_in().user)
    by_need: dict[Need, list[unread.UnreadThread]] = {}
    for one in found:
        by_need.setdefault(one.match.need, []).append(one)
    return render_template("messages/new.html", by_need=by_need)


@blueprint.get("/needs/<key>/messages")
@login_required
def listed(key: str) -> ResponseReturnValue:
    """The threads that the person may read; a supplier has one."""
    found = authorised(database(), key, "message.view")
    threads = message_acts.threads(database(), found)
    if len(threads) == 1:
        return redirect(url_for("messages.thread", key=key, match=threads[0].public_id))
    return render_template("messages/list.html", need=found.need, threads=threads, side=found.side)


@blueprint.route("/needs/<key>/messages/<match>", methods=["GET", "POST"])
@login_required
def thread(key: str, match: str) -> ResponseReturnValue:
    """One thread, and writing a message in it."""
    if request.method == "GET":
        return _page(key, match)
    text = request.form.get("text", "").replace("\r\n", "\n")
    try:
        message_acts.write(key, match, text, request.form.get("audience", "all"), form_tokens.given())
    except InvalidRecord as error:
        return _page(key, match, text, problems_of(error)["text"]), 422
    flash(gettext("The message is sent."))
    return redirect(url_for("messages.thread", key=key, match=match))


def _page(key: str, match: str, typed: str = "", problem: str = "") -> str:
    found = message_acts.thread(database(), key, match)
    shown = messages.of_match(database(), found.match, found.reader.side)
    fresh = unread.of_messages(database(), signed_in().user, shown)
    if fresh:
        after_answer(partial(unread.have_read, product().sessions, signed_in().user.id, fresh))
    firm, side = found.match.profile.organisation.name(context.language()), found.reader.side
    return render_template(
        "messages/thread.html",
        need=found.reader.need,
        match=found.match,
        erased=personal_data.ERASED,
        firm=firm,
        messages=shown,
        fresh=fresh,
        names={
            "supplier": firm,
            "contractor": found.reader.contractor_name or gettext("the contractor"),
            "centre": gettext("the centre"),
        },
        side=side,
        audiences=found.audiences,
        chosen=request.form.get("audience", ""),
        typed=typed,
        problem=problem,
        once=form_tokens.given(),
    )
